package past

import (
	"fmt"
	"time"
)

// Scheduled tasks.
const (
	ScheduleFollows        Code = "scheduleFollowsService"
	ScheduleImages         Code = "scheduleImages"
	ScheduleRecord         Code = "scheduleInSnapshot"
	ScheduleStays          Code = "scheduleNotAffected"
	ScheduleAlone          Code = "scheduleWithoutServices"
	ScheduleNoServices     Code = "scheduleInClusterWithoutServices"
	ScheduleNewestImage    Code = "scheduleNewestHasImage"
	ScheduleRunsSame       Code = "scheduleRunsSame"
	ScheduleRunsTarget     Code = "scheduleRunsWhereServiceGoes"
	ScheduleNewest         Code = "scheduleRunsNewest"
	ScheduleNewestCopy     Code = "scheduleRunsNewestCopy"
	ScheduleNotCopied      Code = "scheduleCopyNotRegistered"
	ScheduleNewestLeft     Code = "scheduleRunsNewestLeft"
	ScheduleNewestUnknown  Code = "scheduleRunsNewestUnknown"
	ScheduleServiceBlocked Code = "scheduleServiceBlocked"
	ScheduleTorn           Code = "scheduleServicesDiffer"
	ScheduleImageUnknown   Code = "scheduleImageUnknown"
	ScheduleNowhere        Code = "scheduleNoEarlierRevision"
	ScheduleManaged        Code = "scheduleManaged"
	ScheduleTargetUnnamed  Code = "scheduleTargetNotNamed"
	ScheduleGone           Code = "scheduleGone"
	ScheduleUnread         Code = "scheduleDefinitionUnreadable"
	ScheduleChanged        Code = "scheduleChanged"
	ScheduleUnknown        Code = "scheduleNotFullyKnown"
	ScheduleCalls          Code = "scheduleCallsOther"
	SchedulesDenied        Code = "schedulesDenied"
	RulesDenied            Code = "rulesDenied"
	SchedulesUnread        Code = "schedulesUnreadable"
	RulesUnread            Code = "rulesUnreadable"
	OnlyDefaultBus         Code = "onlyDefaultBus"
)

