package past

import (
	"encoding/json"
	"time"
)

const (
	HistoryLimit  = 100 // deployments of a service that are read, at most
	RevisionLimit = 20  // service revisions that one DescribeServiceRevisions call takes; also our first look back
)

// A History is what ECS itself recorded of a service's deployments: those of the last 90 days, at most the newest 100.
// Older ones, and all from before 2024-10-25, are not there (developer guide, "Amazon ECS service deployments").
type History struct {
	Deployments []*ServiceDeployment // newest first
	Described   int                  // how many of them have been looked at more closely, from the newest on
	Err         error                // why there is none: no permission, or not supported for this service

	Revisions map[string]*Revision // those that were read, by ARN
	Before    *Visit               // what ran before the oldest deployment, where that is known; nil if it is not

	// Registered tells of definitions when they were registered; the zero time where that cannot be read.
	Registered map[TaskDefinition]time.Time

	// What has been looked up since a planner asked for it.
	Index         map[string]string // of digests: the index that an image is part of
	ManifestsRead bool              // Index holds all that there is to know
	TasksRead     bool              // ServiceDeployment.Requested is known where it can be
	SourcesRead   bool              // Before is known if it can be
}

// A ServiceDeployment is one entry of the history.
type ServiceDeployment struct {
	ARN        string
	Status     string // PENDING … ROLLBACK_FAILED, as ListServiceDeployments has it
	Reason     string
	CreatedAt  time.Time
	FinishedAt time.Time // zero while it goes on
	Target     string    // ARN of the service revision that it deployed
	Sources    []string  // ARNs of the service revisions that it replaces; known only of one that goes on
	Waiting    string    // at which pause hook it waits, and how to let it go on; known only while it is watched
	RollbackBy string    // of a deployment of CodeDeploy: the deployment that rolls it back
	Revision   *Revision // Target described; nil if it was not read or ECS has it no more

	// How far it has come, known only while it is watched.
	Stage      string        // lifecycleStage of a strategy, or the status at CodeDeploy; empty: none
	UpdatedAt  time.Time     // when anything of it last changed
	RollbackAt time.Time     // when ECS began to roll it back; zero: it does not
	Traffic    *int          // percent of the production traffic on what it brings; nil: not known
	BakeTime   time.Duration // how long its last stage lasts

	Counted   bool // whether Requested is known
	Requested int  // tasks that it was to start
}

// A Revision is a service revision: ECS's immutable record of what a deployment ran and how it was configured.
type Revision struct {
	ARN       string
	CreatedAt time.Time
	Version   Version
	Config    map[string]string // everything but the version, as comparable text by its API name
	Raw       json.RawMessage   // what UpdateService can set of it, as ECS has it
}

// Read gives the deployments whose revisions were read, newest first.
func (h *History) Read() []*ServiceDeployment { return h.Deployments[:h.Described] }

// Unread reports whether there are older deployments whose revisions have not been read yet.
func (h *History) Unread() bool { return h.Described < len(h.Deployments) }

// Newest gives the newest deployment of all, however it ended; nil if there is none.
func (h *History) Newest() *ServiceDeployment {
	if len(h.Deployments) == 0 {
		return nil
	}
	return h.Deployments[0]
}

// Want gives the revisions to read so that the newest depth deployments are known.
func (h *History) Want(depth int) []string {
	var arns []string
	for i, d := range h.Deployments[:min(depth, len(h.Deployments))] {
		if i >= h.Described && d.Target != "" {
			arns = append(arns, d.Target)
		}
		if h.Described == 0 {
			arns = append(arns, d.Sources...)
		}
	}
	return arns
}

func (h *History) Keep(depth int, revisions map[string]*Revision) {
	if h.Revisions == nil {
		h.Revisions = map[string]*Revision{}
	}
	h.Described = min(depth, len(h.Deployments))
	for _, d := range h.Read() {
		for _, arn := range append([]string{d.Target}, d.Sources...) {
			if r := revisions[arn]; r != nil {
				h.Revisions[arn] = r
			}
		}
		if d.Revision == nil {
			d.Revision = h.Revisions[d.Target]
		}
	}
}

// Learn keeps revisions that were read beside those of the listed deployments.
func (h *History) Learn(revisions map[string]*Revision) {
	if h.Revisions == nil {
		h.Revisions = map[string]*Revision{}
	}
	for arn, r := range revisions {
		h.Revisions[arn] = r
	}
}

// SetAlike marks a definition as one that names the images of another, and was most likely registered to go back to it.
func (h *History) SetAlike(t, other TaskDefinition) {
	h.SetOrigin(t, other, nil)
	for _, r := range h.Revisions {
		if r.Version.TaskDefinition == t {
			r.Version.Alike = true
		}
	}
}

// SetOrigin marks a definition as a copy of another, with the images as that one names them.
func (h *History) SetOrigin(t, origin TaskDefinition, named []Image) {
	for _, r := range h.Revisions {
		if v := r.Version; v.TaskDefinition == origin && !v.CopyOf().IsZero() {
			origin, named = v.Origin, v.OriginalImages
		}
	}
	for _, r := range h.Revisions {
		if v := r.Version; v.TaskDefinition == t || v.CopyOf() == t {
			r.Version.Origin, r.Version.OriginalImages = origin, named
		}
	}
}
