package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// What a simulated call takes, and what a rollout does.
const (
	latency = 60 * time.Millisecond
	rollout = 20 * time.Second
)

// A world is a cluster in which every service went from its first version to its second, or on through more.
type world struct {
	name     string
	services int
	versions int     // that each service went through; 0: two
	inactive bool    // the definitions before are INACTIVE: each has to be registered again
	rate     float64 // how many times faster the buckets fill than documented, as for an account with raised quotas
	long     bool    // measured with -full only
}

var worlds = []world{
	{name: "45", services: 45, rate: 1}, // 45 histories and 5 calls for revisions are just the burst of 50
	{name: "50", services: 50, rate: 1},
	{name: "50, 20 deployments each", services: 50, versions: 20, rate: 1}, // so many are read, and 20 revisions a call
	{name: "60, inactive", services: 60, rate: 1, inactive: true},
	{name: "150", services: 150, rate: 1},
	{name: "1,000", services: 1000, rate: 1, long: true},
	{name: "5,000", services: 5000, rate: 1, long: true},
	{name: "1,000 at tenfold rates", services: 1000, rate: 10},
	{name: "5,000 at tenfold rates", services: 5000, rate: 10},
}

func (w world) story() string {
	var b strings.Builder
	all := fmt.Sprintf("s{0001..%04d}", w.services)
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("cluster prod")
	line("at -2d")
	line("service prod/%s desired=2 rollout=%s breaker=rollback", all, rollout)
	for version := range w.last() - 1 {
		line("register %s v%d", all, version+1)
		line("deploy prod/%s %d", all, version+1)
	}
	line("at -1h")
	line("register %s v%d", all, w.last())
	line("deploy prod/%s %d", all, w.last())
	if w.inactive {
		line("deregister %s:%d", all, w.last()-1)
	}
	line("now")
	line("speed 1")
	line("latency %s", latency)
	line("throttle on rate=%g", w.rate)
	return b.String()
}

// last is the version that runs.
func (w world) last() int { return max(2, w.versions) }

// undone counts the services that are on their way to the version before, or to a copy of it.
func (w world) undone(aws *ecstest.Server) int {
	want := fmt.Sprintf(":%d", w.last()-1)
	if w.inactive {
		want = fmt.Sprintf(":%d", w.last()+1)
	}
	n := 0
	for _, definition := range aws.Running("prod") {
		if strings.HasSuffix(definition, want) {
			n++
		}
	}
	return n
}

// contestants are those who undo this world.
func (w world) contestants(binary string) []contestant {
	all := []contestant{
		{name: "ecsundo --no-wait", undo: tool{binary, true}.undo, trips: 5, plans: true},
		{name: "ecsundo, watching", undo: tool{binary, false}.undo, trips: 5, plans: true},
	}
	if w.inactive {
		for i := range all {
			all[i].trips++ // registering
		}
	}
	if w.services <= 1000 {
		all = append(all,
			contestant{name: "a loop", undo: loop, trips: 3},
			contestant{name: "all at once", undo: atOnce, trips: 3})
	}
	return all
}
