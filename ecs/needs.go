package ecs

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// settled has the planner decide about a service, and reads what it needs for that, as long as it needs something.
func (p *planning) settled(ctx context.Context, s *past.Service) (past.Decision, error) {
	for {
		r, rules, err := p.readingOf(ctx, s)
		if err != nil {
			return past.Decision{}, err
		}
		d := p.planner.Decide(r, rules, past.Options{NoPin: p.NoPin, Whole: p.Whole, Skew: p.plan.Skew})
		switch d.Need {
		case past.Nothing:
			return d, nil
		case past.Older:
			err = p.deepen(ctx, s)
		case past.TaskCounts:
			err = p.countTasks(ctx, s, r)
		case past.Manifests:
			err = p.readManifests(ctx, s, d)
		case past.OtherSource:
			var found bool
			if found, err = p.readBefore(ctx, s, r); err == nil && !found {
				return p.guess(ctx, s, r, d)
			}
		}
		if err != nil {
			return past.Decision{}, err
		}
	}
}

// readingOf makes the reading of a service, and finds out what its rules are where that matters.
func (p *planning) readingOf(ctx context.Context, s *past.Service) (*past.Reading, past.Rules, error) {
	r, rules := past.Read(s), p.rules
	var err error
	if r.SharedMatters(rules) {
		rules.Shared, err = p.shared.Get("", func() (map[string]bool, error) { return p.sharedRepositories(ctx) })
	}
	for err == nil {
		unknown := r.Unregistered(rules)
		if len(unknown) == 0 {
			break
		}
		for _, t := range unknown {
			err = errors.Join(err, p.readRegistered(ctx, s, t))
		}
	}
	return r, rules, err
}

// readRegistered finds out when a definition was registered, as far as that can be read.
func (p *planning) readRegistered(ctx context.Context, s *past.Service, t past.TaskDefinition) error {
	d, err := p.definition(ctx, t)
	if err != nil {
		return err
	}
	if s.History.Registered == nil {
		s.History.Registered = map[past.TaskDefinition]time.Time{}
	}
	s.History.Registered[t] = time.Time{}
	if d != nil {
		s.History.Registered[t] = d.RegisteredAt
	}
	return nil
}

// sharedRepositories finds the repositories whose images services of several families run, in the whole cluster.
func (p *planning) sharedRepositories(ctx context.Context) (map[string]bool, error) {
	all, err := p.census.Get("", func() ([]*past.Service, error) { return p.client.DescribeAll(ctx, p.cluster) })
	if err != nil {
		return nil, err
	}
	if err := p.client.ReadNow(ctx, all); err != nil {
		return nil, err
	}
	families, shared := map[string]string{}, map[string]bool{}
	for _, s := range all {
		for _, i := range s.Now.Images {
			name := past.ParseReference(i.Reference).Name
			if family := families[name]; family != "" && family != s.TaskDefinition.Family {
				shared[name] = true
			}
			families[name] = s.TaskDefinition.Family
		}
	}
	return shared, nil
}

// deepen reads all that there is of a service's history.
func (p *planning) deepen(ctx context.Context, s *past.Service) error {
	s.Deepened = true
	if len(s.History.Deployments) == 0 && s.History.Err == nil {
		var err error
		if s.History, err = p.client.ListHistory(ctx, p.cluster, s.Name); err != nil || s.History.Err != nil {
			return err
		}
	}
	return p.look(ctx, []*past.Service{s}, past.HistoryLimit)
}

// countTasks asks how many tasks the deployments were to start whose images ECS has not resolved.
func (p *planning) countTasks(ctx context.Context, s *past.Service, r *past.Reading) error {
	s.History.TasksRead = true
	var arns []string
	unsure := r.Uncounted()
	for _, d := range unsure {
		arns = append(arns, d.ARN)
	}
	found := p.client.DescribeDeployments(ctx, arns)
	for _, d := range unsure {
		if asked := found[d.ARN]; asked != nil && asked.Counted {
			d.Counted, d.Requested = true, asked.Requested
		}
	}
	return ctx.Err()
}

