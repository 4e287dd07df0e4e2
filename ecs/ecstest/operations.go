package ecstest

import (
	"bytes"
	"encoding/json"
)

// A call is a request that is being carried out: who asks, in which region, in which world. The lock is held.
type call struct {
	*Server
	region *region
	request
}

// An operation is one of the calls that we answer.
type operation struct {
	run   func(*call) (any, error)
	polls bool // clients follow rollouts with it
}

// handle makes an operation of a function that takes the decoded request. In names every member that the operation's model
// has; a request with any other is refused, so that a client's mistake shows.
func handle[In any](f func(*call, *In) (any, error)) operation {
	return operation{run: func(c *call) (any, error) {
		in := new(In)
		body := bytes.TrimSpace(c.body)
		if len(body) == 0 {
			return f(c, in)
		}
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(in); err != nil {
			return nil, refuse("SerializationException", "%s: %v", c.name(), err)
		}
		return f(c, in)
	}}
}

// polling marks an operation that clients follow rollouts with.
func polling(op operation) operation {
	op.polls = true
	return op
}

var operations map[string]operation

func init() {
	operations = merge(ecsOperations(), ecrOperations(), stsOperations(), iamOperations(), codedeployOperations(), eventOperations(), schedulerOperations())
}

func merge(tables ...map[string]operation) map[string]operation {
	all := map[string]operation{}
	for _, table := range tables {
		for name, op := range table {
			all[name] = op
		}
	}
	return all
}

func ecsOperations() map[string]operation {
	return map[string]operation{
		"ecs:CreateCluster":              handle(createCluster),
		"ecs:DescribeClusters":           handle(describeClusters),
		"ecs:ListClusters":               handle(listClusters),
		"ecs:CreateService":              handle(createService),
		"ecs:UpdateService":              handle(updateService),
		"ecs:DeleteService":              handle(deleteService),
		"ecs:DescribeServices":           polling(handle(describeServices)),
		"ecs:ListServices":               handle(listServices),
		"ecs:RegisterTaskDefinition":     {run: registerTaskDefinition},
		"ecs:DeregisterTaskDefinition":   handle(deregisterTaskDefinition),
		"ecs:DeleteTaskDefinitions":      handle(deleteTaskDefinitions),
		"ecs:DescribeTaskDefinition":     handle(describeTaskDefinition),
		"ecs:ListTaskDefinitions":        handle(listTaskDefinitions),
		"ecs:ListTaskDefinitionFamilies": handle(listTaskDefinitionFamilies),
		"ecs:ListServiceDeployments":     handle(listServiceDeployments),
		"ecs:DescribeServiceDeployments": polling(handle(describeServiceDeployments)),
		"ecs:DescribeServiceRevisions":   handle(describeServiceRevisions),
		"ecs:StopServiceDeployment":      handle(stopServiceDeployment),
		"ecs:ContinueServiceDeployment":  handle(continueServiceDeployment),
		"ecs:TagResource":                handle(tagResource),
		"ecs:UntagResource":              handle(untagResource),
		"ecs:ListTagsForResource":        handle(listTagsForResource),
		"ecs:ListTasks":                  handle(listTasks),
		"ecs:DescribeTasks":              handle(describeTasks),
		"ecs:DescribeTaskSets":           handle(describeTaskSets),
	}
}
