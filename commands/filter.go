package commands

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/gobwas/glob"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

// A filter chooses services by globs over their names. A nil one lets all through.
type filter struct {
	only, except []*glob.Pattern
	patterns     []string // of only
	standing     bool     // only comes from settings
	notes        []string // what comes from settings, to be said, since nobody typed it

	mu   sync.Mutex
	used []bool // which of only matched something
}

// newFilter reads --only and --except.
func newFilter(c *cli.Context) (*filter, error) {
	f := &filter{patterns: patternsOf(c, "only"), standing: source(c, "only") != ""}
	except := patternsOf(c, "except")
	var err error
	if f.only, err = compileGlobs("--only", f.patterns); err != nil {
		return nil, err
	}
	if f.except, err = compileGlobs("--except", except); err != nil {
		return nil, err
	}
	f.used = make([]bool, len(f.only))
	if from := source(c, "only"); from != "" && len(f.only) > 0 {
		f.notes = append(f.notes, fmt.Sprintf("only services that match %s, as %s says", strings.Join(f.patterns, ", "), from))
	}
	if from := source(c, "except"); from != "" && len(f.except) > 0 {
		f.notes = append(f.notes, fmt.Sprintf("no services that match %s, as %s says", strings.Join(except, ", "), from))
	}
	return f, nil
}

// patternsOf gives the globs of a flag. Those of settings do not narrow the restore of a snapshot that was named: what it
// is to take back was chosen when it was taken, maybe without them.
func patternsOf(c *cli.Context, flag string) []string {
	if source(c, flag) != "" && c.Command.Name == "cluster restore" && c.String("snapshot") != "" {
		return nil
	}
	return c.StringSlice(flag)
}

func compileGlobs(flag string, patterns []string) ([]*glob.Pattern, error) {
	var globs []*glob.Pattern
	for _, p := range patterns {
		if strings.TrimSpace(p) == "" {
			return nil, usagef("a shell variable that is not set?", "the value of %s is empty", flag)
		}
		g, err := glob.Compile(p)
		if err != nil {
			return nil, usagef("write it as 'api-*' or '{web,api}'", "%s: %q is no glob: %w", flag, p, err)
		}
		globs = append(globs, g)
	}
	return globs, nil
}

// match reports whether a service is meant: by one of --only, if there are any, and by none of --except.
func (f *filter) match(name string) bool {
	if f == nil {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	wanted := len(f.only) == 0
	for i, g := range f.only {
		if g.Match(name) {
			wanted, f.used[i] = true, true
		}
	}
	for _, g := range f.except {
		if g.Match(name) {
			return false
		}
	}
	return wanted
}

// hint says what settings leave out, where nothing is left.
func (f *filter) hint(err error) string {
	var empty *ecs.EmptyClusterError
	if f == nil || !errors.As(err, &empty) {
		return ""
	}
	return strings.Join(f.notes, "; ")
}

// unused refuses an --only that has matched no service of any cluster: a slip of the hand must not look like success. One
// that comes from settings was not written for this cluster.
func (f *filter) unused() error {
	if f == nil || f.standing {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, used := range f.used {
		if !used {
			return usagef("nothing was changed", "--only %q matches no service", f.patterns[i])
		}
	}
	return nil
}
