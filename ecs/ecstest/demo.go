package ecstest

// Demo is the story of the sandbox: a shop in the cluster demo, on the day when several teams released in one afternoon. Its
// clock runs with the real one, and rollouts take seconds.
//
//	web     3 replaced 2 forty minutes ago: one step back, to 2
//	api     7 replaced 4; 5 and 6 were registered and never deployed: back to 4
//	search  the version before, 2, has been deregistered since
//	worker  3 does not start, and there is no circuit breaker to stop it from trying
//	mail    has been the same for days, then got a new version with the others
//	nightly is no service but a schedule, which runs web's image every night: the release of forty minutes ago touched it too
const Demo = `
cluster demo
service demo/web    desired=3 rollout=6s breaker=rollback lb=app:8080
service demo/api    desired=2 rollout=5s breaker=rollback lb=app:9000
service demo/search desired=2 rollout=4s breaker=rollback
service demo/worker desired=2 rollout=5s
service demo/mail   desired=1 rollout=3s tag.team=post

at -9d
register web  2026-11-01 port=8080 env.FEATURES=basket
register api  r40 r41 r42 r43 port=9000
register search app=search:1.8 proxy=search-proxy:3.1
register worker b117 b118
register mail m3
deploy demo/{web,api,search,worker,mail} 1

at -5d
deploy demo/api 2 3 every=1d
deploy demo/worker 2

at -2d
register web 2026-11-18 port=8080 env.FEATURES=basket
deploy demo/web 2
register nightly app=web:2026-11-18
schedule demo/nightly nightly:1
deploy demo/api 4
register search app=search:1.9 proxy=search-proxy:3.1
deploy demo/search 2

at -3h
register api r44 r45 r46 port=9000
register search app=search:2.0-rc1 proxy=search-proxy:3.1
register mail m4
deploy demo/mail 2
at -2h
deploy demo/search 3
deregister search:2
at -1h
deploy demo/api 7
at -40m
register web 2026-11-22 port=8080 env.FEATURES=basket,express-checkout
deploy demo/web 3
register nightly app=web:2026-11-22
schedule demo/nightly nightly:2
at -15m
register worker b119
bad worker:3
deploy demo/worker 3
now
speed 1
`
