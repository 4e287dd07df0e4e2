package aws

import (
	"encoding/json"
	"reflect"
	"strings"

	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// revisionConfig gives what a service revision has beside its version, as text by its name in the API. It is what an undo
// leaves as it is, so it only needs to be compared. past.Settings names all of it.
func revisionConfig(r ecstypes.ServiceRevision) map[string]string {
	config := map[string]string{}
	members := reflect.ValueOf(r)
	for _, setting := range past.Settings {
		member := members.FieldByName(strings.ToUpper(setting.Name[:1]) + setting.Name[1:])
		if text := configText(member.Interface()); text != "" {
			config[setting.Name] = text
		}
	}
	return config
}

// configText gives a value as JSON without what is empty; "" if there is nothing else.
func configText(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return ""
	}
	if plain = lowerKeys(past.Canonical(plain)); plain == nil || plain == "" {
		return ""
	}
	text, err = json.Marshal(plain)
	if err != nil {
		return ""
	}
	return string(text)
}

// lowerKeys spells the members as the API does: subnets, not Subnets as the SDK's structs.
func lowerKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		lower := map[string]any{}
		for name, value := range v {
			lower[strings.ToLower(name[:1])+name[1:]] = lowerKeys(value)
		}
		return lower
	case []any:
		for i := range v {
			v[i] = lowerKeys(v[i])
		}
	}
	return v
}
