package ecstest

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// deploymentConfiguration is what we read of a service's deploymentConfiguration; the service keeps all that was sent.
type deploymentConfiguration struct {
	Strategy string  `json:"strategy"`
	Bake     float64 `json:"bakeTimeInMinutes"`
	Breaker  struct {
		Enable   bool `json:"enable"`
		Rollback bool `json:"rollback"`
	} `json:"deploymentCircuitBreaker"`
	Alarms struct {
		Names    []string `json:"alarmNames"`
		Enable   bool     `json:"enable"`
		Rollback bool     `json:"rollback"`
	} `json:"alarms"`
	Linear struct {
		Percent float64  `json:"stepPercent"`
		Bake    *float64 `json:"stepBakeTimeInMinutes"`
	} `json:"linearConfiguration"`
	Canary struct {
		Percent float64  `json:"canaryPercent"`
		Bake    *float64 `json:"canaryBakeTimeInMinutes"`
	} `json:"canaryConfiguration"`
	Hooks []hookConfiguration `json:"lifecycleHooks"`
}

// settings reads the service's deploymentConfiguration.
func (sv *service) settings() deploymentConfiguration {
	var d deploymentConfiguration
	if raw := sv.options["deploymentConfiguration"]; raw != nil {
		json.Unmarshal(mustMarshal(raw), &d) // what does not fit was refused when it was set
	}
	if d.Strategy == "" {
		d.Strategy = "ROLLING"
	}
	return d
}

// deploymentConfiguration is how the service is deployed, as answers have it.
func (sv *service) deploymentConfiguration() any {
	if set := sv.options["deploymentConfiguration"]; set != nil {
		return set
	}
	return object{
		"deploymentCircuitBreaker": object{"enable": false, "rollback": false}, "maximumPercent": 200,
		"minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0,
	}
}

// monitors gives the first state of a rollout's circuit breaker and alarms.
func (d *deploymentConfiguration) monitors() (breaker, alarm string) {
	breaker, alarm = "DISABLED", "DISABLED"
	if d.Breaker.Enable {
		breaker = "MONITORING"
	}
	if d.Alarms.Enable {
		alarm = "MONITORING"
	}
	return breaker, alarm
}

// A stage is one part of a rollout: how long it takes, and the traffic in percent on the new revision during it.
type stage struct {
	name   string // lifecycleStage; empty for ROLLING
	takes  time.Duration
	weight float64 // of production traffic
	test   float64
}

// quick is how long the stages take that only do something and are done. Made up.
const quick = 2 * time.Second

// stages are what r goes through, by its strategy.
func (d *deploymentConfiguration) stages(r *rollout) []stage {
	takes := r.service.rollout
	if r.target.slow() > 0 {
		takes += r.target.slow()
	}
	if d.Strategy == "ROLLING" {
		return []stage{{takes: takes + r.service.draining, weight: 100}}
	}
	var all []stage
	if len(r.source) > 1 {
		all = append(all, stage{name: "RECONCILE_SERVICE", takes: quick})
	}
	all = append(all,
		stage{name: "PRE_SCALE_UP", takes: quick},
		stage{name: "SCALE_UP", takes: takes},
		stage{name: "POST_SCALE_UP", takes: quick},
		stage{name: "TEST_TRAFFIC_SHIFT", takes: quick, test: 100},
		stage{name: "POST_TEST_TRAFFIC_SHIFT", takes: quick, test: 100},
		stage{name: "PRE_PRODUCTION_TRAFFIC_SHIFT", takes: quick, test: 100},
	)
	all = append(all, d.shifts()...)
	return append(all,
		stage{name: "POST_PRODUCTION_TRAFFIC_SHIFT", takes: quick, weight: 100, test: 100},
		stage{name: "BAKE_TIME", takes: minutes(d.Bake), weight: 100, test: 100},
		stage{name: "CLEAN_UP", takes: quick, weight: 100},
	)
}

