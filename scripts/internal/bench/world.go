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

// A world is a cluster in which every service went from its first version to its second.
type world struct {
	name     string
	services int
	inactive bool    // the first definitions are INACTIVE: each has to be registered again
	rate     float64 // how many times faster the buckets fill than documented, as for an account with raised quotas
	long     bool    // measured with -full only
}

var worlds = []world{
	{name: "45", services: 45, rate: 1}, // 45 histories and 5 calls for revisions are just the burst of 50
	{name: "50", services: 50, rate: 1},
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
	line("register %s v1 v2", all)
	line("service prod/%s desired=2 rollout=%s breaker=rollback", all, rollout)
	line("deploy prod/%s 1", all)
	line("at -1h")
	line("deploy prod/%s 2", all)
	if w.inactive {
		line("deregister %s:1", all)
	}
	line("now")
	line("speed 1")
	line("latency %s", latency)
	line("throttle on rate=%g", w.rate)
	return b.String()
}

// undone counts the services that are on their way to the first version, or to a copy of it.
func (w world) undone(aws *ecstest.Server) int {
	want := ":1"
	if w.inactive {
		want = ":3"
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
