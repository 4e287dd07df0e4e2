package ecstest

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"time"
)

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// view is what GetDeployment says.
func (b *blueGreen) view() object {
	g := b.group
	done, open := 0, 1
	if b.status == "Succeeded" {
		done, open = 1, 0
	}
	o := object{
		"applicationName": g.application, "deploymentGroupName": g.name, "deploymentConfigName": b.config,
		"deploymentId": b.id, "status": b.status, "creator": b.creator, "createTime": epoch(b.created),
		"computePlatform": "ECS", "ignoreApplicationStopFailures": false, "updateOutdatedInstancesOnly": false,
		"instanceTerminationWaitTimeStarted": b.terminating, "fileExistsBehavior": "DISALLOW",
		"revision":                         revisionLocation(b.content),
		"deploymentStyle":                  object{"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
		"deploymentOverview":               object{"Pending": 0, "InProgress": open, "Succeeded": done, "Failed": 0, "Skipped": 0, "Ready": 0},
		"autoRollbackConfiguration":        object{"enabled": g.autoRollback, "events": []string{"DEPLOYMENT_FAILURE"}},
		"blueGreenDeploymentConfiguration": g.blueGreenView(),
	}
	setText(o, "description", b.description)
	setTime(o, "startTime", b.started)
	setTime(o, "completeTime", b.completed)
	if b.failure != nil {
		o["errorInformation"] = b.failure
	}
	rollback := object{}
	setText(rollback, "rollbackDeploymentId", b.undoneBy)
	setText(rollback, "rollbackTriggeringDeploymentId", b.undoes)
	if b.undoes != "" {
		rollback["rollbackMessage"] = "Deployment " + b.undoes + " was rolled back."
	}
	if len(rollback) > 0 {
		o["rollbackInfo"] = rollback
	}
	return o
}

func revisionLocation(content string) object {
	return object{"revisionType": "AppSpecContent", "appSpecContent": object{"content": content, "sha256": sha256Hex(content)}}
}

func (g *codedeployGroup) blueGreenView() object {
	ready := object{"actionOnTimeout": "CONTINUE_DEPLOYMENT", "waitTimeInMinutes": 0}
	if g.ready > 0 {
		ready = object{"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": wholeMinutes(g.ready)}
	}
	return object{
		"deploymentReadyOption": ready,
		"terminateBlueInstancesOnDeploymentSuccess": object{
			"action": "TERMINATE", "terminationWaitTimeInMinutes": wholeMinutes(g.terminate),
		},
	}
}

func wholeMinutes(d time.Duration) int { return int(math.Ceil(d.Minutes())) }

// view is what GetDeploymentGroup says.
func (g *codedeployGroup) view() object {
	o := object{
		"applicationName": g.application, "deploymentGroupName": g.name, "computePlatform": "ECS",
		"deploymentGroupId":                g.service.cluster.name + "-" + g.service.name,
		"deploymentConfigName":             "CodeDeployDefault.ECSAllAtOnce",
		"ecsServices":                      []object{{"serviceName": g.service.name, "clusterName": g.service.cluster.name}},
		"deploymentStyle":                  object{"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
		"autoRollbackConfiguration":        object{"enabled": g.autoRollback, "events": []string{"DEPLOYMENT_FAILURE"}},
		"blueGreenDeploymentConfiguration": g.blueGreenView(),
	}
	if good := g.lastGood(); good != nil {
		o["targetRevision"] = revisionLocation(good.content)
		o["lastSuccessfulDeployment"] = good.brief()
	}
	for _, b := range g.service.region().codedeploy.deployments {
		if b.group == g {
			o["lastAttemptedDeployment"] = b.brief()
		}
	}
	return o
}

func (b *blueGreen) brief() object {
	o := object{"deploymentId": b.id, "status": b.status, "createTime": epoch(b.created)}
	setTime(o, "endTime", b.completed)
	return o
}

// target is the one deployment target that an ECS deployment has: its service.
func (b *blueGreen) target() object {
	sv := b.group.service
	status := map[string]string{"Created": "Pending", "Stopped": "Failed"}[b.status]
	if status == "" {
		status = b.status
	}
	moved := b.shift.at(b.now())
	sets := []object{}
	if b.original != nil {
		sets = append(sets, b.original.codedeployView("Blue", 100-moved))
	}
	if b.replacement != nil {
		sets = append(sets, b.replacement.codedeployView("Green", moved))
	}
	return object{"deploymentTargetType": "ECSTarget", "ecsTarget": object{
		"deploymentId": b.id, "targetId": b.targetID(), "targetArn": sv.arn, "status": status,
		"lastUpdatedAt": epoch(b.now()), "lifecycleEvents": b.lifecycle(), "taskSetsInfo": sets,
	}}
}

// lifecycle is the events of a deployment for ECS, in the order that the AppSpec's reference gives. What the ones without a hook
// show is not documented: here they have the status of what comes after them.
func (b *blueGreen) lifecycle() []object {
	names := []string{
		"BeforeInstall", "Install", "AfterInstall", "AllowTestTraffic", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic",
	}
	at := 0
	switch {
	case b.status == "Succeeded" || b.terminating:
		at = len(names)
	case b.status == "InProgress" && b.shift.to > 0:
		at = 6
	case b.status == "InProgress":
		at = 1
	case b.status == "Ready":
		at = 5
	}
	events := []object{}
	for i, name := range names {
		status := "Pending"
		switch {
		case i < at:
			status = "Succeeded"
		case i > at || b.status == "Created" || b.status == "Ready":
		case b.ended():
			status = "Failed"
		default:
			status = "InProgress"
		}
		events = append(events, object{"lifecycleEventName": name, "status": status})
	}
	return events
}

func (b *blueGreen) targetID() string {
	return b.group.service.cluster.name + ":" + b.group.service.name
}

// codedeployView: the member's name is misspelled in CodeDeploy's model.
func (t *taskSet) codedeployView(label string, weight int) object {
	return object{
		"identifer": "ecs-svc/" + t.id, "status": t.status, "taskSetLabel": label, "trafficWeight": weight,
		"desiredCount": t.computed(), "runningCount": t.running.at(t.service.now()), "pendingCount": 0,
	}
}
