package show

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// Paint colours s if colours are allowed.
func Paint(colour bool, c text.Color, s string) string {
	if !colour || c == text.Reset {
		return s
	}
	return c.EscapeSeq() + s + text.Reset.EscapeSeq()
}

// Wrap breaks a paragraph at the terminal's width, indented by some spaces, and ends it with a line break.
func Wrap(s string, columns, indent int) string {
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

// Fit cuts a line so that it does not reach the last column, where terminals differ.
func Fit(line string, columns int) string {
	room := max(1, columns-1)
	if text.StringWidthWithoutEscSequences(line) <= room {
		return line // Snip would fill it up
	}
	return text.Snip(line, room, "…")
}

// SomeOf lists at most eight names.
func SomeOf(names []string) string {
	if len(names) > 8 {
		return strings.Join(names[:8], ", ") + fmt.Sprintf(" and %d more", len(names)-8)
	}
	return strings.Join(names, ", ")
}

// Counted gives a number with its noun: 1 service, 2 services.
func Counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
