package ecs

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// Apply asks ECS for every change of a plan, in parallel, as fast as its limits allow. It sends each step to accepted when
// ECS has taken or refused its change, and each step that only watches at once; it does not close the channel. When ctx ends
// it asks for no more: what was not asked for stays Planned or ends as [Interrupted] or [OutOfTime].
//
// An update sends cluster, service and task definition, and nothing else unless the whole service revision was asked for:
// the desired count belongs to autoscaling.
//
// Schedules are left to [Client.Watch], which knows when the services are steady that they go with: their steps are sent as
// they are. Where nobody watches, they follow here when the changes of these services were accepted.
func (c *Client) Apply(ctx context.Context, p *Plan, accepted chan<- *Step) {
	q := newQueue(c, p, accepted)
	schedules, services := scheduled(p.Steps)
	if p.NoWait {
		q.all(ctx, services)
		q.all(ctx, q.led(schedules))
		return
	}
	for _, s := range schedules {
		if s.Action == Undo && s.State == Planned {
			q.told <- s
		}
	}
	q.all(ctx, services)
}

// all asks for the changes of some steps.
func (q *queue) all(ctx context.Context, steps []*Step) {
	var direct, copied []change
	for _, s := range steps {
		switch ch := (change{step: s, way: s.way, seen: s.seen}); {
		case s.Follows():
			s.State = Accepted
			q.told <- s
		case s.Action != Undo || s.State != Planned:
		case s.Registers:
			copied = append(copied, ch)
		default:
			direct = append(direct, ch)
		}
	}
	// Registering is the narrowest limit (one a second): the updates that need no copy do not wait behind it.
	var all sync.WaitGroup
	all.Go(func() { q.guarded(direct, func() { q.inTens(ctx, direct) }) })
	all.Go(func() { q.guarded(copied, func() { q.singly(ctx, copied) }) })
	all.Wait()
}

// A change is one that is to be asked for.
type change struct {
	step *Step
	way  way.Way
	seen time.Time // when the service was as the way expects it; zero: it must be looked at first
	look *aws.Look // what the pace has let through; nil: it has not
}

// A queue asks for changes, those of a plan and those that a look has shown to be needed, and tells what came of each.
type queue struct {
	desk    *way.Desk
	cluster string
	told    chan<- *Step
	vain    sync.Map // steps whose change was not accepted
}

func newQueue(c *Client, p *Plan, told chan<- *Step) *queue {
	return &queue{desk: &way.Desk{Client: c.calls, Copies: p.copies, CopyTags: p.copyTags}, cluster: p.Cluster.Name, told: told}
}

// inTens changes as many services at once as one burst of updates allows. The others follow in tens, each looked at again
// just before if the plan is no longer fresh: two tens at a time keep the limit busy, and none waits long after the look.
func (q *queue) inTens(ctx context.Context, changes []change) {
	var all sync.WaitGroup
	busy := make(chan struct{}, 2)
	burst := min(int(aws.ServiceModify.Burst), len(changes))
	if slices.ContainsFunc(changes, q.stale) {
		burst = 0
	}
	for ten := range slices.Chunk(changes[:burst], aws.DescribeLimit) {
		all.Go(func() { q.guarded(ten, func() { q.ten(ctx, ten) }) })
	}
	for ten := range slices.Chunk(changes[burst:], aws.DescribeLimit) {
		busy <- struct{}{}
		all.Go(func() {
			defer func() { <-busy }()
			q.guarded(ten, func() { q.ten(ctx, ten) })
		})
	}
	all.Wait()
}

// singly prepares changes one by one, and asks for each as soon as it is prepared.
func (q *queue) singly(ctx context.Context, changes []change) {
	var all sync.WaitGroup
	busy := make(chan struct{}, abreast*aws.DescribeLimit)
	for _, ch := range changes {
		busy <- struct{}{}
		all.Go(func() {
			defer func() { <-busy }()
			q.guarded([]change{ch}, func() { q.one(ctx, ch) })
		})
	}
	all.Wait()
}

// one prepares a change, and asks for it.
func (q *queue) one(ctx context.Context, ch change) {
	look := &aws.Look{}
	prepared, err := ch.way.Prepare(look.With(ctx, q.desk.Client.WallClock()), q.desk)
	if err != nil {
		ch.step.copying = look.Sent() && unanswered(err)
		q.finish(ctx, ch.step, way.Verdict{}, err)
		return
	}
	ch.way = prepared
	q.ten(ctx, []change{ch})
}

