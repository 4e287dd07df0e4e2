package ecs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// planning is one run of [Client.Plan]: the services go through it in tens, all tens at the same time, and what several
// services need is asked once.
type planning struct {
	client  *aws.Client
	cluster string
	scope   Scope
	planner past.Planner
	PlanOptions

	definitions aws.Memo[past.TaskDefinition, *past.Definition]
	unread      sync.Map // definitions that we may not read, and why
	families    aws.Memo[string, []past.TaskDefinition]
	images      aws.Memo[string, aws.ECRImage]
	book        recordBook

	registrations aws.Memo[string, string]          // by family, why they are denied
	census        aws.Memo[string, []*past.Service] // all services of the cluster, where a guess needs them
	shared        aws.Memo[string, map[string]bool] // repositories that services of several families run
	rules         past.Rules
	reading       chan struct{} // holds a value for each ten whose histories are being read

	answered sync.Once // the first answers have come, and so the time of AWS

	mu         sync.Mutex
	plan       *Plan
	unreadable []string // why histories cannot be read, in AWS's words, each once
}

// Plan observes the services of a scope and has planner decide about each, then checks what it decided: that definitions
// can be deployed, that images still exist, that the service is ours to change. It changes nothing.
//
// The error is that of the first call that failed; a history that must not be read is none. Errors of the user's making are
// *[ClusterNotFoundError], *[ServiceNotFoundError] and *[EmptyClusterError].
func (c *Client) Plan(ctx context.Context, scope Scope, planner past.Planner, o PlanOptions) (*Plan, error) {
	p := &planning{client: c.calls, cluster: scope.Cluster, scope: scope, planner: planner, PlanOptions: o}
	p.rules.Sidecar = o.Sidecar
	p.reading = make(chan struct{}, int(aws.DeploymentRead.Burst)/aws.DescribeLimit)
	p.plan = &Plan{Cluster: aws.Cluster{Name: scope.Cluster, Region: c.Region}, NoWait: o.NoWait, copies: &way.Copies{}, copyTags: o.CopyTags}
	seen, err := inTens(ctx, c.calls, scope, p.batch)
	if err != nil {
		return nil, err
	}
	p.answered.Do(p.observed) // there may be no services
	if err := p.schedules(ctx, len(seen) > 0); err != nil {
		return nil, err
	}
	if len(p.plan.Steps) == 0 {
		return nil, &EmptyClusterError{Cluster: scope.Cluster, Known: seen}
	}
	slices.SortFunc(p.plan.Steps, compareSteps)
	p.plan.noteAges()
	if p.plan.Skew.Abs() > time.Minute {
		p.plan.Notes = append(p.plan.Notes, past.ClockNote(p.plan.Skew))
	}
	p.plan.Notes = append(p.plan.Notes, p.unreadable...)
	return p.plan, nil
}

// compareSteps orders services by their names, and the rules and schedules after them.
func compareSteps(a, b *Step) int {
	if a.Scheduled() != b.Scheduled() {
		if a.Scheduled() {
			return 1
		}
		return -1
	}
	return strings.Compare(a.Service, b.Service)
}

