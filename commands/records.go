package commands

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

// How much of a store is searched for what ECS's own history does not tell: the newest snapshots, of which each undo of a
// single service leaves one, until they are too much to hold.
const (
	recordsRead  = 100
	recordsBytes = 64 << 20
	recordsAtOne = 10
)

// A recordReader reads the newest snapshots of a cluster, for what ECS itself no longer knows. It may be asked again for
// what has come since; what it has read it keeps, since snapshots do not change.
type recordReader struct {
	choice  storeChoice
	client  *ecs.Client
	cluster string
	warn    func(error)

	at    ecs.Cluster // once known
	known map[string]*ecs.Record
}

// records reads them once.
func (s storeChoice) records(ctx context.Context, client *ecs.Client, cluster string, warn func(error)) ([]ecs.Record, error) {
	return (&recordReader{choice: s, client: client, cluster: cluster, warn: warn}).newest(ctx)
}

// newest gives the records, newest first. An empty store has none. What cannot be read of a store is an error if somebody
// chose it: it may be what tells that a service has been taken back already. Of the default one it is only said.
func (r *recordReader) newest(ctx context.Context) ([]ecs.Record, error) {
	records, err := r.read(ctx)
	if err != nil && ctx.Err() == nil && !r.choice.configured {
		r.warn(err)
		return nil, nil
	}
	return records, err
}

func (r *recordReader) read(ctx context.Context) (records []ecs.Record, err error) {
	if r.at.Name == "" {
		if r.at, err = r.client.Locate(ctx, r.cluster); err != nil {
			r.at = ecs.Cluster{}
			return nil, err
		}
		r.known = map[string]*ecs.Record{}
	}
	store, _, err := r.choice.open(r.client)
	if err != nil {
		return nil, err
	}
	entries, err := store.List(ctx, place(r.at))
	if err != nil {
		return nil, err
	}
	entries = r.choice.withoutFuture(entries, r.client.Now())
	entries = newestWithin(entries, recordsRead, recordsBytes)
	if err := r.load(ctx, store, entries); err != nil {
		return nil, err
	}
	for _, e := range entries {
		if record := r.known[e.Name]; record != nil {
			records = append(records, *record)
		}
	}
	return records, nil
}

// load reads those that are not known yet, several at the same time.
func (r *recordReader) load(ctx context.Context, store snapshot.Store, entries []snapshot.Entry) error {
	records, passed := make([]*ecs.Record, len(entries)), make([]error, len(entries))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(recordsAtOne)
	for i, e := range entries {
		if _, ok := r.known[e.Name]; ok {
			continue
		}
		g.Go(func() (err error) {
			records[i], err = readRecord(ctx, store, r.at, e)
			if err != nil && ctx.Err() == nil && !r.choice.configured {
				passed[i] = err
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, e := range entries {
		if _, ok := r.known[e.Name]; !ok {
			r.known[e.Name] = records[i]
			if passed[i] != nil {
				r.warn(passed[i])
			}
		}
	}
	return nil
}

// newestWithin gives the first entries, at least one, at most so many and of no more bytes in all.
func newestWithin(entries []snapshot.Entry, most int, bytes int64) []snapshot.Entry {
	for i, e := range entries {
		if bytes -= e.Size; i == most || i > 0 && bytes < 0 {
			return entries[:i]
		}
	}
	return entries
}

// readRecord gives nil for a snapshot of another place, which somebody has copied there.
func readRecord(ctx context.Context, store snapshot.Store, at ecs.Cluster, e snapshot.Entry) (*ecs.Record, error) {
	kept, err := store.Load(ctx, place(at), e.Name)
	if err != nil || kept.Place() != place(at) {
		return nil, err
	}
	r, err := newRecord(e.Name, e.Before, kept)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Location, err)
	}
	return &r, nil
}
