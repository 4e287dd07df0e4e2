package way

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/past"
)

func web(revision int) past.Version {
	return past.Version{TaskDefinition: past.TaskDefinition{Family: "web", Revision: revision}}
}

// running is the service web with one deployment of a revision.
func running(id string, revision int, rollout string) *past.Service {
	return &past.Service{
		Name: "web", Status: past.Active, Controller: past.ControllerECS, Strategy: past.StrategyRolling, Current: "current-" + id,
		Deployments: []past.Deployment{{
			ID: id, Status: past.Primary, TaskDefinition: web(revision).TaskDefinition, RolloutState: rollout, CreatedAt: time.Unix(1000, 0), Reason: "why",
		}},
	}
}

func stands(status string) *past.ServiceDeployment {
	return &past.ServiceDeployment{ARN: "ours", Status: status, Reason: "because", CreatedAt: time.Unix(500, 0)}
}

// task is to bring web:4 back where web:5 runs.
func task() Task { return NewTask("prod", running("five", 5, past.RolloutCompleted), web(5), web(4)) }

// deployed is the way of a deployment that ECS has taken.
func deployed(id string) deploy {
	d := ByDeployment(task(), Change{}).(deploy)
	d.id = id
	return d
}

// TestJudge gives each way one look, and compares the verdict, and what has to follow. A verdict does not change the way that gave it.
func TestJudge(t *testing.T) {
	t.Parallel()
	whole := deployed("four")
	whole.Whole = []string{"networkConfiguration"}
	arrives, returns := Ends{Arrives: true, Tells: true}, Ends{Returns: true, Tells: true}
	gone := running("four", 4, past.RolloutInProgress)
	gone.Status = past.Inactive
	group := task()
	group.Group = &past.Group{Application: "shop", Name: "web"}
	elsewhere := running("six", 6, past.RolloutInProgress)
	elsewhere.External = "d-6"
	tests := []struct {
		name  string
		way   Way
		now   *past.Service
		ours  *past.ServiceDeployment
		want  State
		words string
		next  string // what has to follow: the type
	}{
		{"deploy, goes on", deployed("four"), running("four", 4, past.RolloutInProgress), nil, Accepted, "", ""},
		{"deploy, steady", deployed("four"), running("four", 4, past.RolloutCompleted), stands(past.StatusSuccessful), Steady, "", ""},
		{"deploy, steady by the service", deployed("four"), running("four", 4, past.RolloutCompleted), nil, Steady, "", ""},
		{"deploy, rolled back", deployed("four"), running("five", 5, past.RolloutCompleted), stands(past.StatusRollbackSuccessful), RolledBack, "the version you wanted to leave: because", ""},
		{"deploy, rollback failed", deployed("four"), running("five", 5, past.RolloutCompleted), stands(past.StatusRollbackFailed), Failed, "failed too", ""},
		{"deploy, does not show yet", deployed("four"), running("five", 5, past.RolloutCompleted), stands(past.StatusSuccessful), Accepted, "", ""},
		{"deploy, stopped", deployed("four"), running("four", 4, past.RolloutFailed), stands(past.StatusStopped), Failed, "stopped: because", ""},
		{"deploy, superseded", deployed("four"), running("six", 6, past.RolloutInProgress), stands(past.StatusStopped), Superseded, "web:6", ""},
		{"deploy, the same by somebody else", deployed("four"), running("other", 4, past.RolloutInProgress), stands(past.StatusStopped), Accepted, "", ""},
		{"deploy, the same by somebody else is not the whole", whole, running("other", 4, past.RolloutInProgress), stands(past.StatusStopped), Superseded, "", ""},
		{"deploy, service gone", deployed("four"), gone, nil, Failed, "INACTIVE", ""},
		{"rollback, goes on", ByRollback(task(), "ours", nil), running("five", 5, past.RolloutInProgress), stands(past.StatusRollbackInProgress), Accepted, "", ""},
		{"rollback, done", ByRollback(task(), "ours", nil), running("four", 4, past.RolloutCompleted), stands(past.StatusRollbackSuccessful), Steady, "", ""},
		{"rollback, too late", ByRollback(task(), "ours", nil), running("five", 5, past.RolloutCompleted), stands(past.StatusSuccessful), Accepted, "", "way.deploy"},
		{"rollback, failed", ByRollback(task(), "ours", nil), running("five", 5, past.RolloutFailed), stands(past.StatusRollbackFailed), Failed, "rollback failed: because", ""},
		{"rollback, superseded", ByRollback(task(), "ours", nil), running("six", 6, past.RolloutInProgress), stands(past.StatusStopped), Superseded, "web:6", ""},
		{"rollback, stopped", ByRollback(task(), "ours", nil), running("five", 5, past.RolloutFailed), stands(past.StatusStopped), Accepted, "", "way.deploy"},
		{"rollback, done and deployed again", ByRollback(task(), "ours", nil), running("other", 5, past.RolloutInProgress), stands(past.StatusRollbackSuccessful), Superseded, "web:5", ""},
		{"rollback, done, seen before that", ByRollback(task(), "ours", nil), running("five", 5, past.RolloutInProgress), stands(past.StatusRollbackSuccessful), Accepted, "", ""},
		{"rollback, failed, somebody deploys the same", ByRollback(task(), "ours", nil), running("other", 4, past.RolloutInProgress), stands(past.StatusRollbackFailed), Accepted, "", ""},
		{"rollback, service gone", ByRollback(task(), "ours", nil), gone, nil, Failed, "INACTIVE", ""},
		{"follow, arrives", ByFollowing(task(), "ours", arrives), running("four", 4, past.RolloutCompleted), stands(past.StatusSuccessful), Steady, "", ""},
		{"follow, returns", ByFollowing(task(), "ours", returns), running("four", 4, past.RolloutCompleted), stands(past.StatusRollbackSuccessful), Steady, "", ""},
		{"follow, comes too late", ByFollowing(task(), "ours", returns), running("five", 5, past.RolloutCompleted), stands(past.StatusSuccessful), Failed, "too late", ""},
		{"follow, returns, and deployed again", ByFollowing(task(), "ours", returns), running("other", 5, past.RolloutInProgress), stands(past.StatusRollbackSuccessful), Superseded, "web:5", ""},
		{"follow, returns, seen before that", ByFollowing(task(), "ours", returns), running("five", 5, past.RolloutInProgress), stands(past.StatusRollbackSuccessful), Accepted, "", ""},
		{"follow, returns in vain, somebody deploys the same", ByFollowing(task(), "ours", returns), running("other", 4, past.RolloutInProgress), stands(past.StatusRollbackFailed), Accepted, "", ""},
		{"follow, stopped on the way back", ByFollowing(task(), "ours", returns), running("five", 5, past.RolloutInProgress), stands(past.StatusStopped), Failed, "of web:5 was stopped", ""},
		{"follow, not known", ByFollowing(task(), "ours", arrives), running("four", 4, past.RolloutInProgress), nil, Accepted, "", ""},
		{"CodeDeploy, done", ByFollowing(group, "d-1", Ends{}), running("four", 4, past.RolloutCompleted), stands(past.StatusSuccessful), Steady, "", ""},
		{"CodeDeploy, failed", ByFollowing(group, "d-1", Ends{}), running("five", 5, past.RolloutCompleted), stands(past.StatusStopped), Failed, "because", ""},
		{"CodeDeploy, service gone", ByFollowing(group, "d-1", Ends{}), gone, nil, Failed, "INACTIVE", ""},
		{"CodeDeploy's rollback, too late", ByRollback(group, "d-1", nil), running("four", 4, past.RolloutCompleted), stands(past.StatusSuccessful), Accepted, "", "way.groupDeploy"},
		{"CodeDeploy's rollback, somebody deployed since", ByRollback(group, "d-1", nil), elsewhere, stands(past.StatusSuccessful), Superseded, "web:6", ""},
	}
	for _, test := range tests {
		seen := Sight{Service: test.now, Deployment: test.ours}
		if test.ours != nil {
			seen.ID = test.ours.ARN
		}
		before := fmt.Sprintf("%#v", test.way)
		got := test.way.Judge(seen)
		next := ""
		if got.Next != nil {
			next = reflect.TypeOf(got.Next).String()
		}
		if got.State != test.want || !strings.Contains(got.Error, test.words) || next != test.next {
			t.Errorf("%s: %q %q, then %q; want %q %q, then %q", test.name, got.State, got.Error, next, test.want, test.words, test.next)
		}
		if (got.State == Accepted || got.State == Steady) != (got.Error == "") {
			t.Errorf("%s: is %q, and says %q", test.name, got.State, got.Error)
		}
		if after := fmt.Sprintf("%#v", test.way); after != before {
			t.Errorf("%s: became\n%s", test.name, after)
		}
	}
}

