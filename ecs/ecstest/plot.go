package ecstest

import (
	"fmt"
	"strconv"
	"strings"
)

// A picker picks some of the requests for an operation.
type picker struct {
	operation   string // a pattern, as for permissions
	body        string // only requests whose body contains this
	first, last int    // which of them, counted from 1; last 0: no end
	every       int    // every n-th from the first on
	seen        int
}

// picks counts a request, and reports whether it is one of those.
func (p *picker) picks(req request) bool {
	if !matches(p.operation, req) || !strings.Contains(string(req.body), p.body) {
		return false
	}
	p.seen++
	return p.seen >= p.first && (p.last == 0 || p.seen <= p.last) && (p.seen-p.first)%p.every == 0
}

// readPicker reads an operation with nth=, every= and body=; the first such request if nothing is said.
func readPicker(l *sentence) (picker, error) {
	p := picker{body: l.option("body", ""), first: 1, last: 1}
	var err error
	if p.operation, err = l.arg(0, "operation"); err != nil {
		return p, err
	}
	if p.every, err = l.number("every", 1); err != nil || p.every < 1 {
		return p, fmt.Errorf("every: a number from 1 on, please")
	}
	if l.has("every") {
		p.first, p.last = p.every, 0
	}
	if l.has("nth") {
		p.first, p.last, err = parseNth(l.option("nth", ""))
	}
	return p, err
}

// parseNth reads 3, 2..5 or 2.. (without an end).
func parseNth(text string) (first, last int, err error) {
	from, to, isRange := strings.Cut(text, "..")
	if first, err = strconv.Atoi(from); err != nil || first < 1 {
		return 0, 0, fmt.Errorf("nth=%s: it is 3, 2..5, or 2.. without an end", text)
	}
	switch {
	case !isRange:
		return first, first, nil
	case to == "":
		return first, 0, nil
	}
	last, err = strconv.Atoi(to)
	return first, last, err
}

// A plot is what somebody else does just before a request is carried out.
type plot struct {
	picker
	lines []string // of a story
}

// unfold plays the plots that this request sets off. A line that makes no sense becomes the answer.
func (s *Server) unfold(req request) error {
	s.mu.Lock()
	var lines []string
	for _, p := range s.plots {
		if p.picks(req) {
			lines = append(lines, p.lines...)
		}
	}
	s.mu.Unlock()
	for _, line := range lines {
		if err := s.tellLine(line); err != nil {
			return fmt.Errorf("story: when %s: %s: %w", req.operation, line, err)
		}
	}
	return nil
}

// tellWhen adds a plot: when UpdateService nth=2 'deploy prod/web 5 !wait'.
func tellWhen(s *Server, l *sentence) error {
	p, err := readPicker(l)
	if err != nil {
		return err
	}
	if len(l.args) < 2 {
		return fmt.Errorf("when %s: nothing is said to happen", l.args[0])
	}
	s.plots = append(s.plots, &plot{picker: p, lines: l.args[1:]})
	return nil
}
