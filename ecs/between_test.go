package ecs

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// What a service is in the middle of when an undo begins. web:5 is bad, web:4 ran before it.
var beginnings = map[string]string{
	"done":               "at -5d\ndeploy prod/web 4\nat -1h\ndeploy prod/web 5\nnow\n",
	"in progress":        "at -5d\ndeploy prod/web 4\nnow\nstep 0\ndeploy prod/web 5 !wait\nadvance 5s\n",
	"rolled back by ECS": "service prod/web breaker=rollback\nat -5d\ndeploy prod/web 4\nat -1h\nbad web:5\ndeploy prod/web 5\nnow\n",
	"being rolled back":  "at -5d\ndeploy prod/web 4\nnow\nstep 0\ndeploy prod/web 5 !wait\nadvance 5s\nrollback prod/web !wait\nadvance 3s\n",
	"undone by hand":     "at -5d\ndeploy prod/web 4\nat -1h\ndeploy prod/web 5\nat -10m\ndeploy prod/web 4\nnow\n",
	"being undone":       "at -5d\ndeploy prod/web 4\nat -1h\ndeploy prod/web 5\nnow\nstep 0\ndeploy prod/web 4 !wait\nadvance 5s\n",
	"blue/green":         "service prod/web strategy=BLUE_GREEN bake=5m\nat -5d\ndeploy prod/web 4\nnow\nstep 0\ndeploy prod/web 5 !wait\nadvance 20s\n",
}

// What somebody else, or time, does before one of its calls.
var meanwhile = map[string]string{
	"a minute":        "advance 1m",
	"it ends":         "wait prod/web",
	"scaled to 0":     "desired prod/web 0",
	"rolled back":     "rollback prod/web !wait",
	"stopped":         "stop prod/web !wait",
	"undone by hand":  "deploy prod/web 4 !wait",
	"undone and done": "deploy prod/web 4",
	"the bad again":   "deploy prod/web 5 !wait",
	"a hotfix":        "deploy prod/web 6 !wait",
	"a hotfix, done":  "deploy prod/web 6",
}

// TestBetween has something happen before each call of an undo, and lets so much time pass between the answers that those which
// are read together do not go together. Whatever happens: what the run says of the service is so, nothing newer is overwritten
// unsaid, and when the same is run again, the service is at web:4, or at what somebody deployed meanwhile and what ran before that.
func TestBetween(t *testing.T) {
	n := 0
	for _, begins := range slices.Sorted(maps.Keys(beginnings)) {
		for _, what := range slices.Sorted(maps.Keys(meanwhile)) {
			for nth := 1; nth <= 12; nth++ {
				if n++; n%5 != 0 && os.Getenv("ECSUNDO_TEST") != "long" {
					continue
				}
				for _, step := range []string{"5s", "1m"} {
					t.Run(fmt.Sprintf("%s/%s/%d/%s", begins, what, nth, step), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t, seven+beginnings[begins]+"step "+step)
						w.ResetCalls()
						w.tell(fmt.Sprintf("when * nth=%d '%s'", nth, meanwhile[what]))
						between(w, what, nth)
					})
				}
			}
		}
	}
}

// between runs an undo twice, the second time undisturbed, and holds what it says against what is.
func between(w *world, what string, nth int) {
	first := w.step(w.undo(), "web")
	happened, told := len(w.Calls()) >= nth, w.Running("prod")["web"]
	calls := w.Calls()
	if happened && !strings.HasPrefix(meanwhile[what], "deploy ") && calls[nth-1].Status != 200 {
		happened = false // nothing was there to be stopped
	}
	w.tell("heal")
	_ = w.Tell("wait prod/web")
	ran := w.Running("prod")["web"]
	w.ResetCalls()
	second := w.step(w.undo(), "web")
	writes := w.writes()
	_ = w.Tell("wait prod/web")
	ends := w.Running("prod")["web"]
	fail := func(why string) {
		w.t.Errorf("%s\nfirst: %s %s->%s %q: %s %q %q, runs %s, then %s\nsecond: %s %s->%s %q: %s %q %q, calls %q, runs %s", why,
			first.Action, first.From.TaskDefinition, first.To.TaskDefinition, first.Reason, first.State, first.Error, first.AllNotes(), told, ran,
			second.Action, second.From.TaskDefinition, second.To.TaskDefinition, second.Reason, second.State, second.Error, second.AllNotes(), writes, ends)
	}
	deploys := happened && strings.HasPrefix(meanwhile[what], "deploy ")
	newer := happened && (what == "the bad again" || strings.HasPrefix(what, "a hotfix"))
	says := first.Error + second.Error
	switch {
	case !deploys && strings.Contains(says, "deployed again"):
		fail("says that somebody deployed, and nobody did")
	case first.State == Steady && !newer && told != first.Deploys().String():
		fail("is steady, and runs something else")
	case first.State == RolledBack && !slices.Contains([]string{"rolled back", "stopped"}, what):
		fail("says that ECS rolled the undo back, and it did not")
	case !newer && first.State == Steady && writes != "":
		fail("the same again changed something")
	case ran == "web:4" && ends != "web:4":
		fail("goes forward to what the first run took back")
	case !newer && ends != "web:4" && second.Action != "blocked":
		fail("does not get to web:4")
	case newer && what != "the bad again" && first.Action != "unchanged" && first.State == Steady && ran == "web:4" && first.From.TaskDefinition.String() != "web:6" && first.Overwrote.String() != "web:6" && !tells(first, "web:6"):
		fail("overwrote a hotfix, and does not say so")
	}
}
