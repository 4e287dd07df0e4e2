package commands

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/ecs"
)

// A report is what a command planned and what became of it. Its form is chosen last: text, JSON and Markdown say the same.
type report struct {
	command  string   // "cluster"
	typed    []string // the command line
	again    string   // the command line with --again; empty if that makes no sense
	choice   choice
	commits  *commits // nil: none are shown
	diff     bool     // compare the definitions
	plans    []*ecs.Plan
	dryRun   bool
	refused  string // the guard that kept everything as it was; empty if none did
	started  time.Time
	finished time.Time
	takeBack string // the command that undoes what was done; empty if nothing was
}

// An outcome is a report in one word, for scripts.
type outcome string

const (
	outcomePlanned     outcome = "planned"     // a dry run
	outcomeDone        outcome = "done"        // every service runs what was asked, and some had to change for it
	outcomeUnchanged   outcome = "unchanged"   // nothing had to change
	outcomeAccepted    outcome = "accepted"    // ECS took the changes, and nobody waited
	outcomeFailed      outcome = "failed"      // some service failed, was blocked or ended elsewhere
	outcomeOutOfTime   outcome = "outOfTime"   // not all are steady yet, they go on by themselves
	outcomeInterrupted outcome = "interrupted" // as outOfTime; some may not have been asked for
	outcomeRefused     outcome = "refused"     // by a guard; nothing was changed
)

// outcome judges the report as a whole: the worst that happened to a service decides.
func (r *report) outcome() outcome {
	switch {
	case r.refused != "":
		return outcomeRefused
	case r.dryRun:
		return outcomePlanned
	case r.count(ecs.Interrupted) > 0:
		return outcomeInterrupted
	case r.bad() > 0:
		return outcomeFailed
	case r.count(ecs.OutOfTime) > 0:
		return outcomeOutOfTime
	case r.count(ecs.Accepted) > 0:
		return outcomeAccepted
	case r.count(ecs.Steady) > 0:
		return outcomeDone
	}
	return outcomeUnchanged
}

// status gives the exit status that goes with the outcome.
func (r *report) status() int {
	switch r.outcome() {
	case outcomeRefused:
		return statusRefused
	case outcomeInterrupted:
		return statusInterrupted
	case outcomeFailed:
		return statusFailed
	case outcomeOutOfTime:
		if r.begun() {
			return statusOutOfTime
		}
		return statusUsage
	case outcomePlanned:
		if r.bad() > 0 {
			return statusFailed
		}
	}
	return statusDone
}

// begun reports whether ECS has accepted any change.
func (r *report) begun() bool {
	return slices.ContainsFunc(r.steps(), func(s *ecs.Step) bool { return !s.AcceptedAt.IsZero() })
}

// steps gives the steps of all clusters.
func (r *report) steps() []*ecs.Step {
	var all []*ecs.Step
	for _, p := range r.plans {
		all = append(all, p.Steps...)
	}
	return all
}

func (r *report) count(state ecs.State) int {
	n := 0
	for _, s := range r.steps() {
		if s.State == state {
			n++
		}
	}
	return n
}

// bad counts the services that are not what was asked and will not become it.
func (r *report) bad() int {
	n := 0
	for _, s := range r.steps() {
		if isBad(s) {
			n++
		}
	}
	return n
}

// blocked counts the services that should change and cannot.
func (r *report) blocked() int {
	n := 0
	for _, s := range r.steps() {
		if s.Action == ecs.Blocked {
			n++
		}
	}
	return n
}

func isBad(s *ecs.Step) bool {
	return s.Action == ecs.Blocked || slices.Contains([]ecs.State{ecs.Failed, ecs.RolledBack, ecs.Superseded}, s.State)
}

// sentence says in one line what is now true.
func (r *report) sentence() string {
	opening := map[outcome]string{
		outcomePlanned:     "This is a dry run, nothing was changed",
		outcomeDone:        "Every service runs what was asked",
		outcomeUnchanged:   "Nothing to do",
		outcomeAccepted:    "ECS has accepted the changes and goes on by itself",
		outcomeFailed:      "Not every service runs what was asked",
		outcomeOutOfTime:   "Out of time; what is not steady goes on by itself",
		outcomeInterrupted: "Interrupted; what was accepted goes on by itself",
		outcomeRefused:     "Nothing was changed, because of " + r.refused,
	}
	if r.choice.nothingRuns(r.steps()) {
		return fmt.Sprintf("%s, nothing runs it (--if-image %q): %s.", opening[r.outcome()], r.choice.image, r.tally())
	}
	return opening[r.outcome()] + ": " + r.tally() + "."
}

// verb says what the command does to a service, and done what it then is.
func (r *report) verb() string {
	if r.command == restoreName {
		return "restore"
	}
	return "undo"
}

func (r *report) done() string {
	if r.verb() == "restore" {
		return "restored"
	}
	return "undone"
}

// tally counts the services by what became of them: 3 undone, 2 unchanged.
func (r *report) tally() string {
	counts := map[string]int{}
	var order []string
	for _, s := range r.steps() {
		word := r.stateWord(s)
		if counts[word]++; counts[word] == 1 {
			order = append(order, word)
		}
	}
	slices.SortFunc(order, func(a, b string) int { return tallyRank(a) - tallyRank(b) })
	var parts []string
	for _, word := range order {
		label := word
		if word == "steady" {
			label = r.done() + " and steady"
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[word], label))
	}
	if len(parts) == 0 {
		return "no services"
	}
	return strings.Join(parts, ", ")
}

func tallyRank(word string) int {
	return slices.Index([]string{"steady", "to undo", "to restore", "accepted", "out of time", "interrupted", "not asked for", "failed", "rolled back",
		"superseded", "blocked", "unchanged", "skipped"}, word)
}

// stateWord is a step's state for people: what it is to be, before it was asked for; what became of it, after.
func (r *report) stateWord(s *ecs.Step) string {
	if s.Action != ecs.Undo && s.State == ecs.Planned {
		return string(s.Action)
	}
	switch s.State {
	case ecs.Planned:
		return "to " + r.verb()
	case ecs.RolledBack:
		return "rolled back"
	case ecs.OutOfTime, ecs.Interrupted:
		if s.AcceptedAt.IsZero() && !s.Follows() {
			return "not asked for"
		}
	case ecs.NotAsked:
		return "not asked for"
	}
	if s.State == ecs.OutOfTime {
		return "out of time"
	}
	return string(s.State)
}

// seconds gives how long a step took from the answer of ECS to the verdict, or "" if there is none.
func seconds(s *ecs.Step) string {
	if s.AcceptedAt.IsZero() || s.FinishedAt.IsZero() {
		return ""
	}
	return s.FinishedAt.Sub(s.AcceptedAt).Round(time.Second).String()
}

// checkForm refuses a form of output that there is not.
func checkForm(form string) error {
	forms := []string{"text", "json", "markdown"}
	if slices.Contains(forms, form) {
		return nil
	}
	hint := "there are " + strings.Join(forms, ", ")
	if near := nearest(form, forms); near != "" {
		hint = "nearest is " + near
	}
	return usagef(hint, "no form of output %q", form)
}

// write writes the report in the form that was asked for.
func (r *report) write(o output) error {
	var err error
	switch o.form {
	case "json":
		err = writeJSON(o.stdout, r)
	case "markdown":
		err = writeMarkdown(o.stdout, r)
	default:
		_, err = io.WriteString(o.stdout, textReport(r, o.width, o.colour))
	}
	if err != nil && !readerLeft(err) {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
