package ecs

import (
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// byCodeDeploy is the service web of the stories, deployed by CodeDeploy, with eight revisions.
const byCodeDeploy = `cluster prod
	service prod/web controller=CODE_DEPLOY application=shop group=web desired=2
	register web v1 v2 v3 v4 v5
`

func TestGroupHistories(t *testing.T) {
	for _, h := range readHistories(t, "group.txt") {
		t.Run(strings.ReplaceAll(h.name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			h.run(t)
		})
	}
}

// TestGroupOvertaken: the rollback of what was in flight comes too late, and by then somebody has deployed something else.
func TestGroupOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byCodeDeploy+"deploy prod/web 1 2 3\nstep 0\ndeploy prod/web 4 !wait\nstep 5s")
	p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
	w.tell("wait prod/web\ndeploy prod/web 5")
	w.carryOut(p)
	if s := w.step(p, "web"); s.State != Superseded || w.Running("prod")["web"] != "web:5" {
		t.Errorf("%s: %s; runs %s", s.State, s.Error, w.Running("prod")["web"])
	}
}

// TestWhole undoes configuration together with the version.
func TestWhole(t *testing.T) {
	t.Parallel()
	const story = `cluster prod
		service prod/web subnets=subnet-a platform=1.3.0
		register web v1 v2
		deploy prod/web 1
		config prod/web 2 subnets=subnet-b platform=1.4.0
		config prod/web subnets=subnet-c
	`
	whole := PlanOptions{Whole: true}
	w := newWorld(t, story)
	for _, want := range []struct {
		again      bool
		action     past.Action
		to, subnet string
	}{
		{false, past.Undo, "web:2", "subnet-b"},
		{false, past.Unchanged, "", "subnet-b"}, // the same again
		{true, past.Undo, "web:1", "subnet-a"},
		{false, past.Unchanged, "", "subnet-a"},
	} {
		s := w.step(w.run(past.UndoPlanner(past.UndoOptions{Again: want.again}), whole), "web")
		if s.Action != want.action || want.to != "" && (s.To.TaskDefinition.String() != want.to || s.State != Steady) {
			t.Fatalf("%+v: %s to %s, %s: %s", want, s.Action, s.To.TaskDefinition, s.State, s.Reason)
		}
		if s.Action == past.Undo && !tells(s, "networkConfiguration goes back too", want.subnet) {
			t.Errorf("%+v: notes %q", want, s.Notes)
		}
		if got := w.subnets(); !slices.Equal(got, []string{want.subnet}) {
			t.Errorf("%+v: runs in %v", want, got)
		}
	}
}

// TestWholeOvertaken: somebody deploys the same definition, which brings no configuration back.
func TestWholeOvertaken(t *testing.T) {
	for name, story := range map[string]struct{ between, accepted string }{
		"before":                         {"force prod/web", ""},
		"after":                          {"", "config prod/web subnets=subnet-d !wait"},
		"after, no permission to follow": {noHistory, "config prod/web subnets=subnet-d !wait"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "cluster prod\nservice prod/web subnets=subnet-a\nregister web v1\ndeploy prod/web 1\nconfig prod/web subnets=subnet-b")
			p := w.plan(past.UndoPlanner(past.UndoOptions{}), PlanOptions{Whole: true})
			w.step(p, "web").seen = time.Now().Add(-time.Minute) // it is looked at again
			w.tell(story.between)
			accepted := make(chan *Step)
			go func() {
				defer close(accepted)
				w.client.Apply(t.Context(), p, accepted)
			}()
			told := false
			w.client.Watch(t.Context(), p, accepted, func(s *Step) {
				if !told && s.State == Accepted {
					told = true
					w.tell(story.accepted)
				}
			})
			if s := w.step(p, "web"); s.State != Superseded {
				t.Errorf("%s %s, in %v: %s", s.Action, s.State, w.subnets(), s.Error)
			}
		})
	}
}

// TestNotWhole names what is not brought back, and brings nothing back.
func TestNotWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "cluster prod\nservice prod/web subnets=subnet-a\nregister web v1 v2\ndeploy prod/web 1\nconfig prod/web 2 subnets=subnet-b")
	s := w.step(w.undo(), "web")
	if !tells(s, "not restored", "networkConfiguration") || s.State != Steady {
		t.Errorf("%s: %q", s.State, s.Notes)
	}
	if got := w.subnets(); !slices.Equal(got, []string{"subnet-b"}) {
		t.Errorf("runs in %v", got)
	}
}

// subnets gives those of the service web, as ECS has them.
func (w *world) subnets() []string {
	w.t.Helper()
	out, err := w.sdk().DescribeServices(w.t.Context(), &awsecs.DescribeServicesInput{Cluster: awssdk.String("prod"), Services: []string{"web"}})
	if err != nil || len(out.Services) != 1 {
		w.t.Fatalf("no service web: %v", err)
	}
	var arns []string
	for _, r := range out.Services[0].CurrentServiceRevisions {
		arns = append(arns, awssdk.ToString(r.Arn))
	}
	revisions, err := w.sdk().DescribeServiceRevisions(w.t.Context(), &awsecs.DescribeServiceRevisionsInput{ServiceRevisionArns: arns})
	if err != nil || len(revisions.ServiceRevisions) != 1 {
		w.t.Fatalf("no revision of web: %v", err)
	}
	return revisions.ServiceRevisions[0].NetworkConfiguration.AwsvpcConfiguration.Subnets
}

// TestExternal names the task set that still holds the version before, and how to switch to it.
func TestExternal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "cluster prod\nservice prod/web controller=EXTERNAL\nregister web v1 v2\ndeploy prod/web 1\ndeploy prod/web 2 !keep")
	s := w.step(w.undo(), "web")
	if s.Action != past.Skipped || !tells(s, "still holds web:1", "update-task-set", "update-service-primary-task-set", "delete-task-set") {
		t.Errorf("%s: %s %q", s.Action, s.Reason, s.Notes)
	}
	if got := w.writes(); got != "" {
		t.Errorf("changed by %s", got)
	}
}
