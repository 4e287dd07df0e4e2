package aws

import (
	"context"
	"errors"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A Question is an action on a resource, of which [Client.Denials] asks whether it is allowed.
type Question struct {
	Action   string            // ecs:UpdateService
	Resource string            // an ARN
	Tags     map[string]string // of the request, for policies with a condition on aws:RequestTag
	Context  map[string]string // what else policies may have conditions on: ecs:cluster, iam:PassedToService
}

// ErrNotSimulated says that IAM could not be asked, or would not say.
var ErrNotSimulated = errors.New("IAM's policy simulation is not available to these credentials")

// Denials has IAM simulate whether who we are may do something, and gives for each question IAM's word for why not
// (implicitDeny, explicitDeny), or "" where it is allowed, or where a condition has no value and IAM cannot tell. IAM leaves out
// service control policies that have conditions, session policies and policies of resources: "" is no promise.
func (c *Client) Denials(ctx context.Context, questions []Question) ([]string, error) {
	ctx, cancel := c.Clock.WithTimeout(ctx, sideTime)
	defer cancel()
	api := iam.NewFromConfig(c.config, func(o *iam.Options) { o.Retryer = c.renewal.newRetryer(1) })
	principal, err := c.principal.Get("", func() (string, error) { return principalOf(ctx, api, c.Caller(ctx)) })
	if err != nil {
		return nil, err
	}
	denials := make([]string, len(questions))
	for n, q := range questions {
		out, err := api.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: &principal, ActionNames: []string{q.Action}, ResourceArns: []string{q.Resource}, ContextEntries: contextOf(q),
		})
		if err != nil {
			return nil, errors.Join(ErrNotSimulated, err)
		}
		for _, r := range out.EvaluationResults {
			denials[n] = denialOf(r)
		}
	}
	return denials, nil
}

// denialOf gives IAM's word for a denial.
func denialOf(r iamtypes.EvaluationResult) string {
	organization := r.OrganizationsDecisionDetail
	switch {
	case organization != nil && !organization.AllowedByOrganizations:
		return "denied by a service control policy"
	case r.EvalDecision == iamtypes.PolicyEvaluationDecisionTypeAllowed:
		return ""
	case r.EvalDecision == iamtypes.PolicyEvaluationDecisionTypeImplicitDeny && len(r.MissingContextValues) > 0:
		return "" // a condition might hold that we gave no value for
	}
	return string(r.EvalDecision)
}

// contextOf gives the values for a policy's conditions.
func contextOf(q Question) []iamtypes.ContextEntry {
	var entries []iamtypes.ContextEntry
	add := func(name string, kind iamtypes.ContextKeyTypeEnum, values ...string) {
		entries = append(entries, iamtypes.ContextEntry{ContextKeyName: &name, ContextKeyType: kind, ContextKeyValues: values})
	}
	for name, value := range q.Context {
		add(name, iamtypes.ContextKeyTypeEnumString, value)
	}
	var keys []string
	for key, value := range q.Tags {
		keys = append(keys, key)
		add("aws:RequestTag/"+key, iamtypes.ContextKeyTypeEnumString, value)
	}
	if len(keys) > 0 {
		add("aws:TagKeys", iamtypes.ContextKeyTypeEnumStringList, keys...)
	}
	return entries
}

// principalOf gives the user or role behind a caller's ARN. A role's path is not in the ARN of its
// session, so it is asked for, where that is allowed.
func principalOf(ctx context.Context, api *iam.Client, caller string) (string, error) {
	arn, err := past.ParseARN(caller)
	if err != nil {
		return "", ErrNotSimulated
	}
	session, assumed := strings.CutPrefix(arn.Resource, "assumed-role/")
	if !assumed {
		return caller, nil
	}
	role, _, _ := strings.Cut(session, "/")
	out, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
	if err == nil && out.Role != nil {
		return awssdk.ToString(out.Role.Arn), nil
	}
	return "arn:" + arn.Partition + ":iam::" + arn.Account + ":role/" + role, nil
}
