package past

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestMisfits(t *testing.T) {
	const body = `{"networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],
		"containerDefinitions":[{"name":"app","portMappings":[{"containerPort":8080,"name":"http"}]},{"name":"log","firelensConfiguration":{"type":"fluentbit"}},{"name":"envoy"}],
		"volumes":[{"name":"data","configuredAtLaunch":true},{"name":"tmp"}],"proxyConfiguration":{"containerName":"envoy"}}`
	fits := Configuration{
		Balanced: []Target{{"app", 8080}}, Registered: []Target{{"app", 8080}, {"app", 0}}, ConnectPorts: []string{"http"},
		Volumes: []string{"data"}, LaunchType: "FARGATE", Network: true,
	}
	for _, c := range []struct {
		name   string
		change func(*Configuration)
		want   string
	}{
		{"fits", func(*Configuration) {}, ""},
		{"load balancer", func(c *Configuration) { c.Balanced = []Target{{"app", 9090}} }, "the load balancer needs port 9090 of container app"},
		{"load balanced container", func(c *Configuration) { c.Balanced = []Target{{"web", 8080}} }, "of container web"},
		{"registry", func(c *Configuration) { c.Registered = []Target{{"web", 80}} }, "the service registry needs port 80 of container web"},
		{"Service Connect", func(c *Configuration) { c.ConnectPorts = []string{"grpc"} }, "a port named grpc"},
		{"a volume more", func(c *Configuration) { c.Volumes = []string{"data", "more"} }, "the volume more at launch"},
		{"a volume less", func(c *Configuration) { c.Volumes = nil }, "its volume data has to be configured"},
		{"launch type", func(c *Configuration) { c.LaunchType = "EC2" }, "it is for FARGATE, and the service runs on EC2"},
		{"capacity provider", func(c *Configuration) { c.LaunchType, c.CapacityProviders = "", []string{"FARGATE_SPOT"} }, ""},
		{"network", func(c *Configuration) { c.Network = false }, "no network configuration"},
	} {
		t.Run(c.name, func(t *testing.T) {
			given := fits
			c.change(&given)
			got := strings.Join((&Definition{Body: json.RawMessage(body)}).Misfits(given), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got, want := (&Definition{Body: json.RawMessage(body)}).Helpers(), []string{"log", "envoy"}; !slices.Equal(got, want) {
		t.Errorf("helpers: got %v, want %v", got, want)
	}
}
