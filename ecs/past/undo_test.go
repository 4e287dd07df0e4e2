package past

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A case is a history, oldest first, and what an undo makes of it. 10{a1,s1} is a deployment of the definition 10 in which the
// container app (a) ran the image with the digest a1, and the agent (s, a known sidecar) s1; l is a log router that no list
// knows, w a worker in the same task. a? is a digest that is not known. Behind it stands in parentheses how it ended, if not
// well: STOPPED, FAILED (stopped, and not by a newer one), RB (rolled back by ECS), RBFAILED, RUN (rolling out); copy=10: a copy
// of 10, or identical to it; cfg=x: its configuration; zero: made at a desired count of 0. Ages are an hour from one to the next.
type undoCase struct {
	name, history string

	options Options
	undo    UndoOptions
	unique  bool // each definition has a tag of its own for app
	cut     bool // the service is older than the list
	planner *Planner

	want string // "10", "10{a1}" (a target), "nothing", "blocked", "skipped", "older", "guess", "tasks"
	says Code
}

var entry = regexp.MustCompile(`^(\d+)\{([^}]*)\}(?:\(([^)]*)\))?$`)

var day0 = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func reading(t *testing.T, c undoCase) *Reading {
	t.Helper()
	s := &Service{Name: "web", Status: "ACTIVE", Controller: "ECS", Strategy: "ROLLING", Desired: 1, Running: 1, CreatedAt: day0}
	if c.cut {
		s.CreatedAt = day0.AddDate(-1, 0, 0)
	}
	s.History.Revisions = map[string]*Revision{}
	var current *ServiceDeployment
	for n, text := range strings.Fields(c.history) {
		m := entry.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no entry: %q", text)
		}
		number, _ := strconv.Atoi(m[1])
		at := day0.Add(time.Duration(n) * time.Hour)
		d := &ServiceDeployment{ARN: fmt.Sprint("d/", n), Status: "SUCCESSFUL", CreatedAt: at, FinishedAt: at.Add(time.Minute), Target: fmt.Sprint("r/", n)}
		v := Version{TaskDefinition: TaskDefinition{"web", number}}
		config := map[string]string{}
		for _, option := range strings.Split(m[3], ",") {
			key, value, _ := strings.Cut(option, "=")
			switch key {
			case "STOPPED", "FAILED":
				d.Status = "STOPPED"
			case "RB":
				d.Status = "ROLLBACK_SUCCESSFUL"
			case "RBFAILED":
				d.Status = "ROLLBACK_FAILED"
			case "RUN":
				d.Status, d.FinishedAt = "IN_PROGRESS", time.Time{}
			case "copy":
				v.Origin.Family = "web"
				v.Origin.Revision, _ = strconv.Atoi(value)
			case "cfg":
				config["networkConfiguration"] = value
			case "fix":
				config["launchType"] = value
			case "zero":
				d.Counted = true
			case "ran":
				d.Counted, d.Requested = true, 1
			case "ODD":
				d.Status = "PAUSED"
			}
		}
		for _, digest := range strings.Split(m[2], ",") {
			if digest == "" {
				continue
			}
			i := map[byte]Image{
				'a': {Container: "app", Reference: "ghcr.io/shop/web:latest"}, 's': {Container: "agent", Reference: "docker.io/datadog/agent:7"},
				'l': {Container: "log", Reference: "docker.io/team/fluentbit:stable"}, 'w': {Container: "worker", Reference: "ghcr.io/shop/worker:latest"},
			}[digest[0]]
			if c.unique && digest[0] == 'a' {
				i.Reference = fmt.Sprint("ghcr.io/shop/web:v", number)
			}
			if digest[1:] != "?" {
				i.Digest = "sha256:" + digest
			}
			v.Images = append(v.Images, i)
		}
		d.Revision = &Revision{ARN: d.Target, Version: v, Config: config}
		s.History.Revisions[d.Target] = d.Revision
		s.History.Deployments = append([]*ServiceDeployment{d}, s.History.Deployments...)
		if d.Status != "ROLLBACK_SUCCESSFUL" {
			current = d
		}
		if d.RollingOut() && n > 0 {
			d.Sources = []string{fmt.Sprint("r/", n-1)}
		}
	}
	s.History.Described = len(s.History.Deployments)
	s.TaskDefinition = current.Revision.Version.TaskDefinition
	p := Deployment{ID: "ecs-svc/" + strings.TrimPrefix(current.Target, "r/"), Status: "PRIMARY", TaskDefinition: s.TaskDefinition, RolloutState: "COMPLETED", CreatedAt: current.CreatedAt}
	s.Deployments = []Deployment{p}
	s.Now = current.Revision.Version
	return Read(s)
}

