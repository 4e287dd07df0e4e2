package past

import (
	"fmt"
	"time"
)

// What is going to change.
const (
	Before            Code = "previousVersion"
	BeforeRollout     Code = "previousVersionDuringRollout"
	CompletesReturn   Code = "completesRollback"
	ConfigurationBack Code = "configurationOnlyBack"
	LiveAt            Code = "liveAt"
	NamedRan          Code = "requestedRevision"
	NamedNeverRan     Code = "requestedRevisionNeverRan"
	InSnapshot        Code = "inSnapshot"
	FromRecord        Code = "fromNewestSnapshot"
	GuessRevision     Code = "guessFromRevisions"
)

var changing = []Sentence{
	{Before, "running web:5 for 58m; before that web:4 for 2d", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("running %s%s; before that %s%s", f.From, lasting(f.Since, now), f.To, lasting(f.At, f.Until))
	}},
	{BeforeRollout, "web:5 has been rolling out for 3m; before that web:4 ran for 2d", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s has been rolling out%s; before that %s ran%s", f.From, lasting(f.Since, now), f.To, lasting(f.At, f.Until))
	}},
	{CompletesReturn, "rolled back from web:2 to web:1 10m ago, but the tag of app started the image of web:2 again; deploys web:1 with app@sha256:…", "", func(f Facts, now time.Time) string {
		tags := "its tag"
		if len(f.Names) == 1 {
			tags = "the tag of " + f.Names[0]
		} else if len(f.Names) > 1 {
			tags = "the tags of " + listed(f.Names)
		}
		return fmt.Sprintf("rolled back from %s to %s %s, but %s started the image of %s again; deploys %s", f.Left, f.From, ago(f.Since, now), tags, f.Name, f.To)
	}},
	{ConfigurationBack, "web:2 stays; networkConfiguration goes back to what the deployment 2d ago had", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s stays; %s back to what the deployment %s had", f.From, goes(f.Names), ago(f.At, now))
	}},
	{LiveAt, "web:4 was running 45m ago", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was running %s", f.To, ago(f.At, now))
	}},
	{NamedRan, "requested with --to; last deployed 2d ago", "", func(f Facts, now time.Time) string {
		return "requested with --to; last deployed " + ago(f.Since, now)
	}},
	{NamedNeverRan, "requested with --to; no deployment of it in the history has completed", "", nil},
	{InSnapshot, "snapshot 20261122T101500Z has web:4", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("snapshot %s has %s", f.Name, f.To)
	}},
	{FromRecord, "its deployment history starts 1d ago; snapshot 20261122T101500Z, taken 3d ago, has web:4", allowHistory, func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s; snapshot %s, taken %s, has %s", f.because, f.Name, ago(f.At, now), f.To)
	}},
	{GuessRevision, "a guess: ECS has no deployment history of it; web:4 is the highest revision below web:5, assumed to have run before", allowHistory, func(f Facts, now time.Time) string {
		return fmt.Sprintf("a guess: %s; %s is the highest revision below %s, assumed to have run before", f.because, f.To, f.From)
	}},
}

// Where there is nothing to do.
const (
	TakenBack              Code = "alreadyRolledBack"
	CodeTakenBack          Code = "codeAlreadyRolledBack"
	Returning              Code = "rollbackInProgress"
	RolledBackByECS        Code = "rolledBackByECS"
	AttemptStopped         Code = "newerDeploymentStopped"
	AppearsTakenBack       Code = "appearsRolledBack"
	AboveRegistered        Code = "newerRevisionRegistered"
	KeptTakenBack          Code = "rolledBackBySnapshot"
	ConfigurationTakenBack Code = "configurationAlreadyBack"
	LeftSince              Code = "leftSince"
	LeftThenForward        Code = "leftThenForward"
	RollingBack            Code = "ecsRollingBack"
	RollingBackUndo        Code = "ecsRollingBackUndo"
	RollingBackTo          Code = "ecsRollingBackToTarget"
	OnItsWay               Code = "targetRollingOut"
	RunsSince              Code = "runsSince"
	RunsAlready            Code = "runsAlready"
	ConfigurationFixed     Code = "configurationCannotBeRestored"
	SnapshotRuns           Code = "runsSnapshot"
	RecordRuns             Code = "runsNewestSnapshot"
	CreatedLater           Code = "createdLater"
	FirstRollingOutThen    Code = "firstVersionRollingOutThen"
	FirstRollingOut        Code = "firstVersionRollingOut"
	FirstVersion           Code = "firstVersion"
	OnlyVersion            Code = "onlyVersion"
	OnlyDigestDiffers      Code = "onlyImageDiffers"
	OthersNeverRan         Code = "othersNeverRan"
	NothingBelow           Code = "noRevisionBelow"
	NothingRecent          Code = "nothingRecent"
	NothingRuns            Code = "nothingRuns"
	NothingToUndo          Code = "nothingToUndo"
	OtherRevision          Code = "otherRevision"
)

