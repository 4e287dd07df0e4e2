package ecs

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// fill sets every field of v, however deep, to something that is not its zero value, different at every place.
func fill(t *testing.T, v reflect.Value, path string, n *int32) {
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), path, n)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(t, v.Field(i), path+"."+f.Name, n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), path+"0", n)
		fill(t, v.Index(1), path+"1", n)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		value := reflect.New(v.Type().Elem()).Elem()
		fill(t, value, path+".value", n)
		v.SetMapIndex(reflect.ValueOf(fmt.Sprintf("key%d", *n)).Convert(v.Type().Key()), value)
	case reflect.String:
		v.SetString(fmt.Sprintf("text%d", *n))
		if values := v.MethodByName("Values"); values.IsValid() { // an enumeration
			v.Set(values.Call(nil)[0].Index(0))
		}
	case reflect.Interface: // a union
		switch u := v.Addr().Interface().(type) {
		case *ecstypes.SharingStrategy:
			member := &ecstypes.SharingStrategyMemberNvidiaMps{}
			fill(t, reflect.ValueOf(member).Elem(), path, n)
			*u = member
		default:
			t.Fatalf("%s is a union that is new: see sharing.go", path)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	default:
		t.Fatalf("%s is a %s: say here how to fill it", path, v.Kind())
	}
}

// TestCopyKeepsEveryField registers a definition with every field set that the SDK knows, takes it away, and undoes to it.
func TestCopyKeepsEveryField(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "cluster prod")
	ctx := context.Background()
	in := &awsecs.RegisterTaskDefinitionInput{}
	fill(t, reflect.ValueOf(in).Elem(), "", new(int32))
	in.Family = aws.String("web")
	in.ContainerDefinitions[1].Essential = aws.Bool(false)
	in.ContainerDefinitions[1].Environment = append(in.ContainerDefinitions[1].Environment, ecstypes.KeyValuePair{Name: aws.String("EMPTY"), Value: aws.String("")})
	if _, err := w.client.ecs.RegisterTaskDefinition(ctx, in); err != nil {
		t.Fatal(err)
	}
	w.tell("register web v2\ntag web:1 aws:created=by-aws\ndeploy prod/web 1 2\nderegister web:1")
	if s := w.step(w.undo(), "web"); s.State != Steady || s.Copy.String() != "web:3" {
		t.Fatalf("%s %s, %s: %s %s", s.Action, s.Copy, s.State, s.Reason, s.Error)
	}
	original, copied := describe(t, w, "web:1"), describe(t, w, "web:3")
	a, b := reflect.ValueOf(original.TaskDefinition).Elem(), reflect.ValueOf(copied.TaskDefinition).Elem()
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if !f.IsExported() || slices.ContainsFunc(outputOnly, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			continue
		}
		if a.Field(i).IsZero() {
			t.Errorf("%s was not filled", f.Name)
		}
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			x, _ := json.Marshal(a.Field(i).Interface())
			y, _ := json.Marshal(b.Field(i).Interface())
			t.Errorf("%s:\n%s\n%s", f.Name, x, y)
		}
	}
	want := tagsOf(original.Tags)
	delete(want, "aws:created")
	got := tagsOf(copied.Tags)
	if origin := got[originTag]; !strings.HasPrefix(origin, "web:1 ") {
		t.Errorf("origin is %q", origin)
	}
	delete(got, originTag)
	if !maps.Equal(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
	w.ResetCalls()
	if s := w.step(w.undo(), "web"); s.Action != Unchanged || w.writes() != "" {
		t.Errorf("run again: %s %s", s.Action, s.Reason)
	}
}

