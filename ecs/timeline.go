package ecs

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// An Event is one deployment on the time line of a cluster.
type Event struct {
	Service string
	At      time.Time
	Ended   time.Time // zero while it goes on
	From    Version   // what ran well before it; zero if not known
	To      Version   // what it brought; zero if ECS no longer has the record
	Status  string    // SUCCESSFUL, ROLLBACK_SUCCESSFUL, IN_PROGRESS, …
	Reason  string    // ECS's, mostly of a rollback
}

// A Timeline is what was deployed to the services of a cluster since a moment.
type Timeline struct {
	Cluster    Cluster
	Events     []Event          // newest first
	Services   []string         // all that were looked at, sorted
	Unreadable map[string]error // services without a history that can be read, and why
}

// Timeline reads what was deployed to the services of a scope since a moment. It changes nothing.
func (c *Client) Timeline(ctx context.Context, scope Scope, since time.Time) (*Timeline, error) {
	r := &timelineReading{client: c, cluster: scope.Cluster, since: since}
	r.line = &Timeline{Cluster: Cluster{Name: scope.Cluster, Region: c.Region}, Unreadable: map[string]error{}}
	if _, err := c.inTens(ctx, scope, r.batch); err != nil {
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
	client  *Client
	cluster string
	since   time.Time

	mu   sync.Mutex
	line *Timeline
}

func (r *timelineReading) batch(ctx context.Context, names []string) error {
	histories := make([]History, len(names))
	indexes := make([]int, len(names))
	for i := range indexes {
		indexes[i] = i
	}
	if err := parallel(ctx, indexes, func(ctx context.Context, i int) (err error) {
		histories[i], err = r.client.listHistory(ctx, r.cluster, names[i])
		return err
	}); err != nil {
		return err
	}
	var arns []string
	for i := range histories {
		histories[i].Described = histories[i].since(r.since)
		for _, d := range histories[i].read() {
			arns = append(arns, d.Target)
		}
	}
	revisions := map[string]*Revision{}
	err := r.client.describeRevisions(ctx, unique(arns), func(rev *Revision) { revisions[rev.ARN] = rev })
	if err != nil && !unreadable(err) {
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
			if a, err := ParseARN(h.Deployments[0].ARN); err == nil {
				r.line.Cluster.Account, r.line.Cluster.Region = a.Account, a.Region
			}
		}
		r.line.Events = append(r.line.Events, h.events(names[i], r.since, revisions)...)
	}
	return nil
}

// since counts the deployments that began after a moment, and the older ones up to the first good one: what ran before them.
func (h *History) since(t time.Time) int {
	n := 0
	for n < len(h.Deployments) && !h.Deployments[n].CreatedAt.Before(t) {
		n++
	}
	for n < len(h.Deployments) {
		n++
		if h.Deployments[n-1].successful() {
			break
		}
	}
	return n
}

func (h *History) events(service string, since time.Time, revisions map[string]*Revision) []Event {
	var events []Event
	var good Version
	for i := len(h.read()) - 1; i >= 0; i-- {
		d := h.Deployments[i]
		e := Event{Service: service, At: d.CreatedAt, Ended: d.FinishedAt, From: good, Status: d.Status, Reason: d.Reason}
		if r := revisions[d.Target]; r != nil {
			e.To = r.Version
		}
		if !d.CreatedAt.Before(since) {
			events = append(events, e)
		}
		if d.successful() {
			good = e.To
		}
	}
	return events
}