// ten asks for up to ten changes, of those services that are still as they were expected: each as soon as the pace lets it through,
// after a look at all that are left if the last one is too old by then.
func (q *queue) ten(ctx context.Context, changes []change) {
	var all sync.WaitGroup
	defer all.Wait()
	for len(changes) > 0 {
		next := changes[0]
		var err error
		if next.look, err = q.desk.Client.Resting(ctx, next.way.Calls()); err != nil {
			next.look = nil // the context is over; start says so
		} else if q.stale(next) {
			look := next.look
			if changes = q.check(ctx, changes); len(changes) == 0 || changes[0].step != next.step {
				continue
			}
			next = changes[0]
			next.look = look
		}
		changes = changes[1:]
		all.Go(func() { q.guarded([]change{next}, func() { q.start(ctx, next) }) })
	}
}

// stale reports whether what a change rests on was seen too long ago.
func (q *queue) stale(ch change) bool { return q.desk.Client.Stale(ch.seen) }

// check looks again at services, and gives the changes of those that are as they were expected.
func (q *queue) check(ctx context.Context, changes []change) []change {
	steps := make([]*Step, len(changes))
	for i, ch := range changes {
		steps[i] = ch.step
	}
	now := q.desk.Client.WallClock()
	services, err := q.observe(ctx, steps)
	var still []change
	for _, ch := range changes {
		i := slices.IndexFunc(services, func(s *past.Service) bool { return s.Name == ch.step.Service })
		switch {
		case err != nil:
			q.finish(ctx, ch.step, way.Verdict{Way: ch.way}, err)
			continue
		case i < 0:
			gone := ch.step.gone()
			ch.step.Uncertain = ch.step.sent
			q.finish(ctx, ch.step, way.Verdict{Way: ch.way, State: Failed, Code: gone.Code, Error: gone.Text(now)}, nil)
			continue
		}
		ch.seen = now
		v := ch.way.Check(services[i], ch.step.sent)
		if v.State == Planned && ch.step.sent {
			v = ch.way.Begun(ctx, q.desk)
		}
		ch.step.Uncertain = ch.step.sent && v.State == Superseded // ours may have come before
		if v.Way == nil {
			v.Way = ch.way
		}
		if v.State != Planned {
			q.finish(ctx, ch.step, v, nil)
		} else {
			still = append(still, ch)
		}
	}
	return still
}

// observe looks at what some steps are about: ten services in one call.
func (q *queue) observe(ctx context.Context, steps []*Step) ([]*past.Service, error) {
	schedules, services := scheduled(steps)
	if len(services) == 0 {
		return q.lookAtSchedules(ctx, schedules)
	}
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = s.Service
	}
	return q.desk.Client.DescribeServices(ctx, q.cluster, names)
}

// start asks for one change. Where another has to follow at once, it is asked for in its place, after another look; and so is the
// same where it was not sent, was refused for its pace, or its answer was lost: no change is sent twice without a look.
func (q *queue) start(ctx context.Context, ch change) {
	for attempt := 1; ; attempt++ {
		if ctx.Err() != nil || ch.look == nil {
			q.finish(ctx, ch.step, way.Verdict{Way: ch.way}, context.Cause(ctx))
			return
		}
		v, err := ch.way.Start(ch.look.With(ctx, ch.seen), q.desk)
		ch.step.sent = ch.step.sent || ch.look.Sent() && (err == nil && v.Next == nil || unanswered(err))
		switch {
		case err == nil && v.Next != nil:
			q.one(ctx, change{step: ch.step, way: v.Next})
			return
		case err == nil || ctx.Err() != nil || !again(err, attempt) && !(attempt < aws.Attempts && q.desk.Client.Renewed(err)):
			q.finish(ctx, ch.step, v, err)
			return
		}
		if ch.look, err = q.desk.Client.Resting(ctx, ch.way.Calls()); err == nil {
			err = q.desk.Client.Clock.Sleep(ctx, pause(err, attempt))
		}
		if err != nil {
			q.finish(ctx, ch.step, v, err)
			return
		}
		still := q.check(ctx, []change{ch})
		if len(still) == 0 {
			return
		}
		ch = still[0]
	}
}

// unanswered reports whether a call ended so that AWS may have carried it out all the same.
func unanswered(err error) bool { return err != nil && !aws.Refused(err) && !aws.Throttled(err) }

// again reports whether a change is worth another look and another attempt.
func again(err error, attempt int) bool {
	if errors.Is(err, aws.ErrLookAgain) || aws.Throttled(err) {
		return true // until the time is up
	}
	return attempt < aws.Attempts && (aws.NotThereYet(err) || errors.Is(err, aws.ErrContended) || !aws.Refused(err))
}

