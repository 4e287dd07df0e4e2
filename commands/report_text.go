package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// narrow is the width under which a reason is no longer readable in a column; it gets lines of its own then.
const narrow = 40

// textReport is the report for people: a table, what else one should know, and a sentence on what is now true. columns is
// the terminal's width, 0 for none: then nothing is wrapped.
func textReport(r *report, columns int, colour bool) string {
	var b strings.Builder
	if len(r.listed(r.steps())) > 0 {
		b.WriteString(textTable(r, columns, colour) + "\n")
	}
	b.WriteString(textDiffs(r, columns))
	for _, line := range r.warnings() {
		b.WriteString(show.Paint(colour, text.FgRed, show.Wrap("attention: "+line, columns, 0)))
	}
	for _, line := range r.troubles() {
		b.WriteString(show.Wrap("trouble: "+line, columns, 0))
	}
	notes := r.notes()
	for _, line := range notes {
		b.WriteString(show.Wrap("note: "+line, columns, 0))
	}
	if len(r.warnings())+len(r.troubles())+len(notes) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(show.Wrap(r.sentence(), columns, 0))
	if r.takeBack != "" {
		fmt.Fprintf(&b, "To take it back: %s\n", show.Clean(r.takeBack))
	}
	if on := r.watchOn(); on != "" {
		fmt.Fprintf(&b, "%s: %s\n", r.goingOn(), show.Clean(on))
	}
	return b.String()
}

// textTable has the reason in the last column where there is room for it, else below each service, with whatever else has
// no room.
func textTable(r *report, columns int, colour bool) string {
	with := optional{commits: r.commits != nil}
	_, used := show.RenderLines(newTable(r, colour, 0, with))
	if columns == 0 || columns-used >= narrow {
		with.reasons = true
		return newTable(r, colour, max(0, columns-used), with).Render() + "\n"
	}
	l := show.Listing{Header: tableHeader(r, with)}
	for _, p := range r.plans {
		for _, s := range r.listed(p.Steps) {
			l.Rows = append(l.Rows, tableRow(r, p, s, colour, with))
			l.Under = append(l.Under, reason(s))
		}
	}
	return l.Fit(columns, "commit", "image", "from to")
}

// optional are the columns that are not always there.
type optional struct{ commits, reasons bool }

// newTable fills a table without lines. The column of reasons is there if asked for, at most space columns wide.
func newTable(r *report, colour bool, space int, with optional) table.Writer {
	header := tableHeader(r, with)
	t := show.Table(header...)
	for _, p := range r.plans {
		for _, s := range r.listed(p.Steps) {
			t.AppendRow(tableRow(r, p, s, colour, with))
		}
	}
	if with.reasons {
		t.SetColumnConfigs([]table.ColumnConfig{{Number: len(header), WidthMax: space, WidthMaxEnforcer: text.WrapSoft}})
	}
	return t
}

func tableHeader(r *report, with optional) table.Row {
	header := table.Row{"service", "from", "to", "image", "state", "time"}
	if with.commits {
		header = append(header, "commit")
	}
	if len(r.plans) > 1 {
		header = append(table.Row{"cluster"}, header...)
	}
	if with.reasons {
		header = append(header, "reason")
	}
	return header
}

func tableRow(r *report, p *ecs.Plan, s *ecs.Step, colour bool, with optional) table.Row {
	state := r.stateWord(s)
	row := table.Row{show.Clean(s.Service), s.From.TaskDefinition.String(), destination(s), imageChange(s.From, s.To),
		show.Paint(colour, stateColour(s), state), seconds(s)}
	if with.commits {
		row = append(row, commitChange(r.commits, s))
	}
	if len(r.plans) > 1 {
		row = append(table.Row{show.Clean(p.Cluster.Name)}, row...)
	}
	if with.reasons {
		row = append(row, reason(s))
	}
	return row
}

// destination is the definition that a step goes to, and the one that is deployed in its place, if that is another; empty for a
// service that stays what it is.
func destination(s *ecs.Step) string {
	switch {
	case s.Action == ecs.Unchanged && s.To.TaskDefinition == s.From.TaskDefinition:
		return ""
	case s.Copy.IsZero() && s.Registers:
		return s.To.TaskDefinition.String() + " (copy)"
	case s.Deploys() != s.To.TaskDefinition:
		return s.To.TaskDefinition.String() + " (as " + s.Deploys().String() + ")"
	}
	return s.To.TaskDefinition.String()
}

// reason is why a step is what it is, and what went wrong, if anything did.
func reason(s *ecs.Step) string {
	_, _, why := s.Outcome()
	if s.Error == "" || s.Blocked {
		return show.Clean(why)
	}
	return show.Clean(s.Error) + " (" + show.Clean(why) + ")"
}

// named gives the service of a step, with its cluster where there are several.
func (r *report) named(p *ecs.Plan, s *ecs.Step) string {
	if len(r.plans) > 1 {
		return show.Clean(p.Cluster.Name + "/" + s.Service)
	}
	return show.Clean(s.Service)
}

