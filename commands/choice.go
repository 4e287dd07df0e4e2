package commands

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// undoFlags say how far back, and which services by what they run.
func undoFlags() []cli.Flag {
	return []cli.Flag{
		againFlag(), asOfFlag(), &cli.BoolFlag{Name: "guess", Usage: "with no history: assume that the revision below ran"},
		&cli.StringFlag{Name: "if-image", Usage: "only services that run an image tag like `GLOB`"},
	}
}

// A choice is where an undo goes to and which services are meant by what they run. The zero value is the version before, of all.
type choice struct {
	again    bool
	asOf     *instant // nil: not asked for
	to       string   // a revision; empty: not asked for
	image    string   // glob over what must run now; empty: anything
	runs     func(ecs.Image) bool
	revision int  // number that must run now; 0: any
	guarded  bool // the command knows --if-revision
}

// newChoice reads the flags, and refuses those that say two things at once.
func newChoice(c *cli.Context) (choice, error) {
	ch := choice{again: c.Bool("again"), to: c.String("to"), image: strings.TrimSpace(c.String("if-image"))}
	ch.guarded = slices.ContainsFunc(c.Command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), "if-revision") })
	for _, pair := range []struct{ a, b, hint string }{
		{"to", "again", "--again goes back one more version, --to deploys the one that you name; use only one"},
		{"to", "as-of", "both say which version to deploy; use only one"},
		{"to", "if-image", "--if-image goes back to the newest version without the image; use only one"},
		{"as-of", "again", "--again goes back one more version, --as-of to a moment; use only one"},
		{"guess", "strict", "a guess may be wrong, and --strict changes nothing that is not sure; use only one"},
		{"guess", "to", "--to names the version, so nothing has to be guessed; use only one"},
		{"guess", "as-of", "--as-of never guesses; use only one"},
		{"if-image", "again", "--if-image goes back as far as necessary; omit --again"},
	} {
		if c.IsSet(pair.a) && c.IsSet(pair.b) && isOn(c, pair.a) && isOn(c, pair.b) {
			return ch, usagef(pair.hint, "--%s and --%s cannot be combined", pair.a, pair.b)
		}
	}
	if s := c.String("as-of"); s != "" {
		m, err := parseInstant("--as-of", s, wall.Now())
		if err != nil {
			return ch, err
		}
		ch.asOf = &m
	}
	var err error
	if ch.image != "" {
		if ch.runs, err = imageMatcher(ch.image); err != nil {
			return ch, err
		}
	}
	if s := c.String("if-revision"); s != "" {
		ch.revision, err = strconv.Atoi(s)
		if err != nil || ch.revision < 1 {
			return ch, usagef("give only the number, for example 42", "--if-revision %q is not a revision number", s)
		}
	}
	return ch, nil
}

// isOn reports whether a flag that is set says yes: --again=false says nothing.
func isOn(c *cli.Context, flag string) bool {
	return flag != "again" && flag != "guess" && flag != "strict" || c.Bool(flag)
}

// planner gives what decides about each service.
func (ch choice) planner() (ecs.Planner, error) {
	switch {
	case ch.to != "":
		planner, err := ecs.ToPlanner(ch.to)
		if _, other := strconv.Atoi(ch.to); err != nil && other != nil {
			err = fmt.Errorf("%q is not a task definition", ch.to)
		}
		if err != nil {
			return planner, usagef("write it as 41, web:41 or an ARN", "--to: %w", err)
		}
		return planner.Only(nil, ch.revision), nil
	case ch.asOf != nil:
		return asOfPlanner(*ch.asOf).Only(ch.runs, ch.revision), nil
	}
	return ecs.UndoPlanner(ecs.UndoOptions{Again: ch.again, IfImage: ch.runs, IfRevision: ch.revision}), nil
}

// wildcards are a pattern that names nothing of an image: stars, question marks and [a-z], and what stands between the parts of a
// reference.
var wildcards = regexp.MustCompile(`^(\[[^\]]*\]|[*?/:@])+$`)

// imageMatcher matches images by a glob: over the whole reference if the glob has a part of one (/, : or @), else over the
// tag. A star stands for any text. The whole reference is the one in the task definition, or that with the digest that runs.
func imageMatcher(pattern string) (func(ecs.Image) bool, error) {
	glob, err := settings.CompileGlob(pattern)
	if err != nil {
		return nil, usagef("", "--if-image: %w", err)
	}
	if strings.ContainsFunc(pattern, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return nil, usagef("give one pattern, without spaces and line breaks", "--if-image %q: no image reference has a space or a line break", pattern)
	}
	for _, one := range settings.WithoutBraces(pattern) {
		if wildcards.MatchString(one) {
			return nil, usagef("perhaps a shell variable is not set", "--if-image %q has only wildcards, and could match every image", pattern)
		}
	}
	match := glob.Match
	if !strings.ContainsAny(pattern, "/:@") {
		return func(i ecs.Image) bool { return match(i.Tag()) }, nil
	}
	return func(i ecs.Image) bool {
		name, _, _ := strings.Cut(i.Reference, "@")
		return match(i.Reference) || i.Digest != "" && (match(name+"@"+i.Digest) || match(untagged(name)+"@"+i.Digest))
	}, nil
}

// untagged gives an image's name without its tag.
func untagged(name string) string {
	if colon := strings.LastIndex(name, ":"); colon > strings.LastIndex(name, "/") {
		return name[:colon]
	}
	return name
}

// listed gives those of steps that the report for people has a row for: with --if-image not the many that do not run it.
func (r *report) listed(steps []*ecs.Step) []*ecs.Step {
	if len(r.choice.unlisted(r.steps())) == 0 {
		return steps
	}
	_, others := split(steps, func(s *ecs.Step) bool { return s.Action == ecs.Skipped })
	return others
}

// unlisted gives the steps that are too many to have a row each.
func (ch choice) unlisted(steps []*ecs.Step) []*ecs.Step {
	skipped, _ := split(steps, func(s *ecs.Step) bool { return s.Action == ecs.Skipped })
	if ch.image == "" || len(skipped) <= 8 {
		return nil
	}
	return skipped
}

// nothingRuns reports whether an undo that is only for an image has found no service that runs it.
func (ch choice) nothingRuns(steps []*ecs.Step) bool {
	return ch.image != "" && !slices.ContainsFunc(steps, func(s *ecs.Step) bool { return s.Action != ecs.Skipped })
}

// notes are what to say of a choice in the report.
func (ch choice) notes(typed []string, steps []*ecs.Step) []string {
	var notes []string
	if ch.asOf != nil {
		notes = append(notes, ch.asOf.note(typed))
	}
	if skipped := ch.unlisted(steps); len(skipped) > 0 {
		var names []string
		for _, s := range skipped {
			names = append(names, s.Service)
		}
		notes = append(notes, "skipped, because they do not run an image that matches: "+show.SomeOf(names))
	}
	if !ch.nothingRuns(steps) || !strings.ContainsAny(ch.image, "/:@") {
		return notes
	}
	for _, s := range steps {
		for _, i := range s.From.Images {
			return append(notes, fmt.Sprintf("--if-image %q has a /, : or @, so it is compared with whole references, such as %s", ch.image, i.Reference))
		}
	}
	return notes
}
