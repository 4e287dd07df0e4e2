package ecs

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// maxTags is how many tags a resource can have (Service Quotas of ECS).
const maxTags = 50

// check finds out whether what was decided can be done, and how: whether the definition can be deployed as it is, whether
// its images still exist, whether its tags still name what ran. What cannot be done becomes blocked.
func (p *planning) check(ctx context.Context, s *Service, d Decision, step *Step) error {
	var definition *Definition
	var images imageCheck
	known := len(step.To.Images) > 0
	must := step.From.original() == step.To.original() // then nothing but the digests makes the difference
	g, look := errgroup.WithContext(ctx)
	if step.rollback == "" {
		g.Go(func() (err error) {
			definition, err = p.definition(look, step.To.TaskDefinition)
			return err
		})
	}
	if known {
		g.Go(func() (err error) {
			images, err = p.checkImages(look, step.To, must)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if step.rollback != "" {
		// ECS goes back to the service revision as it was: its digests, and its configuration too.
		step.pins, images.pins, images.notes = images.pins, nil, nil
	} else {
		var usable bool
		var err error
		if definition, usable, err = p.usable(definition, step); err != nil || !usable {
			return err
		}
		if !known {
			step.To.Images = definition.images()
			if images, err = p.checkImages(ctx, step.To, false); err != nil {
				return err
			}
		}
		definition.repin(step.To, images.pins)
	}
	if images.gone != "" {
		step.block("%s", images.gone)
		return nil
	}
	if step.rollback == "" {
		if strange := definition.strange(step.To, images.pins); strange != "" {
			step.block("%s", strange)
			return nil
		}
	}
	step.Notes = append(step.Notes, images.notes...)
	p.note(s, d, step)
	if step.rollback != "" {
		return nil
	}
	if definition.Status == "ACTIVE" && len(images.pins) == 0 {
		if step.To.TaskDefinition == s.TaskDefinition && s.Controller == "ECS" && len(step.whole) == 0 {
			step.block("%s is what the service was told to run last, and its images need no pin: an update would change nothing", step.To.TaskDefinition)
		}
		return nil
	}
	return p.substitute(ctx, s, definition, images.pins, step)
}

// repin adds what a copy had pinned, where the body that a record holds is that of its original.
func (d *Definition) repin(v Version, pins map[string]string) {
	for _, own := range d.images() {
		i, both := v.image(own.Container)
		if d.recorded && both && i.Reference != own.Reference && parseReference(i.Reference).digest != "" {
			pins[own.Container] = i.Reference
		}
	}
}

// strange says which image of a version is of another repository than its definition has it from. A snapshot may say so, and
// a snapshot in a bucket with many writers may say anything: only what the definition names is deployed, in place of which
// nothing is pinned, and no body is registered in the place of one that ECS says ran something else.
func (d *Definition) strange(v Version, pins map[string]string) string {
	for _, own := range d.images() {
		for _, i := range v.Images {
			_, pinned := pins[i.Container]
			if i.Container == own.Container && (pinned || d.recorded) && parseReference(i.Reference).name != parseReference(own.Reference).name {
				return fmt.Sprintf("its image of container %s is recorded as %s, and %s has %s", i.Container, i.Reference, d.TaskDefinition, own.Reference)
			}
		}
	}
	return ""
}

// block turns a step that was to change into one that cannot, and says why after the reason.
func (s *Step) block(format string, args ...any) {
	s.Action = Blocked
	s.Reason += "; but " + fmt.Sprintf(format, args...)
}

// usable gives the definition if its body is to be had: from ECS, or from a record where ECS has deleted it.
func (p *planning) usable(d *Definition, step *Step) (*Definition, bool, error) {
	if d != nil && d.Status != "DELETE_IN_PROGRESS" {
		return d, true, nil
	}
	if why, unread := p.unread.Load(step.To.TaskDefinition); unread {
		step.Notes = append(step.Notes, fmt.Sprintf("%s not checked: %s", step.To.TaskDefinition, why))
		return &Definition{TaskDefinition: step.To.TaskDefinition, Status: "ACTIVE"}, true, nil
	}
	records, err := p.records(time.Time{})
	if err != nil {
		return nil, false, err
	}
	for _, r := range records {
		for _, service := range r.Services {
			if kept := service.Definition; kept != nil &&
				(kept.TaskDefinition == step.To.TaskDefinition || kept.TaskDefinition == step.To.original()) {
				step.Notes = append(step.Notes, fmt.Sprintf("%s is deleted in ECS; its body comes from snapshot %s", step.To.TaskDefinition, r.Name))
				body := *kept
				body.recorded = true
				return &body, true, nil
			}
		}
	}
	gone := "is deleted"
	if d == nil && step.ToSince.IsZero() {
		gone = "is not there (any more)" // nothing says that it ever was
	}
	step.block("%s %s, and no snapshot in the store holds its body", step.To.TaskDefinition, gone)
	return nil, false, nil
}

// A recordBook holds the records, and when they were asked for.
type recordBook struct {
	mu      sync.Mutex
	askedAt time.Time
	records []Record
	err     error
}

// records gives the records as they were no earlier than seen: one that was kept before a service was changed is among them
// if the service was seen to have changed.
func (p *planning) records(seen time.Time) ([]Record, error) {
	if p.Records == nil {
		return nil, nil
	}
	p.book.mu.Lock()
	defer p.book.mu.Unlock()
	if p.book.askedAt.IsZero() || p.book.askedAt.Before(seen) {
		p.book.askedAt = time.Now()
		p.book.records, p.book.err = p.Records()
	}
	return p.book.records, p.book.err
}

// substitute finds or prepares what is deployed in the place of a definition that cannot be deployed as it is: it is
// INACTIVE, from which there is no way back, or its tags name other images now.
func (p *planning) substitute(ctx context.Context, s *Service, d *Definition, pins map[string]string, step *Step) error {
	if d.Body == nil {
		step.block("its images must be pinned for that, and %s cannot be read; --no-pin leaves the tags as they are", d.TaskDefinition)
		return nil
	}
	made, err := copyOf(d, pins)
	if err != nil {
		return err
	}
	if len(made.Tags) > maxTags {
		step.block("%s has %d tags, so a copy of it cannot be marked as one", d.TaskDefinition, len(d.Tags))
		return nil
	}
	if _, err := made.input(); err != nil {
		step.block("%s", err)
		return nil
	}
	for _, t := range s.History.read() {
		if r := t.Revision; r != nil && r.Version.TaskDefinition.Family == made.Family && !alike(r.Version, step.To) {
			step.others = append(step.others, r.Version.TaskDefinition)
		}
	}
	step.substitute(d, made)
	if !p.DryRun {
		return nil // Apply looks whether there is one already
	}
	newest, err := p.list(ctx, made.Family)
	if err != nil {
		return err
	}
	same, err := identical(ctx, made, without(newest, step.others), p.definition)
	if err == nil && !same.IsZero() {
		step.copied(same, false)
	}
	return err
}

// substitute has a copy deployed in the place of a definition.
func (s *Step) substitute(d, made *Definition) {
	s.Copy, s.Registers, s.register = TaskDefinition{}, true, made
	switch d.Status {
	case "ACTIVE":
		s.substitutes = "its images are pinned"
	case "":
		s.substitutes = d.TaskDefinition.String() + " is gone"
	default:
		s.substitutes = d.TaskDefinition.String() + " is " + d.Status
	}
	s.Notes = append(s.Notes, s.registersNote())
}

// registersNote says that a copy is registered, and what that leads to.
func (s *Step) registersNote() string {
	return fmt.Sprintf("%s: registered again as a copy, which becomes the newest revision of %s; a deploy script that starts from the newest would inherit it",
		s.substitutes, s.register.Family)
}

// copied notes what stands in the place of the definition, and whether it was registered for that or was there already.
func (s *Step) copied(t TaskDefinition, registered bool) {
	if s.Copy = t; registered {
		return
	}
	s.Registers = false
	if note := slices.Index(s.Notes, s.registersNote()); note >= 0 {
		s.Notes[note] = fmt.Sprintf("%s: %s is the same and is used", s.substitutes, t)
	}
}

// list gives the newest ACTIVE definitions of a family, asked once.
func (p *planning) list(ctx context.Context, family string) ([]TaskDefinition, error) {
	return p.families.get(family, func() ([]TaskDefinition, error) { return p.client.newestActive(ctx, family) })
}

// note adds what one should know beside the change itself.
func (p *planning) note(s *Service, d Decision, step *Step) {
	if from, to := d.From.revision(), d.To.revision(); step.rollback == "" && p.Same.Whole && from != nil && to != nil {
		p.wholly(s, from, to, step)
	} else if step.rollback == "" {
		if changed := configChanges(d.To.revision(), d.From.revision()); len(changed) > 0 {
			step.Notes = append(step.Notes, "not brought back, only the version is: "+listed(changed)+" has changed since")
		}
	}
	if s.LeastTime > 0 {
		step.Notes = append(step.Notes, fmt.Sprintf("its %s deployment takes at least %s for traffic to move and bake", s.Strategy, s.LeastTime))
	}
	if s.Stack != "" {
		step.Notes = append(step.Notes, fmt.Sprintf("belongs to CloudFormation stack %s, whose next update may deploy its own version again", s.Stack))
	}
	if s.Desired == 0 && !s.Daemon {
		step.Notes = append(step.Notes, "its desired count is 0: nothing runs, before and after")
	}
}
