package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// A film is a row of pictures of a screen, each shown for a while.
type film struct {
	screen *screen
	frames []frame
	total  time.Duration
}

type frame struct {
	lines []string // as SVG
	at    time.Duration
}

func (f *film) write(text string) { f.screen.write(text) }

// hold shows the screen as it is for so long.
func (f *film) hold(d time.Duration) {
	lines := make([]string, f.screen.rows)
	for y, line := range f.screen.cells {
		lines[y] = lineSVG(line)
	}
	if n := len(f.frames); n == 0 || strings.Join(f.frames[n-1].lines, "\n") != strings.Join(lines, "\n") {
		f.frames = append(f.frames, frame{lines, f.total})
	}
	f.total += d
}

// What a cell takes, in pixels, and the space around all.
const (
	cellWidth, cellHeight = 8.0, 18.0
	margin                = 14.0
)

var colours = map[int]string{
	31: "#ff7b72", 32: "#7ee787", 33: "#f2cc60", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea", 37: "#e6edf3",
	90: "#8b949e", 91: "#ffa198", 92: "#56d364", 93: "#e3b341", 94: "#79c0ff", 95: "#d2a8ff", 96: "#56d4dd", 97: "#ffffff",
}

// svg draws the film: the pictures stand side by side, and the strip jumps from one to the next. A line that is in several
// pictures is there once. Who wants no motion sees the last picture.
func (f *film) svg() []byte {
	width, height := float64(f.screen.columns)*cellWidth+2*margin, float64(f.screen.rows)*cellHeight+2*margin
	var b, keys, strip, defs bytes.Buffer
	names := map[string]int{}
	for i, frame := range f.frames {
		x := float64(i) * width
		fmt.Fprintf(&keys, "%.3f%%{transform:translateX(%.0fpx)}", 100*frame.at.Seconds()/f.total.Seconds(), -x)
		fmt.Fprintf(&strip, `<g transform="translate(%.0f)">`, x)
		for y, line := range frame.lines {
			if line == "" {
				continue
			}
			if _, known := names[line]; !known {
				names[line] = len(names)
				fmt.Fprintf(&defs, `<text id="l%d">%s</text>`+"\n", names[line], line)
			}
			fmt.Fprintf(&strip, `<use href="#l%d" x="%.0f" y="%.0f"/>`, names[line], margin, margin+cellHeight*(float64(y)+0.75))
		}
		strip.WriteString("</g>\n")
	}
	last := float64(len(f.frames)-1) * width
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" role="img">
<title>ecsundo takes services of a demo cluster back</title>
<style>
text{font:13.3px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#c9d1d9;white-space:pre}
.b{font-weight:bold}.d{opacity:.65}
`, width, height, width, height)
	for code := 30; code < 98; code++ {
		if colour, ok := colours[code]; ok {
			fmt.Fprintf(&b, ".c%d{fill:%s}", code, colour)
		}
	}
	fmt.Fprintf(&b, `
@keyframes f{%s100%%{transform:translateX(%.0fpx)}}
#strip{animation:f %.1fs step-end infinite}
@media(prefers-reduced-motion){#strip{animation:none;transform:translateX(%.0fpx)}}
</style>
<rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
<defs>
%s</defs>
<g id="strip">
%s</g>
</svg>
`, keys.String(), -last, f.total.Seconds(), -last, defs.String(), strip.String())
	return b.Bytes()
}

// lineSVG draws a line: runs of cells of one style, each where it belongs, so that no font can shift what follows.
func lineSVG(line []cell) string {
	var b strings.Builder
	for x := 0; x < len(line); {
		if line[x].r == 0 || line[x].r == ' ' {
			x++
			continue
		}
		begin, end := x, x // of the run, without blanks behind
		for x < len(line) && (line[x].r == 0 || line[x].r == ' ' || line[x].style == line[begin].style) {
			if line[x].r != 0 && line[x].r != ' ' {
				end = x + 1
			}
			if x+1 < len(line) && x >= end+1 { // two blanks: a column ends
				break
			}
			x++
		}
		x = max(x, end)
		var text strings.Builder
		for _, c := range line[begin:end] {
			if c.r == 0 {
				c.r = ' '
			}
			text.WriteRune(c.r)
		}
		fmt.Fprintf(&b, `<tspan x="%.0f"%s>`, float64(begin)*cellWidth, class(line[begin].style))
		xml.EscapeText(&b, []byte(text.String())) //nolint:errcheck // a strings.Builder takes all
		b.WriteString("</tspan>")
	}
	return b.String()
}

func class(s style) string {
	var names []string
	if s.bold {
		names = append(names, "b")
	}
	if s.dim {
		names = append(names, "d")
	}
	if _, ok := colours[s.colour]; ok {
		names = append(names, fmt.Sprintf("c%d", s.colour))
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(` class="%s"`, strings.Join(names, " "))
}
