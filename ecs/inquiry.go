package ecs

import (
	"context"
	"slices"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// An inquiry finds out why the tasks of deployments stop, from the stopped tasks. It asks only where tasks fail, beside the looks,
// for one step at a time, and not at all once that turns out not to be permitted.
type inquiry struct {
	client  *aws.Client
	cluster string
	answers chan answer
	busy    bool      // an answer is to come
	next    time.Time // not earlier is asked again
	off     bool
	asked   map[*Step]asked
}

// asked is when it was last asked about a step, and how much had failed by then.
type asked struct {
	at     time.Time
	failed int
}

type answer struct {
	step  *Step
	tasks []past.StoppedTask
	err   error
}

// Between two questions, and between two about the same step, where more has failed since.
const (
	inquiryPause = 4 * time.Second
	inquiryAgain = 20 * time.Second
)

func newInquiry(client *aws.Client, cluster string) *inquiry {
	return &inquiry{client: client, cluster: cluster, answers: make(chan answer, 1), asked: map[*Step]asked{}}
}

// ask asks about the one of the steps that has waited longest, if there is one to ask about and it is time.
func (q *inquiry) ask(ctx context.Context, steps []*Step, now time.Time) {
	if q.off || q.busy || now.Before(q.next) {
		return
	}
	var longest *Step
	for _, s := range steps {
		if q.wants(s, now) && (longest == nil || q.asked[s].at.Before(q.asked[longest].at)) {
			longest = s
		}
	}
	if longest == nil {
		return
	}
	q.busy, q.next, q.asked[longest] = true, now.Add(inquiryPause), asked{now, longest.failures}
	name := longest.Service
	go func() {
		tasks, err := q.client.StoppedTasks(aws.Patient(ctx), q.cluster, name)
		q.answers <- answer{longest, tasks, err}
	}()
}

// wants reports whether tasks of a step have failed since it was last asked about.
func (q *inquiry) wants(s *Step, now time.Time) bool {
	last, known := q.asked[s]
	return s.Rollout.ID != "" && s.failures > 0 && (!known || now.Sub(last.at) >= inquiryAgain && (s.failures != last.failed || len(s.Trouble.Stopped) == 0))
}

// take adds an answer to its step, and reports whether that tells anything new.
func (q *inquiry) take(a answer) bool {
	q.busy = false
	if a.err != nil {
		q.off = aws.Unreadable(a.err)
		return false
	}
	before := a.step.Trouble.Stopped
	if why := past.WhyStopped(a.tasks, a.step.Rollout.ID); len(why) > 0 {
		a.step.Trouble.Stopped = why
	}
	return !slices.Equal(before, a.step.Trouble.Stopped)
}

// lateQuestions is how many steps are asked about at the end.
const lateQuestions = 5

// late asks about steps that have failed before it could be asked why.
func (q *inquiry) late(ctx context.Context, steps []*Step) {
	ctx, cancel := q.client.Clock.WithTimeout(ctx, inquiryPause)
	defer cancel()
	if q.busy && len(steps) > 0 {
		select {
		case a := <-q.answers:
			q.take(a)
		case <-ctx.Done():
		}
	}
	steps = slices.DeleteFunc(steps, func(s *Step) bool { return len(s.Trouble.Stopped) > 0 })
	for _, s := range steps[:min(len(steps), lateQuestions)] {
		if q.off || ctx.Err() != nil {
			return
		}
		tasks, err := q.client.StoppedTasks(ctx, q.cluster, s.Service)
		q.take(answer{s, tasks, err})
	}
}
