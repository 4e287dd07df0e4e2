package commands

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The file that the help shows is a right one, with every key there is.
func TestConfigHelp(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(configCommand().Description, "All keys:\n")
	block, _, _ := strings.Cut(rest, "\nOf each")
	file := filepath.Join(t.TempDir(), "ecsundo.yml")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(block, "\n    ", "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := readFile(file, true)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sortedKeys(all), keyNames(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	var got []string
	for _, k := range settingKeys() {
		got = append(got, strings.TrimPrefix(k.variable(), "ECSUNDO_"))
	}
	want := []string{"BUCKET_OWNER", "CLUSTER", "EXCEPT", "ONLY", "OUTPUT", "PROFILE", "REGION", "REPOSITORIES", "SIDECARS", "STORE", "TIMEOUT"}
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
		all, err := settingsFile{name: "file", directory: "/d"}.parse(text)
		var bad *failure
		if err != nil && (!errors.As(err, &bad) || bad.status != statusUsage || bad.hint == "" || !place.MatchString(err.Error())) {
			t.Errorf("%q: %v", text, err)
		}
		for name, s := range all {
			key, _ := findKey(name)
			for _, value := range s.values {
				if err := key.checkValue(value); err != nil {
					t.Errorf("%q: %v", text, err)
				}
			}
		}
	})
}
