package commands

import (
	"encoding/json"
	"os"
	"reflect"
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
	for name, structure := range map[string]any{
		"": jsonReport{}, "cluster": jsonCluster{}, "service": jsonService{}, "image": jsonImage{}, "commit": jsonCommit{}, "change": jsonChange{},
	} {
		properties := schema.Defs[name].Properties
		if name == "" {
			properties = schema.Properties
		}
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
