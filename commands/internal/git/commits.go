package git

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
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// Commits know which commits image tags name. Nil ones know nothing, and nothing is said of them: then no repository was
// named.
type Commits struct {
	Repositories []Repository
	Warn         io.Writer // where it is said once why a repository cannot be read
	Explain      io.Writer // where it is said once why something else is not known; nil: nowhere

	warnOnce sync.Once
	known    map[string]map[string]*Commit // by directory and hash as in the tag
}

// A Repository is the directory of a git repository, and the services whose images are built from it.
type Repository struct {
	Match func(service string) bool
	Dir   string
}

// A Use is a version that a service runs, ran or is to run.
type Use struct {
	Service string
	Version ecs.Version
}

// Read asks the repositories for the commits of all tags in uses, side by side. What cannot be read stays unknown.
func (cs *Commits) Read(ctx context.Context, uses []Use) {
	if cs == nil {
		return
	}
	wanted := map[string]map[string]bool{}
	for _, u := range uses {
		dir := cs.dir(u.Service)
		for _, image := range u.Version.Images {
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
	cs.known = map[string]map[string]*Commit{}
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
		tellf(cs.Explain, "no commits are shown: no image tag has a commit's hash in it, or its service no repository")
	}
}

// tell explains what is missing.
func (cs *Commits) tell(dir string, hashes []string, found map[string]*Commit, err error) {
	var missing []string
	for _, hash := range hashes {
		if found[hash] == nil {
			missing = append(missing, hash)
		}
	}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		cs.warnOnce.Do(func() { tellf(cs.Warn, "warning: no commits are shown: git is not installed") })
	case err != nil:
		tellf(cs.Warn, "warning: no commits of %s are shown: %s", dir, err)
	case len(missing) > 0:
		tellf(cs.Explain, "repository %s does not have %s; 'git fetch' may help", dir, show.SomeOf(missing))
	}
}

func tellf(w io.Writer, format string, args ...any) {
	if w != nil {
		fmt.Fprintln(w, show.Clean(fmt.Sprintf(format, args...)))
	}
}

// dir gives the repository of a service; empty if none is known.
func (cs *Commits) dir(service string) string {
	for _, r := range cs.Repositories {
		if r.Match(service) {
			return r.Dir
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

// OfImage gives the commit that an image's tag names; nil if that is not known.
func (cs *Commits) OfImage(service string, i ecs.Image) *Commit {
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

// Of gives the commit of a version: that of its first container that has one.
func (cs *Commits) Of(service string, v ecs.Version) *Commit {
	for _, i := range v.Images {
		if c := cs.OfImage(service, i); c != nil {
			return c
		}
	}
	return nil
}

// String says what people want to know of a commit: Fix the basket (Ann, 3h ago).
func (c *Commit) String() string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s, %s)", c.Subject, c.Author, show.Ago(c.At, time.Now()))
}
