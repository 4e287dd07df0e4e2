package commands

import (
	"fmt"
	"slices"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/ecs"
)

// unasked reports whether a step was to change its service, is not known to have done so, and still may.
func unasked(s *ecs.Step) bool {
	return s.Action == ecs.Undo && s.AcceptedAt.IsZero() && !s.Blocked && s.State != ecs.Superseded
}

// finishing gives the command lines that do the rest of what was planned and was not done, and no more, however often they are run.
func (ch change) finishing(jobs []job) string {
	var commands []string
	for i, j := range jobs {
		for _, s := range j.plan.Steps {
			if unasked(s) {
				flags := append([]string{"--to", s.To.TaskDefinition.String()}, ch.account(ch.targets[i].cluster)...)
				commands = append(commands, line.Spell(onService(j.plan.Cluster.Name, s.Service, flags...)))
			}
		}
	}
	return joinCommands(commands)
}

// unrepeatable warns of running a command again that goes a step further each time, where it has not done all that it was to do.
func (r *report) unrepeatable() []string {
	ended := []outcome{outcomeInterrupted, outcomeOutOfTime, outcomeFailed}
	if !r.choice.again || !slices.Contains(ended, r.outcome()) || !r.begun() {
		return nil
	}
	warning := "do not run this command again: with --again, each run takes the services back one more version."
	if r.finish != "" {
		warning += fmt.Sprintf(" To finish only what this run has left: '%s'", r.finish)
	}
	return []string{warning}
}

// continuing says how to go on where this run stopped.
func (r *report) continuing() string {
	switch {
	case r.choice.again && r.finish != "":
		return fmt.Sprintf("'%s'", r.finish)
	case r.choice.again:
		return "the command again without --again, to watch"
	}
	return "the same command again: it continues where this run stopped"
}
