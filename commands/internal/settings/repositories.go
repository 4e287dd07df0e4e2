package settings

import (
	"os"
	"path/filepath"
	"strings"
)

// A Repository is the directory of a git repository, and the services whose images are built from it.
type Repository struct {
	Services *Glob
	Dir      string
}

// repositories reads the mapping: a name goes before any glob, and globs count in their order.
func repositories(w written) Value[[]Repository] {
	var named, matched []Repository
	for _, value := range w.values {
		services, dir, _ := strings.Cut(value, "=")
		services = strings.TrimSpace(services)
		r := Repository{mustGlobs([]string{services})[0], inHome(strings.TrimSpace(dir))}
		if strings.ContainsAny(services, `*?[{\`) {
			matched = append(matched, r)
		} else {
			named = append(named, r)
		}
	}
	return Value[[]Repository]{append(named, matched...), w.values, w.from}
}

// inHome gives a path in the home directory if it begins with ~/.
func inHome(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}
