package ecs

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/logging"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/ecstest"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// TestMain has more tests run at the same time than there are processors: most wait for a client that waits between two tries.
func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400) // there is room
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// A world is a simulated account that a story was told to, and a client for it.
type world struct {
	t *testing.T
	*ecstest.Server
	client   *Client
	endpoint string
	clock    *clock.Clock // that its clients wait on
}

func newWorld(t *testing.T, story string) *world {
	t.Helper()
	w := &world{t: t, Server: ecstest.New(), clock: clock.Skipping(150)}
	if strings.Contains(story, "throttle on") {
		w.clock = nil // the simulated limits refill with the time that goes by
	}
	w.tell(story)
	endpoint := httptest.NewServer(w.Server)
	t.Cleanup(endpoint.Close)
	w.endpoint = endpoint.URL
	w.client = w.connect()
	return w
}

// connect gives another client, as another process would have one.
func (w *world) connect() *Client {
	c := newClient(aws.New(awssdk.Config{
		Region: "eu-west-1", BaseEndpoint: awssdk.String(w.endpoint), Logger: logging.Nop{},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}, w.clock))
	c.Poll = time.Millisecond
	return c
}

// sdk gives a plain client, to ask for what ours does not tell.
func (w *world) sdk() *awsecs.Client {
	return awsecs.New(awsecs.Options{
		Region: "eu-west-1", BaseEndpoint: awssdk.String(w.endpoint), Logger: logging.Nop{},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
}

func (w *world) tell(story string) {
	w.t.Helper()
	if err := w.Tell(story); err != nil {
		w.t.Fatal(err)
	}
}

// plan makes a plan for all services of prod, or for those that are named.
func (w *world) plan(planner past.Planner, o PlanOptions, names ...string) *Plan {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	p, err := w.client.Plan(ctx, Scope{Cluster: "prod", Services: names}, planner, o)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// carryOut applies a plan and watches it.
func (w *world) carryOut(p *Plan) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	carryOut(ctx, w.client, p)
}

func carryOut(ctx context.Context, c *Client, p *Plan) {
	accepted := make(chan *Step)
	go func() {
		defer close(accepted)
		c.Apply(ctx, p, accepted)
	}()
	c.Watch(ctx, p, accepted, func(*Step) {})
}

// run is a whole undo.
func (w *world) run(planner past.Planner, o PlanOptions, names ...string) *Plan {
	w.t.Helper()
	p := w.plan(planner, o, names...)
	w.carryOut(p)
	return p
}

// undo is a whole undo with nothing asked for in particular.
func (w *world) undo() *Plan {
	w.t.Helper()
	return w.run(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
}

// step gives the step of a service.
func (w *world) step(p *Plan, service string) *Step {
	w.t.Helper()
	for _, s := range p.Steps {
		if s.Service == service {
			return s
		}
	}
	w.t.Fatalf("the plan has no step for %s", service)
	return nil
}

// writes lists the calls that changed something, in order.
func (w *world) writes() string {
	var all []string
	for _, c := range w.Calls() {
		reads := slices.ContainsFunc([]string{"Describe", "List", "Get", "BatchGet"}, func(verb string) bool { return strings.HasPrefix(c.Operation, verb) })
		if !reads {
			all = append(all, c.Operation)
		}
	}
	return strings.Join(all, " ")
}

// body gives a definition with its tags as text.
func (w *world) body(definition string) string {
	w.t.Helper()
	body, ok := w.Definition(definition)
	if !ok {
		w.t.Errorf("there is no definition %s", definition)
	}
	return string(body)
}

// tells reports whether all words are in a step's reason, notes or error.
func tells(s *Step, words ...string) bool {
	text := strings.Join(append([]string{s.Reason, s.Error}, s.AllNotes()...), "\n")
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}
