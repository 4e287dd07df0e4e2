package past

import (
	"fmt"
	"strings"
	"time"
)

// What should change, and cannot.
const (
	UnclearReturn          Code = "unclearRollback"
	MixedReturn            Code = "mixedRollback"
	ConfigurationLeft      Code = "onlyConfigurationRolledBack"
	ReturnUnpinned         Code = "rolledBackUnpinned"
	ReturnInVain           Code = "rollbackInVain"
	ReturnNeedsPin         Code = "rollbackNeedsPin"
	OnlyConfiguration      Code = "onlyConfigurationChanged"
	OnlyConfigurationFixed Code = "onlyFixedConfigurationChanged"
	ConfigurationUnknown   Code = "configurationUnknown"
	IdenticalUnknown       Code = "identicalImagesUnknown"
	ReturnNotUp            Code = "rollbackDidNotStart"
	RollbackFailed         Code = "ecsRollbackFailed"
	AgainWhileReturning    Code = "againDuringRollback"
	EveryVersionMatches    Code = "everyVersionMatches"
	ImagesUnknown          Code = "imagesUnknown"
	ListBehind             Code = "deploymentListBehind"
	UnknownStatus          Code = "unknownStatus"
	TrafficShifting        Code = "trafficShifting"
	TrafficShiftingFrom    Code = "trafficShiftingUnknownSource"
	OtherFamily            Code = "otherFamily"
	GuessShared            Code = "guessSharedFamily"
	GuessMisfit            Code = "guessDoesNotFit"
	GuessMatches           Code = "guessMatchesImage"
	GuessSameImages        Code = "guessSameImages"
	NotAnswered            Code = "historyNotAnswered"
	NotGuessed             Code = "historyNotKnown"
	GuessUncertain         Code = "guessUncertain"
	NoRecord               Code = "noSnapshotBefore"
)

