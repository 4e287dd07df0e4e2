package past

import (
	"fmt"
	"strings"
	"time"
)

// What another controller deploys.
const (
	ExternalController Code = "externalController"
	ExternalTaskSet    Code = "externalTaskSet"
	SwitchScale        Code = "externalSwitch1"
	SwitchPrimary      Code = "externalSwitch2"
	SwitchDelete       Code = "externalSwitch3"
	GroupUnreadable    Code = "codeDeployUnreadable"
	NoAppSpec          Code = "codeDeployNoAppSpec"
)

var controlled = []Sentence{
	{ExternalController, "an external controller deploys this service, and no task set of an earlier version is left", "undo it in that controller", func(Facts, time.Time) string {
		return "an external controller deploys this service, and no task set of an earlier version is left; undo it in that controller"
	}},
	{ExternalTaskSet, "an external controller deploys this service; task set ecs-svc/123 still holds web:4", "undo it in that controller", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("an external controller deploys this service: undo it in that controller; task set %s still holds %s", f.Name, f.To)
	}},
	{SwitchScale, "to switch to web:4 by hand, step 1: aws ecs update-task-set … --scale value=100,unit=PERCENT", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("to switch to %s by hand, step 1: aws ecs update-task-set %s --task-set %s --scale value=100,unit=PERCENT", f.To, f.Why, f.Name)
	}},
	{SwitchPrimary, "step 2, when it is steady and the controller has shifted the traffic: aws ecs update-service-primary-task-set …", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("step 2, when it is steady and the controller has shifted the traffic: aws ecs update-service-primary-task-set %s --primary-task-set %s", f.Why, f.Name)
	}},
	{SwitchDelete, "step 3: aws ecs delete-task-set …", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("step 3: aws ecs delete-task-set %s --task-set %s", f.Why, f.Name)
	}},
	{GroupUnreadable, "CodeDeploy deploys this service, and its deployments cannot be read: AccessDeniedException", "allow codedeploy:GetDeployment, ListDeployments and BatchGetDeployments", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("CodeDeploy deploys this service, and its deployments cannot be read%s; allow codedeploy:GetDeployment, ListDeployments and BatchGetDeployments", because(f.Why))
	}},
	{NoAppSpec, "CodeDeploy deploys this service, and no successful deployment of group web includes its AppSpec", "redeploy the earlier version in CodeDeploy", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("CodeDeploy deploys this service, and no successful deployment of group %s includes its AppSpec; redeploy the earlier version in CodeDeploy", f.Name)
	}},
}

// Why it did not end well, and what was done instead.
const (
	WatchedToEnd          Code = "watchedToEnd"
	NotAskedFor           Code = "notAskedFor"
	NotAskedCopied        Code = "notAskedForCopyRegistered"
	NotAskedMayBeCopied   Code = "notAskedForCopyMayBeRegistered"
	HeldBack              Code = "heldBack"
	HeldBackWith          Code = "heldBackWithService"
	MayBeAccepted         Code = "mayBeAccepted"
	NoAnswerInTime        Code = "noAnswerInTime"
	StoppedWatching       Code = "stoppedWatching"
	CannotWatch           Code = "cannotWatch"
	InternalError         Code = "internalError"
	DeployedSincePlan     Code = "deployedSincePlan"
	DeployedMeanwhile     Code = "deployedMeanwhile"
	DeployedDuringUndo    Code = "deployedDuringUndo"
	DeployedAfterUndo     Code = "deployedAfterUndo"
	UndoFailed            Code = "undoFailed"
	UndoRolledBack        Code = "undoRolledBack"
	RolledBackTo          Code = "rolledBackTo"
	NotStarted            Code = "didNotStart"
	ServiceDeleted        Code = "serviceDeleted"
	DoesNotComeUp         Code = "doesNotStart"
	UndoRollbackFailed    Code = "undoRollbackFailed"
	NativeRollbackFailed  Code = "nativeRollbackFailed"
	RollbackTooLate       Code = "rollbackTooLate"
	DeploymentStopped     Code = "deploymentStopped"
	DeploymentFailed      Code = "deploymentFailed"
	DeploymentEnded       Code = "deploymentEnded"
	OtherImages           Code = "otherImages"
	GroupBusy             Code = "codeDeployBusy"
	GroupDeploymentFailed Code = "codeDeployFailed"
	GroupNotRolledBack    Code = "codeDeployNotRolledBack"
	RollbackRefused       Code = "rollbackRefused"
	RollbackMissed        Code = "rollbackMissed"
	RollbackStopped       Code = "rollbackStopped"
)

