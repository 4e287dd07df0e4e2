package ecs

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// Schedules ask for what runs tasks in the cluster by the clock or at events: rules of EventBridge, and schedules of EventBridge
// Scheduler. They follow the services of the plan.
type Schedules struct {
	Leaving func(past.Image) bool // images that are to go, whatever services do; nil: none
	Restore *past.Record          // what they go to, instead of following the services; nil: they follow
}

// scheduled splits steps into those of schedules and rules, and those of services.
func scheduled(steps []*Step) (schedules, services []*Step) {
	for _, s := range steps {
		if s.schedule != nil {
			schedules = append(schedules, s)
		} else {
			services = append(services, s)
		}
	}
	return schedules, services
}

// schedules adds the steps of schedules and rules to a plan whose services are decided. services says whether the cluster has any.
func (p *planning) schedules(ctx context.Context, services bool) error {
	if p.Schedules == nil {
		return nil
	}
	arn, err := p.clusterARN(ctx)
	if err != nil {
		return err
	}
	found, err := p.readSchedules(ctx, arn)
	if err != nil {
		return err
	}
	alone := past.Code("") // whether what it runs is undone, nobody knows
	switch {
	case len(p.plan.Steps) > 0:
	case services:
		alone = past.ScheduleAlone
	default:
		alone = past.ScheduleNoServices
	}
	leads, steps := p.leads(), map[string]*Step{}
	for _, s := range p.plan.Steps {
		steps[s.Service] = s
	}
	// Those that run the newest revision of a family come last: the others may register one.
	newest, named := split(found, func(s *past.Scheduled) bool { return s.Definition.Revision == 0 })
	for _, some := range [][]*past.Scheduled{named, newest} {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(abreast)
		planned := p.plan.Steps
		for _, s := range some {
			g.Go(func() error {
				step := &Step{Service: s.Name, ServiceARN: s.ARN, From: past.Version{TaskDefinition: s.Definition}, schedule: s}
				placement, err := p.place(ctx, s, step, leads, planned)
				if alone != "" && placement.Reason.Code == past.ScheduleStays {
					placement.Action, placement.Reason.Code = past.Blocked, alone
				}
				if err == nil {
					step.lead = steps[placement.Lead]
					for _, name := range placement.With {
						step.with = append(step.with, steps[name])
					}
					err = p.goTo(ctx, step, placement)
				}
				p.add(step, nil)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	p.missingSchedules(found)
	return nil
}

func split[T any](all []T, f func(T) bool) (yes, no []T) {
	for _, each := range all {
		if f(each) {
			yes = append(yes, each)
		} else {
			no = append(no, each)
		}
	}
	return yes, no
}

// clusterARN gives the ARN of the cluster: from a service's, or else from ECS.
func (p *planning) clusterARN(ctx context.Context) (string, error) {
	for _, s := range p.plan.Steps {
		if a, err := past.ParseARN(s.ServiceARN); err == nil && a.Service == "ecs" {
			a.Resource = "cluster/" + p.cluster
			return a.String(), nil
		}
	}
	arn, err := p.client.ClusterARN(ctx, p.cluster)
	if a, bad := past.ParseARN(arn); bad == nil {
		p.plan.Cluster.Account, p.plan.Cluster.Region = a.Account, a.Region
	}
	return arn, err
}

// readSchedules reads the schedules and the rules side by side. What cannot be read is a blocked step, and stops nothing else.
func (p *planning) readSchedules(ctx context.Context, arn string) ([]*past.Scheduled, error) {
	var rules, schedules []*past.Scheduled
	var unlisted, noRules, noSchedules error
	match := func(name string) bool {
		if r := p.Schedules.Restore; r != nil && !slices.ContainsFunc(keys(r.Schedules), func(kept string) bool { return past.Unit(kept) == name }) {
			return false
		}
		return p.scope.Match == nil || p.scope.Match(name)
	}
	var both sync.WaitGroup
	both.Go(func() { rules, unlisted, noRules = p.client.Rules(ctx, arn, match) })
	both.Go(func() { schedules, noSchedules = p.client.Schedules(ctx, arn, match) })
	both.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.unseen("rule/*", past.RulesDenied, past.RulesUnread, noRules)
	p.unseen("schedule/*", past.SchedulesDenied, past.SchedulesUnread, noSchedules)
	if unlisted != nil {
		p.plan.Notes = append(p.plan.Notes, past.Reason{Code: past.OnlyDefaultBus, Facts: past.Facts{Status: past.Briefly(unlisted)}}.Text(p.plan.ObservedAt))
	}
	return slices.Concat(rules, schedules), nil
}

// unseen says that schedules or rules were asked for and cannot be read.
func (p *planning) unseen(name string, denied, unread past.Code, err error) {
	if err == nil {
		return
	}
	code := unread
	if aws.Unreadable(err) {
		code = denied
	}
	step := &Step{Service: name, Action: past.Blocked}
	p.say(step, past.Reason{Code: code, Facts: past.Facts{Why: aws.Said(err)}})
	p.add(step, nil)
}

// missingSchedules blocks those that a record has and that are not there any more.
func (p *planning) missingSchedules(found []*past.Scheduled) {
	r := p.Schedules.Restore
	if r == nil {
		return
	}
	for _, name := range keys(r.Schedules) {
		kind, _, _ := strings.Cut(name, "/")
		unread := slices.ContainsFunc(p.plan.Steps, func(s *Step) bool { return s.Service == kind+"/*" })
		there := slices.ContainsFunc(found, func(s *past.Scheduled) bool { return s.KeyIn(*r) == name })
		several := slices.ContainsFunc(found, func(s *past.Scheduled) bool { return s.Unit() == name })
		if there || unread || p.scope.Match != nil && !p.scope.Match(past.Unit(name)) {
			continue
		}
		step := &Step{Service: name, Action: past.Blocked, To: r.Schedules[name].Version}
		p.say(step, past.Reason{Code: past.ScheduleGone})
		if several {
			p.say(step, past.Reason{Code: past.ScheduleTargetUnnamed, Facts: past.Facts{Name: name, From: r.Name}})
		}
		p.add(step, nil)
	}
}

func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// olderSchedules is how many revisions under that of a schedule are looked at.
const olderSchedules = 20
