package ecs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"golang.org/x/sync/errgroup"
)

// Watch follows the steps that come in on accepted until each is steady or not, and calls changed, always from the same
// goroutine, whenever one of them has changed. It returns when accepted is closed and no step is left to follow.
//
// It asks for ten services a call. When ctx ends, what is left ends as [OutOfTime] or [Interrupted]. Giving up the watch does
// not stop a deployment.
func (c *Client) Watch(ctx context.Context, p *Plan, accepted <-chan *Step, changed func(*Step)) {
	w := &watching{client: c, plan: p, changed: changed, poll: c.Poll}
	if w.poll == 0 {
		w.poll = 500 * time.Millisecond
	}
	for accepted != nil || len(w.live) > 0 {
		var tick <-chan time.Time
		if len(w.live) > 0 {
			tick = time.After(time.Until(w.due))
		}
		select {
		case s, open := <-accepted:
			if !open {
				accepted = nil
				continue
			}
			changed(s)
			if s.State.Final() {
				continue
			}
			if len(w.live) == 0 {
				w.due = time.Now().Add(w.poll)
			}
			w.live = append(w.live, s)
		case <-tick:
			w.goOn(ctx)
		case <-ctx.Done():
			w.giveUp(ctx)
			if accepted != nil { // apply ends soon too, and tells what became of the rest
				for s := range accepted {
					changed(s)
					if s.State == Accepted {
						w.live = append(w.live, s)
					}
				}
				accepted = nil
				w.giveUp(ctx)
			}
		}
	}
}

// watching is one run of [Client.Watch].
type watching struct {
	client   *Client
	plan     *Plan
	changed  func(*Step)
	poll     time.Duration
	live     []*Step
	round    []*Step   // those of live that are still to be looked at in this round
	due      time.Time // when the next look is
	next     time.Time // when the next round is, at the earliest
	troubles int       // looks in a row that failed
}

// portion is how many steps one look is for. Thousands take many looks, and the verdict on each is known after its own.
const portion = 10 * describeLimit

// goOn looks at the next steps of the round, and begins a round if none is left.
func (w *watching) goOn(ctx context.Context) {
	if len(w.round) == 0 {
		w.round = slices.Clone(w.live)
		w.next = time.Now().Add(w.poll)
		if w.client.Poll == 0 {
			w.poll = min(w.poll*3/2, 3*time.Second)
		}
	}
	n := min(portion, len(w.round))
	w.look(ctx, w.round[:n])
	if w.round = w.round[n:]; w.troubles > 0 {
		w.round = nil
	}
	if len(w.round) == 0 {
		w.due = w.next
	}
}

// patience is how many looks in a row may fail before the watch gives up, each of them tried several times.
const patience = 5

// sight is what one look showed of a step's service.
type sight struct {
	service *Service
	ours    *ServiceDeployment // the service deployment of ours, if ECS says; nil if it does not
}

// look asks once for some steps, and settles those that have ended.
func (w *watching) look(ctx context.Context, steps []*Step) {
	services := map[string]*Service{}
	found := make(chan []*Service, len(steps)/describeLimit+1)
	g, asking := errgroup.WithContext(patient(ctx))
	for ten := range slices.Chunk(steps, describeLimit) {
		names := make([]string, len(ten))
		for i, s := range ten {
			names[i] = s.Service
		}
		g.Go(func() error {
			described, err := w.client.describeServices(asking, w.plan.Cluster.Name, names)
			found <- described
			return err
		})
	}
	trouble := g.Wait()
	close(found)
	for described := range found {
		for _, s := range described {
			services[s.Name] = s
		}
	}
	if w.troubled(ctx, trouble); len(w.live) == 0 {
		return
	}
	deployments := w.deployments(ctx, services)
	w.live = slices.DeleteFunc(w.live, func(s *Step) bool {
		service := services[s.Service]
		if service == nil {
			return false
		}
		before := *s
		w.settle(ctx, s, sight{service, deployments[s.ours]})
		if s.State.Final() {
			s.FinishedAt = time.Now()
		}
		if s.State != before.State || s.Running != before.Running || s.Desired != before.Desired || s.Waiting != before.Waiting {
			w.changed(s)
		}
		return s.State.Final()
	})
}

