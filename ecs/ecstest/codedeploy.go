package ecstest

import (
	"fmt"
	"strings"
	"time"
)

// codedeploy is what a region's CodeDeploy keeps: deployment groups, each with one ECS service.
type codedeploy struct {
	groups      []*codedeployGroup
	deployments []*blueGreen // oldest first
}

// A codedeployGroup is a deployment group; stories make one, in an application of its own, for every CODE_DEPLOY service.
type codedeployGroup struct {
	application, name string
	service           *service
	ready             time.Duration // how long it waits for ContinueDeployment before it moves traffic; 0: not at all
	traffic           time.Duration // how long moving the traffic takes
	terminate         time.Duration // how long the original task set stays after that
	autoRollback      bool          // on failure, and when stopped
}

// A blueGreen is one deployment of CodeDeploy: a new task set beside the original, which takes the traffic over.
type blueGreen struct {
	group       *codedeployGroup
	id          string
	status      string // Created, InProgress, Ready, Succeeded, Failed, Stopped
	content     string // the AppSpec
	definition  string // what the AppSpec names
	config      string
	description string
	creator     string // user, codeDeployRollback
	created     time.Time
	started     time.Time
	completed   time.Time
	failure     object // errorInformation
	original    *taskSet
	replacement *taskSet
	shift       ramp   // traffic on the replacement, in percent
	terminating bool   // the wait before the original goes has begun
	undoneBy    string // the rollback that stopping or failing started
	undoes      string // the deployment that this one rolls back
	failing     *failing
	next        *timer
}

// groupOf returns the service's deployment group, made on first use.
func (sv *service) groupOf() *codedeployGroup {
	if sv.group == nil {
		name := sv.cluster.name + "-" + sv.name
		sv.group = &codedeployGroup{
			application: "AppECS-" + name, name: "DgpECS-" + name, service: sv, traffic: quick, terminate: 5 * time.Minute,
		}
		cd := &sv.region().codedeploy
		cd.groups = append(cd.groups, sv.group)
	}
	return sv.group
}

func (cd *codedeploy) deployment(id string) *blueGreen {
	for _, b := range cd.deployments {
		if b.id == id {
			return b
		}
	}
	return nil
}

// underWay returns the group's deployment that has not ended, nil if there is none.
func (g *codedeployGroup) underWay() *blueGreen {
	for _, b := range g.service.region().codedeploy.deployments {
		if b.group == g && !b.ended() {
			return b
		}
	}
	return nil
}

// lastGood returns the newest deployment of the group that succeeded, nil if there is none.
func (g *codedeployGroup) lastGood() *blueGreen {
	var last *blueGreen
	for _, b := range g.service.region().codedeploy.deployments {
		if b.group == g && b.status == "Succeeded" {
			last = b
		}
	}
	return last
}

func (b *blueGreen) now() time.Time { return b.group.service.now() }

func (b *blueGreen) ended() bool {
	return b.status == "Succeeded" || b.status == "Failed" || b.status == "Stopped"
}

// The parts of a process.
func (b *blueGreen) begun() bool   { return b.status != "Created" }
func (b *blueGreen) settled() bool { return b.ended() || b.status == "Ready" || !b.next.pending() }
func (b *blueGreen) due() time.Time {
	return b.next.at
}

func (b *blueGreen) after(d time.Duration, do func()) {
	b.next.stop()
	b.next = b.group.service.server().after(d, do)
}

// end ends b.
func (b *blueGreen) end(status string) {
	b.next.stop()
	b.failing.stop()
	b.status, b.completed = status, b.now()
}

// create makes a deployment of the group from an AppSpec.
func (g *codedeployGroup) create(content, definition, creator string) *blueGreen {
	s := g.service.server()
	b := &blueGreen{
		group: g, id: s.deploymentID(), status: "Created", content: content, definition: definition, creator: creator,
		config: "CodeDeployDefault.ECSAllAtOnce", created: s.clock.now,
	}
	cd := &g.service.region().codedeploy
	cd.deployments = append(cd.deployments, b)
	return b
}

