package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// goreleaser makes the program for the same systems as scripts/release.
func TestGoreleaser(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Builds []struct{ GOOS, GOARCH []string }
	}
	if err := yaml.Unmarshal(text, &file); err != nil || len(file.Builds) != 1 {
		t.Fatalf("%+v, %v", file, err)
	}
	var theirs []string
	for _, system := range file.Builds[0].GOOS {
		for _, processor := range file.Builds[0].GOARCH {
			theirs = append(theirs, system+"/"+processor)
		}
	}
	if ours := strings.Split(targets, ","); !slices.Equal(theirs, ours) {
		t.Errorf("goreleaser builds for %v, scripts/release for %v", theirs, ours)
	}
}
