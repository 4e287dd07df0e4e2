package ecs

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// leads says what the plan does with its services.
func (p *planning) leads() *past.Leads {
	var leads []past.Lead
	for _, s := range p.plan.Steps {
		lead := past.Lead{Service: s.Service, Action: s.Action, From: s.From, To: s.To, Left: s.left, Deploys: s.From.TaskDefinition}
		switch {
		case s.Follows() && s.To.Known():
			lead.Deploys = s.To.TaskDefinition
		case s.Action == past.Undo:
			lead.Deploys = s.Deploys()
			if s.Registers && s.Copy.IsZero() {
				lead.Deploys = past.TaskDefinition{}
			}
		}
		leads = append(leads, lead)
	}
	slices.SortFunc(leads, func(a, b past.Lead) int { return strings.Compare(a.Service, b.Service) })
	return past.NewLeads(leads, p.rules, p.Schedules.Leaving)
}

// place decides where a schedule goes. planned are the steps that are decided already.
func (p *planning) place(ctx context.Context, s *past.Scheduled, step *Step, leads *past.Leads, planned []*Step) (past.Placement, error) {
	now := step.From
	no := func(action past.Action, code past.Code, f past.Facts) (past.Placement, error) {
		return past.Placement{Decision: past.Decision{Action: action, From: past.Visit{Version: now}, Reason: past.Reason{Code: code, Facts: f}}}, nil
	}
	switch {
	case s.ManagedBy != "":
		return no(past.Skipped, past.ScheduleManaged, past.Facts{Name: s.ManagedBy})
	case s.Definition.IsZero():
		return no(past.Blocked, past.ScheduleUnread, past.Facts{Name: s.Written})
	case p.Schedules.Restore != nil:
		placement := past.RestoreSchedule(s, now, *p.Schedules.Restore)
		if placement.Action == past.Undo && s.Definition.Revision > 0 {
			var err error
			placement.From.Version, err = p.versionOf(ctx, s.Definition)
			return placement, err
		}
		return placement, nil
	case s.Definition.Revision == 0:
		return p.placeNewest(ctx, step, leads, planned)
	}
	now, err := p.versionOf(ctx, now.TaskDefinition)
	if err != nil {
		return past.Placement{}, err
	}
	if placement, ok := leads.ByDefinition(now); ok {
		return placement, nil
	}
	if now, err = p.lookUpTags(ctx, now, leads); err != nil {
		return past.Placement{}, err
	}
	placement := leads.ByImages(now)
	if !placement.Search {
		return placement, nil
	}
	found, err := p.searchFamily(ctx, now, leads)
	if err != nil {
		return placement, err
	}
	var records []past.Record
	if found == nil {
		if records, err = p.recordsOf(ctx, s, leads); err != nil {
			return placement, err
		}
	}
	return leads.Found(s.Name, now, found, records), nil
}

// versionOf gives a definition with its images as it names them, and of what it is a copy.
func (p *planning) versionOf(ctx context.Context, t past.TaskDefinition) (past.Version, error) {
	v := past.Version{TaskDefinition: t}
	d, err := p.definition(ctx, t)
	if d != nil {
		v.Images = d.Images()
		v.Origin, _ = d.Origin()
	}
	return v, err
}

// lookUpTags asks the registry for what the tags of a version name now, where that tells whether its images are taken back.
func (p *planning) lookUpTags(ctx context.Context, v past.Version, leads *past.Leads) (past.Version, error) {
	v.Images = slices.Clone(v.Images)
	for n, i := range v.Images {
		r, digests := past.ParseReference(i.Reference), leads.Digests(i)
		if len(digests) == 0 || i.Digest != "" || !r.PrivateECR() || p.NoImageCheck {
			continue
		}
		named, err := p.lookUp(ctx, r, r.Tag, "")
		if err != nil {
			return v, err
		}
		v.Images[n].Digest = named.Digest
		for _, digest := range digests { // ECS may have recorded the image of the platform
			isChild, err := p.client.HasChild(ctx, r, named, digest)
			if err != nil {
				return v, err
			}
			if isChild {
				v.Images[n].Digest = digest
			}
		}
	}
	return v, nil
}

// recordsOf gives the records that have a schedule, with the images of the definition that each has: it does not have them itself.
func (p *planning) recordsOf(ctx context.Context, s *past.Scheduled, leads *past.Leads) ([]past.Record, error) {
	all, err := p.records(time.Time{})
	var with []past.Record
	for _, r := range all {
		kept, ok := r.Schedules[s.KeyIn(r)]
		if !ok || err != nil {
			continue
		}
		if t := kept.Version.TaskDefinition; len(kept.Version.Images) == 0 && t.Revision > 0 {
			kept.Version, err = p.versionOf(ctx, t)
		}
		if err == nil {
			kept.Version, err = p.lookUpTags(ctx, kept.Version, leads)
		}
		r.Schedules = map[string]past.RecordedService{s.Name: kept}
		with = append(with, r)
	}
	return with, err
}

