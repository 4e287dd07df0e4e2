package ecs

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// readNow fills in the digests of what services run, all in as few calls as possible. Where they are not to be had, they
// stay unknown.
func (c *Client) readNow(ctx context.Context, services []*Service) error {
	var arns []string
	for _, s := range services {
		if len(s.Revisions) == 1 {
			arns = append(arns, s.Revisions[0])
		}
	}
	revisions := map[string]*Revision{}
	err := c.describeRevisions(ctx, unique(arns), func(r *Revision) { revisions[r.ARN] = r })
	if err != nil && !unreadable(err) {
		return err
	}
	for _, s := range services {
		if len(s.Revisions) == 1 && revisions[s.Revisions[0]] != nil {
			s.Now = revisions[s.Revisions[0]].Version
		}
	}
	return nil
}

// A ServiceState is what a service runs at a moment, for a snapshot.
type ServiceState struct {
	Name       string
	Version    Version        // in the middle of a rollout: the last version that was good
	RollingTo  TaskDefinition // what is rolling out; zero if nothing is
	Digests    bool           // the digests of its images are known
	Definition *Definition    // only if asked for; nil if it cannot be read
}

// States reads what the services of a scope run now, sorted by name, and in which account and region. With definitions it
// reads their definitions too. It changes nothing.
func (c *Client) States(ctx context.Context, scope Scope, definitions bool) ([]ServiceState, Cluster, error) {
	r := &stateReading{client: c, scope: scope, definitions: definitions, cluster: Cluster{Name: scope.Cluster, Region: c.Region}}
	seen, err := c.inTens(ctx, scope, r.batch)
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
	client      *Client
	scope       Scope
	definitions bool
	known       memo[TaskDefinition, *Definition]

	mu      sync.Mutex
	states  []ServiceState
	cluster Cluster
}

func (r *stateReading) batch(ctx context.Context, names []string) error {
	services, err := r.client.describeServices(ctx, r.scope.Cluster, names)
	if err != nil {
		return err
	}
	services = slices.DeleteFunc(services, func(s *Service) bool { return s.Status == "INACTIVE" || s.TaskDefinition.IsZero() })
	if err := r.client.readNow(ctx, services); err != nil {
		return err
	}
	return parallel(ctx, services, func(ctx context.Context, s *Service) error {
		state, err := r.state(ctx, s)
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.states = append(r.states, state)
		if a, err := ParseARN(s.ARN); err == nil {
			r.cluster.Account, r.cluster.Region = a.Account, a.Region
		}
		return nil
	})
}

func (r *stateReading) state(ctx context.Context, s *Service) (ServiceState, error) {
	state := ServiceState{Name: s.Name, Version: s.Now}
	if s.rolling() || s.Primary().RolloutState == "FAILED" || len(s.Revisions) > 1 {
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
	state.Definition, err = r.known.get(state.Version.TaskDefinition, func() (*Definition, error) {
		return r.client.describeDefinition(ctx, state.Version.TaskDefinition)
	})
	return state, err
}

// lastGood gives the version that ran before a rollout that has not ended well: from the history, or where that cannot be
// read, the definition that is being replaced.
func (r *stateReading) lastGood(ctx context.Context, s *Service) (Version, error) {
	h, err := r.client.listHistory(ctx, r.scope.Cluster, s.Name)
	if err != nil {
		return Version{}, err
	}
	for _, d := range h.Deployments {
		if !d.successful() {
			continue
		}
		var good Version
		err := r.client.describeRevisions(ctx, []string{d.Target}, func(r *Revision) { good = r.Version })
		if err != nil && !unreadable(err) {
			return Version{}, err
		}
		if good.Known() {
			return good, nil
		}
		break
	}
	for _, d := range s.Deployments {
		if d.Status == "ACTIVE" && d.RolloutState == "COMPLETED" {
			return Version{TaskDefinition: d.TaskDefinition}, nil
		}
	}
	return Version{}, nil
}

// Caller gives the ARN of who we are, from STS; empty if it cannot be told.
func (c *Client) Caller(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, sideTime)
	defer cancel()
	out, err := sts.NewFromConfig(c.config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return ""
	}
	return aws.ToString(out.Arn)
}