var staying = []Sentence{
	{TakenBack, "already rolled back from web:3 to web:2, 40m ago", forward1, func(f Facts, now time.Time) string {
		return fmt.Sprintf("already rolled back from %s to %s, %s", f.Left, f.From, ago(f.Since, now))
	}},
	{CodeTakenBack, "already rolled back from web:11 to web:12, 40m ago: web:12 is another task definition with the images of web:10", forward1, func(f Facts, now time.Time) string {
		return fmt.Sprintf("already rolled back from %s to %s, %s: %s is another task definition with the images of %s", f.Left, f.From, ago(f.Since, now), f.From, f.To)
	}},
	{Returning, "the rollback from web:3 to web:2 has been in progress for 2m", "wait, or run the same command again to watch it", func(f Facts, now time.Time) string {
		progress := "is in progress"
		if long := lasting(f.Since, now); long != "" {
			progress = "has been in progress" + long
		}
		return fmt.Sprintf("the rollback from %s to %s %s", f.Left, f.From, progress)
	}},
	{RolledBackByECS, "ECS already rolled back web:5 to web:4, 40m ago: tasks failed to start", forward1, func(f Facts, now time.Time) string {
		return fmt.Sprintf("ECS already rolled back %s to %s, %s%s", f.Left, f.From, ago(f.Since, now), because(f.Why))
	}},
	{AttemptStopped, "the deployment of web:5 was stopped 40m ago, and the service runs web:4", forward1, func(f Facts, now time.Time) string {
		return fmt.Sprintf("the deployment of %s was stopped %s, and the service runs %s%s", f.Left, ago(f.At, now), f.From, because(f.Why))
	}},
	{AppearsTakenBack, "probably already rolled back from web:11 to web:10, 40m ago: web:10 is older, and the deployment history starts only 80d ago", forward1, func(f Facts, now time.Time) string {
		return fmt.Sprintf("probably already rolled back from %s to %s, %s: %s is older, and the deployment history starts only %s", f.Left, f.From, ago(f.Since, now), f.To, ago(f.At, now))
	}},
	{AboveRegistered, "probably already rolled back: web:6 was registered before web:5 was deployed 40m ago (ECS has no deployment history of it)",
		"to redeploy the newer version, name it with --to; to go back one more version, add --again; better, " + allowHistory, func(f Facts, now time.Time) string {
			return fmt.Sprintf("probably already rolled back: %s was registered before %s was deployed %s (%s)", f.Left, f.From, ago(f.Since, now), f.because)
		}},
	{KeptTakenBack, "already rolled back from web:5: snapshot …-before recorded web:5 40m ago, before an undo (ECS has no deployment history of it)", forward1, func(f Facts, now time.Time) string {
		return fmt.Sprintf("already rolled back from %s: snapshot %s recorded it %s, before an undo (%s)", f.Left, f.Name, ago(f.At, now), f.because)
	}},
	{ConfigurationTakenBack, "the networkConfiguration was already restored 40m ago", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("the %s was already restored %s", listed(f.Names), ago(f.At, now))
	}},
	{LeftSince, "web:4 was running 45m ago, and the service has been rolled back from it since then", "to deploy it anyway, give --as-of an exact time", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was running %s, and the service has been rolled back from it since then", f.To, ago(f.At, now))
	}},
	{LeftThenForward, "web:2 was running 90m ago and has been rolled back since then, and web:3, which is newer, runs now", "undo web:3 without --as-of, or give --as-of an exact time", func(f Facts, now time.Time) string {
		return fmt.Sprintf("%s was running %s and has been rolled back since then, and %s, which is newer, runs now; undo %s without --as-of, or give --as-of an exact time", f.To, ago(f.At, now), f.From, f.From)
	}},
	{RollingBack, "ECS is rolling back web:5 to web:4", "", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS is rolling back %s to %s", f.From, f.To)
	}},
	{RollingBackUndo, "ECS is rolling back web:4, which an undo deployed, to web:5", "run the undo again when ECS has finished", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("ECS is rolling back %s, which an undo deployed, to %s; run the undo again when ECS has finished", f.From, f.To)
	}},
	{RollingBackTo, "ECS is already rolling back to web:4", "", func(f Facts, _ time.Time) string { return "ECS is already rolling back to " + f.To }},
	{OnItsWay, "web:4 is already rolling out", "", func(f Facts, _ time.Time) string { return f.To + " is already rolling out" }},
	{RunsSince, "running web:4 for 2d", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("running %s%s", f.From, lasting(f.Since, now))
	}},
	{RunsAlready, "already runs web:4", "", func(f Facts, _ time.Time) string { return "already runs " + f.From }},
	{ConfigurationFixed, "runs web:2, as snapshot 20261122T101500Z has it, but with another configuration (launchType), which an update cannot restore", "restore it where it was changed", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("runs %s, as snapshot %s has it, but with another configuration (%s), which an update cannot restore", f.From, f.Name, listed(f.Names))
	}},
	{SnapshotRuns, "already runs what the snapshot has", "", nil},
	{RecordRuns, "already runs what snapshot 20261122T101500Z has (its deployment history starts 1d ago)", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("already runs what snapshot %s has (%s)", f.Name, f.because)
	}},
	{CreatedLater, "the service was created 10m ago, after that time", "", func(f Facts, now time.Time) string {
		return fmt.Sprintf("the service was created %s, after that time", ago(f.Since, now))
	}},
	{FirstRollingOutThen, "its first version was still rolling out 45m ago", "", func(f Facts, now time.Time) string {
		return "its first version was still rolling out " + ago(f.At, now)
	}},
	{FirstRollingOut, "its first version is still rolling out", "", nil},
	{FirstVersion, "web:1 is the first version that it ever ran", "", func(f Facts, _ time.Time) string {
		return f.From + " is the first version that it ever ran"
	}},
	{OnlyVersion, "has never run another version", "", nil},
	{OnlyDigestDiffers, "only the image behind a tag has changed, and --no-pin leaves tags as they are", "run it without --no-pin", nil},
	{OthersNeverRan, "no other version ever ran a task: web:2, web:3 were deployed with a desired count of 0", "name the revision with --to", func(f Facts, _ time.Time) string {
		return fmt.Sprintf("no other version ever ran a task: %s deployed with a desired count of 0", wereOrWas(f.Names))
	}},
	{NothingBelow, "there is no revision below web:1 (ECS has no deployment history of it)", allowHistory, func(f Facts, now time.Time) string {
		return fmt.Sprintf("there is no revision below %s (%s)", f.From, f.because)
	}},
	{NothingRecent, "nothing recent to undo: web:4 has been running for 120d, longer than ECS remembers (ECS has no deployment history of it)",
		"to go back all the same, name the revision with --to, or add --guess", func(f Facts, now time.Time) string {
			return fmt.Sprintf("nothing recent to undo: %s has been running%s, longer than ECS remembers (%s)", f.From, lasting(f.Since, now), f.because)
		}},
	{NothingRuns, "nothing runs: its only deployment failed 40m ago: No rollback candidate was found to run the rollback", "look at the service's events, and deploy a version that starts", func(f Facts, now time.Time) string {
		return fmt.Sprintf("nothing runs: its only deployment, of %s, failed %s%s", f.From, ago(f.At, now), because(f.Why))
	}},
	{NothingToUndo, "nothing to undo: it has never run another version", "", func(f Facts, _ time.Time) string { return "nothing to undo: " + f.because }},
	{OtherRevision, "runs web:7, not revision 8", "", func(f Facts, _ time.Time) string { return fmt.Sprintf("runs %s, not revision %d", f.From, f.N) }},
}

// Whom it does not concern.
const (
	NoSuchImage   Code = "imageNotMatched"
	NotInSnapshot Code = "notInSnapshot"
)

var passing = []Sentence{
	{NoSuchImage, "does not run an image that matches", "", nil},
	{NotInSnapshot, "not in snapshot 20261122T101500Z", "", func(f Facts, _ time.Time) string { return "not in snapshot " + f.Name }},
}
