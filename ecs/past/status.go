package past

import "slices"

// The statuses of a service deployment (API reference, ServiceDeployment.status).
const (
	StatusPending            = "PENDING"
	StatusInProgress         = "IN_PROGRESS"
	StatusSuccessful         = "SUCCESSFUL"
	StatusStopRequested      = "STOP_REQUESTED"
	StatusStopped            = "STOPPED"
	StatusRollbackRequested  = "ROLLBACK_REQUESTED"
	StatusRollbackInProgress = "ROLLBACK_IN_PROGRESS"
	StatusRollbackSuccessful = "ROLLBACK_SUCCESSFUL"
	StatusRollbackFailed     = "ROLLBACK_FAILED"
)

// The rollout states of a service's deployment (API reference, Deployment.rolloutState); empty behind a Classic Load Balancer.
const (
	RolloutInProgress = "IN_PROGRESS"
	RolloutCompleted  = "COMPLETED"
	RolloutFailed     = "FAILED"
)

// The statuses of services, clusters, task definitions, and of the deployments of a service.
const (
	Active           = "ACTIVE"
	Inactive         = "INACTIVE"
	DeleteInProgress = "DELETE_IN_PROGRESS" // of a task definition
	Primary          = "PRIMARY"            // of a deployment: the one that ECS is moving the service to
)

// What deploys a service, and in which way ECS does.
const (
	ControllerECS        = "ECS"
	ControllerCodeDeploy = "CODE_DEPLOY"
	ControllerExternal   = "EXTERNAL"
	StrategyRolling      = "ROLLING"
)

// Successful reports whether a deployment completed, and its version ran.
func (d *ServiceDeployment) Successful() bool { return d.Status == StatusSuccessful }

// RolledBack reports whether ECS rolled a deployment back, and that succeeded.
func (d *ServiceDeployment) RolledBack() bool { return d.Status == StatusRollbackSuccessful }

// RollingBack reports whether ECS is rolling a deployment back.
func (d *ServiceDeployment) RollingBack() bool {
	return d.Status == StatusRollbackRequested || d.Status == StatusRollbackInProgress
}

// RollingOut reports whether a deployment goes on.
func (d *ServiceDeployment) RollingOut() bool {
	return d.Status == StatusPending || d.Status == StatusInProgress
}

// Stopped reports whether a deployment ended, or is about to, without having come up and without a rollback.
func (d *ServiceDeployment) Stopped() bool {
	return d.Status == StatusStopped || d.Status == StatusStopRequested
}

// RollbackFailed reports whether ECS rolled a deployment back in vain.
func (d *ServiceDeployment) RollbackFailed() bool { return d.Status == StatusRollbackFailed }

// Ended reports whether nothing more becomes of a deployment.
func (d *ServiceDeployment) Ended() bool {
	return d.Successful() || d.RolledBack() || d.RollbackFailed() || d.Status == StatusStopped
}

var knownStatuses = []string{
	StatusPending, StatusInProgress, StatusSuccessful, StatusStopRequested, StatusStopped,
	StatusRollbackRequested, StatusRollbackInProgress, StatusRollbackSuccessful, StatusRollbackFailed,
}

// Unknown reports whether the status is one that this ecsundo does not know. Nothing may be concluded from it.
func (d *ServiceDeployment) Unknown() bool { return !slices.Contains(knownStatuses, d.Status) }
