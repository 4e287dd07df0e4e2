package aws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// newestLimit is how many of a family's newest revisions are searched for an identical one.
const newestLimit = 20

// newestDefinitions lists a family's newest revisions of one status, newest first.
func (c *Client) newestDefinitions(ctx context.Context, family string, status ecstypes.TaskDefinitionStatus) ([]past.TaskDefinition, error) {
	out, err := c.ecs.ListTaskDefinitions(ctx, &awsecs.ListTaskDefinitionsInput{
		FamilyPrefix: &family, Status: status, Sort: ecstypes.SortOrderDesc, MaxResults: awssdk.Int32(newestLimit),
	})
	if err != nil {
		return nil, err
	}
	var found []past.TaskDefinition
	for _, arn := range out.TaskDefinitionArns {
		t, err := past.ParseTaskDefinition(arn)
		if err != nil {
			return nil, err
		}
		if t.Family == family { // familyPrefix is documented to be the whole name; some servers take it for a prefix
			found = append(found, t)
		}
	}
	return found, nil
}

// NewestActive lists a family's newest ACTIVE revisions, for which a look is worth its calls. No permission to look is no
// error: then there are none.
func (c *Client) NewestActive(ctx context.Context, family string) ([]past.TaskDefinition, error) {
	newest, err := c.newestDefinitions(ctx, family, ecstypes.TaskDefinitionStatusActive)
	if Unreadable(err) {
		return nil, nil
	}
	return newest, err
}

// Identical looks among candidates for an ACTIVE revision with the same body as made. Of several it gives the lowest, so
// that all who look agree.
func Identical(
	ctx context.Context, made *past.Definition, candidates []past.TaskDefinition, describe func(context.Context, past.TaskDefinition) (*past.Definition, error),
) (lowest past.TaskDefinition, err error) {
	hash := made.Hash()
	var mu sync.Mutex
	err = Parallel(ctx, candidates, func(ctx context.Context, t past.TaskDefinition) error {
		d, err := describe(ctx, t)
		if d == nil || d.Status != past.Active || hash == "" || d.Hash() != hash {
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
func (c *Client) describeIfThere(ctx context.Context, t past.TaskDefinition) (*past.Definition, error) {
	d, err := c.DescribeDefinition(ctx, t)
	if Unreadable(err) || NotFound(err) {
		return nil, nil
	}
	return d, err
}

// Without gives those of all that are not in others.
func Without(all, others []past.TaskDefinition) []past.TaskDefinition {
	return slices.DeleteFunc(slices.Clone(all), func(t past.TaskDefinition) bool { return slices.Contains(others, t) })
}

// Copy gives an ACTIVE definition with the same body as made: one that is there already, not looking at those that are known
// to be others; or one that is registered, or that somebody else registered at the same moment. A call whose answer was lost is
// not repeated before a look has shown that it had no effect.
func (c *Client) Copy(ctx context.Context, made *past.Definition, others []past.TaskDefinition) (t past.TaskDefinition, registered bool, err error) {
	seen, err := c.NewestActive(ctx, made.Family)
	if err != nil {
		return past.TaskDefinition{}, false, err
	}
	same, err := Identical(ctx, made, Without(seen, others), c.describeIfThere)
	if err != nil || !same.IsZero() {
		return same, false, err
	}
	in, err := RegisterInput(made)
	if err != nil {
		return past.TaskDefinition{}, false, err
	}
	for attempt := 1; ; attempt++ {
		t, err = c.registerOnce(ctx, in, made)
		if refused(err) {
			return past.TaskDefinition{}, false, err
		}
		if lowest, lookErr := c.since(ctx, made, seen, t); lookErr == nil && !lowest.IsZero() {
			return lowest, true, nil
		}
		if err == nil || attempt >= Attempts || ctx.Err() != nil {
			return t, true, err
		}
		if err := c.Clock.Sleep(ctx, time.Duration(attempt)*(200*time.Millisecond+rand.N(400*time.Millisecond))); err != nil {
			return past.TaskDefinition{}, false, err
		}
	}
}

// since looks for an identical revision that was registered since some were seen. That may be ours, if its answer was lost; if
// it was not, it need not be looked at.
func (c *Client) since(ctx context.Context, made *past.Definition, seen []past.TaskDefinition, ours past.TaskDefinition) (past.TaskDefinition, error) {
	now, err := c.NewestActive(ctx, made.Family)
	if err != nil {
		return past.TaskDefinition{}, err
	}
	lowest, err := Identical(ctx, made, Without(now, append(slices.Clone(seen), ours)), c.describeIfThere)
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
	var unfaithful *unfaithfulCopyError
	if errors.As(err, &unfaithful) {
		return true // it would come out the same again
	}
	return err != nil && code != "" && code != "ServerException" && !concurrent(err)
}

// registerOnce registers, and sees that ECS stored what was sent: its hash in the tag must be that of the body, or the copy
// would not be known for one the next time.
func (c *Client) registerOnce(ctx context.Context, in *awsecs.RegisterTaskDefinitionInput, made *past.Definition) (past.TaskDefinition, error) {
	var raw []byte
	out, err := c.ecs.RegisterTaskDefinition(ctx, in, keepBody(&raw), func(o *awsecs.Options) { o.Retryer = c.renewal.newRetryer(1) })
	if err != nil {
		return past.TaskDefinition{}, err
	}
	if out.TaskDefinition == nil {
		return past.TaskDefinition{}, &OddAnswerError{"RegisterTaskDefinition", "taskDefinition"}
	}
	t, err := past.ParseTaskDefinition(awssdk.ToString(out.TaskDefinition.TaskDefinitionArn))
	if err != nil {
		return past.TaskDefinition{}, err
	}
	body, err := registrable(raw)
	if err != nil {
		return past.TaskDefinition{}, err
	}
	stored := &past.Definition{TaskDefinition: t, Body: body}
	if stored.Hash() != made.Hash() {
		return past.TaskDefinition{}, &unfaithfulCopyError{Copy: t, Family: made.Family}
	}
	return t, nil
}

// An unfaithfulCopyError says that ECS stored something else than the definition that was registered again. The copy is
// there, and is not deployed.
type unfaithfulCopyError struct {
	Copy   past.TaskDefinition
	Family string
}

func (e *unfaithfulCopyError) Error() string {
	return fmt.Sprintf("ECS stored %s with another body than it was sent; it is not deployed", e.Copy)
}
