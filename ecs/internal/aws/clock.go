package aws

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// An awsClock tells the time of AWS: that of the machine, and how far AWS's answers say that it is off. Only the newest Date counts,
// since a cache answers with an old one, and of those that may be the same the one that came fastest. A difference that a Date,
// which has whole seconds, cannot tell from none is none.
type awsClock struct {
	wall *clock.Clock // the machine's

	mu          sync.Mutex
	took        time.Duration // by the answer that counts; zero: there was none
	least, most time.Duration // between which it says that the offset is
	offset      time.Duration
}

// tellable is the least difference that a Date tells, with the time that an answer takes.
const tellable = 3 * time.Second

// learn notes the Date of an answer.
func (c *awsClock) learn(date string, asked, answered time.Time) {
	there, err := http.ParseTime(date)
	if err != nil {
		return
	}
	took := max(1, answered.Sub(asked))
	least, most := there.Sub(answered.Round(0)), there.Add(time.Second).Sub(asked.Round(0))
	c.mu.Lock()
	defer c.mu.Unlock()
	older, newer := most < c.least, least > c.most
	if c.took > 0 && (older || !newer && took >= c.took) {
		return
	}
	c.took, c.least, c.most = took, least, most
	if c.offset = there.Add(500 * time.Millisecond).Sub(asked.Add(took / 2).Round(0)); c.offset.Abs() < tellable+took/2 {
		c.offset = 0
	}
}

func (c *awsClock) skew() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// watch has the clock learn from the answers.
func (c *awsClock) watch(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ecsundo.clock",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
			middleware.DeserializeOutput, middleware.Metadata, error,
		) {
			asked := c.wall.Now()
			out, metadata, err := next.HandleDeserialize(ctx, in)
			if response, ok := out.RawResponse.(*smithyhttp.Response); ok {
				c.learn(response.Header.Get("Date"), asked, c.wall.Now())
			}
			return out, metadata, err
		}), middleware.After)
}

// Now gives the time by the clock of AWS, as far as its answers have told: before the first one it is the machine's.
func (c *Client) Now() time.Time { return c.Clock.Now().Add(c.skewed.skew()) }

// Skew gives how far AWS's clock is ahead of the machine's; zero before the first answer.
func (c *Client) Skew() time.Duration { return c.skewed.skew() }
