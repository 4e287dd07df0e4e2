package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// callable are the calls of AWS that the simulated endpoint answers and that need a permission. There a policy's action and its
// call have the same name.
var callable = strings.Fields(`ecs:CreateCluster ecs:CreateService ecs:UpdateService ecs:DeleteService ecs:DeregisterTaskDefinition
	ecs:DeleteTaskDefinitions ecs:RegisterTaskDefinition ecs:StopServiceDeployment ecs:ContinueServiceDeployment ecs:TagResource
	ecs:UntagResource ecs:ListTagsForResource ecs:ListTasks ecs:DescribeTasks ecs:DescribeTaskSets ecs:ListTaskDefinitionFamilies
	ecs:DescribeClusters ecs:DescribeServiceDeployments ecs:DescribeServiceRevisions ecs:DescribeServices ecs:DescribeTaskDefinition
	ecs:ListClusters ecs:ListServiceDeployments ecs:ListServices ecs:ListTaskDefinitions ecr:BatchGetImage ecr:DescribeImages
	codedeploy:BatchGetDeployments codedeploy:BatchGetDeploymentTargets codedeploy:ListDeploymentTargets
	codedeploy:GetApplicationRevision codedeploy:GetDeployment codedeploy:GetDeploymentConfig
	codedeploy:ListDeployments codedeploy:CreateDeployment codedeploy:RegisterApplicationRevision codedeploy:StopDeployment
	events:DescribeRule events:ListEventBuses events:ListRuleNamesByTarget events:ListRules events:ListTargetsByRule events:PutTargets
	scheduler:GetSchedule scheduler:ListScheduleGroups scheduler:ListSchedules scheduler:UpdateSchedule`)

// policyCommand denies what none of the policies allows: policy FILE...
func policyCommand(ts *testscript.TestScript, _ bool, files []string) {
	ts.Check(awsOf(ts).Tell("allow"))
	var allowed []string
	for _, name := range files {
		actions, err := readPolicy(filepath.Join(ts.Getenv("EXAMPLES"), name))
		ts.Check(err)
		allowed = append(allowed, actions...)
	}
	for _, call := range callable {
		if !slices.Contains(allowed, call) {
			ts.Check(awsOf(ts).Tell("deny " + call))
		}
	}
}

// readPolicy lists the actions that a policy allows.
func readPolicy(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var policy struct {
		Statement []struct{ Action any }
	}
	if err := json.Unmarshal(text, &policy); err != nil {
		return nil, err
	}
	var actions []string
	for _, s := range policy.Statement {
		switch action := s.Action.(type) {
		case string:
			actions = append(actions, action)
		case []any:
			for _, a := range action {
				actions = append(actions, a.(string))
			}
		}
	}
	return actions, nil
}

// No policy allows everything of a kind, or what the simulated endpoint does not know, which would be a slip of the pen.
func TestPolicies(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("iam-*.json")
	if err != nil || len(names) != 5 {
		t.Fatalf("%v, %v", names, err)
	}
	other := []string{"iam:PassRole", "sts:GetCallerIdentity", "s3:ListBucket", "s3:GetObject", "s3:PutObject"}
	for _, name := range names {
		actions, err := readPolicy(name)
		if err != nil || len(actions) == 0 {
			t.Errorf("%s: %d actions, %v", name, len(actions), err)
		}
		for _, a := range actions {
			if !slices.Contains(callable, a) && !slices.Contains(other, a) {
				t.Errorf("%s: %s", name, a)
			}
		}
	}
}