var blocking = []Sentence{
	{UnclearReturn, "web:1 was redeployed 10m ago in place of web:2, with images not in its history (app): new code, or a moved tag; choose --to web:2, or --as-of 2026-11-20T09:30:00Z (web:1)",
		"choose with --to or --as-of; if the container is a sidecar, name its image with --sidecar", func(f Facts, now time.Time) string {
			with := ""
			if len(f.Names) > 0 {
				with = fmt.Sprintf(", with images not in its history (%s)", listed(f.Names))
			}
			return fmt.Sprintf("%s was redeployed %s in place of %s%s: new code, or a moved tag; choose --to %s, or --as-of %s (%s)",
				f.From, ago(f.Since, now), f.Left, with, f.Left, exact(f.At), f.To)
		}},
	{MixedReturn, "web:3, deployed 10m ago, has some images of web:1, and others of web:2 (worker): half a rollback, or a new version; choose --to web:2, or --as-of 2026-11-20T09:30:00Z (web:1)",
		"choose with --to or --as-of", func(f Facts, now time.Time) string {
			return fmt.Sprintf("%s, deployed %s, has some images of %s, and others of %s (%s): half a rollback, or a new version; choose --to %s, or --as-of %s (%s)",
				f.From, ago(f.Since, now), f.To, f.Left, listed(f.Names), f.Left, exact(f.At), f.To)
		}},
	{ConfigurationLeft, "only configuration was rolled back, from web:11 to web:10 10m ago, and the code stayed", "choose with --to", func(f Facts, now time.Time) string {
		return fmt.Sprintf("only configuration was rolled back, from %s to %s %s, and the code stayed; choose the version with --to", f.Left, f.From, ago(f.Since, now))
	}},
	{ReturnUnpinned, "already rolled back from web:2 to web:1, 10m ago, but not to the image that ran before; --no-pin leaves tags as they are", "run it without --no-pin to pin the image that ran before", func(f Facts, now time.Time) string {
		return fmt.Sprintf("already rolled back from %s to %s, %s, but not to the image that ran before; --no-pin leaves tags as they are", f.Left, f.From, ago(f.Since, now))
	}},
	{ReturnInVain, "rolled back from web:2 to web:1, 10m ago, but an image of web:2 still runs, and what ran before is older than the deployment history (80d ago)",
		"choose with --to", func(f Facts, now time.Time) string {
			return fmt.Sprintf("rolled back from %s to %s, %s, but an image of %s still runs, and what ran before is older than the deployment history (%s); choose with --to",
				f.Left, f.From, ago(f.Since, now), f.Left, ago(f.At, now))
		}},
	{ReturnNeedsPin, "the image of web:1 that ran before can only be reached by pinning it, and --no-pin leaves tags as they are", "run it without --no-pin", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s can only be reached by pinning the image, and --no-pin leaves tags as they are", f.To)
	}},
	{OnlyConfiguration, "the newest deployment, 40m ago, changed only the configuration (networkConfiguration)", "--whole restores the configuration, --to REVISION the code", func(f Facts, now time.Time) string {
		text := fmt.Sprintf("the newest deployment, %s, changed only the configuration (%s); --whole restores it", ago(f.At, now), listed(f.Names))
		if f.To != "" {
			text += ", --to " + f.To + " the version before"
		}
		return text
	}},
	{ConfigurationUnknown, "runs web:2, as snapshot 20261122T101500Z has it, but with which configuration it ran then is not known", "restore without --whole for the version alone", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs %s, as snapshot %s has it, but with which configuration it ran then is not known; without --whole there is nothing to do", f.From, f.Name)
	}},
	{OnlyConfigurationFixed, "the newest deployment, 40m ago, changed only the configuration (launchType), which an update cannot restore", "restore it where it was changed", func(f Facts, now time.Time) string {
		return fmt.Sprintf("the newest deployment, %s, changed only the configuration (%s), which an update cannot restore", ago(f.At, now), listed(f.Names))
	}},
	{IdenticalUnknown, "web:2, deployed 40m ago, is identical to the task definition before it, and no image digest is known", "name the revision with --to", func(f Facts, now time.Time) string {
		text := fmt.Sprintf("%s, deployed %s, is identical to the task definition before it, and no image digest is known", f.From, ago(f.Since, now))
		if f.To != "" {
			text += "; to go back to " + f.To + ", use --to"
		}
		return text
	}},
	{ReturnNotUp, "web:4 replaced web:5 and did not start: tasks failed to start",
		"to go back one more version, run a plain undo with --again; to start it again, once it is repaired: 'aws ecs update-service --force-new-deployment'", func(f Facts, _ time.Time) string {
			repaired, how := "", "'aws ecs update-service "+f.Flags+" --force-new-deployment'"
			if FailedToStart(f.Why) {
				repaired = ", once it is repaired"
			}
			if f.Status == ControllerCodeDeploy {
				how = "redeploy it in CodeDeploy"
			}
			return fmt.Sprintf("%s replaced %s and %s%s; to go back one more version, run a plain undo with --again; to start %s again%s: %s",
				f.From, f.Left, didNot(f.Why), because(f.Why), f.From, repaired, how)
		}},
	{RollbackFailed, "ECS's rollback from web:5 to web:4 failed: tasks failed to start", "repair what keeps it from starting, or add --again to go back one more version", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS's rollback from %s to %s failed%s; deploying %s again changes nothing: repair it, or add --again to go back one more version", f.Left, f.From, because(f.Why), f.From)
	}},
	{AgainWhileReturning, "the rollback from web:5 to web:4 is still in progress", "wait until it has ended before you add --again", func(f Facts, now time.Time) string {
		return fmt.Sprintf("the rollback from %s to %s is still in progress%s; wait until it has ended before you use --again", f.Left, f.From, lasting(f.Since, now))
	}},
	{EveryVersionMatches, "every version in its history uses an image that matches", "name the revision with --to", nil},
	{ImagesUnknown, "ECS has no record of the images that it runs", "name the revision with --to", nil},
	{ListBehind, "ECS does not list the newest deployment of web:4 yet, so it cannot be told what ran before", "run the same command again in a moment", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS does not list the newest deployment of %s yet, so it cannot be told what ran before; run the same command again in a moment", f.From)
	}},
	{UnknownStatus, "its deployment of 45m ago has the status PAUSED, which this ecsundo does not know", "use a newer ecsundo, or name the revision with --to", func(f Facts, now time.Time) string {
		return fmt.Sprintf("its deployment of %s has the status %s, which this ecsundo does not know; use a newer one, or name the revision with --to", ago(f.At, now), f.Status)
	}},
	{TrafficShifting, "a BLUE_GREEN deployment of web:5 is in progress, and it did not start from web:4; another deployment now could shift traffic unpredictably", "wait until it has ended, or roll it back with 'aws ecs stop-service-deployment'", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("a %s deployment of %s is in progress, and it did not start from %s; another deployment now could shift traffic unpredictably: wait until it has ended", f.Status, f.From, f.To)
	}},
	{TrafficShiftingFrom, "a BLUE_GREEN deployment is in progress, from an unknown version; another deployment now could shift traffic unpredictably", "wait until it has ended, or roll it back with 'aws ecs stop-service-deployment'", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("a %s deployment is in progress, from an unknown version; another deployment now could shift traffic unpredictably: wait, or roll it back with 'aws ecs stop-service-deployment'", f.Status)
	}},
	{OtherFamily, "shop:1 is of another family, and this service never ran it", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s is of another family than %s, and is not in the deployment history of this service", f.To, f.From)
	}},
	{GuessShared, "service worker runs another revision of web, so the revision below is no safe guess (ECS has no deployment history of it)", allowHistory, func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s; service %s runs another revision of %s, so the revision below is no safe guess; %s", f.because, f.Name, f.To, allowHistory)
	}},
	{GuessMisfit, "web:4 does not fit the service: the load balancer needs port 8080 of container app", allowHistory, func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s; %s does not fit the service: %s; %s", f.because, f.To, f.Why, allowHistory)
	}},
	{GuessMatches, "the only guess is web:4, which also uses an image that matches", "name the revision with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the only guess is %s, which also uses an image that matches; name the revision with --to", f.To)
	}},
	{GuessSameImages, "the guess, web:4, names the same images as web:5, whose tags may have moved (ECS has no deployment history of it); to deploy it, add --to web:4",
		allowHistory, func(f Facts, now time.Time) string {
			return fmt.Sprintf("the guess, %s, names the same images as %s, whose tags may have moved (%s); to deploy it, add --to %s", f.To, f.From, f.because, f.To)
		}},
	{NotAnswered, "its deployment history cannot be read: the answer to ListServiceDeployments has no serviceDeployments", "check AWS_ENDPOINT_URL and HTTPS_PROXY, or name the revision with --to", func(f Facts, _ time.Time) string {
		return "its deployment history cannot be read" + because(f.Why) + "; check AWS_ENDPOINT_URL and HTTPS_PROXY, or name the revision with --to"
	}},
	{NotGuessed, "ECS has no deployment history of it; choose --to web:4, or --guess, which assumes that it ran before", allowHistory + "; --guess deploys the revision below", func(f Facts, now time.Time) string {
		return f.because + "; " + wayOn(f)
	}},
	{GuessUncertain, "no guess (web:4) is made, because the service may already have been rolled back (ECS has no deployment history of it)", allowHistory + "; ecs:DescribeTaskDefinition and ecs:ListTaskDefinitions, or a store, help as well", func(f Facts, now time.Time) string {
		return fmt.Sprintf("no guess (%s) is made, because the service may already have been rolled back (%s); %s", f.To, f.because, allowHistory)
	}},
	{NoRecord, "its deployment history starts 1d ago, and the store has no snapshot of it from before that time", "name the revision with --to", func(f Facts, now time.Time) string {
		return f.because + ", and the store has no snapshot of it from before that time"
	}},
}

