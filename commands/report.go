package commands

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/git"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A report is what a command planned and what became of it. Its form is chosen last: text, JSON and Markdown say the same.
type report struct {
	command  string // "cluster"
	verb     verb
	typed    []string // the command line
	again    string   // the command line with --again; empty if that makes no sense
	choice   choice
	commits  *git.Commits // nil: none are shown
	diff     bool         // compare the definitions
	plans    []*ecs.Plan
	dryRun   bool
	refused  string // the guard that kept everything as it was; empty if none did
	started  time.Time
	finished time.Time
	unseen   bool   // scheduled tasks could have been looked at, and were not
	finish   string // the command that does what was left undone, and no more; empty if nothing was
	takeBack string // the command that undoes what was done; empty if nothing of it is in effect
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
		if r.begun() || slices.ContainsFunc(r.steps(), (*ecs.Step).Follows) {
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

// begun reports whether ECS has accepted any change, or may have.
func (r *report) begun() bool {
	return slices.ContainsFunc(r.steps(), func(s *ecs.Step) bool { return !s.AcceptedAt.IsZero() || s.Uncertain || s.Registered() })
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

// replacedNewer counts the services that run what was asked, and of which somebody's newer deployment was replaced.
func (r *report) replacedNewer() int {
	n := 0
	for _, s := range r.steps() {
		if !s.Overwrote.IsZero() && s.State == ecs.Steady {
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
	return !s.Overwrote.IsZero() || s.Action == ecs.Blocked || slices.Contains([]ecs.State{ecs.Failed, ecs.RolledBack, ecs.Superseded}, s.State)
}

// sentence says in one line what is now true.
func (r *report) sentence() string {
	opening := map[outcome]string{
		outcomePlanned:     "This is a dry run, nothing was changed",
		outcomeDone:        "Every service runs what was asked",
		outcomeUnchanged:   "Nothing to do",
		outcomeAccepted:    "ECS accepted the changes and continues",
		outcomeFailed:      "Not every service runs what was asked",
		outcomeOutOfTime:   "Timed out; ECS continues, and the same command again keeps watching",
		outcomeInterrupted: "Interrupted; ECS continues what it accepted",
		outcomeRefused:     "Nothing was changed, because of " + r.refused,
	}
	if scheduled, services := split(r.steps(), (*ecs.Step).Scheduled); len(scheduled) > 0 {
		rest := "ll services and scheduled tasks run what was asked"
		if len(services) == 0 {
			rest = "ll scheduled tasks run what was asked"
		}
		opening[outcomeDone], opening[outcomeFailed] = "A"+rest, "Not a"+rest
	}
	if n := r.replacedNewer(); n > 0 && n == r.bad() {
		opening[outcomeFailed] = "Every service runs what was asked, but a newer deployment was overwritten"
	}
	switch over := r.watchOn() == ""; { // nothing goes on
	case over && r.choice.again: // the same command again would go further
		opening[outcomeOutOfTime] = "Timed out"
	case over:
		opening[outcomeOutOfTime] = "Timed out; the same command again changes the rest"
	case r.choice.again:
		opening[outcomeOutOfTime] = "Timed out; ECS continues"
	}
	if r.choice.nothingRuns(r.steps()) {
		return fmt.Sprintf("No service runs an image that matches %q. %s: %s.", r.choice.image, opening[r.outcome()], r.tally())
	}
	return opening[r.outcome()] + ": " + r.tally() + "."
}

// A verb is what a command does to a service, and what the service then is.
type verb struct{ do, done string }

var (
	undoing   = verb{"undo", "undone"}
	deploying = verb{"deploy", "deployed"} // with --to, which also goes forward
	restoring = verb{"restore", "restored"}
)

// tally counts the services by what became of them, and the scheduled tasks after them: 3 undone and steady, 2 unchanged, 1
// scheduled task undone.
func (r *report) tally() string {
	var parts []string
	scheduled, services := split(r.steps(), (*ecs.Step).Scheduled)
	for word, n := range r.countWords(services) {
		if word == "steady" {
			word = r.verb.done + " and steady"
		}
		parts = append(parts, fmt.Sprintf("%d %s", n, word))
	}
	for word, n := range r.countWords(scheduled) {
		if word == "steady" {
			word = r.verb.done
		}
		parts = append(parts, show.Counted(n, "scheduled task")+" "+word)
	}
	if len(parts) == 0 {
		return "no services"
	}
	if n := r.guessed(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d by a guess", n))
	}
	return strings.Join(parts, ", ")
}

// guessed counts the services that go, or went, where nobody knows that they were before.
func (r *report) guessed() int {
	n := 0
	for _, s := range r.steps() {
		if s.Guessed && s.Action == ecs.Undo {
			n++
		}
	}
	return n
}

// countWords counts steps by their state for people.
func (r *report) countWords(steps []*ecs.Step) iter.Seq2[string, int] {
	counts := map[string]int{}
	for _, s := range steps {
		counts[r.stateWord(s)]++
	}
	return func(yield func(string, int) bool) {
		for _, word := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return tallyRank(a) - tallyRank(b) }) {
			if !yield(word, counts[word]) {
				return
			}
		}
	}
}

func tallyRank(word string) int {
	return slices.Index([]string{"steady", "to undo", "to deploy", "to restore", "accepted", "out of time", "interrupted", "uncertain", "not asked for", "failed", "rolled back",
		"superseded", "blocked", "unchanged", "skipped"}, word)
}

// stateWord is a step's state for people: what it is to be, before it was asked for; what became of it, after.
func (r *report) stateWord(s *ecs.Step) string {
	if s.Action != ecs.Undo && s.State == ecs.Planned {
		return string(s.Action)
	}
	if s.Blocked {
		return string(ecs.Blocked)
	}
	switch s.State {
	case ecs.Planned:
		return "to " + r.verb.do
	case ecs.RolledBack:
		return "rolled back"
	case ecs.OutOfTime, ecs.Interrupted:
		if s.Uncertain {
			return "uncertain"
		}
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
	if s.AcceptedAt.IsZero() || s.FinishedAt.IsZero() || s.Scheduled() {
		return ""
	}
	return s.FinishedAt.Sub(s.AcceptedAt).Round(time.Second).String()
}

// write writes the report in the form that was asked for.
func (r *report) write(o output) error {
	var err error
	switch o.form {
	case "json":
		err = writeJSON(o.stdout, r)
	case "markdown":
		err = writeMarkdown(o.stdout, r)
	case "name":
		_, err = io.WriteString(o.stdout, r.names())
	default:
		_, err = io.WriteString(o.stdout, textReport(r, o.width, o.colour))
	}
	if err != nil && !readerLeft(err) {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
