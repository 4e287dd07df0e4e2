package past

import (
	"fmt"
	"time"
)

// Notes.
const (
	SameImages          Code = "sameImages"
	SameReferences      Code = "sameTags"
	NativeRollback      Code = "nativeRollback"
	RollingBackNow      Code = "ecsRollingBackNow"
	PassedOver          Code = "neverRan"
	MayNeverHaveRun     Code = "mayNeverHaveRun"
	TriedBefore         Code = "triedBefore"
	SidecarsMoved       Code = "sameImageAsBefore"
	StaysPinned         Code = "staysPinned"
	ImageElsewhere      Code = "imageNotInPrivateECR"
	ImagesUnasked       Code = "imagesNotChecked"
	PinnedUnasked       Code = "pinnedUnchecked"
	TagMoved            Code = "tagMoved"
	TagGone             Code = "tagGone"
	TagAsItIs           Code = "tagAsItIs"
	Untagged            Code = "imageUntagged"
	PulledThrough       Code = "pullThroughCache"
	DefinitionUnread    Code = "taskDefinitionNotChecked"
	BodyFromSnapshot    Code = "bodyFromSnapshot"
	CopyPinned          Code = "registersPinnedCopy"
	CopyOfInactive      Code = "registersCopyOfInactive"
	CopyOfDeleted       Code = "registersCopyOfDeleted"
	CopyUsed            Code = "usesIdentical"
	NotBroughtBack      Code = "configurationNotRestored"
	SettingBack         Code = "settingRestored"
	SettingBackHidden   Code = "settingRestoredHidden"
	SettingsNotSettable Code = "settingsNotSettable"
	SettingsNotTaken    Code = "settingsNotTaken"
	SettingsNotKnown    Code = "settingsNotKnown"
	TakesAtLeast        Code = "takesAtLeast"
	OwnedByStack        Code = "ownedByStack"
	DesiredZero         Code = "desiredCountZero"
	HistoryDenied       Code = "historyDenied"
	RegisteringDenied   Code = "registeringDenied"
	DeployedAgainPinned Code = "deployedAgainPinned"
	ClockDiffers        Code = "clockDiffers"
	DifferentDays       Code = "differentDays"
)

