package ecs

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// A scrubber replaces what tells whose an answer of ECS is: the same by the same, so that what belongs together still does. What
// it does not know is replaced as well.
type scrubber struct {
	names   map[string]string // by kind and name
	words   map[string]string // what texts may have, by what replaces it
	counts  map[string]int
	sidecar func(past.Image) bool // well-known images, which anybody may run
}

func newScrubber(cluster, service string) *scrubber {
	s := &scrubber{names: map[string]string{}, words: map[string]string{}, counts: map[string]int{}}
	s.sidecar, _ = past.Sidecars(nil)
	s.named("cluster", cluster)
	s.named("service", service)
	return s
}

// plain are the members whose values are words of AWS, or sizes.
var plain = []string{
	"status", "rolloutState", "launchType", "platformVersion", "platformFamily", "strategy", "schedulingStrategy", "type", "networkMode",
	"requiresCompatibilities", "compatibilities", "assignPublicIp", "propagateTags", "availabilityZoneRebalancing", "resourceManagementType",
	"lifecycleStage", "lifecycleStages", "protocol", "cpu", "memory", "condition", "__type", "operatingSystemFamily", "cpuArchitecture", "pidMode",
	"ipcMode", "versionConsistency", "timeoutAction", "targetType", "logDriver", "controller", "appProtocol",
}

// sayings are the members with a text for people, which may name anything.
var sayings = []string{"statusReason", "rolloutStateReason", "message", "Message", "reason", "detail"}

// kinds are the members with a name.
var kinds = map[string]string{
	"family": "family", "familyPrefix": "family", "serviceName": "service", "service": "service", "services": "service", "clusterName": "cluster", "cluster": "cluster",
	"containerName": "container", "name": "container",
}

// free are the members whose own members are named by people.
var free = []string{"dockerLabels", "options", "labels", "driverOpts"}

// value scrubs a value that stands in a member.
func (s *scrubber) value(member string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			key := name
			if slices.Contains(free, member) {
				key = s.named("text", name)
			}
			out[key] = s.value(name, v[name])
		}
		if v["key"] == past.OriginTag {
			out["value"] = s.text(fmt.Sprint(v["value"]))
		}
		return out
	case []any:
		if member == "events" {
			return []any{} // texts about everything that happened, which decide nothing
		}
		out := make([]any, len(v))
		for i := range v {
			out[i] = s.value(member, v[i])
		}
		return out
	case string:
		return s.word(member, v)
	}
	return v // numbers, truth, nothing
}

func (s *scrubber) word(member, v string) string {
	_, named := kinds[member]
	switch {
	case v == "" || slices.Contains(plain, member), member == "capacityProvider" && strings.HasPrefix(v, "FARGATE"):
		return v
	case strings.HasPrefix(v, "arn:"):
		return s.arn(v)
	case strings.HasPrefix(v, "sha256:"):
		return s.digest(v)
	case strings.HasPrefix(v, "ecs-svc/"):
		return "ecs-svc/" + s.number(strings.TrimPrefix(v, "ecs-svc/"))
	case member == "image":
		return s.image(v)
	case member == "taskDefinition":
		return s.definition(v)
	case member == "key" && (strings.HasPrefix(v, "aws:") || strings.HasPrefix(v, "ecsundo:")):
		return v
	case slices.Contains(sayings, member):
		return s.text(v)
	case named:
		return s.named(kinds[member], v)
	}
	return s.named("text", v)
}

// named gives what stands for a name: web becomes service-1.
func (s *scrubber) named(kind, name string) string {
	key := kind + " " + name
	if s.names[key] == "" {
		s.counts[kind]++
		s.names[key] = fmt.Sprintf("%s-%d", kind, s.counts[kind])
		if len(name) > 2 && s.words[name] == "" {
			s.words[name] = s.names[key]
		}
	}
	return s.names[key]
}

// nth gives the number of a name among those of its kind.
func (s *scrubber) nth(kind, name string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(s.named(kind, name), kind+"-"))
	return n
}

func (s *scrubber) number(n string) string {
	return s.shaped(n, "1000000000000", func() string { return fmt.Sprintf("1%018d", s.nth("number", n)) })
}

func (s *scrubber) account(a string) string {
	return s.shaped(a, "00000000", func() string { return fmt.Sprintf("%012d", s.nth("account", a)) })
}

func (s *scrubber) digest(d string) string {
	return s.shaped(d, "sha256:00000000", func() string { return fmt.Sprintf("sha256:%064x", s.nth("digest", d)) })
}

