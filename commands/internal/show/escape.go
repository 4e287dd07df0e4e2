package show

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Clean makes what came from AWS or the command line safe to print: a name or an error text must not be able to move the
// cursor, recolour or rewrite the terminal, or begin a line of its own.
func Clean(s string) string {
	s = defuse(s)
	if !strings.ContainsFunc(s, Unprintable) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case Unprintable(r):
			b.WriteString(strings.Trim(strconv.QuoteToASCII(string(r)), `"`))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// CleanJSON spells out what JSON may hold as it is and a terminal would obey, since it may be printed there too.
func CleanJSON(s string) string {
	if onRunner() {
		s = strings.ReplaceAll(s, "##[", `\u0023#[`) // a number sign is only in strings
	}
	unsafe := func(r rune) bool { return r != '\n' && Unprintable(r) }
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

// onRunner reports whether what is printed is read by GitHub's runner, which takes commands from it.
func onRunner() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// runnerWord matches where the runner would see a command: ##[ anywhere, and :: at the beginning of a line, which wrapping may
// make of the beginning of any word. In the middle of one it is part of an ARN.
var runnerWord = regexp.MustCompile(`##\[|(^|\s)::`)

// defuse takes their meaning from the runner's commands in what came from outside.
func defuse(s string) string {
	if !onRunner() {
		return s
	}
	return runnerWord.ReplaceAllStringFunc(s, func(word string) string { return word[:len(word)-1] + " " + word[len(word)-1:] })
}

// Unprintable holds for control characters, and for those that change the direction of text or break lines.
func Unprintable(r rune) bool { return !unicode.IsPrint(r) }

// RunnerData makes text safe as the data of a command to GitHub's runner (https://docs.github.com/actions, workflow commands).
func RunnerData(s string) string { return runnerData.Replace(Clean(s)) }

// RunnerProperty makes text safe as a property of such a command.
func RunnerProperty(s string) string { return runnerProperty.Replace(Clean(s)) }

var (
	runnerData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	runnerProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
