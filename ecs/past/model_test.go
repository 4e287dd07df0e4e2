package past

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A model is one service and the people around it: a pipeline that releases, people who roll back by hand, who deploy an older
// definition again because they want it, who force; a registry whose tags move; ECS, which rolls back what fails. It keeps what
// each of them meant. Undos run in between, at any moment, and some are killed.
//
// The oracle knows only what people meant, and what they see: which code was left, and is not to come back.
type model struct {
	*rand.Rand
	unique  bool // each release has a tag of its own; else all are on latest
	sidecar bool // the log router beside the app is known to be one
	latest  int  // the code that the tag latest names
	log     int  // the image that its tag names
	codes   int
	defs    int

	deployments []*ServiceDeployment // oldest first
	meant       []release            // what people want to have run, oldest first: the last is what they want now
	left        map[string]int       // code and definitions that were left, and that nobody has asked for again
	fresh       bool                 // what was deployed last is new code that nobody has left
	pins        map[int]int          // by definition: the image to which a copy has pinned the log router
	sources     bool                 // what the oldest listed deployment replaced can be read
	cut         int                  // how many deployments ECS has forgotten; 0: none
	lines       []string
}

type release struct {
	def, code int
}

func (m *model) note(format string, args ...any) {
	m.lines = append(m.lines, fmt.Sprintf(format, args...))
}

func code(n int) string { return fmt.Sprint("a", n) }
func def(n int) string  { return fmt.Sprint("web:", n) }

// deploy has ECS deploy a definition; what its tags name now is what runs, unless pinned says otherwise.
// logPinned is the image that a pinned log router runs; 0: its tag decides.
func (m *model) deploy(number, runs, origin int, pinned bool, status string, logPinned ...int) {
	n := len(m.deployments)
	at := day0.Add(time.Duration(n) * time.Hour)
	app := Image{Container: "app", Reference: "ghcr.io/shop/web:latest", Digest: "sha256:" + code(runs)}
	if m.unique {
		app.Reference = fmt.Sprint("ghcr.io/shop/web:", code(runs))
	}
	v := Version{TaskDefinition: TaskDefinition{"web", number}}
	if origin > 0 {
		v.Origin = TaskDefinition{"web", origin}
		v.OriginalImages = []Image{app, {Container: "log", Reference: "docker.io/team/fluentbit:stable"}}
	}
	if pinned {
		app.Reference = "ghcr.io/shop/web@" + app.Digest
	}
	log := Image{Container: "log", Reference: "docker.io/team/fluentbit:stable", Digest: fmt.Sprint("sha256:l", m.log)}
	if len(logPinned) > 0 {
		log.Digest = fmt.Sprint("sha256:l", logPinned[0])
		log.Reference = "docker.io/team/fluentbit@" + log.Digest
		m.pins[number] = logPinned[0]
	} else if n, was := m.pins[number]; was {
		log.Digest = fmt.Sprint("sha256:l", n)
		log.Reference = "docker.io/team/fluentbit@" + log.Digest
	}
	v.Images = []Image{app, log}
	d := &ServiceDeployment{ARN: fmt.Sprint("d/", n), Target: fmt.Sprint("r/", n), Status: status, CreatedAt: at, FinishedAt: at.Add(time.Minute)}
	d.Revision = &Revision{ARN: d.Target, Version: v, Config: map[string]string{}}
	m.deployments = append(m.deployments, d)
}

// current gives the deployment that the service shows as its own.
func (m *model) current() *ServiceDeployment {
	for i := len(m.deployments) - 1; i >= 0; i-- {
		if d := m.deployments[i]; !d.RolledBack() {
			return d
		}
	}
	return nil
}

