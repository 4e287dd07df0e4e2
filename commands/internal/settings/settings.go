// Package settings is what a command is told besides its arguments: the file, over which the environment goes, over which
// flags go. Each setting knows where it comes from.
//
// Start with [Read]. A new setting is a line in keys.go and a field in [Settings].
package settings

import "time"

// Settings are those in effect for one command.
type Settings struct {
	File         Value[string] // the configuration file
	Cluster      Value[string] // a name or an ARN
	Region       Value[string]
	Profile      Value[string]
	Store        Value[string]
	CI           Value[string] // auto or off: whether a CI system is told more than the log
	BucketOwner  Value[string] // an account; empty: any
	SSE          Value[string] // how new objects in a bucket are encrypted; empty: as the bucket does
	KMSKey       Value[string]
	Timeout      Value[time.Duration]
	Output       Value[string] // one of Forms
	Only         Value[[]*Glob]
	Except       Value[[]*Glob]
	CopyTags     Value[map[string]string] // that registered copies get
	Guess        Value[bool]              // where nothing tells what ran before, assume the revision below
	Schedules    Value[bool]              // rules and schedules of EventBridge too
	Sidecars     Value[[]*Glob]           // over image names; see [ImageMatcher]
	Repositories Value[[]Repository]      // the first that fits a service is its own
}

// What is in effect where nobody says anything.
const (
	DefaultStore   = "~/.ecsundo"
	DefaultTimeout = "20m"
	DefaultForm    = "text"
	DefaultCI      = "auto"
)

// A Value is one setting. The zero value is not set.
type Value[T any] struct {
	Is   T
	Text []string // as it was written
	From Origin
}

// Typed gives the value if it was given on the command line, else the zero value.
func (v Value[T]) Typed() T {
	if v.From.Kind == Flag {
		return v.Is
	}
	var nothing T
	return nothing
}

// An Origin is where a setting comes from.
type Origin struct {
	Kind Kind
	Name string // --cluster, ECSUNDO_CLUSTER, ~/.ecsundo.yml:3; empty for the other kinds
}

// A Kind is a kind of [Origin], the weakest first.
type Kind int

// The kinds of origins.
const (
	Nowhere Kind = iota // not set
	BuiltIn
	File
	Environment
	Flag
)

// Chosen reports whether somebody has said so.
func (o Origin) Chosen() bool { return o.Kind >= File }

// Standing reports whether it stands in the file or the environment, so that it was not typed for this command.
func (o Origin) Standing() bool { return o.Kind == File || o.Kind == Environment }

// String says where for people; empty if nowhere.
func (o Origin) String() string {
	if o.Kind == BuiltIn {
		return "built in"
	}
	return o.Name
}

// Flags are what the command line says, as [cli.Context] gives it.
type Flags interface {
	IsSet(name string) bool
	String(name string) string
	StringSlice(name string) []string
}

// Read gives the settings for a command line.
func Read(flags Flags) (Settings, error) {
	s := Settings{
		File:    path(flags),
		Store:   Value[string]{DefaultStore, []string{DefaultStore}, Origin{Kind: BuiltIn}},
		Output:  Value[string]{DefaultForm, []string{DefaultForm}, Origin{Kind: BuiltIn}},
		CI:      Value[string]{DefaultCI, []string{DefaultCI}, Origin{Kind: BuiltIn}},
		Timeout: Value[time.Duration]{Text: []string{DefaultTimeout}, From: Origin{Kind: BuiltIn}},
	}
	s.Timeout.Is, _ = parseTimeout(DefaultTimeout)
	all, err := readFile(s.File.Is, s.File.From.Chosen())
	if err != nil {
		return s, err
	}
	if err := all.readEnvironment(); err != nil {
		return s, err
	}
	if err := all.readFlags(flags); err != nil {
		return s, err
	}
	for _, k := range keys() {
		if w, ok := all[k.name]; ok {
			k.put(&s, w)
		}
	}
	return s, nil
}
