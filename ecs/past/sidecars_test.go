package past

import "testing"

func TestSidecars(t *testing.T) {
	for _, c := range []struct {
		globs []string
		image string
		want  bool
	}{
		{nil, "public.ecr.aws/datadog/agent:7", true},
		{nil, "datadog/agent:latest", true},
		{nil, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-public/aws-observability/aws-otel-collector:v0.40", true},
		{nil, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/agent:v1", false},
		{nil, "ghcr.io/shop/web@sha256:1", false},
		{[]string{"{datadog,fluent-bit}"}, "team/fluent-bit:stable", true},
		{[]string{"{datadog,fluent-bit}"}, "team/web:stable", false},
		{[]string{"agent"}, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:latest", true},
		{[]string{"aws/*"}, "public.ecr.aws/aws/thing:1", true},
		{[]string{"gent"}, "agent:latest", false},
	} {
		match, err := Sidecars(c.globs)
		if err != nil {
			t.Fatal(err)
		}
		if got := match(Image{Reference: c.image}); got != c.want {
			t.Errorf("%v, %s: got %v, want %v", c.globs, c.image, got, c.want)
		}
	}
	if _, err := Sidecars([]string{"{a"}); err == nil {
		t.Error("a pattern that is none is taken")
	}
}
