package past

import (
	"testing"
)

func FuzzNames(f *testing.F) {
	for _, s := range []string{"web:1", "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1", "arn:aws:ecs:eu-west-1:123456789012:service/prod/web", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:v1@sha256:a", "a/*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseTaskDefinition(s); err == nil {
			if again, err := ParseTaskDefinition(d.String()); err != nil || again != d || d.Revision < 1 {
				t.Errorf("%q is %v, which is %v, %v", s, d, again, err)
			}
		}
		if a, err := ParseARN(s); err == nil && a.String() != s {
			t.Errorf("%q becomes %q", s, a)
		}
		if c, err := ParseClusterName(s); err == nil && !ValidName(c.Name) {
			t.Errorf("%q is cluster %q", s, c.Name)
		}
		if name, _, err := ParseServiceName(s); err == nil && !ValidName(name) {
			t.Errorf("%q is service %q", s, name)
		}
		i := Image{Reference: s}
		_ = i.Tag()
		if match, err := Sidecars([]string{s, "*"}); err == nil && !match(i) {
			t.Errorf("a star does not match %q", s)
		}
	})
}
