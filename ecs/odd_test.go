package ecs

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// shop is what small does not have: services of CodeDeploy, one of them in the middle of a deployment.
const shop = `
	register red v1 v2
	service prod/red controller=CODE_DEPLOY application=shop group=red
	deploy prod/red 1 2
	register blue v1 v2
	service prod/blue controller=CODE_DEPLOY application=shop group=blue
	deploy prod/blue 1
	deploy prod/blue 2 !wait
`

// gap is a service with a revision that never ran, and what runs by the clock.
const gap = `
	register gap v1 v2 v3
	deploy prod/gap 1 3
	rule prod/nightly gap:3
	schedule prod/hourly gap:3
`

// A bender serves a simulated AWS, and bends the answers to one operation.
type bender struct {
	aws       http.Handler
	operation string
	bend      func(any) any // of the answer, as JSON

	mu    sync.Mutex
	paths map[string]bool // of all members that were in its answers
}

func (b *bender) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if operationOf(r) != b.operation {
		b.aws.ServeHTTP(w, r)
		return
	}
	kept := httptest.NewRecorder()
	b.aws.ServeHTTP(kept, r)
	var answer any
	if kept.Code != http.StatusOK || json.Unmarshal(kept.Body.Bytes(), &answer) != nil {
		maps.Copy(w.Header(), kept.Header())
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
		return
	}
	b.mu.Lock()
	membersOf(answer, "", b.paths)
	b.mu.Unlock()
	odd := b.bend(answer)
	if text, whole := odd.(rawBody); whole {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(text))
		return
	}
	body, err := json.Marshal(odd)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", kept.Header().Get("Content-Type"))
	_, _ = w.Write(body)
}

// A rawBody is sent as it is.
type rawBody string

// operationOf gives the operation of a request; Scheduler's are in method and path.
func operationOf(r *http.Request) string {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case operation != "":
	case r.URL.Path == "/schedules":
		operation = "ListSchedules"
	case r.Method == http.MethodPut:
		operation = "UpdateSchedule"
	case strings.HasPrefix(r.URL.Path, "/schedules/"):
		operation = "GetSchedule"
	}
	return operation
}

// Do answers without a network: there are tens of thousands of calls.
func (b *bender) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	b.ServeHTTP(answer, r)
	return answer.Result(), r.Context().Err()
}

// membersOf collects the paths of all members of a value; those of lists count as one.
func membersOf(v any, at string, paths map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			paths[at+"/"+name] = true
			membersOf(value, at+"/"+name, paths)
		}
	case []any:
		for _, value := range v {
			membersOf(value, at, paths)
		}
	}
}

// bent gives a value in which every member at a path is changed.
func bent(v any, path string, change func(owner map[string]any, name string)) any {
	name, rest, deeper := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = bent(v[i], path, change)
		}
	case map[string]any:
		if _, ok := v[name]; ok && deeper {
			v[name] = bent(v[name], rest, change)
		} else if ok {
			change(v, name)
		}
	}
	return v
}

// memberBends are the ways in which one member of an answer can be odd.
var memberBends = map[string]func(owner map[string]any, name string){
	"missing": func(owner map[string]any, name string) { delete(owner, name) },
	"null":    func(owner map[string]any, name string) { owner[name] = nil },
	"empty": func(owner map[string]any, name string) {
		switch owner[name].(type) {
		case []any:
			owner[name] = []any{}
		case map[string]any:
			owner[name] = map[string]any{}
		case string:
			owner[name] = ""
		default:
			owner[name] = 0
		}
	},
	"other": func(owner map[string]any, name string) { // of the right type, and senseless
		switch v := owner[name].(type) {
		case []any:
			owner[name] = append(v, v...)
		case string:
			owner[name] = "SENSELESS"
		default:
			owner[name] = -7
		}
	},
	"list with null": func(owner map[string]any, name string) { owner[name] = []any{nil} },
	"wrong type": func(owner map[string]any, name string) {
		if _, text := owner[name].(string); text {
			owner[name] = map[string]any{"a": []any{1}}
		} else {
			owner[name] = "text"
		}
	},
}

