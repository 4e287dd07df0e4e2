package aws

import (
	"net/http"
	"testing"
	"time"
)

// TestClock: the newest Date counts, however fast an older one came; of those that may be the same, the one that came fastest.
func TestClock(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	type answer struct{ ahead, took time.Duration }
	const hour = time.Hour
	for _, test := range []struct {
		name    string
		answers []answer
		want    time.Duration
	}{
		{"none", nil, 0},
		{"right", []answer{{0, time.Second}}, 0},
		{"ahead", []answer{{hour, time.Second}}, hour},
		{"behind", []answer{{-hour, time.Second}, {-hour, time.Millisecond}}, -hour},
		{"a cached one first", []answer{{-48 * hour, time.Millisecond}, {0, time.Second}}, 0},
		{"a cached one later, and faster", []answer{{hour, time.Second}, {-48 * hour, time.Millisecond}}, hour},
		{"a cached one between", []answer{{0, time.Second}, {-48 * hour, time.Millisecond}, {0, 2 * time.Second}}, 0},
	} {
		var c awsClock
		for i, a := range test.answers {
			asked := start.Add(time.Duration(i) * time.Minute)
			c.learn(asked.Add(a.took/2+a.ahead).Format(http.TimeFormat), asked, asked.Add(a.took))
		}
		if off := c.skew() - test.want; off.Abs() > 2*time.Second {
			t.Errorf("%s: got %v, want %v", test.name, c.skew(), test.want)
		}
	}
}
