package commands

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

func TestParseInstant(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 14, 10, 30, 500, time.UTC)
	tests := []struct{ in, want string }{
		{"45m", "2026-11-22T13:25:30Z"},
		{"90s", "2026-11-22T14:09:00Z"},
		{"2h", "2026-11-22T12:10:30Z"},
		{"3d", "2026-11-19T14:10:30Z"},
		{"1h30m", "2026-11-22T12:40:30Z"},
		{"1d12h", "2026-11-21T02:10:30Z"},
		{"1d2h3m4s", "2026-11-21T12:07:26Z"},
		{"2026-11-22T14:10:00Z", "2026-11-22T14:10:00Z"},
		{"2026-11-22T14:10:30.0000005Z", "2026-11-22T14:10:30.0000005Z"},
		{"2026-11-22T15:10:00+01:00", "2026-11-22T14:10:00Z"},
		{"2026-11-22T14:10:30.000001Z", "in the future"},
		{"2026-11-22T14:10:00-01:00", "in the future"},
		{"2027-11-22T14:10:00Z", "in the future"},
		{"2026-11-22T14:10:00", "neither"},
		{"2026-11-22 14:10:00Z", "neither"},
		{"2026-11-22", "neither"},
		{"14:10", "neither"},
		{"yesterday", "neither"},
		{"45", "neither"},
		{"1.5h", "neither"},
		{"2h1d", "neither"},
		{"3w", "neither"},
		{"1h 30m", "neither"},
		{"999999999999999999d", "neither"},
		{"", "neither"},
		{"d", "neither"},
		{"0m", "is not in the past"},
		{"0d", "is not in the past"},
		{"-45m", "is in the future"},
		{"+45m", "neither"},
		{"４５m", "neither"},
	}
	for _, test := range tests {
		m, err := parseInstant("--as-of", test.in, now)
		if err == nil {
			err = m.notAfter("--as-of", now)
		}
		switch {
		case err != nil && !strings.Contains(err.Error(), test.want):
			t.Errorf("%q: error %v, want %s", test.in, err, test.want)
		case err == nil && m.String() != test.want:
			t.Errorf("%q: got %v, want %s", test.in, m, test.want)
		}
	}
}

// No text leads to a moment in the future, nor to a crash.
func FuzzParseInstant(f *testing.F) {
	for _, s := range []string{"45m", "1d12h", "2026-11-22T14:10:00Z", "99999d9999999h999999999m999999999s"} {
		f.Add(s)
	}
	now := time.Date(2026, 11, 22, 14, 10, 30, 500, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := parseInstant("--as-of", s, now); err == nil && m.time.After(now) {
			t.Errorf("%q is %v", s, m)
		}
	})
}

func TestInstantNote(t *testing.T) {
	t.Parallel()
	m := instant{time.Date(2026, 11, 22, 14, 10, 0, 0, time.UTC), true}
	const again = "--as-of 2026-11-22T14:10:00Z"
	tests := []struct{ typed, want string }{
		{"cluster prod --as-of 45m", "cluster prod " + again},
		{"cluster prod --as-of=45m", "cluster prod --as-of=2026-11-22T14:10:00Z"},
		{"--as-of 45m cluster --dry-run prod", again + " cluster prod"},
		{"cluster -as-of 45m -- prod", "cluster -as-of 2026-11-22T14:10:00Z -- prod"},
		{"cluster --as-of 45m -- --as-of --dry-run", "cluster " + again + " -- --as-of --dry-run"},
	}
	for _, test := range tests {
		if got := m.note(strings.Fields(test.typed)); !strings.HasSuffix(got, ": 'ecsundo "+test.want+"'") {
			t.Errorf("%s: got %s", test.typed, got)
		}
	}
	for _, args := range [][]string{{"a", "--timeout", "5s", "b"}, {"a", "-timeout=5s", "b"}, {"a", "--timeout=5s", "b"}, {"a", "b"}, {"a", "b", "--timeout"}} {
		if got := line.WithoutValue(args, "--timeout"); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("%q: %q", args, got)
		}
	}
	if got, want := line.WithoutValue([]string{"a", "--", "--timeout", "b"}, "--timeout"), []string{"a", "--", "--timeout", "b"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := line.WithoutFlag([]string{"a", "-v"}, "-v"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %v", got)
	}
}
