package ecs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fresh is how long a plan is trusted: after that, a service is looked at once more before it is changed.
const fresh = 5 * time.Second

// Apply asks ECS for every change of a plan, in parallel, as fast as its limits allow. It sends each step to accepted when
// ECS has taken or refused its change, and each step that only watches at once; it does not close the channel. When ctx ends
// it asks for no more: what was not asked for stays Planned or ends as [Interrupted] or [OutOfTime].
//
// An update sends cluster, service and task definition, and nothing else unless the whole service revision was asked for:
// the desired count belongs to autoscaling.
func (c *Client) Apply(ctx context.Context, p *Plan, accepted chan<- *Step) {
	a := &applying{client: c, plan: p, accepted: accepted}
	var direct, copied []*Step
	for _, s := range p.Steps {
		switch {
		case s.Follows():
			s.State = Accepted
			accepted <- s
		case s.Action != Undo || s.State != Planned:
		case s.Registers:
			copied = append(copied, s)
		default:
			direct = append(direct, s)
		}
	}
	// Registering is the narrowest limit (one a second): the updates that need no copy do not wait behind it.
	var all sync.WaitGroup
	all.Go(func() { a.inTens(ctx, direct) })
	all.Go(func() { a.copies(ctx, copied) })
	all.Wait()
}

// applying is one run of [Client.Apply].
type applying struct {
	client   *Client
	plan     *Plan
	accepted chan<- *Step
	copied   memo[string, copyMade] // by family, hash, and the definition that ECS refused to deploy, if it did
}

// inTens changes as many services at once as one burst of updates allows. The others follow in tens, each looked at again
// just before if the plan is no longer fresh: two tens at a time keep the limit busy, and none waits long after the look.
func (a *applying) inTens(ctx context.Context, steps []*Step) {
	var all sync.WaitGroup
	busy := make(chan struct{}, 2)
	burst := int(serviceModify.burst)
	if time.Since(a.plan.ObservedAt) > fresh {
		burst = 0
	}
	for ten := range slices.Chunk(steps[:min(burst, len(steps))], describeLimit) {
		all.Go(func() { a.ten(ctx, ten) })
	}
	for ten := range slices.Chunk(steps[min(burst, len(steps)):], describeLimit) {
		busy <- struct{}{}
		all.Go(func() {
			defer func() { <-busy }()
			a.ten(ctx, ten)
		})
	}
	all.Wait()
}

func (a *applying) ten(ctx context.Context, steps []*Step) {
	if time.Since(a.plan.ObservedAt) > fresh {
		steps = a.stillThere(ctx, steps)
	}
	var all sync.WaitGroup
	for _, s := range steps {
		all.Go(func() { a.finish(ctx, s, a.change(ctx, s)) })
	}
	all.Wait()
}

// copies registers what is to be registered, once for all services that share it, and changes each service as soon as its
// copy is there.
func (a *applying) copies(ctx context.Context, steps []*Step) {
	var all sync.WaitGroup
	busy := make(chan struct{}, abreast*describeLimit)
	for _, s := range steps {
		busy <- struct{}{}
		all.Go(func() {
			defer func() { <-busy }()
			if err := a.registered(ctx, s, TaskDefinition{}); err != nil {
				a.finish(ctx, s, err)
				return
			}
			a.ten(ctx, []*Step{s})
		})
	}
	all.Wait()
}

// registered finds the step's copy or has it registered, if it is not there yet. What ECS has just refused to deploy is no copy,
// whatever ECS says of its status.
func (a *applying) registered(ctx context.Context, s *Step, refused TaskDefinition) error {
	if !s.Copy.IsZero() {
		return nil
	}
	made, err := a.copied.get(fmt.Sprintf("%s %s %s", s.register.Family, s.register.hash(), refused), func() (copyMade, error) {
		t, registered, err := a.client.copy(ctx, s.register, append(slices.Clone(s.others), refused))
		return copyMade{t, registered}, err
	})
	if err != nil {
		return err
	}
	s.copied(made.TaskDefinition, made.registered)
	return nil
}