func (m *model) reading() *Reading {
	s := &Service{Name: "web", Controller: "ECS", Strategy: "ROLLING", Desired: 2, Running: 2, CreatedAt: day0}
	s.History.Revisions = map[string]*Revision{}
	for _, d := range m.deployments {
		seen, revision := *d, *d.Revision
		seen.Revision = &revision
		s.History.Revisions[d.Target] = &revision
		s.History.Deployments = append([]*ServiceDeployment{&seen}, s.History.Deployments...)
	}
	if n := len(s.History.Deployments); m.cut > 0 && n > m.cut {
		s.History.Deployments = s.History.Deployments[:n-m.cut] // ECS lists no more, and describes no more
		for _, d := range m.deployments[:m.cut] {
			if d != m.current() { // what runs is always described
				delete(s.History.Revisions, d.Target)
			}
			if m.sources && d.Successful() { // and so is what the oldest listed deployment replaced
				revision := *d.Revision
				s.History.Before = SourceOf(&ServiceDeployment{Sources: []string{d.Target}}, map[string]*Revision{d.Target: &revision})
			}
		}
	}
	s.History.Described, s.History.ManifestsRead, s.History.TasksRead = len(s.History.Deployments), true, true
	now := m.current()
	s.Revisions, s.Now = []string{now.Target}, now.Revision.Version
	s.TaskDefinition = now.Revision.Version.TaskDefinition
	s.Deployments = []Deployment{{ID: "ecs-svc/" + lastPart(now.Target), Status: "PRIMARY", TaskDefinition: s.TaskDefinition, RolloutState: "COMPLETED", CreatedAt: now.CreatedAt}}
	return Read(s)
}

func (m *model) rules() Rules {
	return Rules{Sidecar: func(i Image) bool { return m.sidecar && strings.Contains(i.Reference, "fluentbit") }}
}

// release is the pipeline: new code under a new definition, or under the one that runs.
func (m *model) release() {
	m.codes++
	m.latest = m.codes
	wants := release{m.defs + 1, m.codes}
	if forced := !m.unique && len(m.meant) > 0 && m.IntN(3) == 0; forced {
		now := m.current().Revision.Version
		wants.def = now.Original().Revision
		if now.TaskDefinition != now.Original() { // a copy is pinned: forcing it brings nothing new
			m.note("forced, and pinned")
			m.deploy(now.TaskDefinition.Revision, m.runs(), now.Original().Revision, true, "SUCCESSFUL")
			return
		}
	} else {
		m.defs++
	}
	failed := len(m.meant) > 0 && m.IntN(6) == 0
	if failed {
		m.note("release of %s with %s: ECS rolls it back", def(wants.def), code(wants.code))
		m.deploy(wants.def, wants.code, 0, false, "ROLLBACK_SUCCESSFUL")
		m.left[code(wants.code)] = len(m.deployments)
		m.fresh = false
		return
	}
	m.note("release of %s with %s", def(wants.def), code(wants.code))
	m.deploy(wants.def, wants.code, 0, false, "SUCCESSFUL")
	m.meant, m.fresh = append(m.meant, wants), true
}

// runs gives the code that runs.
func (m *model) runs() int {
	i, _ := m.current().Revision.Version.Image("app")
	var n int
	_, _ = fmt.Sscanf(i.Digest, "sha256:a%d", &n)
	return n
}

// byHand is somebody who rolls back to the release before, as the console does it: by its definition. With tags of its own the
// code goes back too; else what latest names starts, which they may have put back before.
func (m *model) byHand() {
	if len(m.meant) < 2 {
		return
	}
	to := m.meant[len(m.meant)-2]
	if now := m.current().Revision.Version.Original().Revision; now == to.def {
		return // that is no rollback: UpdateService would change nothing, or only leave a pin
	}
	runs := to.code
	if !m.unique {
		if m.IntN(2) == 0 {
			m.latest = to.code
		}
		runs = m.latest
	}
	status := "SUCCESSFUL"
	if m.IntN(5) == 0 {
		status = "STOPPED" // something newer comes before it is steady: see play
	}
	m.note("rolled back by hand to %s, which runs %s: %s", def(to.def), code(runs), status)
	m.deploy(to.def, runs, 0, false, status)
	m.leave()
	if status == "STOPPED" {
		m.release()
	}
}

// leave takes the release that runs from what people want.
func (m *model) leave() {
	gone := m.meant[len(m.meant)-1]
	m.meant = m.meant[:len(m.meant)-1]
	m.left[code(gone.code)], m.fresh = len(m.deployments), false
	if !slices.ContainsFunc(m.meant, func(r release) bool { return r.def == gone.def }) {
		m.left[def(gone.def)] = len(m.deployments)
	}
}

// wasLeft reports whether a code or a definition has been left, as far as what is listed can show that.
func (m *model) wasLeft(what string) bool {
	n := m.left[what]
	return n > 0 && (!m.sources || n > m.cut+1)
}

