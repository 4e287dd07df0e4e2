package aws

import (
	"context"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// A renewal gets new credentials where AWS says that those in use have expired, if the chain has new ones. The SDK renews only
// those whose end it knows.
type renewal struct {
	provider awssdk.CredentialsProvider
	clock    *clock.Clock

	mu      sync.Mutex
	renewed time.Time // when new ones were found
}

// renewTime is how long getting new credentials may take, and how long after that calls may still fail that were signed with
// the old ones.
const renewTime = 10 * time.Second

// renew reports whether a call that failed is worth another attempt, with credentials that are new.
func (r *renewal) renew(err error) bool {
	if !Expired(err) {
		return false
	}
	cache, ok := r.provider.(*awssdk.CredentialsCache)
	if !ok {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.clock.Since(r.renewed) < renewTime {
		return true
	}
	ctx, cancel := r.clock.WithTimeout(context.Background(), renewTime)
	defer cancel()
	before, _ := cache.Retrieve(ctx)
	cache.Invalidate()
	after, err := cache.Retrieve(ctx)
	if err != nil || after.AccessKeyID == before.AccessKeyID && after.SessionToken == before.SessionToken {
		return false
	}
	r.renewed = r.clock.Now()
	return true
}

// Renewed reports whether a call that was refused for its credentials is worth another attempt, with new ones.
func (c *Client) Renewed(err error) bool { return c.renewal.renew(err) }
