package ecs

import (
	"errors"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// clock gives a time as the reports do.
func clock(t time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.UTC().Format(time.RFC3339)
}

// describeChange names a version, with what tells it from another of the same definition.
func describeChange(v, other Version) string {
	if !v.Known() {
		return "an unknown version"
	}
	text := v.TaskDefinition.String()
	if !v.Origin.IsZero() {
		text += " (a copy of " + v.Origin.String() + ")"
	}
	if v.original() != other.original() {
		return text
	}
	for _, i := range v.Images {
		if j, ok := other.image(i.Container); ok && i.Digest != "" && i.Digest != j.Digest {
			return text + " with " + i.Container + "@" + shortDigest(i.Digest)
		}
	}
	return text
}

func orUnknown(v Version) string { return describeChange(v, Version{}) }

// listed joins names with commas.
func listed(names []string) string { return strings.Join(names, ", ") }

// briefly gives the error type that AWS answered with, or the error's text.
func briefly(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return err.Error()
}
