package ecs

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// maxTags is how many tags a resource can have (Service Quotas of ECS).
const maxTags = 50

// checkRollback finds out whether ECS can roll back to what was decided: it goes back to the service revision as it was, its
// digests, and its configuration too, as long as the images still exist.
func (p *planning) checkRollback(ctx context.Context, s *past.Service, d past.Decision, step *Step) error {
	wish := p.wish(s, d, step)
	images, err := p.checkImages(ctx, step.To, wish)
	if err != nil {
		return err
	}
	if images.gone != nil {
		p.block(step, images.gone.Code, images.gone.Facts)
		return nil
	}
	p.note(s, step)
	step.pins = images.pins
	step.follow(way.ByRollback(p.task(s, step, wish.wanted(p, step.To)), d.Native.ARN, images.pins))
	return nil
}

// checkDeployment finds out whether what was decided can be deployed, and how: whether the definition can be deployed as it is,
// whether it fits the service, whether its images still exist, whether its tags still name what ran. What cannot be done becomes
// blocked.
func (p *planning) checkDeployment(ctx context.Context, s *past.Service, d past.Decision, step *Step) error {
	var definition *past.Definition
	var images imageCheck
	known, wish := len(step.To.Images) > 0, p.wish(s, d, step)
	g, look := errgroup.WithContext(ctx)
	guarded(g, func() (err error) {
		definition, err = p.definition(look, step.To.TaskDefinition)
		return err
	})
	if known {
		guarded(g, func() (err error) {
			images, err = p.checkImages(look, step.To, wish)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	definition, usable, err := p.usable(definition, step)
	if err != nil || !usable {
		return err
	}
	if !known {
		step.To.Images = definition.Images()
		if images, err = p.checkImages(ctx, step.To, wish); err != nil {
			return err
		}
	}
	definition.Repin(step.To, images.pins)
	if images.gone != nil {
		p.block(step, images.gone.Code, images.gone.Facts)
		return nil
	}
	if strange := definition.Strange(step.To, images.pins); strange != "" {
		p.block(step, past.ForeignImage, past.Facts{Why: strange})
		return nil
	}
	err = p.replace(ctx, s, d, definition, images, step)
	if len(images.starts) > 0 { // the planner has compared the images that ran
		step.To = images.started(step.To)
		step.untell(past.SameImages)
		if step.Action == Undo && past.Alike(step.From, step.To) {
			p.tell(step, past.Reason{Code: past.SameImages})
		}
	}
	return err
}

// replace chooses what is deployed: the definition as it is, or a copy of it, if that fits the service.
func (p *planning) replace(ctx context.Context, s *past.Service, d past.Decision, definition *past.Definition, images imageCheck, step *Step) error {
	for _, n := range images.notes {
		p.tell(step, n)
	}
	change := p.configuration(s, d, step)
	if fits, err := p.fits(ctx, s, d, definition, change, step); !fits {
		return err
	}
	p.note(s, step)
	if definition.Status != past.Active || len(images.pins) > 0 {
		if err := p.substitute(ctx, s, definition, images.pins, step, &change); err != nil || step.Action == past.Blocked {
			return err
		}
	} else if step.To.TaskDefinition == s.TaskDefinition && s.Controller == past.ControllerECS && len(change.Whole) == 0 {
		p.block(step, past.WouldChangeNothing, past.Facts{Status: s.Primary().RolloutState})
		return nil
	}
	step.change, step.pins = change, images.pins
	step.follow(way.ByDeployment(p.task(s, step, p.wish(s, d, step).wanted(p, step.To)), change))
	return nil
}

// fits blocks a definition that the service, as it will be configured, could not run, though it runs the current one.
func (p *planning) fits(ctx context.Context, s *past.Service, d past.Decision, definition *past.Definition, change way.Change, step *Step) (bool, error) {
	needs := aws.ConfigurationOf(s.Configuration, change.WholeFrom, change.Whole)
	if s.Controller != past.ControllerECS || len(definition.Misfits(needs)) == 0 {
		return true, nil
	}
	current, err := p.definition(ctx, s.TaskDefinition)
	if err != nil {
		return false, err
	}
	misfits := definition.MisfitsBeside(current, needs)
	if len(misfits) == 0 {
		return true, nil
	}
	code := past.DoesNotFit
	whole := settables(d, s)
	if len(change.Whole) == 0 && len(whole) > 0 && len(definition.Misfits(aws.ConfigurationOf(s.Configuration, d.To.Revision(), whole))) == 0 {
		code = past.FitsWhole
	}
	p.block(step, code, past.Facts{Names: misfits})
	return false, nil
}

// wish tells how the images of a step's target are wanted. Where nothing but the digests tells it from what runs, they have to be
// pinned.
func (p *planning) wish(s *past.Service, d past.Decision, step *Step) imageWish {
	return imageWish{
		reading: past.Read(s), own: d.Own, recorded: d.To.Deployment == nil && d.Native == nil,
		must: step.From.Original() == step.To.Original(),
	}
}

// wanted gives the digests, by container, that the version has to run with.
func (w imageWish) wanted(p *planning, v past.Version) map[string]string {
	digests := map[string]string{}
	for _, i := range v.Images {
		if elsewhere := !past.ParseReference(i.Reference).PrivateECR(); i.Digest != "" && w.owns(p, i) && !p.NoPin && !(w.recorded && elsewhere) {
			digests[i.Container] = i.Digest
		}
	}
	return digests
}

// settables names the settings that --whole would bring back.
func settables(d past.Decision, s *past.Service) []string {
	if !s.SettingsTaken() {
		return nil
	}
	return slices.DeleteFunc(past.ConfigChanges(d.To.Revision(), d.From.Revision()), func(name string) bool { return !past.SettingOf(name).Settable })
}

// usable gives the definition if its body is to be had: from ECS, or from a record where ECS has deleted it.
func (p *planning) usable(d *past.Definition, step *Step) (*past.Definition, bool, error) {
	if d != nil && d.Status != past.DeleteInProgress {
		return d, true, nil
	}
	if why, unread := p.unread.Load(step.To.TaskDefinition); unread {
		p.tell(step, past.Reason{Code: past.DefinitionUnread, Facts: past.Facts{To: step.To.TaskDefinition.String(), Why: why.(string)}})
		return &past.Definition{TaskDefinition: step.To.TaskDefinition, Status: past.Active}, true, nil
	}
	records, err := p.records(time.Time{})
	if err != nil {
		return nil, false, err
	}
	for _, r := range records {
		for _, recorded := range slices.Concat(values(r.Services), values(r.Schedules)) {
			if kept := recorded.Definition; kept != nil &&
				(kept.TaskDefinition == step.To.TaskDefinition || kept.TaskDefinition == step.To.Original()) {
				p.tell(step, past.Reason{Code: past.BodyFromSnapshot, Facts: past.Facts{To: step.To.TaskDefinition.String(), Name: r.Name}})
				body := *kept
				body.Recorded = true
				return &body, true, nil
			}
		}
	}
	gone := past.DefinitionDeleted
	if d == nil && step.ToSince.IsZero() {
		gone = past.DefinitionMissing // nothing says that it ever was
	}
	p.block(step, gone, past.Facts{})
	return nil, false, nil
}

func values[V any](m map[string]V) []V { return slices.Collect(maps.Values(m)) }

// A recordBook holds the records, and when they were asked for.
type recordBook struct {
	mu      sync.Mutex
	askedAt time.Time
	records []past.Record
	err     error
}

// records gives the records as they were no earlier than seen: one that was kept before a service was changed is among them
// if the service was seen to have changed.
func (p *planning) records(seen time.Time) ([]past.Record, error) {
	if p.Records == nil {
		return nil, nil
	}
	p.book.mu.Lock()
	defer p.book.mu.Unlock()
	if p.book.askedAt.IsZero() || p.book.askedAt.Before(seen) {
		p.book.askedAt = p.client.Clock.Now()
		p.book.records, p.book.err = p.Records()
	}
	return p.book.records, p.book.err
}

// substitute finds or prepares what is deployed in the place of a definition that cannot be deployed as it is: it is
// INACTIVE, from which there is no way back, or its tags name other images now.
func (p *planning) substitute(ctx context.Context, s *past.Service, d *past.Definition, pins map[string]string, step *Step, change *way.Change) error {
	if d.Body == nil {
		p.block(step, past.Unpinnable, past.Facts{})
		return nil
	}
	made, err := past.CopyOf(d, pins, p.CopyTags)
	if err != nil {
		return err
	}
	if len(made.Tags) > maxTags {
		p.block(step, past.TooManyTags, past.Facts{N: len(d.Tags)})
		return nil
	}
	if _, err := aws.RegisterInput(made); err != nil {
		p.block(step, past.CannotRegister, past.Facts{Why: err.Error()})
		return nil
	}
	var others []past.TaskDefinition
	for _, t := range s.History.Read() {
		if r := t.Revision; r != nil && r.Version.TaskDefinition.Family == made.Family && !past.Alike(r.Version, step.To) {
			others = append(others, r.Version.TaskDefinition)
		}
	}
	change.Substitute, change.Registers = way.NewSubstitute(d, made, others), true
	if !p.DryRun {
		return nil // Apply looks whether there is one already
	}
	newest, err := p.list(ctx, made.Family)
	if err != nil {
		return err
	}
	same, err := aws.Identical(ctx, made, aws.Without(newest, others), p.definition)
	if err != nil {
		return err
	}
	if !same.IsZero() {
		change.Found(same)
	} else if why := p.registering(ctx, s, made); why != "" {
		p.tell(step, past.Reason{Code: past.RegisteringDenied, Facts: past.Facts{Name: made.Family, Why: why}})
	}
	return nil
}

// registering tells why a registration would be refused, where IAM tells it; empty where it is allowed, and where IAM does not
// tell. It is asked once a family.
func (p *planning) registering(ctx context.Context, s *past.Service, made *past.Definition) string {
	arn, err := past.ParseARN(s.ARN)
	if err != nil {
		return ""
	}
	arn.Resource = "task-definition/" + made.Family + ":*"
	why, _ := p.registrations.Get(made.Family, func() (string, error) {
		denials, err := p.client.Denials(ctx, []aws.Question{{Action: "ecs:RegisterTaskDefinition", Resource: arn.String(), Tags: made.Tags}})
		if err != nil {
			return "", nil // it is not said then
		}
		return denials[0], nil
	})
	return why
}

// list gives the newest ACTIVE definitions of a family, asked once.
func (p *planning) list(ctx context.Context, family string) ([]past.TaskDefinition, error) {
	return p.families.Get(family, func() ([]past.TaskDefinition, error) { return p.client.NewestActive(ctx, family) })
}

// configuration says what of the rest of the service revision goes back too, and what does not.
func (p *planning) configuration(s *past.Service, d past.Decision, step *Step) (change way.Change) {
	from, to := d.From.Revision(), d.To.Revision()
	switch changed := past.ConfigChanges(to, from); {
	case len(changed) == 0:
	case p.Whole || d.Configuration:
		change.Whole, change.WholeFrom = p.wholly(s, from, to, changed, step), to
	default:
		p.tell(step, past.Reason{Code: past.NotBroughtBack, Facts: past.Facts{Names: changed}})
	}
	return change
}

// note adds what one should know beside the change itself.
func (p *planning) note(s *past.Service, step *Step) {
	if s.LeastTime > 0 {
		p.tell(step, past.Reason{Code: past.TakesAtLeast, Facts: past.Facts{Status: s.Strategy, Why: s.LeastTime.String()}})
	}
	if s.Stack != "" {
		p.tell(step, past.Reason{Code: past.OwnedByStack, Facts: past.Facts{Name: s.Stack}})
	}
	if s.Desired == 0 && !s.Daemon {
		p.tell(step, past.Reason{Code: past.DesiredZero})
	}
}
