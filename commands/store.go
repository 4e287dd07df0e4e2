package commands

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

// defaultStore is where snapshots are kept unless somebody says otherwise.
const defaultStore = "~/.ecsundo"

func storeFlag() cli.Flag {
	return &cli.StringFlag{Name: "store", Usage: "`URL` of snapshots: directory or s3://bucket/prefix"}
}

func snapshotFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "snapshot", Aliases: []string{"s", "snapshot-path"}, Usage: usage}
}

// A storeChoice is the store that was chosen, by flag, environment or configuration, or the default one.
type storeChoice struct {
	url        string
	configured bool   // somebody chose it, so that it has to work
	owner      string // the account that has to own the bucket; empty: any
}

func newStoreChoice(c *cli.Context) storeChoice {
	choice := storeChoice{url: defaultStore, owner: strings.Join(settingOf(c, "bucketOwner"), "")}
	if url := c.String("store"); url != "" {
		choice.url, choice.configured = url, true
	}
	return choice
}

// open gives the store. It is not asked for anything yet.
func (s storeChoice) open(client *ecs.Client) (snapshot.Store, snapshot.Options, error) {
	options := snapshot.Options{AWS: client.Config(), BucketOwner: s.owner}
	store, err := snapshot.Open(s.url, options)
	return store, options, err
}

func place(c ecs.Cluster) snapshot.Place {
	return snapshot.Place{Account: c.Account, Region: c.Region, Cluster: c.Name}
}

// How much of a store is searched for what ECS's own history does not tell: the newest snapshots, of which each undo of a
// single service leaves one, until they are too much to hold.
const (
	recordsRead  = 100
	recordsBytes = 64 << 20
	recordsAtOne = 10
)

// records reads the newest snapshots of a cluster, for what ECS itself no longer knows, newest first. An empty store has
// none. What cannot be read of a store is an error if somebody chose it: it may be what tells that a service has been taken
// back already. Of the default one it is only said.
func (s storeChoice) records(ctx context.Context, client *ecs.Client, cluster string, warn func(error)) ([]ecs.Record, error) {
	if s.configured {
		warn = nil
	}
	records, err := s.readRecords(ctx, client, cluster, warn)
	if err != nil && ctx.Err() == nil && warn != nil {
		warn(err)
		return nil, nil
	}
	return records, err
}

func (s storeChoice) readRecords(ctx context.Context, client *ecs.Client, cluster string, warn func(error)) ([]ecs.Record, error) {
	at, err := client.Locate(ctx, cluster)
	if err != nil {
		return nil, err
	}
	store, _, err := s.open(client)
	if err != nil {
		return nil, err
	}
	entries, err := store.List(ctx, place(at))
	if err != nil {
		return nil, err
	}
	entries = newestWithin(entries, recordsRead, recordsBytes)
	records := make([]*ecs.Record, len(entries))
	g, reads := errgroup.WithContext(ctx)
	g.SetLimit(recordsAtOne)
	for i, e := range entries {
		g.Go(func() (err error) {
			records[i], err = readRecord(reads, store, at, e)
			if err != nil && warn != nil && reads.Err() == nil {
				warn(err)
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var read []ecs.Record
	for _, r := range records {
		if r != nil {
			read = append(read, *r)
		}
	}
	return read, nil
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

// newRecord turns a snapshot into what planners understand.
func newRecord(name string, before bool, s *snapshot.Snapshot) (ecs.Record, error) {
	r := ecs.Record{Name: name, TakenAt: s.TakenAt, Before: before, Services: map[string]ecs.RecordedService{}}
	for service, kept := range s.Services {
		definition, err := ecs.ParseTaskDefinition(kept.TaskDefinition)
		if err != nil {
			return r, fmt.Errorf("service %q: %w", service, err)
		}
		recorded := ecs.RecordedService{Version: ecs.Version{TaskDefinition: definition}}
		for _, container := range sortedKeys(kept.Images) {
			reference, digest, _ := strings.Cut(kept.Images[container], "@")
			if digest != "" && !strings.Contains(reference[strings.LastIndex(reference, "/")+1:], ":") {
				reference = kept.Images[container] // the definition itself names the digest
			}
			recorded.Version.Images = append(recorded.Version.Images, ecs.Image{Container: container, Reference: reference, Digest: digest})
		}
		if kept.Definition != nil {
			if recorded.Definition, err = ecs.ParseDefinition(definition, kept.Definition); err != nil {
				return r, fmt.Errorf("service %q: %w", service, err)
			}
		}
		r.Services[service] = recorded
	}
	return r, nil
}

// keptImages gives a version's images as a snapshot has them, each with the digest that runs, if it is known.
func keptImages(v ecs.Version) map[string]string {
	images := map[string]string{}
	for _, i := range v.Images {
		images[i.Container] = i.Reference
		if i.Digest != "" && !strings.Contains(i.Reference, "@") {
			images[i.Container] += "@" + i.Digest
		}
	}
	return images
}

// formerPath is where the tool of 2018 kept a cluster's only snapshot.
func formerPath(cluster string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, "."+cluster+".ecsundo")
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
