package past

import (
	"errors"
	"strings"
	"time"
)

// Clock gives a time as the reports do.
func Clock(t time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return stamp(t)
}

// OrUnknown gives a version as people know it.
func OrUnknown(v Version) string { return name(v) }

// Listed joins names with commas.
func Listed(names []string) string { return strings.Join(names, ", ") }

// Briefly gives the error type that AWS answered with, or the error's text.
func Briefly(err error) string {
	var api interface {
		error
		ErrorCode() string
	}
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return err.Error()
}
