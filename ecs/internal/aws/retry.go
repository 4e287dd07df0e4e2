package aws

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Attempts bounds the tries of a call that fails for another reason than throttling: about ten seconds in all.
const Attempts = 6

// A retryer goes on until the context ends where ECS throttles, since that always passes, and gives up after some attempts
// where the network or the service fails. The SDK's own gives up after three in both cases, which leaves clusters half done.
type retryer struct {
	*retry.Standard
	max     int      // attempts that end other than by throttling
	renewal *renewal // of credentials that have expired
}

func (r *renewal) newRetryer(max int) *retryer {
	return &retryer{max: max, renewal: r, Standard: retry.NewStandard(func(o *retry.StandardOptions) {
		o.RateLimiter = ratelimit.None
	})}
}

// MaxAttempts sets no bound: RetryDelay is where we give up.
func (r *retryer) MaxAttempts() int { return 0 }

// IsErrorRetryable takes out LimitExceededException, which the SDK believes to be throttling: in ECS it is a quota. It adds
// an answer whose body broke off, which the SDK takes for one that makes no sense.
func (r *retryer) IsErrorRetryable(err error) bool {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	if isOdd(err) || errors.As(err, new(*NoAnswerError)) {
		return true
	}
	if Expired(err) {
		return r.renewal.renew(err)
	}
	return errorCode(err) != "LimitExceededException" && r.Standard.IsErrorRetryable(err)
}

// RetryDelay gives the wait before the next attempt, or err itself when there is to be none.
func (r *retryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	if isThrottled(err) {
		return r.renewal.clock.Pause(50*time.Millisecond + rand.N(200*time.Millisecond)), nil // the pacer does the real waiting
	}
	if attempt >= r.max || lastAttempt(attempt, err) {
		return 0, err
	}
	ceiling := 100 * time.Millisecond << min(attempt, 6)
	return r.renewal.clock.Pause(ceiling/2 + rand.N(ceiling/2)), nil
}

var _ awssdk.RetryerV2 = (*retryer)(nil)
