package ecs

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A model is one service in plain Go: what ECS does with its deployments, and who else is at work. The planner is the real
// one; it is shown the model's history, as observed, and its decisions are carried out as apply does.
//
// An oracle that knows only what really happened says what an undo may do at each moment.
type model struct {
	*rand.Rand
	now       time.Time
	history   []*ServiceDeployment // newest first
	ids       map[*ServiceDeployment]string
	primary   *ServiceDeployment // what the service was last told to run
	completed *ServiceDeployment // where ECS rolls back to
	tags      map[TaskDefinition]string
	copies    map[string]TaskDefinition
	last      int // highest revision registered
	digests   int

	truth   []Version // what has run well and was not left, oldest first
	allowed []Version // what an undo may lead to now
	done    bool      // the undo of what was deployed last has come up
	open    bool      // whether it is done is a matter of taste
	log     []string
}

func newModel(seed uint64) *model {
	return &model{
		Rand: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), ids: map[*ServiceDeployment]string{},
		tags: map[TaskDefinition]string{}, copies: map[string]TaskDefinition{},
	}
}

var exactly Same

func (m *model) logf(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) }

func show(v Version) string {
	text := v.original().String() + "@"
	if len(v.Images) > 0 {
		text += v.Images[0].Digest
	}
	return text
}

func (m *model) newest() *ServiceDeployment {
	if len(m.history) == 0 {
		return nil
	}
	return m.history[0]
}

func (m *model) goesOn() bool {
	d := m.newest()
	return d != nil && (d.rollingOut() || d.rollingBack())
}

// observe gives the service as the planner sees it, sharing nothing with the model.
func (m *model) observe() *Service {
	s := &Service{Name: "web", Status: "ACTIVE", Controller: "ECS", Strategy: "ROLLING", CreatedAt: m.history[len(m.history)-1].CreatedAt}
	s.Current = m.newest().ARN
	s.TaskDefinition = m.primary.Revision.Version.TaskDefinition
	s.Deployments = []Deployment{{ID: m.ids[m.primary], Status: "PRIMARY", TaskDefinition: s.TaskDefinition, CreatedAt: m.primary.CreatedAt}}
	s.History = History{Described: len(m.history), revisions: map[string]*Revision{}}
	for _, d := range m.history {
		seen, revision := *d, *d.Revision
		seen.Revision = &revision
		seen.Sources = slices.Clone(d.Sources)
		s.History.revisions[revision.ARN] = &revision
		s.History.Deployments = append(s.History.Deployments, &seen)
	}
	return s
}

// start begins a rollout, in the place of one that goes on.
func (m *model) start(v Version) {
	m.now = m.now.Add(time.Duration(1+m.IntN(60)) * time.Second)
	if d := m.newest(); m.goesOn() {
		if d.Status == "ROLLBACK_IN_PROGRESS" {
			d.Status = "ROLLBACK_FAILED"
		} else {
			d.Status = "STOPPED"
		}
		d.FinishedAt = m.now
	}
	n := len(m.history)
	d := &ServiceDeployment{ARN: fmt.Sprint("deployment-", n), Status: "IN_PROGRESS", CreatedAt: m.now, Revision: &Revision{ARN: fmt.Sprint("revision-", n), Version: v, Config: map[string]string{}}}
	d.Target = d.Revision.ARN
	if m.completed != nil {
		d.Sources = []string{m.completed.Target}
	}
	if m.primary != nil && m.primary != m.completed && m.IntN(2) == 0 {
		d.Sources = append(d.Sources, m.primary.Target) // some of its tasks had come up
	}
	m.history = append([]*ServiceDeployment{d}, m.history...)
	m.ids[d], m.primary = fmt.Sprint("ecs-svc/", n), d
}

// pass lets what goes on go on, to one of its ends.
func (m *model) pass() {
	if !m.goesOn() {
		return
	}
	m.now = m.now.Add(time.Minute)
	d := m.newest()
	good := m.IntN(4) > 0
	switch {
	case d.rollingOut() && good, d.Status == "ROLLBACK_REQUESTED" && m.IntN(8) == 0:
		m.succeed(d)
	case d.rollingOut() && m.IntN(4) == 0 || m.completed == nil:
		d.Status = "STOPPED" // a circuit breaker without rollback
		d.FinishedAt = m.now
	case d.rollingOut() || d.Status == "ROLLBACK_REQUESTED":
		d.Status, m.primary = "ROLLBACK_IN_PROGRESS", m.completed
		return
	default:
		d.Status, d.FinishedAt = "ROLLBACK_SUCCESSFUL", m.now
	}
	m.logf("%s ends %s", show(d.Revision.Version), d.Status)
}

