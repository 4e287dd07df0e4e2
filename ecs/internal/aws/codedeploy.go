package aws

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codedeploy"
	cdtypes "github.com/aws/aws-sdk-go-v2/service/codedeploy/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// batchDeployments is how many deployments one BatchGetDeployments call takes.
const batchDeployments = 25

// codedeploy is one client for all calls: it learns how far the machine's clock is off, and a change is sent only once.
func (c *Client) codedeploy() *codedeploy.Client { return c.deploys() }

func (c *Client) newCodedeploy() *codedeploy.Client {
	return codedeploy.NewFromConfig(c.config, func(o *codedeploy.Options) {
		o.Retryer, o.RetryMaxAttempts = c.renewal.newRetryer(Attempts), 0
		o.APIOptions = append(o.APIOptions, c.holdStale, c.skewed.watch)
	})
}

// GroupHistory finds the deployment group by a deployment that made one of the service's task sets, and reads the group's
// newest deployments, newest first.
func (c *Client) GroupHistory(ctx context.Context, deployment string) (*past.Group, past.History, error) {
	if deployment == "" {
		return nil, past.History{}, &cdtypes.DeploymentDoesNotExistException{Message: awssdk.String("no task set names a deployment")}
	}
	client := c.codedeploy()
	one, err := client.GetDeployment(ctx, &codedeploy.GetDeploymentInput{DeploymentId: &deployment})
	if err != nil {
		return nil, past.History{}, err
	}
	if one.DeploymentInfo == nil {
		return nil, past.History{}, &OddAnswerError{"GetDeployment", "deploymentInfo"}
	}
	group := &past.Group{
		Application: awssdk.ToString(one.DeploymentInfo.ApplicationName), Name: awssdk.ToString(one.DeploymentInfo.DeploymentGroupName),
	}
	h, err := c.ListGroup(ctx, group)
	return group, h, err
}

// ListGroup reads the newest deployments of a group, newest first.
func (c *Client) ListGroup(ctx context.Context, group *past.Group) (past.History, error) {
	client := c.codedeploy()
	var ids []string
	pages := codedeploy.NewListDeploymentsPaginator(client, &codedeploy.ListDeploymentsInput{
		ApplicationName: &group.Application, DeploymentGroupName: &group.Name,
	})
	turn := turning{operation: "ListDeployments"}
	for pages.HasMorePages() && len(ids) < past.HistoryLimit {
		page, err := pages.NextPage(ctx)
		if err == nil {
			err = turn.next(page.NextToken)
		}
		if err != nil {
			return past.History{}, err
		}
		ids = append(ids, page.Deployments...)
	}
	infos, err := c.getDeployments(ctx, ids[:min(len(ids), past.HistoryLimit)])
	slices.SortStableFunc(infos, func(a, b cdtypes.DeploymentInfo) int {
		return awssdk.ToTime(b.CreateTime).Compare(awssdk.ToTime(a.CreateTime))
	})
	return newGroupHistory(group, infos), err
}

func (c *Client) getDeployments(ctx context.Context, ids []string) ([]cdtypes.DeploymentInfo, error) {
	var infos []cdtypes.DeploymentInfo
	for batch := range slices.Chunk(unique(ids), batchDeployments) {
		out, err := c.codedeploy().BatchGetDeployments(ctx, &codedeploy.BatchGetDeploymentsInput{DeploymentIds: batch})
		if err != nil {
			return nil, err
		}
		infos = append(infos, out.DeploymentsInfo...)
	}
	return infos, nil
}

func newGroupHistory(group *past.Group, deployments []cdtypes.DeploymentInfo) past.History {
	h := past.History{Described: len(deployments), Revisions: map[string]*past.Revision{}}
	for _, info := range deployments {
		d := newGroupDeployment(info)
		if content := appSpecOf(info); content != "" {
			if t, err := appSpecDefinition(content); err == nil {
				d.Revision = &past.Revision{ARN: d.ARN, Version: past.Version{TaskDefinition: t}}
				h.Revisions[d.ARN] = d.Revision
			}
			if d.Successful() && group.AppSpec == "" {
				group.AppSpec = content
			}
		}
		h.Deployments = append(h.Deployments, d)
	}
	if newest := h.Newest(); newest != nil && newest.RollingOut() {
		for _, d := range h.Deployments {
			if d.Successful() { // stopped with a rollback, it goes back to the last that succeeded
				newest.Sources = []string{d.Target}
				break
			}
		}
	}
	return h
}

