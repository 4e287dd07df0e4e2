package aws

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

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
	want := make([]string, len(past.OutputOnly))
	for i, name := range past.OutputOnly {
		want[i] = strings.ToLower(name)
	}
	slices.Sort(onlyOut)
	slices.Sort(want)
	if len(both) != 18 || !slices.Equal(onlyIn, []string{"Tags"}) || !slices.Equal(onlyOut, want) {
		t.Errorf("%d fields in both, only in the input %q, only in the output %q", len(both), onlyIn, onlyOut)
	}
	if n := reflect.TypeOf(ecstypes.ContainerDefinition{}).NumField(); n != 42+1 {
		t.Errorf("ContainerDefinition has %d fields", n-1)
	}
	if n := reflect.TypeOf(ecstypes.Volume{}).NumField(); n != 7+1 {
		t.Errorf("Volume has %d fields", n-1)
	}
}
