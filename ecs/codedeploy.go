package ecs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	cdtypes "github.com/aws/aws-sdk-go-v2/service/codedeploy/types"
)

// batchDeployments is how many deployments one BatchGetDeployments call takes.
const batchDeployments = 25

// A deploymentGroup is what deploys a service whose controller is CODE_DEPLOY.
type deploymentGroup struct {
	application, name string
	appSpec           string // of the newest deployment that succeeded; empty if it is not to be had
}

func (c *Client) codedeploy() *codedeploy.Client {
	return codedeploy.NewFromConfig(c.config, func(o *codedeploy.Options) {
		o.Retryer, o.RetryMaxAttempts = newRetryer(attempts), 0
	})
}

// readGroup gives a service of CodeDeploy the history of its deployment group, as if ECS had recorded it: the same planners
// decide then. CodeDeploy records no digests, so those stay unknown.
func (p *planning) readGroup(ctx context.Context, s *Service) error {
	if s.Controller != "CODE_DEPLOY" {
		return nil
	}
	group, deployments, err := p.client.groupHistory(ctx, s.External)
	if err != nil && (unreadable(err) || errorCode(err) == "DeploymentDoesNotExistException") {
		s.History = History{Err: err}
		return nil
	}
	if err != nil {
		return err
	}
	s.group = group
	s.History = newGroupHistory(group, deployments)
	for _, d := range s.History.Deployments {
		if d.Revision == nil {
			continue
		}
		definition, err := p.definition(ctx, d.Revision.Version.TaskDefinition)
		if err != nil {
			return err
		}
		if definition != nil {
			d.Revision.Version.Images = definition.images()
		}
	}
	return p.findCopies(ctx, s)
}

// groupHistory finds the deployment group by a deployment that made one of the service's task sets, and reads the group's
// newest deployments, newest first.
func (c *Client) groupHistory(ctx context.Context, deployment string) (*deploymentGroup, []cdtypes.DeploymentInfo, error) {
	if deployment == "" {
		return nil, nil, &cdtypes.DeploymentDoesNotExistException{Message: aws.String("no task set names a deployment")}
	}
	client := c.codedeploy()
	one, err := client.GetDeployment(ctx, &codedeploy.GetDeploymentInput{DeploymentId: &deployment})
	if err != nil {
		return nil, nil, err
	}
	group := &deploymentGroup{
		application: aws.ToString(one.DeploymentInfo.ApplicationName), name: aws.ToString(one.DeploymentInfo.DeploymentGroupName),
	}
	var ids []string
	pages := codedeploy.NewListDeploymentsPaginator(client, &codedeploy.ListDeploymentsInput{
		ApplicationName: &group.application, DeploymentGroupName: &group.name,
	})
	for pages.HasMorePages() && len(ids) < historyLimit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, err
		}
		ids = append(ids, page.Deployments...)
	}
	infos, err := c.getDeployments(ctx, ids[:min(len(ids), historyLimit)])
	slices.SortStableFunc(infos, func(a, b cdtypes.DeploymentInfo) int {
		return aws.ToTime(b.CreateTime).Compare(aws.ToTime(a.CreateTime))
	})
	return group, infos, err
}

func (c *Client) getDeployments(ctx context.Context, ids []string) ([]cdtypes.DeploymentInfo, error) {
	var infos []cdtypes.DeploymentInfo
	for batch := range slices.Chunk(ids, batchDeployments) {
		out, err := c.codedeploy().BatchGetDeployments(ctx, &codedeploy.BatchGetDeploymentsInput{DeploymentIds: batch})
		if err != nil {
			return nil, err
		}
		infos = append(infos, out.DeploymentsInfo...)
	}
	return infos, nil
}

func newGroupHistory(group *deploymentGroup, deployments []cdtypes.DeploymentInfo) History {
	h := History{Described: len(deployments), revisions: map[string]*Revision{}}
	for _, info := range deployments {
		d := newGroupDeployment(info)
		if content := appSpecOf(info); content != "" {
			if t, err := appSpecDefinition(content); err == nil {
				d.Revision = &Revision{ARN: d.ARN, Version: Version{TaskDefinition: t}}
				h.revisions[d.ARN] = d.Revision
			}
			if d.successful() && group.appSpec == "" {
				group.appSpec = content
			}
		}
		h.Deployments = append(h.Deployments, d)
	}
	if newest := h.newest(); newest != nil && newest.rollingOut() {
		for _, d := range h.Deployments {
			if d.successful() { // stopped with a rollback, it goes back to the last that succeeded
				newest.Sources = []string{d.Target}
				break
			}
		}
	}
	return h
}

