package commands

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

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
