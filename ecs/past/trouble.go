package past

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Trouble is what keeps a deployment from getting on, in ECS's words, each once and the newest first. It decides nothing.
type Trouble struct {
	Failed  int      // tasks that have failed in a row, when it was last seen
	Stopped []string // why tasks of it have stopped
	Events  []string // what the service said
}

// troubles is how many texts of a kind are kept.
const troubles = 5

// IsZero reports whether there is none.
func (t Trouble) IsZero() bool { return t.Failed == 0 && len(t.Stopped) == 0 && len(t.Events) == 0 }

// Why gives the text that tells most: why a task has stopped, else what the service said; empty if nothing is known.
func (t Trouble) Why() string {
	for _, all := range [][]string{t.Stopped, t.Events} {
		if len(all) > 0 {
			return all[0]
		}
	}
	return ""
}

// Kind gives what two troubles have in common that are of the same kind: it leaves out which task or instance has it.
func (t Trouble) Kind() string { return which.ReplaceAllString(t.Why(), "") }

// notStarting are ECS's words for tasks that do not start, and asked are those for a rollback that a person or an alarm asked for.
var (
	notStarting = regexp.MustCompile(`(?i)circuit breaker|failed to start|consistently start|cannot ?start`)
	asked       = regexp.MustCompile(`(?i)\balarm|\bby (a )?user|user request`)
)

// WasAskedFor reports whether ECS's reason for a rollback is a person's request or an alarm: then nothing tells that the deployment
// itself failed.
func WasAskedFor(why string) bool { return !notStarting.MatchString(why) && asked.MatchString(why) }

// FailedToStart reports whether ECS's reason for the end of a deployment is that its tasks did not start.
func FailedToStart(why string) bool { return notStarting.MatchString(why) }

// didNot says of a deployment that ended badly no more than its reason does.
func didNot(why string) string {
	if FailedToStart(why) {
		return "did not start"
	}
	return "did not complete"
}

// Told adds the events of a service since a moment.
func (t Trouble) Told(events []Event, since time.Time) Trouble {
	var texts []string
	for _, e := range events {
		if e.At.After(since) {
			texts = append(texts, e.Text)
		}
	}
	t.Events = distinct(append(texts, t.Events...))
	return t
}

// An Event is what a service said of itself.
type Event struct {
	At   time.Time
	Text string
}

// A StoppedTask is a task that runs no more.
type StoppedTask struct {
	Deployment string // ecs-svc/… that started it
	At         time.Time
	Exited     bool   // an essential container ended by itself
	Reason     string // why ECS says that it stopped
	Containers []StoppedContainer
}

// A StoppedContainer is how a container of a stopped task ended.
type StoppedContainer struct {
	Name   string
	Exit   *int // nil: it never ran
	Reason string
}

// scaledIn begins the reason of a task that made room for others, which is no trouble.
const scaledIn = "Scaling activity initiated by"

// WhyStopped tells why the tasks of a deployment stopped.
func WhyStopped(tasks []StoppedTask, deployment string) []string {
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b StoppedTask) int { return b.At.Compare(a.At) })
	var reasons []string
	for _, t := range tasks {
		if why := t.why(); t.Deployment == deployment && why != "" && !strings.HasPrefix(why, scaledIn) {
			reasons = append(reasons, why)
		}
	}
	return distinct(reasons)
}

// why is the reason of ECS, with what it does not say of the containers: Essential container in task exited (app: exit code 137).
func (t StoppedTask) why() string {
	var more []string
	for _, c := range t.Containers {
		var parts []string
		if t.Exited && c.Exit != nil && *c.Exit != 0 {
			parts = append(parts, "exit code "+strconv.Itoa(*c.Exit))
		}
		if c.Reason != "" && !strings.Contains(t.Reason, c.Reason) {
			parts = append(parts, c.Reason)
		}
		if len(parts) > 0 {
			more = append(more, c.Name+": "+strings.Join(parts, ", "))
		}
	}
	switch {
	case len(more) == 0:
		return t.Reason
	case t.Reason == "":
		return strings.Join(more, "; ")
	}
	return fmt.Sprintf("%s (%s)", t.Reason, strings.Join(more, "; "))
}

// IsTrouble reports whether an event of a service tells of trouble.
func IsTrouble(event string) bool {
	event = strings.ToLower(event)
	return slices.ContainsFunc([]string{"unable", "unhealthy", "fail", "insufficient", "error", "throttl", "not enough", "timed out"},
		func(word string) bool { return strings.Contains(event, word) })
}

var started = regexp.MustCompile(`has started (\d+) tasks`)

// Started gives how many tasks an event of a service says it has started.
func Started(event string) int {
	if m := started.FindStringSubmatch(event); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 0
}

// IsDraining reports whether an event says that connections to tasks are being drained.
func IsDraining(event string) bool { return strings.Contains(event, "draining connections") }

var eventFrame = regexp.MustCompile(`^\(?service \(?[^) ]+\)? |\s*For more information, see the Troubleshooting section.*$`)

// PlainEvent takes from an event what every event of a service has: its name, and where to read on.
func PlainEvent(event string) string { return eventFrame.ReplaceAllString(event, "") }

// which names tasks, instances and ports: two texts that differ only in these say the same.
var which = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|\bi-[0-9a-f]{8,}|\(port \d+\)`)

// distinct keeps the first of texts that say the same.
func distinct(texts []string) []string {
	var kept, said []string
	for _, text := range texts {
		if plain := which.ReplaceAllString(text, ""); !slices.Contains(said, plain) && len(kept) < troubles {
			kept, said = append(kept, text), append(said, plain)
		}
	}
	return kept
}