// readManifests asks the registry which of some digests are images of an index that is among them too.
func (p *planning) readManifests(ctx context.Context, s *past.Service, d past.Decision) error {
	s.History.ManifestsRead = true
	s.History.Index = map[string]string{}
	for _, i := range d.Images {
		ref := past.ParseReference(i.Reference)
		if p.NoImageCheck || !ref.PrivateECR() {
			continue
		}
		image, err := p.lookUp(ctx, ref, "", i.Digest)
		if err != nil {
			return err
		}
		for _, part := range d.Images {
			if part.Container != i.Container || part.Digest == i.Digest {
				continue
			}
			isPart, err := p.client.HasChild(ctx, ref, image, part.Digest)
			if err != nil {
				return err
			}
			if isPart {
				s.History.Index[part.Digest] = i.Digest
			}
		}
	}
	return nil
}

// behind is how long, in all, a service and the list of its deployments are read again where one of them does not have yet what
// the other has. ECS lists a deployment "a moment after" UpdateService.
const behind = 4 * time.Second

// catchUp reads again, for some seconds, whichever of a service and its list is behind the other.
func (p *planning) catchUp(ctx context.Context, services []*past.Service) error {
	wait := 250 * time.Millisecond
	for waited := time.Duration(0); waited < behind; wait *= 2 {
		lists, shown := outdated(services, past.Behind), outdated(services, past.Overtaken)
		if len(lists)+len(shown) == 0 {
			return nil
		}
		if err := p.client.Clock.Sleep(ctx, wait); err != nil {
			return err
		}
		waited += wait
		if err := p.listAgain(ctx, lists); err != nil {
			return err
		}
		if err := p.describeAgain(ctx, shown); err != nil {
			return err
		}
	}
	return nil
}

// outdated gives the services of which list and service go together in a way that reading again may end.
func outdated(services []*past.Service, how past.Outcome) []*past.Service {
	var late []*past.Service
	for _, s := range services {
		if s.Controller == past.ControllerECS && past.Read(s).Outcome == how {
			late = append(late, s)
		}
	}
	return late
}

func (p *planning) listAgain(ctx context.Context, services []*past.Service) error {
	return aws.Parallel(ctx, services, func(ctx context.Context, s *past.Service) error {
		h, err := p.client.ListHistory(ctx, p.cluster, s.Name)
		if err == nil && h.Err == nil {
			s.History = h
		}
		return err
	})
}

func (p *planning) describeAgain(ctx context.Context, services []*past.Service) error {
	names := map[string]*past.Service{}
	for _, s := range services {
		names[s.Name] = s
	}
	if len(names) == 0 {
		return nil
	}
	again, err := p.client.DescribeServices(ctx, p.cluster, slices.Sorted(maps.Keys(names)))
	for _, now := range again {
		now.History = names[now.Name].History
		*names[now.Name] = *now
	}
	return err
}

// readBefore asks ECS for the revisions that the oldest listed deployment replaced: they are there for longer than the
// deployments are listed. It reports whether that told anything new.
func (p *planning) readBefore(ctx context.Context, s *past.Service, r *past.Reading) (found bool, err error) {
	oldest := r.OldestGood()
	if s.Controller != past.ControllerECS || s.History.Err != nil || s.History.SourcesRead || oldest == nil || s.History.Before != nil {
		return false, nil
	}
	s.History.SourcesRead = true
	if oldest.Sources == nil {
		if err := p.client.ReadSources(ctx, oldest); err != nil {
			return false, err
		}
	}
	revisions := map[string]*past.Revision{}
	err = p.client.DescribeRevisions(ctx, oldest.Sources, func(r *past.Revision) { revisions[r.ARN] = r })
	if err != nil && aws.Unread(err) == nil {
		return false, err
	}
	before := past.SourceOf(oldest, revisions)
	if before == nil {
		return false, nil
	}
	s.History.Before = before
	return true, p.findCopies(ctx, s)
}
