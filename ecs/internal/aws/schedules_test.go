package aws

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
)

// TestFieldsOfSchedules breaks when an SDK upgrade adds a member to a schedule: then it has to be decided where it belongs.
func TestFieldsOfSchedules(t *testing.T) {
	names := func(v any) (all []string) {
		for i := range reflect.TypeOf(v).NumField() {
			if f := reflect.TypeOf(v).Field(i); f.IsExported() {
				all = append(all, f.Name)
			}
		}
		return all
	}
	in, out := names(scheduler.UpdateScheduleInput{}), names(scheduler.GetScheduleOutput{})
	only := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(n string) bool { return slices.Contains(b, n) })
	}
	if got := only(in, out); !slices.Equal(got, []string{"ClientToken"}) {
		t.Errorf("only in the input: %q", got)
	}
	if got := only(out, in); !slices.Equal(got, append(slices.Clone(scheduleOutputOnly), "ResultMetadata")) {
		t.Errorf("only in the output: %q", got)
	}
	var times []string
	for i := range reflect.TypeOf(scheduler.UpdateScheduleInput{}).NumField() {
		if f := reflect.TypeOf(scheduler.UpdateScheduleInput{}).Field(i); f.Type == reflect.TypeFor[*time.Time]() {
			times = append(times, f.Name)
		}
	}
	slices.Sort(times)
	if want := slices.Sorted(slices.Values(scheduleTimes)); !slices.Equal(times, want) {
		t.Errorf("times: %q, want %q", times, want)
	}
	if got := names(eventbridge.PutTargetsInput{}); !slices.Equal(got, []string{"Rule", "Targets", "EventBusName"}) {
		t.Errorf("PutTargets takes %q", got)
	}
}

// TestScheduleComesBack fills every member of a schedule and of a target, and sees that what is read of them is what is sent.
func TestScheduleComesBack(t *testing.T) {
	var target eventtypes.Target
	fill(reflect.ValueOf(&target).Elem(), 0)
	var again eventtypes.Target
	if err := strictly(spelled(t, target), &again); err != nil || !reflect.DeepEqual(again, target) {
		t.Errorf("%v: got %+v, want %+v", err, again, target)
	}
	var schedule scheduler.UpdateScheduleInput
	fill(reflect.ValueOf(&schedule).Elem(), 0)
	schedule.ClientToken = nil
	var members map[string]any
	if err := json.Unmarshal(spelled(t, schedule), &members); err != nil {
		t.Fatal(err)
	}
	for _, name := range scheduleTimes {
		members[name] = json.Number("1764000000.5")
	}
	members["Arn"], members["CreationDate"] = "arn:aws:scheduler:…", 1764000000
	delete(members, "ClientToken")
	answer, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	when := time.Unix(1764000000, 5e8).UTC()
	schedule.StartDate, schedule.EndDate = &when, &when
	in, err := scheduleInput(answer)
	if err != nil || !reflect.DeepEqual(*in, schedule) {
		t.Errorf("%v: got %+v, want %+v", err, in, schedule)
	}
}

// TestUnknownMembers: what this SDK does not know is refused, at any depth.
func TestUnknownMembers(t *testing.T) {
	for _, answer := range []string{
		`{"Name":"a","Shiny":1}`, `{"Target":{"Arn":"a","Shiny":1}}`, `{"Target":{"EcsParameters":{"Shiny":[]}}}`,
		`{"Target":{"EcsParameters":{"NetworkConfiguration":{"awsvpcConfiguration":{"Shiny":true}}}}}`,
	} {
		_, err := scheduleInput([]byte(answer))
		if err == nil || unknownMember(err) != `"Shiny"` {
			t.Errorf("%s: %v", answer, err)
		}
	}
	for _, body := range []string{`{"Id":"a","Shiny":1}`, `{"EcsParameters":{"NetworkConfiguration":{"awsvpcConfiguration":{"Shiny":true}}}}`} {
		if err := strictly([]byte(body), &eventtypes.Target{}); err == nil || unknownMember(err) != `"Shiny"` {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// spelled writes a value of the SDK as AWS would.
func spelled(t *testing.T, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(text, []byte(`"AwsvpcConfiguration"`), []byte(`"awsvpcConfiguration"`))
}

// fill gives every exported member a value that is not zero.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Type != reflect.TypeFor[*time.Time]() {
				fill(v.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth)
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, depth)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("key"), value)
	case reflect.String:
		v.SetString("text" + strings.Repeat("x", depth))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(7)
	}
}

// What stands in a universal target's input stays as it is written, but for the one value.
func TestSpliced(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ input, want string }{
		{`{"TaskDefinition":"web:3"}`, `{"TaskDefinition":"web:2"}`},
		{`{ "A": {"TaskDefinition":"x"}, "TaskDefinition" : "web:3" , "n": 1.50 }`, `{ "A": {"TaskDefinition":"x"}, "TaskDefinition" : "web:2" , "n": 1.50 }`},
		{`{"taskDefinition":"<web>"}`, `{"taskDefinition":"web:2"}`},
		{`{"Cluster":"prod"}`, ""}, {`[]`, ""}, {``, ""}, {`{"TaskDefinition":`, ""},
	} {
		got, err := spliced(test.input, "TaskDefinition", "web:2")
		if (err == nil) != (test.want != "") || err == nil && *got != test.want {
			t.Errorf("%s: %v, %v", test.input, got, err)
		}
	}
}