// batch plans up to ten services: describes them beside their histories, then reads the revisions, then decides and checks.
// Histories are read of so many tens at a time as one burst allows: if all tens began at once, all would be through at once
// too, in the end, and then wait for the next limit together.
func (p *planning) batch(ctx context.Context, names []string) error {
	p.reading <- struct{}{}
	read := sync.OnceFunc(func() { <-p.reading })
	defer read()
	histories := make([]past.History, len(names))
	var services []*past.Service
	g, reads := errgroup.WithContext(ctx)
	guarded(g, func() (err error) {
		services, err = p.client.DescribeServices(reads, p.cluster, names)
		return err
	})
	for i, name := range names {
		if p.planner.Wants == nil {
			guarded(g, func() (err error) {
				histories[i], err = p.client.ListHistory(aws.Patient(reads), p.cluster, name)
				return err
			})
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	read()
	p.answered.Do(p.observed)
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
	if err := aws.Parallel(ctx, services, p.readGroup); err != nil {
		return err
	}
	return aws.Parallel(ctx, services, p.step)
}

// observed notes when the plan was made, by the clock of AWS: all of it is judged by that.
func (p *planning) observed() {
	p.plan.Skew = p.client.Skew()
	p.plan.ObservedAt = p.client.Clock.Now().Add(p.plan.Skew)
}

// read reads what the planner needs of a batch: the histories' revisions, or those that run now.
func (p *planning) read(ctx context.Context, services []*past.Service) error {
	if p.planner.Wants == nil {
		if err := p.catchUp(ctx, services); err != nil {
			return err
		}
		return p.look(ctx, services, past.RevisionLimit)
	}
	if err := p.client.ReadNow(ctx, services); err != nil {
		return err
	}
	return aws.Parallel(ctx, services, func(ctx context.Context, s *past.Service) error {
		wanted, ok := p.planner.Wants(s.Name)
		if !ok || past.KinshipOf(s.Now, wanted) != past.Related {
			return nil
		}
		var err error
		s.Now.Origin, err = p.originOf(ctx, s.Now, wanted)
		return err
	})
}

// missing fails for services that were asked for and are not there. Those of a record, and those that ECS lists and does not
// describe, are blocked.
func (p *planning) missing(ctx context.Context, names []string, services []*past.Service) error {
	absent := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(services, func(s *past.Service) bool { return s.Name == name })
	})
	code := past.NotDescribed
	switch {
	case p.scope.byName() && p.scope.MayMiss:
		code = past.ServiceGone
	case p.scope.byName():
		for _, s := range services {
			if s.Status == past.Inactive {
				absent = append(absent, s.Name)
			}
		}
		if len(absent) > 0 {
			return p.client.MissingServices(ctx, p.cluster, absent)
		}
	}
	for _, name := range absent {
		p.add(&Step{Service: name, Action: past.Blocked, ReasonCode: code, Reason: past.Reason{Code: code}.Text(time.Time{})}, nil)
	}
	return nil
}

// step decides about one service, reading on in its history as long as the planner needs it, and checks the decision.
func (p *planning) step(ctx context.Context, s *past.Service) error {
	step := &Step{
		Service: s.Name, ServiceARN: s.ARN, From: past.Version{TaskDefinition: s.TaskDefinition},
		Progress: Progress{seen: s.SeenAt},
	}
	if !p.foreign(s, step) {
		if err := p.decide(ctx, s, step); err != nil {
			return fmt.Errorf("service %q: %w", s.Name, err)
		}
	}
	step.LastTook = s.History.LastTook()
	p.add(step, s)
	if p.KeepHistory {
		step.History = &s.History
	} else {
		s.History = past.History{} // thousands of them would fill the memory
	}
	return nil
}

func (p *planning) add(step *Step, s *past.Service) {
	p.mu.Lock()
	defer p.mu.Unlock()
	step.clock = p.client.Clock
	p.plan.Steps = append(p.plan.Steps, step)
	if s == nil {
		return
	}
	if err := s.History.Err; aws.Unreadable(err) {
		why := past.Reason{Code: past.HistoryDenied, Facts: past.Facts{Status: past.Briefly(err), Why: aws.Message(err)}}.Text(p.plan.ObservedAt)
		if !slices.Contains(p.unreadable, why) && len(p.unreadable) == 0 {
			p.unreadable = append(p.unreadable, why)
		}
	}
	if a, err := past.ParseARN(s.ARN); err == nil {
		p.plan.Cluster.Account, p.plan.Cluster.Region = a.Account, a.Region
	}
}

func (p *planning) decide(ctx context.Context, s *past.Service, step *Step) error {
	if err := p.proveNew(ctx, s); err != nil {
		return err
	}
	d, err := p.settled(ctx, s)
	if err != nil {
		return err
	}
	if d.Only && p.scope.byName() && !p.scope.MayMiss {
		why := d.Reason
		d.Action, d.Reason = past.Blocked, past.Reason{Code: past.NothingToUndo, Facts: past.Facts{Because: &why}}
	}
	p.take(step, d)
	if err := p.choose(ctx, s, d, step); err != nil {
		return err
	}
	if p.Definitions && step.To.Known() && step.To.TaskDefinition != step.From.TaskDefinition {
		if step.FromDefinition, err = p.definition(ctx, step.From.TaskDefinition); err != nil {
			return err
		}
		step.ToDefinition, err = p.definition(ctx, step.To.TaskDefinition)
	}
	return err
}