var ending = []Sentence{
	{WatchedToEnd, "the change to web:2 was already in progress, and has completed", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the change to %s was already in progress, and has completed", f.To)
	}},
	{NotAskedFor, "not asked for", "run the same command again, unless the report gives another", nil},
	{NotAskedCopied, "not asked for; web:6 was registered, a copy of web:4", "run the same command again: it uses the copy", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not asked for; %s was registered, a copy of %s", f.Name, f.To)
	}},
	{NotAskedMayBeCopied, "not asked for; a copy of web:4 may have been registered", "run the same command again: it uses the copy if there is one", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not asked for; a copy of %s may have been registered", f.To)
	}},
	{HeldBack, "not changed, because api did not become steady", "see why, and run the same command again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not changed, because %s did not become steady", strings.Join(f.Names, ", "))
	}},
	{HeldBackWith, "not changed, because web, which it goes with, was not changed", "see why web was not changed", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not changed, because %s, which it goes with, was not changed", f.Name)
	}},
	{MayBeAccepted, "the change was sent, and it may have been accepted: no answer from AWS", "run the same command again: it looks first", func(f Facts, _ time.Time) string {
		return "the change was sent, and it may have been accepted" + because(f.Why)
	}},
	{NoAnswerInTime, "the change was sent, and no answer came in time: it may have been accepted", "run the same command again: it looks first", nil},
	{StoppedWatching, "stopped watching; deployment ecs-svc/… continues", "run the same command again to watch it", func(f Facts, _ time.Time) string {
		if f.Name == "" { // ECS rolls another one back
			return "stopped watching; ECS continues"
		}
		return fmt.Sprintf("stopped watching; deployment %s continues", f.Name)
	}},
	{CannotWatch, "stopped watching: no answer from AWS; the deployment continues", "run the same command again to watch it", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("stopped watching: %s; the deployment continues", f.Why)
	}},
	{InternalError, "internal error at ecs/watch.go:120: …; the change may have been accepted", "report it as a bug; run the same command again: it looks first", func(f Facts, _ time.Time) string {
		return f.Why + "; the change may have been accepted"
	}},
	{DeployedSincePlan, "not changed: web was deployed again at 2026-11-22 10:15 UTC, with web:6, after this plan was made", "run the undo again if you still want it", func(f Facts, now time.Time) string {
		return fmt.Sprintf("not changed: %s was deployed again %s, with %s, after this plan was made", f.Name, ago(f.At, now), f.To)
	}},
	{DeployedMeanwhile, "web was deployed again at 2026-11-22 10:15 UTC, with web:6; whether this undo's change was carried out before is not known", "ask who deployed it before you undo again", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was deployed again %s, with %s; whether this undo's change was carried out before is not known", f.Name, ago(f.At, now), f.To)
	}},
	{DeployedDuringUndo, "web was deployed again at 2026-11-22 10:15 UTC, with web:6, while this undo was rolling out", "ask who deployed it before you undo again", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was deployed again %s, with %s, while this undo was rolling out", f.Name, ago(f.At, now), f.To)
	}},
	{DeployedAfterUndo, "web was deployed again at 2026-11-22 10:15 UTC, with web:6, after this undo had completed", "ask who deployed it before you undo again", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was deployed again %s, with %s, after this undo had completed", f.Name, ago(f.At, now), f.To)
	}},
	{UndoFailed, "the undo failed: web:4 did not start, and ECS rolled back to web:5, the version you wanted to leave: tasks failed to start", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the undo failed: %s %s, and ECS rolled back to %s, the version you wanted to leave%s", f.To, didNot(f.Why), f.From, because(f.Why))
	}},
	{UndoRolledBack, "the undo was rolled back: ECS rolled back to web:5, the version you wanted to leave: Service deployment rolled back by user request", "ask who rolled it back, or look at the alarm, before you undo again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the undo was rolled back: ECS rolled back to %s, the version you wanted to leave%s", f.From, because(f.Why))
	}},
	{RolledBackTo, "ECS rolled web:4 back; the service now runs web:3: Service deployment rolled back by user request", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS rolled %s back; the service now runs %s%s", f.To, f.From, because(f.Why))
	}},
	{NotStarted, "web:4 did not start, and ECS rolled it back; the service now runs web:3: tasks failed to start", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s did not start, and ECS rolled it back; the service now runs %s%s", f.To, f.From, because(f.Why))
	}},
	{ServiceDeleted, "the service was deleted: ECS shows it as INACTIVE", "", func(f Facts, _ time.Time) string {
		return "the service was deleted: ECS shows it as " + f.Status
	}},
	{DoesNotComeUp, "web:4 does not start: 10 of its tasks failed, and none has been running for 5m; ECS continues to try: CannotPullContainerError", "choose another version with --to, or --again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s does not start: %d of its tasks failed, and none has been running for %s; ECS continues to try%s", f.To, f.N, f.Status, because(f.Why))
	}},
	{UndoRollbackFailed, "web:4 did not start, and ECS's rollback failed too; the service is left with web:4: tasks failed to start", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s %s, and ECS's rollback failed too; the service is left with %s%s", f.To, didNot(f.Why), f.From, because(f.Why))
	}},
	{NativeRollbackFailed, "ECS's rollback failed; the service is left with web:4: tasks failed to start", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS's rollback failed%s; the service is left with %s", because(f.Why), f.From)
	}},
	{RollbackTooLate, "ECS's rollback came too late: the deployment of web:5 had already completed", "run the undo again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS's rollback came too late: the deployment of %s had already completed; run the undo again", f.From)
	}},
	{DeploymentStopped, "the deployment of web:4 was stopped: Service deployment was stopped", "run the same command again: it continues, or says what starts the deployment again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the deployment of %s was stopped%s", f.To, because(f.Why))
	}},
	{DeploymentFailed, "the deployment of web:4 failed: tasks failed to start", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the deployment of %s failed%s", f.To, because(f.Why))
	}},
	{DeploymentEnded, "the deployment ended with status ROLLBACK_FAILED; the service runs web:5: tasks failed to start", "look at the service's events, and choose a version with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the deployment ended with status %s; the service runs %s%s", f.Status, f.From, because(f.Why))
	}},
	{OtherImages, "web:4 runs other images than before, in container app", "compare the digests with 'ecsundo service history'", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s runs other images than the plan asked for, in container %s", f.To, listed(f.Names))
	}},
	{GroupBusy, "CodeDeploy is running another deployment of group web, and allows one at a time", "wait until it has ended, and run the undo again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("CodeDeploy is running another deployment of group %s, and allows one at a time", f.Name)
	}},
	{GroupDeploymentFailed, "CodeDeploy deployment d-1 failed: it was stopped", "look at the deployment in CodeDeploy", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("CodeDeploy deployment %s failed%s", f.Name, because(f.Why))
	}},
	{GroupNotRolledBack, "CodeDeploy stopped deployment d-1 and did not roll it back: it was stopped", "look at the deployment in CodeDeploy", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("CodeDeploy stopped deployment %s and did not roll it back%s", f.Name, because(f.Why))
	}},
	{RollbackRefused, "ECS refused to roll back the deployment (InvalidParameterException), so web:4 was deployed instead", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS refused to roll back the deployment (%s), so %s was deployed instead", sentenced(f.Why), f.To)
	}},
	{RollbackMissed, "the rollback came too late, so web:4 was deployed instead", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the rollback came too late, because the deployment had just completed, so %s was deployed instead", f.To)
	}},
	{RollbackStopped, "the deployment was stopped without a rollback, so web:4 was deployed instead", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the deployment was stopped without a rollback, so %s was deployed instead", f.To)
	}},
}
