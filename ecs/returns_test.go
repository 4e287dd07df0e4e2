package ecs

import (
	"testing"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A log router on a mutable tag, which moves between the releases; each release of the app has a tag of its own.
const besideLog = `cluster prod
	at -5d
	push team/fluentbit:stable f1
	register web app=web:v1 log=team/fluentbit:stable
	register web app=web:v2 log=team/fluentbit:stable
	service prod/web desired=2
	deploy prod/web 1
	at -2d
	push team/fluentbit:stable f2
	at -2h
	deploy prod/web 2
`

// Two definitions that differ in their size; both run web:latest, which the second has moved to a bad build.
const movedToBad = `cluster prod
	at -5d
	push web:latest a1
	register web web:latest
	register web web:latest cpu=512
	service prod/web desired=2
	deploy prod/web 1
	at -2h
	push web:latest bad2
	deploy prod/web 2
`

// Code and network changed together.
const codeAndNetwork = `cluster prod
	at -5d
	register web v1 v2 v3
	service prod/web desired=2 subnets=subnet-a
	deploy prod/web 1
	at -2d
	deploy prod/web 2
	at -2h
	config prod/web 3 subnets=subnet-b
`

// Services whose first version is older than the list of their deployments.
const (
	older    = "cluster prod\nat -100d\nregister web app=web:v1 env.BUILD=1\nservice prod/web desired=2\ndeploy prod/web 1\n"
	olderTag = "cluster prod\nat -100d\npush web:latest good\nregister web app=web:latest env.BUILD=1\nservice prod/web desired=2\ndeploy prod/web 1\n"
)

// beside is an app on latest beside a sidecar with unique tags; twoDigests one that ran a2 after a1, and is back at a1 by its digest.
const (
	beside     = "cluster prod\nat -5d\npush web:latest a1\nregister web app=web:latest agent=agent:s1\nservice prod/web desired=2\ndeploy prod/web 1\nat -4d\nregister web app=web:latest agent=agent:s2\ndeploy prod/web 2\nat -3h\n"
	twoDigests = "cluster prod\nat -5d\npush web:latest a1\nregister web app=web:latest\nservice prod/web desired=2\ndeploy prod/web 1\nat -4d\npush web:latest a2\nforce prod/web\nat -3d\nregister web app=web@a1\ndeploy prod/web 2\nat -2d\n"
)

// returnHistories are services that somebody has taken back already, or has meant to; what else moved meanwhile does not matter.
var returnHistories = []history{
	// Sidecars are resolved anew by a rollback by hand (containers-roadmap 2393).
	{name: "a log router moved, rolled back by hand", story: besideLog + "at -10m\ndeploy prod/web 1\nnow", action: past.Unchanged, words: []string{"already rolled back from web:2 to web:1, 10m ago"}},
	{name: "a log router moved", story: besideLog + "now", action: past.Undo, want: "web:1", writes: update, words: []string{"container log runs its tag as it is now"}, not: []string{"pinned"}},
	{name: "a log router moved, no registry", story: besideLog + "now\ndeny ecr:*", action: past.Undo, want: "web:1", writes: update},
	{name: "a log router moved, no registry, rolled back by hand", story: besideLog + "at -10m\ndeploy prod/web 1\nnow\ndeny ecr:*", action: past.Unchanged},
	{name: "a log router moved, rolled back by hand, forced, moved again", story: besideLog + "at -30m\ndeploy prod/web 1\npush team/fluentbit:stable f3\nforce prod/web\nnow", action: past.Unchanged},

	// An immutable definition with a mutable tag: the rollback starts the bad image again (containers-roadmap 2664, 2728).
	{name: "latest, rolled back by hand in vain", story: movedToBad + "at -10m\ndeploy prod/web 1\nnow", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		words: []string{"the tag of app started the image of web:2 again", "app@sha256:"}},
	{name: "latest, rolled back by hand in vain, no registry", story: movedToBad + "at -10m\ndeploy prod/web 1\nnow\ndeny ecr:*", action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "latest, rolled back by hand in vain, not pinned", story: movedToBad + "at -10m\ndeploy prod/web 1\nnow", noPin: true, action: past.Unchanged, words: []string{"--no-pin leaves tags as they are"}},
	{name: "latest, rolled back by hand in vain, not looked at", story: movedToBad + "at -10m\ndeploy prod/web 1\nnow", noCheck: true, action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "latest, no registry", story: movedToBad + "now\ndeny ecr:*", action: past.Undo, want: "web:1", writes: copied, ends: "web:3", words: []string{"pinned to the digest that ran"}},
	{name: "latest, not looked at", story: movedToBad + "now", noCheck: true, action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "latest, rolled back by hand with the tag put back", story: movedToBad + "at -10m\npush web:latest a1\ndeploy prod/web 1\nnow", action: past.Unchanged},
	{name: "latest, and something new under the old definition", story: movedToBad + "at -10m\npush web:latest a3\ndeploy prod/web 1\nnow", action: past.Blocked,
		words: []string{"new code, or a moved tag", "--to", "--as-of"}},

	// An older release changed only a sidecar's unique tag: it does not follow that the app is none of the service's own.
	{name: "latest, after a sidecar's release", story: beside + "push web:latest a2\nregister web app=web:latest agent=agent:s2 env.MODE=3\ndeploy prod/web 3\nnow", action: past.Undo, want: "web:2", writes: copied, ends: "web:4",
		words: []string{"pinned to the digest that ran"}, not: []string{"images are the same"}},
	{name: "latest, after a sidecar's release, by its number", story: beside + "push web:latest a2\nregister web app=web:latest agent=agent:s2 env.MODE=3\ndeploy prod/web 3\nnow", to: "2", action: past.Undo, want: "web:2", writes: copied, ends: "web:4"},

	// The image that a tag starts again need not be of the version just left.
	{name: "back at latest, whose image was left before", story: twoDigests + "register web app=web:v3\ndeploy prod/web 3\nat -1h\ndeploy prod/web 1\nnow", action: past.Undo, want: "web:2", writes: update,
		words: []string{"the tag of app started the image of web:1 with app@sha256:"}, not: []string{"image of web:3"}},
	{name: "back at what was left before, by its digest", story: twoDigests + "register web app=web:v3\ndeploy prod/web 3\nat -1h\nregister web app=web@a2\ndeploy prod/web 4\nnow", action: past.Unchanged,
		words: []string{"already rolled back from web:3"}, not: []string{"tag"}},

	// Code and configuration in one deployment (terraform-provider-aws 35303).
	{name: "code and network, whole", story: codeAndNetwork + "now", whole: true, action: past.Undo, want: "web:2", writes: update, words: []string{"networkConfiguration goes back too"}},
	{name: "code and network, the code by hand, then whole", story: codeAndNetwork + "at -10m\ndeploy prod/web 2\nnow", whole: true, action: past.Undo, want: "web:2", writes: update,
		words: []string{"web:2 stays; networkConfiguration goes back"}},
	{name: "code and network, the code by hand", story: codeAndNetwork + "at -10m\ndeploy prod/web 2\nnow", action: past.Unchanged},
	{name: "blue/green takes no settings, whole", story: "cluster prod\nat -5d\nregister web v1 v2 v3\nservice prod/web desired=2 strategy=BLUE_GREEN subnets=subnet-a\ndeploy prod/web 1 2\nat -2h\nconfig prod/web 3 subnets=subnet-b\nnow",
		whole: true, action: past.Undo, want: "web:2", writes: update, words: []string{"not restored", "networkConfiguration"}},
	{name: "blue/green takes no settings, taken back, whole", story: "cluster prod\nat -5d\nregister web v1 v2 v3\nservice prod/web desired=2 strategy=BLUE_GREEN subnets=subnet-a\ndeploy prod/web 1 2\nat -2h\nconfig prod/web 3 subnets=subnet-b\nat -1h\ndeploy prod/web 2\nnow",
		whole: true, action: past.Unchanged},
	{name: "capacity providers go back with force", story: "cluster prod\nat -5d\nregister web v1 v2\nservice prod/web desired=2 capacity=FARGATE\ndeploy prod/web 1\nat -2h\nconfig prod/web 2 capacity=FARGATE_SPOT\nnow",
		whole: true, action: past.Undo, want: "web:1", writes: update, words: []string{"capacityProviderStrategy goes back too"}},
	{name: "only monitoring changed", story: "cluster prod\nat -5d\nregister web v1 v2\ndeploy prod/web 1 2\nat -2h\nconfig prod/web monitoring='{\"metricConfigurations\":[{\"resolutionSeconds\":20}]}'\nnow", action: past.Blocked, words: []string{"changed only the configuration (monitoring)"}},

	// ECS has rolled back, and somebody forces the same (fabfuel/ecs-deploy 156).
	{name: "ECS rolled back, then forced", story: seven + "bad web:5\nservice prod/web breaker=rollback\ndeploy prod/web 3 4 5\nforce prod/web", action: past.Unchanged, words: []string{"ECS already rolled back web:5"}},

	// A pipeline that registers anew to roll back (springload/ecs-tool 43).
	{name: "registered anew with a build number", story: "cluster prod\nat -5d\nregister web app=web:v1 env.BUILD_ID=1\nregister web app=web:v2 env.BUILD_ID=2\nregister web app=web:v1 env.BUILD_ID=3\ndeploy prod/web 1 2\nat -10m\ndeploy prod/web 3\nnow", action: past.Unchanged,
		words: []string{"another task definition with the images of web:1"}},
	{name: "registered anew, identical", story: "cluster prod\nat -5d\nregister web v1 v2 v1\ndeploy prod/web 1 2\nat -10m\ndeploy prod/web 3\nnow", action: past.Unchanged},
	{name: "registered anew under latest, in vain", story: "cluster prod\nat -5d\npush web:latest a1\nregister web app=web:latest env.X=1\nregister web app=web:latest env.X=2\ndeploy prod/web 1\npush web:latest a2\nat -2h\ndeploy prod/web 2\nregister web app=web:latest env.X=1\nat -10m\ndeploy prod/web 3\nnow",
		action: past.Undo, want: "web:1", writes: copied, ends: "web:4"},
	{name: "a copy without its tag", story: movedBetween + "force prod/web\nregister web app=web@a1\ndeploy prod/web 2", action: past.Unchanged},
	{name: "stopped since a newer one came", story: seven + "deploy prod/web 1 2\ndeploy prod/web 1 !wait\ndeploy prod/web 3", action: past.Undo, want: "web:1", writes: update},
	{name: "older than the history, by hand", story: old + "at -100d\ndeploy prod/web 3\nat -80d\ndeploy prod/web 5\nmissing prod/web 3\nat -1h\ndeploy prod/web 3\nnow", action: past.Unchanged},
	{name: "pinned, then forced by a deploy tool", story: movedBetween + "force prod/web\nregister web app=web@a1 'tag.ecsundo:origin=web:1'\ndeploy prod/web 2\nforce prod/web", action: past.Unchanged},

	// What does not fit (amazon-ecs-agent 497, OctopusDeploy/Issues 9705).
	{name: "the port has changed", story: "cluster prod\nat -5d\nregister web app=web:v1 port=80\nregister web app=web:v2 port=8080\nservice prod/web desired=2 lb=app:80\ndeploy prod/web 1\nat -2h\nconfig prod/web 2 lb=app:8080\nnow", action: past.Blocked,
		words: []string{"web:1 does not fit the service as it is configured now", "port 8080 of container app", "--whole"}},
	{name: "the port has changed, whole", story: "cluster prod\nat -5d\nregister web app=web:v1 port=80\nregister web app=web:v2 port=8080\nservice prod/web desired=2 lb=app:80\ndeploy prod/web 1\nat -2h\nconfig prod/web 2 lb=app:8080\nnow", whole: true, action: past.Undo, want: "web:1", writes: update},

	// The old image of a base sidecar was deleted (wellcomecollection/platform-infrastructure 329).
	{name: "the log router's old image is gone", story: besideLog + "expire team/fluentbit@f1\nnow", action: past.Undo, want: "web:1", writes: update},
	{name: "an image that is perhaps the service's own is gone", story: "cluster prod\npush web:latest a1\npush team/fluentbit:stable f1\nregister web app=web:latest log=team/fluentbit:stable\nregister web app=web:latest log=team/fluentbit:stable cpu=512\ndeploy prod/web 1\npush web:latest a2\npush team/fluentbit:stable f2\ndeploy prod/web 2\nexpire team/fluentbit@f1",
		action: past.Blocked, words: []string{"of container log has moved", "--sidecar team/fluentbit"}, not: []string{"--no-pin"}},
	{name: "a pull-through cache's image has expired", story: "cluster prod\npush ecr-public/shop/web:v1\nregister web app=ecr-public/shop/web:v1\nregister web v2\nservice prod/web breaker=rollback\ndeploy prod/web 1 2\nexpire ecr-public/shop/web:v1", action: past.Undo, want: "web:1", writes: update, state: RolledBack, ends: "web:2",
		words: []string{"ECS pulls it again"}, moves: true},

	// What never ran a task is not what ran before.
	{name: "deployed at a desired count of 0", story: "cluster prod\nat -5d\nregister web v1 v2 v3 v4\nservice prod/web desired=2\ndeploy prod/web 1\ndesired prod/web 0\ndeploy prod/web 2 3\nat -2h\ndeploy prod/web 4\ndesired prod/web 2\nnow", action: past.Undo, want: "web:1", writes: update,
		words: []string{"web:3, web:2 were deployed with a desired count of 0"}},
	{name: "the only deployment failed", story: "cluster prod\nregister web v1\nbad web:1\nservice prod/web desired=2 breaker=rollback\ndeploy prod/web 1", action: past.Unchanged, words: []string{"nothing runs: its only deployment, of web:1, failed"}},
	{name: "a status that is not known", story: seven + "deploy prod/web 3 4 5\nstatus-of prod/web PAUSED", action: past.Blocked, words: []string{"PAUSED"}},
	{name: "the list is behind", story: "cluster prod\nat -5h\nregister web v1 v2 v3 v4 v5\ndeploy prod/web 3 4\nnow\nlag list=1h\ndeploy prod/web 5 !wait", action: past.Undo, want: "web:4", writes: native, moves: true},
	{name: "the list is behind a copy", story: "cluster prod\nat -5h\npush web:latest a1\nregister web app=web:latest\ndeploy prod/web 1\npush web:latest a2\nforce prod/web\nnow\nregister web app=web@a1\nlag list=1h\ndeploy prod/web 2", action: past.Unchanged},
	{name: "the list is behind a return", story: "cluster prod\nat -5h\nregister web v1 v2 v3 v4 v5\ndeploy prod/web 3 4\nnow\nlag list=1h\ndeploy prod/web 3", action: past.Unchanged},
	{name: "the breaker, and the good one is older than the list", story: "cluster prod\nat -300d\nregister web v1 v2 v3 v4 v5 v6 v7 v8 v9\nremember nothing\nservice prod/web breaker=rollback\nat -200d\ndeploy prod/web 7 8\nat -1h\nbad web:9\ndeploy prod/web 9\nnow", action: past.Unchanged,
		words: []string{"ECS already rolled back web:9 to web:8"}},
	// What the oldest listed deployment replaced is part of the history, too.
	{name: "older than the list, forced with a bad image", story: olderTag + "at -1h\npush web:latest bad\nforce prod/web\nnow", action: past.Undo, want: "web:1", writes: copied, ends: "web:2", not: []string{"guess"}},
	{name: "older than the list, and the tag put back", story: olderTag + "at -2h\npush web:latest bad\nforce prod/web\nat -1h\npush web:latest good\nforce prod/web\nnow", action: past.Unchanged, words: []string{"already rolled back"}, not: []string{"probably"}},
	{name: "older than the list, by hand in vain", story: olderTag + "at -2h\npush web:latest bad\nregister web app=web:latest env.BUILD=2\ndeploy prod/web 2\nat -1h\ndeploy prod/web 1\nnow", action: past.Undo, want: "web:1", writes: copied, ends: "web:3",
		words: []string{"the tag of app started the image of web:2 again"}},
	{name: "older than the list, registered anew", story: older + "at -2h\nregister web app=web:v2 env.BUILD=2\ndeploy prod/web 2\nat -1h\nregister web app=web:v1 env.BUILD=3\ndeploy prod/web 3\nnow", action: past.Unchanged,
		words: []string{"another task definition with the images of web:1"}},
	{name: "older than the list, in another family", story: older + "at -2h\nregister web2 app=web:v2\ndeploy prod/web web2:1\nat -1h\ndeploy prod/web 1\nnow", action: past.Unchanged},
	{name: "older than the list, its body registered anew after a rollback by ECS", story: older + "service prod/web breaker=rollback\nat -3h\nregister web v2\nbad web:2\ndeploy prod/web 2\nat -1h\nregister web app=web:v1 env.BUILD=1\ndeploy prod/web 3\nnow",
		action: past.Unchanged, words: []string{"ECS already rolled back web:2"}},
	{name: "older than the list, its body registered anew", guess: true, story: older + "at -1h\nregister web app=web:v1 env.BUILD=1\ndeploy prod/web 2\nnow", action: past.Unchanged, not: []string{"already rolled back"}},
	{name: "older than the list, by its number", story: olderTag + "at -1h\npush web:latest bad\nregister web app=web:latest env.BUILD=2\ndeploy prod/web 2\nnow", to: "1", action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "older than the list, its revision lost, registered anew", story: older + "at -2h\nregister web app=web:v2 env.BUILD=2\ndeploy prod/web 2\nat -1h\nregister web app=web:v1 env.BUILD=3\ndeploy prod/web 3\nnow\nmissing prod/web 1", action: past.Unchanged,
		words: []string{"probably already rolled back from web:2"}, not: []string{"copy of"}},
	{name: "older than the list, its revision lost, by hand in vain", story: olderTag + "at -2h\npush web:latest bad\nregister web app=web:latest env.BUILD=2\ndeploy prod/web 2\nmissing prod/web 1\nat -1h\ndeploy prod/web 1\nnow", action: past.Blocked,
		words: []string{"an image of web:2 still runs"}, not: []string{"already rolled back"}},
	{name: "a lost record, and a guess that is inactive", guess: true, story: "cluster prod\nat -20d\nregister web v1 v2\nservice prod/web desired=1\ndeploy prod/web 1\nat -1d\ndeploy prod/web 2\nderegister web:1\nnow\nmissing prod/web 1", action: past.Undo, want: "web:1", writes: copied, ends: "web:3"},
	{name: "an identical copy, forced with new code", story: "cluster prod\nat -130d\npush web:latest d1\nregister web web:latest web:latest\nservice prod/web desired=1\ndeploy prod/web 1\nat -66d\ndeploy prod/web 2\nat -4d\npush web:latest d2\nforce prod/web\nnow", action: past.Undo, want: "web:2", writes: copied,
		ends: "web:3", not: []string{"already rolled back"}},
	{name: "two branches, in the other order", story: older + "at -30d\nforce prod/web\nat -2d\nregister web v2 v3\nat -1d\ndeploy prod/web 3\nat -1h\ndeploy prod/web 2\nnow", action: past.Undo, want: "web:3", writes: update},
	{name: "a revision that was only built", guess: true, story: "cluster prod\nat -120d\nregister web v1 v2\nservice prod/web desired=2\ndeploy prod/web 1\nat -95d\ndeploy prod/web 2\nat -60d\nforce prod/web\nat -10d\nregister web v3\nat -1d\nforce prod/web\nnow",
		action: past.Undo, want: "web:1", writes: update, words: []string{"a guess"}, not: []string{"already rolled back"}},
	{name: "no history, and the guess names the same tag", guess: true, story: "cluster prod\nat -10d\npush web:latest good\nregister web app=web:latest env.BUILD=1\nservice prod/web desired=2\ndeploy prod/web 1\nat -2h\npush web:latest bad\nregister web app=web:latest env.BUILD=2\ndeploy prod/web 2\nnow\ndeny ListServiceDeployments",
		action: past.Blocked, words: []string{"the guess, web:1, names the same images as web:2", "--to web:1"}},
	{name: "the source is outside the list", story: "cluster prod\nat -300d\nregister web v1 v2 v3 v4 v5 v6 v7 v8\nremember nothing\nat -200d\ndeploy prod/web 5\nat -1h\ndeploy prod/web 8\nnow", action: past.Undo, want: "web:5", writes: update, not: []string{"guess"}},
}

func TestReturns(t *testing.T) {
	for _, h := range returnHistories {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.run(t)
		})
	}
}
