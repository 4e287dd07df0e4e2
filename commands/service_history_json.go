package commands

import (
	"github.com/ecsundo/ecsundo/commands/internal/git"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

type (
	jsonPast struct {
		SchemaVersion int              `json:"schemaVersion"`
		Cluster       string           `json:"cluster"`
		Region        string           `json:"region"`
		Account       string           `json:"account,omitempty"`
		Service       string           `json:"service"`
		Deployments   []jsonDeployment `json:"deployments"` // newest first
		Older         int              `json:"older"`       // that were left out
		Unreadable    string           `json:"unreadable,omitempty"`
		Undo          jsonService      `json:"undo"` // what an undo would do now
	}

	jsonDeployment struct {
		ARN        string      `json:"arn,omitempty"`
		CreatedAt  string      `json:"createdAt"`
		FinishedAt string      `json:"finishedAt,omitempty"`
		Definition string      `json:"definition,omitempty"` // left out if ECS no longer has the record
		CopyOf     string      `json:"copyOf,omitempty"`
		Images     []jsonImage `json:"images"`
		Commit     *jsonCommit `json:"commit,omitempty"`
		Status     string      `json:"status"` // as ECS has it
		Reason     string      `json:"reason,omitempty"`
		Current    bool        `json:"current"`
		Undo       bool        `json:"undo"` // an undo goes back to it
	}
)

func (p past) json(at ecs.Cluster, cs *git.Commits) jsonPast {
	out := jsonPast{
		SchemaVersion: schemaVersion, Cluster: at.Name, Region: at.Region, Account: at.Account, Service: p.step.Service,
		Deployments: []jsonDeployment{}, Older: p.older, Undo: newJSONService(at.Name, p.step),
	}
	if err := p.step.History.Err; err != nil {
		out.Unreadable = explain(err).Error()
	}
	for _, d := range p.shown {
		v := versionOf(d)
		images := newJSONImages(v)
		fillCommits(cs, p.step.Service, v, images)
		out.Deployments = append(out.Deployments, jsonDeployment{
			ARN: d.ARN, CreatedAt: show.Time(d.CreatedAt), FinishedAt: show.Time(d.FinishedAt),
			Definition: v.TaskDefinition.String(), CopyOf: v.CopyOf().String(), Images: images, Commit: newJSONCommit(cs.Of(p.step.Service, v)),
			Status: d.Status, Reason: d.Reason, Current: d == p.current, Undo: d == p.target,
		})
	}
	return out
}
