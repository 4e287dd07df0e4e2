package main

import (
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

func calls(begin time.Time, every time.Duration, n int, operation string) []ecstest.Call {
	all := make([]ecstest.Call, n)
	for i := range all {
		all[i] = ecstest.Call{Operation: operation, Status: 200, Time: begin.Add(time.Duration(i) * every)}
	}
	return all
}

func TestLimit(t *testing.T) {
	begin := time.Now()
	plan := calls(begin, 0, 150, "ListServiceDeployments")                                          // 5 s beyond the burst
	updates := calls(begin.Add(time.Second), 0, 150, "UpdateService")                               // 20 s
	refused := []ecstest.Call{{Operation: "UpdateService", Status: 400, Time: begin.Add(1)}}        // does not count
	tail := append(append(append(plan, refused...), updates...), calls(begin, 0, 1, "Describe")...) // and what follows
	all, _ := upToLastChange(tail)
	for _, c := range []struct {
		name string
		who  contestant
		rate float64
		want time.Duration
	}{
		{"a plan first", contestant{plans: true}, 1, 25 * time.Second},
		{"no plan", contestant{}, 1, 20 * time.Second},
		{"round trips", contestant{trips: 5}, 1, 20*time.Second + 5*latency},
		{"raised quotas", contestant{plans: true}, 10, 2500 * time.Millisecond},
	} {
		if got := limit(all, c.who, c.rate); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestRoundTrips(t *testing.T) {
	begin := time.Now()
	for _, c := range []struct {
		every time.Duration
		n     int
		want  int
	}{{0, 50, 1}, {latency / 10, 5, 1}, {latency, 5, 5}, {latency / 2, 5, 3}, {0, 0, 0}} {
		if got := roundTrips(calls(begin, c.every, c.n, "DescribeServices")); got != c.want {
			t.Errorf("%d calls, one every %v: %d round trips, want %d", c.n, c.every, got, c.want)
		}
	}
}

// Every world can be told, and begins with nothing undone.
func TestWorlds(t *testing.T) {
	for _, w := range worlds {
		w.services = 3
		aws := ecstest.New()
		if err := aws.Tell(w.story()); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
		if n := w.undone(aws); n != 0 || len(aws.Running("prod")) != 3 {
			t.Errorf("%s: %d undone of %v", w.name, n, aws.Running("prod"))
		}
	}
}
