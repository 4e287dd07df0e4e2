package commands

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

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
		b.WriteString(paint(colour, text.FgRed, wrap("attention: "+line, columns, 0)))
	}
	for _, line := range r.notes() {
		b.WriteString(wrap("note: "+line, columns, 0))
	}
	if len(r.warnings())+len(r.notes()) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(wrap(r.sentence(), columns, 0))
	if r.takeBack != "" {
		fmt.Fprintf(&b, "To take it back: %s\n", clean(r.takeBack))
	}
	return b.String()
}

// textTable has the reason in the last column where there is room for it, else below each service, with whatever else has
// no room.
func textTable(r *report, columns int, colour bool) string {
	show := optional{commits: r.commits != nil}
	_, used := renderLines(newTable(r, colour, 0, show))
	if columns == 0 || columns-used >= narrow {
		show.reasons = true
		return newTable(r, colour, max(0, columns-used), show).Render() + "\n"
	}
	l := listing{header: tableHeader(r, show)}
	for _, p := range r.plans {
		for _, s := range r.listed(p.Steps) {
			l.rows = append(l.rows, tableRow(r, p, s, colour, show))
			l.under = append(l.under, reason(s))
		}
	}
	return l.fit(columns, "commit", "image", "from to")
}

// renderLines gives the lines of a table, and how wide they are with room for another column.
func renderLines(t table.Writer) (lines []string, used int) {
	lines = strings.Split(t.Render(), "\n")
	for _, line := range lines {
		used = max(used, text.StringWidthWithoutEscSequences(line)+2)
	}
	return lines, used
}

// optional are the columns that are not always there.
type optional struct{ commits, reasons bool }

// newTable fills a table without lines. The column of reasons is there if asked for, at most space columns wide.
func newTable(r *report, colour bool, space int, show optional) table.Writer {
	header := tableHeader(r, show)
	t := plainTable(header...)
	for _, p := range r.plans {
		for _, s := range r.listed(p.Steps) {
			t.AppendRow(tableRow(r, p, s, colour, show))
		}
	}
	if show.reasons {
		t.SetColumnConfigs([]table.ColumnConfig{{Number: len(header), WidthMax: space, WidthMaxEnforcer: text.WrapSoft}})
	}
	return t
}

// plainTable is a table without lines, as every list of ours.
func plainTable(header ...any) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.Style{
		Name:   program,
		Box:    table.BoxStyle{PaddingRight: "  "},
		Format: table.FormatOptions{Header: text.FormatUpper},
	})
	t.SuppressTrailingSpaces()
	t.AppendHeader(table.Row(header))
	return t
}

func tableHeader(r *report, show optional) table.Row {
	header := table.Row{"service", "from", "to", "image", "state", "time"}
	if show.commits {
		header = append(header, "commit")
	}
	if len(r.plans) > 1 {
		header = append(table.Row{"cluster"}, header...)
	}
	if show.reasons {
		header = append(header, "reason")
	}
	return header
}

func tableRow(r *report, p *ecs.Plan, s *ecs.Step, colour bool, show optional) table.Row {
	state := r.stateWord(s)
	row := table.Row{clean(s.Service), s.From.TaskDefinition.String(), destination(s), imageChange(s.From, s.To),
		paint(colour, stateColour(s), state), seconds(s)}
	if show.commits {
		row = append(row, r.commits.change(s))
	}
	if len(r.plans) > 1 {
		row = append(table.Row{clean(p.Cluster.Name)}, row...)
	}
	if show.reasons {
		row = append(row, reason(s))
	}
	return row
}

// destination is the definition that a step goes to, and the one that is deployed in its place, if that is another.
func destination(s *ecs.Step) string {
	switch {
	case s.Copy.IsZero() && s.Registers:
		return s.To.TaskDefinition.String() + " (copy)"
	case s.Deploys() != s.To.TaskDefinition:
		return s.To.TaskDefinition.String() + " (as " + s.Deploys().String() + ")"
	}
	return s.To.TaskDefinition.String()
}

// reason is why a step is what it is, and what went wrong, if anything did.
func reason(s *ecs.Step) string {
	if s.Error == "" {
		return clean(s.Reason)
	}
	return clean(s.Error) + " (" + clean(s.Reason) + ")"
}

// warnings are what nobody must overlook.
func (r *report) warnings() []string {
	var lines, left []string
	var forward string
	for _, p := range r.plans {
		for _, s := range p.Steps {
			switch {
			case s.State == ecs.RolledBack:
				lines = append(lines, fmt.Sprintf("%s: ECS has put %s back, the version that was to be left; it is running now",
					clean(s.Service), s.From.TaskDefinition))
			case s.Action == ecs.Unchanged && s.Left.Known():
				left = append(left, fmt.Sprintf("%s from %s", clean(s.Service), s.Left.TaskDefinition))
				forward = spell(onService(p.Cluster.Name, s.Service, "--to", s.Left.TaskDefinition.String()))
			}
		}
	}
	if len(left) > 0 {
		ways := fmt.Sprintf("Forward again: '%s'", forward)
		if r.again != "" {
			ways = fmt.Sprintf("One step further: '%s'; forward again: '%s'", r.again, forward)
		}
		lines = append(lines, fmt.Sprintf("already taken back: %s. %s", someOf(left), ways))
	}
	return lines
}

// notes are what else one should know, of each cluster and service. What is to be said of several services is said once.
func (r *report) notes() []string {
	lines := r.choice.notes(r.typed, r.steps())
	for _, p := range r.plans {
		for _, n := range p.Notes {
			lines = append(lines, clean(p.Cluster.Name)+": "+clean(n))
		}
		of := map[string][]string{}
		var order []string
		for _, s := range p.Steps {
			for _, n := range s.Notes {
				if of[n] == nil {
					order = append(order, n)
				}
				of[n] = append(of[n], clean(s.Service))
			}
		}
		for _, n := range order {
			lines = append(lines, someOf(of[n])+": "+clean(n))
		}
		for _, s := range p.Steps {
			if s.Waiting != "" && s.State != ecs.Steady {
				lines = append(lines, clean(s.Service)+": "+clean(s.Waiting))
			}
		}
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

// paint colours s if colours are allowed.
func paint(colour bool, c text.Color, s string) string {
	if !colour || c == text.Reset {
		return s
	}
	return c.EscapeSeq() + s + text.Reset.EscapeSeq()
}

// wrap breaks a paragraph at the terminal's width, indented by some spaces, and ends it with a line break.
func wrap(s string, columns, indent int) string {
	margin := strings.Repeat(" ", indent)
	if columns <= indent {
		columns = math.MaxInt
	}
	var b strings.Builder
	for paragraph := range strings.Lines(s) {
		line := ""
		for _, word := range words(paragraph) {
			switch {
			case line == "":
				line = margin + word
			case text.StringWidthWithoutEscSequences(line+" "+word) <= columns:
				line += " " + word
			default:
				b.WriteString(line + "\n")
				line = margin + word
			}
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// command finds a command to paste. It is not broken: a line that is too long for a terminal can still be copied as one.
var command = regexp.MustCompile(`'(?:ecsundo|aws) [^']*'\S*|\S+`)

func words(s string) []string { return command.FindAllString(s, -1) }
