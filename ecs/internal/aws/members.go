package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// outerMembers names, of each operation that is called, the member of its answer without which that says nothing. An empty list is an
// answer, none at all is not: what stands between us and AWS may answer 200 with an empty body. The models of the SDK mark next to none
// of them as required; they are in the response syntax of each operation, and in its examples (the API references of ECS, ECR,
// CodeDeploy, EventBridge, EventBridge Scheduler, IAM and STS). What is in the members is not looked at: much of it may be missing.
var outerMembers = map[string]string{
	"ListClusters": "clusterArns", "DescribeClusters": "clusters", "ListServices": "serviceArns", "DescribeServices": "services",
	"ListServiceDeployments": "serviceDeployments", "DescribeServiceDeployments": "serviceDeployments", "DescribeServiceRevisions": "serviceRevisions",
	"ListTaskDefinitions": "taskDefinitionArns", "DescribeTaskDefinition": "taskDefinition", "RegisterTaskDefinition": "taskDefinition",
	"UpdateService": "service", "StopServiceDeployment": "serviceDeploymentArn", "ListTasks": "taskArns", "DescribeTasks": "tasks",

	"DescribeImages": "imageDetails", "BatchGetImage": "images", "DescribePullThroughCacheRules": "pullThroughCacheRules",

	"GetDeployment": "deploymentInfo", "ListDeployments": "deployments", "BatchGetDeployments": "deploymentsInfo", "CreateDeployment": "deploymentId",
	"StopDeployment": "status", "ListDeploymentTargets": "targetIds", "BatchGetDeploymentTargets": "deploymentTargets",

	"ListEventBuses": "EventBuses", "ListRuleNamesByTarget": "RuleNames", "ListTargetsByRule": "Targets", "DescribeRule": "Name",
	"PutTargets": "FailedEntryCount", "ListSchedules": "Schedules", "GetSchedule": "Target", "UpdateSchedule": "ScheduleArn",

	"SimulatePrincipalPolicy": "EvaluationResults", "GetRole": "Role", "GetCallerIdentity": "Arn", // these three in XML
}

// needMembers makes an error of an answer that says nothing, the same on every page: a read is repeated once, and whoever sent a change
// has to look what became of it.
func needMembers(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("ecsundo.members",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
			middleware.DeserializeOutput, middleware.Metadata, error,
		) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			operation := awsmiddleware.GetOperationName(ctx)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err != nil || !ok || response.StatusCode/100 != 2 || outerMembers[operation] == "" {
				return out, metadata, err
			}
			body, err := readAll(response)
			if err == nil && saysNothing(body, outerMembers[operation]) {
				err = &OddAnswerError{operation, outerMembers[operation]}
			}
			return out, metadata, err
		}), middleware.After)
}

// readAll reads the body of a response, and puts it back.
func readAll(response *smithyhttp.Response) ([]byte, error) {
	body, err := io.ReadAll(response.Body)
	response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), response.Body}
	return body, err
}

// saysNothing reports whether an answer lacks a member. What is neither JSON nor XML is not from AWS, and is called so elsewhere.
func saysNothing(body []byte, member string) bool {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("<")) {
		return !bytes.Contains(body, []byte("<"+member+">")) && !bytes.Contains(body, []byte("<"+member+"/>")) && !isPage(body)
	}
	if len(body) == 0 {
		return true
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return json.Valid(body) // null, a list, a text: it can be read, and there is nothing in it
	}
	value, ok := members[member]
	return !ok || string(value) == "null"
}

// isPage reports whether somebody has sent a web page in the place of an answer.
func isPage(body []byte) bool {
	start := bytes.ToLower(body[:min(len(body), 100)])
	return bytes.HasPrefix(start, []byte("<!doctype")) || bytes.HasPrefix(start, []byte("<html"))
}
