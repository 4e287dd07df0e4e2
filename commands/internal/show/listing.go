package show

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// A Listing is a table that a command prints as its result.
type Listing struct {
	Header table.Row
	Rows   []table.Row
	Under  []string // what stands below each row on a terminal; nil: nothing
}

// In gives the listing in the form that was asked for: text, Markdown or the names.
func (l Listing) In(form string) string {
	switch form {
	case "markdown":
		return l.Markdown()
	case "name":
		return l.Names()
	}
	return l.Text()
}

// Names gives the first column, one a line.
func (l Listing) Names() string {
	var b strings.Builder
	for _, row := range l.Rows {
		fmt.Fprintln(&b, row[0])
	}
	return b.String()
}

// Text gives the listing for people.
func (l Listing) Text() string {
	t := Table(l.Header...)
	t.AppendRows(l.Rows)
	return t.Render() + "\n"
}

// Markdown gives the listing for a page.
func (l Listing) Markdown() string {
	var b strings.Builder
	WriteRow(&b, l.Header)
	b.WriteString(strings.Repeat("| --- ", len(l.Header)) + "|\n")
	for _, row := range l.Rows {
		WriteRow(&b, row)
	}
	return b.String()
}

// Fit gives the listing as text for a terminal of some columns, 0 for none. Where it is too wide, the columns that may go
// below their rows do, one after the other; those in one string together.
func (l Listing) Fit(columns int, below ...string) string {
	var moved []string
	lines, used := l.lines(moved)
	for _, names := range below {
		if columns > 0 && used > columns {
			moved = append(moved, strings.Fields(names)...)
			lines, used = l.lines(moved)
		}
	}
	var b strings.Builder
	for i, line := range lines {
		b.WriteString(line + "\n")
		if i == 0 {
			continue
		}
		if _, cells := l.apart(l.Rows[i-1], moved); cells != "" {
			b.WriteString(Wrap(cells, columns, 4))
		}
		if l.Under != nil {
			b.WriteString(Wrap(l.Under[i-1], columns, 4))
		}
	}
	return b.String()
}

// lines gives the lines of the table without some columns, and how wide they are.
func (l Listing) lines(without []string) (lines []string, used int) {
	header, _ := l.apart(l.Header, without)
	t := Table(header...)
	for _, row := range l.Rows {
		kept, _ := l.apart(row, without)
		t.AppendRow(kept)
	}
	lines, used = RenderLines(t)
	return lines, used - 2
}

// apart takes the cells of some columns out of a row.
func (l Listing) apart(row table.Row, columns []string) (kept table.Row, out string) {
	var cells []string
	for i, cell := range row {
		switch {
		case !slices.Contains(columns, fmt.Sprint(l.Header[i])):
			kept = append(kept, cell)
		case fmt.Sprint(cell) == "":
		case l.Header[i] == "to" && len(cells) > 0:
			cells[len(cells)-1] += " → " + fmt.Sprint(cell)
		default:
			cells = append(cells, fmt.Sprint(cell))
		}
	}
	return kept, strings.Join(cells, ", ")
}

// Table is a table without lines, as every list of ours.
func Table(header ...any) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.Style{
		Name:   "plain",
		Box:    table.BoxStyle{PaddingRight: "  "},
		Format: table.FormatOptions{Header: text.FormatUpper},
	})
	t.SuppressTrailingSpaces()
	t.AppendHeader(table.Row(header))
	return t
}

// RenderLines gives the lines of a table, and how wide they are with room for another column.
func RenderLines(t table.Writer) (lines []string, used int) {
	lines = strings.Split(t.Render(), "\n")
	for _, line := range lines {
		used = max(used, text.StringWidthWithoutEscSequences(line)+2)
	}
	return lines, used
}
