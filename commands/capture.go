package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A capture writes what ECS answers into a directory. The zero value writes nothing.
type capture struct {
	dir     string
	answers *ecs.Capture
}

// newCapture makes the directory, so that it is known before AWS is asked whether it can be.
func newCapture(dir string) (capture, error) {
	if dir == "" {
		return capture{}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return capture{}, usagef("name another directory", "--capture: %w", err)
	}
	return capture{dir, &ecs.Capture{}}, nil
}

func (c capture) options(o *ecs.Options) {
	if c.answers != nil {
		o.Answers = c.answers.Add
	}
}

// write writes what was collected into a new file, and says where.
func (c capture) write(cluster, service string, out output) error {
	if c.answers == nil {
		return nil
	}
	text, err := c.answers.Document(cluster, service)
	if err != nil {
		return fmt.Errorf("--capture: %w", err)
	}
	name := filepath.Join(c.dir, "capture-"+time.Now().UTC().Format("20060102T150405.000Z")+".json")
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usagef("name another directory", "--capture: %w", err)
	}
	if _, err := file.Write(text); err != nil {
		_ = file.Close() // the first error is the one to tell
		return fmt.Errorf("--capture: %w", err)
	}
	fmt.Fprintf(out.stderr, "captured in %s; look through it before you give it away\n", show.Clean(name))
	if points := c.answers.Settles(); len(points) > 0 {
		fmt.Fprintf(out.stderr, "it shows what AWS does not document: %s; please send it in, see .github/CONTRIBUTING.md\n", strings.Join(points, "; "))
	}
	return file.Close()
}
