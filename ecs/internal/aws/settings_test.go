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

// TestSettingsAreComplete breaks on the SDK that adds a member to a service revision: it has to be named in past.Settings or
// past.NoSettings.
func TestSettingsAreComplete(t *testing.T) {
	members := reflect.VisibleFields(reflect.TypeFor[ecstypes.ServiceRevision]())
	var names []string
	for _, member := range members {
		if !member.IsExported() {
			continue
		}
		name := strings.ToLower(member.Name[:1]) + member.Name[1:]
		names = append(names, name)
		if setting := past.SettingOf(name).Name != ""; setting == slices.Contains(past.NoSettings, name) {
			t.Errorf("%s has to be in past.Settings or in past.NoSettings", name)
		}
	}
	for _, s := range past.Settings {
		if !slices.Contains(names, s.Name) {
			t.Errorf("a service revision has no member %s", s.Name)
		}
		_, takes := reflect.TypeFor[awsecs.UpdateServiceInput]().FieldByName(strings.ToUpper(s.Name[:1]) + s.Name[1:])
		if takes != s.Settable {
			t.Errorf("UpdateService takes %s: %v", s.Name, takes)
		}
	}
}

// TestSettablesAreCarried: what UpdateService can set comes through the raw text of a revision whole, member by member.
func TestSettablesAreCarried(t *testing.T) {
	for _, s := range past.Settings {
		if !s.Settable {
			continue
		}
		name := strings.ToUpper(s.Name[:1]) + s.Name[1:]
		if _, ok := reflect.TypeFor[settableConfig]().FieldByName(name); !ok {
			t.Errorf("%s is not carried", name)
		}
		var in awsecs.UpdateServiceInput
		u := Update{Whole: []string{s.Name}, From: &past.Revision{Raw: []byte(`{"PlatformVersion":"1.4.0","NetworkConfiguration":{},"Monitoring":{}}`)}}
		if err := u.fill(&in); err != nil {
			t.Fatal(err)
		}
		if reflect.ValueOf(in).FieldByName(name).IsZero() {
			t.Errorf("%s is not sent", name)
		}
	}
}