// deploymentID returns an identifier like d-A1B2C3D4E.
func (s *Server) deploymentID() string {
	return "d-" + strings.ToUpper(fmt.Sprintf("%09x", s.number()))[:9]
}

// start installs the replacement task set. A definition that cannot be used fails the deployment; the code and text of that
// are guesses.
func (b *blueGreen) start() {
	sv := b.group.service
	b.status, b.started = "InProgress", b.now()
	d, err := sv.region().usable(b.definition)
	if err != nil {
		b.fail("ECS_UPDATE_ERROR", "The ECS service cannot be updated: "+err.Error())
		return
	}
	b.original = sv.primarySet()
	b.replacement = sv.addTaskSet(sv.newRevision(d, sv.config), "CODE_DEPLOY", b.id)
	if b.replacement.revision.fails() {
		b.failing = sv.fail("ecs-svc/"+b.replacement.id, b.replacement.revision, sv.rollout, 0)
		b.after(time.Hour, b.timeOut)
		return
	}
	b.after(sv.rollout, b.installed)
}

// timeOut ends a deployment whose tasks do not get healthy.
func (b *blueGreen) timeOut() {
	b.fail("TIMEOUT", "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.")
}

// fail ends b as Failed, and rolls back if the group is set to.
func (b *blueGreen) fail(code, message string) {
	b.failure = object{"code": code, "message": message}
	b.end("Failed")
	if b.group.autoRollback && b.replacement != nil {
		b.rollBack()
	}
}

// installed is the replacement being there. The group may want somebody to say go.
func (b *blueGreen) installed() {
	if b.group.ready == 0 {
		b.reroute()
		return
	}
	b.status = "Ready"
	b.after(b.group.ready, func() {
		b.fail("TIMEOUT", "The deployment was not continued in time.")
	})
}

// reroute moves the traffic.
func (b *blueGreen) reroute() {
	b.status = "InProgress"
	b.shift = ramp{to: 100, start: b.now(), takes: b.group.traffic}
	b.after(b.group.traffic, b.rerouted)
}

// rerouted is the traffic being on the replacement; the original stays for a while.
func (b *blueGreen) rerouted() {
	b.group.service.setPrimary(b.replacement)
	b.terminating = true
	b.after(b.group.terminate, b.succeed)
}

func (b *blueGreen) succeed() {
	if b.original != nil {
		b.group.service.dropTaskSet(b.original)
	}
	b.end("Succeeded")
}

// stop stops b, and rolls back if asked to, or if the group is set to.
func (b *blueGreen) stop(back bool) {
	b.failure = object{"code": "MANUAL_STOP", "message": "The deployment was stopped by a user."}
	b.end("Stopped")
	if back || b.group.autoRollback {
		b.rollBack()
	}
}

// rollBack starts the deployment that takes b back: traffic returns to the original task set, and the replacement goes.
func (b *blueGreen) rollBack() {
	if b.replacement == nil {
		return
	}
	content, definition := b.content, b.replacement.revision.definition.arn()
	if b.original != nil {
		definition = b.original.revision.definition.arn()
		content = appSpec(definition)
	}
	if good := b.group.lastGood(); good != nil && good.definition == definition {
		content = good.content
	}
	back := b.group.create(content, definition, "codeDeployRollback")
	back.undoes, b.undoneBy = b.id, back.id
	back.original, back.replacement = b.replacement, b.original
	back.after(startDelay, func() {
		back.status, back.started = "InProgress", back.now()
		back.shift = ramp{to: 100, start: back.now(), takes: back.group.traffic}
		back.after(back.group.traffic+quick, func() {
			if back.replacement != nil {
				back.group.service.setPrimary(back.replacement)
			}
			back.succeed()
		})
	})
}

// appSpec writes the AppSpec of a deployment that a story tells of.
func appSpec(definition string) string {
	return `{"version":0.0,"Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":{"TaskDefinition":"` + definition +
		`","LoadBalancerInfo":{"ContainerName":"app","ContainerPort":80}}}}]}`
}
