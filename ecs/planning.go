package ecs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// planning is one run of [Client.Plan]: the services go through it in tens, all tens at the same time, and what several
// services need is asked once.
type planning struct {
	client  *Client
	cluster string
	scope   Scope
	planner Planner
	PlanOptions

	definitions memo[TaskDefinition, *Definition]
	unread      sync.Map // definitions that we may not read, and why
	families    memo[string, []TaskDefinition]
	images      memo[string, found]
	book        recordBook
	census      memo[string, []*Service] // all services of the cluster, where a guess needs them
	reading     chan struct{}            // holds a value for each ten whose histories are being read

	mu   sync.Mutex
	plan *Plan
}

// Plan observes the services of a scope and has planner decide about each, then checks what it decided: that definitions
// can be deployed, that images still exist, that the service is ours to change. It changes nothing.
//
// The error is that of the first call that failed; a history that must not be read is none. Errors of the user's making are
// *[ClusterNotFoundError], *[ServiceNotFoundError] and *[EmptyClusterError].
func (c *Client) Plan(ctx context.Context, scope Scope, planner Planner, o PlanOptions) (*Plan, error) {
	p := &planning{client: c, cluster: scope.Cluster, scope: scope, planner: planner, PlanOptions: o}
	p.reading = make(chan struct{}, int(deploymentRead.burst)/describeLimit)
	p.plan = &Plan{Cluster: Cluster{Name: scope.Cluster, Region: c.Region}, ObservedAt: time.Now()}
	seen, err := c.inTens(ctx, scope, p.batch)
	if err != nil {
		return nil, err
	}
	if len(p.plan.Steps) == 0 {
		return nil, &EmptyClusterError{Cluster: scope.Cluster, Known: seen}
	}
	slices.SortFunc(p.plan.Steps, func(a, b *Step) int { return strings.Compare(a.Service, b.Service) })
	p.plan.noteAges()
	return p.plan, nil
}

