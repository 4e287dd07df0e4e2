package past

import (
	"encoding/json"
	"testing"
)

func TestHash(t *testing.T) {
	hash := func(body string) string { return (&Definition{Body: []byte(body)}).Hash() }
	for _, test := range []struct {
		name, a, b string
		same       bool
	}{
		{"order of members", `{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		{"spaces", `{"a": [1, 2]}`, `{"a":[1,2]}`, true},
		{"empty list", `{"a":1,"volumes":[]}`, `{"a":1}`, true},
		{"null", `{"a":1,"volumes":null}`, `{"a":1}`, true},
		{"empty object", `{"a":1,"host":{}}`, `{"a":1}`, true},
		{"nested empties", `{"a":1,"x":{"y":[]}}`, `{"a":1}`, true},
		{"order of the environment", `{"environment":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}`, `{"environment":[{"value":"2","name":"B"},{"name":"A","value":"1"}]}`, true},
		{"order of ports", `{"portMappings":[{"containerPort":1},{"containerPort":2}]}`, `{"portMappings":[{"containerPort":2},{"containerPort":1}]}`, true},
		{"order of the command", `{"command":["a","b"]}`, `{"command":["b","a"]}`, false},
		{"order of entry point", `{"entryPoint":["a","b"]}`, `{"entryPoint":["b","a"]}`, false},
		{"environment value", `{"environment":[{"name":"A","value":"1"}]}`, `{"environment":[{"name":"A","value":"2"}]}`, false},
		{"environment values swapped", `{"environment":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}`, `{"environment":[{"name":"A","value":"2"},{"name":"B","value":"1"}]}`, false},
		{"empty environment value", `{"environment":[{"name":"A","value":""}]}`, `{"environment":[]}`, false},
		{"environment value of spaces", `{"environment":[{"name":"A","value":" "}]}`, `{"environment":[{"name":"A","value":""}]}`, false},
		{"essential", `{"essential":true}`, `{"essential":false}`, false},
		{"essential or not said", `{"essential":false,"a":1}`, `{"a":1}`, false},
		{"zero that means something", `{"swappiness":0,"a":1}`, `{"a":1}`, false},
		{"no host port", `{"hostPort":0,"a":1}`, `{"a":1}`, true},
		{"defaults filled in since", `{"a":1,"cpu":0,"essential":true,"privileged":false,"enableFaultInjection":false,"versionConsistency":"enabled"}`, `{"a":1}`, true},
		{"switched on", `{"a":1,"privileged":true}`, `{"a":1}`, false},
		{"switched off", `{"a":1,"versionConsistency":"disabled"}`, `{"a":1}`, false},
		{"number or text", `{"cpu":"1"}`, `{"cpu":1}`, false},
		{"image", `{"image":"web:1"}`, `{"image":"web:2"}`, false},
		{"large numbers", `{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		{"other name", `{"a":1}`, `{"b":1}`, false},
		{"twice in a list", `{"command":["a","a"]}`, `{"command":["a"]}`, false},
	} {
		if got := hash(test.a) == hash(test.b); got != test.same {
			t.Errorf("%s: same is %v, want %v", test.name, got, test.same)
		}
	}
	if hash(`{`) != "" || hash(``) != "" {
		t.Error("what is no JSON has a hash")
	}
	broken := &Definition{TaskDefinition: TaskDefinition{"web", 2}, Tags: map[string]string{OriginTag: "web:1 "}, Body: []byte(`{`)}
	if _, isCopy := broken.Origin(); isCopy {
		t.Error("what is no JSON is a copy")
	}
}

func FuzzHash(f *testing.F) {
	f.Add([]byte(`{"environment":[{"name":"A","value":"1"},{"name":"B"}],"a":[[],{},null]}`))
	f.Add([]byte(`{"containerDefinitions":[{"name":"app","image":"web:1"}],"volumes":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &Definition{Body: body}
		hash := d.Hash()
		var any map[string]json.RawMessage
		if json.Unmarshal(body, &any) != nil {
			return
		}
		if hash == "" {
			t.Fatalf("%q has no hash", body)
		}
		again, err := json.Marshal(any)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Definition{Body: again}).Hash(); got != hash {
			t.Errorf("%q and %q differ", body, again)
		}
		if text, err := pinned(body, map[string]string{"app": "web@sha256:a"}); err == nil {
			(&Definition{Body: text}).Images()
		}
		d.ports()
		d.Images()
	})
}
