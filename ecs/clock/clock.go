// Package clock is what the program waits on: between two looks, before another attempt, for the pace of AWS, and for the end of a
// time limit.
package clock

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Clock tells the time, and waits. The nil one is the machine's, and all that ships uses it: nothing slows or quickens it. Tests use
// one that skips what is only waited for, see [Skipping].
type Clock struct {
	factor time.Duration

	mu     sync.Mutex
	ahead  time.Duration // of the machine's clock: what nobody has waited for
	limits []*Limit
}

// Skipping returns a clock for tests, on which a wait takes a part of its time only: 1/factor. When it is over the clock is where it
// would be had one waited all of it, and the limits before that moment have ended. What is no wait, such as a call or the work of a
// slow computer, takes the time that it takes.
func Skipping(factor int) *Clock { return &Clock{factor: time.Duration(factor)} }

// Now is the time by this clock.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return time.Now().Add(c.ahead) }

// Since is how long ago a moment was.
func (c *Clock) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// Pause is how long somebody else, such as the SDK between two attempts, is to wait in the place of d.
func (c *Clock) Pause(d time.Duration) time.Duration {
	if c == nil {
		return d
	}
	return d / c.factor
}

// A Wait ends after a time. The zero value never does.
type Wait struct {
	C     <-chan time.Time // receives when it is over
	timer *time.Timer
}

// Wait begins to wait.
func (c *Clock) Wait(d time.Duration) Wait {
	if c == nil {
		timer := time.NewTimer(d)
		return Wait{C: timer.C, timer: timer}
	}
	until, over := c.Now().Add(d), make(chan time.Time, 1)
	return Wait{C: over, timer: time.AfterFunc(c.Pause(d), func() {
		c.reach(until)
		over <- until
	})}
}

// Stop ends a wait that is not wanted any more.
func (w Wait) Stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

// Sleep waits; it returns early, with the context's error, where that ends before.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	w := c.Wait(d)
	defer w.Stop()
	select {
	case <-w.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// reach skips to a moment, unless it is past. The limits before it end first.
func (c *Clock) reach(t time.Time) {
	c.mu.Lock()
	c.ahead += max(0, t.Sub(c.now()))
	var ended []*Limit
	for _, l := range c.limits {
		if left := l.at.Sub(c.now()); left > 0 {
			l.timer.Reset(left)
		} else if l.timer.Stop() {
			ended = append(ended, l)
		}
	}
	c.mu.Unlock()
	for _, l := range ended {
		l.end()
	}
}

// A Limit calls a function at a moment, unless it is stopped before. Nobody waits for it: no time is skipped to get there.
type Limit struct {
	clock *Clock
	timer *time.Timer
	at    time.Time
	end   func()
}

// AfterFunc calls f, in a goroutine of its own, once d has passed.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Limit {
	if c == nil {
		return &Limit{timer: time.AfterFunc(d, f)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := &Limit{clock: c, at: c.now().Add(d)}
	l.end = func() { l.Stop(); f() }
	l.timer = time.AfterFunc(d, l.end)
	c.limits = append(c.limits, l)
	return l
}

// Reset has f called once d has passed from now.
func (l *Limit) Reset(d time.Duration) {
	if l.clock == nil {
		l.timer.Reset(d)
		return
	}
	l.Stop()
	l.clock.mu.Lock()
	defer l.clock.mu.Unlock()
	l.at = l.clock.now().Add(d)
	l.timer.Reset(d)
	l.clock.limits = append(l.clock.limits, l)
}

// Stop has f not be called any more.
func (l *Limit) Stop() {
	if l.clock == nil {
		l.timer.Stop()
		return
	}
	l.clock.mu.Lock()
	defer l.clock.mu.Unlock()
	l.timer.Stop()
	l.clock.limits = slices.DeleteFunc(l.clock.limits, func(other *Limit) bool { return other == l })
}

// WithTimeout returns a context that ends with [context.DeadlineExceeded] once d has passed.
func (c *Clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if c == nil {
		return context.WithTimeout(ctx, d)
	}
	l := &limited{Context: ctx, done: make(chan struct{})}
	limit := c.AfterFunc(d, func() { l.end(context.DeadlineExceeded) })
	stop := context.AfterFunc(ctx, func() { l.end(ctx.Err()) })
	return l, func() { limit.Stop(); stop(); l.end(context.Canceled) }
}

// WithDeadline is [Clock.WithTimeout] for a moment.
func (c *Clock) WithDeadline(ctx context.Context, at time.Time) (context.Context, context.CancelFunc) {
	return c.WithTimeout(ctx, at.Sub(c.Now()))
}

// limited is a context that a [Limit] ends.
type limited struct {
	context.Context
	done chan struct{}

	mu  sync.Mutex
	err error
}

func (l *limited) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
		close(l.done)
	}
}

func (l *limited) Done() <-chan struct{} { return l.done }

func (l *limited) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
