package ecs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// What was captured of real AWS is decided as a person would who reads it. Each file of testdata/captures says where its kind of
// answers comes from and what is odd about them; 'ecsundo service history --capture DIR' writes such a file.
func TestReplay(t *testing.T) {
	t.Parallel()
	decisions := map[string]struct {
		action past.Action
		to     string // empty: nothing is done
		code   past.Code
		says   string // in the reason or the notes
	}{
		"guide-no-times":        {past.Undo, "web:1", past.Before, ""},
		"cli-first-deployment":  {past.Blocked, "", past.NothingToUndo, ""},
		"breaker-rolling-back":  {past.Unchanged, "", past.RollingBack, ""},
		"breaker-rolled-back":   {past.Unchanged, "", past.RolledBackByECS, "the circuit breaker threshold was exceeded"},
		"breaker-cut-history":   {past.Unchanged, "", past.RolledBackByECS, ""},
		"no-rollback-candidate": {past.Blocked, "", past.NothingToUndo, "No rollback candidate was found to run the rollback"},
		"forced-not-listed-yet": {past.Undo, "web:3", past.BeforeRollout, ""},
		"forced-pending":        {past.Undo, "web:3", past.BeforeRollout, ""},
		"superseded":            {past.Undo, "web:1", past.Before, "before that web:1 for 25h"},
		"denied":                {past.Blocked, "", past.NotGuessed, "with an explicit deny in a service control policy"},
		"blue-green-bake":       {past.Undo, "web:2", past.BeforeRollout, "planned as a rollback by ECS"},
		"hook-refused":          {past.Unchanged, "", past.RolledBackByECS, "POST_TEST_TRAFFIC_SHIFT lifecycle hook"},
		"guide-unknown-status":  {past.Blocked, "", past.UnknownStatus, "STOP_IN_PROGRESS"},
		"latest-rolled-back":    {past.Unchanged, "", past.RolledBackByECS, "web:1 with app@sha256:cccccccccccc"},
		"scaled-to-zero":        {past.Undo, "web:1", past.Before, "its desired count is 0"},
		"express":               {past.Blocked, "", past.ExpressService, ""},
	}
	files, err := filepath.Glob("testdata/captures/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d captures: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		want, ok := decisions[name]
		if !ok {
			t.Errorf("nothing says how %s is to be decided", file)
			continue
		}
		delete(decisions, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := replayPlan(t, readCapture(t, file))
			step := plan.Steps[0]
			got := ""
			if step.Action == past.Undo {
				got = step.To.TaskDefinition.String()
			}
			if step.Action != want.action || got != want.to || step.ReasonCode != want.code {
				t.Errorf("got %s %s %s, want %s %s %s\n%s", step.Action, got, step.ReasonCode, want.action, want.to, want.code, step.Reason)
			}
			if text := fmt.Sprint(step.Reason, step.AllNotes(), plan.Notes); !strings.Contains(text, want.says) {
				t.Errorf("does not say %q: %s", want.says, text)
			}
		})
	}
	for name := range decisions {
		t.Errorf("%s is not there", name)
	}
}

// A capture is what AWS answered about one service.
type capture struct {
	Source, Shows    string
	Settles          []string // points that AWS does not document
	Cluster, Service string
	Answers          []capturedAnswer
}

type capturedAnswer struct {
	Operation string
	Request   map[string]any // what the request has to have for this answer; nil: anything
	Status    int            // of HTTP; 0: 200
	Answer    json.RawMessage
}

func readCapture(t *testing.T, file string) capture {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c capture
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		t.Fatal(err)
	}
	if c.Source == "" || c.Shows == "" {
		t.Errorf("%s does not say where it comes from, or what is odd about it", file)
	}
	return c
}

// replayPlan plans an undo of the capture's service from its answers.
func replayPlan(t *testing.T, c capture) *Plan {
	t.Helper()
	w := &world{t: t}
	endpoint := httptest.NewServer(c)
	t.Cleanup(endpoint.Close)
	w.endpoint = endpoint.URL
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	plan, err := w.connect().Plan(ctx, Scope{Cluster: c.Cluster, Services: []string{c.Service}}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// ServeHTTP gives the first captured answer that fits the request, as it is. What was not captured is not there.
func (c capture) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body, _ := io.ReadAll(r.Body)
	var request map[string]any
	_ = json.Unmarshal(body, &request) // another protocol fits no answer
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	for _, a := range c.Answers {
		if a.Operation != operation || !a.fits(request) {
			continue
		}
		if a.Status != 0 {
			w.WriteHeader(a.Status)
		}
		_, _ = w.Write(a.Answer)
		return
	}
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, `{"__type":"AccessDeniedException","message":"not captured: `+operation+`"}`)
}

func (a capturedAnswer) fits(request map[string]any) bool {
	for name, value := range a.Request {
		if !reflect.DeepEqual(request[name], value) {
			return false
		}
	}
	return true
}