// wayOn says what to do where nothing tells what ran before: what is missing, where that is a permission.
func wayOn(f Facts) string {
	name := "name the revision with --to"
	if f.To != "" {
		name = fmt.Sprintf("choose --to %s, or --guess, which assumes that it ran before", f.To)
	}
	if f.Because != nil && strings.HasPrefix(f.Because.Facts.Why, "AccessDenied") {
		return "allow ecs:ListServiceDeployments and ecs:DescribeServiceRevisions; or " + name
	}
	return name
}

// Why what was decided cannot be done.
const (
	ServiceGone        Code = "serviceGone"
	NotDescribed       Code = "serviceNotDescribed"
	NotActive          Code = "serviceNotActive"
	ExpressService     Code = "expressService"
	ImageGone          Code = "imageGone"
	DigestGone         Code = "imageDigestGone"
	ImageArchived      Code = "imageArchived"
	ForeignImage       Code = "imageOfAnotherRepository"
	DefinitionDeleted  Code = "taskDefinitionDeleted"
	DefinitionMissing  Code = "taskDefinitionMissing"
	DoesNotFit         Code = "doesNotFit"
	FitsWhole          Code = "fitsWithWhole"
	WouldChangeNothing Code = "wouldChangeNothing"
	Unpinnable         Code = "cannotBePinned"
	TooManyTags        Code = "tooManyTags"
	CannotRegister     Code = "cannotBeRegistered"
)

