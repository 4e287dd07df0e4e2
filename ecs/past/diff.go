package past

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Change is one difference between two definitions. Values are told only where they are known to be harmless.
type Change struct {
	What          string // app image, app environment LOG_LEVEL, cpu, …
	Before, After string // empty where it is not there; "(set)" where the value is nobody's business
}

// harmless are the members of a definition whose values may be told: numbers, names, images, ports, sizes, roles. All others
// may hold what should have been a secret (environment, commands, labels, options of drivers), and so may those that AWS adds.
// In a list, [] stands for each of its entries.
var harmless = set(
	"cpu", "enableFaultInjection", "ephemeralStorage.sizeInGiB", "executionRoleArn", "family", "ipcMode", "memory", "networkMode", "pidMode",
	"requiresCompatibilities[]", "runtimePlatform.cpuArchitecture", "runtimePlatform.operatingSystemFamily", "taskRoleArn",
	"inferenceAccelerators[].deviceName", "inferenceAccelerators[].deviceType", "placementConstraints[].type",
	"proxyConfiguration.containerName", "proxyConfiguration.type",
	"volumes[].configuredAtLaunch", "volumes[].name", "volumes[].dockerVolumeConfiguration.autoprovision", "volumes[].dockerVolumeConfiguration.driver",
	"volumes[].dockerVolumeConfiguration.scope", "volumes[].efsVolumeConfiguration.fileSystemId", "volumes[].efsVolumeConfiguration.transitEncryption",
	"volumes[].efsVolumeConfiguration.transitEncryptionPort", "volumes[].efsVolumeConfiguration.authorizationConfig.iam",
	"volumes[].fsxWindowsFileServerVolumeConfiguration.fileSystemId",

	"containerDefinitions[].cpu", "containerDefinitions[].dependsOn[].condition", "containerDefinitions[].dependsOn[].containerName",
	"containerDefinitions[].disableNetworking", "containerDefinitions[].environment[].name", "containerDefinitions[].essential",
	"containerDefinitions[].firelensConfiguration.type",
	"containerDefinitions[].healthCheck.interval", "containerDefinitions[].healthCheck.retries", "containerDefinitions[].healthCheck.startPeriod",
	"containerDefinitions[].healthCheck.timeout", "containerDefinitions[].hostname", "containerDefinitions[].image", "containerDefinitions[].interactive",
	"containerDefinitions[].links[]", "containerDefinitions[].linuxParameters.initProcessEnabled", "containerDefinitions[].linuxParameters.maxSwap",
	"containerDefinitions[].linuxParameters.sharedMemorySize", "containerDefinitions[].linuxParameters.swappiness",
	"containerDefinitions[].logConfiguration.logDriver", "containerDefinitions[].logConfiguration.secretOptions[].name",
	"containerDefinitions[].memory", "containerDefinitions[].memoryReservation",
	"containerDefinitions[].mountPoints[].containerPath", "containerDefinitions[].mountPoints[].readOnly", "containerDefinitions[].mountPoints[].sourceVolume",
	"containerDefinitions[].name", "containerDefinitions[].portMappings[].appProtocol", "containerDefinitions[].portMappings[].containerPort",
	"containerDefinitions[].portMappings[].containerPortRange", "containerDefinitions[].portMappings[].hostPort", "containerDefinitions[].portMappings[].name",
	"containerDefinitions[].portMappings[].protocol", "containerDefinitions[].privileged", "containerDefinitions[].pseudoTerminal",
	"containerDefinitions[].readonlyRootFilesystem", "containerDefinitions[].resourceRequirements[].type", "containerDefinitions[].resourceRequirements[].value",
	"containerDefinitions[].restartPolicy.enabled", "containerDefinitions[].restartPolicy.ignoredExitCodes[]",
	"containerDefinitions[].restartPolicy.restartAttemptPeriod", "containerDefinitions[].secrets[].name", "containerDefinitions[].startTimeout",
	"containerDefinitions[].stopTimeout", "containerDefinitions[].ulimits[].hardLimit", "containerDefinitions[].ulimits[].name",
	"containerDefinitions[].ulimits[].softLimit", "containerDefinitions[].user", "containerDefinitions[].versionConsistency",
	"containerDefinitions[].volumesFrom[].readOnly", "containerDefinitions[].volumesFrom[].sourceContainer", "containerDefinitions[].workingDirectory",
)

