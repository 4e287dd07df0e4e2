package commands

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
	"github.com/ecsundo/ecsundo/snapshot"
)

func storeFlag() cli.Flag {
	return &cli.StringFlag{Name: "store", Usage: "snapshots in `URL`: a directory or s3://bucket/prefix"}
}

func snapshotFlag(usage string) cli.Flag {
	return &cli.StringFlag{Name: "snapshot", Aliases: []string{"s", "snapshot-path"}, Usage: usage}
}

// A storeChoice is the store that was chosen, by flag, environment or configuration, or the default one.
type storeChoice struct {
	url        string
	configured bool // somebody chose it, so that it has to work
	stderr     io.Writer
	saidFuture *sync.Once
	owner      string // the account that has to own the bucket; empty: any
	encryption snapshot.Encryption
}

// newStoreChoice warns of a store that everyone may write to, as ssh does of its files.
func newStoreChoice(s settings.Settings, stderr io.Writer) storeChoice {
	store, err := snapshot.Open(s.Store.Is, snapshot.Options{})
	if dir, ok := store.(*snapshot.Dir); ok && err == nil && dir.Exposed() {
		fmt.Fprintf(stderr, "warning: everyone on this computer can write to the store %s; to correct that: %s\n",
			show.Clean(dir.String()), "chmod o-w "+line.Quote(dir.String()))
	}
	return storeChoice{stderr: stderr, saidFuture: new(sync.Once), url: s.Store.Is, configured: s.Store.From.Chosen(), owner: s.BucketOwner.Is, encryption: snapshot.Encryption{SSE: s.SSE.Is, KMSKey: s.KMSKey.Is}}
}

// open gives the store. It is not asked for anything yet.
func (s storeChoice) open(client *ecs.Client) (snapshot.Store, snapshot.Options, error) {
	options := snapshot.Options{AWS: client.Config(), BucketOwner: s.owner, Encryption: s.encryption}
	store, err := snapshot.Open(s.url, options)
	return store, options, err
}

// ahead is how far the clock of whoever took a snapshot may be ahead of ours.
const ahead = 5 * time.Minute

// fromFuture reports whether a snapshot says that it was taken later than now, by the clock of AWS. Such a one is not the newest.
func fromFuture(e snapshot.Entry, now time.Time) bool { return e.Time.After(now.Add(ahead)) }

// withoutFuture leaves out the snapshots that are dated in the future, and says so once.
func (s storeChoice) withoutFuture(entries []snapshot.Entry, now time.Time) []snapshot.Entry {
	future, rest := split(entries, func(e snapshot.Entry) bool { return fromFuture(e, now) })
	if len(future) > 0 {
		s.saidFuture.Do(func() {
			fmt.Fprintf(s.stderr, "warning: ignored, because it is dated in the future: snapshot %s\n", show.Clean(future[0].Location))
		})
	}
	return rest
}

func place(c ecs.Cluster) snapshot.Place {
	return snapshot.Place{Account: c.Account, Region: c.Region, Cluster: c.Name}
}

// newRecord turns a snapshot into what planners understand.
func newRecord(name string, before bool, s *snapshot.Snapshot) (ecs.Record, error) {
	r := ecs.Record{Name: name, TakenAt: s.TakenAt, Before: before, Services: map[string]ecs.RecordedService{}, Schedules: map[string]ecs.RecordedService{}}
	for name, kept := range s.Schedules {
		schedule, err := recordedSchedule(kept)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		r.Schedules[name] = schedule
	}
	for service, kept := range s.Services {
		definition, err := ecs.ParseTaskDefinition(kept.TaskDefinition)
		if err != nil {
			return r, fmt.Errorf("service %q: %w", service, err)
		}
		recorded := ecs.RecordedService{Version: ecs.Version{TaskDefinition: definition}, Revision: kept.ServiceRevision}
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

// recordedSchedule reads what a schedule ran: its definition may be without a revision.
func recordedSchedule(kept snapshot.Service) (recorded ecs.RecordedService, err error) {
	definition := ecs.TaskDefinition{Family: kept.TaskDefinition}
	if strings.Contains(kept.TaskDefinition, ":") {
		if definition, err = ecs.ParseTaskDefinition(kept.TaskDefinition); err != nil {
			return recorded, err
		}
	}
	recorded.Version.TaskDefinition = definition
	if kept.Definition != nil {
		if recorded.Definition, err = ecs.ParseDefinition(definition, kept.Definition); err == nil {
			recorded.Version.Images = recorded.Definition.Images()
		}
	}
	return recorded, err
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
