package ecs

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// An Event is one deployment on the time line of a cluster.
type Event struct {
	Service string
	At      time.Time
	Ended   time.Time    // zero while it goes on
	From    past.Version // what ran well before it; zero if not known
	To      past.Version // what it brought; zero if ECS no longer has the record
	Status  string       // SUCCESSFUL, ROLLBACK_SUCCESSFUL, IN_PROGRESS, …
	Reason  string       // ECS's, mostly of a rollback
}

// A Timeline is what was deployed to the services of a cluster since a moment.
type Timeline struct {
	Cluster    aws.Cluster
	Events     []Event          // newest first
	Services   []string         // all that were looked at, sorted
	Unreadable map[string]error // services without a history that can be read, and why
}

// Timeline reads what was deployed to the services of a scope since a moment. One that was given as an age was counted by the
// machine's clock, and counts by that of AWS. It changes nothing.
func (c *Client) Timeline(ctx context.Context, scope Scope, since time.Time, aged bool) (*Timeline, error) {
	r := &timelineReading{client: c.calls, cluster: scope.Cluster, since: since, aged: aged}
	r.line = &Timeline{Cluster: aws.Cluster{Name: scope.Cluster, Region: c.Region}, Unreadable: map[string]error{}}
	if _, err := inTens(ctx, c.calls, scope, r.batch); err != nil {
		return nil, err
	}
	slices.Sort(r.line.Services)
	slices.SortFunc(r.line.Events, func(a, b Event) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.Service, b.Service)
	})
	return r.line, nil
}

type timelineReading struct {
	client  *aws.Client
	cluster string
	since   time.Time
	aged    bool

	mu   sync.Mutex
	line *Timeline
}

func (r *timelineReading) batch(ctx context.Context, names []string) error {
	histories := make([]past.History, len(names))
	indexes := make([]int, len(names))
	for i := range indexes {
		indexes[i] = i
	}
	if err := aws.Parallel(ctx, indexes, func(ctx context.Context, i int) (err error) {
		histories[i], err = r.client.ListHistory(ctx, r.cluster, names[i])
		return err
	}); err != nil {
		return err
	}
	var arns []string
	from := r.since
	if r.aged {
		from = from.Add(r.client.Skew())
	}
	for i := range histories {
		histories[i].Described = since(&histories[i], from)
		for _, d := range histories[i].Read() {
			arns = append(arns, d.Target)
		}
	}
	revisions := map[string]*past.Revision{}
	err := r.client.DescribeRevisions(ctx, arns, func(rev *past.Revision) { revisions[rev.ARN] = rev })
	if err != nil && aws.Unread(err) == nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line.Services = append(r.line.Services, names...)
	for i, h := range histories {
		if h.Err != nil {
			r.line.Unreadable[names[i]] = h.Err
		}
		if len(h.Deployments) > 0 && r.line.Cluster.Account == "" {
			if a, err := past.ParseARN(h.Deployments[0].ARN); err == nil {
				r.line.Cluster.Account, r.line.Cluster.Region = a.Account, a.Region
			}
		}
		r.line.Events = append(r.line.Events, events(&h, names[i], from, revisions)...)
	}
	return nil
}

// since counts the deployments that began after a moment, and the older ones up to the first good one: what ran before them.
func since(h *past.History, t time.Time) int {
	n := 0
	for n < len(h.Deployments) && !h.Deployments[n].CreatedAt.Before(t) {
		n++
	}
	for n < len(h.Deployments) {
		n++
		if h.Deployments[n-1].Successful() {
			break
		}
	}
	return n
}

func events(h *past.History, service string, since time.Time, revisions map[string]*past.Revision) []Event {
	var events []Event
	var good past.Version
	for i := len(h.Read()) - 1; i >= 0; i-- {
		d := h.Deployments[i]
		e := Event{Service: service, At: d.CreatedAt, Ended: d.FinishedAt, From: good, Status: d.Status, Reason: d.Reason}
		if r := revisions[d.Target]; r != nil {
			e.To = r.Version
		}
		if !d.CreatedAt.Before(since) {
			events = append(events, e)
		}
		if d.Successful() {
			good = e.To
		}
	}
	return events
}