// shaped replaces what has a shape of its own, unless that has been done: it begins as what replaces it does.
func (s *scrubber) shaped(v, beginning string, replacement func() string) string {
	if strings.HasPrefix(v, beginning) {
		return v
	}
	return replacement()
}

// definition scrubs web:5; revisions stay as they are.
func (s *scrubber) definition(v string) string {
	family, revision, ok := strings.Cut(v, ":")
	if !ok {
		return s.named("family", v)
	}
	return s.named("family", family) + ":" + revision
}

func (s *scrubber) arn(v string) string {
	a, err := past.ParseARN(v)
	if err != nil {
		return s.named("text", v)
	}
	if a.Account != "" {
		a.Account = s.account(a.Account)
	}
	parts := strings.Split(a.Resource, "/")
	switch {
	case a.Service != "ecs" || len(parts) < 2:
		kind := strings.FieldsFunc(a.Resource, func(r rune) bool { return r == '/' || r == ':' })[0]
		a.Resource = kind + "/" + s.named("text", a.Resource)
		return a.String()
	case parts[0] == "task-definition":
		parts[1] = s.definition(parts[1])
	case parts[0] == "cluster" || len(parts) > 2:
		parts[1] = s.named("cluster", parts[1])
	default: // service/NAME, the old form
		parts[1] = s.named("service", parts[1])
	}
	if len(parts) > 2 {
		parts[2] = s.named("service", parts[2])
	}
	for i := 3; i < len(parts); i++ {
		if parts[0] == "service-revision" {
			parts[i] = s.number(parts[i])
		} else {
			parts[i] = s.named("id", parts[i])
		}
	}
	a.Resource = strings.Join(parts, "/")
	return a.String()
}

// usual are tags that tell nothing of whose they are, and that they move.
var usual = []string{"latest", "stable", "main", "master", "prod", "production", "staging", "dev", "develop"}

// image scrubs registry/repository:tag@digest. The well-known agents keep their names: whether an image is one decides.
func (s *scrubber) image(v string) string {
	name, digest, pinned := strings.Cut(v, "@")
	tag := ""
	if colon := strings.LastIndex(name, ":"); colon > strings.LastIndex(name, "/") {
		name, tag = name[:colon], name[colon+1:]
	}
	host, repository := "", name
	if first, rest, ok := strings.Cut(name, "/"); ok && strings.ContainsAny(first, ".:") {
		host, repository = first, rest
	}
	if !s.sidecar(past.Image{Reference: v}) {
		repository = s.named("repository", repository)
	}
	if account, rest, ok := strings.Cut(host, ".dkr.ecr."); ok {
		host = s.account(account) + ".dkr.ecr." + rest
	} else if host != "" {
		host = s.named("registry", host) + ".example"
	}
	if host != "" {
		repository = host + "/" + repository
	}
	if tag != "" && !slices.Contains(usual, tag) {
		tag = s.named("tag", tag)
	}
	if tag != "" {
		repository += ":" + tag
	}
	if pinned {
		repository += "@" + s.digest(digest)
	}
	return repository
}

var (
	arnIn     = regexp.MustCompile(`arn:[\w-]+:[^\s,;()'"\]]+[^\s,;()'"\].:]`)
	digestIn  = regexp.MustCompile(`sha256:[0-9a-f]+`)
	numberIn  = regexp.MustCompile(`\b\d{13,}\b`)
	accountIn = regexp.MustCompile(`\b\d{12}\b`)
	hostIn    = regexp.MustCompile(`\b(https?://\S+|[\w.-]+\.[a-z]{2,}(:\d+)?/\S+|[\w-]+(\.[\w-]+)+\.[a-z]{2,}|\d+\.\d+\.\d+\.\d+)`)
	taskIn    = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
)

// text scrubs what is written for people: whatever looks like an ARN, a number, a place, and every name that stands elsewhere.
func (s *scrubber) text(v string) string {
	v = arnIn.ReplaceAllStringFunc(v, s.arn)
	v = digestIn.ReplaceAllStringFunc(v, s.digest)
	v = numberIn.ReplaceAllStringFunc(v, s.number)
	v = accountIn.ReplaceAllStringFunc(v, s.account)
	v = hostIn.ReplaceAllString(v, "PLACE")
	v = taskIn.ReplaceAllString(v, "TASK")
	words := slices.SortedFunc(maps.Keys(s.words), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, word := range words {
		if whole := regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(word) + `($|[^\w-])`); whole.MatchString(v) {
			v = whole.ReplaceAllString(v, "${1}"+s.words[word]+"${2}")
		}
	}
	return v
}
