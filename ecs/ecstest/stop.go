package ecstest

type stopServiceDeploymentInput struct {
	ServiceDeploymentArn string `json:"serviceDeploymentArn"`
	StopType             string `json:"stopType"`
}

// stopServiceDeployment rolls a deployment that is under way back. Repeating it is harmless. The texts, and that a finished
// deployment gives ConflictException, are guesses; so is taking a request without a type for ROLLBACK.
func stopServiceDeployment(c *call, in *stopServiceDeploymentInput) (any, error) {
	if in.ServiceDeploymentArn == "" {
		return nil, missing("serviceDeploymentArn")
	}
	if in.StopType != "" && in.StopType != "ROLLBACK" {
		return nil, invalid("stopType must be ROLLBACK.")
	}
	r := c.region.rollout(in.ServiceDeploymentArn)
	if r == nil {
		return nil, refuse("ServiceDeploymentNotFoundException", "Service deployment not found.")
	}
	if r.ended() {
		e := refuse("ConflictException", "The service deployment has already finished: %s.", r.status)
		e.more = object{"resourceIds": []string{r.arn}}
		return nil, e
	}
	r.requestRollback()
	return object{"serviceDeploymentArn": r.arn}, nil
}

// requestRollback is somebody asking for r to be rolled back. It may come too late: then r ends SUCCESSFUL.
func (r *rollout) requestRollback() {
	if r.status != "PENDING" && r.status != "IN_PROGRESS" {
		return
	}
	r.set("ROLLBACK_REQUESTED", "")
	if r.tooLate {
		r.after(stopDelay, r.succeed)
		return
	}
	r.after(stopDelay, func() { r.rollBack(becauseRequest) })
}
