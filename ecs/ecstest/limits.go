package ecstest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A limiter throttles by the token buckets that ECS documents. The zero value lets everything through.
type limiter struct {
	on      bool
	rate    float64 // factor of the refill rates
	level   float64 // how full buckets are when first used, 0 to 1
	sim     bool    // refill by the simulated clock instead of the real one
	buckets map[string]*bucket
}

// A bucket is that of one group of operations in one region.
type bucket struct {
	tokens float64
	filled time.Time
}

// A limit is what ECS documents for a group.
type limit struct {
	burst, perSecond float64
	operations       string
}

// ecsLimits are the groups of "Request throttling for the Amazon ECS API" that we answer calls of. Service deployments and
// service revisions are read from one bucket, as the Service Quotas page has it. Neither page speaks of
// StopServiceDeployment, ContinueServiceDeployment and DescribeTaskSets: charging the first two as service changes and the
// last as a service read is a guess.
var ecsLimits = map[string]limit{
	"cluster modify":             {20, 1, "CreateCluster"},
	"cluster read":               {50, 20, "DescribeClusters ListClusters"},
	"task definition modify":     {20, 1, "DeregisterTaskDefinition RegisterTaskDefinition"},
	"task definition read":       {50, 20, "DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies"},
	"task definition delete":     {5, 1, "DeleteTaskDefinitions"},
	"tag modify":                 {20, 10, "TagResource UntagResource"},
	"tag read":                   {50, 20, "ListTagsForResource"},
	"cluster resource read":      {100, 20, "DescribeTasks ListTasks"},
	"service modify":             {50, 5, "CreateService DeleteService UpdateService StopServiceDeployment ContinueServiceDeployment"},
	"service read":               {100, 20, "DescribeServices ListServices DescribeTaskSets"},
	"service deployment reading": {50, 20, "ListServiceDeployments DescribeServiceDeployments DescribeServiceRevisions"},
}

// eventLimits are those of EventBridge, of which "up to 50 requests per second for all operations except PutEvents" is
// documented, and of Scheduler. Of the latter's, 250 is what its quotas had for the smaller Regions (they have grown since);
// those of the lists are a guess. Each operation of Scheduler has a limit of its own.
var eventLimits = map[string]limit{
	"events":               {50, 50, "events:ListEventBuses events:ListRules events:ListRuleNamesByTarget events:ListTargetsByRule events:DescribeRule events:PutTargets"},
	"get schedule":         {250, 250, "scheduler:GetSchedule"},
	"update schedule":      {250, 250, "scheduler:UpdateSchedule"},
	"list schedules":       {50, 50, "scheduler:ListSchedules"},
	"list schedule groups": {10, 10, "scheduler:ListScheduleGroups"},
}

// groups gives each operation its group.
var groups = func() map[string]string {
	all := map[string]string{}
	for group, l := range ecsLimits {
		for _, operation := range strings.Fields(l.operations) {
			all["ecs:"+operation] = group
		}
	}
	for group, l := range eventLimits {
		for _, operation := range strings.Fields(l.operations) {
			all[operation] = group
		}
	}
	return all
}()

// take takes a token for the call, and reports whether there was one. Calls of no group are free.
func (l *limiter) take(req request, simulated time.Time) bool {
	group, limited := groups[req.name()]
	if !l.on || !limited {
		return true
	}
	now := time.Now()
	if l.sim {
		now = simulated
	}
	lim, ofECS := ecsLimits[group]
	if !ofECS {
		lim = eventLimits[group]
	}
	key := req.region + " " + group
	b := l.buckets[key]
	if b == nil {
		b = &bucket{tokens: lim.burst * l.level, filled: now}
		l.buckets[key] = b
	}
	b.tokens = min(lim.burst, b.tokens+now.Sub(b.filled).Seconds()*lim.perSecond*l.rate)
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// tellThrottle turns throttling on or off: throttle on rate=10 level=0.5 clock=simulated.
func tellThrottle(s *Server, l *sentence) error {
	mode, err := l.arg(0, "way, on or off")
	if err != nil {
		return err
	}
	if mode != "on" && mode != "off" {
		return fmt.Errorf("throttle: on or off")
	}
	s.limits = limiter{on: mode == "on", buckets: map[string]*bucket{}}
	if s.limits.rate, err = strconv.ParseFloat(l.option("rate", "1"), 64); err != nil {
		return err
	}
	if s.limits.level, err = strconv.ParseFloat(l.option("level", "1"), 64); err != nil {
		return err
	}
	s.limits.sim = l.option("clock", "real") == "simulated"
	return nil
}

// tellLatency lets every call take so long, in real time.
func tellLatency(s *Server, l *sentence) error {
	text, err := l.arg(0, "duration")
	if err != nil {
		return err
	}
	s.latency, err = parseDuration(text)
	return err
}

// wait lets a call take its time. It reports false if the client went away meanwhile.
func (s *Server) wait(ctx context.Context) bool {
	s.mu.Lock()
	latency := s.latency
	s.mu.Unlock()
	if latency == 0 {
		return true
	}
	select {
	case <-time.After(latency):
		return true
	case <-ctx.Done():
		return false
	}
}