// batch plans up to ten services: describes them beside their histories, then reads the revisions, then decides and checks.
// Histories are read of so many tens at a time as one burst allows: if all tens began at once, all would be through at once
// too, in the end, and then wait for the next limit together.
func (p *planning) batch(ctx context.Context, names []string) error {
	p.reading <- struct{}{}
	read := sync.OnceFunc(func() { <-p.reading })
	defer read()
	histories := make([]History, len(names))
	var services []*Service
	g, reads := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		services, err = p.client.describeServices(reads, p.cluster, names)
		return err
	})
	for i, name := range names {
		if p.planner.wants == nil {
			g.Go(func() (err error) {
				histories[i], err = p.client.listHistory(patient(reads), p.cluster, name)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	read()
	for _, s := range services {
		if i := slices.Index(names, s.Name); i >= 0 {
			s.History = histories[i]
		}
	}
	if err := p.missing(ctx, names, services); err != nil {
		return err
	}
	if err := p.read(ctx, services); err != nil {
		return err
	}
	if err := parallel(ctx, services, p.readGroup); err != nil {
		return err
	}
	return parallel(ctx, services, p.step)
}

// read reads what the planner needs of a batch: the histories' revisions, or those that run now.
func (p *planning) read(ctx context.Context, services []*Service) error {
	if p.planner.wants == nil {
		return p.look(ctx, services, revisionLimit)
	}
	if err := p.client.readNow(ctx, services); err != nil {
		return err
	}
	return parallel(ctx, services, func(ctx context.Context, s *Service) error {
		wanted, ok := p.planner.wants(s.Name)
		if !ok || !p.Same.mayBeCopy(s.Now, wanted) {
			return nil
		}
		var err error
		s.Now.Origin, err = p.originOf(ctx, s.Now, wanted)
		return err
	})
}

// missing fails for services that were asked for and are not there. Of those found by listing, one may have been deleted
// meanwhile; that is no error.
func (p *planning) missing(ctx context.Context, names []string, services []*Service) error {
	if !p.scope.byName() {
		return nil
	}
	if p.scope.MayMiss {
		for _, name := range names {
			if !slices.ContainsFunc(services, func(s *Service) bool { return s.Name == name }) {
				p.add(&Step{Service: name, Action: Blocked, Reason: "is gone: the cluster has no such service"}, nil)
			}
		}
		return nil
	}
	var missing []string
	for _, name := range names {
		if !slices.ContainsFunc(services, func(s *Service) bool { return s.Name == name && s.Status != "INACTIVE" }) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return p.client.missingServices(ctx, p.cluster, missing)
	}
	return nil
}

// step decides about one service, reading on in its history as long as the planner needs it, and checks the decision.
func (p *planning) step(ctx context.Context, s *Service) error {
	step := &Step{
		Service: s.Name, ServiceARN: s.ARN, From: Version{TaskDefinition: s.TaskDefinition}, strategy: s.Strategy,
		Desired: s.Desired, Running: s.Running, primary: s.Primary().ID, current: s.Current, group: s.group, external: s.External,
	}
	if newest := s.History.newest(); newest != nil {
		step.newest = newest.ARN
	}
	if !p.foreign(s, step) {
		if err := p.decide(ctx, s, step); err != nil {
			return fmt.Errorf("service %q: %w", s.Name, err)
		}
	}
	if p.KeepHistory {
		step.History = &s.History
	} else {
		s.History = History{} // thousands of them would fill the memory
	}
	p.add(step, s)
	return nil
}

func (p *planning) add(step *Step, s *Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan.Steps = append(p.plan.Steps, step)
	if s == nil {
		return
	}
	if a, err := ParseARN(s.ARN); err == nil {
		p.plan.Cluster.Account, p.plan.Cluster.Region = a.Account, a.Region
	}
}

func (p *planning) decide(ctx context.Context, s *Service, step *Step) error {
	if err := p.proveNew(ctx, s); err != nil {
		return err
	}
	d := p.planner.decide(s, p.Same)
	if d.deeper {
		if err := p.deepen(ctx, s); err != nil {
			return err
		}
		d = p.planner.decide(s, p.Same)
	}
	if d.guess != "" {
		var err error
		if d, err = p.guess(ctx, s, d); err != nil {
			return err
		}
	}
	if d.only && p.scope.byName() && !p.scope.MayMiss {
		d.Action, d.Reason = Blocked, "nothing to undo: it "+d.Reason
	}
	step.take(d)
	if d.follow != nil {
		step.foresee(s, d, p.Same)
	}
	if step.Action == Undo {
		if err := p.check(ctx, s, d, step); err != nil {
			return err
		}
	}
	if p.Definitions && step.To.Known() && step.To.TaskDefinition != step.From.TaskDefinition {
		var err error
		if step.FromDefinition, err = p.definition(ctx, step.From.TaskDefinition); err != nil {
			return err
		}
		step.ToDefinition, err = p.definition(ctx, step.To.TaskDefinition)
		return err
	}
	return nil
}

// deepen reads all that there is of a service's history.
func (p *planning) deepen(ctx context.Context, s *Service) error {
	s.deepened = true
	if len(s.History.Deployments) == 0 && s.History.Err == nil {
		var err error
		if s.History, err = p.client.listHistory(ctx, p.cluster, s.Name); err != nil || s.History.Err != nil {
			return err
		}
	}
	return p.look(ctx, []*Service{s}, historyLimit)
}

// take copies what was decided into the step.
func (s *Step) take(d Decision) {
	s.Action, s.Reason, s.Notes = d.Action, d.Reason, d.Notes
	if d.From.version.Known() {
		s.From, s.Since = d.From.version, d.From.since
	}
	s.To, s.ToSince = d.To.version, d.To.since
	if d.left != nil {
		s.Left = d.left.version
	}
	if d.follow != nil {
		s.follow, s.ours = d.follow.ARN, d.follow.ARN
	}
	if d.rollback != nil {
		s.rollback, s.ours = d.rollback.ARN, d.rollback.ARN
	}
}

// foresee notes which ends of the deployment that is watched lead to where the plan wants the service.
func (s *Step) foresee(service *Service, d Decision, same Same) {
	before := newStack(&service.History, same)
	back, _ := before.top()
	brings := visitOf(service, d.follow).version
	s.arrives, s.returns = same.Versions(brings, d.To.version), same.Versions(back.version, d.To.version)
	s.tells = brings.TaskDefinition != back.version.TaskDefinition
}

// foreign settles the services that are not ours to change.
func (p *planning) foreign(s *Service, step *Step) bool {
	action := Skipped
	if p.scope.byName() && !p.scope.MayMiss || p.Strict {
		action = Blocked
	}
	switch {
	case s.Status != "ACTIVE":
		step.Action, step.Reason = Skipped, fmt.Sprintf("is %s, so nothing can be deployed to it", s.Status)
		if p.scope.byName() { // of a record's too: ECS still describes a service for a while after it was deleted
			step.Action = Blocked
		}
	case s.Express:
		step.Action, step.Reason = action, "is an Express service, which ECS manages by itself; use 'aws ecs update-express-gateway-service'"
	case s.Controller == "EXTERNAL":
		step.Action = action
		step.Reason, step.Notes = s.external(p.cluster)
	case s.byGroup() != "":
		step.Action, step.Reason = Blocked, s.byGroup()
	default:
		return false
	}
	return true
}

// noteAges warns when some of the services that would change were deployed long before the others: an undo of the whole
// cluster takes back what had nothing to do with the incident.
func (p *Plan) noteAges() {
	var first, last *Step
	for _, s := range p.Steps {
		if s.Action != Undo || s.Since.IsZero() {
			continue
		}
		if first == nil || s.Since.Before(first.Since) {
			first = s
		}
		if last == nil || s.Since.After(last.Since) {
			last = s
		}
	}
	if first != nil && last.Since.Sub(first.Since) > 24*time.Hour {
		p.Notes = append(p.Notes, fmt.Sprintf(
			"the versions to be taken back are of different days: %s runs since %s, %s only since %s; --as-of TIME takes back only what was deployed after a moment",
			first.Service, clock(first.Since), last.Service, clock(last.Since)))
	}
}
