package aws

import (
	"context"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// ECS throttles by token buckets, one for each group of actions in each account and region: a burst, then a steady rate
// (Amazon ECS API Reference, "Request throttling"). A request over the limit is refused with ThrottlingException.
type group struct {
	Burst, rate float64 // tokens, tokens a second, as documented
}

var (
	ServiceModify    = &group{Burst: 50, rate: 5}
	serviceRead      = &group{Burst: 100, rate: 20}
	definitionModify = &group{Burst: 20, rate: 1}
	definitionRead   = &group{Burst: 50, rate: 20}
	DeploymentRead   = &group{Burst: 50, rate: 20}
	clusterRead      = &group{Burst: 50, rate: 20}
	taskRead         = &group{Burst: 100, rate: 20} // "Cluster resource read"

	events         = &group{Burst: 50, rate: 50}   // "up to 50 requests per second for all operations except PutEvents"
	scheduleRead   = &group{Burst: 250, rate: 250} // of the smaller Regions; Scheduler has a limit for each action
	scheduleModify = &group{Burst: 250, rate: 250}
	scheduleList   = &group{Burst: 50, rate: 50}
)

// groups holds the actions that we call. StopServiceDeployment is in no table of AWS; with the modifying actions it is on
// the careful side. Deployments and revisions have a group each there, and one together on the Service Quotas page; if they
// have two, the rate is learned. An action that is not here is not paced (ECR and STS allow far more than we ask).
var groups = map[string]*group{
	"UpdateService": ServiceModify, "StopServiceDeployment": ServiceModify,
	"ListServices": serviceRead, "DescribeServices": serviceRead,
	"RegisterTaskDefinition": definitionModify,
	"DescribeTaskDefinition": definitionRead, "ListTaskDefinitions": definitionRead,
	"ListServiceDeployments": DeploymentRead, "DescribeServiceDeployments": DeploymentRead,
	"DescribeServiceRevisions": DeploymentRead,
	"ListTasks":                taskRead, "DescribeTasks": taskRead,
	"ListClusters": clusterRead, "DescribeClusters": clusterRead,
	"ListEventBuses": events, "ListRuleNamesByTarget": events, "ListTargetsByRule": events, "DescribeRule": events, "PutTargets": events,
	"GetSchedule": scheduleRead, "UpdateSchedule": scheduleModify, "ListSchedules": scheduleList,
}

// A pacer keeps one bucket for each group of actions, for one account and region.
type pacer struct {
	buckets map[*group]*bucket
}

func newPacer(wall *clock.Clock) *pacer {
	p := &pacer{buckets: map[*group]*bucket{}}
	for _, g := range groups {
		if p.buckets[g] == nil {
			p.buckets[g] = newBucket(g, wall)
		}
	}
	return p
}

// add puts the pacer behind the SDK's retry loop, so that every attempt takes a token and is learned from.
func (p *pacer) add(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("ecsundo.pace",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
			middleware.FinalizeOutput, middleware.Metadata, error,
		) {
			b := p.buckets[groups[awsmiddleware.GetOperationName(ctx)]]
			if b == nil {
				return next.HandleFinalize(ctx, in)
			}
			var waited bool
			var err error
			if l := lookOf(ctx); l != nil && l.paid {
				waited, l.paid = l.waited, false
			} else if waited, err = b.take(ctx); err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, err
			}
			asked := b.now()
			out, metadata, err := next.HandleFinalize(ctx, in)
			b.learn(asked, waited, isThrottled(err))
			return out, metadata, err
		}), "Retry", middleware.After)
}

// Patient marks calls that let others go first: those that begin something, before those that bring it to an end, and those
// that only watch.
func Patient(ctx context.Context) context.Context { return context.WithValue(ctx, patientKey{}, true) }

type patientKey struct{}

// A bucket lets calls through as fast as ECS is thought to allow, in the order in which they came.
type bucket struct {
	group   *group
	clock   *clock.Clock
	now     func() time.Time
	turn    chan struct{} // holds one value, for the caller who is next
	patient chan struct{} // the same for the patient: one of them at a time stands among the others

	mu      sync.Mutex
	tokens  float64
	rate    float64 // what we believe now, tokens a second
	filled  time.Time
	lowered time.Time // zero: never
}

func newBucket(g *group, wall *clock.Clock) *bucket {
	b := &bucket{group: g, clock: wall, now: wall.Now, tokens: g.Burst, rate: g.rate, filled: wall.Now()}
	b.turn, b.patient = make(chan struct{}, 1), make(chan struct{}, 1)
	b.turn <- struct{}{}
	b.patient <- struct{}{}
	return b
}

// take waits for a token, and tells whether there was none at once. Only the caller whose turn it is watches the clock, so
// that a rate learned meanwhile counts at once for all who wait behind.
func (b *bucket) take(ctx context.Context) (waited bool, err error) {
	turns := []chan struct{}{b.turn}
	if ctx.Value(patientKey{}) != nil {
		turns = []chan struct{}{b.patient, b.turn}
	}
	for _, turn := range turns {
		select {
		case <-turn:
			defer func() { turn <- struct{}{} }()
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	for {
		wait := b.draw()
		if wait == 0 {
			return waited, nil
		}
		waited = true
		if err := b.clock.Sleep(ctx, min(wait, time.Second)); err != nil {
			return waited, err
		}
	}
}

// draw takes a token, or says how long until there is one.
func (b *bucket) draw() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.tokens = min(b.group.Burst, b.tokens+b.rate*now.Sub(b.filled).Seconds())
	b.filled = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return max(time.Millisecond, time.Duration((1-b.tokens)/b.rate*float64(time.Second)))
}

// learn adapts the rate to what ECS answered to a call that was asked then. A refusal lowers it at once by a fifth, and
// empties the bucket, since somebody else draws on it too; but the many refusals of one burst count once. Each success of a
// call that had waited for its token (others say nothing about the rate) raises it by a fiftieth of the documented rate, past
// that rate as well, since quotas can be raised; by a third before the first refusal, so that ten times the rate is reached
// after some thirty calls. What it costs to find out that it is not so is one refused call in some twelve.
func (b *bucket) learn(asked time.Time, waited, throttled bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case throttled && !asked.Before(b.lowered):
		b.tokens = min(b.tokens, 0)
		b.rate = max(b.group.rate/10, b.rate*0.8)
		b.lowered = b.now()
	case throttled || !waited:
	case b.lowered.IsZero():
		b.rate += b.group.rate / 3
	default:
		b.rate += b.group.rate / 50
	}
}