func (m *model) succeed(d *ServiceDeployment) {
	d.Status, d.FinishedAt, m.completed = "SUCCESSFUL", m.now, d
	v := d.Revision.Version
	if i := m.inTruth(v); i >= 0 {
		m.truth = m.truth[:i+1]
	} else {
		m.truth = append(m.truth, v)
	}
	m.done = !m.open && m.isAllowed(v)
}

func (m *model) inTruth(v Version) int {
	return slices.IndexFunc(m.truth, func(t Version) bool { return exactly.Versions(t, v) })
}

func (m *model) isAllowed(v Version) bool {
	return slices.ContainsFunc(m.allowed, func(a Version) bool { return exactly.Versions(a, v) })
}

// ran makes a version of a definition with what its tag names now.
func (m *model) ran(t, origin TaskDefinition, digest string) Version {
	reference := "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:" + t.String()
	return Version{TaskDefinition: t, Origin: origin, Images: []Image{{"app", reference, digest}}}
}

func (m *model) digest() string { m.digests++; return fmt.Sprint("d", m.digests) }

// deploy is the pipeline, or a person: mostly something new, sometimes the same again, or something from before.
func (m *model) deploy() {
	var v Version
	switch n := m.IntN(20); {
	case m.primary == nil || n < 12:
		m.last++
		t := TaskDefinition{"web", m.last}
		m.tags[t] = m.digest()
		v = m.ran(t, TaskDefinition{}, m.tags[t])
	case n < 15: // forced; the tag may have moved
		now := m.primary.Revision.Version
		t := now.TaskDefinition
		if now.Origin.IsZero() && m.IntN(2) == 0 {
			m.tags[t] = m.digest()
		}
		v = m.ran(t, now.Origin, m.tags[t])
	default: // some version that ran, or was tried
		old := m.history[m.IntN(len(m.history))].Revision.Version
		if old.TaskDefinition == m.primary.Revision.Version.TaskDefinition {
			return // UpdateService would change nothing
		}
		v = m.ran(old.TaskDefinition, old.Origin, m.tags[old.TaskDefinition])
	}
	m.logf("deploys %s", show(v))
	i := m.inTruth(v)
	switch top := len(m.truth) - 1; {
	case top < 0:
		m.allowed = nil
	case i < 0: // forward
		m.allowed = []Version{m.truth[top]}
	case i < top: // a return, which may be tried again if it fails, or else what is under the top
		m.allowed = []Version{v, m.truth[top-1]}
	case !exactly.Versions(m.primary.Revision.Version, v) && m.inTruth(m.primary.Revision.Version) < 0:
		m.allowed = []Version{v} // in the place of what did not get anywhere
	case !exactly.Versions(m.primary.Revision.Version, v): // in the place of a return: forward again, or as it was
		m.allowed, m.done, m.open = []Version{v, m.truth[top-1]}, false, true
		m.start(v)
		return
	case m.newest().Status == "ROLLBACK_SUCCESSFUL": // by the letter, what is under it; but this is one step back as well
		m.allowed, m.done, m.open = []Version{v}, false, true
		if top > 0 {
			m.allowed = append(m.allowed, m.truth[top-1])
		}
		m.start(v)
		return
	default: // the same again: what was before it still is
		m.start(v)
		return
	}
	m.done, m.open = false, false
	m.start(v)
}

// A modelRun is one process that undoes: it has planned, and will apply, unless it is killed before.
type modelRun struct {
	id       int
	decision Decision
	primary  string
	current  string
}

