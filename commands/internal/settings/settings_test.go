package settings

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

func TestVariables(t *testing.T) {
	t.Parallel()
	var got []string
	for _, k := range keys() {
		got = append(got, strings.TrimPrefix(k.variable(), "ECSUNDO_"))
	}
	want := []string{"BUCKET_OWNER", "CI", "CLUSTER", "COPY_TAGS", "EXCEPT", "GUESS", "KMS_KEY", "ONLY", "OUTPUT", "PROFILE", "REGION", "REPOSITORIES", "SCHEDULES", "SIDECARS", "SSE", "STORE", "TIMEOUT"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSplitList(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"web":                {"web"},
		"web, api-*":         {"web", "api-*"},
		"{web,api}-*,mail":   {"{web,api}-*", "mail"},
		"{a,{b,c}},d":        {"{a,{b,c}}", "d"},
		"web,":               {"web", ""},
		"api-*=/src/a,web=b": {"api-*=/src/a", "web=b"},
	} {
		if got := splitList(text); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// Whatever is in the file, an error says where, and a value that is read is a right one.
func FuzzSettings(f *testing.F) {
	for _, text := range []string{
		"cluster: prod", "only: [a, b]\nexcept: c", "repositories:\n  web: ../x\n", "clutser: x", "only: [*x]", "a: &a [*a]", "? [a]\n: b", "--- \n...\n---\n", "cluster: !!null x",
	} {
		f.Add([]byte(text))
	}
	place := regexp.MustCompile(`^file(:\d+(:\d+)?)?: `)
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := textFile{name: "file", directory: "/d"}.parse(text)
		var bad *line.UsageError
		if err != nil && (!errors.As(err, &bad) || bad.Hint == "" || !place.MatchString(err.Error())) {
			t.Errorf("%q: %v", text, err)
		}
		for name, w := range all {
			key, _ := findKey(name)
			for _, value := range w.values {
				if err := key.checkValue(value); err != nil {
					t.Errorf("%q: %v", text, err)
				}
			}
		}
	})
}
