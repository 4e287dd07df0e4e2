package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const smallPortion = 10_000

// inPortions is a snapshot of some portions, with odd texts at all depths.
func inPortions() string {
	var b strings.Builder
	b.WriteString("version: 1\ncluster: prod\nregion: eu-west-1\naccount: \"123456789012\"\ntakenAt: 2026-11-22T10:15:00Z\nservices:\n")
	for i := 0; b.Len() < 8*smallPortion; i++ {
		fmt.Fprintf(&b, "  s%05d:\n    taskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/s%05d:3\n    definition:\n      family: s\n      command:\n", i, i)
		for range 30 {
			fmt.Fprintf(&b, "        - %q\n        - |\n          services:\n            web: web:3\n          #\n", strings.Repeat("x: ", 20)+"\n  web: web:3")
		}
	}
	b.WriteString("  short: short:4\nschedules:\n  rule/nightly: job:3\n...\n")
	return b.String()
}

// TestPortions: a large file says the same in portions as it does as a whole, good or bad.
func TestPortions(t *testing.T) {
	t.Parallel()
	text := inPortions()
	whole := func(text string) (*Snapshot, error) {
		s := &Snapshot{}
		root, err := parse([]byte(text))
		if err == nil {
			err = s.read(root)
		}
		return s, err
	}
	want, err := whole(text)
	if err != nil {
		t.Fatal(err)
	}
	got := &Snapshot{}
	if !got.readPortions([]byte(text), smallPortion) {
		t.Fatal("it is not read in portions")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, change := range map[string]func(string) string{
		"twice":       func(s string) string { return strings.Replace(s, "  short: short:4\n", "  s00001: web:1\n", 1) },
		"unknown key": func(s string) string { return strings.Replace(s, "  short: short:4\n", "  short: {task: web:1}\n", 1) },
		"over lines": func(s string) string {
			return strings.Replace(s, "  short: short:4\n", "  short: \"short\n  other: short:4\"\n", 1)
		},
		"other region": func(s string) string {
			return strings.Replace(s, "  short: short:4\n", "  short: arn:aws:ecs:us-east-1:123456789012:task-definition/s:3\n", 1)
		},
		"bad schedule": func(s string) string { return strings.Replace(s, "job:3", "job:0", 1) },
		"no cluster":   func(s string) string { return strings.Replace(s, "cluster: prod\n", "", 1) },
	} {
		bad := change(text)
		if bad == text {
			t.Fatal(name)
		}
		_, want := whole(bad)
		if want == nil {
			t.Errorf("%s: it is good", name)
		}
		if (&Snapshot{}).readPortions([]byte(bad), smallPortion) {
			t.Errorf("%s: read in portions, and as a whole: %v", name, want)
		}
	}
}
