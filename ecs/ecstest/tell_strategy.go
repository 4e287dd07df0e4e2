package ecstest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// setGroup reads what CodeDeploy is to do.
func (sv *service) setGroup(l *sentence) error {
	if sv.controller != "CODE_DEPLOY" {
		return nil
	}
	g := sv.groupOf()
	g.application, g.name = l.option("application", g.application), l.option("group", g.name)
	g.autoRollback = g.autoRollback || l.flag("autorollback")
	for _, each := range []struct {
		key string
		d   *time.Duration
	}{{"ready", &g.ready}, {"traffic", &g.traffic}, {"terminate", &g.terminate}} {
		d, err := l.duration(each.key, *each.d)
		if err != nil {
			return err
		}
		*each.d = d
	}
	return nil
}

// setStrategy reads the deployment configuration.
func (sv *service) setStrategy(l *sentence) error {
	old, _ := sv.options["deploymentConfiguration"].(object)
	c := object{
		"strategy": "ROLLING", "maximumPercent": json.Number("200"), "minimumHealthyPercent": json.Number("100"),
		"bakeTimeInMinutes": json.Number("0"), "deploymentCircuitBreaker": object{"enable": false, "rollback": false},
	}
	if sv.scheduling == "DAEMON" {
		c["maximumPercent"], c["minimumHealthyPercent"] = json.Number("100"), json.Number("0")
	}
	for member, value := range old {
		c[member] = value
	}
	if strategy := l.option("strategy", ""); strategy != "" {
		if !strings.Contains(" ROLLING BLUE_GREEN LINEAR CANARY ", " "+strategy+" ") {
			return fmt.Errorf("strategy=%s: it is ROLLING, BLUE_GREEN, LINEAR or CANARY", strategy)
		}
		c["strategy"] = strategy
		if strategy != "ROLLING" {
			c["bakeTimeInMinutes"] = json.Number("5")
		}
	}
	switch mode := l.option("breaker", ""); mode {
	case "rollback", "stop", "off":
		c["deploymentCircuitBreaker"] = object{"enable": mode != "off", "rollback": mode == "rollback"}
	case "":
	default:
		return fmt.Errorf("breaker=%s: it is rollback, stop or off", mode)
	}
	if names := l.option("alarms", ""); names != "" {
		c["alarms"] = object{"alarmNames": anyList(names), "enable": true, "rollback": true}
	}
	if err := setSteps(c, l); err != nil {
		return err
	}
	if err := setHooks(c, l); err != nil {
		return err
	}
	sv.options["deploymentConfiguration"] = c
	return nil
}

// setSteps reads how much traffic a strategy moves and how long it waits.
func setSteps(c object, l *sentence) error {
	if l.has("bake") {
		m, err := inMinutes(l, "bake")
		if err != nil {
			return err
		}
		c["bakeTimeInMinutes"] = m
	}
	for _, k := range []struct{ prefix, config, percent, bake string }{
		{"step", "linearConfiguration", "stepPercent", "stepBakeTimeInMinutes"},
		{"canary", "canaryConfiguration", "canaryPercent", "canaryBakeTimeInMinutes"},
	} {
		steps := object{}
		if l.has(k.prefix) {
			steps[k.percent] = json.Number(l.option(k.prefix, ""))
		}
		if l.has(k.prefix + "-bake") {
			m, err := inMinutes(l, k.prefix+"-bake")
			if err != nil {
				return err
			}
			steps[k.bake] = m
		}
		if _, err := json.Marshal(steps); err != nil { // a number that is none
			return err
		}
		if len(steps) > 0 {
			c[k.config] = steps
		}
	}
	return nil
}

// setHooks reads pause=STAGE,STAGE with pause-timeout= and pause-action=.
func setHooks(c object, l *sentence) error {
	stages := l.option("pause", "")
	if stages == "" {
		return nil
	}
	hook := object{"targetType": "PAUSE", "lifecycleStages": anyList(stages)}
	if l.has("pause-timeout") || l.has("pause-action") {
		timeout := object{"timeoutInMinutes": json.Number("1440"), "action": l.option("pause-action", "ROLLBACK")}
		if l.has("pause-timeout") {
			m, err := inMinutes(l, "pause-timeout")
			if err != nil {
				return err
			}
			timeout["timeoutInMinutes"] = m
		}
		hook["timeoutConfiguration"] = timeout
	}
	c["lifecycleHooks"] = []any{hook}
	return nil
}

func inMinutes(l *sentence, key string) (json.Number, error) {
	d, err := l.duration(key, 0)
	return json.Number(strconv.FormatFloat(d.Minutes(), 'f', -1, 64)), err
}

func anyList(commas string) []any {
	var list []any
	for _, word := range strings.Split(commas, ",") {
		list = append(list, word)
	}
	return list
}
