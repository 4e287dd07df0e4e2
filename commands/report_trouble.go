package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// troubles say of each service that did not become steady how far it came, and what kept it from getting on, as far as it was watched.
func (r *report) troubles() []string { return r.reached(true) }

// unfinished say of each service without trouble how far it had come when the watch ended.
func (r *report) unfinished() []string { return r.reached(false) }

func (r *report) reached(inTrouble bool) []string {
	var lines []string
	for _, p := range r.plans {
		for _, s := range p.Steps {
			if text := reached(s); text != "" && inTrouble == !s.Trouble.IsZero() {
				lines = append(lines, r.named(p, s)+": "+text)
			}
		}
	}
	return lines
}

// reached says how far a step came: 1 of 2 new tasks running, 8 failed. Stopped tasks: …. ECS says: ….
func reached(s *ecs.Step) string {
	if s.State == ecs.Steady || s.State == ecs.Planned {
		return ""
	}
	ended := s.State == ecs.OutOfTime || s.State == ecs.Interrupted || s.Stuck
	if s.Rollout.ID == "" || !ended && s.Trouble.IsZero() {
		return ""
	}
	var parts []string
	switch {
	case ended:
		text := fmt.Sprintf("%d of %d new tasks running", s.Rollout.Running, s.Rollout.Desired)
		if s.Rollout.Stage != "" {
			text += ", stage " + stage(s.Rollout)
		}
		for _, count := range []struct {
			n    int
			what string
		}{{s.Rollout.Pending, "pending"}, {s.Trouble.Failed, "failed"}, {s.Rollout.Old, "old still running"}} {
			if count.n > 0 {
				text += fmt.Sprintf(", %d %s", count.n, count.what)
			}
		}
		parts = append(parts, text)
	case s.Trouble.Failed > 0:
		parts = append(parts, failedTasks(s.Trouble.Failed))
	}
	for _, said := range []struct {
		who   string
		texts []string
	}{{"Stopped tasks", s.Trouble.Stopped}, {"ECS says", s.Trouble.Events}} {
		if len(said.texts) > 0 {
			parts = append(parts, said.who+": "+show.Clean(sentences(said.texts)))
		}
	}
	return strings.Join(parts, ". ")
}

// sentences joins texts of ECS, without the full stops that some of them have.
func sentences(texts []string) string {
	var all []string
	for _, text := range texts {
		all = append(all, strings.TrimSuffix(text, "."))
	}
	return strings.Join(all, "; ")
}

// stuck names the services that do not come up while ECS continues to try, and what one can do.
func (r *report) stuck() []string {
	var lines []string
	for _, p := range r.plans {
		for _, s := range p.Steps {
			if s.Stuck {
				lines = append(lines, fmt.Sprintf("%s: %s does not come up, and ECS continues to try. %s", r.named(p, s), s.Deploys(), waysOn(p.Cluster.Name, s)))
			}
		}
	}
	return lines
}

// watchOn is the command that goes on watching what was accepted and is not steady yet; empty if there is none.
func (r *report) watchOn() string {
	if !slices.ContainsFunc(r.steps(), func(s *ecs.Step) bool {
		return (s.State == ecs.OutOfTime || s.State == ecs.Interrupted) && (!s.AcceptedAt.IsZero() || s.Uncertain || s.Follows())
	}) {
		return ""
	}
	typed := line.WithoutValue(r.typed, "--timeout") // that was not enough
	end := slices.Index(typed, "--")
	if end < 0 {
		end = len(typed)
	}
	again := slices.DeleteFunc(slices.Clone(typed[:end]), func(word string) bool { return word == "--again" }) // it would go a step further
	if n := r.leaves(); n > 0 {
		again = append(again, "--if-revision", strconv.Itoa(n))
	}
	return line.Spell(append(again, typed[end:]...))
}

// goingOn says what the command of watchOn does: with services that were not asked for, it asks for them too.
func (r *report) goingOn() string {
	if slices.ContainsFunc(r.steps(), unasked) {
		return "To continue with all services"
	}
	return "To keep watching"
}

// leaves gives the number of the revision that the one service of the report leaves; 0 where there are several, or the command says
// itself what it is for. With it, a command that is to watch leaves alone what somebody has deployed since.
func (r *report) leaves() int {
	ch, steps := r.choice, r.steps()
	if !ch.guarded || ch.revision != 0 || ch.image != "" || ch.to != "" || ch.asOf != nil || len(steps) != 1 {
		return 0
	}
	left := steps[0].From
	if steps[0].Left.Known() {
		left = steps[0].Left
	}
	return left.TaskDefinition.Revision
}

// newJSONTrouble gives what kept a step from getting on; nil if nothing did.
func newJSONTrouble(s *ecs.Step) *jsonTrouble {
	if s.State == ecs.Steady || s.Trouble.IsZero() {
		return nil
	}
	return &jsonTrouble{s.Trouble.Failed, orEmpty(s.Trouble.Stopped), orEmpty(s.Trouble.Events)}
}

// newJSONRollout gives how far a step's deployment had come that is not steady; nil if it was not watched.
func newJSONRollout(s *ecs.Step) *jsonRollout {
	r := s.Rollout
	if s.State == ecs.Steady || r.ID == "" {
		return nil
	}
	return &jsonRollout{Running: r.Running, Desired: r.Desired, Pending: r.Pending, Old: r.Old, Stage: r.Stage, Traffic: r.Traffic}
}
