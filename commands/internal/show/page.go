package show

import (
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A Page lays out a page of Markdown for a terminal. It knows what the pages of the help have: headings, paragraphs, lists, code and
// tables.
type Page struct {
	Columns int                      // at most; 0: 80
	Colour  bool                     // headings stand out
	Link    func(file string) string // what to write for a link to another page; nil: its text
}

// Render gives the page as text.
func (p Page) Render(markdown string) string {
	if p.Columns <= 0 {
		p.Columns = 80
	}
	p.Columns = min(p.Columns, 100) // longer lines are hard to read
	var b strings.Builder
	for _, block := range blocks(markdown) {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(p.block(block))
	}
	return b.String()
}

// blocks cuts a page at its blank lines; code stays whole.
func blocks(markdown string) [][]string {
	var all [][]string
	var block []string
	code := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimRight(line, "\n")
		fence := strings.HasPrefix(line, "```")
		if line != "" || code {
			block = append(block, line)
		}
		if fence {
			code = !code
		}
		if line == "" && !code && block != nil {
			all, block = append(all, block), nil
		}
	}
	if block != nil {
		all = append(all, block)
	}
	return all
}

var numbered = regexp.MustCompile(`^(\d+\. |- )(.*)`)

func (p Page) block(lines []string) string {
	switch first := lines[0]; {
	case strings.HasPrefix(first, "#"):
		return Paint(p.Colour, text.Bold, p.inline(strings.TrimLeft(first, "# "))) + "\n"
	case strings.HasPrefix(first, "```"):
		return "    " + strings.Join(lines[1:len(lines)-1], "\n    ") + "\n"
	case strings.HasPrefix(first, "|"):
		return p.table(lines)
	case numbered.MatchString(first):
		return p.list(lines)
	}
	return Wrap(p.inline(strings.Join(lines, " ")), p.Columns, 0)
}

// list writes each item with its mark in the margin.
func (p Page) list(lines []string) string {
	var items []string
	for _, line := range lines {
		if numbered.MatchString(line) {
			items = append(items, line)
		} else {
			items[len(items)-1] += " " + strings.TrimSpace(line)
		}
	}
	var b strings.Builder
	for _, item := range items {
		m := numbered.FindStringSubmatch(item)
		b.WriteString(p.hung("  "+m[1], m[2], len(m[1])+2))
	}
	return b.String()
}

// table writes two columns side by side, and more than two as a paragraph for each row.
func (p Page) table(lines []string) string {
	var rows [][]string
	width := 0
	for i, line := range lines {
		if i == 1 {
			continue // the line between header and rows
		}
		row := Cells(line)
		for j := range row {
			row[j] = p.inline(row[j])
		}
		rows = append(rows, row)
		width = max(width, text.StringWidthWithoutEscSequences(row[0]))
	}
	header := rows[0]
	if width = min(width, p.Columns/2-4); len(header) == 2 {
		return p.pairs(rows, width)
	}
	var b strings.Builder
	for _, row := range rows[1:] {
		b.WriteString(Paint(p.Colour, text.Bold, row[0]) + "\n")
		for j, cell := range row[1:] {
			if name := header[j+1]; cell != "" && name != "" {
				cell = name + ": " + cell
			}
			if cell != "" {
				b.WriteString(Wrap(cell, p.Columns, 4))
			}
		}
	}
	return b.String()
}

// pairs writes rows of two cells; both are wrapped. Rows of several lines would run together, so then there are gaps.
func (p Page) pairs(rows [][]string, width int) string {
	var paragraphs []string
	gap := ""
	for i, row := range rows {
		left := strings.Split(strings.TrimRight(Wrap(row[0], width, 0), "\n"), "\n")
		right := strings.Split(strings.TrimRight(Wrap(row[1], p.Columns-width-4, 0), "\n"), "\n")
		if len(left) > 1 {
			gap = "\n"
		}
		var b strings.Builder
		for n := range max(len(left), len(right)) {
			line := strings.TrimRight("  "+text.Pad(at(left, n), width, ' ')+"  "+at(right, n), " ")
			b.WriteString(Paint(p.Colour && i == 0, text.Bold, line) + "\n")
		}
		paragraphs = append(paragraphs, b.String())
	}
	return paragraphs[0] + "\n" + strings.Join(paragraphs[1:], gap)
}

func at(lines []string, n int) string {
	if n < len(lines) {
		return lines[n]
	}
	return ""
}

// hung writes a paragraph with its first words in the margin.
func (p Page) hung(mark, body string, indent int) string {
	return mark + strings.TrimLeft(Wrap(p.inline(body), p.Columns, indent), " ")
}

// Cells cuts a row of a table in Markdown.
func Cells(line string) []string {
	line = strings.ReplaceAll(strings.Trim(strings.TrimSpace(line), "|"), `\|`, "\x00")
	row := strings.Split(line, "|")
	for i := range row {
		row[i] = strings.ReplaceAll(strings.TrimSpace(row[i]), "\x00", "|")
	}
	return row
}

var (
	pageLink = regexp.MustCompile(`\[([^\]]+)\]\(([^)]+)\)`)
	markup   = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*|<(https?:[^>]+)>")
)

// inline takes the signs of Markdown out of a line.
func (p Page) inline(s string) string {
	s = pageLink.ReplaceAllStringFunc(s, func(link string) string {
		m := pageLink.FindStringSubmatch(link)
		switch {
		case strings.Contains(m[2], "://"):
			return m[1] + " (" + m[2] + ")"
		case p.Link != nil:
			return p.Link(m[2])
		}
		return m[1]
	})
	return markup.ReplaceAllString(s, "$1$2$3")
}