// newGroupDeployment says in ECS's words how a deployment of CodeDeploy stands. What failed or was stopped never was a good
// version; its rollback is a deployment of its own.
func newGroupDeployment(info cdtypes.DeploymentInfo) *past.ServiceDeployment {
	d := &past.ServiceDeployment{
		ARN: awssdk.ToString(info.DeploymentId), Target: awssdk.ToString(info.DeploymentId), Status: past.StatusInProgress,
		CreatedAt: awssdk.ToTime(info.CreateTime), FinishedAt: awssdk.ToTime(info.CompleteTime),
	}
	switch info.Status {
	case cdtypes.DeploymentStatusSucceeded:
		d.Status = past.StatusSuccessful
	case cdtypes.DeploymentStatusFailed, cdtypes.DeploymentStatusStopped:
		d.Status = past.StatusStopped
	default:
		d.Stage = string(info.Status)
	}
	if d.Stage != "" && info.InstanceTerminationWaitTimeStarted {
		d.Stage = past.StageTermination
	}
	if e := info.ErrorInformation; e != nil {
		d.Reason = awssdk.ToString(e.Message)
	}
	if r := info.RollbackInfo; r != nil {
		d.RollbackBy = awssdk.ToString(r.RollbackDeploymentId)
	}
	return d
}

func appSpecOf(info cdtypes.DeploymentInfo) string {
	switch r := info.Revision; {
	case r == nil:
	case r.AppSpecContent != nil:
		return awssdk.ToString(r.AppSpecContent.Content)
	//lint:ignore SA1019 deployments that were made with the older form of an AppSpec are still listed with it
	case r.String_ != nil:
		//lint:ignore SA1019 as above
		return awssdk.ToString(r.String_.Content)
	}
	return ""
}

// A GroupBusyError says that a deployment group has another deployment running.
type GroupBusyError struct{ Message string }

func (e *GroupBusyError) Error() string { return e.Message }

// CreateDeployment starts a deployment of a definition: the AppSpec of the last one that succeeded, with that definition in
// it. It gives the deployment's id.
func (c *Client) CreateDeployment(ctx context.Context, group *past.Group, definition, description string) (string, error) {
	content, err := withDefinition(group.AppSpec, definition)
	if err != nil {
		return "", fmt.Errorf("the AppSpec of its last deployment: %w", err)
	}
	sum := sha256.Sum256([]byte(content))
	out, err := c.codedeploy().CreateDeployment(ctx, &codedeploy.CreateDeploymentInput{
		ApplicationName: &group.Application, DeploymentGroupName: &group.Name, Description: &description,
		Revision: &cdtypes.RevisionLocation{
			RevisionType:   cdtypes.RevisionLocationTypeAppSpecContent,
			AppSpecContent: &cdtypes.AppSpecContent{Content: &content, Sha256: awssdk.String(hex.EncodeToString(sum[:]))},
		},
	}, groupSentOnce)
	var busy *cdtypes.DeploymentLimitExceededException
	if err == nil && awssdk.ToString(out.DeploymentId) == "" {
		return "", ErrNoAnswer
	}
	if errors.As(err, &busy) {
		return "", &GroupBusyError{busy.ErrorMessage()}
	}
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.DeploymentId), nil
}

// groupSentOnce is sentOnce for CodeDeploy.
func groupSentOnce(o *codedeploy.Options) { o.Retryer = awssdk.NopRetryer{} }

// StopDeployment stops a running deployment of CodeDeploy and has it rolled back. Of one that has ended already, its error is one
// that [Completed] knows.
func (c *Client) StopDeployment(ctx context.Context, id string) error {
	_, err := c.codedeploy().StopDeployment(ctx, &codedeploy.StopDeploymentInput{DeploymentId: &id, AutoRollbackEnabled: awssdk.Bool(true)}, groupSentOnce)
	return err
}

// Completed reports whether CodeDeploy refused to stop a deployment because it has ended already.
func Completed(err error) bool {
	var completed *cdtypes.DeploymentAlreadyCompletedException
	return errors.As(err, &completed)
}

// GroupDeployments asks how deployments of CodeDeploy stand.
func (c *Client) GroupDeployments(ctx context.Context, ids []string) ([]*past.ServiceDeployment, error) {
	infos, err := c.getDeployments(ctx, ids)
	if err != nil {
		return nil, err
	}
	deployments := make([]*past.ServiceDeployment, len(infos))
	for i, info := range infos {
		d := newGroupDeployment(info)
		if info.Status == cdtypes.DeploymentStatusReady {
			d.Waiting = "waits for somebody to move the traffic; let it go on with 'aws deploy continue-deployment --deployment-wait-type READY_WAIT --deployment-id " + d.ARN + "'"
		}
		deployments[i] = d
	}
	return deployments, nil
}
