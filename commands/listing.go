package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// A listing is a table that a command prints as its result.
type listing struct {
	header table.Row
	rows   []table.Row
	under  []string // what stands below each row on a terminal; nil: nothing
}

// in gives the listing in the form that was asked for, text or Markdown.
func (l listing) in(form string) string {
	if form == "markdown" {
		return l.markdown()
	}
	return l.text()
}

func (l listing) text() string {
	t := plainTable(l.header...)
	t.AppendRows(l.rows)
	return t.Render() + "\n"
}

func (l listing) markdown() string {
	var b strings.Builder
	writeMarkdownRow(&b, l.header)
	b.WriteString(strings.Repeat("| --- ", len(l.header)) + "|\n")
	for _, row := range l.rows {
		writeMarkdownRow(&b, row)
	}
	return b.String()
}

// printJSON writes a result for programs.
func printJSON(w io.Writer, result any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(result); err != nil {
		return err
	}
	_, err := io.WriteString(w, cleanJSON(b.String()))
	return err
}

// printText writes a result for people.
func printText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// fit gives the listing as text for a terminal of some columns, 0 for none. Where it is too wide, the columns that may go
// below their rows do, one after the other; those in one string together.
func (l listing) fit(columns int, below ...string) string {
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
		if _, cells := l.apart(l.rows[i-1], moved); cells != "" {
			b.WriteString(wrap(cells, columns, 4))
		}
		if l.under != nil {
			b.WriteString(wrap(l.under[i-1], columns, 4))
		}
	}
	return b.String()
}

// lines gives the lines of the table without some columns, and how wide they are.
func (l listing) lines(without []string) (lines []string, used int) {
	header, _ := l.apart(l.header, without)
	t := plainTable(header...)
	for _, row := range l.rows {
		kept, _ := l.apart(row, without)
		t.AppendRow(kept)
	}
	lines, used = renderLines(t)
	return lines, used - 2
}

// apart takes the cells of some columns out of a row.
func (l listing) apart(row table.Row, columns []string) (kept table.Row, out string) {
	var cells []string
	for i, cell := range row {
		switch {
		case !slices.Contains(columns, fmt.Sprint(l.header[i])):
			kept = append(kept, cell)
		case fmt.Sprint(cell) == "":
		case l.header[i] == "to" && len(cells) > 0:
			cells[len(cells)-1] += " → " + fmt.Sprint(cell)
		default:
			cells = append(cells, fmt.Sprint(cell))
		}
	}
	return kept, strings.Join(cells, ", ")
}