// troubled gives up on all that is live where looking fails again and again: without permission or credentials it would go
// on so until the time is up.
func (w *watching) troubled(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		w.troubles = 0
		return
	}
	if w.troubles++; w.troubles < patience {
		return
	}
	for _, s := range w.live {
		w.end(s, OutOfTime, "stopped watching: %s; the deployment goes on by itself", err)
		w.changed(s)
	}
	w.live = nil
}

// giveUp ends what is live when the context has.
func (w *watching) giveUp(ctx context.Context) {
	for _, s := range w.live {
		w.end(s, ended(ctx), "stopped watching; deployment %s goes on by itself", s.Deployment)
		w.changed(s)
	}
	w.live = nil
}

func (w *watching) end(s *Step, state State, format string, args ...any) {
	s.State, s.FinishedAt = state, time.Now()
	if format != "" {
		s.Error = fmt.Sprintf(format, args...)
	}
}

// deployments asks for the service deployments of those steps that the services alone do not settle.
func (w *watching) deployments(ctx context.Context, services map[string]*Service) map[string]*ServiceDeployment {
	var arns []string
	for _, s := range w.live {
		service := services[s.Service]
		if service == nil || s.group != nil || !s.needsDeployment(service) {
			continue
		}
		if s.ours == "" {
			s.ours = w.client.findOurs(ctx, w.plan.Cluster.Name, s)
		}
		if s.ours != "" {
			arns = append(arns, s.ours)
		}
	}
	found := map[string]*ServiceDeployment{}
	w.groupDeployments(ctx, found)
	for batch := range slices.Chunk(unique(arns), revisionLimit) {
		out, err := w.client.ecs.DescribeServiceDeployments(ctx, &awsecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: batch})
		if err != nil {
			continue // then the services alone have to do, or the next look
		}
		for _, d := range out.ServiceDeployments {
			found[aws.ToString(d.ServiceDeploymentArn)] = &ServiceDeployment{
				ARN: aws.ToString(d.ServiceDeploymentArn), Status: string(d.Status), Reason: aws.ToString(d.StatusReason),
				CreatedAt: aws.ToTime(d.CreatedAt), FinishedAt: aws.ToTime(d.FinishedAt), Waiting: waitingHook(d),
			}
		}
	}
	return found
}

// needsDeployment notes which service deployment is ours, once it shows, and reports whether its status must be asked for:
// always where traffic moves in stages, and elsewhere only when the service looks as if the rollout had ended.
func (s *Step) needsDeployment(service *Service) bool {
	primary := service.Primary()
	if s.Deployment == "" && primary.TaskDefinition == s.Deploys() {
		s.Deployment = primary.ID
	}
	mine := primary.ID == s.Deployment
	s.seen = s.seen || mine
	if s.ours == "" && mine && service.Current != s.current {
		s.ours = service.Current
	}
	return s.follow != "" || s.rollback != "" || service.Strategy != "ROLLING" || !mine || primary.RolloutState != "IN_PROGRESS"
}

// findOurs looks in the history for a deployment of our definition that was not there when the plan was made.
func (c *Client) findOurs(ctx context.Context, cluster string, s *Step) string {
	h, err := c.listHistory(ctx, cluster, s.Service)
	if err != nil {
		return ""
	}
	var arns []string
	for _, d := range h.Deployments[:min(len(h.Deployments), revisionLimit)] {
		if d.ARN == s.newest || d.ARN == s.current { // of a restore no history was read
			break
		}
		arns = append(arns, d.Target)
	}
	ours := map[string]bool{}
	if err := c.describeRevisions(ctx, arns, func(r *Revision) {
		ours[r.ARN] = r.Version.TaskDefinition == s.Deploys()
	}); err != nil {
		return ""
	}
	for i, arn := range arns {
		if ours[arn] {
			return h.Deployments[i].ARN
		}
	}
	return ""
}

// waitingHook tells where a deployment waits for somebody, and how to let it go on.
func waitingHook(d ecstypes.ServiceDeployment) string {
	for _, h := range d.LifecycleHookDetails {
		if h.Status == ecstypes.DeploymentLifecycleHookStatusAwaitingAction {
			return fmt.Sprintf("waits at a pause hook in stage %s; let it go on with 'aws ecs continue-service-deployment --service-deployment-arn %s --hook-id %s'",
				d.LifecycleStage, aws.ToString(d.ServiceDeploymentArn), aws.ToString(h.HookId))
		}
	}
	return ""
}
