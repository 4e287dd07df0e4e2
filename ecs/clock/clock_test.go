package clock

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestSkipping: an hour's wait is over at once, the clock is an hour on, and a limit that lay before it has ended by then.
func TestSkipping(t *testing.T) {
	t.Parallel()
	c := Skipping(1_000_000)
	begin := c.Now()
	limited, cancel := c.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	later, cancelLater := c.WithTimeout(limited, 2*time.Hour)
	defer cancelLater()
	if err := c.Sleep(context.Background(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if passed := c.Since(begin); passed < time.Hour || passed > 2*time.Hour {
		t.Errorf("%s passed", passed)
	}
	if err := limited.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the limit of 30m: %v", err)
	}
	<-later.Done()
	if err := context.Cause(later); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the limit within it: %v", err)
	}
	if err := c.Sleep(limited, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a wait within an ended limit: %v", err)
	}
}

// TestLimits: a limit that is moved or stopped does not end, and the nil clock is the machine's.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*Clock{"machine": nil, "skipping": Skipping(1000)} {
		ended := make(chan string, 3)
		stopped := c.AfterFunc(time.Hour, func() { ended <- "stopped" })
		moved := c.AfterFunc(time.Hour, func() { ended <- "moved" })
		stopped.Stop()
		moved.Reset(0)
		if got := <-ended; got != "moved" {
			t.Errorf("%s: %s ended", name, got)
		}
		if now := c.Now(); c.Since(now) > time.Minute {
			t.Errorf("%s: time has been skipped without a wait", name)
		}
	}
}