// newGroupDeployment says in ECS's words how a deployment of CodeDeploy stands. What failed or was stopped never was a good
// version; its rollback is a deployment of its own.
func newGroupDeployment(info cdtypes.DeploymentInfo) *ServiceDeployment {
	d := &ServiceDeployment{
		ARN: aws.ToString(info.DeploymentId), Target: aws.ToString(info.DeploymentId), Status: "IN_PROGRESS",
		CreatedAt: aws.ToTime(info.CreateTime), FinishedAt: aws.ToTime(info.CompleteTime),
	}
	switch info.Status {
	case cdtypes.DeploymentStatusSucceeded:
		d.Status = "SUCCESSFUL"
	case cdtypes.DeploymentStatusFailed, cdtypes.DeploymentStatusStopped:
		d.Status = "STOPPED"
	}
	if e := info.ErrorInformation; e != nil {
		d.Reason = aws.ToString(e.Message)
	}
	if r := info.RollbackInfo; r != nil {
		d.rollbackBy = aws.ToString(r.RollbackDeploymentId)
	}
	return d
}

func appSpecOf(info cdtypes.DeploymentInfo) string {
	switch r := info.Revision; {
	case r == nil:
	case r.AppSpecContent != nil:
		return aws.ToString(r.AppSpecContent.Content)
	//lint:ignore SA1019 deployments that were made with the older form of an AppSpec are still listed with it
	case r.String_ != nil:
		//lint:ignore SA1019 as above
		return aws.ToString(r.String_.Content)
	}
	return ""
}

// deployByGroup starts a deployment of the step's definition: the AppSpec of the last one that succeeded, with that definition
// in it.
func (c *Client) deployByGroup(ctx context.Context, s *Step) error {
	arn, err := ParseARN(s.ServiceARN)
	if err != nil {
		return err
	}
	arn.Resource = "task-definition/" + s.Deploys().String()
	content, err := withDefinition(s.group.appSpec, arn.String())
	if err != nil {
		return fmt.Errorf("the AppSpec of its last deployment: %w", err)
	}
	sum := sha256.Sum256([]byte(content))
	out, err := c.codedeploy().CreateDeployment(ctx, &codedeploy.CreateDeploymentInput{
		ApplicationName: &s.group.application, DeploymentGroupName: &s.group.name,
		Description: aws.String("ecsundo: back to " + s.To.TaskDefinition.String()),
		Revision: &cdtypes.RevisionLocation{
			RevisionType:   cdtypes.RevisionLocationTypeAppSpecContent,
			AppSpecContent: &cdtypes.AppSpecContent{Content: &content, Sha256: aws.String(hex.EncodeToString(sum[:]))},
		},
	})
	var busy *cdtypes.DeploymentLimitExceededException
	if errors.As(err, &busy) {
		if c.adopt(ctx, s) {
			return nil
		}
		return fmt.Errorf("another deployment of group %s is running, which CodeDeploy does not allow beside ours: %s", s.group.name, busy.ErrorMessage())
	}
	if err != nil {
		return err
	}
	s.Deployment = aws.ToString(out.DeploymentId)
	s.ours = s.Deployment
	return nil
}

// adopt takes a deployment that is running for ours if it brings the same definition: the answer to our own call was lost, or
// somebody else undoes the same thing.
func (c *Client) adopt(ctx context.Context, s *Step) bool {
	group, deployments, err := c.groupHistory(ctx, s.external)
	if err != nil {
		return false
	}
	h := newGroupHistory(group, deployments)
	newest := h.newest()
	if newest == nil || !newest.rollingOut() || newest.Revision == nil || newest.Revision.Version.TaskDefinition != s.Deploys() {
		return false
	}
	s.Deployment, s.ours = newest.ARN, newest.ARN
	return true
}

