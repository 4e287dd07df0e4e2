// Package ecstest simulates the part of AWS that ecsundo calls: ECS, the images of ECR, CodeDeploy for ECS services, the rules
// and schedules of EventBridge that run tasks, and STS's GetCallerIdentity, over their own protocols, from memory. It backs the
// tests, the benchmarks and the command "ecsundo sandbox", and shares no code with the client that it tests.
//
//	aws := ecstest.New()
//	err := aws.Tell(`
//	    cluster prod
//	    register web v1 v2 v3
//	    deploy prod/web 1 2 3
//	`)
//	endpoint := httptest.NewServer(aws)
//
// One [Server] is one account; it tells services apart by X-Amz-Target or the path, and regions by the signature's scope. Signatures
// are not checked. It is as strict as ECS: page sizes, limits, error types and texts are those of the documentation and of
// captured answers; where neither says, a comment names the choice.
//
// # Time
//
// Everything that takes time happens on the server's own clock. It stands still, and moves by a step (5 s) after every
// DescribeServices, DescribeServiceDeployments and GetDeployment call, so that a client that polls sees progress without anyone
// sleeping; by [Server.Advance]; and in stories. With "speed 1" it runs with the real one instead, with "speed 10" ten times as
// fast. It begins one hour before the real present, so that what a story deploys is not in the client's future.
//
// Every answer has a Date, of AWS's own clock: the real time, and the skew that a story sets. The simulated time has nothing to
// do with it, but that both are about the same where a story does not say otherwise. A request whose X-Amz-Date is more than
// five minutes off is refused.
//
// # Stories
//
// A world is told in lines: a verb, arguments, options (key=value) and flags (!wait). Quotes, ' or ", keep words together;
// # begins a comment. {web,api} and {001..150} repeat a line, several braces in step; deployments of such a line go on at
// the same time. Durations are 90s, 2h30m, 3d.
//
// The world and its time:
//
//	account 123456789012        before everything else
//	region eu-west-1            what follows plays there
//	cluster prod                also the cluster of services that are named without one
//	clock 2026-11-22T10:00:00Z  what "now" is (first line, please); the clock is set to an hour before
//	at -3d                      goes to now minus 3 days, or to a time; back only before anything was deployed
//	now                         goes to now, unless it is later already
//	advance 2h                  goes on
//	step 5s                     how far polling moves the clock; 0: not at all
//	skew 25m                    AWS's clock is so much ahead of the client's machine, or behind with -25m (early, please)
//	speed 1                     lets the clock run with the real one, or so many times as fast; 0: not at all
//	wait [prod/web]             until the rollouts have ended, hang, or wait at a pause hook
//
// Definitions and images. In image names, what has no host is in the ECR of the account and region: web:v1, team/web:v1,
// web@a1. Digests are words: [Digest] says what a1 is.
//
//	register web v1 v2 v3       three revisions of the family web, container app on the images web:v1, web:v2, web:v3
//	register web app=web:v4 agent=docker.io/agent:7 port=8080/http env.MODE=fast tag.team=blue cpu=512 memory=1024
//	                            role=task execution-role=pull network=bridge launch=EC2 'json={"ipcMode":"host"}'
//	deregister web:2 · delete web:1 · purge web:1    INACTIVE · also DELETE_IN_PROGRESS · gone for good
//	bad web:3 exit=1            its tasks never get healthy; also image=web:v3, digest=a1; good takes it back. Instead of exit=1,
//	                            which is usual: pull, health, capacity (cannot be placed), or slow=3m (gets healthy, but late)
//	push web:latest a2          moves the tag; index=b1,b2 makes a2 an index, records=b1 what ECS records as having run
//	untag web:v1 · expire web:v1 · archive web:v1 · activate web:v1    also web@a1
//
// An image that a story's register names is pushed with it, as digest web:v1, unless its repository has it, or the line
// says !unpushed. Tasks whose image is not in a repository that has been pushed to, or not ACTIVE, fail.
//
// Services and their rollouts:
//
//	service prod/web desired=3 rollout=20s drain=5m family=web breaker=rollback|stop|off tag.aws:cloudformation:stack-name=x
//	service prod/web strategy=BLUE_GREEN|LINEAR|CANARY bake=5m step=20 step-bake=1m canary=10 canary-bake=5m alarms=errors
//	service prod/web pause=POST_SCALE_UP,… pause-timeout=1h pause-action=CONTINUE     pause hooks in these stages
//	service prod/web scheduling=DAEMON !express arn=short status=DRAINING controller=EXTERNAL
//	service prod/web controller=CODE_DEPLOY application=shop group=web ready=10m traffic=2s terminate=5m !autorollback
//	service prod/web subnets=subnet-a,subnet-b lb=app:8080|classic platform=1.4.0 launch=EC2 capacity=FARGATE_SPOT
//	                 connect=NAMESPACE registry=NAME volume=NAME networkConfiguration='{…}' !unfit
//	deploy prod/web 1 2 web:3   rolls out one after the other (a number is a revision of the service's family), and waits
//	deploy prod/web 4 !wait     leaves it in flight, begun (!now: not even begun); every=1d between several
//	force prod/web              the same definition again
//	config prod/web subnets=subnet-b    deploys another configuration of the same definition (or: config prod/web 4 subnets=…)
//	desired prod/web 5 · status prod/web DRAINING · tag prod/web key=value
//	rollback prod/web           StopServiceDeployment on what is in flight; "toolate prod/web" before makes it lose the race
//	stop prod/web               what is in flight stops without a rollback
//	alarm prod/web [NAME]       an alarm goes off: rolls back
//	continue prod/web [ROLLBACK]    answers pause hooks
//
// The first deploy of a service with another controller makes its task set; from then on those of CODE_DEPLOY are CodeDeploy
// deployments, to which rollback, stop, alarm and continue (of one that is Ready) apply as well. Those of EXTERNAL replace the
// task set, or leave the old one ACTIVE beside it with !keep.
//
// A service needs no service line: deploy makes one with one task. A failing rollout without a circuit breaker hangs in
// flight for ever; with one it ends before deploy does. All of deploy, force, config, rollback, stop, alarm and continue
// wait for the rollout's end, its hanging, or a pause hook, unless the line says !wait. A story's deploy is as strict as
// UpdateService: an INACTIVE definition is refused, and what runs already needs force. Only whether a definition fits the service
// (its containers and ports behind load balancers, in registries and for Service Connect, volumes, launch type, network mode) do
// stories not look at; UpdateService does, unless the service is !unfit.
//
// What runs by the clock, in EventBridge and EventBridge Scheduler; said again, a line changes what is there:
//
//	rule prod/nightly job:3     a rule with a target that runs job:3 in the cluster prod; more definitions are more targets, and
//	                            job alone is its newest revision. bus=orders schedule='rate(1 day)' pattern='{…}' state=DISABLED
//	                            managed=ecs.amazonaws.com refuses=InternalFailure (of each entry of PutTargets)
//	schedule prod/nightly job:3 a schedule. group=jobs expression='cron(0 3 * * ? *)' timezone=Europe/Berlin state=DISABLED
//	                            call=runTask has a universal target that calls this of ECS, with a name and a short definition;
//	                            input='{…}' instead
//	                            also='{"Description":"…"}' (members beside the target)
//
// Both take role=events count=1 subnets=subnet-a tag.team=blue, and json= with members of the target: what a json has stands above
// the rest, and is kept even if nobody knows it.
//
// History that is gone:
//
//	forget prod/web keep=1      the list begins with the newest deployment; keep=0: it is empty, DescribeServices is as before
//	remember nothing            what runs leaves the list when it is old, like all others; remember current: it stays
//	missing prod/web 2          DescribeServiceRevisions does not find the revisions with web:2; without a number, any
//	status-of prod/web PAUSED entry=2    the newest service deployment but one has this status, whatever it is
//	unsupported prod/web        UnsupportedFeatureException from ListServiceDeployments
//
// Service deployments older than 90 days, and of before 2024-10-25, are gone by themselves; whether the one that runs is spared
// is not known, see [RemembersCurrent]. Their service revisions can still be described, unless missing.
//
// Trouble. Operations are patterns: UpdateService, ecs:UpdateService, Describe*, ecr:*, *. body=web picks the requests whose
// body contains web. They concern calls, never the lines of a story:
//
//	deny ListServiceDeployments ecr:*     AccessDeniedException; allow [OPERATION…] takes it back
//	fault UpdateService nth=3 kind=lost   the third such call from here on; nth=2..5, nth=2.. (no end), every=4
//	when DescribeServices nth=2 'deploy prod/web 5 !wait'    what somebody else does just before that call is answered
//	heal                                  no more of fault and when
//	lag register=2 deregister=1 update=3 current=2 list=30s complete=38s    see below
//	throttle on                           the documented buckets; rate=10 refills faster, level=0 begins with empty ones,
//	                                      clock=simulated refills by the simulated clock; throttle off
//	latency 60ms                          real time that each call takes
//
//	odd twice prod/web          ListServices names it twice; odd left-out prod/web, odd failure prod/web: DescribeServices does
//	                            not have it, or as a failure; odd stale prod/web: the next answer of it is what it would be now;
//	                            odd endless ListServices: the same nextToken for ever; odd nothing
//	require-tag team            AccessDeniedException, by a service control policy, for registrations without that tag
//	require-tag team by=role    the same, by the role's own policy, so that IAM's simulation shows it
//
// A fault's kind is reset (no answer, nothing done), lost (done, then no answer), hang and late (the same two, but the
// client has to give up), html (200 with a web page), body (200 with text='{}'), 403, 502 or 504 (with a web page), another HTTP
// status like 503, or the type of an error. With done behind it (504done, bodydone, htmldone) the call is carried out before it
// is answered so. To the type of an error message= may be added: kind=ExpiredTokenException, kind=ClientException (which says "Too many concurrent attempts …").
//
// lag is for how many calls something that has just changed is not seen: register: a new definition is not found; deregister:
// UpdateService still accepts it; update: DescribeServices shows the service as before; current: currentServiceDeployment is
// blank in UpdateService's answer and after, one answer if not said otherwise. list is not a number of calls: ListServiceDeployments shows a service deployment
// only when it is so old by the simulated clock, a second if not said otherwise; DescribeServices has it as PRIMARY at once.
// What a story's deploy leaves in flight is listed, unless it is left with !now or the lag is longer than a second. complete
// is the time, 3 s if not said otherwise, from a service deployment's SUCCESSFUL or ROLLBACK_SUCCESSFUL to the COMPLETED of the
// entry in deployments[], and to the end of the others; story lines that wait do not wait for it, they make it so.
package ecstest
