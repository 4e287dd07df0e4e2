package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/ecsundo/ecsundo/ecs"
)

// ganttLimit is how many deployments a chart has at most: GitHub draws none whose text is longer than 50,000 characters.
const ganttLimit = 200

// gantt draws deployments, newest first, as a chart that GitHub and GitLab render: a section for each service, times in UTC.
func gantt(events []ecs.Event, now time.Time) string {
	events = events[:min(len(events), ganttLimit)]
	var b strings.Builder
	b.WriteString("```mermaid\ngantt\n    dateFormat YYYY-MM-DDTHH:mm:ss\n    axisFormat %m-%d %H:%M\n")
	var names []string
	for _, e := range events {
		if !slices.Contains(names, e.Service) {
			names = append(names, e.Service)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "    section %s\n", ganttText(name))
		for _, e := range slices.Backward(events) {
			if e.Service == name {
				b.WriteString(ganttTask(e, now))
			}
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// ganttTask is a bar: from the beginning of a deployment to its end, at least a second long.
func ganttTask(e ecs.Event, now time.Time) string {
	end := e.Ended
	if end.IsZero() {
		end = now
	}
	if end.Before(e.At.Add(time.Second)) {
		end = e.At.Add(time.Second)
	}
	tag := []string{"done", "active", "crit", "crit"}[markOf(e.Status)]
	const layout = "2006-01-02T15:04:05"
	return fmt.Sprintf("    %s %s :%s, %s, %s\n", ganttText(versionChange(e)), ganttText(ending(e.Status)), tag, e.At.UTC().Format(layout), end.UTC().Format(layout))
}

// ganttText leaves out what means something in a chart: a colon ends a task's name, # and ; begin entities and statements.
func ganttText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ._-→()?", r) {
			return r
		}
		return ' '
	}, s)
}
