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

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
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
	in.Family = awssdk.String("web")
	in.ContainerDefinitions[1].Essential = awssdk.Bool(false)
	in.ContainerDefinitions[1].Environment = append(in.ContainerDefinitions[1].Environment, ecstypes.KeyValuePair{Name: awssdk.String("EMPTY"), Value: awssdk.String("")})
	if _, err := w.sdk().RegisterTaskDefinition(ctx, in); err != nil {
		t.Fatal(err)
	}
	in.ContainerDefinitions = slices.Clone(in.ContainerDefinitions) // the bad one: the same but for an image
	in.ContainerDefinitions[0].Image = awssdk.String("docker.io/web:bad")
	if _, err := w.sdk().RegisterTaskDefinition(ctx, in); err != nil {
		t.Fatal(err)
	}
	w.tell("service prod/web !unfit\ntag web:1 aws:created=by-aws\ndeploy prod/web 1 2\nderegister web:1")
	if s := w.step(w.undo(), "web"); s.State != Steady || s.Copy.String() != "web:3" {
		t.Fatalf("%s %s, %s: %s %s", s.Action, s.Copy, s.State, s.Reason, s.Error)
	}
	original, copied := describe(t, w, "web:1"), describe(t, w, "web:3")
	a, b := reflect.ValueOf(original.TaskDefinition).Elem(), reflect.ValueOf(copied.TaskDefinition).Elem()
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if !f.IsExported() || slices.ContainsFunc(past.OutputOnly, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
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
	if origin := got[past.OriginTag]; !strings.HasPrefix(origin, "web:1 ") {
		t.Errorf("origin is %q", origin)
	}
	delete(got, past.OriginTag)
	if !maps.Equal(got, want) {
		t.Errorf("tags %v, want %v", got, want)
	}
	w.ResetCalls()
	if s := w.step(w.undo(), "web"); s.Action != past.Unchanged || w.writes() != "" {
		t.Errorf("run again: %s %s", s.Action, s.Reason)
	}
}

func describe(t *testing.T, w *world, name string) *awsecs.DescribeTaskDefinitionOutput {
	t.Helper()
	out, err := w.sdk().DescribeTaskDefinition(context.Background(), &awsecs.DescribeTaskDefinitionInput{
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
		all[awssdk.ToString(tag.Key)] = awssdk.ToString(tag.Value)
	}
	return all
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
		if s.Action != past.Blocked || !tells(s, `"`+member+`"`, "web:1") || w.writes() != "" {
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
		p, err := w.client.Plan(ctx, Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
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
