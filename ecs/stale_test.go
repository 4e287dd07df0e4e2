package ecs

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// TestStaleDate: one answer with a Date of two days ago, such as a cache gives, moves neither what an age means nor the time of the
// plan.
func TestStaleDate(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"ListServices", "DescribeServices", "ListServiceDeployments", "DescribeServiceRevisions"} {
		w := newWorld(t, "cluster prod\nregister web v1 v2 v3\nat -4d\ndeploy prod/web 1\nat -1d\ndeploy prod/web 2\nat -1h\ndeploy prod/web 3\nnow")
		endpoint := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+operation) {
				w.ServeHTTP(answer, r)
				return
			}
			kept := httptest.NewRecorder()
			w.ServeHTTP(kept, r)
			maps.Copy(answer.Header(), kept.Header())
			answer.Header().Set("Date", time.Now().Add(-48*time.Hour).UTC().Format(http.TimeFormat))
			answer.WriteHeader(kept.Code)
			_, _ = answer.Write(kept.Body.Bytes())
		}))
		t.Cleanup(endpoint.Close)
		w.endpoint = endpoint.URL
		w.client = w.connect()
		plan := w.plan(past.AsOfPlanner(time.Now().Add(-3*time.Hour), true), PlanOptions{})
		if step := w.step(plan, "web"); step.To.TaskDefinition.String() != "web:2" {
			t.Errorf("%s: went to %s: %s", operation, step.To.TaskDefinition, step.Reason)
		}
		if plan.Skew != 0 || time.Since(plan.ObservedAt).Abs() > time.Minute {
			t.Errorf("%s: observed at %s, skew %s", operation, plan.ObservedAt, plan.Skew)
		}
	}
}
