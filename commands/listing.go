package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// A listing is a table that a command prints as its result.
type listing struct {
	header table.Row
	rows   []table.Row
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

// without gives the listing without a column, if it has it.
func (l listing) without(name string) listing {
	for i, h := range l.header {
		if h != name {
			continue
		}
		short := listing{header: cutOut(l.header, i)}
		for _, row := range l.rows {
			short.rows = append(short.rows, cutOut(row, i))
		}
		return short
	}
	return l
}

func cutOut(row table.Row, i int) table.Row {
	return append(append(table.Row{}, row[:i]...), row[i+1:]...)
}

// printJSON writes a result for programs.
func printJSON(w io.Writer, result any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(result)
}

// printText writes a result for people.
func printText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// fit gives the listing as text for a terminal of some columns, 0 for none. Where it is too wide, commits go below their row.
func (l listing) fit(columns int) string {
	lines, used := l.lines()
	if columns == 0 || used <= columns || l.header[len(l.header)-1] != "commit" {
		return strings.Join(lines, "\n") + "\n"
	}
	short, _ := l.without("commit").lines()
	var b strings.Builder
	for i, line := range short {
		b.WriteString(line + "\n")
		if i > 0 {
			row := l.rows[i-1]
			b.WriteString(wrap(fmt.Sprint(row[len(row)-1]), columns, 4))
		}
	}
	return b.String()
}

// lines gives the lines of the text, and how wide they are.
func (l listing) lines() (lines []string, used int) {
	t := plainTable(l.header...)
	t.AppendRows(l.rows)
	lines, used = renderLines(t)
	return lines, used - 2
}