// TestCheck looks again before anything is asked for.
func TestCheck(t *testing.T) {
	t.Parallel()
	later := ByRollback(task(), "ours", nil).Judge(Sight{
		Service: running("five", 5, past.RolloutCompleted), ID: "ours", Deployment: &past.ServiceDeployment{ARN: "current-five", Status: past.StatusSuccessful},
	}).Next
	for _, test := range []struct {
		name    string
		way     Way
		now     *past.Service
		want    State
		blocked bool
		words   string
	}{
		{"as it was", ByDeployment(task(), Change{}), running("five", 5, past.RolloutCompleted), Planned, false, ""},
		{"undone by somebody", ByDeployment(task(), Change{}), running("four", 4, past.RolloutInProgress), Accepted, false, ""},
		{"deployed again", ByDeployment(task(), Change{}), running("six", 6, past.RolloutInProgress), Superseded, true, "not changed: web was deployed again"},
		{"rollback, deployed again", ByRollback(task(), "ours", nil), running("six", 6, past.RolloutInProgress), Superseded, true, "not changed: web was deployed again"},
		{"after a rollback that came too late, as it was", later, running("five", 5, past.RolloutCompleted), Planned, false, ""},
		{"after a rollback that came too late, deployed again", later, running("six", 6, past.RolloutInProgress), Superseded, false, "while this undo was rolling out"},
	} {
		got := test.way.Check(test.now, false)
		if got.State != test.want || got.Blocked != test.blocked || !strings.Contains(got.Error, test.words) {
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
}

// A rollback that comes too late is judged without a call; the verdict says what has to follow.
func Example() {
	was := &past.Service{
		Name: "web", Status: past.Active, Strategy: past.StrategyRolling,
		Deployments: []past.Deployment{{ID: "ecs-svc/5", Status: past.Primary, TaskDefinition: web(5).TaskDefinition, RolloutState: past.RolloutInProgress}},
	}
	w := ByRollback(NewTask("prod", was, web(5), web(4)), "arn-of-5", nil)
	v := w.Judge(Sight{Service: was, ID: "arn-of-5", Deployment: &past.ServiceDeployment{ARN: "arn-of-5", Status: past.StatusSuccessful}})
	fmt.Println(v.State, v.Next != nil)
	// Output: accepted true
}