// copyMade is a definition that stands in the place of another, and whether we registered it.
type copyMade struct {
	TaskDefinition
	registered bool
}

// stillThere looks again at services whose plan is no longer fresh, and gives those that are as the plan saw them. One that
// was deployed again meanwhile is not forced: whoever did that knew more than the plan.
func (a *applying) stillThere(ctx context.Context, steps []*Step) []*Step {
	names := make([]string, len(steps))
	for i, s := range steps {
		names[i] = s.Service
	}
	services, err := a.client.describeServices(ctx, a.plan.Cluster.Name, names)
	var still []*Step
	for _, s := range steps {
		i := slices.IndexFunc(services, func(d *Service) bool { return d.Name == s.Service })
		switch {
		case err != nil:
			a.finish(ctx, s, err)
		case i < 0:
			a.finish(ctx, s, errors.New("the service is gone"))
		case s.deployedSince(services[i]):
			a.overtaken(ctx, s, services[i].Primary())
		default:
			still = append(still, s)
		}
	}
	return still
}

// deployedSince reports whether a service was deployed again after the plan saw it. One that ECS has rolled back since has its
// old deployment again; then the service deployment tells.
func (s *Step) deployedSince(now *Service) bool {
	return now.Primary().ID != s.primary || now.Current != "" && s.current != "" && now.Current != s.current
}

// overtaken settles a step whose service got another deployment after the plan saw it. If it brings what we want to bring,
// somebody else has undone the same thing, and it is watched as ours.
func (a *applying) overtaken(ctx context.Context, s *Step, now Deployment) {
	if s.broughtBy(now) {
		if s.Deployment = now.ID; s.group == nil {
			s.rollback, s.ours = "", "" // there is nothing left to be rolled back
		}
		a.finish(ctx, s, nil)
		return
	}
	s.Action = Blocked
	s.Reason = fmt.Sprintf("%s was deployed again at %s, with %s, after this plan was made: left as it is", s.Service, clock(now.CreatedAt), now.TaskDefinition)
	s.State, s.Error, s.FinishedAt = Superseded, s.Reason, time.Now()
	a.accepted <- s
}

// broughtBy reports whether somebody else's deployment does what the step is to do: it has the definition, and that is all that
// was to go back.
func (s *Step) broughtBy(d Deployment) bool {
	return d.TaskDefinition == s.Deploys() && len(s.whole) == 0
}

// finish records what came of asking for a change.
func (a *applying) finish(ctx context.Context, s *Step, err error) {
	switch {
	case errors.Is(err, errTold):
		return
	case err == nil:
		s.State, s.AcceptedAt = Accepted, time.Now()
	case ctx.Err() != nil:
		s.State, s.FinishedAt = ended(ctx), time.Now()
		s.Error = "nothing was asked of ECS, or its answer did not come in time"
	default:
		s.State, s.Error, s.FinishedAt = Failed, err.Error(), time.Now()
	}
	a.accepted <- s
}

// ended tells why a context is over.
func ended(ctx context.Context) State {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return OutOfTime
	}
	return Interrupted
}

// change asks ECS for one change.
func (a *applying) change(ctx context.Context, s *Step) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch {
	case s.group != nil && s.rollback != "":
		return a.client.stopByGroup(ctx, s)
	case s.group != nil:
		return a.client.deployByGroup(ctx, s)
	case s.rollback != "":
		if settled, err := a.rollBack(ctx, s); settled || err != nil {
			return err
		}
	}
	return a.update(ctx, s)
}