// change is apply for one step; its error says what should not have happened.
func (m *model) change(r *modelRun) error {
	d := r.decision
	if d.Action != Undo || (&Step{primary: r.primary, current: r.current}).deployedSince(m.observe()) {
		return nil
	}
	to := d.To.version
	if d.rollback != nil {
		newest := m.newest()
		if newest.ARN == d.rollback.ARN && m.goesOn() {
			if newest.rollingOut() {
				newest.Status = "ROLLBACK_REQUESTED"
				m.logf("run %d: rolls %s back natively, to %s", r.id, show(newest.Revision.Version), show(to))
				return m.verify(to, m.completed.Revision.Version)
			}
			return nil
		} // refused, and still there: the version before is deployed
	}
	t, origin := to.TaskDefinition, to.Origin
	if digest := to.Images[0].Digest; m.tags[t] != digest {
		origin = to.original()
		t = m.copies[origin.String()+digest]
		if t.IsZero() {
			m.last++
			t = TaskDefinition{"web", m.last}
			m.copies[origin.String()+digest], m.tags[t] = t, digest
		}
	}
	if t == m.primary.Revision.Version.TaskDefinition {
		return nil // UpdateService changes nothing
	}
	v := m.ran(t, origin, m.tags[t])
	m.logf("run %d: deploys %s", r.id, show(v))
	err := m.verify(to, v)
	m.start(v)
	return err
}

func (m *model) verify(want, v Version) error {
	switch {
	case !exactly.Versions(want, v):
		return fmt.Errorf("wanted %s, and it becomes %s", show(want), show(v))
	case m.inTruth(v) < 0:
		return fmt.Errorf("goes to %s, which has been left, or never ran well", show(v))
	case !m.isAllowed(v):
		return fmt.Errorf("goes to %s, more than one step", show(v))
	case m.done:
		return fmt.Errorf("goes to %s, although it had been taken back", show(v))
	}
	return nil
}

func (m *model) plan(id int) *modelRun {
	s := m.observe()
	d := UndoPlanner(UndoOptions{}).decide(s, exactly)
	m.logf("run %d: plans %s %s: %s", id, d.Action, show(d.To.version), d.Reason)
	return &modelRun{id, d, s.Primary().ID, s.Current}
}

// play is one schedule: runs of one undo that plan, apply and are killed at any moment, beside a pipeline and what becomes of
// deployments.
func (m *model) play() error {
	m.deploy()
	var runs []*modelRun
	for n := range 40 {
		switch k := m.IntN(10); {
		case k < 3:
			m.pass()
		case k < 4:
			m.deploy()
		case k < 7:
			runs = append(runs, m.plan(n))
		case len(runs) > 0:
			i := m.IntN(len(runs))
			if m.IntN(4) > 0 { // else it is killed
				if err := m.change(runs[i]); err != nil {
					return err
				}
			}
			if m.IntN(3) > 0 { // else it tries the same change again, as after a lost answer
				runs = slices.Delete(runs, i, i+1)
			}
		}
	}
	// In the end all is quiet, something new has been deployed well, and one run is enough.
	for m.goesOn() {
		m.pass()
	}
	if len(m.truth) == 0 || m.newest().Status != "SUCCESSFUL" || len(m.allowed) != 1 || m.isAllowed(m.newest().Revision.Version) || m.done {
		return nil
	}
	m.logf("quiet")
	if err := m.change(m.plan(100)); err != nil {
		return err
	}
	if m.primary != m.newest() || !m.isAllowed(m.newest().Revision.Version) {
		return fmt.Errorf("did nothing, and %s was to come back", show(m.allowed[0]))
	}
	m.succeed(m.newest())
	if again := m.plan(101); again.decision.Action == Undo {
		return fmt.Errorf("run again: goes to %s", show(again.decision.To.version))
	}
	return nil
}

// TestModel plays some thousands of schedules. Never two steps back, never to what was left, never twice.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4000) {
		m := newModel(seed)
		if err := m.play(); err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, strings.Join(m.log, "\n"))
		}
	}
}

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
			one, two := w.plan(UndoPlanner(UndoOptions{}), PlanOptions{}), w.plan(UndoPlanner(UndoOptions{}), PlanOptions{})
			if late := r.IntN(3) == 0; late {
				// The plans are old, and the fix has been deployed meanwhile: nobody takes it away.
				one.ObservedAt, two.ObservedAt = time.Now().Add(-time.Minute), time.Now().Add(-time.Minute)
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
			if step := w.step(p, "web"); running != fmt.Sprint("web:", want) && !strings.Contains(w.body(running), originTag) {
				t.Errorf("runs %s, want web:%d: %s %s", running, want, step.Action, step.Reason)
			}
			if strings.Contains(w.body(running), originTag) && !strings.Contains(w.body(running), fmt.Sprintf(`"web:%d `, want)) {
				t.Errorf("runs %s, want a copy of web:%d", w.body(running), want)
			}
			w.ResetCalls()
			if w.undo(); w.writes() != "" {
				t.Errorf("one more run: %s", w.writes())
			}
		})
	}
}
