package commands

import (
	"io"
	"math"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// schemaVersion is that of the JSON report. It grows when a field goes or changes its meaning, not when one is added.
const schemaVersion = 1

// The JSON report. Fields that do not apply are left out; lists are always there.
type (
	jsonReport struct {
		SchemaVersion int           `json:"schemaVersion"`
		Command       string        `json:"command"`
		Outcome       outcome       `json:"outcome"`
		ExitStatus    int           `json:"exitStatus"`
		DryRun        bool          `json:"dryRun"`
		StartedAt     string        `json:"startedAt"`
		FinishedAt    string        `json:"finishedAt"`
		Summary       string        `json:"summary"`
		Clusters      []jsonCluster `json:"clusters"`
		Services      []jsonService `json:"services"`
		AsOf          string        `json:"asOf,omitempty"`
		TakeBack      string        `json:"takeBack,omitempty"`
		WatchOn       string        `json:"watchOn,omitempty"` // goes on watching what is not steady yet
	}

	jsonCluster struct {
		Name       string   `json:"name"`
		Region     string   `json:"region"`
		Account    string   `json:"account,omitempty"`
		ObservedAt string   `json:"observedAt,omitempty"`
		Notes      []string `json:"notes"`
	}

	jsonService struct {
		Cluster    string       `json:"cluster"`
		Name       string       `json:"name"`
		ARN        string       `json:"arn,omitempty"`
		Action     ecs.Action   `json:"action"`
		From       string       `json:"from,omitempty"`
		To         string       `json:"to,omitempty"`
		Deploys    string       `json:"deploys,omitempty"` // what is deployed in the place of To, if that is a copy
		Registers  bool         `json:"registers"`         // the copy is, or was, to be registered
		FromImages []jsonImage  `json:"fromImages"`
		ToImages   []jsonImage  `json:"toImages"`
		Since      string       `json:"since,omitempty"`   // when From was deployed
		ToSince    string       `json:"toSince,omitempty"` // when To was last deployed
		Reason     string       `json:"reason"`
		ReasonCode string       `json:"reasonCode,omitempty"` // the reason for programs
		Notes      []string     `json:"notes"`
		Guess      bool         `json:"guess,omitempty"`         // nobody knows that To ran before
		TakenBack  string       `json:"takenBackFrom,omitempty"` // nothing is done, since the service has left this already
		State      ecs.State    `json:"state,omitempty"`         // left out before ECS was asked
		Error      string       `json:"error,omitempty"`
		ErrorCode  string       `json:"errorCode,omitempty"` // the error for programs
		Uncertain  bool         `json:"uncertain,omitempty"` // a change was sent, no answer came, and it may have been accepted
		Overwrote  string       `json:"overwrote,omitempty"` // what somebody else had deployed a moment before, and ours has replaced
		Waiting    string       `json:"waiting,omitempty"`   // where the rollout waits for somebody
		Trouble    *jsonTrouble `json:"trouble,omitempty"`   // what kept it from becoming steady
		Rollout    *jsonRollout `json:"rollout,omitempty"`   // how far it came, if it is not steady
		Stuck      bool         `json:"stuck,omitempty"`     // it does not come up, and ECS goes on trying
		Deployment string       `json:"deployment,omitempty"`
		AcceptedAt string       `json:"acceptedAt,omitempty"`
		FinishedAt string       `json:"finishedAt,omitempty"`
		Seconds    *float64     `json:"seconds,omitempty"` // from accepted to finished
		Diff       []jsonChange `json:"diff,omitzero"`     // only with --diff
	}

	jsonTrouble struct {
		Failed  int      `json:"failedTasks"`
		Stopped []string `json:"stoppedReasons"`
		Events  []string `json:"events"`
	}

	jsonRollout struct {
		Running int    `json:"running"` // tasks of the new deployment
		Desired int    `json:"desired"`
		Pending int    `json:"pending"`
		Old     int    `json:"old"` // tasks of the others that still run
		Stage   string `json:"stage,omitempty"`
		Traffic *int   `json:"trafficPercent,omitempty"`
	}

	jsonImage struct {
		Container string      `json:"container"`
		Image     string      `json:"image"`
		Digest    string      `json:"digest,omitempty"`
		Commit    *jsonCommit `json:"commit,omitempty"` // that the tag names
	}
)

// writeJSON writes the report for programs.
func writeJSON(w io.Writer, r *report) error {
	return show.JSON(w, newJSONReport(r))
}

func newJSONReport(r *report) jsonReport {
	out := jsonReport{
		SchemaVersion: schemaVersion, Command: r.command, Outcome: r.outcome(), ExitStatus: r.status(), DryRun: r.dryRun,
		StartedAt: show.Time(r.started), FinishedAt: show.Time(r.finished), Summary: r.sentence(), TakeBack: r.takeBack, WatchOn: r.watchOn(),
		Clusters: []jsonCluster{}, Services: []jsonService{},
	}
	if r.choice.asOf != nil {
		out.AsOf = r.choice.asOf.String()
	}
	compared := map[*ecs.Step]bool{}
	for _, s := range r.differing() {
		compared[s] = true
	}
	for _, p := range r.plans {
		c := p.Cluster
		out.Clusters = append(out.Clusters, jsonCluster{c.Name, c.Region, c.Account, show.Time(p.ObservedAt), orEmpty(p.Notes)})
		for _, s := range p.Steps {
			service := newJSONService(c.Name, s)
			fillCommits(r.commits, s.Service, s.From, service.FromImages)
			fillCommits(r.commits, s.Service, s.To, service.ToImages)
			if compared[s] {
				service.Diff = newJSONDiff(s)
			}
			out.Services = append(out.Services, service)
		}
	}
	return out
}

func newJSONService(cluster string, s *ecs.Step) jsonService {
	action, code, why := s.Outcome()
	out := jsonService{
		Cluster: cluster, Name: s.Service, ARN: s.ServiceARN, Action: action,
		From: s.From.TaskDefinition.String(), To: s.To.TaskDefinition.String(),
		Registers:  s.Registers,
		FromImages: newJSONImages(s.From), ToImages: newJSONImages(s.To),
		Since: show.Time(s.Since), ToSince: show.Time(s.ToSince), Reason: why, Notes: orEmpty(s.AllNotes()),
		Guess:      s.Guessed && action == ecs.Undo,
		TakenBack:  s.Left.TaskDefinition.String(),
		ReasonCode: string(code), ErrorCode: string(s.ErrorCode), Uncertain: s.Uncertain, Overwrote: s.Overwrote.String(),
		State: s.State, Error: s.Error, Waiting: s.Waiting, Trouble: newJSONTrouble(s), Rollout: newJSONRollout(s), Stuck: s.Stuck, Deployment: s.Deployment,
		AcceptedAt: show.Time(s.AcceptedAt), FinishedAt: show.Time(s.FinishedAt),
	}
	if s.Deploys() != s.To.TaskDefinition {
		out.Deploys = s.Deploys().String()
	}
	if !s.AcceptedAt.IsZero() && !s.FinishedAt.IsZero() {
		took := math.Round(s.FinishedAt.Sub(s.AcceptedAt).Seconds()*10) / 10
		out.Seconds = &took
	}
	return out
}

func newJSONImages(v ecs.Version) []jsonImage {
	images := []jsonImage{}
	for _, i := range v.Images {
		images = append(images, jsonImage{Container: i.Container, Image: i.Reference, Digest: i.Digest})
	}
	return images
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
