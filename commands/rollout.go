package commands

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// A board has the steps that are carried out, as last told: they themselves belong to those who work on them.
type board struct {
	started time.Time
	batch   int                    // services at a time; 0: all
	steps   []*ecs.Step            // in the order of the plan
	now     map[*ecs.Step]ecs.Step // as last told
	cluster map[*ecs.Step]string   // its name
}

func newBoard(jobs []job, batch int) *board {
	b := &board{started: wall.Now(), batch: batch, now: map[*ecs.Step]ecs.Step{}, cluster: map[*ecs.Step]string{}}
	for _, j := range jobs {
		for _, s := range j.plan.Steps {
			if s.Action == ecs.Undo || s.Follows() {
				b.steps, b.now[s], b.cluster[s] = append(b.steps, s), *s, j.plan.Cluster.Name
			}
		}
	}
	return b
}

// open gives the steps that have not ended: those in trouble or waiting for somebody first, those that were not asked for yet last.
func (b *board) open() []ecs.Step {
	var open []ecs.Step
	for _, key := range b.steps {
		if s := b.now[key]; !s.State.Final() {
			open = append(open, s)
		}
	}
	slices.SortStableFunc(open, func(x, y ecs.Step) int { return cmp.Compare(urgency(&x), urgency(&y)) })
	return open
}

func urgency(s *ecs.Step) int {
	switch {
	case s.State == ecs.Planned:
		return 2
	case s.InTrouble(), s.Waiting != "":
		return 0
	}
	return 1
}

// ecsRate is how many changes ECS accepts per second in the long run (API reference, "Request throttling").
const ecsRate = 5

// count sums up: 35 of 120 steady, 2 ended otherwise, 60 rolling out (1 in trouble), 23 waiting for their turn, 27s (14 not shown).
func (b *board) count(now time.Time, hidden int) string {
	var steady, ended, under, trouble, planned int
	for _, s := range b.now {
		switch {
		case s.State == ecs.Steady:
			steady++
		case s.State.Final():
			ended++
		case s.State == ecs.Planned:
			planned++
		default:
			under++
			if s.InTrouble() {
				trouble++
			}
		}
	}
	parts := []string{fmt.Sprintf("%d of %d steady", steady, len(b.steps))}
	if ended > 0 {
		parts = append(parts, fmt.Sprintf("%d ended otherwise", ended))
	}
	if under > 0 {
		parts = append(parts, fmt.Sprintf("%d rolling out", under))
	}
	if trouble > 0 {
		parts[len(parts)-1] += fmt.Sprintf(" (%d in trouble)", trouble)
	}
	if planned > 0 {
		parts = append(parts, fmt.Sprintf("%d waiting for %s turn", planned, theirs(planned)))
	}
	var more []string
	if hidden > 0 {
		more = append(more, fmt.Sprintf("%d not shown", hidden))
	}
	if limit := b.limit(planned); limit != "" {
		more = append(more, limit)
	}
	line := strings.Join(append(parts, brief(now.Sub(b.started))), ", ")
	if len(more) > 0 {
		line += " (" + strings.Join(more, "; ") + ")"
	}
	return line
}

func theirs(n int) string {
	if n == 1 {
		return "its"
	}
	return "their"
}

// limit says what services wait for that were not asked for yet; empty if it is nothing to speak of.
func (b *board) limit(planned int) string {
	switch {
	case planned == 0:
	case b.batch > 0:
		return fmt.Sprintf("--batch %d", b.batch)
	case planned > ecsRate:
		return fmt.Sprintf("ECS accepts %d changes per second: about %s", ecsRate, brief(time.Duration(planned)*time.Second/ecsRate))
	}
	return ""
}

// brief gives a duration in seconds: 48s, 2m10s.
func brief(d time.Duration) string { return d.Round(time.Second).String() }

// rolloutState says in a word or two what a deployment is doing.
func rolloutState(s *ecs.Step) string {
	r := s.Rollout
	switch {
	case s.State == ecs.Planned:
		return "waiting for its turn"
	case s.Waiting != "":
		return "waits, see above"
	case r.Stage != "":
		return stage(r)
	case s.Follows():
		return "watched"
	}
	return "rolling out"
}

