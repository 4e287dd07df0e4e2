package ecs

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// Watch follows the steps that come in on accepted until each is steady or not, and calls changed, always from the same
// goroutine, whenever one of them has changed. It returns when accepted is closed and no step is left to follow. Where a look
// shows that another change has to follow, that is asked for as those of [Client.Apply] are; and so are schedules, each when the
// services are steady that it goes with.
//
// It asks for ten services a call. When ctx ends, what is left ends as [OutOfTime] or [Interrupted]. Giving up the watch does
// not stop a deployment.
func (c *Client) Watch(ctx context.Context, p *Plan, accepted <-chan *Step, changed func(*Step)) {
	again := make(chan *Step, len(p.Steps))
	asking, stop := context.WithCancel(ctx)
	defer stop()
	w := &watching{
		client: c.calls, cluster: p.Cluster.Name, queue: newQueue(c, p, again), again: again, changed: changed, poll: c.Poll, clock: c.clock,
		inquiry: newInquiry(c.calls, p.Cluster.Name), planned: map[*Step]bool{}, ended: map[*Step]bool{},
	}
	w.changed = func(s *Step) {
		w.ended[s] = s.State.Final()
		changed(s)
	}
	for _, s := range p.Steps {
		w.planned[s] = true
	}
	if w.clock == nil {
		w.clock = c.calls.Clock.Now
	}
	if w.grows = w.poll == 0; w.grows {
		w.poll = 500 * time.Millisecond
	}
	for {
		working := accepted != nil || len(w.live) > 0 || w.restarting > 0
		if w.release(ctx, working); !working && w.restarting == 0 && len(w.waiting) == 0 {
			break
		}
		var wait clock.Wait
		if len(w.live) > 0 {
			wait = w.client.Clock.Wait(w.due.Sub(w.client.Clock.Now()))
		}
		select {
		case s, open := <-accepted:
			if !open {
				accepted = nil
				break
			}
			w.accepted(s)
		case s := <-again:
			w.restarted(s)
		case <-wait.C:
			w.goOn(ctx)
			w.inquiry.ask(asking, w.live, w.clock())
		case a := <-w.inquiry.answers:
			if w.inquiry.take(a) && slices.Contains(w.live, a.step) {
				w.changed(a.step)
			}
		case <-ctx.Done():
			w.giveUp(ctx)
			if accepted != nil { // apply ends soon too, and tells what became of the rest
				for s := range accepted {
					w.accepted(s)
				}
				accepted = nil
			}
			for w.restarting > 0 { // as do these
				w.restarted(<-again)
			}
			w.giveUp(ctx)
		}
		wait.Stop()
	}
	w.inquiry.late(ctx, w.unexplained)
}

// watching is one run of [Client.Watch].
type watching struct {
	client     *aws.Client
	cluster    string
	queue      *queue
	again      <-chan *Step // what came of the changes that had to follow
	restarting int          // steps for which such a change is being asked for
	changed    func(*Step)
	poll       time.Duration
	grows      bool // poll does, with each round
	live       []*Step
	planned    map[*Step]bool // all steps of the plan
	ended      map[*Step]bool
	waiting    []*Step   // schedules that are changed when the services are steady that they go with
	round      []*Step   // those of live that are still to be looked at in this round
	due        time.Time // when the next look is
	next       time.Time // when the next round is, at the earliest
	troubles   int       // looks in a row that failed

	clock       func() time.Time
	inquiry     *inquiry
	unexplained []*Step // that have failed, and it is not known why their tasks stopped
}

// accepted takes a step over: to follow it, or, of a schedule, to ask for its change in time.
func (w *watching) accepted(s *Step) {
	if s.schedule != nil && s.State == Planned {
		w.waiting = append(w.waiting, s)
		return
	}
	w.changed(s)
	w.add(s)
}

// add follows a step, unless it has ended.
func (w *watching) add(s *Step) {
	if s.State.Final() {
		return
	}
	if len(w.live) == 0 {
		w.due = w.client.Clock.Now().Add(w.poll)
	}
	w.live = append(w.live, s)
}

// restarted goes on with a step for which another change was asked for.
func (w *watching) restarted(s *Step) {
	w.restarting--
	if s.State.Final() {
		w.changed(s)
	}
	w.add(s)
}

// portion is how many steps one look is for. Thousands take many looks, and the verdict on each is known after its own.
const portion = 10 * aws.DescribeLimit

// goOn looks at the next steps of the round, and begins a round if none is left.
func (w *watching) goOn(ctx context.Context) {
	if len(w.round) == 0 {
		w.round = slices.Clone(w.live)
		w.next = w.client.Clock.Now().Add(w.poll)
		if w.grows {
			w.poll = min(w.poll*3/2, 3*time.Second)
		}
	}
	n := min(portion, len(w.round))
	if err := aws.Guarded(func() error { w.look(ctx, w.round[:n]); return nil }); err != nil {
		w.abandon(err)
	}
	if w.round = w.round[n:]; w.troubles > 0 {
		w.round = nil
	}
	if len(w.round) == 0 {
		w.due = w.next
	}
}

// look asks once for some steps, and judges them by what it sees.
func (w *watching) look(ctx context.Context, steps []*Step) {
	services, trouble := w.services(ctx, steps)
	if w.troubled(ctx, trouble); len(w.live) == 0 {
		return
	}
	sights := w.sights(ctx, services)
	w.progress(sights)
	w.readImages(ctx, sights)
	w.live = slices.DeleteFunc(w.live, func(s *Step) bool {
		seen, ok := sights[s]
		if !ok && trouble == nil && slices.Contains(steps, s) {
			return w.missed(s)
		}
		return ok && !w.judge(ctx, s, seen)
	})
}

