package settings

import (
	"strings"

	"github.com/gobwas/glob"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

// A Glob is a pattern over names: * is any text, ? one character, [a-c] one of some, {web,api} one of several. There is no
// other dialect, wherever a glob may be given.
type Glob = glob.Pattern

// CompileGlob reads a glob.
func CompileGlob(text string) (*Glob, error) {
	if strings.TrimSpace(text) == "" {
		return nil, line.Usagef("perhaps a shell variable is not set", "a pattern is empty")
	}
	g, err := glob.Compile(text)
	if err != nil {
		return nil, line.Usagef("for example 'api-*' or '{web,api}'", "%q is not a pattern", text)
	}
	return g, nil
}

// mustGlobs compiles what has been checked.
func mustGlobs(texts []string) []*Glob {
	var globs []*Glob
	for _, text := range texts {
		globs = append(globs, glob.MustCompile(text))
	}
	return globs
}

// ImageMatcher matches images by globs over their names, which are their references without tag and digest. A glob without
// a registry, such as datadog-agent or aws/*, matches the end of a name.
func ImageMatcher(globs []*Glob) func(reference string) bool {
	return func(reference string) bool {
		name, _, _ := strings.Cut(reference, "@")
		if colon := strings.LastIndex(name, ":"); colon > strings.LastIndex(name, "/") {
			name = name[:colon]
		}
		for _, g := range globs {
			for tail := name; ; {
				if g.Match(tail) {
					return true
				}
				slash := strings.Index(tail, "/")
				if slash < 0 {
					break
				}
				tail = tail[slash+1:]
			}
		}
		return false
	}
}

// WithoutBraces gives the globs that match, between them, what a glob with braces does: a{b,c} is ab and ac.
func WithoutBraces(glob string) []string {
	begin, end, commas := braces(glob)
	if end < 0 {
		return []string{glob}
	}
	var all []string
	for i, from := range append([]int{begin}, commas...) {
		to := end
		if i < len(commas) {
			to = commas[i]
		}
		all = append(all, WithoutBraces(glob[:begin]+glob[from+1:to]+glob[end+1:])...)
	}
	return all
}

// braces finds the first braces and the commas between them that are not in others. end is -1 if there are none.
func braces(glob string) (begin, end int, commas []int) {
	depth := 0
	for i := 0; i < len(glob); i++ {
		switch c := glob[i]; {
		case c == '\\':
			i++
		case c == '{':
			if depth++; depth == 1 {
				begin = i
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				return begin, i, commas
			}
		}
	}
	return 0, -1, nil
}