// wholeBends are answers that are odd as a whole.
var wholeBends = map[string]any{
	"empty": rawBody(""), "page": rawBody("<!DOCTYPE html><html><body>sign in</body></html>"), "{}": map[string]any{}, "null": nil, "[]": []any{}, "text": "text", "[null]": []any{nil}, "number": 7,
}

// oddOperations are all that ecsundo asks of AWS to undo, but for who we are and the state of a CodeDeploy deployment's target.
var oddOperations = []string{
	"ListServices", "DescribeServices", "ListServiceDeployments", "DescribeServiceDeployments", "DescribeServiceRevisions", "DescribeTaskDefinition",
	"ListTaskDefinitions", "RegisterTaskDefinition", "UpdateService", "StopServiceDeployment", "ListClusters", "DescribeClusters",
	"DescribeImages", "BatchGetImage", "DescribePullThroughCacheRules",
	"GetDeployment", "ListDeployments", "BatchGetDeployments", "CreateDeployment", "StopDeployment",
	"ListEventBuses", "ListRuleNamesByTarget", "ListTargetsByRule", "DescribeRule", "PutTargets", "ListSchedules", "GetSchedule", "UpdateSchedule",
}

// TestOddAnswers has every operation answer oddly, in each way and for each member. Nothing panics and all ends; no service runs
// what it never ran; and what was sent is not called unasked. ECSUNDO_TEST=long bends each member in each way (minutes);
// otherwise each in one.
func TestOddAnswers(t *testing.T) {
	ways := slices.Sorted(maps.Keys(memberBends))
	for _, operation := range oddOperations {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			b, asks := askOddly(t, oddly, operation, func(answer any) any { return answer })
			for name, answer := range wholeBends {
				t.Run(name, func(t *testing.T) { askOddly(t, asks, operation, func(any) any { return answer }) })
			}
			if testing.Short() {
				return
			}
			for i, path := range slices.Sorted(maps.Keys(b.paths)) {
				for j, how := range ways {
					if i%len(ways) != j && os.Getenv("ECSUNDO_TEST") != "long" {
						continue
					}
					t.Run(path+" "+how, func(t *testing.T) {
						askOddly(t, asks, operation, func(answer any) any { return bent(answer, path, memberBends[how]) })
					})
				}
			}
		})
	}
}

// oddly is what askOddly has ecsundo do before it plans. One that does not ask the operation whose answers are odd is left out.
var oddly = []func(ctx context.Context, c *Client){
	func(ctx context.Context, c *Client) { _, _ = c.ClusterSizes(ctx) },
	func(ctx context.Context, c *Client) { _, _ = c.Locate(ctx, "prod") },
	func(ctx context.Context, c *Client) { _, _, _ = c.States(ctx, Scope{Cluster: "prod"}, true) },
	func(ctx context.Context, c *Client) {
		_, _ = c.Timeline(ctx, Scope{Cluster: "prod"}, time.Now().Add(-24*time.Hour), true)
	},
}

