package ecs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A cluster with schedules of every kind: by the definition of a service, by a copy that a service gets, by a tag that moved, by
// the images of their own family, and by none of these.
const scheduledSmall = small + `
	register nightly app=web:v1
	register nightly app=web:v2
	rule prod/web web:2
	rule prod/two api:2 web:1
	schedule prod/api api:2 group=jobs
	schedule prod/shop shop:1
	schedule prod/nightly nightly:2
	rule prod/free nightly:1
`

var (
	scheduledBefore = map[string]string{
		"rule/web": "web:2", "rule/two": "api:2 web:1", "schedule/api": "api:2", "schedule/shop": "shop:1", "schedule/nightly": "nightly:2", "rule/free": "nightly:1",
	}
	scheduledAfter = map[string]string{
		"rule/web": "web:1", "rule/two": "api:3 web:1", "schedule/api": "api:3", "schedule/shop": "shop:2", "schedule/nightly": "nightly:1", "rule/free": "nightly:1",
	}
)

// scheduling is a whole undo with schedules that may fail.
func (w *world) scheduling(ctx context.Context) (*Plan, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	p, err := w.client.Plan(ctx, Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{Schedules: &Schedules{}})
	if err == nil {
		carryOut(ctx, w.client, p)
	}
	return p, err
}

// eachBackAtMost checks that every schedule is where it was, or where it is to go.
func (w *world) eachBackAtMost() {
	w.t.Helper()
	for name, runs := range w.Scheduled("prod") {
		if runs != scheduledBefore[name] && runs != scheduledAfter[name] {
			w.t.Errorf("%s runs %s", name, runs)
		}
	}
}

// TestSchedulesKilled stops the run at some change, as a kill would, and starts it again; a third run has nothing to do.
func TestSchedulesKilled(t *testing.T) {
	for _, operation := range []string{"UpdateService", "RegisterTaskDefinition", "PutTargets", "UpdateSchedule", "ListTargetsByRule", "GetSchedule"} {
		for _, kind := range []string{"hang", "late"} {
			for n := range 3 {
				t.Run(fmt.Sprint(operation, kind, n), func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, scheduledSmall+fmt.Sprintf("fault %s nth=%d.. kind=%s", operation, n+1, kind))
					ctx, kill := context.WithTimeout(context.Background(), 700*time.Millisecond)
					defer kill()
					_, _ = w.scheduling(ctx)
					w.eachBackAtMost()
					w.finishScheduling(n%2 == 0)
				})
			}
		}
	}
}

// TestSchedulesFaults has faults hit the calls of EventBridge and Scheduler.
func TestSchedulesFaults(t *testing.T) {
	for _, operation := range []string{"PutTargets", "UpdateSchedule"} {
		for _, fault := range []string{"nth=1 kind=lost", "nth=1..2 kind=503", "nth=2 kind=html", "nth=1 kind=504done", "nth=1..2 kind=ThrottlingException", "nth=1 kind=reset"} {
			t.Run(operation+fault, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, scheduledSmall+"fault "+operation+" "+fault)
				p, err := w.scheduling(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range p.Steps {
					if s.Action == Undo && s.State != Steady {
						t.Errorf("%s: %s %s", s.Service, s.State, s.Error)
					}
				}
				if now := w.Scheduled("prod"); !maps.Equal(now, scheduledAfter) {
					t.Errorf("runs %v", now)
				}
			})
		}
	}
}

