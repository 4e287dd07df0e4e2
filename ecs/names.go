package ecs

import (
	"encoding/json"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
	"github.com/ecsundo/ecsundo/ecs/way"
)

// What ran before, and what is decided about it: see package past.
type (
	TaskDefinition    = past.TaskDefinition
	ClusterName       = past.ClusterName
	Image             = past.Image
	Version           = past.Version
	Definition        = past.Definition
	Change            = past.Change
	History           = past.History
	ServiceDeployment = past.ServiceDeployment
	Record            = past.Record
	RecordedService   = past.RecordedService
	Planner           = past.Planner
	UndoOptions       = past.UndoOptions
	Action            = past.Action
	Rules             = past.Rules
	Rollout           = past.Rollout
	Trouble           = past.Trouble
)

// The actions of a plan.
const (
	Undo      = past.Undo
	Unchanged = past.Unchanged
	Blocked   = past.Blocked
	Skipped   = past.Skipped
)

// Codes that reports tell apart.
const (
	ConfigurationFixed = past.ConfigurationFixed // a reason: the version runs, with settings that an update cannot set
	UndoFailed         = past.UndoFailed         // an error: ECS rolled the step's deployment back to what was to be left
	AppearsTakenBack   = past.AppearsTakenBack   // a reason: taken back already, in all probability
	AboveRegistered    = past.AboveRegistered    // the same
)

// A State is how far a step has come.
type State = way.State

// The states of a step, in the order in which a good one passes them.
const (
	Planned     = way.Planned     // nothing was asked of ECS yet
	Accepted    = way.Accepted    // ECS took the change, the rollout goes on
	Steady      = way.Steady      // our deployment completed with our definition
	Failed      = way.Failed      // ECS refused, or our deployment failed; Step.Error says what
	RolledBack  = way.RolledBack  // ECS put the version back that we wanted to leave
	Superseded  = way.Superseded  // somebody else's deployment took the place of ours, or came before it
	OutOfTime   = way.OutOfTime   // the time was up before it was steady; it goes on by itself
	Interrupted = way.Interrupted // we stopped asking or watching; what was accepted goes on by itself
	NotAsked    = way.NotAsked    // held back, since one that came before it did not become steady
)

// How names are read, definitions compared, and planners made.
var (
	ParseARN            = past.ParseARN
	ParseClusterName    = past.ParseClusterName
	ParseServiceName    = past.ParseServiceName
	ParseTaskDefinition = past.ParseTaskDefinition
	Diff                = past.Diff
	UndoPlanner         = past.UndoPlanner
	ToPlanner           = past.ToPlanner
	AsOfPlanner         = past.AsOfPlanner
	RestorePlanner      = past.RestorePlanner
	Sidecars            = past.Sidecars
)

// How AWS is reached, and what it does not know.
type (
	Options              = aws.Options
	Cluster              = aws.Cluster
	ClusterSize          = aws.ClusterSize
	ClusterNotFoundError = aws.ClusterNotFoundError
	ServiceNotFoundError = aws.ServiceNotFoundError
	OddAnswerError       = aws.OddAnswerError
	NoAnswerError        = aws.NoAnswerError
	PanicError           = aws.PanicError
)

// Guarded calls f, and gives what it panics with as a *[PanicError].
var Guarded = aws.Guarded

// ErrNoRegion says that neither the options, the environment nor the profile names a region.
var ErrNoRegion = aws.ErrNoRegion

// ScheduleUnit gives the schedule or rule of a name in a snapshot, by which filters know it.
func ScheduleUnit(name string) string { return past.Unit(name) }

// ParseDefinition reads what [Definition.Document] gives. What cannot be registered is refused: a member that is unknown, a
// family that is not t's.
func ParseDefinition(t TaskDefinition, document json.RawMessage) (*Definition, error) {
	return aws.ParseDefinition(t, document)
}
