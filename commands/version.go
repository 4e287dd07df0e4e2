package commands

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version gives ecsundo's version from the build: a tag, or the commit for a build from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

func versionLine() string {
	return fmt.Sprintf("%s %s (%s, %s/%s)", program, version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
