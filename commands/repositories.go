package commands

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/urfave/cli/v2"
)

// A repository is the directory of a git repository, and the services whose images are built from it.
type repository struct {
	services *glob.Pattern
	dir      string
}

func gitFlag() cli.Flag {
	return &cli.StringFlag{Name: "git", Usage: "the commits that tags name, from repository `DIR`"}
}

// repositories gives what --git says, else what the setting says. The first that fits a service is its own: a name goes
// before any glob, and globs count in their order.
func repositories(c *cli.Context) []repository {
	if dir := c.String("git"); dir != "" {
		return []repository{{glob.MustCompile("*"), dir}}
	}
	all, _ := c.App.Metadata["settings"].(settings)
	setting := all["repositories"]
	home := "." // of relative directories
	if file, _ := configPath(c); !strings.HasPrefix(setting.from, "ECSUNDO_") {
		home = filepath.Dir(file)
	}
	var named, globs []repository
	for _, value := range setting.values {
		services, dir, _ := strings.Cut(value, "=")
		match, err := glob.Compile(strings.TrimSpace(services))
		if err != nil {
			continue // such a setting has been refused
		}
		r := repository{match, inDirectory(home, strings.TrimSpace(dir))}
		if strings.ContainsAny(services, `*?[{\`) {
			globs = append(globs, r)
		} else {
			named = append(named, r)
		}
	}
	return append(named, globs...)
}

// inDirectory gives a path that is relative to dir unless it is absolute or begins with ~/.
func inDirectory(dir, path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
