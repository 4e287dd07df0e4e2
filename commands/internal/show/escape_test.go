package show

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"web":                   "web",
		"a\x1b[2Jb":             `a\x1b[2Jb`,
		"two\nlines\tand a tab": "two lines and a tab",
		"gnp\u202e":             `gnp\u202e`,
		"##[error]x":            "##[error]x",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// GitHub's runner takes commands from what is printed: :: at the beginning of a line, ##[ anywhere.
func TestCleanOnRunner(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	for in, want := range map[string]string{
		"::error::no":                    ": :error::no",
		"x ::set-output name=a::b":       "x : :set-output name=a::b",
		"x\n::stop-commands::y":          "x : :stop-commands::y",
		"a ##[add-mask]b ##[endgroup]":   "a ## [add-mask]b ## [endgroup]",
		"arn:aws:iam::123456789012:root": "arn:aws:iam::123456789012:root",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	text := `{"reason": "##[error]::x"}`
	var before, after map[string]string
	if err := json.Unmarshal([]byte(text), &before); err != nil {
		t.Fatal(err)
	}
	got := CleanJSON(text)
	if err := json.Unmarshal([]byte(got), &after); err != nil || before["reason"] != after["reason"] || strings.Contains(got, "##[") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	const command = "'ecsundo cluster prod --as-of 45m'"
	want := "  one two\n  three\n  " + command + "\n"
	if got := Wrap("one two three "+command, 10, 2); got != want {
		t.Errorf("got %q, want %q: a command is not broken", got, want)
	}
}
