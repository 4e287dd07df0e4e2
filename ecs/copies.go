package ecs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// newestLimit is how many of a family's newest revisions are searched for an identical one.
const newestLimit = 20

// newestDefinitions lists a family's newest revisions of one status, newest first.
func (c *Client) newestDefinitions(ctx context.Context, family string, status ecstypes.TaskDefinitionStatus) ([]TaskDefinition, error) {
	out, err := c.ecs.ListTaskDefinitions(ctx, &awsecs.ListTaskDefinitionsInput{
		FamilyPrefix: &family, Status: status, Sort: ecstypes.SortOrderDesc, MaxResults: aws.Int32(newestLimit),
	})
	if err != nil {
		return nil, err
	}
	var found []TaskDefinition
	for _, arn := range out.TaskDefinitionArns {
		t, err := ParseTaskDefinition(arn)
		if err != nil {
			return nil, err
		}
		if t.Family == family { // familyPrefix is documented to be the whole name; some servers take it for a prefix
			found = append(found, t)
		}
	}
	return found, nil
}

// newestActive lists a family's newest ACTIVE revisions, for which a look is worth its calls. No permission to look is no
// error: then there are none.
func (c *Client) newestActive(ctx context.Context, family string) ([]TaskDefinition, error) {
	newest, err := c.newestDefinitions(ctx, family, ecstypes.TaskDefinitionStatusActive)
	if unreadable(err) {
		return nil, nil
	}
	return newest, err
}

// identical looks among candidates for an ACTIVE revision with the same body as made. Of several it gives the lowest, so
// that all who look agree.
func identical(
	ctx context.Context, made *Definition, candidates []TaskDefinition, describe func(context.Context, TaskDefinition) (*Definition, error),
) (lowest TaskDefinition, err error) {
	hash := made.hash()
	var mu sync.Mutex
	err = parallel(ctx, candidates, func(ctx context.Context, t TaskDefinition) error {
		d, err := describe(ctx, t)
		if d == nil || d.Status != "ACTIVE" || hash == "" || d.hash() != hash {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if lowest.IsZero() || t.Revision < lowest.Revision {
			lowest = t
		}
		return err
	})
	return lowest, err
}

// describeIfThere gives nil for a definition that is gone, or that we may not read.
func (c *Client) describeIfThere(ctx context.Context, t TaskDefinition) (*Definition, error) {
	d, err := c.describeDefinition(ctx, t)
	if gone := (*DefinitionNotFoundError)(nil); unreadable(err) || asError(err, &gone) {
		return nil, nil
	}
	return d, err
}

// without gives those of all that are not in others.
func without(all, others []TaskDefinition) []TaskDefinition {
	return slices.DeleteFunc(slices.Clone(all), func(t TaskDefinition) bool { return slices.Contains(others, t) })
}

// copy gives an ACTIVE definition with the same body as made: one that is there already, not looking at those that are known
// to be others; or one that is registered, or that somebody else registered at the same moment. A call whose answer was lost is
// not repeated before a look has shown that it had no effect.
func (c *Client) copy(ctx context.Context, made *Definition, others []TaskDefinition) (t TaskDefinition, registered bool, err error) {
	seen, err := c.newestActive(ctx, made.Family)
	if err != nil {
		return TaskDefinition{}, false, err
	}
	same, err := identical(ctx, made, without(seen, others), c.describeIfThere)
	if err != nil || !same.IsZero() {
		return same, false, err
	}
	in, err := made.input()
	if err != nil {
		return TaskDefinition{}, false, err
	}
	for attempt := 1; ; attempt++ {
		t, err = c.registerOnce(ctx, in, made)
		if refused(err) {
			return TaskDefinition{}, false, err
		}
		if lowest, lookErr := c.since(ctx, made, seen, t); lookErr == nil && !lowest.IsZero() {
			return lowest, true, nil
		}
		if err == nil || attempt >= attempts || ctx.Err() != nil {
			return t, true, err
		}
		if err := sleep(ctx, time.Duration(attempt)*(200*time.Millisecond+rand.N(400*time.Millisecond))); err != nil {
			return TaskDefinition{}, false, err
		}
	}
}

// since looks for an identical revision that was registered since some were seen. That may be ours, if its answer was lost; if
// it was not, it need not be looked at.
func (c *Client) since(ctx context.Context, made *Definition, seen []TaskDefinition, ours TaskDefinition) (TaskDefinition, error) {
	now, err := c.newestActive(ctx, made.Family)
	if err != nil {
		return TaskDefinition{}, err
	}
	lowest, err := identical(ctx, made, without(now, append(slices.Clone(seen), ours)), c.describeIfThere)
	if lowest.IsZero() || !ours.IsZero() && ours.Revision < lowest.Revision {
		lowest = ours
	}
	return lowest, err
}

// refused reports whether ECS has decided against a registration, so that trying again is of no use. It has not where
// several registrations of one family met ("Too many concurrent attempts to create a new revision of the specified
// family."), where ECS failed, or where no answer came.
func refused(err error) bool {
	code := errorCode(err)
	if unfaithful := (*UnfaithfulCopyError)(nil); asError(err, &unfaithful) {
		return true // it would come out the same again
	}
	return err != nil && code != "" && code != "ServerException" && !strings.Contains(err.Error(), "Too many concurrent attempts")
}

// registerOnce registers, and sees that ECS stored what was sent: its hash in the tag must be that of the body, or the copy
// would not be known for one the next time.
func (c *Client) registerOnce(ctx context.Context, in *awsecs.RegisterTaskDefinitionInput, made *Definition) (TaskDefinition, error) {
	var raw []byte
	out, err := c.ecs.RegisterTaskDefinition(ctx, in, keepBody(&raw), func(o *awsecs.Options) { o.Retryer = newRetryer(1) })
	if err != nil {
		return TaskDefinition{}, err
	}
	t, err := ParseTaskDefinition(aws.ToString(out.TaskDefinition.TaskDefinitionArn))
	if err != nil {
		return TaskDefinition{}, err
	}
	body, err := registrable(raw)
	if err != nil {
		return TaskDefinition{}, err
	}
	stored := &Definition{TaskDefinition: t, Body: body}
	if stored.hash() != made.hash() {
		return TaskDefinition{}, &UnfaithfulCopyError{Copy: t, Family: made.Family}
	}
	return t, nil
}

// An UnfaithfulCopyError says that ECS stored something else than the definition that was registered again. The copy is
// there, and is not deployed.
type UnfaithfulCopyError struct {
	Copy   TaskDefinition
	Family string
}

func (e *UnfaithfulCopyError) Error() string {
	return fmt.Sprintf("ECS stored %s with another body than it was sent; it is not deployed", e.Copy)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// asError is errors.As for use in conditions.
func asError[T error](err error, target *T) bool { return errors.As(err, target) }