// take copies what was decided into the step.
func (p *planning) take(s *Step, d past.Decision) {
	s.Action, s.Guessed = d.Action, d.Guessed
	p.say(s, d.Reason)
	for _, n := range d.Notes {
		p.tell(s, n)
	}
	if d.From.Version.Known() {
		s.From, s.Since = d.From.Version, d.From.Since
	}
	s.To, s.ToSince = d.To.Version, d.To.Since
	s.left = d.From.TakenBack()
	if d.Left != nil {
		s.Left = d.Left.Version
		s.left = append([]Version{s.Left}, s.left...)
	}
}

// say gives a step its reason.
func (p *planning) say(s *Step, r past.Reason) {
	r.Facts.Flags = cliFlags(p.cluster, s.Service)
	s.ReasonCode, s.Reason = r.Code, r.Text(p.plan.ObservedAt)
}

// tell gives a step a note.
func (p *planning) tell(s *Step, r past.Reason) {
	s.Notes, s.noted = append(s.Notes, r.Text(p.plan.ObservedAt)), append(s.noted, r.Code)
}

// untell takes a note back.
func (s *Step) untell(code past.Code) {
	if i := slices.Index(s.noted, code); i >= 0 {
		s.Notes, s.noted = slices.Delete(s.Notes, i, i+1), slices.Delete(s.noted, i, i+1)
	}
}

// block turns a step that was to change into one that cannot, and says why.
func (p *planning) block(s *Step, code past.Code, facts past.Facts) {
	s.Action, facts.To = past.Blocked, past.OrUnknown(s.To)
	p.say(s, past.Reason{Code: code, Facts: facts})
}

// choose chooses the way to where the service is to go, and checks whether it can be gone.
func (p *planning) choose(ctx context.Context, s *past.Service, d past.Decision, step *Step) error {
	switch {
	case s.Controller != past.ControllerECS: // its deployments have no service revisions
	case len(s.Revisions) == 1:
		step.FromRevision = s.Revisions[0]
	case d.From.Deployment != nil:
		step.FromRevision = d.From.Deployment.Target
	}
	switch {
	case d.Follow != nil:
		f := past.Read(s).Foresee(d)
		step.follow(way.ByFollowing(p.task(s, step, nil), d.Follow.ARN, way.Ends{Arrives: f.Arrives, Returns: f.Returns, Tells: f.Tells}))
	case d.Action == past.Undo && d.Native != nil:
		return p.checkRollback(ctx, s, d, step)
	case d.Action == past.Undo:
		return p.checkDeployment(ctx, s, d, step)
	}
	return nil
}

// task gives what every way has to know of a step; wanted are the digests, by container, that have to run in the end.
func (p *planning) task(s *past.Service, step *Step, wanted map[string]string) way.Task {
	t := way.NewTask(p.cluster, s, step.From, step.To)
	t.Wanted = wanted
	return t
}

// foreign settles the services that are not ours to change.
func (p *planning) foreign(s *past.Service, step *Step) bool {
	action := past.Skipped
	if p.scope.byName() && !p.scope.MayMiss || p.Strict {
		action = past.Blocked
	}
	switch {
	case s.Status != past.Active:
		step.Action = past.Skipped
		p.say(step, past.Reason{Code: past.NotActive, Facts: past.Facts{Status: s.Status}})
		if p.scope.byName() { // of a record's too: ECS still describes a service for a while after it was deleted
			step.Action = past.Blocked
		}
	case s.Express:
		step.Action = action
		p.say(step, past.Reason{Code: past.ExpressService})
	case s.Controller == past.ControllerExternal:
		step.Action = action
		reason, notes := external(s, p.cluster)
		p.say(step, reason)
		for _, n := range notes {
			p.tell(step, n)
		}
	case neverRedeployed(s):
		step.Action = past.Unchanged
		p.say(step, past.Reason{Code: past.OnlyVersion})
		if p.scope.byName() && !p.scope.MayMiss {
			p.block(step, past.NothingToUndo, past.Facts{Because: &past.Reason{Code: past.OnlyVersion}})
		}
	case byGroup(s).Code != "":
		step.Action = past.Blocked
		p.say(step, byGroup(s))
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
		if s.Action != past.Undo || s.Since.IsZero() || s.Scheduled() {
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
		p.Notes = append(p.Notes, past.Reason{Code: past.DifferentDays, Facts: past.Facts{
			From: first.Service, Since: first.Since, To: last.Service, At: last.Since,
		}}.Text(p.ObservedAt))
	}
}
