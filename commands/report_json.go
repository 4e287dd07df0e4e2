package commands

import (
	"io"
	"math"
	"time"

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
		Notes      []string     `json:"notes"`
		TakenBack  string       `json:"takenBackFrom,omitempty"` // nothing is done, since the service has left this already
		State      ecs.State    `json:"state,omitempty"`         // left out before ECS was asked
		Error      string       `json:"error,omitempty"`
		Waiting    string       `json:"waiting,omitempty"` // where the rollout waits for somebody
		Deployment string       `json:"deployment,omitempty"`
		AcceptedAt string       `json:"acceptedAt,omitempty"`
		FinishedAt string       `json:"finishedAt,omitempty"`
		Seconds    *float64     `json:"seconds,omitempty"` // from accepted to finished
		Diff       []jsonChange `json:"diff,omitzero"`     // only with --diff
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
	return printJSON(w, newJSONReport(r))
}

func newJSONReport(r *report) jsonReport {
	out := jsonReport{
		SchemaVersion: schemaVersion, Command: r.command, Outcome: r.outcome(), ExitStatus: r.status(), DryRun: r.dryRun,
		StartedAt: jsonTime(r.started), FinishedAt: jsonTime(r.finished), Summary: r.sentence(), TakeBack: r.takeBack,
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
		out.Clusters = append(out.Clusters, jsonCluster{c.Name, c.Region, c.Account, jsonTime(p.ObservedAt), orEmpty(p.Notes)})
		for _, s := range p.Steps {
			service := newJSONService(c.Name, s)
			r.commits.fill(s.Service, s.From, service.FromImages)
			r.commits.fill(s.Service, s.To, service.ToImages)
			if compared[s] {
				service.Diff = newJSONDiff(s)
			}
			out.Services = append(out.Services, service)
		}
	}
	return out
}

func newJSONService(cluster string, s *ecs.Step) jsonService {
	out := jsonService{
		Cluster: cluster, Name: s.Service, ARN: s.ServiceARN, Action: s.Action,
		From: s.From.TaskDefinition.String(), To: s.To.TaskDefinition.String(),
		Registers:  s.Registers,
		FromImages: newJSONImages(s.From), ToImages: newJSONImages(s.To),
		Since: jsonTime(s.Since), ToSince: jsonTime(s.ToSince), Reason: s.Reason, Notes: orEmpty(s.Notes),
		TakenBack: s.Left.TaskDefinition.String(),
		State:     s.State, Error: s.Error, Waiting: s.Waiting, Deployment: s.Deployment,
		AcceptedAt: jsonTime(s.AcceptedAt), FinishedAt: jsonTime(s.FinishedAt),
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

// jsonTime writes a time in UTC, "" for none.
func jsonTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