func set(members ...string) map[string]bool {
	all := map[string]bool{}
	for _, m := range members {
		all[m] = true
	}
	return all
}

// Diff compares two definitions, container by container, sorted by what differs.
func Diff(before, after *Definition) []Change {
	if before == nil || after == nil {
		return nil
	}
	a, b := before.facts(), after.facts()
	var names []string
	for _, facts := range []map[string]fact{a, b} {
		for what := range facts {
			names = append(names, what)
		}
	}
	slices.Sort(names)
	var changes []Change
	for _, what := range slices.Compact(names) {
		x, y := a[what], b[what]
		if x == y {
			continue
		}
		if x.secret || y.secret {
			x.text, y.text = x.present(), y.present()
		}
		changes = append(changes, Change{What: what, Before: x.text, After: y.text})
	}
	return changes
}

// A fact is something a definition says, as text. That of a secret one is compared, and never told.
type fact struct {
	text   string
	secret bool
}

func (f fact) present() string {
	if f == (fact{}) {
		return ""
	}
	return "(set)"
}

// byName are the lists whose entries are told apart by their names, and the member that is all of an entry besides; empty
// where there are several.
var byName = map[string]string{
	"containerDefinitions":                                  "",
	"containerDefinitions[].environment":                    "value",
	"containerDefinitions[].logConfiguration.secretOptions": "valueFrom",
	"containerDefinitions[].secrets":                        "valueFrom",
	"containerDefinitions[].ulimits":                        "",
	"volumes":                                               "",
}

// facts takes a definition apart, down to where one fact is either harmless or not.
func (d *Definition) facts() map[string]fact {
	facts := map[string]fact{}
	var body map[string]any
	if json.Unmarshal(d.Body, &body) == nil {
		addFacts(facts, "", "", body)
	}
	return facts
}

// addFacts adds what value says. path is its place as in harmless, and what its name for people.
func addFacts(facts map[string]fact, path, what string, value any) {
	members, isObject := value.(map[string]any)
	entries, isList := value.([]any)
	_, named := byName[path]
	switch {
	case isObject && harmlessBelow(path):
		for name, member := range members {
			addFacts(facts, strings.TrimPrefix(path+"."+name, "."), join(what, name), member)
		}
	case isList && named:
		for _, e := range entries {
			addEntry(facts, path, what, e)
		}
	default:
		addFact(facts, what, value, !harmlessAll(path, value))
	}
}

// addEntry adds an entry of a list whose entries have names.
func addEntry(facts map[string]fact, path, what string, e any) {
	entry, _ := e.(map[string]any)
	name, sole := fmt.Sprint(entry["name"]), byName[path]
	if path != "containerDefinitions" {
		name = join(what, name)
	}
	for facts[name] != (fact{}) { // a name may be there twice
		name += "'"
	}
	if sole != "" {
		addFact(facts, name, entry[sole], !harmless[path+"[]."+sole])
		if facts[name] == (fact{}) {
			facts[name] = fact{text: `""`, secret: true}
		}
		return
	}
	facts[name] = fact{text: "(set)"}
	for member, value := range entry {
		if member != "name" {
			addFacts(facts, path+"[]."+member, join(name, member), value)
		}
	}
}

func join(what, name string) string { return strings.TrimSpace(what + " " + name) }

// harmlessAll reports whether all that value holds may be told.
func harmlessAll(path string, value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if !harmlessAll(path+"."+name, member) {
				return false
			}
		}
		return len(value) > 0
	case []any:
		for _, entry := range value {
			if !harmlessAll(path+"[]", entry) {
				return false
			}
		}
		return len(value) > 0
	}
	return harmless[path]
}

// harmlessBelow reports whether anything in an object may be told.
func harmlessBelow(path string) bool {
	for h := range harmless {
		if path == "" || strings.HasPrefix(h, path+".") {
			return true
		}
	}
	return false
}

func addFact(facts map[string]fact, what string, value any, secret bool) {
	text, isText := value.(string)
	if !isText {
		value = Canonical(value)
		if value == nil {
			return
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return
		}
		text = string(encoded)
	}
	if strings.TrimSpace(text) != "" {
		facts[what] = fact{text: text, secret: secret}
	}
}