// force is a deploy tool, or somebody who hopes: the same definition again.
func (m *model) force() {
	v := m.current().Revision.Version
	runs, pinned := m.runs(), v.TaskDefinition != v.Original()
	if !m.unique && !pinned && runs != m.latest {
		return // that would be a release; see there
	}
	m.note("forced %s", v.TaskDefinition)
	m.deploy(v.TaskDefinition.Revision, runs, v.Origin.Revision, pinned, "SUCCESSFUL")
}

// undo is a run of ours; its error says what should not have happened.
func (m *model) undo(kill bool) error {
	d := UndoPlanner(UndoOptions{}).Decide(m.reading(), m.rules(), Options{})
	to := d.To.Version
	m.note("undo: %s %s %s (%s)", d.Action, to.TaskDefinition, d.Reason.Code, d.Reason.Text(day0.AddDate(0, 1, 0)))
	if d.Need == OtherSource && m.cut > 0 {
		return nil // a guess, which has a test of its own
	}
	if d.Need != Nothing {
		return fmt.Errorf("needs %d", d.Need)
	}
	if m.fresh && m.cut == 0 && len(m.meant) > 1 && d.Action == Unchanged {
		return fmt.Errorf("new code that nobody has left is not taken back: %s", d.Reason.Code)
	}
	if d.Action != Undo || kill {
		return nil
	}
	i, _ := to.Image("app")
	c, t := strings.TrimPrefix(i.Digest, "sha256:"), to.Original().String()
	switch runs := code(m.runs()); {
	case m.wasLeft(c) && c != runs:
		return fmt.Errorf("deploys %s with %s, which was left", t, c)
	case m.wasLeft(t):
		return fmt.Errorf("deploys %s, which was left", t)
	}
	var runs int
	was := m.runs()
	_, _ = fmt.Sscanf(c, "a%d", &runs)
	number, origin, pinned := to.TaskDefinition.Revision, to.Origin.Revision, to.TaskDefinition != to.Original()
	var logPinned []int
	if l, _ := to.Image("log"); slices.Contains(d.Own, "log") && l.Digest != fmt.Sprint("sha256:l", m.log) && m.pins[number] == 0 {
		var n int
		_, _ = fmt.Sscanf(l.Digest, "sha256:l%d", &n)
		logPinned = []int{n}
		m.defs++
		number, origin, pinned = m.defs, to.Original().Revision, !m.unique
	}
	if !m.unique && !pinned && m.latest != runs {
		m.defs++ // what runs is pinned
		number, origin, pinned = m.defs, to.Original().Revision, true
	}
	m.deploy(number, runs, origin, pinned, "SUCCESSFUL", logPinned...)
	if m.fresh && len(m.meant) > 1 && was != runs { // else it was the log router that was taken back, of which nobody knows what it is
		m.leave()
	}
	m.fresh = false
	again := UndoPlanner(UndoOptions{}).Decide(m.reading(), m.rules(), Options{})
	if again.Action == Undo {
		return fmt.Errorf("run again: %s %s (%s)", again.Action, again.To.Version.TaskDefinition, again.Reason.Code)
	}
	return nil
}

func (m *model) play() error {
	m.release()
	for range 22 {
		if m.IntN(3) == 0 {
			m.log++
		}
		var err error
		switch m.IntN(8) {
		case 0, 1, 2:
			m.release()
		case 3, 4:
			m.byHand()
		case 5:
			m.force()
		default:
			err = m.undo(m.IntN(4) == 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// TestModel plays some thousands of schedules: no run deploys what was left, a second run changes nothing, and new code that
// nobody has left is taken back or blocked, never called taken back.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3500) {
		m := &model{Rand: rand.New(rand.NewPCG(seed, 1)), left: map[string]int{}, pins: map[int]int{}, log: 1, unique: seed%2 == 0, sidecar: seed%4 < 2}
		if m.unique && seed%8 < 4 { // with tags that move, what ran before a cut may be what was left before it
			m.cut = 2 + m.IntN(4)
		}
		if seed%16 >= 12 {
			m.cut, m.sources = 1+m.IntN(4), true
		}
		if err := m.play(); err != nil {
			t.Fatalf("seed %d, tags of its own %v, known sidecar %v: %v\n%s", seed, m.unique, m.sidecar, err, strings.Join(m.lines, "\n"))
		}
	}
}
