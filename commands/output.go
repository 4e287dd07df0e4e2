package commands

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// An output is where results and progress go, and what they may look like.
type output struct {
	stdout, stderr io.Writer
	form           string // text, json, markdown or name
	runner         runner // what else reads it
	width          int    // columns of the terminal behind stdout; 0: it is none
	colour         bool   // on stdout
	quiet          bool   // no progress
	live           bool   // progress may be drawn in place
	liveColour     bool   // on stderr
}

func newOutput(c *cli.Context, s settings.Settings) output {
	stdout, stderr := c.App.Writer, c.App.ErrWriter
	return output{
		stdout: stdout, stderr: stderr,
		form:   s.Output.Is,
		runner: newRunner(s),
		width:  show.Width(stdout),
		colour: show.Colourful(stdout, c.Bool("no-color")),
		quiet:  c.Bool("quiet"),
		live:   show.Width(stderr) > 0 && !show.Dumb() && !c.Bool("verbose"),

		liveColour: show.Colourful(stderr, c.Bool("no-color")),
	}
}

// requestLog writes a line for each request to AWS.
func requestLog(w io.Writer) func(operation string, took time.Duration, err error) {
	var mu sync.Mutex
	return func(operation string, took time.Duration, err error) {
		result := "ok"
		if err != nil {
			result = explain(err).Error()
		}
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w, "%s %dms %s\n", operation, took.Milliseconds(), show.Clean(result))
	}
}
