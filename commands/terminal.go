package commands

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/term"
)

// size gives the columns and rows of the terminal behind w, or 0 if w is none.
func size(w io.Writer) (columns, rows int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, 0
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// width gives the columns of the terminal behind w, or 0 if w is none.
func width(w io.Writer) int {
	columns, _ := size(w)
	return columns
}

// colourful reports whether what is written to w may be coloured: only on a terminal that can, and unless the user minds
// (https://no-color.org).
func colourful(w io.Writer, noColour bool) bool {
	return width(w) > 0 && !noColour && os.Getenv("NO_COLOR") == "" && !dumb()
}

// dumb reports whether the terminal knows no escape sequences.
func dumb() bool { return os.Getenv("TERM") == "dumb" }

// clean makes what came from AWS or the command line safe to print: a name or an error text must not be able to move the
// cursor, recolour or rewrite the terminal, or begin a line of its own.
func clean(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case unprintable(r):
			b.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cleanJSON spells out what JSON may hold as it is and a terminal would obey, since it may be printed there too.
func cleanJSON(s string) string {
	unsafe := func(r rune) bool { return r != '\n' && unprintable(r) }
	if !strings.ContainsFunc(s, unsafe) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if !unsafe(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// unprintable holds for control characters, and for those that change the direction of text or break lines.
func unprintable(r rune) bool { return !unicode.IsPrint(r) }
