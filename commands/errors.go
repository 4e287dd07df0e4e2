package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// The exit statuses. The README and 'ecsundo help' list them.
const (
	statusDone        = 0   // every service runs what was asked, or there was nothing to do
	statusFailed      = 1   // some service failed or was blocked
	statusUsage       = 2   // usage, configuration, credentials: nothing was changed
	statusRefused     = 3   // refused by a guard: nothing was changed
	statusOutOfTime   = 4   // changes were accepted, not all are steady yet
	statusInterrupted = 130 // interrupted or terminated
)

// A failure is an error with what a reader needs besides it: what was asked, and what to do next.
type failure struct {
	asked  string // "undo web"; empty if the error speaks for itself
	err    error
	hint   string // empty if there is nothing to advise
	status int
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usagef says that the command line or the configuration is not right. The hint may be empty.
func usagef(hint, format string, args ...any) error { return line.Usagef(hint, format, args...) }

// A statusError ends the program with a status after a report that has said why.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// printError says on w what went wrong and what to do next, and picks the exit status. It is the only place that does
// either. Of several errors joined, each is said and the first decides.
func printError(w io.Writer, err error) int {
	if err == nil || readerLeft(err) {
		return statusDone
	}
	if status, ok := err.(statusError); ok {
		return int(status)
	}
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		first := statusDone
		for _, e := range several.Unwrap() {
			if s := printError(w, e); first == statusDone {
				first = s
			}
		}
		return first
	}
	f := explain(err)
	text := f.Error()
	if f.asked != "" {
		text = f.asked + ": " + text
	}
	fmt.Fprintf(w, "%s: %s\n", program, show.Clean(text))
	if f.hint != "" {
		fmt.Fprintf(w, "hint: %s\n", show.Clean(f.hint))
	}
	return f.status
}

// readerLeft holds for what a pipe says whose reader has read enough, such as head: nothing has gone wrong. The network's
// broken pipes are other errors.
func readerLeft(err error) bool {
	var path *fs.PathError
	return errors.As(err, &path) && path.Op == "write" && errors.Is(path, syscall.EPIPE)
}

// fromPanic explains a defect of ecsundo itself. Its status is never the one that says that nothing was changed.
func fromPanic(err error) *failure {
	var p *ecs.PanicError
	if !errors.As(err, &p) {
		return nil
	}
	return &failure{
		err:    fmt.Errorf("%w; what AWS has accepted continues", p),
		hint:   "this is a defect of ecsundo, please report it; before you run the command again, look at what runs with 'ecsundo cluster history CLUSTER'",
		status: statusFailed,
	}
}

// because is a failure for why, with what to do about it.
func because(why error, hint string) *failure {
	return &failure{err: why, hint: hint, status: statusUsage}
}

// explain turns any error into a failure: what AWS and the network say becomes one line, with a hint where there is one.
func explain(err error) *failure {
	if why := fromPanic(err); why != nil {
		return why
	}
	f := &failure{err: err, status: statusUsage}
	if errors.As(err, &f) && f.hint != "" {
		return f
	}
	if inner := (*failure)(nil); errors.As(f.err, &inner) && inner.hint != "" {
		return &failure{asked: f.asked, err: f.err, hint: inner.hint, status: f.status}
	}
	if hint := line.Hint(f.err); hint != "" {
		return &failure{asked: f.asked, err: f.err, hint: hint, status: f.status}
	}
	if errors.Is(err, context.Canceled) {
		return &failure{asked: f.asked, err: errors.New("interrupted; nothing was changed"), status: statusInterrupted}
	}
	for _, translate := range []func(error) *failure{timedOut, notFound, fromStore, fromCredentials, fromNetwork, fromService} {
		if why := translate(err); why != nil {
			return &failure{asked: f.asked, err: why.err, hint: why.hint, status: f.status}
		}
	}
	return f
}