// pause is how long to wait before another attempt. Throttling is waited for by the pace.
func pause(err error, attempt int) time.Duration {
	if errors.Is(err, aws.ErrLookAgain) || aws.Throttled(err) {
		return 0
	}
	return time.Duration(attempt) * 200 * time.Millisecond
}

// lastLook is how long one last look may take, beyond the end of the time, at a change whose answer had not come by then.
const lastLook = 3 * time.Second

// finish records what came of asking for a change, and tells it. Where a change was sent and its answer did not come in time, one
// last look tells, or it stays uncertain.
func (q *queue) finish(ctx context.Context, s *Step, v way.Verdict, err error) {
	if v.Way == nil {
		v.Way = s.way
	}
	if s.sent && unanswered(err) {
		if late, ok := q.lastCheck(ctx, s, v.Way); ok {
			v, err = late, nil
		}
	}
	s.follow(v.Way)
	s.Expired = aws.Expired(err)
	switch {
	case err != nil && ctx.Err() != nil:
		s.Uncertain = s.sent || s.copying
		s.end(over(ctx), s.unfinished())
	case s.sent && unanswered(err):
		s.Uncertain = true
		s.end(Failed, past.Reason{Code: past.MayBeAccepted, Facts: past.Facts{Why: aws.Said(err)}})
	case err != nil:
		s.Uncertain = s.copying
		s.close(Failed, "", aws.Said(err)+aws.Advice(err))
	case v.State == Accepted:
		s.State, s.AcceptedAt = Accepted, s.clock.Now()
	case v.State == Steady: // there is nothing to watch
		s.AcceptedAt = s.clock.Now()
		s.close(Steady, "", "")
	default:
		s.Blocked = v.Blocked
		s.close(v.State, v.Code, v.Error)
	}
	if s.State != Accepted && s.State != Steady {
		q.vain.Store(s, true)
	}
	s.told = true
	q.told <- s
}

// guarded asks for changes by f. Of those of which a panic leaves nothing known, it is said that they may have been accepted.
func (q *queue) guarded(changes []change, f func()) {
	err := aws.Guarded(func() error { f(); return nil })
	if err == nil {
		return
	}
	for _, ch := range changes {
		if s := ch.step; !s.told {
			s.Uncertain, s.told = true, true
			s.end(Failed, past.Reason{Code: past.InternalError, Facts: past.Facts{Why: err.Error()}})
			q.told <- s
		}
	}
}

// lastCheck looks once more at a service to which a change was sent that nobody has answered.
func (q *queue) lastCheck(ctx context.Context, s *Step, w way.Way) (way.Verdict, bool) {
	ctx, cancel := q.desk.Client.Clock.WithTimeout(context.WithoutCancel(ctx), lastLook)
	defer cancel()
	services, err := q.observe(ctx, []*Step{s})
	if err != nil || len(services) != 1 || w == nil {
		return way.Verdict{}, false
	}
	v := w.Check(services[0], true)
	if v.State == Planned {
		v = w.Begun(ctx, q.desk)
	}
	s.Uncertain = v.State == Superseded
	return v, v.State != Planned
}

// unfinished tells what is known of a change when there is no time left to ask for it, or to hear what came of it.
func (s *Step) unfinished() past.Reason {
	facts := past.Facts{To: s.To.TaskDefinition.String(), Name: s.Copy.String()}
	switch {
	case s.sent:
		return past.Reason{Code: past.NoAnswerInTime}
	case s.copying:
		return past.Reason{Code: past.NotAskedMayBeCopied, Facts: facts}
	case s.Registered():
		return past.Reason{Code: past.NotAskedCopied, Facts: facts}
	}
	return past.Reason{Code: past.NotAskedFor}
}

// HoldBack gives a step that is not asked for, since services that came before it did not become steady, the state that says so.
func (s *Step) HoldBack(failed []string) {
	s.end(NotAsked, past.Reason{Code: past.HeldBack, Facts: past.Facts{Names: failed}})
}

func (p *Progress) end(state State, why past.Reason) {
	p.close(state, why.Code, why.Text(p.clock.Now()))
}

func (p *Progress) close(state State, code past.Code, text string) {
	p.State, p.ErrorCode, p.Error, p.FinishedAt = state, code, text, p.clock.Now()
}

// over tells why a context is over.
func over(ctx context.Context) State {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return OutOfTime
	}
	return Interrupted
}
