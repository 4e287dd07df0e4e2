package commands

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "../scripts/examples/report.schema.json"

// reportSchema is the schema that we publish, but without room for fields that it does not know.
var reportSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	text, err := os.Open(schemaFile)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	schema, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return nil, err
	}
	root := schema.(map[string]any)
	root["additionalProperties"] = false
	for _, d := range root["$defs"].(map[string]any) {
		if definition := d.(map[string]any); definition["properties"] != nil {
			definition["additionalProperties"] = false
		}
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.schema.json", schema); err != nil {
		return nil, err
	}
	return c.Compile("report.schema.json")
})

// validCommand checks that a report on stdout is what the schema says.
func validCommand(ts *testscript.TestScript, _ bool, _ []string) {
	schema, err := reportSchema()
	ts.Check(err)
	report, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile("stdout")))
	ts.Check(err)
	if err := schema.Validate(report); err != nil {
		ts.Fatalf("%v", err)
	}
}

// The schema has every field of the report, and no others.
func TestSchemaFields(t *testing.T) {
	t.Parallel()
	schema := schemaProperties(t)
	for name, structure := range map[string]any{
		"": jsonReport{}, "cluster": jsonCluster{}, "service": jsonService{}, "image": jsonImage{}, "commit": jsonCommit{}, "change": jsonChange{},
		"trouble": jsonTrouble{}, "rollout": jsonRollout{},
	} {
		properties := schema[name]
		known := map[string]bool{}
		for i := range reflect.TypeOf(structure).NumField() {
			field, _, _ := strings.Cut(reflect.TypeOf(structure).Field(i).Tag.Get("json"), ",")
			known[field] = true
			if properties[field] == nil {
				t.Errorf("%T: the schema does not have %q", structure, field)
			}
		}
		for field := range properties {
			if !known[field] {
				t.Errorf("%T: the schema has %q", structure, field)
			}
		}
	}
}

// schemaProperties gives the properties of each object of the schema; that of the whole is named "".
func schemaProperties(t *testing.T) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	type object struct{ Properties map[string]any }
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]any{"": schema.Properties}
	for name, definition := range schema.Defs {
		if definition.Properties != nil {
			all[name] = definition.Properties
		}
	}
	return all
}

// The topic json explains every field of the schema, and no others.
func TestHelpJSON(t *testing.T) {
	t.Parallel()
	page, _ := findTopic("json")
	titles := map[string]string{
		"": "The report", "cluster": "clusters[]", "service": "services[]", "image": "fromImages[] and toImages[]", "change": "diff[]",
	}
	for name, properties := range schemaProperties(t) {
		title := name
		if other := titles[name]; other != "" {
			title = other
		}
		_, section, _ := strings.Cut(page.text, "\n## "+title+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		explained := map[string]bool{}
		for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]*) \\|").FindAllStringSubmatch(section, -1) {
			for _, field := range strings.Split(row[1], ", ") {
				explained[strings.Trim(field, "`")] = true
			}
		}
		for field := range properties {
			if !explained[field] {
				t.Errorf("%s: %q is not explained", title, field)
			}
		}
		for field := range explained {
			if properties[field] == nil {
				t.Errorf("%s: the schema does not have %q", title, field)
			}
		}
	}
}