// askOddly does all that ecsundo does in a world where the answers to one operation are bent.
func askOddly(t *testing.T, asks []func(context.Context, *Client), operation string, bend func(any) any) (seen *bender, asking []func(context.Context, *Client)) {
	w := newWorld(t, small+shop+gap+"untag shop:latest")
	b := &bender{aws: w.Server, operation: operation, bend: bend, paths: map[string]bool{}}
	cfg := w.client.Config()
	cfg.HTTPClient = b
	w.clock = clock.Skipping(10_000)
	w.client = newClient(aws.New(cfg, w.clock))
	w.client.Poll = time.Second
	ctx, cancel := w.clock.WithTimeout(context.Background(), 100*time.Second)
	defer cancel()
	for _, ask := range asks {
		asked := w.Count(operation)
		if ask(ctx, w.client); w.Count(operation) > asked {
			asking = append(asking, ask)
		}
	}
	before := w.Running("prod")
	o := PlanOptions{Definitions: true, Whole: true, KeepHistory: true}
	if slices.Contains(oddOperations[slices.Index(oddOperations, "ListEventBuses"):], operation) {
		o.Schedules = &Schedules{}
	}
	p, err := w.client.Plan(ctx, Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), o)
	if err == nil {
		carryOut(ctx, w.client, p)
	}
	if err != nil && strings.TrimSpace(err.Error()) == "" {
		t.Error("an error that says nothing")
	}
	now := w.Running("prod")
	for name, version := range now {
		switch {
		case version == before[name], name == "blue": // whose own deployment gets on
		case err != nil:
			t.Errorf("%s has changed to %s, and the plan failed: %v", name, version, err)
		case !told(p, name):
			t.Errorf("%s has changed to %s, and nothing is said to be sent", name, version)
		}
		if family, number, _ := strings.Cut(version, ":"); !slices.Contains([]string{"1", "2", "3"}, number) && !strings.Contains(w.body(version), past.OriginTag) {
			t.Errorf("%s runs %s of %s", name, number, family)
		}
	}
	if now["gap"] == "gap:2" {
		t.Error("gap runs gap:2, which it never ran")
	}
	for name, runs := range w.Scheduled("prod") {
		of := func(s *Step) bool { return s.Service == name }
		i := slices.IndexFunc(steps(p), of)
		switch {
		case strings.Contains(runs, " "): // of a rule whose target's id was senseless, PutTargets has made another target
		case runs != "gap:3" && (i < 0 || p.Steps[i].State != Steady && !p.Steps[i].Uncertain):
			t.Errorf("%s runs %s, which nobody is told", name, runs)
		case i >= 0 && p.Steps[i].State == Steady && runs != p.Steps[i].Deploys().String():
			t.Errorf("%s is called %s, and runs %s", name, p.Steps[i].State, runs)
		}
	}
	return b, asking
}

func steps(p *Plan) []*Step {
	if p == nil {
		return nil
	}
	return p.Steps
}

// told reports whether a plan says of a service that a change was accepted, or may have been.
func told(p *Plan, service string) bool {
	return slices.ContainsFunc(p.Steps, func(s *Step) bool {
		return s.Service == service && (!s.AcceptedAt.IsZero() || s.Uncertain || s.Follows())
	})
}

// A breaking client panics before it sends one operation.
type breaking struct{ operation string }

func (b breaking) Do(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+b.operation) {
		panic("broken on purpose")
	}
	return http.DefaultClient.Do(r)
}

// TestPanic has ecsundo itself break at each operation: a plan fails, a change may have been accepted, and what is watched goes on.
func TestPanic(t *testing.T) {
	for _, operation := range oddOperations {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, small+shop)
			cfg := w.client.Config()
			cfg.HTTPClient = breaking{operation}
			w.client = newClient(aws.New(cfg, clock.Skipping(150)))
			w.client.Poll = time.Millisecond
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			var p *Plan
			err := Guarded(func() (err error) {
				p, err = w.client.Plan(ctx, Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
				return err
			})
			var broken *PanicError
			if errors.As(err, &broken) {
				if !strings.HasPrefix(broken.Where, "odd_test.go:") || w.writes() != "" {
					t.Errorf("%v, %s", err, w.writes())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			carryOut(ctx, w.client, p)
			for _, s := range p.Steps {
				if s.Action == Undo && !s.State.Final() || strings.Contains(s.Error, "broken on purpose") && s.State == Failed && !s.Uncertain {
					t.Errorf("%s: %s, uncertain %v: %s", s.Service, s.State, s.Uncertain, s.Error)
				}
			}
		})
	}
}
