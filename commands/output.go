package commands

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/urfave/cli/v2"
)

// An output is where results and progress go, and what they may look like.
type output struct {
	stdout, stderr io.Writer
	form           string // text, json or markdown
	width          int    // columns of the terminal behind stdout; 0: it is none
	colour         bool   // on stdout
	quiet          bool   // no progress
	live           bool   // progress may be drawn in place
	liveColour     bool   // on stderr
}

func newOutput(c *cli.Context) (output, error) {
	stdout, stderr := c.App.Writer, c.App.ErrWriter
	o := output{
		stdout: stdout, stderr: stderr,
		form:   c.String("output"),
		width:  width(stdout),
		colour: colourful(stdout, c.Bool("no-color")),
		quiet:  c.Bool("quiet"),
		live:   width(stderr) > 0 && !dumb() && !c.Bool("verbose"),

		liveColour: colourful(stderr, c.Bool("no-color")),
	}
	return o, checkForm(o.form)
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
		fmt.Fprintf(w, "%s %dms %s\n", operation, took.Milliseconds(), clean(result))
	}
}
