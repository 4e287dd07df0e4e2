package past

import (
	"fmt"
	"slices"

	"github.com/gobwas/glob"
)

// WellKnownSidecars are globs over the names of images that are nobody's release: agents, log routers, proxies. Their digests
// make no version of a service.
var WellKnownSidecars = []string{
	"aws-appmesh-envoy", "aws-for-fluent-bit", "aws-otel-collector", "aws-xray-daemon", "cloudwatch-agent", "ecs-service-connect-agent",
	"crowdstrike/falcon-*", "datadog/{agent,datadog-agent}", "datadoghq/agent", "dynatrace/oneagent", "envoyproxy/envoy", "fluent/{fluent-bit,fluentd}",
	"grafana/{agent,alloy,promtail}", "hashicorp/consul-{dataplane,ecs}", "newrelic/{infrastructure*,newrelic-fluentbit-output}",
	"opentelemetry-collector*", "splunk/splunk-otel-collector", "sysdig/agent", "xray-daemon",
}

// Sidecars makes the test for [Rules] of globs over image names without tag: those given, and the well-known ones. A glob
// matches a whole name, or its end from a slash on: datadog-agent matches docker.io/tools/datadog-agent. A star stands for any
// text, and {a,b} for either.
func Sidecars(globs []string) (func(Image) bool, error) {
	var all []*glob.Pattern
	for _, g := range slices.Concat(globs, WellKnownSidecars) {
		for _, pattern := range []string{g, "*/" + g} {
			compiled, err := glob.Compile(pattern)
			if err != nil {
				return nil, fmt.Errorf("%q is not a pattern: %w", g, err)
			}
			all = append(all, compiled)
		}
	}
	return func(i Image) bool {
		name := ParseReference(i.Reference).Name
		return slices.ContainsFunc(all, func(g *glob.Pattern) bool { return g.Match(name) })
	}, nil
}