var agents = Rules{Sidecar: func(i Image) bool { return strings.Contains(i.Reference, "agent") }}

func (c undoCase) got(t *testing.T) (string, Decision) {
	r := reading(t, c)
	p := UndoPlanner(c.undo)
	if c.planner != nil {
		p = *c.planner
	}
	d := p.Decide(r, agents, c.options)
	switch {
	case d.Need == Older:
		return "older", d
	case d.Need == OtherSource:
		return "guess", d
	case d.Need == TaskCounts:
		return "tasks", d
	case d.Need == Manifests:
		r.Service.History.ManifestsRead = true
		d = p.Decide(r, agents, c.options)
	}
	if d.Action == Undo {
		var digests []string
		for _, i := range d.To.Version.Images {
			digests = append(digests, strings.TrimPrefix(i.Digest, "sha256:"))
		}
		text := fmt.Sprintf("%d{%s}", d.To.Version.TaskDefinition.Revision, strings.Join(digests, ","))
		if d.Configuration {
			text += " cfg=" + d.To.Revision().Config["networkConfiguration"]
		}
		return text, d
	}
	return map[Action]string{Unchanged: "nothing", Blocked: "blocked", Skipped: "skipped"}[d.Action], d
}

func TestUndo(t *testing.T) {
	whole, noPin := Options{Whole: true}, Options{NoPin: true}
	to10, err := ToPlanner("10")
	if err != nil {
		t.Fatal(err)
	}
	asOfFirst := AsOfPlanner(day0.Add(30*time.Minute), true)
	for _, c := range []undoCase{
		{name: "forward", history: "10{a1} 11{a2}", want: "10{a1}", says: Before},
		{name: "one version", history: "10{a1}", want: "nothing", says: OnlyVersion},
		{name: "a return", history: "10{a1} 11{a2} 10{a1}", want: "nothing", says: TakenBack},
		{name: "a return, again", history: "9{a0} 10{a1} 11{a2} 10{a1}", undo: UndoOptions{Again: true}, want: "9{a0}"},
		{name: "to and fro", history: "10{a1} 11{a2} 10{a1} 11{a2}", want: "10{a1}"},
		{name: "registered anew to roll back", history: "10{a1} 11{a2} 12{a1}", want: "nothing", says: CodeTakenBack},
		{name: "registered anew to roll back, identical", history: "10{a1} 11{a2} 12{a1}(copy=10)", want: "nothing", says: TakenBack},
		{name: "registered anew with a tag of its own", history: "10{a1} 11{a2} 12{a1}", unique: true, want: "nothing", says: CodeTakenBack},
		{name: "a copy whose tag was lost", history: "10{a1} 10{a2} 11{a1}", want: "nothing"},
		{name: "a copy of a copy", history: "10{a1} 10{a2} 11{a1}(copy=10) 10{a2} 12{a1}(copy=10)", want: "nothing"},
		{name: "a return that was stopped by a newer one", history: "10{a1} 11{a2} 10{a?}(STOPPED) 12{a3}", want: "10{a1}"},
		{name: "a stopped return, then the bad one again", history: "10{a1} 11{a2} 10{a?}(STOPPED) 11{a2}", want: "10{a1}"},
		{name: "a stopped return, then again", history: "10{a1} 11{a2} 10{a?}(STOPPED) 10{a1}", want: "nothing", says: TakenBack},
		{name: "a return that does not come up", history: "10{a1} 11{a2} 10{a?}(FAILED)", want: "blocked", says: ReturnNotUp},
		{name: "a return that does not come up, of a revision", history: "10{a1} 11{a2} 10{a?}(FAILED)", undo: UndoOptions{IfRevision: 11}, want: "blocked", says: ReturnNotUp},
		{name: "a return that does not come up, of another revision", history: "10{a1} 11{a2} 10{a?}(FAILED)", undo: UndoOptions{IfRevision: 12}, want: "nothing", says: OtherRevision},
		{name: "two returns that do not come up, of the first revision", history: "9{a0} 10{a1} 11{a2} 10{a?}(FAILED) 9{a?}(FAILED)", undo: UndoOptions{IfRevision: 11}, want: "blocked", says: ReturnNotUp},
		{name: "a return that does not come up, of an image", history: "10{a1} 11{a2} 10{a1}(FAILED)", undo: UndoOptions{IfImage: func(i Image) bool { return i.Digest == "sha256:a2" }}, want: "blocked", says: ReturnNotUp},
		{name: "a return that came up when it was forced, of a revision", history: "10{a1} 11{a2} 10{a?}(FAILED) 10{a1}", undo: UndoOptions{IfRevision: 11}, want: "nothing", says: OtherRevision},
		{name: "to a return that does not come up", history: "10{a1} 11{a2} 10{a?}(FAILED)", planner: &to10, want: "blocked", says: ReturnNotUp},
		{name: "to a return that came up", history: "10{a1} 11{a2} 10{a1}", planner: &to10, want: "nothing", says: RunsAlready},
		{name: "as of before, a return that does not come up", history: "10{a1} 11{a2} 10{a?}(FAILED)", planner: &asOfFirst, want: "blocked", says: ReturnNotUp},
		{name: "as of before, a return that came up", history: "10{a1} 11{a2} 10{a1}", planner: &asOfFirst, want: "nothing", says: RunsSince},
		{name: "a rollback that failed, then the good one again", history: "10{a1} 11{a2}(RBFAILED) 10{a1}", want: "nothing", says: TakenBack},
		{name: "a rollback that failed, then forward", history: "10{a1} 11{a2}(RBFAILED) 12{a3}", want: "10{a1}"},
		{name: "a return whose rollback failed, then forward", history: "10{a1} 11{a2} 10{a1}(RBFAILED) 12{a3}", want: "10{a1}"},
		{name: "a guess after a lost record, and its copy", history: "10{} 11{a2} 12{a1}(copy=10)", want: "nothing", says: TakenBack},
		{name: "older than the history", history: "11{a2} 10{a1}", cut: true, want: "nothing", says: AppearsTakenBack},
		{name: "a copy of what is older than the history", history: "11{a2} 12{a1}(copy=10)", cut: true, want: "nothing", says: AppearsTakenBack},
		{name: "a lower revision that is new", history: "11{a2} 10{a1}", want: "11{a2}"},
		{name: "a bad toggle, and the agent moves all the time", history: "10{a1,s1} 11{a1,s2} 10{a1,s3}", want: "nothing"},
		{name: "the code did not go back", history: "10{a1,s1} 11{a2,s2} 10{a2,s1}", want: "10{a1,s1}", says: CompletesReturn},
		{name: "only the worker went back", history: "10{a1,w1} 11{a2,w2} 10{a2,w1}", want: "10{a1,w1}", says: CompletesReturn},
		{name: "the code did not go back, then pinned", history: "10{a1} 11{a2} 10{a2} 12{a1}(copy=10)", want: "nothing", says: TakenBack},
		{name: "the code did not go back, then forward", history: "10{a1} 11{a2} 10{a2} 12{a3}", want: "10{a1}"},
		{name: "the code did not go back, then the bad one again", history: "10{a1} 11{a2} 10{a2} 11{a2}", want: "10{a1}"},
		{name: "the code did not go back, forced", history: "10{a1} 11{a2} 10{a2} 10{a2}", want: "10{a1}", says: CompletesReturn},
		{name: "the code did not go back, no pin", history: "10{a1} 11{a2} 10{a2}", options: noPin, want: "nothing", says: ReturnUnpinned},
		{name: "the code did not go back, again", history: "9{a0} 10{a1} 11{a2} 10{a2}", undo: UndoOptions{Again: true}, want: "9{a0}"},
		{name: "only configuration was to be left", history: "10{a1} 11{a1} 12{a2} 10{a2}", want: "blocked", says: ConfigurationLeft},
		{name: "new code, or a tag that moved", history: "10{a1} 11{a2} 10{a3}", want: "blocked", says: UnclearReturn},
		{name: "new code, or a tag that moved, again", history: "10{a1} 11{a2} 10{a3}", undo: UndoOptions{Again: true}, want: "blocked", says: UnclearReturn},
		{name: "half a rollback, or a new version", history: "10{a1,w1} 11{a2,w2} 12{a1,w2}", want: "blocked", says: MixedReturn},
		{name: "new code, or a tag that moved, then forward", history: "10{a1} 11{a2} 10{a3} 12{a4}", want: "10{a3}"},
		{name: "new code, or a tag that moved, then back", history: "10{a1} 11{a2} 10{a3} 11{a2}", want: "nothing"},
		{name: "back two", history: "10{a1} 10{a2} 11{a2} 10{a1}", want: "nothing"},
		{name: "bodies differ, code does not", history: "10{a1} 11{a1} 12{a1}", want: "11{a1}"},
		{name: "forced, the tag has moved", history: "10{a1} 10{a2}", want: "10{a1}"},
		{name: "forced, the tag has moved twice", history: "10{a1} 10{a2} 10{a3}", want: "10{a2}"},
		{name: "forced back", history: "10{a1} 10{a2} 10{a1}", want: "nothing"},
		{name: "forced back, no pin", history: "10{a1} 10{a2} 10{a1}", options: noPin, want: "nothing", says: TakenBack},
		{name: "forced, the tag has moved, no pin", history: "9{a0} 10{a1} 10{a2}", options: noPin, want: "9{a0}"},
		{name: "forced, the tag has moved, no pin, nothing else", history: "10{a1} 10{a2}", options: noPin, want: "nothing", says: OnlyDigestDiffers},
		{name: "a log router moved, rolled back by hand", history: "1{a1,l1} 2{a2,l2} 1{a1,l2}", unique: true, want: "nothing", says: TakenBack},
		{name: "a log router moved again since", history: "1{a1,l1} 2{a2,l2} 1{a1,l2} 1{a1,l3}", unique: true, want: "nothing", says: TakenBack},
		{name: "a log router moved, the registry was not read", history: "1{a1,l1} 2{a2,l2} 1{a1,l2} 2{a2,l2}", unique: true, want: "1{a1,l2}"},
		{name: "a log router forced forward twice", history: "1{a1,l1} 2{a2,l1} 2{a2,l2} 2{a2,l3}", unique: true, want: "1{a1,l1}"},
		{name: "a pin, then forced", history: "1{a1} 2{a2} 3{a1}(copy=1) 3{a1}(copy=1)", want: "nothing", says: TakenBack},
		{name: "ECS rolled it back", history: "3{a3} 4{a4} 5{a5}(RB)", want: "nothing", says: RolledBackByECS},
		{name: "ECS rolled it back, and the same was forced", history: "3{a3} 4{a4} 5{a5}(RB) 4{a4}", want: "nothing", says: RolledBackByECS},
		{name: "ECS rolled it back, then a new one", history: "4{a4} 5{a5}(RB) 6{a6}", want: "4{a4}"},
		{name: "an undo failed", history: "3{a3} 4{a4} 3{a3}(RB)", want: "3{a3}", says: Before},
		{name: "ECS rolled it back, again", history: "3{a3} 4{a4} 5{a5}(RB)", undo: UndoOptions{Again: true}, want: "3{a3}"},
		{name: "in the place of what was rolling out", history: "4{a4} 5{a5}(STOPPED) 4{a4}", want: "nothing", says: TakenBack},
		{name: "in the place of it, with its code", history: "4{a4} 5{a5}(STOPPED) 4{a5}", want: "4{a4}", says: CompletesReturn},
		{name: "failed without rollback", history: "3{a3} 4{a4} 5{a5}(FAILED)", want: "4{a4}"},
		{name: "rolling out", history: "3{a3} 4{a4} 5{a?}(RUN)", want: "4{a4}", says: BeforeRollout},
		{name: "a return in flight", history: "3{a3} 4{a4} 3{a?}(RUN)", want: "nothing", says: Returning},
		{name: "again while a return is in flight", history: "3{a3} 4{a4} 3{a?}(RUN)", undo: UndoOptions{Again: true}, want: "blocked", says: AgainWhileReturning},
		{name: "a status that is not known", history: "3{a3} 4{a4} 5{a5}(ODD)", want: "blocked", says: UnknownStatus},
		{name: "only configuration", history: "4{a4} 5{a5}(cfg=x) 5{a5}(cfg=y)", want: "blocked", says: OnlyConfiguration},
		{name: "only configuration, guarded", history: "4{a4} 5{a5}(cfg=x) 5{a5}(cfg=y)", undo: UndoOptions{IfImage: func(i Image) bool { return i.Digest == "sha256:a5" }}, want: "4{a4}"},
		{name: "only configuration, whole", history: "4{a4} 5{a5}(cfg=x) 5{a5}(cfg=y)", options: whole, want: "5{a5} cfg=x", says: ConfigurationBack},
		{name: "only configuration, whole, done", history: "4{a4} 5{a5}(cfg=x) 5{a5}(cfg=y) 5{a5}(cfg=x)", options: whole, want: "nothing", says: ConfigurationTakenBack},
		{name: "only configuration that is fixed, whole", history: "4{a4} 5{a5}(fix=x) 5{a5}(fix=y)", options: whole, want: "blocked", says: OnlyConfigurationFixed},
		{name: "code and network", history: "2{a2}(cfg=x) 3{a3}(cfg=y)", options: whole, want: "2{a2}"},
		{name: "code and network, the code is back, whole", history: "2{a2}(cfg=x) 3{a3}(cfg=y) 2{a2}(cfg=y)", options: whole, want: "2{a2} cfg=x", says: ConfigurationBack},
		{name: "code and network, all is back, whole", history: "2{a2}(cfg=x) 3{a3}(cfg=y) 2{a2}(cfg=y) 2{a2}(cfg=x)", options: whole, want: "nothing", says: TakenBack},
		{name: "code and network, the code is back", history: "2{a2}(cfg=x) 3{a3}(cfg=y) 2{a2}(cfg=y)", want: "nothing", says: TakenBack},
		{name: "what cannot be set stays, whole", history: "2{a2}(fix=x) 3{a3}(fix=y) 2{a2}(fix=y)", options: whole, want: "nothing", says: TakenBack},
		{name: "taken back, then configured", history: "4{a4} 5{a5} 4{a4} 4{a4}(cfg=y)", want: "nothing", says: TakenBack},
		{name: "never ran a task", history: "1{a1} 2{a?}(zero) 3{a?}(zero) 4{a4}", want: "1{a1}", says: Before},
		{name: "perhaps never ran a task", history: "1{a1} 2{a?} 4{a4}", want: "tasks"},
		{name: "ran unresolved", history: "1{a1} 2{a?}(ran) 4{a4}", want: "2{}"},
		{name: "an image that matches", history: "1{a1} 2{a2} 3{a3}", undo: UndoOptions{IfImage: func(i Image) bool { return i.Digest >= "sha256:a2" }}, want: "1{a1}"},
		{name: "every version matches", history: "1{a1} 2{a2} 3{a3}", undo: UndoOptions{IfImage: func(Image) bool { return true }}, want: "blocked", says: EveryVersionMatches},
		{name: "another revision", history: "1{a1} 2{a2}", undo: UndoOptions{IfRevision: 3}, want: "nothing", says: OtherRevision},
		{name: "identical, and no digest is known", history: "9{a?} 10{a?} 11{a?}(copy=10)", want: "blocked", says: IdenticalUnknown},
		{name: "differing, and no digest is known", history: "10{a?}(ran) 11{a?}(ran)", want: "10{}", says: Before},
		{name: "identical with tags of its own", history: "9{a?}(ran) 10{a?} 11{a?}(copy=10)", unique: true, want: "9{}"},
		{name: "cut", history: "2{a2}", cut: true, want: "guess"},
		{name: "the only deployment failed", history: "1{a?}(RBFAILED)", want: "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, d := c.got(t)
			if got != c.want || c.says != "" && d.Reason.Code != c.says {
				t.Errorf("%s: %s (%s), want %s (%s): %s", c.history, got, d.Reason.Code, c.want, c.says, d.Reason.Text(day0.AddDate(0, 0, 1)))
			}
		})
	}
}