// searchFamily looks for the newest revision under that of a schedule that has the images which services go back to.
func (p *planning) searchFamily(ctx context.Context, now past.Version, leads *past.Leads) (*past.Version, error) {
	var below []past.TaskDefinition
	for _, status := range []string{past.Active, past.Inactive} {
		_, under, err := p.client.DefinitionsAround(ctx, now.TaskDefinition, status)
		if err != nil && !aws.Unreadable(err) {
			return nil, err
		}
		below = append(below, under...)
	}
	slices.SortFunc(below, func(a, b past.TaskDefinition) int { return b.Revision - a.Revision })
	for _, t := range below[:min(len(below), olderSchedules)] {
		earlier, err := p.versionOf(ctx, t)
		if err == nil {
			earlier, err = p.lookUpTags(ctx, earlier, leads)
		}
		if err != nil {
			return nil, err
		}
		if v, ok := leads.Accepts(now, earlier); ok {
			return &v, nil
		}
	}
	return nil, nil
}

// placeNewest decides about a schedule that runs whichever revision is the newest, once the plan is done.
func (p *planning) placeNewest(ctx context.Context, of *Step, leads *past.Leads, planned []*Step) (past.Placement, error) {
	now := of.From
	newest, err := p.list(ctx, now.TaskDefinition.Family)
	if err != nil {
		return past.Placement{}, err
	}
	var copied past.TaskDefinition
	for _, step := range planned {
		made := step.change.Substitute
		if step.Action != past.Undo || made == nil || made.Made.Family != now.TaskDefinition.Family || !step.Copy.IsZero() {
			continue
		}
		same, err := aws.Identical(ctx, made.Made, aws.Without(newest, made.Others), p.definition)
		if err != nil {
			return past.Placement{}, err
		}
		if same.IsZero() {
			copied, of.copier = step.To.TaskDefinition, step
		}
	}
	var v past.Version
	if len(newest) > 0 {
		if v, err = p.versionOf(ctx, newest[0]); err == nil {
			v, err = p.lookUpTags(ctx, v, leads)
		}
		if err != nil {
			return past.Placement{}, err
		}
	}
	return leads.Newest(now, v, copied), nil
}

// goTo takes over what was decided, and finds out how it is done: as it is, or by a copy. The copy is the one that the service gets
// which it goes with.
func (p *planning) goTo(ctx context.Context, step *Step, placement past.Placement) error {
	p.take(step, placement.Decision)
	s := step.schedule
	switch {
	case step.Action != past.Undo:
	case s.Calls != "":
		p.block(step, past.ScheduleCalls, past.Facts{Name: s.Calls})
	case s.Unknown != "":
		p.block(step, past.ScheduleUnknown, past.Facts{Why: s.Unknown})
	}
	if step.Action != past.Undo {
		return nil
	}
	if step.To.TaskDefinition.Revision > 0 {
		if err := p.checkSchedule(ctx, step); err != nil || step.Action != past.Undo {
			return err
		}
	}
	step.follow(way.BySchedule(s, step.To, step.change))
	if !p.Definitions {
		return nil
	}
	var err error
	if step.FromDefinition, err = p.definition(ctx, step.From.TaskDefinition); err == nil {
		step.ToDefinition, err = p.definition(ctx, step.To.TaskDefinition)
	}
	return err
}

// checkSchedule finds out whether the definition can be run, and whether its images still exist.
func (p *planning) checkSchedule(ctx context.Context, step *Step) error {
	definition, err := p.definition(ctx, step.To.TaskDefinition)
	if err != nil {
		return err
	}
	definition, usable, err := p.usable(definition, step)
	if err != nil || !usable {
		return err
	}
	if len(step.To.Images) == 0 {
		step.To.Images = definition.Images()
	}
	if step.lead != nil && step.lead.Action == past.Undo {
		step.pins = step.lead.pins
	} else {
		images, err := p.checkImages(ctx, step.To, imageWish{reading: past.Read(&past.Service{}), must: step.From.TaskDefinition == step.To.TaskDefinition})
		if err != nil {
			return err
		}
		if images.gone != nil {
			p.block(step, images.gone.Code, images.gone.Facts)
			return nil
		}
		for _, n := range images.notes {
			p.tell(step, n)
		}
		step.pins = images.pins
	}
	if definition.Status == past.Active && len(step.pins) == 0 {
		return nil
	}
	return p.substitute(ctx, &past.Service{}, definition, step.pins, step, &step.change)
}
