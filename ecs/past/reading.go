package past

import (
	"slices"
	"strings"
	"time"
)

// A Reading brings together what the list of a service's deployments, the service itself and its revisions say. Where the list
// does not have what the service shows, the service is believed: the list is a moment behind (measured by others), and has only
// the newest 90 days (developer guide, "Amazon ECS service deployments").
type Reading struct {
	Service *Service
	Outcome Outcome

	// Current is the deployment that the service shows as its own (PRIMARY): one of the list, or one made from what the
	// service shows. Nil if the service shows none.
	Current *ServiceDeployment

	// Deployments are those of the list, newest first, with Current among them where the list lacks it.
	Deployments []*ServiceDeployment

	before *Visit // what ran before the oldest of them, where something tells
}

// An Outcome is how list and service go together.
type Outcome string

// The outcomes of a reading.
const (
	Agreed    Outcome = "agreed"    // what the service shows is in the list
	Behind    Outcome = "behind"    // the list does not have yet what the service shows
	Overtaken Outcome = "overtaken" // the service still shows what the list has as rolled back: it was seen before that
	Outlived  Outcome = "outlived"  // what the service shows is older than the list goes back
	Unlisted  Outcome = "unlisted"  // there is no list: none can be read, or it is empty
)

// Read makes the reading of a service as far as its history has been read.
func Read(s *Service) *Reading {
	r := &Reading{Service: s, Outcome: Agreed, Deployments: slices.Clone(s.History.Deployments), before: s.History.Before}
	primary := s.Primary()
	switch {
	case s.History.Err != nil:
		r.Outcome, r.Deployments = Unlisted, nil
		return r
	case s.Controller == ControllerCodeDeploy: // its history is CodeDeploy's, and task sets have other ids
		if len(r.Deployments) == 0 {
			r.Outcome = Unlisted
		}
		return r
	case primary.ID == "" && len(r.Deployments) == 0:
		r.Outcome = Unlisted
		return r
	case primary.ID == "":
		return r
	}
	if r.Current = r.listed(primary); r.Current != nil {
		if r.Current.RolledBack() && lastPart(r.Current.Target) == primary.number() {
			r.Outcome = Overtaken // after a rollback the entry that it led to is PRIMARY again, with its own id
		}
		return r
	}
	r.Current = s.shown(primary)
	at, _ := slices.BinarySearchFunc(r.Deployments, r.Current, func(a, b *ServiceDeployment) int { return b.CreatedAt.Compare(a.CreatedAt) })
	switch {
	case len(r.Deployments) == 0:
		r.Outcome = Unlisted
	case at == 0:
		r.Outcome = Behind
	default:
		r.Outcome = Outlived
	}
	r.Deployments = slices.Insert(r.Deployments, at, r.Current)
	return r
}

// listed finds the service's own deployment in the list: by its revision, whose number is that of the deployment (captured
// pairs), by its ARN, or, for servers that number otherwise, by when it was made.
func (r *Reading) listed(primary Deployment) *ServiceDeployment {
	number := primary.number()
	var byTime *ServiceDeployment
	for _, d := range r.Deployments {
		switch {
		case d.Target != "" && lastPart(d.Target) == number:
			return d
		case d.ARN == r.Service.Current && d.ARN != "" && !d.RollingBack() && !d.RolledBack() && near(d.CreatedAt, primary.CreatedAt):
			return d
		case byTime == nil && near(d.CreatedAt, primary.CreatedAt) && (d.Revision == nil || d.Revision.Version.TaskDefinition == primary.TaskDefinition):
			byTime = d
		}
	}
	return byTime
}

