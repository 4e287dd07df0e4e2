package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// burstOfUpdates is how many services can be updated at once.
const burstOfUpdates = 50

// A bucket is what AWS documents for a group of calls ("Request throttling for the Amazon ECS API"): a burst, then so many
// a second. Deployments and revisions are read from one, as the Service Quotas page has it.
type bucket struct {
	burst, perSecond float64
	operations       string
}

var buckets = []bucket{
	{50, 5, "UpdateService StopServiceDeployment"},
	{100, 20, "ListServices DescribeServices"},
	{20, 1, "RegisterTaskDefinition"},
	{50, 20, "DescribeTaskDefinition ListTaskDefinitions"},
	{50, 20, "ListServiceDeployments DescribeServiceDeployments DescribeServiceRevisions"},
	{50, 20, "ListClusters DescribeClusters"},
	{20, 10, "TagResource"},
}

// takes tells how long the buckets, full at first, need to let all the calls through. Refused calls do not count.
func takes(calls []ecstest.Call, rate float64) time.Duration {
	var longest float64
	for _, b := range buckets {
		n := 0
		for _, c := range calls {
			if c.Status == http.StatusOK && contains(b.operations, c.Operation) {
				n++
			}
		}
		longest = max(longest, (float64(n)-b.burst)/(b.perSecond*rate))
	}
	return time.Duration(longest * float64(time.Second))
}

// limit is the least time for the calls, the last of which is the last accepted change. Where there is a whole plan before
// the first change, what comes before that takes its time first; buckets that it drew on have filled a little again by
// then, and are taken for full. The round trips come on top.
func limit(calls []ecstest.Call, c contestant, rate float64) time.Duration {
	least := time.Duration(c.trips) * latency
	if !c.plans {
		return least + takes(calls, rate)
	}
	first := len(calls)
	for i, call := range calls {
		if writes(call) {
			first = i
			break
		}
	}
	return least + takes(calls[:first], rate) + takes(calls[first:], rate)
}

func writes(c ecstest.Call) bool {
	return contains("UpdateService StopServiceDeployment RegisterTaskDefinition", c.Operation)
}

// upToLastChange cuts off what came after the last accepted change, and tells when that was answered. If there was none, it
// gives all calls and no time.
func upToLastChange(calls []ecstest.Call) ([]ecstest.Call, time.Time) {
	for i := len(calls) - 1; i >= 0; i-- {
		if writes(calls[i]) && calls[i].Status == http.StatusOK {
			return calls[:i+1], calls[i].Time.Add(latency)
		}
	}
	return calls, time.Time{}
}

// roundTrips counts how many calls, at least, waited for one another: the longest chain in which each began after the one
// before had been answered.
func roundTrips(calls []ecstest.Call) int {
	n := 0
	var answered time.Time
	for _, c := range calls { // in the order of arrival; all take the same time
		if !c.Time.Before(answered) {
			n++
			answered = c.Time.Add(latency)
		}
	}
	return n
}

func contains(operations, operation string) bool {
	return strings.Contains(" "+operations+" ", " "+operation+" ")
}