var impossible = []Sentence{
	{ServiceGone, "the cluster no longer has this service", "", nil},
	{NotDescribed, "ECS lists this service and does not describe it, so what it runs is not known", "look at it with 'aws ecs describe-services'", nil},
	{NotActive, "the service is DRAINING, so nothing can be deployed to it", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the service is %s, so nothing can be deployed to it", f.Status)
	}},
	{ExpressService, "an Express service, which ECS manages itself", "use 'aws ecs update-express-gateway-service'", func(Facts, time.Time) string {
		return "an Express service, which ECS manages itself; use 'aws ecs update-express-gateway-service'"
	}},
	{ImageGone, "cannot run web:4: image …/web:v4 of container app no longer exists", "push the image again, or name another revision with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("cannot run %s: image %s of container %s no longer exists", f.To, f.Name, listed(f.Names))
	}},
	{DigestGone, "cannot run web:4: tag stable of container log has moved, and the image that ran, team/fluentbit@sha256:…, no longer exists", "if the container is a sidecar, --sidecar GLOB uses its tag as it is now", func(f Facts, _ time.Time) string {
		repository, _, _ := strings.Cut(f.Name, "@")
		return fmt.Sprintf("cannot run %s: tag %s of container %s has moved, and the image that ran, %s, no longer exists; if it is a sidecar, add --sidecar %s",
			f.To, f.Status, listed(f.Names), f.Name, repository)
	}},
	{ImageArchived, "cannot run web:4: image …/web:v4 is ARCHIVED in ECR and cannot be pulled", "restore it first: 'aws ecr update-image-storage-class'", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("cannot run %s: image %s is %s in ECR and cannot be pulled; restore it first: 'aws ecr update-image-storage-class'", f.To, f.Name, f.Status)
	}},
	{ForeignImage, "cannot run web:4: the image of container app is recorded from another repository", "check who can write to the store", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("cannot run %s: %s", f.To, sentenced(f.Why))
	}},
	{DefinitionDeleted, "web:4 is deleted, and no snapshot contains its task definition", "name another revision with --to", func(f Facts, _ time.Time) string {
		return f.To + " is deleted, and no snapshot contains its task definition"
	}},
	{DefinitionMissing, "web:99 does not exist (it may have been deleted), and no snapshot contains its task definition", "name another revision with --to", func(f Facts, _ time.Time) string {
		return f.To + " does not exist (it may have been deleted), and no snapshot contains its task definition"
	}},
	{DoesNotFit, "web:4 does not fit the service: the load balancer needs port 8080 of container app", "name another revision with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s does not fit the service: %s", f.To, strings.Join(f.Names, "; "))
	}},
	{FitsWhole, "web:4 does not fit the service as it is configured now: the load balancer needs port 8080 of container app", "--whole restores the configuration as well", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s does not fit the service as it is configured now: %s; --whole restores the configuration as well", f.To, strings.Join(f.Names, "; "))
	}},
	{WouldChangeNothing, "the service was last told to run web:4, and its images need no pin: an update would change nothing", "if that deployment failed, start it again: 'aws ecs update-service --force-new-deployment'", func(f Facts, _ time.Time) string {
		text := fmt.Sprintf("the service was last told to run %s, and its images need no pin: an update would change nothing", f.To)
		if f.Status == RolloutFailed {
			text += fmt.Sprintf("; to start it again: 'aws ecs update-service %s --force-new-deployment'", f.Flags)
		}
		return text
	}},
	{Unpinnable, "the images of web:4 would have to be pinned, and its task definition cannot be read", "allow ecs:DescribeTaskDefinition; --no-pin leaves tags as they are", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("the images of %s would have to be pinned, and its task definition cannot be read; allow ecs:DescribeTaskDefinition, or leave tags as they are with --no-pin", f.To)
	}},
	{TooManyTags, "web:4 has 50 tags, so a copy cannot be marked as one", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("%s has %d tags, so a copy of it cannot be marked as one", f.To, f.N)
	}},
	{CannotRegister, "a copy of web:4 cannot be registered: it has a member that this ecsundo does not know", "use a newer ecsundo", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("a copy of %s cannot be registered: %s", f.To, sentenced(f.Why))
	}},
}

// Why the history does not tell. These stand inside other sentences.
const (
	HistoryUnreadable Code = "historyUnreadable"
	NoHistory         Code = "noHistory"
	HistoryBegins     Code = "historyTooShort"
	HistoryAfter      Code = "historyAfter"
	RecordGone        Code = "revisionForgotten"
	RecordGoneAt      Code = "revisionForgottenThen"
)

var untold = []Sentence{
	{HistoryUnreadable, "its deployment history cannot be read: AccessDeniedException", "allow ecs:ListServiceDeployments and ecs:DescribeServiceRevisions", func(f Facts, _ time.Time) string {
		return "its deployment history cannot be read" + because(f.Why)
	}},
	{NoHistory, "ECS has no deployment history of it", "", nil},
	{HistoryBegins, "its deployment history starts 80d ago, and the service is older", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("its deployment history starts %s, and the service is older", ago(f.At, now))
	}},
	{HistoryAfter, "its deployment history does not go back to 45m ago", "", func(f Facts, now time.Time) string {
		return "its deployment history does not go back to " + ago(f.At, now)
	}},
	{RecordGone, "ECS no longer has the record of what ran before", "", nil},
	{RecordGoneAt, "ECS no longer has the record of what ran 45m ago", "", func(f Facts, now time.Time) string {
		return "ECS no longer has the record of what ran " + ago(f.At, now)
	}},
}
