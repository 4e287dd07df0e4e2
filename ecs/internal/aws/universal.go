package aws

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// ecsCall gives the operation of ECS that a universal target calls; empty for another target. Its ARN is
// arn:aws:scheduler:::aws-sdk:ecs:runTask, and the parameters are JSON in its Input (EventBridge Scheduler user guide, "Using universal
// targets").
func ecsCall(target string) string {
	arn, err := past.ParseARN(target)
	if err != nil || arn.Service != "scheduler" {
		return ""
	}
	operation, _ := strings.CutPrefix(arn.Resource, "aws-sdk:ecs:")
	if operation == arn.Resource {
		return ""
	}
	return operation
}

// takeUniversal takes from a universal target what it runs; false if that is nothing in the cluster, in any if clusterARN is "". What
// does more than run a task is not changed.
func takeUniversal(s *past.Scheduled, target *schedulertypes.Target, clusterARN string) bool {
	operation := ecsCall(awssdk.ToString(target.Arn))
	if operation == "" {
		return false
	}
	var input struct{ Cluster, TaskDefinition string }
	if json.Unmarshal([]byte(awssdk.ToString(target.Input)), &input) != nil {
		s.Calls = operation
		return true // it may be about this cluster, and nobody can tell
	}
	if input.Cluster == "" {
		input.Cluster = "default" // as RunTask takes it
	}
	if _, name, _ := strings.Cut(clusterARN, "cluster/"); clusterARN != "" && input.Cluster != clusterARN && input.Cluster != name || input.TaskDefinition == "" {
		return false
	}
	if !slices.Contains([]string{"runTask", "startTask"}, operation) {
		s.Calls = operation
	}
	s.SetDefinition(input.TaskDefinition)
	return true
}

// spliced gives a JSON object with another text in the place of a member's value, and everything else as it is written.
func spliced(object, member, text string) (*string, error) {
	d := json.NewDecoder(strings.NewReader(object))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return nil, errors.Join(errUnseen, err)
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err == nil {
			err = d.Decode(&value)
		}
		if err != nil {
			return nil, err
		}
		if key, _ := name.(string); strings.EqualFold(key, member) {
			end := int(d.InputOffset())
			return awssdk.String(object[:end-len(value)] + string(marshal(text)) + object[end:]), nil
		}
	}
	return nil, errUnseen
}
