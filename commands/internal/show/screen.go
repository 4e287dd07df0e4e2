package show

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
)

// A Screen draws lines in place, at the end of what is on a terminal. It is not safe for concurrent use.
type Screen struct {
	W      io.Writer
	Window func() (columns, rows int)

	drawn []int // widths of the lines on the screen
}

// Draw puts what stays above, which scrolls away in time, and replaces the lines that were drawn before by new ones. What
// was drawn in a wider window is taken to have been wrapped since, as most terminals do.
func (s *Screen) Draw(stays []string, lines func(columns, rows int) []string) {
	columns, rows := s.Window()
	columns = max(columns, 1)
	var b strings.Builder
	b.WriteString("\r")
	up := 0
	for _, width := range s.drawn {
		up += max(1, (width+columns-1)/columns)
	}
	if up = min(up, max(rows-1, 0)); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	for _, line := range stays {
		b.WriteString(strings.ReplaceAll(Wrap(line, columns-1, 0), "\n", "\x1b[K\n"))
	}
	s.drawn = nil
	for _, line := range lines(columns, rows) {
		b.WriteString(line + "\x1b[K\n") // over the old line, which does not flicker
		s.drawn = append(s.drawn, text.StringWidthWithoutEscSequences(line))
	}
	b.WriteString("\x1b[J")
	_, _ = io.WriteString(s.W, b.String())
}

// Line draws one line where the cursor is, and leaves the cursor there; an empty one clears it.
func Line(w io.Writer, line string) {
	if line != "" {
		line = Fit(line, Width(w))
	}
	_, _ = io.WriteString(w, "\r"+line+"\x1b[K\r")
}

// Animate calls draw four times a second, and once more as the last when it is stopped.
func Animate(draw func(last bool)) (stop func()) {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				draw(true)
				return
			case <-tick.C:
				draw(false)
			}
		}
	}()
	return func() { close(quit); <-ended }
}