// stopByGroup stops the running deployment and has CodeDeploy roll it back.
func (c *Client) stopByGroup(ctx context.Context, s *Step) error {
	_, err := c.codedeploy().StopDeployment(ctx, &codedeploy.StopDeploymentInput{
		DeploymentId: &s.rollback, AutoRollbackEnabled: aws.Bool(true),
	})
	var completed *cdtypes.DeploymentAlreadyCompletedException
	if errors.As(err, &completed) {
		return nil // too late or stopped by somebody else: the watch sees which
	}
	return err
}

// settleByGroup judges a deployment of CodeDeploy. It is done when the traffic is on our task set; the tasks that it replaced
// may go on for an hour, as the group says.
func (w *watching) settleByGroup(ctx context.Context, s *Step, seen sight) {
	primary := seen.service.Primary()
	onTarget := primary.TaskDefinition == s.Deploys()
	d := seen.ours
	switch {
	case d == nil:
	case s.rollback != "" && d.rollbackBy != "":
		s.rollback, s.ours, s.Deployment = "", d.rollbackBy, d.rollbackBy
	case s.rollback != "" && d.successful() && !onTarget && seen.service.External != s.rollback:
		w.superseded(s, primary) // whoever deployed since knew more than we do
	case s.rollback != "" && d.successful():
		s.rollback = ""
		s.Notes = append(s.Notes, "the rollback came too late, the deployment had just completed; the version before was deployed the ordinary way")
		if err := w.client.deployByGroup(ctx, s); err != nil {
			w.end(s, Failed, "%s", err)
		}
	case d.successful() && onTarget, d.Status == "IN_PROGRESS" && onTarget && s.rollback == "" && primary.ID != s.primary && primary.RolloutState == "COMPLETED":
		w.end(s, Steady, "")
	case d.successful():
		w.superseded(s, primary)
	case d.Status == "STOPPED" && s.rollback != "":
		// The rollback's own deployment is about to be named; without one, nothing had been started yet.
		if s.gone++; s.gone > 3 && onTarget {
			w.end(s, Steady, "")
		} else if s.gone > 10 {
			w.end(s, Failed, "CodeDeploy stopped deployment %s and did not roll it back: %s", d.ARN, d.Reason)
		}
	case d.Status == "STOPPED" && d.rollbackBy != "" && !onTarget:
		w.rolledBack(s, primary, reasonOr(d.Reason, "deployment "+d.ARN+" failed and is rolled back by "+d.rollbackBy))
	case d.Status == "STOPPED":
		w.end(s, Failed, "deployment %s ended without success: %s", d.ARN, reasonOr(d.Reason, "it was stopped"))
	}
}

// groupDeployments asks CodeDeploy for our deployments there.
func (w *watching) groupDeployments(ctx context.Context, found map[string]*ServiceDeployment) {
	var ids []string
	for _, s := range w.live {
		if s.group != nil && s.ours != "" {
			ids = append(ids, s.ours)
		}
	}
	infos, err := w.client.getDeployments(ctx, unique(ids))
	if err != nil {
		return // the next look tries again
	}
	for _, info := range infos {
		d := newGroupDeployment(info)
		if info.Status == cdtypes.DeploymentStatusReady {
			d.Waiting = "waits for somebody to move the traffic; let it go on with 'aws deploy continue-deployment --deployment-wait-type READY_WAIT --deployment-id " + d.ARN + "'"
		}
		found[d.ARN] = d
	}
}

// byGroup says what stands in the way of an undo by CodeDeploy; "" if nothing does.
func (s *Service) byGroup() string {
	switch {
	case s.Controller != "CODE_DEPLOY":
		return ""
	case s.History.Err != nil:
		return fmt.Sprintf("is deployed by CodeDeploy, whose deployments cannot be read (%s); allow codedeploy:GetDeployment, ListDeployments and BatchGetDeployments", briefly(s.History.Err))
	case strings.TrimSpace(s.group.appSpec) == "":
		return "is deployed by CodeDeploy, and no deployment of group " + s.group.name + " that succeeded has its AppSpec with it; deploy the earlier one again there"
	}
	return ""
}
