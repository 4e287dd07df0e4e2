// Package ecs knows what an Amazon ECS service ran before, and puts it back.
//
// It is the part of ecsundo that talks to ECS, ECR and STS. Start with [Connect]; [Client.Plan] observes a cluster and
// decides for each service what it is to run and why, changing nothing; [Client.Apply] asks ECS for the changes of a plan;
// [Client.Watch] follows the deployments that these started until each is steady or not. What AWS returns ends here: plain
// structs go out, and nothing is printed.
package ecs

import (
	"context"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// Options say how to reach AWS. The zero value takes everything from the environment, as the AWS CLI does.
type Options struct {
	Region  string    // empty: from the environment or the profile
	Profile string    // empty: from the environment
	Version string    // ecsundo's own, for the user agent
	Log     io.Writer // one line a request, without bodies or credentials; nil: none

	// Sidecars are globs over image references (without tag) of containers that move by themselves, such as agents on
	// latest: their digests do not make another version and are never pinned.
	Sidecars []string
}

// A Client talks to ECS in one region. It is safe for concurrent use.
type Client struct {
	Region string
	Poll   time.Duration // between two looks of the watch; zero: starts at half a second and grows to three

	config aws.Config
	ecs    *awsecs.Client
}

// A Scope says which services of a cluster are meant.
type Scope struct {
	Cluster  string                 // name or ARN
	Services []string               // names or ARNs; nil: all. One that is missing is an error
	Match    func(name string) bool // nil: all. The others are left out of the plan
}

// A Planner decides what one observed service is to run, and gives its reason. It changes nothing and prints nothing.
type Planner func(s *Service) Decision
