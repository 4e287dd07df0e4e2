package ecs

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A ServiceState is what a service runs at a moment, for a snapshot.
type ServiceState struct {
	Name       string
	Version    past.Version        // in the middle of a rollout: the last version that was good
	Revision   string              // ARN of the service revision that it runs as; empty in the middle of a rollout, or if not known
	RollingTo  past.TaskDefinition // what is rolling out; zero if nothing is
	Digests    bool                // the digests of its images are known
	Definition *past.Definition    // only if asked for; nil if it cannot be read
	Unknown    bool                // ECS lists the service and does not describe it: nothing else is known
}

// States reads what the services of a scope run now, sorted by name, and in which account and region. With definitions it
// reads their definitions too. It changes nothing.
func (c *Client) States(ctx context.Context, scope Scope, definitions bool) ([]ServiceState, aws.Cluster, error) {
	r := &stateReading{client: c.calls, scope: scope, definitions: definitions, cluster: aws.Cluster{Name: scope.Cluster, Region: c.Region}}
	seen, err := inTens(ctx, c.calls, scope, r.batch)
	if err != nil {
		return nil, r.cluster, err
	}
	if len(r.states) == 0 {
		return nil, r.cluster, &EmptyClusterError{Cluster: scope.Cluster, Known: seen}
	}
	slices.SortFunc(r.states, func(a, b ServiceState) int { return strings.Compare(a.Name, b.Name) })
	return r.states, r.cluster, nil
}

type stateReading struct {
	client      *aws.Client
	scope       Scope
	definitions bool
	known       aws.Memo[past.TaskDefinition, *past.Definition]

	mu      sync.Mutex
	states  []ServiceState
	cluster aws.Cluster
}

func (r *stateReading) batch(ctx context.Context, names []string) error {
	services, err := r.client.DescribeServices(ctx, r.scope.Cluster, names)
	if err != nil {
		return err
	}
	r.unknown(names, services)
	services = slices.DeleteFunc(services, func(s *past.Service) bool { return s.Status == past.Inactive || s.TaskDefinition.IsZero() })
	if err := r.client.ReadNow(ctx, services); err != nil {
		return err
	}
	return aws.Parallel(ctx, services, func(ctx context.Context, s *past.Service) error {
		state, err := r.state(ctx, s)
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.states = append(r.states, state)
		if a, err := past.ParseARN(s.ARN); err == nil {
			r.cluster.Account, r.cluster.Region = a.Account, a.Region
		}
		return nil
	})
}

// unknown notes the services that ECS lists and does not describe.
func (r *stateReading) unknown(names []string, services []*past.Service) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range names {
		if !slices.ContainsFunc(services, func(s *past.Service) bool { return s.Name == name }) {
			r.states = append(r.states, ServiceState{Name: name, Unknown: true})
		}
	}
}

func (r *stateReading) state(ctx context.Context, s *past.Service) (ServiceState, error) {
	state := ServiceState{Name: s.Name, Version: s.Now}
	if len(s.Revisions) == 1 && !s.Rolling() && s.Primary().RolloutState != past.RolloutFailed {
		state.Revision = s.Revisions[0]
	}
	if s.Rolling() || s.Primary().RolloutState == past.RolloutFailed || len(s.Revisions) > 1 {
		good, err := r.lastGood(ctx, s)
		if err != nil {
			return state, err
		}
		if good.Known() && good.TaskDefinition != s.TaskDefinition {
			state.Version, state.RollingTo = good, s.TaskDefinition
		}
	}
	state.Digests = len(state.Version.Images) > 0
	if !r.definitions {
		return state, nil
	}
	var err error
	state.Definition, err = r.known.Get(state.Version.TaskDefinition, func() (*past.Definition, error) {
		return r.client.DescribeDefinition(ctx, state.Version.TaskDefinition)
	})
	return state, err
}

// lastGood gives the version that ran before a rollout that has not ended well: from the history, or where that cannot be
// read, the definition that is being replaced.
func (r *stateReading) lastGood(ctx context.Context, s *past.Service) (past.Version, error) {
	h, err := r.client.ListHistory(ctx, r.scope.Cluster, s.Name)
	if err != nil {
		return past.Version{}, err
	}
	for _, d := range h.Deployments {
		if !d.Successful() {
			continue
		}
		var good past.Version
		err := r.client.DescribeRevisions(ctx, []string{d.Target}, func(r *past.Revision) { good = r.Version })
		if err != nil && aws.Unread(err) == nil {
			return past.Version{}, err
		}
		if good.Known() {
			return good, nil
		}
		break
	}
	for _, d := range s.Deployments {
		if d.Status == past.Active && d.RolloutState == past.RolloutCompleted {
			return past.Version{TaskDefinition: d.TaskDefinition}, nil
		}
	}
	return past.Version{}, nil
}
