package ecs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// TestModelOfProtocol plays schedules through the simulator: a history of good deployments by chance, two runs that plan at
// the same time and apply one after the other, or are killed, and the pipeline between them.
func TestModelOfProtocol(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 2))
			w := newWorld(t, seven+"step 5s")
			var stack []int
			returned := false
			deploy := func(n int) {
				w.tell(fmt.Sprintf("deploy prod/web %d", n))
				i := slices.Index(stack, n)
				if returned = i >= 0; returned {
					stack = stack[:i+1]
				} else {
					stack = append(stack, n)
				}
			}
			for range 2 + r.IntN(6) {
				if n := 1 + r.IntN(6); len(stack) == 0 || stack[len(stack)-1] != n {
					deploy(n)
				} else {
					w.tell("force prod/web")
				}
			}
			want := stack[len(stack)-1]
			if !returned && len(stack) > 1 {
				want = stack[len(stack)-2]
			}
			if r.IntN(3) == 0 {
				w.tell(fmt.Sprintf("deregister web:%d", want))
			}
			one, two := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{}), w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
			if late := r.IntN(3) == 0; late {
				// The plans are old, and the fix has been deployed meanwhile: nobody takes it away.
				for _, p := range []*Plan{one, two} {
					w.step(p, "web").seen = time.Now().Add(-time.Minute)
				}
				w.tell("deploy prod/web 7" + []string{"", " !wait"}[r.IntN(2)])
				want = 7
			}
			for _, p := range []*Plan{one, two} {
				ctx, kill := context.WithCancel(context.Background())
				if r.IntN(4) == 0 {
					kill()
				}
				carryOut(ctx, w.client, p)
				kill()
			}
			if want == 7 {
				if got := w.Running("prod")["web"]; got != "web:7" {
					t.Errorf("runs %s, and web:7 was deployed after the plan", got)
				}
				return
			}
			p := w.undo()
			running := w.Running("prod")["web"]
			if step := w.step(p, "web"); running != fmt.Sprint("web:", want) && !strings.Contains(w.body(running), past.OriginTag) {
				t.Errorf("runs %s, want web:%d: %s %s", running, want, step.Action, step.Reason)
			}
			if strings.Contains(w.body(running), past.OriginTag) && !strings.Contains(w.body(running), fmt.Sprintf(`"web:%d `, want)) {
				t.Errorf("runs %s, want a copy of web:%d", w.body(running), want)
			}
			w.ResetCalls()
			if w.undo(); w.writes() != "" {
				t.Errorf("one more run: %s", w.writes())
			}
		})
	}
}

// TestUnlistedCopy: a copy that an undo has deployed, and that ECS does not list yet, is known for one.
func TestUnlistedCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, seven+"step 0\ndeploy prod/web 1 2 3\nderegister web:2")
	p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	w.client.Apply(ctx, p, make(chan *Step, 1))
	if running := w.Running("prod")["web"]; running != "web:8" {
		t.Fatalf("runs %s", running)
	}
	w.ResetCalls()
	p = w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	if s := w.step(p, "web"); s.Action != past.Unchanged {
		t.Errorf("one more run: %s to %s: %s", s.Action, s.To.TaskDefinition, s.Reason)
	}
}

// TestModelOfStrangers has somebody deploy at any call of an undo, and answers be lost, late or a proxy's at any change. What the
// stranger deployed runs in the end, or it is said that it was overwritten, and by what; and what was changed is never called
// unasked. Plans that are old when they are applied are looked at again.
func TestModelOfStrangers(t *testing.T) {
	t.Parallel()
	calls := []string{
		"DescribeServices", "ListServiceDeployments", "DescribeServiceRevisions", "DescribeTaskDefinition", "ecr:DescribeImages", "ListTaskDefinitions",
		"RegisterTaskDefinition", "UpdateService", "StopServiceDeployment", "DescribeServiceDeployments",
	}
	kinds := []string{"", "lost", "504done", "bodydone", "htmldone", "403done", "504", "ThrottlingException", "late"}
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 3))
			story := seven + "deploy prod/web 1 2 3"
			if r.IntN(4) == 0 {
				story += "\nderegister web:2"
			}
			if r.IntN(3) == 0 {
				story += "\ndeploy prod/web 4 !wait"
			}
			w := newWorld(t, story)
			if kind := kinds[r.IntN(len(kinds))]; kind != "" {
				for _, change := range []string{"RegisterTaskDefinition", "UpdateService", "StopServiceDeployment"} {
					w.tell(fmt.Sprintf("fault %s nth=%d kind=%s", change, 1+r.IntN(2), kind))
				}
				if kind == "late" {
					w.impatient()
				}
			}
			call, nth, wait := calls[r.IntN(len(calls))], 1+r.IntN(3), []string{"", " !wait"}[r.IntN(2)]
			w.tell(fmt.Sprintf("when %s nth=%d 'deploy prod/web 7%s'", call, nth, wait))
			p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
			s := w.step(p, "web")
			if r.IntN(3) == 0 {
				s.seen = time.Now().Add(-time.Minute)
			}
			w.carryOut(p)
			running := w.Running("prod")["web"]
			undone := s.From.TaskDefinition.String() == "web:7" || s.Left.TaskDefinition.String() == "web:7" // the plan had seen it
			if w.everDeployed("web:7") && running != "web:7" && !undone && s.Overwrote.String() != "web:7" {
				t.Errorf("web:7 came at %s %d, and %s runs: %s %s, overwrote %q: %s", call, nth, running, s.Action, s.State, s.Overwrote, s.Error)
			}
			if did := w.carriedOut(); len(did) > 0 && s.AcceptedAt.IsZero() && !s.Uncertain && !s.Registered() {
				t.Errorf("%v was carried out, and it is said that nothing was: %s %s", did, s.State, s.Error)
			}
		})
	}
}

// everDeployed reports whether the service web was ever told to run a definition.
func (w *world) everDeployed(definition string) bool {
	w.t.Helper()
	w.tell("heal\nwait\nadvance 10s")
	listed, err := w.sdk().ListServiceDeployments(w.t.Context(), &awsecs.ListServiceDeploymentsInput{Cluster: awssdk.String("prod"), Service: awssdk.String("web")})
	if err != nil {
		w.t.Fatal(err)
	}
	in := &awsecs.DescribeServiceRevisionsInput{}
	for _, d := range listed.ServiceDeployments {
		in.ServiceRevisionArns = append(in.ServiceRevisionArns, *d.TargetServiceRevisionArn)
	}
	revisions, err := w.sdk().DescribeServiceRevisions(w.t.Context(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.ContainsFunc(revisions.ServiceRevisions, func(r ecstypes.ServiceRevision) bool {
		return strings.HasSuffix(*r.TaskDefinition, "/"+definition)
	})
}

// carriedOut lists the changes that the simulated AWS made, whatever it answered.
func (w *world) carriedOut() (operations []string) {
	for _, c := range w.Calls() {
		answered := c.Status == http.StatusOK && c.Error == ""
		unheard := strings.HasSuffix(c.Error, "done") || c.Error == "lost" || c.Error == "late"
		if slices.Contains([]string{"RegisterTaskDefinition", "UpdateService", "StopServiceDeployment"}, c.Operation) && (answered || unheard) {
			operations = append(operations, c.Operation)
		}
	}
	return operations
}
