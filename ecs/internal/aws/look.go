package aws

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// LookAge is how old the look may be, by the clock on the wall, that a change rests on when it is sent. ECS has no conditional
// update, so this is the gap through which a change can slip that somebody makes meanwhile.
const LookAge = 2 * time.Second

// ErrLookAgain says that a change was not sent, since what it rests on was seen too long ago.
var ErrLookAgain = errors.New("the service was looked at too long ago")

// ErrNoAnswer says that AWS answered a change without saying what came of it.
var ErrNoAnswer = errors.New("AWS answered without saying what became of the change")

// A Look is what one change rests on. It serves for one attempt to send it.
type Look struct {
	at     time.Time
	paid   bool // a token of the pace was taken for it
	waited bool
	sent   atomic.Bool
}

// Sent reports whether the change has been sent, or was about to be.
func (l *Look) Sent() bool { return l.sent.Load() }

// WallClock is the time without Go's monotonic reading, which stands still while a machine sleeps.
func (c *Client) WallClock() time.Time { return c.Clock.Now().Round(0) }

// Stale reports whether something that was seen at a moment is too old for a change to rest on.
func (c *Client) Stale(seen time.Time) bool { return c.WallClock().Sub(seen.Round(0)).Abs() > LookAge }

// Resting makes the context for one attempt at a change that rests on what was seen at a moment, once the pace lets it through.
func (c *Client) Resting(ctx context.Context, operation string) (*Look, error) {
	b := c.pace.buckets[groups[operation]]
	if b == nil {
		return &Look{}, nil
	}
	waited, err := b.take(ctx)
	return &Look{paid: true, waited: waited}, err
}

// With gives a context in which one change is sent that rests on what was seen at a moment.
func (l *Look) With(ctx context.Context, seen time.Time) context.Context {
	l.at = seen
	return context.WithValue(ctx, lookKey{}, l)
}

type lookKey struct{}

func lookOf(ctx context.Context) *Look {
	l, _ := ctx.Value(lookKey{}).(*Look)
	return l
}

// changing holds the operations that must not be sent without a fresh look.
var changing = map[string]bool{
	"UpdateService": true, "StopServiceDeployment": true, "CreateDeployment": true, "StopDeployment": true, "PutTargets": true, "UpdateSchedule": true,
}

// holdStale keeps a change back whose look is no longer fresh at the moment in which it would go out, be it that it waited, that
// the process slept, or that the SDK tries again.
func (c *Client) holdStale(stack *middleware.Stack) error {
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("ecsundo.look",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
			middleware.FinalizeOutput, middleware.Metadata, error,
		) {
			switch l, operation := lookOf(ctx), awsmiddleware.GetOperationName(ctx); {
			case l == nil:
			case operation == "RegisterTaskDefinition": // it rests on no service
				l.sent.Store(true)
			case changing[operation]:
				if l.Sent() || c.Stale(l.at) {
					return middleware.FinalizeOutput{}, middleware.Metadata{}, ErrLookAgain
				}
				l.sent.Store(true)
			}
			return next.HandleFinalize(ctx, in)
		}), middleware.After)
}

// Refused reports whether AWS itself has decided against a change, so that it had no effect. Where a proxy answered, AWS failed,
// or no answer came, that is not known.
func Refused(err error) bool {
	var busy *GroupBusyError
	if errors.As(err, &busy) {
		return true
	}
	switch code := errorCode(err); code {
	case "", "UnknownError", "ServerException", "InternalFailure", "InternalServerError", "ServiceUnavailable":
		return false
	}
	var response *smithyhttp.ResponseError
	return !errors.As(err, &response) || response.HTTPStatusCode() < http.StatusInternalServerError && response.HTTPStatusCode() != http.StatusOK
}

// Throttled reports whether AWS refused a call for its pace alone.
func Throttled(err error) bool { return isThrottled(err) }