// finishScheduling runs the undo again without trouble, at once or after the rollouts: then all is done, and one more run does nothing.
func (w *world) finishScheduling(wait bool) {
	w.t.Helper()
	w.tell("heal")
	if wait {
		w.tell("wait")
	}
	p, err := w.scheduling(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if now := w.Scheduled("prod"); !maps.Equal(now, scheduledAfter) {
		w.t.Errorf("after the second run: %v", now)
		for _, s := range p.Steps {
			w.t.Log(s.Service, s.Action, s.Reason, s.State, s.Error)
		}
	}
	w.tell("wait")
	if now := w.Running("prod"); !maps.Equal(now, smallAfter) {
		w.t.Errorf("after the second run: %v", now)
	}
	w.ResetCalls()
	if p, err := w.scheduling(context.Background()); err != nil || w.writes() != "" {
		w.t.Errorf("the third run: %v, %s", err, w.writes())
		for _, s := range p.Steps {
			w.t.Log(s.Service, s.Action, s.Reason)
		}
	}
}

// TestSchedulesWhole: everything but the definition stays as it was, to the last member.
func TestSchedulesWhole(t *testing.T) {
	t.Parallel()
	const task = `"RetryPolicy":{"MaximumRetryAttempts":2,"MaximumEventAgeInSeconds":600},"DeadLetterConfig":{"Arn":"arn:aws:sqs:eu-west-1:123456789012:dead"},` +
		`"Input":"{\"containerOverrides\":[{\"name\":\"app\",\"command\":[\"report\"]}]}"`
	w := newWorld(t, `cluster prod
		register web v1 v2
		deploy prod/web 1 2
		rule prod/rich web:2 bus=shop count=3 subnets=subnet-a,subnet-b role=cron tag.team=blue state=DISABLED 'json={`+task+`}'
		schedule prod/rich web:2 group=jobs timezone=Europe/Berlin state=DISABLED tag.team=blue 'json={`+task+`}' 'also={"Description":"every night","KmsKeyArn":"arn:aws:kms:eu-west-1:123456789012:key/k","StartDate":1764000000.25,"EndDate":1895000000,"ActionAfterCompletion":"DELETE","FlexibleTimeWindow":{"Mode":"FLEXIBLE","MaximumWindowInMinutes":7}}'
		rule prod/shiny web:2 'json={"Shiny":1}'
		schedule prod/shiny web:2 'json={"EcsParameters":{"TaskDefinitionArn":"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:2","Shiny":[1]}}'
	`)
	read := func(s *past.Scheduled) any {
		now, err := w.client.calls.LookAt(context.Background(), s)
		if err != nil || now == nil {
			t.Fatal(s, err)
		}
		var body map[string]any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(now.Body), "web:2", "web:1")), &body); err != nil {
			t.Fatal(err)
		}
		delete(body, "LastModificationDate")
		return body
	}
	rich := []*past.Scheduled{{Name: "rule", Bus: "shop", Rule: "rich", Target: "rich"}, {Name: "schedule", Group: "jobs", Schedule: "rich"}}
	before := []any{read(rich[0]), read(rich[1])}
	p, err := w.scheduling(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range rich {
		if after := read(s); !reflect.DeepEqual(before[i], after) {
			t.Errorf("%s: got  %v\nwant %v", s.Name, after, before[i])
		}
	}
	for _, name := range []string{"rule/shiny", "schedule/shiny"} {
		if s := w.step(p, name); s.Action != Blocked || !tells(s, `it has "Shiny", which this ecsundo does not know and would lose`) {
			t.Errorf("%s: %s %s", name, s.Action, s.Reason)
		}
	}
	if got := fmt.Sprint(w.Scheduled("prod")); got != "map[rule/rich:web:1 rule/shiny:web:2 schedule/rich:web:1 schedule/shiny:web:2]" {
		t.Errorf("runs %s", got)
	}
}

// TestSchedulesPaged: hundreds of them on several pages, with the limits of AWS.
func TestSchedulesPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, `cluster prod
		cluster other
		register web v1 v2
		deploy prod/web 1 2
		rule prod/r{001..120} web:2
		schedule prod/s{001..120} web:2 group=g{001..120}
		schedule other/o{001..120} web:2
		throttle on
	`)
	p, err := w.scheduling(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Steps) != 241 {
		t.Errorf("%d steps", len(p.Steps))
	}
	for name, runs := range w.Scheduled("prod") {
		if runs != "web:1" {
			t.Errorf("%s runs %s", name, runs)
		}
	}
	if w.Count("UpdateSchedule") != w.CountOK("UpdateSchedule") || w.CountOK("GetSchedule") != 240 {
		t.Errorf("UpdateSchedule %d, of which good %d; GetSchedule %d", w.Count("UpdateSchedule"), w.CountOK("UpdateSchedule"), w.CountOK("GetSchedule"))
	}
}
