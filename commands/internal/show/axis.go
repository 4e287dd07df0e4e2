package show

import (
	"slices"
	"strings"
	"time"
)

// An Axis maps a window of time to columns.
type Axis struct {
	from, to time.Time
	Width    int // columns
}

// NewAxis gives the axis of a window, which is never empty.
func NewAxis(from, to time.Time, width int) Axis {
	if !to.After(from) {
		to = from.Add(time.Second)
	}
	return Axis{from.UTC(), to.UTC(), width}
}

// Column gives where a moment is, the first or last column for what is outside of the window.
func (a Axis) Column(t time.Time) int {
	at := int(float64(t.Sub(a.from)) / float64(a.to.Sub(a.from)) * float64(a.Width))
	return max(0, min(a.Width-1, at))
}

const day = 24 * time.Hour

// Lines draws the dates, the times where a tick is less than a day, and the ticks.
func (a Axis) Lines() []string {
	step := a.step()
	dates, times, ticks := blank(a.Width), blank(a.Width), blank(a.Width)
	shown := ""
	for t := a.first(step); !t.After(a.to); t = t.Add(step) {
		at := a.Column(t)
		ticks[at] = '|'
		if date := t.Format("01-02"); date != shown && put(dates, at, date) {
			shown = date
		}
		if step < day {
			put(times, at, t.Format("15:04"))
		}
	}
	lines := []string{string(dates), string(times), string(ticks)}
	if step >= day {
		lines = slices.Delete(lines, 1, 2)
	}
	return lines
}

// first gives the first tick: ticks are at whole hours or days.
func (a Axis) first(step time.Duration) time.Time {
	midnight := time.Date(a.from.Year(), a.from.Month(), a.from.Day(), 0, 0, 0, 0, time.UTC)
	if step >= day {
		if midnight.Before(a.from) {
			midnight = midnight.Add(day)
		}
		return midnight
	}
	t := midnight
	for t.Before(a.from) {
		t = t.Add(step)
	}
	return t
}

// step gives the time between two ticks: the shortest round one at which their labels have room.
func (a Axis) step() time.Duration {
	room := a.to.Sub(a.from) / time.Duration(max(1, a.Width/9))
	for _, step := range []time.Duration{
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 5 * day, 7 * day, 14 * day, 30 * day,
	} {
		if step >= room {
			return step
		}
	}
	return (room/day + 1) * day
}

func blank(n int) []rune { return []rune(strings.Repeat(" ", n)) }

// put writes a label from a column on, and reports whether there was room for it.
func put(line []rune, at int, label string) bool {
	if at+len(label) > len(line) || at > 0 && line[at-1] != ' ' {
		return false
	}
	copy(line[at:], []rune(label))
	return true
}
