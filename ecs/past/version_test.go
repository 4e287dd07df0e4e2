package past

import (
	"slices"
	"testing"
)

func TestVersionsAreTheSame(t *testing.T) {
	const ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"
	v := func(n int, images ...Image) Version {
		return Version{TaskDefinition: TaskDefinition{"web", n}, Images: images}
	}
	image := func(name, reference, digest string) Image {
		return Image{Container: name, Reference: reference, Digest: digest}
	}
	a1, a2, unknown := image("app", ecr+"web:latest", "sha256:a1"), image("app", ecr+"web:latest", "sha256:a2"), image("app", ecr+"web:latest", "")
	copied := v(9, image("app", ecr+"web@sha256:a1", "sha256:a1"))
	copied.Origin = TaskDefinition{"web", 1}
	sidecar := func(globs ...string) Rules {
		match, err := Sidecars(globs)
		if err != nil {
			t.Fatal(err)
		}
		return Rules{Sidecar: match}
	}
	for _, test := range []struct {
		name  string
		rules Rules
		a, b  Version
		want  bool
	}{
		{"the same", Rules{}, v(1, a1), v(1, a1), true},
		{"another definition", Rules{}, v(1, a1), v(2, a1), false},
		{"moved", Rules{}, v(1, a1), v(1, a2), false},
		{"unknown digest", Rules{}, v(1, a1), v(1, unknown), true},
		{"no images recorded", Rules{}, v(1, a1), v(1), true},
		{"a copy", Rules{}, v(1, a1), copied, true},
		{"a copy of what ran other images", Rules{}, v(1, a2), copied, false},
		{"a sidecar moved", sidecar("web"), v(1, a1), v(1, a2), true},
		{"a sidecar by its whole name", sidecar(ecr + "web"), v(1, a1), v(1, a2), true},
		{"one of two sidecars", sidecar("{agent,web}"), v(1, a1), v(1, a2), true},
		{"another sidecar", sidecar("agent"), v(1, a1), v(1, a2), false},
		{"not in private ECR", Rules{}, v(1, image("app", "docker.io/web:1", "sha256:a1")), v(1, image("app", "docker.io/web:1", "sha256:a2")), false},
		{"unknown versions", Rules{}, Version{}, Version{}, false},
	} {
		c := newComparing(test.rules, []Version{test.a, test.b}, nil)
		if got := c.strictly(test.a, test.b); got != test.want || c.strictly(test.b, test.a) != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

func TestPrivateECR(t *testing.T) {
	for reference, region := range map[string]string{
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:v1":            "eu-west-1",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/web":          "eu-west-1",
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web:v1":        "cn-north-1",
		"123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/web@sha256:a": "us-east-1",
		"123456789012.dkr-ecr.eu-west-1.on.aws/web:v1":                   "eu-west-1",
		"123456789012.dkr-ecr-fips.us-east-1.on.aws/web:v1":              "us-east-1",
		"123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu/web":           "eusc-de-east-1",
		"123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov/web":              "us-iso-east-1",
		"public.ecr.aws/web:v1":                                          "", "docker.io/web:v1": "", "web:v1": "", "localhost:5000/web:v1": "", "": "",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com": "", "12.dkr.ecr.eu-west-1.amazonaws.com/web": "",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/web": "",
	} {
		if got := ParseReference(reference); got.Region != region || got.PrivateECR() != (region != "") {
			t.Errorf("%s: %+v, want %q", reference, got, region)
		}
	}
	if r := ParseReference("localhost:5000/web"); r.Tag != "" || r.Name != "localhost:5000/web" {
		t.Errorf("%+v", r)
	}
}

// TestImagesAreKept: a deployment of which ECS recorded no images does not take away what is known of the version's.
func TestImagesAreKept(t *testing.T) {
	t.Parallel()
	version := Version{TaskDefinition: TaskDefinition{"web", 1}}
	known := version
	known.Images = []Image{{Container: "app", Reference: "web:latest", Digest: "sha256:a1"}}
	s := &stack{comparing: newComparing(Rules{}, nil, nil)}
	for _, v := range []Version{known, version} {
		s.arrive(Visit{Version: v})
	}
	if top := s.top(); len(s.visits) != 1 || !slices.Equal(top.Version.Images, known.Images) {
		t.Errorf("got %v", s.visits)
	}
}
