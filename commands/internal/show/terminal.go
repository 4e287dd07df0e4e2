package show

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Size gives the columns and rows of the terminal behind w, or 0 if w is none.
func Size(w io.Writer) (columns, rows int) {
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

// Width gives the columns of the terminal behind w, or 0 if w is none.
func Width(w io.Writer) int {
	columns, _ := Size(w)
	return columns
}

// Colourful reports whether what is written to w may be coloured: on a terminal that can, or where the user wants it anyhow, as in
// the log of a CI job (https://bixense.com/clicolors, https://force-color.org); never where the user minds (https://no-color.org).
func Colourful(w io.Writer, noColour bool) bool {
	if noColour || os.Getenv("NO_COLOR") != "" {
		return false
	}
	return forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") || Width(w) > 0 && !Dumb()
}

func forced(variable string) bool {
	value := os.Getenv(variable)
	return value != "" && value != "0" && value != "false"
}

// Dumb reports whether the terminal knows no escape sequences.
func Dumb() bool { return os.Getenv("TERM") == "dumb" }