// warnings are what nobody must overlook.
func (r *report) warnings() []string {
	lines := r.overwritten()
	if slices.ContainsFunc(r.steps(), func(s *ecs.Step) bool { return s.Expired }) {
		lines = append(lines, fmt.Sprintf("the AWS credentials have expired. Get new ones, such as with 'aws sso login', and run %s", r.continuing()))
	}
	lines = append(append(lines, r.unrepeatable()...), r.stuck()...)
	for _, p := range r.plans {
		for _, s := range p.Steps {
			switch {
			case s.State == ecs.RolledBack && s.ErrorCode == ecs.UndoFailed:
				lines = append(lines, fmt.Sprintf("%s: the undo failed, and ECS rolled back to %s, the version you wanted to leave",
					r.named(p, s), s.From.TaskDefinition))
			case s.State == ecs.RolledBack: // its error says how, and to which version
				lines = append(lines, r.named(p, s)+": "+show.Clean(s.Error))
			}
		}
	}
	return append(lines, r.takenBack()...)
}

// takenBack names what was taken back already, or probably was, and the commands that go on from there.
func (r *report) takenBack() []string {
	var sure, probable, forward, clusters []string
	for _, p := range r.plans {
		for _, s := range p.Steps {
			if s.Action != ecs.Unchanged || !s.Left.Known() || s.Follows() && s.State != ecs.Steady {
				continue
			}
			list := &sure
			if s.ReasonCode == ecs.AppearsTakenBack || s.ReasonCode == ecs.AboveRegistered {
				list = &probable
			}
			*list = append(*list, fmt.Sprintf("%s from %s", r.named(p, s), s.Left.TaskDefinition))
			if !s.Scheduled() && s.Left.TaskDefinition != s.From.TaskDefinition { // no revision names what only a tag has moved
				clusters = append(clusters, p.Cluster.Name)
				forward = append(forward, line.Spell(onService(p.Cluster.Name, s.Service, "--to", s.Left.TaskDefinition.String())))
			}
		}
	}
	var parts []string
	if len(sure) > 0 {
		parts = append(parts, "already rolled back: "+show.SomeOf(sure))
	}
	if len(probable) > 0 {
		parts = append(parts, "probably already rolled back: "+show.SomeOf(probable))
	}
	if parts == nil {
		return nil
	}
	return []string{strings.Join(parts, "; ") + "." + r.waysFrom(forward, slices.Compact(clusters))}
}

// waysFrom gives the commands that go on from what was taken back already: one more version back, and forward again, of several
// services of the clusters for whichever one wants.
func (r *report) waysFrom(forward, clusters []string) string {
	var redeploy string
	switch {
	case len(forward) == 1:
		redeploy = forward[0]
	case len(clusters) == 1:
		redeploy = line.Spell([]string{"service", "-c", clusters[0], "SERVICE", "--to", "REVISION"})
	case len(clusters) > 1:
		redeploy = line.Spell([]string{"service", "-c", "CLUSTER", "SERVICE", "--to", "REVISION"})
	}
	switch {
	case r.again != "" && redeploy != "":
		return fmt.Sprintf(" To go back one more version: '%s'; to redeploy: '%s'", r.again, redeploy)
	case r.again != "":
		return fmt.Sprintf(" To go back one more version: '%s'", r.again)
	case redeploy != "":
		return fmt.Sprintf(" To redeploy: '%s'", redeploy)
	}
	return ""
}

// overwritten names what somebody else had deployed a moment before a change of ours, which has replaced it: ECS has no
// conditional update that would have prevented it.
func (r *report) overwritten() []string {
	var lines []string
	for _, p := range r.plans {
		for _, s := range p.Steps {
			if !s.Overwrote.IsZero() {
				back := line.Spell(onService(p.Cluster.Name, s.Service, "--to", s.Overwrote.String()))
				lines = append(lines, fmt.Sprintf("%s: %s was deployed by somebody else at the same moment, and this undo has replaced it. To bring it back: '%s'",
					r.named(p, s), s.Overwrote, back))
			}
		}
	}
	return lines
}

// notes are what else one should know, of each cluster and service. What is to be said of several services is said once.
func (r *report) notes() []string {
	lines := r.choice.notes(r.typed, r.steps())
	for _, p := range r.plans {
		for _, n := range p.Notes {
			lines = append(lines, show.Clean(p.Cluster.Name)+": "+show.Clean(n))
		}
		of := map[string][]string{}
		var order []string
		for _, s := range p.Steps {
			for _, n := range s.AllNotes() {
				if of[n] == nil {
					order = append(order, n)
				}
				of[n] = append(of[n], r.named(p, s))
			}
		}
		for _, n := range order {
			lines = append(lines, show.SomeOf(of[n])+": "+show.Clean(n))
		}
		for _, s := range p.Steps {
			if s.Waiting != "" && s.State != ecs.Steady {
				lines = append(lines, r.named(p, s)+": "+show.Clean(s.Waiting))
			}
		}
	}
	lines = append(lines, r.unfinished()...)
	if r.unseen && len(r.warnings())+len(lines) == 0 && (r.begun() || r.dryRun) { // only where nothing else is to be read
		lines = []string{"scheduled tasks were not looked at; --schedules undoes them too"}
	}
	return lines
}

func stateColour(s *ecs.Step) text.Color {
	switch {
	case isBad(s):
		return text.FgRed
	case s.State == ecs.Steady:
		return text.FgGreen
	case s.Action == ecs.Undo:
		return text.FgYellow
	}
	return text.Reset
}
