package ecs

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// A small cluster with everything that an undo does: a plain step, a definition that is INACTIVE and shared by two services, a
// tag that has moved, and a rollout that goes on.
const small = `cluster prod
	register web v1 v2
	deploy prod/web 1 2
	register api v1 v2
	deploy prod/{api,api2} api:1 api:2
	deregister api:1
	push shop:latest a1
	register shop app=shop:latest
	deploy prod/shop 1
	push shop:latest a2
	force prod/shop
	register job v1 v2
	service prod/job rollout=2m
	deploy prod/job 1
	deploy prod/job 2 !wait
`

var (
	smallBefore = map[string]string{"web": "web:2", "api": "api:2", "api2": "api:2", "shop": "shop:1", "job": "job:2"}
	smallAfter  = map[string]string{"web": "web:1", "api": "api:3", "api2": "api:3", "shop": "shop:2", "job": "job:1"}
)

// attempt is a whole undo that may fail.
func (w *world) attempt(ctx context.Context) (*Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	p, err := w.client.Plan(ctx, Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	if err == nil {
		carryOut(ctx, w.client, p)
	}
	return p, err
}

// oneStep checks that every service is where it was or exactly one step back, and that those of which the run says so are;
// and that nothing was registered twice.
func (w *world) oneStep(p *Plan, err error) {
	w.t.Helper()
	now := w.Running("prod")
	for name, version := range now {
		if version != smallBefore[name] && version != smallAfter[name] {
			w.t.Errorf("%s runs %s", name, version)
		}
	}
	for _, extra := range []string{"api:4", "shop:3"} {
		if _, there := w.Definition(extra); there {
			w.t.Errorf("%s was registered: a second copy", extra)
		}
	}
	if err != nil {
		return
	}
	for _, s := range p.Steps {
		done := now[s.Service] == smallAfter[s.Service]
		if named := s.State == Steady || s.Action == past.Unchanged; named && !done || !done && s.Error == "" && s.Action != past.Blocked {
			w.t.Errorf("%s runs %s, and the run says %s, %s: %s", s.Service, now[s.Service], s.Action, s.State, s.Error)
		}
	}
}

// finish runs the undo again without trouble: now all is done, and one more run does nothing.
func (w *world) finish() {
	w.t.Helper()
	w.tell("heal\nwait")
	p, err := w.attempt(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	w.oneStep(p, nil)
	if now := w.Running("prod"); !maps.Equal(now, smallAfter) || len(w.Unsteady("prod")) > 0 {
		w.t.Errorf("after the second run: %v, unsteady %v", now, w.Unsteady("prod"))
	}
	w.ResetCalls()
	if p, err = w.attempt(context.Background()); err != nil || w.writes() != "" {
		w.t.Errorf("the third run: %v, %s", err, w.writes())
	}
	for _, s := range p.Steps {
		if s.Action != past.Unchanged {
			w.t.Errorf("the third run: %s %s %s", s.Service, s.Action, s.Reason)
		}
	}
}

var faultyCalls = []string{
	"ListServices", "DescribeServices", "ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions", "DescribeTaskDefinition",
	"ListTaskDefinitions", "RegisterTaskDefinition", "UpdateService", "StopServiceDeployment", "ecr:DescribeImages",
}

// TestFaults has each kind of fault hit each call, and the run all the same leave the cluster one step back, or say what is not.
// ECSUNDO_TEST=long plays the whole matrix (three minutes); otherwise those that differ most.
func TestFaults(t *testing.T) {
	long := os.Getenv("ECSUNDO_TEST") == "long"
	for _, call := range faultyCalls {
		changes := !strings.Contains(call, "List") && !strings.Contains(call, "Describe")
		for kind, when := range map[string]struct{ always, changes, long string }{
			"lost":                {"nth=1", "nth=2 every=3", "nth=1..2"},
			"reset":               {"", "nth=1", "nth=2 nth=1..2 every=3"},
			"503":                 {"", "nth=1..2", "nth=1 nth=2 every=3"},
			"html":                {"nth=1", "", "nth=2 nth=1..2 every=3"},
			"500":                 {"", "", "nth=1 nth=2 nth=1..2 every=3"},
			"ServerException":     {"", "", "nth=1 nth=2 nth=1..2 every=3"},
			"ThrottlingException": {"", "nth=1..2", "nth=1 nth=2 every=3"},
			"hang":                {"", "nth=1", ""},
			"late":                {"", "nth=1", ""},
			"ClientException":     {"", "", ""}, // "Too many concurrent attempts to create a new revision of the specified family."
		} {
			nths := strings.Fields(when.always)
			if long || changes {
				nths = append(nths, strings.Fields(when.changes)...)
			}
			if long {
				nths = append(nths, strings.Fields(when.long)...)
			}
			if kind == "ClientException" && call == "RegisterTaskDefinition" {
				nths = []string{"nth=1", "nth=1..2", "every=2"}
			}
			for _, nth := range nths {
				t.Run(call+" "+kind+" "+nth, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, small+"fault "+call+" "+nth+" kind="+kind)
					if kind == "hang" || kind == "late" {
						w.impatient()
					}
					p, err := w.attempt(context.Background())
					w.oneStep(p, err)
					w.finish()
				})
			}
		}
	}
}