var scheduling = []Sentence{
	{ScheduleFollows, "runs web:3, as service web did: goes to web:2 with it", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs %s, as service %s did: goes to %s with it", f.From, f.Name, f.To)
	}},
	{ScheduleImages, "runs image web:v3, which is undone; job:2 is the newest revision below job:3 with the images that services go back to", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs image %s, which is undone; %s is the newest revision below %s with the images that services go back to", listed(f.Names), f.To, f.From)
	}},
	{ScheduleRecord, "runs image web:v3, which is undone; snapshot 20261122T101500Z, taken 3d ago, has job:2", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("runs image %s, which is undone; snapshot %s, taken %s, has %s", listed(f.Names), f.Name, ago(f.At, now), f.To)
	}},
	{ScheduleStays, "runs nothing that the services in this plan leave", "", nil},
	{ScheduleAlone, "a scheduled task goes with the services, and --only or --except leave none in this plan; add those that run the same image", "add the services that run the same image to --only", nil},
	{ScheduleNoServices, "a scheduled task goes with the services of its cluster, and this cluster has none; change its task definition in EventBridge",
		"change the task definition in EventBridge", nil},
	{ScheduleRunsSame, "runs web:2, as service web does", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs %s, as service %s does", f.From, f.Name)
	}},
	{ScheduleRunsTarget, "runs web:2, to which service web goes", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs %s, to which service %s goes", f.From, f.Name)
	}},
	{ScheduleNewest, "runs the newest revision of job, which is job:3; not changed", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs the newest revision of %s, which is %s; not changed", f.From, f.To)
	}},
	{ScheduleNewestCopy, "runs the newest revision of web, which will be the copy of web:2 that this run registers; not changed", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs the newest revision of %s, which will be the copy of %s that this run registers; not changed", f.From, f.To)
	}},
	{ScheduleNotCopied, "runs the newest revision of web, and the copy of web:2 that would have become it was not registered", "run the same command again", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs the newest revision of %s, and the copy of %s that would have become it was not registered", f.From, f.To)
	}},
	{ScheduleNewestLeft, "runs the newest revision of web, which is web:3, the version that is undone; name a revision in its target, or deregister web:3",
		"name a revision in the target, or deregister the newest one", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("runs the newest revision of %s, which is %s, the version that is undone; name a revision in its target, or deregister %s", f.From, f.To, f.To)
		}},
	{ScheduleNewestImage, "runs the newest revision of web, which is web:4 with image web:v3, which is undone; name a revision in its target",
		"name a revision in the target", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("runs the newest revision of %s, which is %s with image %s, which is undone; name a revision in its target", f.From, f.To, listed(f.Names))
		}},
	{ScheduleNewestUnknown, "runs the newest revision of web, and which one that is cannot be read; allow ecs:ListTaskDefinitions, or name a revision in its target",
		"allow ecs:ListTaskDefinitions, or name a revision in the target", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("runs the newest revision of %s, and which one that is cannot be read; allow ecs:ListTaskDefinitions, or name a revision in its target", f.From)
		}},
	{ScheduleServiceBlocked, "runs web:3, as service web does, which cannot be undone", "see the reason of the service", func(f Facts, _ time.Time) string {
		does := "does"
		if f.Left != "" {
			does = "did"
		}
		return fmt.Sprintf("runs %s, as service %s %s, which cannot be undone", f.From, f.Name, does)
	}},
	{ScheduleTorn, "runs web:3, as services web, worker did, which do not go to the same version", "change its task definition in EventBridge", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs %s, as services %s did, which do not go to the same version; change its task definition in EventBridge", f.From, listed(f.Names))
	}},
	{ScheduleImageUnknown, "runs web:v3, and whether that is the image that service web leaves cannot be told without ECR; change its task definition in EventBridge",
		"allow ecr:DescribeImages, or change the task definition in EventBridge", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("runs %s, and whether that is the image that service %s leaves cannot be told without ECR; change its task definition in EventBridge",
				listed(f.Names), f.Name)
		}},
	{ScheduleNowhere, "runs …/web:v3, which is undone; neither a revision below job:3 nor a snapshot has an earlier version; change its task definition in EventBridge",
		"change the task definition in EventBridge; take snapshots with --schedules", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("runs %s, which is undone; neither a revision below %s nor a snapshot has an earlier version; change its task definition in EventBridge", listed(f.Names), f.From)
		}},
	{ScheduleManaged, "the rule is managed by ecs.amazonaws.com, which alone may change it", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the rule is managed by %s, which alone may change it", f.Name)
	}},
	{ScheduleTargetUnnamed, "snapshot kept.yml does not say which of its targets, and the rule has several now; write it as rule/nightly#TARGET in the snapshot",
		"name the target in the snapshot", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("snapshot %s does not say which of its targets, and the rule has several now; write it as %s#TARGET in the snapshot", f.From, f.Name)
		}},
	{ScheduleGone, "it does not exist any more", "create it again, or leave it out with --except", nil},
	{ScheduleUnread, "its task definition is \"x\", which is neither a family nor a revision", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("its task definition is %q, which is neither a family nor a revision", f.Name)
	}},
	{ScheduleChanged, "not changed: schedule/nightly was changed after this plan was made, and runs job:4", "run the undo again if you still want it", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not changed: %s was changed after this plan was made, and runs %s", f.Name, f.From)
	}},
	{ScheduleUnknown, "it has \"NewMember\", which this ecsundo does not know and would lose", "use a newer ecsundo", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("it has %s, which this ecsundo does not know and would lose; use a newer one", f.Why)
	}},
	{ScheduleCalls, "its target calls ecs:updateService, which ecsundo does not change", "change the schedule by hand", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("its target calls ecs:%s, which ecsundo does not change; change the schedule by hand", f.Name)
	}},
	{SchedulesDenied, "schedules of EventBridge Scheduler cannot be read: User … is not authorized to perform: scheduler:ListSchedules (AccessDeniedException)", allowSchedules, func(f Facts, _ time.Time) string {
		return "schedules of EventBridge Scheduler cannot be read" + because(f.Why) + "; " + allowSchedules
	}},
	{RulesDenied, "rules of EventBridge cannot be read: User … is not authorized to perform: events:ListRuleNamesByTarget (AccessDeniedException)", allowRules, func(f Facts, _ time.Time) string {
		return "rules of EventBridge cannot be read" + because(f.Why) + "; " + allowRules
	}},
	{SchedulesUnread, "schedules of EventBridge Scheduler cannot be read: no answer from AWS: connection refused", "run the same command again", func(f Facts, _ time.Time) string {
		return "schedules of EventBridge Scheduler cannot be read" + because(f.Why)
	}},
	{RulesUnread, "rules of EventBridge cannot be read: no answer from AWS: connection refused", "run the same command again", func(f Facts, _ time.Time) string {
		return "rules of EventBridge cannot be read" + because(f.Why)
	}},
	{OnlyDefaultBus, "event buses cannot be listed (AccessDeniedException): only rules of the default bus were looked at", "allow events:ListEventBuses", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("event buses cannot be listed (%s): only rules of the default bus were looked at; allow events:ListEventBuses", f.Status)
	}},
}
