package commands

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A runner is the CI system whose job this is, as far as it reads more than the log.
type runner string

const (
	noRunner     runner = ""
	githubRunner runner = "github" // annotations, a summary and outputs of the step
	gitlabRunner runner = "gitlab" // a section of the log that can be folded
)

// newRunner finds out which one it is. The setting ci turns it off.
func newRunner(s settings.Settings) runner {
	switch {
	case s.CI.Is == "off":
		return noRunner
	case os.Getenv("GITHUB_ACTIONS") == "true":
		return githubRunner
	case os.Getenv("GITLAB_CI") == "true":
		return gitlabRunner
	}
	return noRunner
}

// section begins a part of the log that is folded, where there is such a thing, and gives what ends it.
func (r runner) section(o output, title string) (end func()) {
	if r != gitlabRunner || o.quiet || o.live {
		return func() {}
	}
	const name = "ecsundo_progress"
	fmt.Fprintf(o.stderr, "\x1b[0Ksection_start:%d:%s[collapsed=true]\r\x1b[0K%s\n", time.Now().Unix(), name, title)
	return func() { fmt.Fprintf(o.stderr, "\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", time.Now().Unix(), name) }
}

// tell tells the runner what became of the services: as annotations, as a summary, unless the report has that form already, and
// as outputs of the step.
func (r runner) tell(o output, rep *report) {
	if r != githubRunner {
		return
	}
	annotate(o.stderr, rep)
	if o.form != "markdown" {
		appendTo(o, "GITHUB_STEP_SUMMARY", func(w io.Writer) error { return writeMarkdown(w, rep) })
	}
	appendTo(o, "GITHUB_OUTPUT", func(w io.Writer) error {
		_, err := io.WriteString(w, stepOutputs(rep))
		return err
	})
}

// appendTo appends to the file that a variable of the runner names. That it cannot be written is no failure of the undo.
func appendTo(o output, variable string, write func(io.Writer) error) {
	name := os.Getenv(variable)
	if name == "" {
		return
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		err = write(file)
		if closed := file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		fmt.Fprintf(o.stderr, "warning: %s: %s\n", variable, show.Clean(err.Error()))
	}
}

// annotate writes an annotation for each service that is not what was asked, and for what nobody must overlook.
func annotate(w io.Writer, r *report) {
	for _, p := range r.plans {
		for _, s := range p.Steps {
			if isBad(s) {
				title := fmt.Sprintf("%s: %s in %s: %s", program, s.Service, p.Cluster.Name, r.stateWord(s))
				fmt.Fprintf(w, "::error title=%s::%s\n", show.RunnerProperty(title), show.RunnerData(reason(s)))
			}
		}
	}
	for _, line := range r.warnings() {
		fmt.Fprintf(w, "::warning title=%s::%s\n", program, show.RunnerData(line))
	}
}

// stepOutputs are what later steps can ask for: the outcome, the command that takes it back, and how many services there were of
// each kind.
func stepOutputs(r *report) string {
	counts := map[string]int{}
	for _, s := range r.steps() {
		counts["services"]++
		switch action, _, _ := s.Outcome(); {
		case action == ecs.Blocked:
			counts["blocked"]++
		case isBad(s):
			counts["failed"]++
		case action == ecs.Undo && !r.changed(s):
			counts["not-asked"]++
		case action == ecs.Undo:
			counts["changed"]++
		default:
			counts[string(action)]++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "outcome=%s\nstatus=%d\ntake-back=%s\n", r.outcome(), r.status(), show.Clean(r.takeBack))
	for _, name := range []string{"services", "changed", "unchanged", "skipped", "blocked", "failed", "not-asked"} {
		fmt.Fprintf(&b, "%s=%d\n", name, counts[name])
	}
	return b.String()
}

// changed reports whether a step that changes something has done so, may have, or, in a dry run, would.
func (r *report) changed(s *ecs.Step) bool { return r.dryRun || !s.AcceptedAt.IsZero() || s.Uncertain }

// names gives the services that were changed, or would be, one a line. With several clusters the cluster stands in front.
func (r *report) names() string {
	var b strings.Builder
	for _, p := range r.plans {
		for _, s := range p.Steps {
			if s.Action != ecs.Undo || !r.changed(s) {
				continue
			}
			if len(r.plans) > 1 {
				b.WriteString(show.Clean(p.Cluster.Name) + "/")
			}
			b.WriteString(show.Clean(s.Service) + "\n")
		}
	}
	return b.String()
}