// impatient has the client give up a request early, so that one that hangs is soon tried again.
func (w *world) impatient() {
	cfg := w.client.Config()
	cfg.HTTPClient = &http.Client{Timeout: 500 * time.Millisecond}
	w.client = newClient(aws.New(cfg, clock.Skipping(150)))
	w.client.Poll = time.Millisecond
}

// TestLags has answers lag behind what was asked.
func TestLags(t *testing.T) {
	for _, lag := range []string{"register=1", "register=3", "update=2", "update=6", "current=4", "update=3 current=5", "register=2 update=2 current=2", "deregister=3"} {
		t.Run(lag, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, small+"lag "+lag)
			p, err := w.attempt(context.Background())
			w.oneStep(p, err)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Steps {
				if s.State != Steady {
					t.Errorf("%s: %s %s: %s", s.Service, s.Action, s.State, s.Error)
				}
			}
			w.finish()
		})
	}
}

// TestExpiredCredentials has the credentials expire at some moment of the run. What is done and what is not is said.
func TestExpiredCredentials(t *testing.T) {
	for n := 1; n <= 60; n += 7 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, small+fmt.Sprintf("fault * nth=%d.. kind=ExpiredTokenException", n))
			p, err := w.attempt(context.Background())
			w.oneStep(p, err)
			if err != nil && !strings.Contains(err.Error(), "ExpiredToken") {
				t.Error(err)
			}
			w.finish()
		})
	}
}

// TestKilled stops the run when the k-th change has been taken, as a kill would, and starts it again.
func TestKilled(t *testing.T) {
	for _, operation := range []string{"UpdateService", "RegisterTaskDefinition", "StopServiceDeployment"} {
		for _, kind := range []string{"hang", "late"} {
			for n := range 3 {
				t.Run(fmt.Sprint(operation, kind, n), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, small+fmt.Sprintf("fault %s nth=%d.. kind=%s", operation, n+1, kind))
					ctx, kill := context.WithTimeout(context.Background(), 400*time.Millisecond)
					defer kill()
					p, err := w.attempt(ctx)
					w.oneStep(p, err)
					w.finish()
				})
			}
		}
	}
}

// TestAtOnce starts the same undo several times at once. Copies may be registered by each, since ECS has no way to register
// only if nobody else does; all use the same one.
func TestAtOnce(t *testing.T) {
	for _, story := range []string{"", "lag update=2", "fault UpdateService every=3 kind=lost", "fault RegisterTaskDefinition every=2 kind=ClientException", "throttle on level=0 rate=30"} {
		t.Run(story, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, small+story)
			var all sync.WaitGroup
			for range 4 {
				client := w.connect()
				all.Go(func() {
					ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
					defer cancel()
					p, err := client.Plan(ctx, Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
					if err != nil {
						t.Error(err)
						return
					}
					carryOut(ctx, client, p)
					for _, s := range p.Steps {
						if s.State != Steady && s.Action != past.Unchanged {
							t.Errorf("%s: %s %s: %s %s", s.Service, s.Action, s.State, s.Reason, s.Error)
						}
					}
				})
			}
			all.Wait()
			now := w.Running("prod")
			if now["api"] != now["api2"] || now["web"] != "web:1" || now["job"] != "job:1" || !strings.Contains(w.body(now["api"]), "api:1 ") || !strings.Contains(w.body(now["shop"]), "shop:1 ") {
				t.Errorf("in the end: %v", now)
			}
			w.tell("heal\nwait")
			w.ResetCalls()
			if p := w.undo(); w.writes() != "" {
				t.Errorf("one more run: %s: %v", w.writes(), p.Steps)
			}
		})
	}
}