var noting = []Sentence{
	{SameImages, "the images are the same before and after: this undo changes only configuration", "", nil},
	{SameReferences, "the image tags are the same before and after: only the configuration changes for certain, and which image runs is not known", "", nil},
	{NativeRollback, "planned as a rollback by ECS, because the deployment of web:5 was in progress", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("planned as a rollback by ECS, because the deployment of %s was in progress", f.From)
	}},
	{RollingBackNow, "ECS is rolling back a deployment now", "", nil},
	{PassedOver, "web:2, web:3 were deployed with a desired count of 0 and never ran a task", "", func(f Facts, _ time.Time) string {
		return wereOrWas(f.Names) + " deployed with a desired count of 0 and never ran a task, so the undo goes further back"
	}},
	{MayNeverHaveRun, "ECS recorded no image digest for web:4, so it may never have run a task", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS recorded no image digest for %s, so it may never have run a task", f.To)
	}},
	{TriedBefore, "web:4 was tried 40m ago, and ECS rolled it back; trying again", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was tried %s, and ECS rolled it back%s; trying again", f.To, ago(f.Since, now), because(f.Why))
	}},
	{SidecarsMoved, "container worker runs the same image as before the rollback", "go to the earlier image with --as-of", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("container %s runs the same image as before the rollback, because its tag did not change; an exact time with --as-of brings back the earlier image", listed(f.Names))
	}},
	{StaysPinned, "web:3 is a pinned copy of web:1 and stays pinned when it is deployed again", "leave the pin with --to REVISION --no-pin, once the tag names a good image", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s stays pinned when it is deployed again; to leave the pin once the tag names a good image, use --to %s --no-pin", f.From, f.To)
	}},
	{ImageElsewhere, "image docker.io/web:1 not checked: it is not in private ECR", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("image %s not checked: it is not in private ECR", f.Name)
	}},
	{ImagesUnasked, "images not checked: AccessDeniedException", "allow ecr:DescribeImages", func(f Facts, _ time.Time) string {
		return "images not checked" + because(f.Why)
	}},
	{PinnedUnasked, "image …/web:latest: pinned to the digest that ran, not checked: AccessDeniedException", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("image %s: pinned to the digest that ran, not checked%s", f.Name, because(f.Why))
	}},
	{TagMoved, "tag latest has moved: pinned to the digest that ran, web@sha256:…", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("tag %s has moved: pinned to the digest that ran, %s%s", f.Status, f.Name, unchecked(f.Why))
	}},
	{TagGone, "tag latest is gone: pinned to the digest that ran, web@sha256:…", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("tag %s is gone: pinned to the digest that ran, %s%s", f.Status, f.Name, unchecked(f.Why))
	}},
	{TagAsItIs, "container log runs its tag as it is now (…/fluentbit:stable)", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("container %s runs its tag as it is now (%s)", listed(f.Names), f.Name)
	}},
	{Untagged, "web@sha256:… has no tag any more, so a lifecycle rule may delete it", "tag it to keep it", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s has no tag any more, so a lifecycle rule of the repository may delete it; tag it to keep it", f.Name)
	}},
	{PulledThrough, "image …/ecr-public/app:1 is not in the pull-through cache; ECS pulls it again", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("image %s is not in the pull-through cache any more; ECS pulls it again", f.Name)
	}},
	{DefinitionUnread, "web:4 not checked: AccessDeniedException", "allow ecs:DescribeTaskDefinition", func(f Facts, _ time.Time) string {
		return f.To + " not checked" + because(f.Why)
	}},
	{BodyFromSnapshot, "web:4 is deleted in ECS; its task definition comes from snapshot monday", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s is deleted in ECS; its task definition comes from snapshot %s", f.To, f.Name)
	}},
	{CopyPinned, "registers a copy of web:4 with pinned images, which becomes the newest revision of web", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("registers a copy of %s with pinned images, which becomes the newest revision of %s; deploy scripts that start from the latest revision will use it", f.To, f.Name)
	}},
	{CopyOfInactive, "web:4 is inactive: registers a copy, which becomes the newest revision of web", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s is inactive: registers a copy, which becomes the newest revision of %s; deploy scripts that start from the latest revision will use it", f.To, f.Name)
	}},
	{CopyOfDeleted, "web:4 is deleted: registers a copy, which becomes the newest revision of web", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s is deleted: registers a copy, which becomes the newest revision of %s; deploy scripts that start from the latest revision will use it", f.To, f.Name)
	}},
	{CopyUsed, "uses web:8, which is identical to the copy of web:4 that is needed", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("uses %s, which is identical to the copy of %s that is needed", f.From, f.To)
	}},
	{NotBroughtBack, "not restored: networkConfiguration has changed since; --whole restores it too", "run it with --whole", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not restored: %s changed since; --whole restores settings too", haveOrHas(f.Names))
	}},
	{SettingBack, "networkConfiguration goes back too, from {…} to {…}", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s goes back too, from %s to %s", f.Name, orNothing(f.From), orNothing(f.To))
	}},
	{SettingBackHidden, "serviceConnectConfiguration goes back too", "", func(f Facts, _ time.Time) string { return f.Name + " goes back too" }},
	{SettingsNotSettable, "not restored, because UpdateService cannot set it: launchType", "", func(f Facts, _ time.Time) string {
		return "not restored, because UpdateService cannot set it: " + listed(f.Names)
	}},
	{SettingsNotTaken, "not restored, because an update of a BLUE_GREEN service takes only a task definition: loadBalancers", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("not restored, because an update of a %s service takes only a task definition: %s", f.Status, listed(f.Names))
	}},
	{SettingsNotKnown, "not restored: with which configuration the version ran is not known", "", nil},
	{TakesAtLeast, "a BLUE_GREEN deployment takes at least 5m0s to shift traffic and bake", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("a %s deployment takes at least %s to shift traffic and bake", f.Status, sentenced(f.Why))
	}},
	{OwnedByStack, "belongs to CloudFormation stack shop, whose next update may deploy its own version again", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("belongs to CloudFormation stack %s, whose next update may deploy its own version again", f.Name)
	}},
	{DesiredZero, "its desired count is 0: nothing runs, before and after", "", nil},
	{HistoryDenied, "deployment histories cannot be read (AccessDeniedException): User … is not authorized to perform: ecs:ListServiceDeployments", allowHistory, func(f Facts, _ time.Time) string {
		return fmt.Sprintf("deployment histories cannot be read (%s)%s; allow ecs:ListServiceDeployments, ecs:DescribeServiceDeployments and ecs:DescribeServiceRevisions", f.Status, because(f.Why))
	}},
	{RegisteringDenied, "IAM's policy simulation says that registering the copy in family web would be refused (implicitDeny)",
		"allow ecs:RegisterTaskDefinition, or if the policy requires tags, add them with --copy-tag KEY=VALUE", func(f Facts, _ time.Time) string {
			return fmt.Sprintf("IAM's policy simulation would refuse a copy in family %s (%s); allow ecs:RegisterTaskDefinition, or add required tags with --copy-tag KEY=VALUE",
				f.Name, f.Why)
		}},
	{DeployedAgainPinned, "the tag of container app had moved: deployed once more, pinned to the image that ran before", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the tag of container %s had moved: deployed once more, pinned to the image that ran before", listed(f.Names))
	}},
	{ClockDiffers, "the clock of this computer is 25m behind that of AWS; ages and times here are those of AWS", "set the clock", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the clock of this computer is %s %s that of AWS; ages and times here are those of AWS", f.Why, f.Status)
	}},
	{DifferentDays, "these services were deployed on different days: worker 9d ago, web 40m ago", "use --as-of to undo only recent deployments", func(f Facts, now time.Time) string {
		return fmt.Sprintf("these services were deployed on different days: %s %s, %s %s; use --as-of to undo only recent deployments", f.From, ago(f.Since, now), f.To, ago(f.At, now))
	}},
}
