package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

// commits know which commits image tags name. Nil ones know nothing, and nothing is said of them: then no repository was
// named.
type commits struct {
	repositories []repository
	explain      io.Writer // where it is said once why something is not known; nil: nowhere

	known map[string]map[string]*commit // by directory and hash as in the tag
}

// newCommits gives nil if neither --git nor the setting repositories names one.
func newCommits(c *cli.Context) *commits {
	cs := &commits{repositories: repositories(c)}
	if len(cs.repositories) == 0 {
		return nil
	}
	if c.Bool("verbose") {
		cs.explain = c.App.ErrWriter
	}
	return cs
}

// A usedBy is a version that a service runs, ran or is to run.
type usedBy struct {
	service string
	version ecs.Version
}

// read asks the repositories for the commits of all tags in uses, side by side. What cannot be read stays unknown.
func (cs *commits) read(ctx context.Context, uses []usedBy) {
	if cs == nil {
		return
	}
	wanted := map[string]map[string]bool{}
	for _, u := range uses {
		dir := cs.dir(u.service)
		for _, image := range u.version.Images {
			for _, hash := range hashesIn(image) {
				if dir != "" {
					if wanted[dir] == nil {
						wanted[dir] = map[string]bool{}
					}
					wanted[dir][hash] = true
				}
			}
		}
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	cs.known = map[string]map[string]*commit{}
	for dir, set := range wanted {
		all.Go(func() {
			hashes := slices.Sorted(maps.Keys(set))
			found, err := readCommits(ctx, dir, hashes)
			mu.Lock()
			defer mu.Unlock()
			cs.known[dir] = found
			cs.tell(dir, hashes, found, err)
		})
	}
	all.Wait()
	if len(wanted) == 0 && len(uses) > 0 {
		cs.tellf("no commits are shown: no image tag has a commit's hash in it, or its service no repository")
	}
}

// begin reads the commits of a plan's steps while other things go on. They are known when the group is done.
func (cs *commits) begin(ctx context.Context, steps []*ecs.Step) *sync.WaitGroup {
	var reading sync.WaitGroup
	if cs == nil {
		return &reading
	}
	var uses []usedBy
	for _, s := range steps {
		uses = append(uses, usedBy{s.Service, s.From}, usedBy{s.Service, s.To})
	}
	reading.Go(func() { cs.read(ctx, uses) })
	return &reading
}

// fill adds the commits to a version's images.
func (cs *commits) fill(service string, v ecs.Version, images []jsonImage) {
	for i := range images {
		images[i].Commit = newJSONCommit(cs.ofImage(service, v.Images[i]))
	}
}

// tell explains what is missing.
func (cs *commits) tell(dir string, hashes []string, found map[string]*commit, err error) {
	var missing []string
	for _, hash := range hashes {
		if found[hash] == nil {
			missing = append(missing, hash)
		}
	}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		cs.tellf("no commits are shown: there is no git")
	case err != nil:
		cs.tellf("no commits of %s are shown: %s", dir, err)
	case len(missing) > 0:
		cs.tellf("repository %s does not have %s; 'git fetch' may help", dir, someOf(missing))
	}
}

func (cs *commits) tellf(format string, args ...any) {
	if cs.explain != nil {
		fmt.Fprintln(cs.explain, clean(fmt.Sprintf(format, args...)))
	}
}

// dir gives the repository of a service; empty if none is known.
func (cs *commits) dir(service string) string {
	for _, r := range cs.repositories {
		if r.services.Match(service) {
			return r.dir
		}
	}
	return ""
}

// hashLike finds what may be a commit's hash in a tag: main-9f2c1aa, v1.2-14-g9f2c1aa.
var hashLike = regexp.MustCompile(`[0-9A-Fa-f]+`)

// hashesIn gives what may be the commit that an image's tag names, the longest first.
func hashesIn(i ecs.Image) []string {
	name, _, _ := strings.Cut(i.Reference, "@")
	_, tag, tagged := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
	if !tagged {
		return nil
	}
	var hashes []string
	for _, h := range hashLike.FindAllString(tag, -1) {
		if len(h) >= 7 && len(h) <= 64 {
			hashes = append(hashes, strings.ToLower(h))
		}
	}
	slices.SortStableFunc(hashes, func(a, b string) int { return len(b) - len(a) })
	return hashes
}

// ofImage gives the commit that an image's tag names; nil if that is not known.
func (cs *commits) ofImage(service string, i ecs.Image) *commit {
	if cs == nil {
		return nil
	}
	known := cs.known[cs.dir(service)]
	for _, hash := range hashesIn(i) {
		if c := known[hash]; c != nil {
			return c
		}
	}
	return nil
}

// of gives the commit of a version: that of its first container that has one.
func (cs *commits) of(service string, v ecs.Version) *commit {
	for _, i := range v.Images {
		if c := cs.ofImage(service, i); c != nil {
			return c
		}
	}
	return nil
}

// String says what people want to know of a commit: Fix the basket (Ann, 3h ago).
func (c *commit) String() string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s, %s)", c.subject, c.author, ago(c.at))
}

// change says what commits a step takes back and goes to.
func (cs *commits) change(s *ecs.Step) string {
	from, to := cs.of(s.Service, s.From), cs.of(s.Service, s.To)
	switch {
	case from == nil && to == nil:
		return ""
	case from == to || to != nil && from != nil && from.hash == to.hash || from != nil && !s.To.Known():
		return from.String()
	case from == nil:
		return "→ " + to.String()
	case to == nil:
		return from.String() + " →"
	}
	return from.String() + " → " + to.String()
}

// A jsonCommit is a commit in JSON.
type jsonCommit struct {
	Hash    string `json:"hash"`
	Subject string `json:"subject"`
	Author  string `json:"author"`
	At      string `json:"at,omitempty"` // when it was written
}

func newJSONCommit(c *commit) *jsonCommit {
	if c == nil {
		return nil
	}
	return &jsonCommit{c.hash, c.subject, c.author, jsonTime(c.at)}
}
