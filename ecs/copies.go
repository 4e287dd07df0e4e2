package ecs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
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

// identical looks for an ACTIVE revision with the same body as made. Of several it gives the lowest, so that all who look
// agree. No permission to look is no error: then there is none.
func (c *Client) identical(
	ctx context.Context, made *Definition,
	list func(context.Context, string) ([]TaskDefinition, error), describe func(TaskDefinition) (*Definition, error),
) (TaskDefinition, error) {
	newest, err := list(ctx, made.Family)
	if unreadable(err) {
		return TaskDefinition{}, nil
	}
	if err != nil {
		return TaskDefinition{}, err
	}
	var lowest TaskDefinition
	same := make([]bool, len(newest))
	indexes := make([]int, len(newest))
	for i := range indexes {
		indexes[i] = i
	}
	hash := made.hash()
	err = parallel(ctx, indexes, func(_ context.Context, i int) error {
		d, err := describe(newest[i])
		same[i] = d != nil && d.Status == "ACTIVE" && hash != "" && d.hash() == hash
		return err
	})
	for i, t := range newest {
		if same[i] {
			lowest = t // newest first, so the last one found is the lowest
		}
	}
	return lowest, err
}

// register registers a copy and gives its revision, or that of an identical one which somebody else registered at the same
// moment. A call whose answer was lost is not repeated before a look has shown that it had no effect.
func (c *Client) register(ctx context.Context, made *Definition) (TaskDefinition, error) {
	in, err := made.input()
	if err != nil {
		return TaskDefinition{}, err
	}
	for attempt := 1; ; attempt++ {
		t, err := c.registerOnce(ctx, in, made)
		if refused(err) {
			return TaskDefinition{}, err
		}
		if same, lookErr := c.lookAgain(ctx, made); lookErr == nil && !same.IsZero() {
			return same, nil
		}
		if err == nil || attempt >= attempts || ctx.Err() != nil {
			return t, err
		}
		if err := sleep(ctx, time.Duration(attempt)*(200*time.Millisecond+rand.N(400*time.Millisecond))); err != nil {
			return TaskDefinition{}, err
		}
	}
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

// lookAgain searches the family's newest revisions without what was asked before.
func (c *Client) lookAgain(ctx context.Context, made *Definition) (TaskDefinition, error) {
	list := func(ctx context.Context, family string) ([]TaskDefinition, error) {
		return c.newestDefinitions(ctx, family, ecstypes.TaskDefinitionStatusActive)
	}
	return c.identical(ctx, made, list, func(t TaskDefinition) (*Definition, error) { return c.describeDefinition(ctx, t) })
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
