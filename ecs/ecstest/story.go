package ecstest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tell plays a story: see the package comment for its language. Lines take effect one by one; the first that makes no sense
// ends the telling with an error that has its number.
func (s *Server) Tell(story string) error {
	for n, line := range strings.Split(story, "\n") {
		if err := s.tellLine(line); err != nil {
			return fmt.Errorf("story line %d: %s: %w", n+1, strings.TrimSpace(line), err)
		}
	}
	return nil
}

func (s *Server) tellLine(line string) error {
	words, err := splitWords(line)
	if err != nil || len(words) == 0 {
		return err
	}
	tell := verbs[words[0]]
	if tell == nil {
		return fmt.Errorf("no such verb: %q", words[0])
	}
	lines, err := expand(words)
	if err != nil {
		return err
	}
	var group []*sentence
	for _, words := range lines {
		group = append(group, parse(words))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	if err := tell(s, group); err != nil {
		return err
	}
	return group[0].unusedOptions()
}

// A sentence is one line of a story: verb, arguments, options (key=value) and flags (!wait).
type sentence struct {
	verb    string
	args    []string
	options []option
	flags   []string
}

type option struct {
	key, value string
	used       bool
}

func parse(words []string) *sentence {
	l := &sentence{verb: words[0]}
	for _, w := range words[1:] {
		key, value, isOption := strings.Cut(w, "=")
		switch {
		case strings.HasPrefix(w, "!"):
			l.flags = append(l.flags, w[1:])
		case isOption && !strings.Contains(key, " "): // else it is a line of its own, for when
			l.options = append(l.options, option{key: key, value: value})
		default:
			l.args = append(l.args, w)
		}
	}
	return l
}

// option returns the value of key, or standard if it is not there.
func (l *sentence) option(key, standard string) string {
	for i := range l.options {
		if l.options[i].key == key {
			l.options[i].used = true
			return l.options[i].value
		}
	}
	return standard
}

// has reports whether key was given.
func (l *sentence) has(key string) bool {
	return slices.ContainsFunc(l.options, func(o option) bool { return o.key == key })
}

// rest returns the options that nothing has asked for, in order, and marks them as used.
func (l *sentence) rest() []option {
	var rest []option
	for i := range l.options {
		if !l.options[i].used {
			l.options[i].used = true
			rest = append(rest, l.options[i])
		}
	}
	return rest
}

func (l *sentence) unusedOptions() error {
	for _, o := range l.options {
		if !o.used {
			return fmt.Errorf("%s has no option %q", l.verb, o.key)
		}
	}
	return nil
}

func (l *sentence) flag(name string) bool { return slices.Contains(l.flags, name) }

// arg returns the i-th argument, or an error that says what it should have been.
func (l *sentence) arg(i int, what string) (string, error) {
	if i >= len(l.args) {
		return "", fmt.Errorf("%s: which %s?", l.verb, what)
	}
	return l.args[i], nil
}

// duration reads an option like 90s, 2h30m or 3d.
func (l *sentence) duration(key string, standard time.Duration) (time.Duration, error) {
	if !l.has(key) {
		return standard, nil
	}
	return parseDuration(l.option(key, ""))
}

// number reads an option that is a whole number.
func (l *sentence) number(key string, standard int) (int, error) {
	if !l.has(key) {
		return standard, nil
	}
	return strconv.Atoi(l.option(key, ""))
}

// parseDuration reads what time.ParseDuration reads, and days in front: 3d, 1d12h, -3d.
func parseDuration(text string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(text, "-")
	var d time.Duration
	if days, after, ok := strings.Cut(rest, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration", text)
		}
		d, rest = time.Duration(n)*24*time.Hour, after
	}
	if rest != "" && rest != "0" {
		more, err := time.ParseDuration(rest)
		if err != nil {
			return 0, fmt.Errorf("%q is not a duration", text)
		}
		d += more
	}
	if negative {
		d = -d
	}
	return d, nil
}

// splitWords splits a line at spaces. Quotes, single or double, keep words together; # begins a comment.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range line + " " {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '\'' || r == '"':
			quote, begun = r, true
		case r == '#' && !begun:
			return words, nil
		case r == ' ' || r == '\t' || r == '\r':
			if begun {
				words = append(words, word.String())
				word.Reset()
			}
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a %c that is not closed", quote)
	}
	return words, nil
}
