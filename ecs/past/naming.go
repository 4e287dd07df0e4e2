package past

import (
	"fmt"
	"strings"
	"time"
)

// name gives a version as people know it: its definition, and of which it is a copy.
func name(v Version) string {
	switch {
	case !v.Known():
		return "an unknown version"
	case v.Alike:
		return fmt.Sprintf("%s (with the images of %s)", v.TaskDefinition, v.Origin)
	case !v.Origin.IsZero() && v.Origin != v.TaskDefinition:
		return fmt.Sprintf("%s (a copy of %s)", v.TaskDefinition, v.Origin)
	}
	return v.TaskDefinition.String()
}

// nameBeside gives a version with what tells it from another of the same definition: an image.
func nameBeside(v, other Version) string {
	if !sameDefinition(v, other) {
		return name(v)
	}
	for _, i := range v.Images {
		if j, ok := other.Image(i.Container); ok && i.Digest != "" && j.Digest != "" && i.Digest != j.Digest {
			return fmt.Sprintf("%s with %s@%s", name(v), i.Container, ShortDigest(i.Digest))
		}
	}
	return name(v)
}

// Age gives how long ago something was, as people say it: 40s, 5m, 3h, 2d.
func Age(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		if m := int(d.Minutes()) % 60; d < 10*time.Hour && m > 0 {
			return fmt.Sprintf("%dh%dm", int(d.Hours()), m)
		}
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// ago gives a moment for people: its age, and where that is days, the moment in UTC beside it.
func ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "at an unknown time"
	case d.Abs() < 5*time.Second, d < 0 && d > -5*time.Minute: // clocks differ a little
		return "just now"
	case d < 0:
		return "at " + stamp(t)
	case d < 24*time.Hour:
		return Age(d) + " ago"
	default:
		return fmt.Sprintf("%s ago (%s)", Age(d), stamp(t))
	}
}

// lasting gives how long something has lasted, "for 5m"; "" if that is not known.
func lasting(from, to time.Time) string {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return ""
	}
	return " for " + Age(to.Sub(from))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// sentenced ends what somebody else has said with no more than one full stop, so that it can stand in a sentence.
func sentenced(text string) string { return strings.TrimRight(strings.TrimSpace(text), ". ") }

// because adds what somebody else has said to a sentence; nothing if they said nothing.
func because(text string) string {
	if text = sentenced(text); text != "" {
		return ": " + text
	}
	return ""
}

func listed(names []string) string { return strings.Join(names, ", ") }
