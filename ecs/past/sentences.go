package past

import (
	"slices"
	"strings"
	"time"
)

// What several sentences advise.
const (
	allowHistory   = "allow ecs:ListServiceDeployments and ecs:DescribeServiceRevisions, or name the revision with --to"
	allowSchedules = "allow scheduler:ListSchedules and scheduler:GetSchedule"
	allowRules     = "allow events:ListEventBuses, events:ListRuleNamesByTarget, events:ListTargetsByRule and events:DescribeRule"

	forward1 = "to redeploy the newer version, name it with --to; to go back one more version, add --again"
)

// Sentences are all that a plan says of a service, in the order in which the help lists it.
var Sentences = slices.Concat(changing, staying, passing, blocking, impossible, untold, noting, scheduling, controlled, ending)

// ClockNote says that a machine's clock differs from that of AWS, which is ahead by skew.
func ClockNote(skew time.Duration) string {
	status := "behind"
	if skew < 0 {
		status = "ahead of"
	}
	return Reason{Code: ClockDiffers, Facts: Facts{Why: Age(skew.Abs().Round(time.Minute)), Status: status}}.Text(time.Time{})
}

func unchecked(why string) string {
	if why == "" {
		return ""
	}
	return ", not checked" + because(why)
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

func haveOrHas(names []string) string {
	if len(names) == 1 {
		return names[0] + " has"
	}
	return listed(names) + " have"
}

func wereOrWas(names []string) string {
	if len(names) == 1 {
		return names[0] + " was"
	}
	return strings.Join(names, ", ") + " were"
}

func goes(names []string) string {
	if len(names) == 1 {
		return names[0] + " goes"
	}
	return listed(names) + " go"
}

func exact(t time.Time) string { return t.UTC().Format(time.RFC3339) }