// missed counts a look that did not show a step's service at all, and reports whether that was one too many: then it is gone.
func (w *watching) missed(s *Step) (gone bool) {
	if s.misses++; s.misses < patience {
		return false
	}
	s.end(Failed, s.gone())
	w.changed(s)
	return true
}

// readImages reads what those services run whose rollouts have ended well, as far as that can be read.
func (w *watching) readImages(ctx context.Context, sights map[*Step]way.Sight) {
	var ended []*past.Service
	for s, seen := range sights {
		if s.way.Judge(seen).State == Steady {
			ended = append(ended, seen.Service)
		}
	}
	if len(ended) > 0 {
		_ = w.client.ReadNow(aws.Patient(ctx), ended) // what cannot be read is not known, and is not compared
	}
}

// services describes the services of some steps, as far as that succeeds.
func (w *watching) services(ctx context.Context, steps []*Step) (map[string]*past.Service, error) {
	services := map[string]*past.Service{}
	found := make(chan []*past.Service, len(steps)/aws.DescribeLimit+1)
	g, asking := errgroup.WithContext(aws.Patient(ctx))
	for ten := range slices.Chunk(steps, aws.DescribeLimit) {
		names := make([]string, len(ten))
		for i, s := range ten {
			names[i] = s.Service
		}
		guarded(g, func() error {
			described, err := w.client.DescribeServices(asking, w.cluster, names)
			found <- described
			return err
		})
	}
	err := g.Wait()
	close(found)
	for described := range found {
		for _, s := range described {
			services[s.Name] = s
		}
	}
	return services, err
}

// sights adds to the services how those deployments stand that the ways want to know about.
func (w *watching) sights(ctx context.Context, services map[string]*past.Service) map[*Step]way.Sight {
	sights, sources := map[*Step]way.Sight{}, map[*Step]*way.Source{}
	ids := map[*way.Source][]string{}
	for _, s := range w.live {
		service := services[s.Service]
		if service == nil {
			continue
		}
		question := s.way.Ask(service)
		if question.ID == "" && question.Find != nil {
			question.ID = question.Find(ctx, w.client)
		}
		sights[s] = way.Sight{Service: service, ID: question.ID}
		if question.ID != "" {
			sources[s] = question.Source
			ids[question.Source] = append(ids[question.Source], question.ID)
		}
	}
	for source, all := range ids {
		found := source.Deployments(ctx, w.client, all)
		for s, seen := range sights {
			if sources[s] == source {
				seen.Deployment = found[seen.ID]
				sights[s] = seen
			}
		}
	}
	return sights
}

// progress notes how far the deployments of those steps have come, and what keeps them from getting on.
func (w *watching) progress(sights map[*Step]way.Sight) {
	now := w.clock()
	for s, seen := range sights {
		s.see(seen, now)
		seen.At, seen.Why = now, s.Trouble.Why()
		sights[s] = seen
	}
}

// judge has a step's way judge it by one look, and reports whether there is more to see.
func (w *watching) judge(ctx context.Context, s *Step, seen way.Sight) (goesOn bool) {
	before := s.State
	s.misses = 0
	v := s.way.Judge(seen)
	s.follow(v.Way)
	if v.State == Steady {
		v = s.way.Confirm(seen.Service)
	}
	if doubtful(v, seen) && s.doubt.Code != v.Code {
		s.doubt = v
		return true
	}
	s.doubt = way.Verdict{}
	if v.State.Final() {
		s.Stuck = v.Stuck
		s.close(v.State, v.Code, v.Error)
		if (v.State == Failed || v.State == RolledBack) && len(s.Trouble.Stopped) == 0 && s.Rollout.ID != "" {
			w.unexplained = append(w.unexplained, s)
		}
	}
	if s.State != before || s.moved {
		w.changed(s)
	}
	if v.Next != nil {
		w.restarting++
		s.told, s.sent = false, false // it is another change
		next := change{step: s, way: v.Next}
		go w.queue.guarded([]change{next}, func() { w.queue.one(ctx, next) })
		return false
	}
	return !s.State.Final()
}

// doubtful reports whether a verdict may come from two answers that do not go together: a service from before the end of its
// deployment, and that end. The next look shows the service as it is after that.
func doubtful(v way.Verdict, seen way.Sight) bool {
	return v.State.Final() && v.State != Steady && seen.Deployment != nil
}

// patience is how many looks in a row may fail before the watch gives up, each of them tried several times.
const patience = 5

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
	w.abandon(err)
}

// abandon ends the watch of all that is live, which nothing has happened to.
func (w *watching) abandon(err error) {
	w.endAll(OutOfTime, func(s *Step) past.Reason {
		s.Expired = aws.Expired(err)
		return past.Reason{Code: past.CannotWatch, Facts: past.Facts{Why: aws.Said(err)}}
	})
}

// giveUp ends what is live when the context has.
func (w *watching) giveUp(ctx context.Context) {
	w.endAll(over(ctx), func(s *Step) past.Reason {
		return past.Reason{Code: past.StoppedWatching, Facts: past.Facts{Name: s.Deployment}}
	})
	for _, s := range w.waiting {
		s.end(over(ctx), s.unfinished())
		w.changed(s)
	}
	w.waiting = nil
}

func (w *watching) endAll(state State, why func(*Step) past.Reason) {
	for _, s := range w.live {
		if v := s.doubt; v.State.Final() {
			s.close(v.State, v.Code, v.Error)
		} else {
			s.end(state, why(s))
		}
		w.changed(s)
	}
	w.live = nil
}
