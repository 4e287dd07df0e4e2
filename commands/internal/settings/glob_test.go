package settings

import (
	"slices"
	"testing"
)

func TestWithoutBraces(t *testing.T) {
	t.Parallel()
	for glob, want := range map[string][]string{
		"web":             {"web"},
		"{web,api}":       {"web", "api"},
		"a{b,c{d,e}}f":    {"abf", "acdf", "acef"},
		"{a,b}/{c,d}":     {"a/c", "a/d", "b/c", "b/d"},
		"{a,}b":           {"ab", "b"},
		`\{a,b\}`:         {`\{a,b\}`},
		"aws/{x-ray,cw*}": {"aws/x-ray", "aws/cw*"},
	} {
		if got := WithoutBraces(glob); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", glob, got, want)
		}
	}
}

func TestImageMatcher(t *testing.T) {
	t.Parallel()
	tests := []struct {
		glob, reference string
		want            bool
	}{
		{"datadog-agent", "gcr.io/datadoghq/datadog-agent:7", true},
		{"datadog-agent", "my-datadog-agent:7", false},
		{"{datadog,fluent-bit}", "public.ecr.aws/x/fluent-bit@sha256:ab", true},
		{"aws/*", "public.ecr.aws/aws/x-ray:1", true},
		{"aws/*", "aws:1", false},
		{"localhost:5000/agent", "localhost:5000/agent", true},
		{"agent", "agent", true},
	}
	for _, test := range tests {
		glob, err := CompileGlob(test.glob)
		if err != nil {
			t.Fatal(err)
		}
		if got := ImageMatcher([]*Glob{glob})(test.reference); got != test.want {
			t.Errorf("%s and %s: got %v", test.glob, test.reference, got)
		}
	}
}