// rollBack asks for the native rollback that the plan has. Where ECS refuses, it is not settled, and the version before is to
// be deployed: if the deployment goes on, only where no traffic moves in stages; and if the service got another one
// meanwhile, not at all.
func (a *applying) rollBack(ctx context.Context, s *Step) (settled bool, err error) {
	err = a.client.rollBack(ctx, s)
	var ended *ecstypes.ConflictException
	if err == nil || ctx.Err() != nil || s.strategy != "ROLLING" && !errors.As(err, &ended) {
		return err == nil, err
	}
	if err := a.pin(ctx, s); err != nil { // before the look, which then knows the copy that somebody else's undo deployed
		return false, err
	}
	if len(a.stillThere(ctx, []*Step{s})) == 0 {
		return true, errTold
	}
	s.Notes = append(s.Notes, fmt.Sprintf("ECS did not roll the running deployment back (%s); the version before was deployed in its place", briefly(err)))
	s.rollback, s.ours = "", ""
	return false, nil
}

// errTold says that what came of a step has been told already.
var errTold = errors.New("told already")

// replace puts a copy in the place of a definition that must not be deployed as it is, though the plan has none: ECS refused
// the native rollback that it had, or calls the definition inactive, which was ACTIVE when the plan was made. (For up to ten
// minutes after a deregistration the answers differ: developer guide, "Deregistering a task definition revision".)
func (a *applying) replace(ctx context.Context, s *Step, refused TaskDefinition) error {
	d, err := a.client.describeDefinition(ctx, s.Deploys())
	if err != nil {
		return err
	}
	made, err := copyOf(d, s.pins)
	if err != nil {
		return err
	}
	s.substitute(d, made)
	return a.registered(ctx, s, refused)
}

// pin puts a pinned copy in the place of the definition, where the native rollback that the plan had would have seen to that.
func (a *applying) pin(ctx context.Context, s *Step) error {
	if len(s.pins) == 0 || s.register != nil {
		return nil
	}
	return a.replace(ctx, s, TaskDefinition{})
}

// update deploys the step's definition, pinned where it has to be, and notes which deployment is ours. It is repeated where
// ECS does not know yet a revision that was registered a moment ago.
func (a *applying) update(ctx context.Context, s *Step) error {
	if err := a.pin(ctx, s); err != nil {
		return err
	}
	replaceable := true
	for attempt := 1; ; attempt++ {
		in := &awsecs.UpdateServiceInput{Cluster: &a.plan.Cluster.Name, Service: &s.Service, TaskDefinition: aws.String(s.Deploys().String())}
		s.fill(in)
		out, err := a.client.ecs.UpdateService(ctx, in)
		if err == nil {
			return s.took(out.Service)
		}
		retry := attempt < attempts && ctx.Err() == nil
		switch {
		case retry && replaceable && strings.Contains(err.Error(), "TaskDefinition is inactive"):
			if err := a.replace(ctx, s, s.Deploys()); err != nil {
				return err
			}
			replaceable = false
		case retry && !s.Copy.IsZero() && strings.Contains(err.Error(), "TaskDefinition not found"):
			if err := sleep(ctx, time.Duration(attempt)*300*time.Millisecond); err != nil {
				return err
			}
		default:
			return err
		}
	}
}

// took notes which deployment is ours. Its id stays empty where the answer does not show it yet; the watch finds it then.
func (s *Step) took(service *ecstypes.Service) error {
	if service == nil {
		return nil
	}
	updated, err := newService(*service)
	if err != nil {
		return err
	}
	if primary := updated.Primary(); primary.TaskDefinition == s.Deploys() {
		s.Deployment = primary.ID
	}
	return nil
}

// rollBack has ECS roll a running deployment back to where it came from. Asking twice is harmless.
func (c *Client) rollBack(ctx context.Context, s *Step) error {
	_, err := c.ecs.StopServiceDeployment(ctx, &awsecs.StopServiceDeploymentInput{
		ServiceDeploymentArn: &s.rollback, StopType: ecstypes.StopServiceDeploymentStopTypeRollback,
	})
	return err
}