// shifts are the steps of the production traffic. The defaults are those of the API reference.
func (d *deploymentConfiguration) shifts() []stage {
	shift := func(weight float64, takes time.Duration) stage {
		return stage{name: "PRODUCTION_TRAFFIC_SHIFT", takes: takes, weight: weight, test: 100}
	}
	switch d.Strategy {
	case "CANARY":
		return []stage{shift(or(d.Canary.Percent, 5), minutesOr(d.Canary.Bake, 10)), shift(100, quick)}
	case "LINEAR":
		var all []stage
		step := max(3, or(d.Linear.Percent, 10))
		for weight := step; weight < 100; weight += step {
			all = append(all, shift(weight, minutesOr(d.Linear.Bake, 6)))
		}
		return append(all, shift(100, quick))
	}
	return []stage{shift(100, quick)}
}

func or(value, standard float64) float64 {
	if value == 0 {
		return standard
	}
	return value
}

func minutesOr(value *float64, standard float64) time.Duration {
	if value == nil {
		return minutes(standard)
	}
	return minutes(*value)
}

func minutes(m float64) time.Duration { return time.Duration(m * float64(time.Minute)) }

// enter takes r into its i-th stage. A pause hook there holds it.
func (r *rollout) enter(i int) {
	if i >= len(r.stages) {
		r.succeed()
		return
	}
	st := r.stages[i]
	r.at, r.weight, r.test, r.updated = i, st.weight, st.test, r.now()
	if st.name == "" || st.name == "SCALE_UP" {
		if r.target.fails() {
			r.struggle()
			return
		}
		r.scaleUp(st)
	}
	if r.pause(st.name) {
		return
	}
	r.after(st.takes, r.proceed)
}

// proceed leaves the present stage for the next.
func (r *rollout) proceed() { r.enter(r.at + 1) }

// scaleUp starts the new tasks. The old ones go meanwhile (ROLLING), or when all is done; where connections take time to drain,
// they go after it.
func (r *rollout) scaleUp(st stage) {
	sv := r.service
	slow := r.target.slow()
	r.deployment.running = ramp{to: sv.desired, start: r.now().Add(slow), takes: sv.rollout}
	sv.server().after(slow+sv.rollout, r.isUp)
	if st.name != "" {
		return
	}
	for _, d := range sv.deployments {
		if d != r.deployment {
			n := d.running.at(r.now())
			d.running = ramp{from: n, start: r.now().Add(slow + sv.draining), takes: sv.rollout}
			sv.leave(d, n, r.now().Add(st.takes), r.deployment.id)
		}
	}
}

// isUp says that the new tasks run, and that the old ones go.
func (r *rollout) isUp() {
	sv := r.service
	if r.ended() && r.status != "SUCCESSFUL" || r.deployment != sv.primary() || sv.desired == 0 {
		return
	}
	sv.event("(service %s) has started %d tasks: %s.", sv.name, sv.desired, taskNames{sv, r.deployment.id, sv.desired})
	arn := r.target.targetGroup()
	if arn != "" {
		sv.event("(service %s) registered %d targets in (target-group %s)", sv.name, sv.desired, arn)
	}
	for _, f := range sv.formers {
		if f.by != r.deployment.id {
			continue
		}
		if arn != "" {
			sv.event("(service %s) deregistered %d targets in (target-group %s)", sv.name, f.count, arn)
			sv.event("(service %s) has begun draining connections on %d tasks.", sv.name, f.count)
		}
		sv.event("(service %s) has stopped %d running tasks: %s.", sv.name, f.count, taskNames{sv, f.group, f.count})
	}
}

// taskNames are tasks of a deployment as events list them; of many the first ten.
type taskNames struct {
	service *service
	group   string
	n       int
}

func (t taskNames) String() string {
	var all []string
	for i := range min(t.n, 10) {
		all = append(all, "(task "+taskID(t.service, t.group, strconv.Itoa(i))+")")
	}
	return strings.Join(all, " ")
}
