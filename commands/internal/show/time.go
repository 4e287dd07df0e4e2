package show

import (
	"fmt"
	"strings"
	"time"
)

// Ago gives the age that something has at a moment, in a word or two.
func Ago(t, now time.Time) string {
	age := max(0, now.Sub(t))
	switch {
	case age < time.Hour:
		return fmt.Sprintf("%dm ago", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(age.Hours()))
	}
	return fmt.Sprintf("%dd ago", int(age.Hours()/24))
}

// Took says how long a deployment took; empty while it goes on.
func Took(from, to time.Time) string {
	if to.IsZero() {
		return ""
	}
	d := to.Sub(from).Round(time.Second)
	switch {
	case d < time.Minute:
		return d.String()
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// Age is how long ago something was at a moment: 40m.
func Age(t, now time.Time) string { return strings.TrimSuffix(Ago(t, now), " ago") }

// Time writes a time in UTC, "" for none.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
