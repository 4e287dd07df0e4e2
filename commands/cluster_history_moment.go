package commands

import (
	"slices"
	"time"

	"github.com/ecsundo/ecsundo/ecs"
)

// An arrival is a version that a service came to run, and when; the zero time is before the time line.
type arrival struct {
	version ecs.Version
	at      time.Time
}

// A lane is what one service came to run, and what of it is in effect still: going back to a version takes those that came
// after it out of effect, and is no release itself.
type lane struct {
	arrivals []arrival // oldest first
	effect   []arrival // the current one last
}

// newLane reads the events of a service, newest first.
func newLane(line *ecs.Timeline, service string, rules ecs.Rules) lane {
	var l lane
	for _, e := range slices.Backward(line.Events) {
		if e.Service != service {
			continue
		}
		if l.arrivals == nil && e.From.Known() {
			l.arrive(arrival{version: e.From}, rules)
		}
		if arrived := e.Status == "SUCCESSFUL" || e.Status == "PENDING" || e.Status == "IN_PROGRESS"; arrived && e.To.Known() {
			l.arrive(arrival{e.To, e.At}, rules)
		}
	}
	return l
}

func (l *lane) arrive(a arrival, rules ecs.Rules) {
	l.arrivals = append(l.arrivals, a)
	for i, b := range l.effect {
		if rules.Same(a.version, b.version) {
			l.effect = l.effect[:i+1]
			return
		}
	}
	l.effect = append(l.effect, a)
}

// released gives when the current version was released; false if that was before the time line, or nothing was before it.
func (l *lane) released() (time.Time, bool) {
	if len(l.effect) < 2 {
		return time.Time{}, false
	}
	return l.effect[len(l.effect)-1].at, true
}

// undoneSince reports whether what ran at a moment is out of effect now, so that going to the moment would bring it again.
func (l *lane) undoneSince(t time.Time, rules ecs.Rules) bool {
	for _, a := range slices.Backward(l.arrivals) {
		if !a.at.After(t) {
			return !slices.ContainsFunc(l.effect, func(b arrival) bool { return rules.Same(a.version, b.version) })
		}
	}
	return false
}

// beforeNewest gives the moment before the release that is newest in effect. There is none where that moment would bring
// back what was undone since.
func beforeNewest(line *ecs.Timeline, rules ecs.Rules) (time.Time, bool) {
	var newest time.Time
	lanes := map[string]lane{}
	for _, service := range line.Services {
		l := newLane(line, service, rules)
		lanes[service] = l
		if at, ok := l.released(); ok && at.After(newest) {
			newest = at
		}
	}
	moment := newest.Add(-time.Second)
	for _, l := range lanes {
		if newest.IsZero() || l.undoneSince(moment, rules) {
			return time.Time{}, false
		}
	}
	return moment, true
}
