package past

import (
	"time"
)

// A Record is what some services of the cluster ran at an earlier moment.
type Record struct {
	Name     string // what to call it in a reason
	TakenAt  time.Time
	Before   bool // taken by an undo of ours, of the services that it was about to change
	Services map[string]RecordedService

	Schedules map[string]RecordedService // by [Scheduled.Key]; their images are known only with their definitions
}

// A RecordedService is one service of a [Record].
type RecordedService struct {
	Version    Version
	Revision   string      // ARN of the service revision that it ran as; empty if that was not noted
	Definition *Definition // the whole definition, if the record holds it
}
