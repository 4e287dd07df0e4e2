package commands

import (
	"strings"
	"sync"

	"github.com/gobwas/glob"
	"github.com/urfave/cli/v2"
)

// A filter chooses services by globs over their names. A nil one lets all through.
type filter struct {
	only, except []*glob.Pattern
	patterns     []string // of only

	mu   sync.Mutex
	used []bool // which of only matched something
}

// newFilter reads --only and --except.
func newFilter(c *cli.Context) (*filter, error) {
	f := &filter{patterns: c.StringSlice("only")}
	var err error
	if f.only, err = compileGlobs("--only", f.patterns); err != nil {
		return nil, err
	}
	if f.except, err = compileGlobs("--except", c.StringSlice("except")); err != nil {
		return nil, err
	}
	f.used = make([]bool, len(f.only))
	return f, nil
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

// unused refuses an --only that has matched no service of any cluster: a slip of the hand must not look like success.
func (f *filter) unused() error {
	if f == nil {
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
