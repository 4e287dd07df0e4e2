package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// A contestant is one way to undo a cluster.
type contestant struct {
	name  string
	undo  func(context.Context, *measurement) error
	trips int  // round trips to the last accepted change, if nothing is throttled
	plans bool // makes the whole plan before the first change
}

// A measurement is one contestant in one world, and what came of it.
type measurement struct {
	world      world
	contestant contestant
	endpoint   string
	err        error

	calls   []ecstest.Call // up to the last accepted change
	refused int            // calls that were throttled, until then
	undone  int
	trips   int
	changed time.Duration // until the last accepted change
	limit   time.Duration
	total   time.Duration // until the end
	noticed time.Duration // longest time between the end of a rollout and its notice; -1: nobody watched
	memory  int           // KiB at most; 0: not known
}

func (m *measurement) run(ctx context.Context) {
	aws := ecstest.New()
	if m.err = aws.Tell(m.world.story()); m.err != nil {
		return
	}
	server := httptest.NewServer(aws)
	defer server.Close()
	m.endpoint, m.noticed = server.URL, -1
	begin := time.Now()
	if m.err = m.contestant.undo(ctx, m); m.err != nil {
		return
	}
	m.total = time.Since(begin)
	var last time.Time
	m.calls, last = upToLastChange(aws.Calls())
	m.refused = len(m.calls) - len(slices.DeleteFunc(slices.Clone(m.calls), isThrottled))
	m.trips, m.limit = roundTrips(m.calls), limit(m.calls, m.contestant, m.world.rate)
	if !last.IsZero() {
		m.changed = last.Sub(begin)
	}
	m.undone = m.world.undone(aws)
	fmt.Fprintf(os.Stderr, "%s: %s: %.1f s\n", m.world.name, m.contestant.name, m.total.Seconds())
}

func isThrottled(c ecstest.Call) bool { return c.Error == "ThrottlingException" }

// A tool is the real ecsundo.
type tool struct {
	binary string
	noWait bool
}

func (t tool) undo(ctx context.Context, m *measurement) error {
	home, err := os.MkdirTemp("", "ecsundo-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	args := []string{"cluster", "prod", "-q", "-o", "json"}
	if t.noWait {
		args = append(args, "--no-wait")
	}
	cmd := exec.CommandContext(ctx, t.binary, args...)
	cmd.Env = environment(home, m.endpoint)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	memory := watchMemory(cmd.Process.Pid)
	err = cmd.Wait()
	m.memory = memory()
	if err != nil {
		return fmt.Errorf("%w: %s", err, stderr.String())
	}
	if !t.noWait {
		m.noticed, err = longestNotice(stdout.Bytes())
	}
	return err
}

// environment leads to the endpoint, and to no setting of the user.
func environment(home, endpoint string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "ECSUNDO_") || strings.HasPrefix(v, "HOME=")
	})
	return append(env, "HOME="+home, "AWS_ENDPOINT_URL="+endpoint, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=bench",
		"AWS_SECRET_ACCESS_KEY=bench", "AWS_EC2_METADATA_DISABLED=true", "NO_PROXY=127.0.0.1")
}

// longestNotice reads from the report how long after its end a rollout was noticed, at most.
func longestNotice(report []byte) (time.Duration, error) {
	var r struct {
		Services []struct {
			Seconds float64 `json:"seconds"`
		} `json:"services"`
	}
	if err := json.Unmarshal(report, &r); err != nil {
		return 0, fmt.Errorf("the report: %w", err)
	}
	longest := 0.0
	for _, s := range r.Services {
		longest = max(longest, s.Seconds)
	}
	return time.Duration(longest*float64(time.Second)) - rollout, nil
}

// watchMemory reads now and then how much memory the process has had at most, and gives that when asked to stop. What
// the system reports of a child that has ended would count the memory of this process too, from before the child's exec.
func watchMemory(pid int) (stop func() int) {
	done := make(chan struct{})
	var all sync.WaitGroup
	peak := 0
	all.Go(func() {
		for {
			peak = max(peak, peakMemory(pid))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	return func() int { close(done); all.Wait(); return peak }
}

// peakMemory is that of Linux; elsewhere it is 0.
func peakMemory(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return kib
		}
	}
	return 0
}

// startTime is what a start of the program takes.
func startTime(binary string) (time.Duration, error) {
	var took []time.Duration
	for range 11 {
		begin := time.Now()
		if err := exec.Command(binary, "--version").Run(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