// stage gives a stage of a deployment as people write it, with the traffic on the new tasks: traffic shift 10%.
func stage(r ecs.Rollout) string {
	words := strings.ToLower(strings.ReplaceAll(camel.ReplaceAllString(r.Stage, "$1 $2"), "_", " "))
	words = strings.Replace(words, "production traffic", "traffic", 1)
	if r.Traffic != nil && (strings.Contains(words, "shift") || *r.Traffic > 0 && *r.Traffic < 100) {
		words += fmt.Sprintf(" %d%%", *r.Traffic)
	}
	if r.Bake > 0 {
		words += fmt.Sprintf(", %s left", brief(r.Bake))
	}
	return show.Clean(words)
}

// camel parts the words of a status of CodeDeploy: InProgress.
var camel = regexp.MustCompile(`([a-z])([A-Z])`)

// taskCounts says how far the tasks of a deployment have come: new 0/2, 1 pending, 8 failed; old 2.
func taskCounts(r ecs.Rollout) string {
	if r.ID == "" {
		return ""
	}
	counts := fmt.Sprintf("new %d/%d", r.Running, r.Desired)
	if r.Pending > 0 {
		counts += fmt.Sprintf(", %d pending", r.Pending)
	}
	if r.Failed > 0 {
		counts += fmt.Sprintf(", %d failed", r.Failed)
	}
	if r.Old > 0 {
		counts += fmt.Sprintf("; old %d", r.Old)
	}
	if r.Draining {
		counts += " draining"
	}
	return counts
}

// elapsed says how long a deployment has taken, and how long the last one took: 48s (last 12s).
func elapsed(s *ecs.Step, now time.Time) string {
	switch {
	case s.AcceptedAt.IsZero():
		return ""
	case s.LastTook > 0:
		return fmt.Sprintf("%s (last %s)", brief(now.Sub(s.AcceptedAt)), brief(s.LastTook))
	}
	return brief(now.Sub(s.AcceptedAt))
}

// targetGroup finds the ARN of a target group, of which its name says enough in a line.
var targetGroup = regexp.MustCompile(`arn:[^\s)]*:targetgroup/([^/\s)]+)/[^\s)]+`)

// why gives in one line what keeps a step's deployment from getting on.
func why(s *ecs.Step) string {
	return show.Clean(targetGroup.ReplaceAllString(strings.TrimSuffix(s.Trouble.Why(), "."), "$1"))
}

// troubleOf says what trouble a step has: 8 new tasks failed: CannotPullContainerError: …
func troubleOf(s *ecs.Step) string {
	reason, failed := why(s), failedTasks(s.Trouble.Failed)
	switch {
	case s.Trouble.Failed == 0:
		return reason
	case reason == "":
		return failed
	}
	return failed + ": " + reason
}

func failedTasks(n int) string {
	if n == 1 {
		return "1 new task failed"
	}
	return fmt.Sprintf("%d new tasks failed", n)
}

// clearlyFails is after how many failed tasks it is said that a deployment without a circuit breaker may go on for ever.
const clearlyFails = 3

// failsForEver reports whether tasks fail again and again, and ECS will not give up by itself.
func failsForEver(s *ecs.Step) bool {
	return !s.Rollout.Breaker && s.Rollout.ID != "" && s.Trouble.Failed >= clearlyFails && s.InTrouble()
}

// waysOn says what one can do where a deployment does not come up.
func waysOn(cluster string, s *ecs.Step) string {
	history := slices.Insert(onService(cluster, s.Service), 1, "history")
	text := fmt.Sprintf("To see the versions of %s: '%s'", show.Clean(s.Service), line.Spell(history))
	left := s.From.TaskDefinition
	if s.Follows() { // it runs already what does not come up
		left = s.Left.TaskDefinition
	}
	if left.IsZero() || s.Follows() && left == s.Deploys() {
		return text
	}
	return fmt.Sprintf("%s. To deploy %s again: '%s'", text, left, line.Spell(onService(cluster, s.Service, "--to", left.String())))
}