func lastPart(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// near reports whether two times are those of one event, as two resources tell it.
func near(a, b time.Time) bool { return a.Sub(b).Abs() <= 2*time.Second }

// shown makes a service deployment of what the service shows of its own.
func (s *Service) shown(primary Deployment) *ServiceDeployment {
	d := &ServiceDeployment{Status: StatusSuccessful, Reason: primary.Reason, CreatedAt: primary.CreatedAt}
	switch primary.RolloutState {
	case RolloutInProgress:
		d.Status, d.ARN, d.Sources = StatusInProgress, s.Current, s.Replaces
	case RolloutFailed:
		d.Status = StatusStopped
	}
	number := primary.number()
	for _, arn := range s.Revisions {
		if lastPart(arn) == number || len(s.Revisions) == 1 {
			d.Target = arn
		}
	}
	key := d.Target
	if key == "" {
		key = primary.ID
	}
	d.Revision = s.History.Revisions[key]
	if d.Revision == nil || d.Revision.Version.TaskDefinition != primary.TaskDefinition {
		d.Revision = &Revision{ARN: d.Target, Version: Version{TaskDefinition: primary.TaskDefinition, Images: s.imagesOf(primary.TaskDefinition)}}
		if s.History.Revisions == nil {
			s.History.Revisions = map[string]*Revision{}
		}
		s.History.Revisions[key] = d.Revision // where it is found again, with what is learned of it
	}
	return d
}

// imagesOf gives what is known of the images that a definition runs in the service now.
func (s *Service) imagesOf(t TaskDefinition) []Image {
	if s.Now.TaskDefinition == t {
		return s.Now.Images
	}
	return nil
}

// Newest gives the newest deployment, however it ended; nil if there is none.
func (r *Reading) Newest() *ServiceDeployment {
	if len(r.Deployments) == 0 {
		return nil
	}
	return r.Deployments[0]
}

// played gives the deployments whose revisions have been read, newest first.
func (r *Reading) played() []*ServiceDeployment {
	unread := len(r.Service.History.Deployments) - r.Service.History.Described
	if unread <= 0 {
		return r.Deployments
	}
	oldestRead := r.Service.History.Described
	var played []*ServiceDeployment
	for _, d := range r.Deployments {
		if d == r.Current || slices.Index(r.Service.History.Deployments, d) < oldestRead {
			played = append(played, d)
		}
	}
	return played
}

// unknown gives the newest of the deployments played whose status this ecsundo does not know; nil if there is none.
func (r *Reading) unknown() *ServiceDeployment {
	played := r.played()
	if i := slices.IndexFunc(played, (*ServiceDeployment).Unknown); i >= 0 {
		return played[i]
	}
	return nil
}

// unread reports whether the list has older deployments whose revisions have not been read yet.
func (r *Reading) unread() bool { return r.Service.History.Unread() }

// Cut reports whether there was something before the oldest deployment of the list: the service is older than that, and its
// first deployment came with it.
func (r *Reading) Cut() bool {
	listed := r.Service.History.Deployments
	switch {
	case len(listed) == 0, len(listed) >= HistoryLimit, r.Service.Controller == ControllerCodeDeploy:
		return true // CodeDeploy's first deployment comes after the service's first task set, of which it knows nothing
	}
	return r.Deployments[len(r.Deployments)-1].CreatedAt.Sub(r.Service.CreatedAt) > time.Minute
}

// begins tells when the history begins.
func (r *Reading) begins() time.Time {
	if len(r.Deployments) == 0 {
		return time.Time{}
	}
	return r.Deployments[len(r.Deployments)-1].CreatedAt
}

// visitOf gives what a deployment brought, as far as it is known.
func (r *Reading) visitOf(d *ServiceDeployment) Visit {
	v := Visit{Since: d.CreatedAt, Deployment: d, row: []*ServiceDeployment{d}}
	switch {
	case d.Revision != nil:
		v.Version = d.Revision.Version
	case d == r.Current, r.Current == nil && d.RollingOut():
		v.Version = Version{TaskDefinition: r.Service.Primary().TaskDefinition}
	}
	return v
}

// versions gives all versions that the reading knows of.
func (r *Reading) versions() []Version {
	var all []Version
	if r.before != nil {
		all = append(all, r.before.Version)
	}
	for _, d := range r.played() {
		if v := r.visitOf(d).Version; v.Known() {
			all = append(all, v)
		}
	}
	return all
}

// index tells of what has been looked up which digest is part of which index.
func (r *Reading) index() map[string]string { return r.Service.History.Index }

// unlisted gives what the service runs now where that is not the top of the stack: a deployment that failed and was not rolled
// back, or one that no list has.
func (r *Reading) unlisted(s *stack) (v Visit, other bool) {
	newest := r.Newest()
	if newest == nil || newest.RollingOut() || newest.RollingBack() {
		return v, false
	}
	top := s.top()
	if r.Current != nil {
		v = r.visitOf(r.Current)
	} else {
		v = Visit{Version: Version{TaskDefinition: r.Service.TaskDefinition}, Since: r.Service.Primary().CreatedAt}
		for _, d := range r.played() {
			if d.Revision != nil && d.Revision.Version.TaskDefinition == r.Service.TaskDefinition {
				v = r.visitOf(d)
				break
			}
		}
	}
	if !v.Version.Known() || len(s.visits) > 0 && s.same(top.Version, v.Version) && (!newest.Stopped() || r.Current != newest || s.strictly(top.Version, v.Version)) {
		return v, false
	}
	return v, true
}

// replacesListed reports whether the service shows that its own deployment, which no list has yet, replaces the newest that is
// listed: then there was none in between.
func (r *Reading) replacesListed() bool {
	if len(r.Deployments) < 2 {
		return false
	}
	before := lastPart(r.Deployments[1].Target)
	return slices.ContainsFunc(r.Service.Deployments, func(d Deployment) bool {
		return d.Status != Primary && d.number() == before
	})
}

// Unread gives the revisions that the service shows and no listed deployment has, which have not been read.
func (r *Reading) Unread() []string {
	if r.Outcome != Behind && r.Outcome != Outlived && r.Outcome != Unlisted || r.Service.History.Err != nil {
		return nil
	}
	var arns []string
	for _, arn := range append(slices.Clone(r.Service.Revisions), r.Service.Replaces...) {
		if known := r.Service.History.Revisions[arn]; known == nil || known.Raw == nil {
			arns = append(arns, arn)
		}
	}
	return arns
}

// Uncounted gives the deployments of which it is not known whether they ever ran a task.
func (r *Reading) Uncounted() []*ServiceDeployment {
	var unsure []*ServiceDeployment
	for _, d := range r.played() {
		if r.visitOf(d).unsure() {
			unsure = append(unsure, d)
		}
	}
	return unsure
}

// mayNeverHaveRun reports whether what a service may go to perhaps never ran a task. CodeDeploy records no digests, which says
// nothing.
func (r *Reading) mayNeverHaveRun(v Visit) bool {
	return r.Service.Controller == ControllerECS && r.Service.Desired > 0 && v.unsure()
}

// Oldest gives the oldest deployment of a list that does not go back to the service's beginning; nil if it does, or there is none.
func (r *Reading) Oldest() *ServiceDeployment {
	listed := r.Service.History.Deployments
	if len(listed) == 0 || !r.Cut() || listed[len(listed)-1].ARN == "" {
		return nil
	}
	return listed[len(listed)-1]
}

// OldestGood gives the oldest deployment of the list that completed, or goes on: what it replaced ran before all that is listed.
func (r *Reading) OldestGood() *ServiceDeployment {
	for n := len(r.Deployments) - 1; n >= 0; n-- {
		if d := r.Deployments[n]; d.ARN != "" && (d.Successful() || n == 0 && d.RollingOut()) {
			return d
		}
	}
	return nil
}

// SourceOf gives what a deployment replaced, if all that it replaced is of one version.
func SourceOf(d *ServiceDeployment, revisions map[string]*Revision) *Visit {
	var before *Visit
	for _, arn := range d.Sources {
		r := revisions[arn]
		if r == nil || before != nil && before.Version.TaskDefinition != r.Version.TaskDefinition {
			return nil
		}
		before = &Visit{Version: r.Version, Since: r.CreatedAt, Deployment: &ServiceDeployment{
			Status: StatusSuccessful, CreatedAt: r.CreatedAt, Target: r.ARN, Revision: r, // as it was: ECS lists it no more
		}}
	}
	return before
}

// HasGood reports whether any deployment of the reading has completed.
func (r *Reading) HasGood() bool {
	return slices.ContainsFunc(r.Deployments, (*ServiceDeployment).Successful)
}