func describe(t *testing.T, w *world, name string) *awsecs.DescribeTaskDefinitionOutput {
	t.Helper()
	out, err := w.client.ecs.DescribeTaskDefinition(context.Background(), &awsecs.DescribeTaskDefinitionInput{
		TaskDefinition: &name, Include: []ecstypes.TaskDefinitionField{ecstypes.TaskDefinitionFieldTags},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tagsOf(tags []ecstypes.Tag) map[string]string {
	all := map[string]string{}
	for _, tag := range tags {
		all[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return all
}

// TestFieldsOfRegistration breaks when an SDK upgrade adds a field to a task definition or to its registration: then it has to
// be decided where it belongs.
func TestFieldsOfRegistration(t *testing.T) {
	names := func(v any) map[string]bool {
		all := map[string]bool{}
		for i := range reflect.TypeOf(v).NumField() {
			if f := reflect.TypeOf(v).Field(i); f.IsExported() {
				all[f.Name] = true
			}
		}
		return all
	}
	in, out := names(awsecs.RegisterTaskDefinitionInput{}), names(ecstypes.TaskDefinition{})
	var both, onlyIn, onlyOut []string
	for name := range in {
		if out[name] {
			both = append(both, name)
		} else {
			onlyIn = append(onlyIn, name)
		}
	}
	for name := range out {
		if !in[name] {
			onlyOut = append(onlyOut, strings.ToLower(name))
		}
	}
	want := make([]string, len(outputOnly))
	for i, name := range outputOnly {
		want[i] = strings.ToLower(name)
	}
	slices.Sort(onlyOut)
	slices.Sort(want)
	if len(both) != 17 || !slices.Equal(onlyIn, []string{"Tags"}) || !slices.Equal(onlyOut, want) {
		t.Errorf("%d fields in both, only in the input %q, only in the output %q", len(both), onlyIn, onlyOut)
	}
	if n := reflect.TypeOf(ecstypes.ContainerDefinition{}).NumField(); n != 42+1 {
		t.Errorf("ContainerDefinition has %d fields", n-1)
	}
	if n := reflect.TypeOf(ecstypes.Volume{}).NumField(); n != 7+1 {
		t.Errorf("Volume has %d fields", n-1)
	}
}

// TestUnknownMembersAreRefused: a member that the SDK does not know would be lost in a copy.
func TestUnknownMembersAreRefused(t *testing.T) {
	t.Parallel()
	for member, raw := range map[string]string{
		"newer":   `{"newer":{"of":1}}`,
		"novelty": `{"containerDefinitions":[{"name":"app","image":"web:v1","novelty":"hunter2"}]}`,
		"other":   `{"containerDefinitions":[{"name":"app","image":"web:v1","resourceRequirements":[{"type":"GPU","value":"1","sharingStrategy":{"other":{}}}]}]}`,
		"depth":   `{"volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"fs-1","depth":3}}]}`,
	} {
		w := newWorld(t, "cluster prod\nregister web v1 'json="+raw+"' env.SECRET=hunter2\nregister web v2\ndeploy prod/web 1 2\nderegister web:1")
		s := w.step(w.undo(), "web")
		if s.Action != Blocked || !tells(s, `"`+member+`"`, "web:1") || w.writes() != "" {
			t.Errorf("%s: %s %q, by %s", member, s.Action, s.Reason, w.writes())
		}
		if tells(s, "hunter2") {
			t.Errorf("%s: tells a secret: %s", member, s.Reason)
		}
	}
	w := newWorld(t, "cluster prod\nregister web v1 'json={\"newer\":1}'\nregister web v2\ndeploy prod/web 1 2")
	if s := w.step(w.undo(), "web"); s.State != Steady { // nothing is lost where nothing is copied
		t.Errorf("%s %s", s.Action, s.Reason)
	}
}

// TestSecretsAreNotTold has registrations fail in every way, and looks for the environment in what is said about it.
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	for _, trouble := range []string{
		"deny RegisterTaskDefinition", "deny UpdateService", "fault RegisterTaskDefinition kind=html nth=1..", "fault RegisterTaskDefinition kind=LimitExceededException",
		"fault DescribeTaskDefinition kind=html nth=1..", "deny DescribeTaskDefinition", "fault RegisterTaskDefinition kind=InvalidParameterException message=refused",
		"delete web:1",
	} {
		w := newWorld(t, "cluster prod\nregister web v1 env.SECRET=hunter2\nregister web v2 env.SECRET=hunter2\ndeploy prod/web 1 2\nderegister web:1\n"+trouble)
		ctx, cancel := context.WithCancel(context.Background())
		p, err := w.client.Plan(ctx, Scope{Cluster: "prod"}, UndoPlanner(UndoOptions{}), PlanOptions{})
		if err != nil {
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: tells a secret: %v", trouble, err)
			}
			cancel()
			continue
		}
		carryOut(ctx, w.client, p)
		cancel()
		if s := p.Steps[0]; tells(s, "hunter2") || s.State == Steady {
			t.Errorf("%s: %s %s %v %s", trouble, s.State, s.Reason, s.Notes, s.Error)
		}
	}
}

func TestHash(t *testing.T) {
	hash := func(body string) string { return (&Definition{Body: []byte(body)}).hash() }
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
	broken := &Definition{TaskDefinition: TaskDefinition{"web", 2}, Tags: map[string]string{originTag: "web:1 "}, Body: []byte(`{`)}
	if _, isCopy := broken.origin(); isCopy {
		t.Error("what is no JSON is a copy")
	}
}

func TestVersionsAreTheSame(t *testing.T) {
	const ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/"
	v := func(n int, images ...Image) Version {
		return Version{TaskDefinition: TaskDefinition{"web", n}, Images: images}
	}
	image := func(name, reference, digest string) Image { return Image{name, reference, digest} }
	a1, a2, unknown := image("app", ecr+"web:latest", "sha256:a1"), image("app", ecr+"web:latest", "sha256:a2"), image("app", ecr+"web:latest", "")
	copied := v(9, image("app", ecr+"web@sha256:a1", "sha256:a1"))
	copied.Origin = TaskDefinition{"web", 1}
	for _, test := range []struct {
		name string
		same Same
		a, b Version
		want bool
	}{
		{"the same", Same{}, v(1, a1), v(1, a1), true},
		{"another definition", Same{}, v(1, a1), v(2, a1), false},
		{"moved", Same{}, v(1, a1), v(1, a2), false},
		{"moved, not counted", Same{IgnoreDigests: true}, v(1, a1), v(1, a2), true},
		{"unknown digest", Same{}, v(1, a1), v(1, unknown), true},
		{"no images recorded", Same{}, v(1, a1), v(1), true},
		{"a copy", Same{}, v(1, a1), copied, true},
		{"a copy of what ran other images", Same{}, v(1, a2), copied, false},
		{"a sidecar moved", Same{Sidecars: []string{"web"}}, v(1, a1), v(1, a2), true},
		{"a sidecar by its whole name", Same{Sidecars: []string{ecr + "web"}}, v(1, a1), v(1, a2), true},
		{"another sidecar", Same{Sidecars: []string{"agent"}}, v(1, a1), v(1, a2), false},
		{"not in private ECR", Same{}, v(1, image("app", "docker.io/web:1", "sha256:a1")), v(1, image("app", "docker.io/web:1", "sha256:a2")), true},
		{"unknown versions", Same{}, Version{}, Version{}, false},
	} {
		if got := test.same.Versions(test.a, test.b); got != test.want || test.same.Versions(test.b, test.a) != test.want {
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
		if got := parseReference(reference); got.region != region || got.privateECR() != (region != "") {
			t.Errorf("%s: %+v, want %q", reference, got, region)
		}
	}
	if r := parseReference("localhost:5000/web"); r.tag != "" || r.name != "localhost:5000/web" {
		t.Errorf("%+v", r)
	}
}

func FuzzHash(f *testing.F) {
	f.Add([]byte(`{"environment":[{"name":"A","value":"1"},{"name":"B"}],"a":[[],{},null]}`))
	f.Add([]byte(`{"containerDefinitions":[{"name":"app","image":"web:1"}],"volumes":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &Definition{Body: body}
		hash := d.hash()
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
		if got := (&Definition{Body: again}).hash(); got != hash {
			t.Errorf("%q and %q differ", body, again)
		}
		if text, err := pinned(body, map[string]string{"app": "web@sha256:a"}); err == nil {
			(&Definition{Body: text}).images()
		}
		d.ports()
		d.images()
	})
}

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
		sidecars{s, "*"}.match(i)
	})
}
