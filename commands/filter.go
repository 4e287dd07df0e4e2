package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/ecs"
)

// A filter chooses services by globs over their names. A nil one lets all through.
type filter struct {
	only, except []*settings.Glob
	typed        []typedGlob
	notes        []string // what comes from settings, to be said, since nobody typed it
	of           string   // " of snapshot NAME", where only the services of one are matched

	mu    sync.Mutex
	used  map[*settings.Glob]bool // those that matched something
	names []string                // all that might have been matched
}

// A typedGlob is one of --only or --except on the command line. One that comes from settings was not written for this cluster.
type typedGlob struct {
	flag string
	*settings.Glob
}

// newFilter takes --only and --except, or what settings say of them.
func newFilter(only, except settings.Value[[]*settings.Glob]) *filter {
	f := &filter{only: only.Is, except: except.Is, used: map[*settings.Glob]bool{}}
	for _, from := range []struct {
		flag, note string
		globs      settings.Value[[]*settings.Glob]
	}{{"only", "only services that match %s, as %s says", only}, {"except", "no services that match %s, as %s says", except}} {
		if from.globs.From.Standing() {
			f.notes = append(f.notes, fmt.Sprintf(from.note, strings.Join(from.globs.Text, ", "), from.globs.From))
			continue
		}
		for _, g := range from.globs.Is {
			f.typed = append(f.typed, typedGlob{from.flag, g})
		}
	}
	return f
}

// typedFilter leaves out what settings say: it does not narrow the restore of a snapshot that was named. What that is to take
// back was chosen when it was taken, maybe without them.
func typedFilter(s settings.Settings) *filter {
	for _, globs := range []*settings.Value[[]*settings.Glob]{&s.Only, &s.Except} {
		if globs.From.Standing() {
			*globs = settings.Value[[]*settings.Glob]{}
		}
	}
	return newFilter(s.Only, s.Except)
}

// match reports whether a service is meant: by one of --only, if there are any, and by none of --except.
func (f *filter) match(name string) bool {
	if f == nil {
		return true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.names = append(f.names, name)
	only := f.matches(f.only, name)
	return !f.matches(f.except, name) && (only || len(f.only) == 0)
}

// matches reports whether a name is matched by one of some globs, and notes by which.
func (f *filter) matches(globs []*settings.Glob, name string) (matched bool) {
	for _, g := range globs {
		if g.Match(name) {
			matched, f.used[g] = true, true
		}
	}
	return matched
}

// hint says what settings leave out, where nothing is left.
func (f *filter) hint(err error) string {
	var empty *ecs.EmptyClusterError
	if f == nil || !errors.As(err, &empty) {
		return ""
	}
	return strings.Join(f.notes, "; ")
}

// unread notes that rules or schedules, whose names begin so, could not be read: whether one matches is not known.
func (f *filter) unread(kinds ...string) {
	if f == nil {
		return
	}
	for _, g := range f.typed {
		f.used[g.Glob] = f.used[g.Glob] || slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(g.String(), kind) })
	}
}

// unused refuses an --only or --except that has matched nothing in any cluster: a slip of the hand must not look like success,
// nor change what was to be spared. The names of rules and schedules are only known if these were read.
func (f *filter) unused(scheduled bool) error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, g := range f.typed {
		isTask := strings.HasPrefix(g.String(), "rule/") || strings.HasPrefix(g.String(), "schedule/")
		if f.used[g.Glob] || isTask && !scheduled && g.flag == "except" { // it is spared anyway
			continue
		}
		hint, what := "nothing was changed", "service"
		switch {
		case scheduled:
			what = "service, rule or schedule"
		case isTask:
			return usagef("add --schedules; nothing was changed", "--%s %q matches no service, and rules and schedules were not looked at", g.flag, g.String())
		}
		if near := line.Nearest(g.String(), f.names); near != "" {
			hint = fmt.Sprintf("nearest is %q; %s", near, hint)
		}
		return usagef(hint, "--%s %q matches no %s%s", g.flag, g.String(), what, f.of)
	}
	return nil
}

// sidecars makes the test for images that move on their own, of the settings and the well-known ones.
func sidecars(s settings.Settings) func(ecs.Image) bool {
	var patterns []string
	for _, glob := range s.Sidecars.Is {
		patterns = append(patterns, glob.String())
	}
	match, err := ecs.Sidecars(patterns)
	if err != nil {
		panic(err) // the settings have compiled each of them
	}
	return match
}
