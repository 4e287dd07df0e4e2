package past

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// A leaf is a value in a definition that the SDK knows: where it is, and a body with one value and with another.
type leaf struct {
	path          string
	before, after any
}

// leavesOf gives the leaves under a type, each wrapped in what is around it.
func leavesOf(t reflect.Type, path string) []leaf {
	switch t.Kind() {
	case reflect.Pointer:
		return leavesOf(t.Elem(), path)
	case reflect.Slice:
		var all []leaf
		for _, l := range leavesOf(t.Elem(), path+"[]") {
			all = append(all, leaf{l.path, []any{l.before}, []any{l.after}})
		}
		return all
	case reflect.Map:
		return []leaf{{path, map[string]any{"key": "marker-1"}, map[string]any{"key": "marker-2"}}}
	case reflect.Struct:
		var all []leaf
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				continue
			}
			name := strings.ToLower(f.Name[:1]) + f.Name[1:]
			for _, l := range leavesOf(f.Type, strings.TrimPrefix(path+"."+name, ".")) {
				before, after := map[string]any{name: l.before}, map[string]any{name: l.after}
				if _, named := byName[strings.TrimSuffix(path, "[]")]; named && strings.HasSuffix(path, "[]") && name != "name" {
					before["name"], after["name"] = "entry", "entry"
				}
				all = append(all, leaf{l.path, before, after})
			}
		}
		return all
	case reflect.Bool:
		return []leaf{{path, false, true}}
	case reflect.Int32, reflect.Int64, reflect.Int, reflect.Float32, reflect.Float64:
		return []leaf{{path, 41, 42}}
	}
	return []leaf{{path, "marker-1", "marker-2"}}
}

// TestDiffTellsOnlyWhatIsHarmless: whatever the SDK lets be registered is compared, and its value is told if it is listed, and
// not otherwise. A field that a new SDK brings is hidden until somebody lists it.
func TestDiffTellsOnlyWhatIsHarmless(t *testing.T) {
	t.Parallel()
	leaves := leavesOf(reflect.TypeFor[awsecs.RegisterTaskDefinitionInput](), "")
	if len(leaves) < 100 {
		t.Fatalf("only %d leaves: the test tests nothing", len(leaves))
	}
	seen := map[string]bool{}
	for _, l := range leaves {
		seen[l.path] = true
		body := func(v any) *Definition {
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return &Definition{Body: text}
		}
		changes := Diff(body(l.before), body(l.after))
		if len(changes) == 0 {
			t.Errorf("%s: no difference is found", l.path)
		}
		if name, ok := strings.CutSuffix(l.path, "[].name"); ok {
			if _, named := byName[name]; named {
				continue // it is what the change is called
			}
		}
		told := slices.ContainsFunc(changes, func(c Change) bool {
			return c.Before != "" && c.Before != "(set)" || c.After != "" && c.After != "(set)"
		})
		if told != harmless[l.path] {
			t.Errorf("%s: listed %v, told %v: %+v", l.path, harmless[l.path], told, changes)
		}
		for _, c := range changes {
			if strings.Contains(c.What, "marker") {
				t.Errorf("%s: told as a name: %+v", l.path, c)
			}
		}
	}
	for path := range harmless {
		if !seen[path] {
			t.Errorf("%s is listed, and no field of the SDK", path)
		}
	}
}

// TestDiffUnknown: a field that even the SDK does not know is compared and not told, wherever it is.
func TestDiffUnknown(t *testing.T) {
	t.Parallel()
	for _, template := range []string{
		`{"novelty":VALUE}`, `{"runtimePlatform":{"novelty":VALUE}}`, `{"containerDefinitions":[{"name":"app","novelty":VALUE}]}`,
		`{"volumes":[{"name":"data","dockerVolumeConfiguration":{"driver":"local","driverOpts":{"o":VALUE}}}]}`,
		`{"containerDefinitions":[{"name":"app","portMappings":[{"containerPort":80,"novelty":VALUE}]}]}`,
		`{"proxyConfiguration":{"type":"APPMESH","containerName":"envoy","properties":[{"name":"x","value":VALUE}]}}`,
	} {
		for _, values := range [][2]string{{`"swordfish"`, `"hunter2"`}, {`["swordfish"]`, `[]`}, {`{"a":"swordfish"}`, `{"a":"hunter2"}`}} {
			a := &Definition{Body: []byte(strings.ReplaceAll(template, "VALUE", values[0]))}
			b := &Definition{Body: []byte(strings.ReplaceAll(template, "VALUE", values[1]))}
			changes := Diff(a, b)
			if len(changes) != 1 || changes[0].Before != "(set)" || changes[0].After != "(set)" && changes[0].After != "" {
				t.Errorf("%s, %s: %+v", template, values, changes)
			}
		}
	}
}

func TestDiffNames(t *testing.T) {
	t.Parallel()
	a := &Definition{Body: []byte(`{"cpu":"256","volumes":[{"name":"data"}],"containerDefinitions":[
		{"name":"app","image":"web:1","environment":[{"name":"EMPTY","value":""},{"name":"GONE","value":"x"},{"name":"SAME","value":"x"}],"portMappings":[{"containerPort":80}]}]}`)}
	b := &Definition{Body: []byte(`{"cpu":"512","containerDefinitions":[
		{"name":"app","image":"web:2","environment":[{"name":"SAME","value":"x"}],"portMappings":[{"containerPort":81}]},{"name":"agent","image":"agent:1"}]}`)}
	want := []Change{
		{"agent", "", "(set)"}, {"agent image", "", "agent:1"},
		{"app environment EMPTY", "(set)", ""}, {"app environment GONE", "(set)", ""}, {"app image", "web:1", "web:2"},
		{"app portMappings", `[{"containerPort":80}]`, `[{"containerPort":81}]`},
		{"cpu", "256", "512"}, {"volumes data", "(set)", ""},
	}
	if got := Diff(a, b); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
