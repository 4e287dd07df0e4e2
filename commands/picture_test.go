package commands

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs"
)

func TestPicture(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		m, err := time.Parse(time.RFC3339, clock)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	events := []ecs.Event{
		{Service: "worker", At: at("2026-11-22T14:00:00Z"), Status: "IN_PROGRESS"},
		{Service: "api-gateway", At: at("2026-11-22T13:10:30Z"), Status: "SUCCESSFUL"},
		{Service: "api-gateway", At: at("2026-11-22T13:10:00Z"), Status: "ROLLBACK_SUCCESSFUL"},
		{Service: "worker", At: at("2026-11-22T12:10:00Z"), Status: "STOPPED"},
		{Service: "worker", At: at("2026-11-22T12:59:59Z"), Status: "SUCCESSFUL"},
	}
	const want = `
               11-22
               12:30         13:00        13:30
               |             |            |             |
api-gateway  ····················<··························
worker       x···············o··························>···
           o good  > in flight  < rolled back  x failed  UTC
`
	got := picture(events, at("2026-11-22T12:25:00Z"), at("2026-11-22T14:07:00Z"), output{width: 60})
	if "\n"+got != want {
		t.Errorf("got\n%s\nwant%s", got, want)
	}
	week := picture(events, at("2026-11-15T14:07:00Z"), at("2026-11-22T14:07:00Z"), output{width: 60})
	for _, line := range []string{"11-16", "|", "api-gateway  ···"} {
		if !strings.Contains(week, line) {
			t.Errorf("no %q in\n%s", line, week)
		}
	}
}

// Whatever the window and the terminal, no line is wider than it, and no mark is lost.
func TestPictureFits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 14, 7, 3, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		window := time.Duration(random.Int64N(int64(100*24*time.Hour))) + 1
		o := output{width: 20 + random.IntN(200)}
		event := ecs.Event{Service: strings.Repeat("s", 1+random.IntN(100)), At: now.Add(-time.Duration(random.Int64N(int64(window)))), Status: "SUCCESSFUL"}
		lines := strings.Split(picture([]ecs.Event{event}, now.Add(-window), now, o), "\n")
		for i, line := range lines[:len(lines)-2] {
			if n := len([]rune(line)); n > o.width {
				t.Fatalf("window %v, width %d: line %d has %d columns: %s", window, o.width, i, n, line)
			}
		}
		if !strings.Contains(lines[len(lines)-3], "o") {
			t.Fatalf("window %v, width %d: no mark in %q", window, o.width, lines)
		}
	}
}
