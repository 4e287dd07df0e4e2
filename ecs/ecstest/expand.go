package ecstest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// braces matches {web,api} and {001..150}; JSON has neither.
var braces = regexp.MustCompile(`\{([A-Za-z0-9_:.-]+(?:,[A-Za-z0-9_:.-]+)+|\d+\.\.\d+)\}`)

// expand turns a line with {web,api} or {001..150} into as many lines. Several braces in a line move together, so they must
// have the same number of values.
func expand(words []string) ([][]string, error) {
	count := 1
	for _, w := range words {
		for _, m := range braces.FindAllStringSubmatch(w, -1) {
			n := len(values(m[1]))
			if count != 1 && n != count {
				return nil, fmt.Errorf("the braces have %d and %d values", count, n)
			}
			count = n
		}
	}
	lines := make([][]string, count)
	for _, w := range words {
		for i, v := range variants(w, count) {
			lines[i] = append(lines[i], v)
		}
	}
	return lines, nil
}

// variants gives the count forms of one word.
func variants(word string, count int) []string {
	forms := make([]string, count)
	rest := word
	for _, at := range braces.FindAllStringIndex(word, -1) {
		before := rest[:at[0]-(len(word)-len(rest))]
		for i, v := range values(word[at[0]+1 : at[1]-1]) {
			forms[i] += before + v
		}
		rest = word[at[1]:]
	}
	for i := range forms {
		forms[i] += rest
	}
	return forms
}

// values lists what a pair of braces stands for. Numbers keep the width of the first.
func values(inside string) []string {
	first, last, isRange := strings.Cut(inside, "..")
	if !isRange || strings.Contains(inside, ",") {
		return strings.Split(inside, ",")
	}
	var all []string
	from, _ := strconv.Atoi(first)
	to, _ := strconv.Atoi(last)
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprintf("%0*d", len(first), n))
	}
	return all
}
