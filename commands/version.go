package commands

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// A build is what the program was built from, as far as the build says.
type build struct {
	version string    // a tag; devel for a build from a checkout
	commit  string    // twelve digits; empty if not known
	at      time.Time // of the commit
}

func readBuild() build {
	b := build{version: "devel"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			b.at, _ = time.Parse(time.RFC3339, s.Value)
		}
	}
	return b
}

// version gives ecsundo's version: a tag, or the commit for a build from a checkout.
func version() string {
	b := readBuild()
	if b.version == "devel" && b.commit != "" {
		return "devel-" + b.commit
	}
	return b.version
}

// versionLine is what somebody who reports a fault is asked for.
func versionLine() string {
	b := readBuild()
	var about []string
	if b.commit != "" {
		about = append(about, "commit "+b.commit)
	}
	if !b.at.IsZero() {
		about = append(about, show.Time(b.at))
	}
	about = append(about, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
	return fmt.Sprintf("%s %s (%s)", program, version(), strings.Join(about, ", "))
}
