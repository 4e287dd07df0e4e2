package commands

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// The default is enough for a cluster of any size, as long as ECS goes on accepting changes; a time that was set is kept to.
func TestDeadline(t *testing.T) {
	for _, test := range []struct {
		name string
		set  bool
		ends time.Duration // with a change accepted each quarter of an hour, until an hour has passed
	}{
		{"the default counts from the last accepted change", false, 80 * time.Minute},
		{"a time that was set counts from the start", true, 20 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := deadline{started: time.Now(), timeout: 20 * time.Minute, set: test.set}
				ctx, accepted, cancel := d.asking(t.Context())
				defer cancel()
				var took time.Duration
				context.AfterFunc(ctx, func() { took = time.Since(d.started) })
				for minute := range 120 {
					if minute <= 60 && minute%15 == 0 {
						accepted(time.Now())
					}
					accepted(d.started) // what is heard again of an old change gives it no more time
					time.Sleep(time.Minute)
				}
				synctest.Wait()
				if took != test.ends {
					t.Errorf("it ended after %s, not %s", took, test.ends)
				}
				if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
					t.Errorf("it ended as %v", cause)
				}
			})
		})
	}
}

// A command that was interrupted is not said to be out of time.
func TestDeadlineInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		command, interrupt := context.WithCancel(t.Context())
		ctx, _, cancel := deadline{started: time.Now(), timeout: time.Minute}.asking(command)
		defer cancel()
		interrupt()
		<-ctx.Done()
		if cause := context.Cause(ctx); errors.Is(cause, context.DeadlineExceeded) {
			t.Errorf("it ended as %v", cause)
		}
	})
}
