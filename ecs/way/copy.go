package way

import (
	"context"
	"fmt"
	"slices"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A Desk is what ways start from: the calls to AWS, and the copies that several services share.
type Desk struct {
	Client *aws.Client
	Copies *Copies

	CopyTags map[string]string // that a registered copy gets beside those of its original
}

// Copies are those that were found or registered. One serves all services that share its definition. The zero value is ready.
type Copies struct {
	made aws.Memo[string, copyMade] // by family, hash, and the definition that ECS refused to deploy, if it did
}

// copyMade is a definition that stands in the place of another, and whether we registered it.
type copyMade struct {
	past.TaskDefinition
	registered bool
}

// A Substitute is a copy that is deployed in the place of a definition which cannot be deployed as it is.
type Substitute struct {
	Made   *past.Definition      // what is registered, if there is none like it
	Why    past.Reason           // there is to be one
	Others []past.TaskDefinition // of its family, which are known to have run something else
}

// NewSubstitute gives the substitute of a definition, which is pinned, or not ACTIVE.
func NewSubstitute(d, made *past.Definition, others []past.TaskDefinition) *Substitute {
	s := &Substitute{Made: made, Others: others, Why: past.Reason{Code: past.CopyPinned, Facts: past.Facts{To: d.TaskDefinition.String(), Name: made.Family}}}
	switch d.Status {
	case past.Active:
	case "":
		s.Why.Code = past.CopyOfDeleted
	default:
		s.Why.Code = past.CopyOfInactive
	}
	return s
}

// A Change is what is deployed, beside the task's version.
type Change struct {
	Substitute *Substitute         // nil: the definition can be deployed as it is
	Copy       past.TaskDefinition // the substitute, once it is known; zero: it is not there yet
	Registers  bool                // Copy is registered by us, or to be

	Whole     []string       // what goes back beside the definition
	WholeFrom *past.Revision // and where it is taken from
}

// found notes which definition is the substitute.
func (c Change) found(t past.TaskDefinition, registered bool) Change {
	c.Copy, c.Registers = t, registered
	return c
}

// Found notes a definition like the substitute, which is there already.
func (c *Change) Found(t past.TaskDefinition) { *c = c.found(t, false) }

// registered finds the copy, or has it registered. What ECS has just refused to deploy is no copy, whatever ECS says of its
// status.
func (c Change) registered(ctx context.Context, d *Desk, refused past.TaskDefinition) (Change, error) {
	if c.Substitute == nil || !c.Copy.IsZero() {
		return c, nil
	}
	s := c.Substitute
	made, err := d.Copies.made.Get(fmt.Sprintf("%s %s %s", s.Made.Family, s.Made.Hash(), refused), func() (copyMade, error) {
		t, registered, err := d.Client.Copy(ctx, s.Made, append(slices.Clone(s.Others), refused))
		return copyMade{t, registered}, err
	})
	if err != nil {
		return c, err
	}
	return c.found(made.TaskDefinition, made.registered), nil
}

// replaced puts a copy in the place of a definition that must not be deployed as it is, though the plan has none: ECS refused
// the native rollback that it had, or calls the definition inactive, which was ACTIVE when the plan was made. (For up to ten
// minutes after a deregistration the answers differ: developer guide, "Deregistering a task definition revision".)
func (c Change) replaced(ctx context.Context, d *Desk, t past.TaskDefinition, pins map[string]string, refused past.TaskDefinition) (Change, error) {
	definition, err := d.Client.DescribeDefinition(ctx, t)
	if err != nil {
		return c, err
	}
	made, err := past.CopyOf(definition, pins, d.CopyTags)
	if err != nil {
		return c, err
	}
	var others []past.TaskDefinition
	if c.Substitute != nil {
		others = c.Substitute.Others
	}
	c.Substitute, c.Copy, c.Registers = NewSubstitute(definition, made, others), past.TaskDefinition{}, true
	return c.registered(ctx, d, refused)
}

// definition gives what is deployed to bring a version.
func (c Change) definition(v past.Version) past.TaskDefinition {
	if !c.Copy.IsZero() {
		return c.Copy
	}
	return v.TaskDefinition
}

// notes say that a copy is deployed, and what that leads to.
func (c Change) notes() []string {
	switch s := c.Substitute; {
	case s == nil:
		return nil
	case c.Copy.IsZero() || c.Registers:
		return []string{said(s.Why.Code, s.Why.Facts)}
	default:
		return []string{said(past.CopyUsed, past.Facts{To: s.Why.Facts.To, From: c.Copy.String()})}
	}
}
