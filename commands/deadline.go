package commands

import (
	"context"
	"sync"
	"time"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// wall is the clock that commands wait on. Nil is the machine's; only the test program puts another in its place.
var wall *clock.Clock

// A deadline is how long a command may take.
type deadline struct {
	started time.Time
	timeout time.Duration
	set     bool // by the user: then it is for all of the command
}

// all gives a context for the whole command, which is enough for one that changes nothing.
func (d deadline) all(ctx context.Context) (context.Context, context.CancelFunc) {
	return wall.WithDeadline(ctx, d.started.Add(d.timeout))
}

// asking gives a context for asking for changes and watching them, and what to call when a change has been accepted. A time
// that the user has set counts from the start. The default counts from the last accepted change: to ask for thousands takes
// longer than anybody should wait for one service, and a cluster is not to be left half done.
func (d deadline) asking(ctx context.Context) (asking context.Context, accepted func(at time.Time), cancel context.CancelFunc) {
	if d.set {
		asking, cancel = d.all(ctx)
		return asking, func(time.Time) {}, cancel
	}
	asking, end := context.WithCancelCause(ctx)
	timer := wall.AfterFunc(d.timeout, func() { end(context.DeadlineExceeded) })
	var mu sync.Mutex
	last := wall.Now()
	accepted = func(at time.Time) {
		mu.Lock()
		defer mu.Unlock()
		if at.After(last) {
			last = at
			timer.Reset(at.Add(d.timeout).Sub(wall.Now()))
		}
	}
	return asking, accepted, func() { timer.Stop(); end(nil) }
}
