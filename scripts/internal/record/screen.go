package main

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A screen is as much of a terminal as our programs use: text, colours, moving up and erasing.
type screen struct {
	rows, columns int
	cells         [][]cell
	x, y          int
	style         style
	pending       string // the beginning of a sequence whose rest is still to come
}

type cell struct {
	r     rune
	style style
}

type style struct {
	colour    int // 30…37, 90…97; 0: the usual one
	bold, dim bool
}

func newScreen(rows, columns int) *screen {
	s := &screen{rows: rows, columns: columns}
	for range rows {
		s.cells = append(s.cells, make([]cell, columns))
	}
	return s
}

// write does what a terminal does with text.
func (s *screen) write(text string) {
	text = s.pending + text
	s.pending = ""
	for text != "" {
		switch {
		case text[0] == 0x1b:
			n := s.escape(text)
			if n == 0 {
				s.pending = text
				return
			}
			text = text[n:]
		case text[0] < utf8.RuneSelf || utf8.FullRuneInString(text):
			r, n := utf8.DecodeRuneInString(text)
			s.put(r)
			text = text[n:]
		default:
			s.pending = text
			return
		}
	}
}

func (s *screen) put(r rune) {
	switch {
	case r == '\r':
		s.x = 0
	case r == '\n':
		s.down()
	case r == '\b':
		s.x = max(0, s.x-1)
	case r == '\t':
		s.x = min(s.columns-1, s.x/8*8+8)
	case r < ' ':
	default:
		if s.x == s.columns {
			s.x = 0
			s.down()
		}
		s.cells[s.y][s.x] = cell{r, s.style}
		s.x++
	}
}

func (s *screen) down() {
	if s.y < s.rows-1 {
		s.y++
		return
	}
	s.cells = append(s.cells[1:], make([]cell, s.columns))
}

// escape carries out the sequence that text begins with and tells how long it is; 0: it is not all there yet. What is not
// known is passed over.
func (s *screen) escape(text string) int {
	if len(text) < 2 {
		return 0
	}
	if text[1] != '[' {
		return 2
	}
	end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' && r <= '~' })
	if end < 0 {
		return 0
	}
	end += 2
	parameters := strings.Split(text[2:end], ";")
	n, err := strconv.Atoi(parameters[0])
	if err != nil || n == 0 && text[end] != 'J' && text[end] != 'K' {
		n = 1
		if text[end] == 'J' || text[end] == 'K' {
			n = 0
		}
	}
	switch text[end] {
	case 'A':
		s.y = max(0, s.y-n)
	case 'B':
		s.y = min(s.rows-1, s.y+n)
	case 'C':
		s.x = min(s.columns-1, s.x+n)
	case 'D':
		s.x = max(0, s.x-n)
	case 'F':
		s.x, s.y = 0, max(0, s.y-n)
	case 'G':
		s.x = min(s.columns, n) - 1
	case 'H': // home; nothing of ours goes elsewhere
		s.x, s.y = 0, 0
	case 'K':
		s.eraseLine(n)
	case 'J':
		s.eraseLine(n)
		for y := s.y + 1; y < s.rows; y++ {
			s.cells[y] = make([]cell, s.columns)
		}
	case 'm':
		for _, p := range parameters {
			s.paint(p)
		}
	}
	return end + 1
}

// eraseLine erases the line behind the cursor (0), before it (1) or all of it (2).
func (s *screen) eraseLine(what int) {
	line := s.cells[s.y]
	switch what {
	case 0:
		clear(line[min(s.x, s.columns):])
	case 1:
		clear(line[:min(s.x+1, s.columns)])
	default:
		clear(line)
	}
}

func (s *screen) paint(parameter string) {
	switch n, _ := strconv.Atoi(parameter); {
	case n == 0:
		s.style = style{}
	case n == 1:
		s.style.bold = true
	case n == 2:
		s.style.dim = true
	case n == 22:
		s.style.bold, s.style.dim = false, false
	case n == 39:
		s.style.colour = 0
	case n >= 30 && n <= 37, n >= 90 && n <= 97:
		s.style.colour = n
	}
}
