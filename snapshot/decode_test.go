package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRoundTrip fills every field that the types have, so that a new one cannot be forgotten in Encode or Decode.
func TestRoundTrip(t *testing.T) {
	want := &Snapshot{}
	fill(t, reflect.ValueOf(want).Elem(), "")
	got := roundTrip(t, want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// fill gives every field a value that the format allows there.
func fill(t *testing.T, v reflect.Value, field string) {
	t.Helper()
	values := map[string]any{
		"Region": "eu-west-1", "Account": "123456789012", "TakenAt": exampleTime.Add(123456789), "TakenBy": "arn:aws:iam::1:user/Jo <jo@x>",
		"TaskDefinition": "web:17", "RollingTo": "web:18", "Images": map[string]string{"app": "a/b#c:1@sha256:" + strings.Repeat("0", 64)},
		"ServiceRevision": "arn:aws:ecs:eu-west-1:123456789012:service-revision/prod/web/123",
		"Schedules":       map[string]Service{"rule/web": {TaskDefinition: "web", Definition: json.RawMessage(`{"family":"web"}`)}},
		"Definition":      json.RawMessage(`{"a":[],"b":{},"c":[[1.5e3,-7],[null]],"d":[{"x":true},"\u0000\u2028\"\\ €\t` + "\x7f" + `"],"null":"~","yes":"no"}`),
	}
	switch value, known := values[field]; {
	case known:
		v.Set(reflect.ValueOf(value))
	case v.Kind() == reflect.String:
		v.SetString("x" + field)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), v.Type().Field(i).Name)
		}
	case v.Kind() == reflect.Map:
		service := reflect.New(v.Type().Elem()).Elem()
		fill(t, service, "")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("web"), service)
	default:
		t.Fatalf("field %s: no value for a %s: add one", field, v.Type())
	}
	if v.IsZero() {
		t.Fatalf("field %s is still zero", field)
	}
}

func roundTrip(t *testing.T, s *Snapshot) *Snapshot {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return got
}

func TestDecode(t *testing.T) {
	hand := func(services map[string]Service) *Snapshot { return &Snapshot{Cluster: "prod", Services: services} }
	web := map[string]Service{"web": {TaskDefinition: "web:17"}}
	for _, test := range []struct {
		name, text string
		want       *Snapshot
	}{
		{"our own", exampleText, example()},
		{"our own, from Windows", "\uFEFF" + strings.ReplaceAll(exampleText, "\n", "\r\n"), example()},
		{"our own, without a line end", strings.TrimSpace(exampleText), example()},
		{"by hand", "version: 1\ncluster: prod\nservices:\n  web: web:17\n", hand(web)},
		{"in another style", `{"services": {"web": {"taskDefinition": "web:17"}}, "cluster": "prod", "version": 1}`, hand(web)},
		{"no services", "version: 1\ncluster: prod\nservices: {}", hand(map[string]Service{})},
		{"numbers for names", "version: 1\nregion: eu-west-1\naccount: 012345678901\ncluster: 1_0\nservices: {12: web:17}",
			&Snapshot{Region: "eu-west-1", Account: "012345678901", Cluster: "1_0", Services: map[string]Service{"12": web["web"]}}},
		{"a place from ARNs", "version: 1\nservices:\n  web: arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/web:17\n",
			&Snapshot{Region: "cn-north-1", Account: "123456789012", Services: web}},
		{"a time with a zone", "version: 1\ncluster: c\nregion: r\naccount: '123456789012'\ntakenAt: '2026-11-22T11:15:00+01:00'\nservices: {}\n...\n",
			&Snapshot{Cluster: "c", Region: "r", Account: "123456789012", TakenAt: exampleTime, Services: map[string]Service{}}},
		{"2018, long ARNs", "arn:aws:ecs:eu-west-1:123456789012:service/prod/web;arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17\n",
			&Snapshot{Cluster: "prod", Region: "eu-west-1", Account: "123456789012", Services: web}},
		{"2018, short ARNs, Windows", "arn:aws:ecs:eu-west-1:123456789012:service/web;arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17\r\n\r\n",
			&Snapshot{Region: "eu-west-1", Account: "123456789012", Services: web}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Decode(strings.NewReader(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if d := cmp.Diff(got, roundTrip(t, got)); d != "" {
				t.Errorf("encoded again: -want +got:\n%s", d)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	const head = "version: 1\ncluster: prod\n"
	const serviceARN, taskARN = "arn:aws:ecs:eu-west-1:123456789012:service/prod/web", "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17"
	hex64 := strings.Repeat("a", 64)
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"blank", " \n\n", "the file is empty"},
		{"comments", "# nothing\n", "the file holds no snapshot, only comments"},
		{"binary", "\x7fELF\x00\x01", "the file is binary, not a snapshot"},
		{"gzip", "\x1f\x8b\x08", "the file is binary, not a snapshot"},
		{"UTF-16", "\xff\xfev\x00", "the file is UTF-16; save it as UTF-8"},
		{"foreign text", "hello\n", `line 1, column 1: not a snapshot: it has to begin with "version: 1"`},
		{"foreign YAML", "apiVersion: v1\nkind: Pod\n", `line 1, column 1: not a snapshot: "version: 1" is missing`},
		{"HTML", "<html>\n<body>\n", `line 1, column 1: not a snapshot: it has to begin with "version: 1"`},
		{"not YAML", head + "services:\n\tweb: web:17\n", "line 4: not YAML: found character that cannot start any token"},
		{"future", "version: 2\nwhatever: [1]\nservices: {}\n", "line 1, column 10: version 2 needs a newer ecsundo: this one reads version 1"},
		{"version as text", "version: '1'\nservices: {}\n", `line 1, column 10: version "1": write "version: 1"`},
		{"version zero", "version: 0\nservices: {}\n", `line 1, column 10: version "0": write "version: 1"`},
		{"unknown key", head + "servces: {}\n", `line 3, column 1: unknown key "servces"`},
		{"unknown key of a service", head + "services:\n  web:\n    taskdefinition: web:17\n", `line 5, column 5: unknown key "taskdefinition"`},
		{"unknown key of a schedule", head + "services: {}\nschedules:\n  rule/a:\n    taskdefinition: web:17\n", `line 6, column 5: unknown key "taskdefinition"`},
		{"schedule of no kind", head + "services: {}\nschedules:\n  nightly: web:17\n", `line 5, column 3: schedule "nightly": write it as schedule/NAME or rule/NAME`},
		{"schedule with images", head + "services: {}\nschedules:\n  rule/a:\n    taskDefinition: web:17\n    images:\n      app: web:v1\n", `line 6, column 5: a schedule has no images, no rollingTo and no serviceRevision`},
		{"schedule of no definition", head + "services: {}\nschedules:\n  rule/a: 'web:'\n", `line 5, column 11: taskDefinition "web:": write it as web:42, as web, or as the ARN of a task definition`},
		{"service without a revision", head + "services:\n  web: web\n", `line 4, column 8: taskDefinition "web": write it as web:42 or as the ARN of a task definition`},
		{"key twice", head + "cluster: prod\nservices: {}\n", `line 3, column 1: "cluster" is there twice, first on line 2`},
		{"service twice", head + "services:\n  web: web:17\n  web: web:18\n", `line 5, column 3: "web" is there twice, first on line 4`},
		{"service twice, quoted", head + "services: {web: web:17, 'web': web:18}\n", `line 3, column 25: "web" is there twice, first on line 3`},
		{"no services", head, "no services: the key is missing, or the file is cut short"},
		{"services empty", head + "services:\n", `line 3, column 10: a mapping is needed here, lines of "key: value"`},
		{"services as a list", head + "services:\n- web\n", `line 4, column 1: a mapping is needed here, lines of "key: value"`},
		{"service as a list", head + "services: {web: [web:17]}\n", `line 3, column 17: a mapping is needed here, lines of "key: value"`},
		{"service empty", head + "services: {web: }\n", "line 3, column 17: text is needed here, in quotes where YAML would take it for something else"},
		{"service without definition", head + "services: {web: {}}\n", "line 3, column 17: taskDefinition is missing"},
		{"service's name", head + "services: {../web: web:17}\n", `line 3, column 12: service "../web": not 1 to 255 letters, digits, hyphens and underscores`},
		{"cluster's name", "version: 1\ncluster: a/b\nservices: {}\n", `line 2, column 10: cluster "a/b": not 1 to 255 letters, digits, hyphens and underscores`},
		{"escapes", "version: 1\ncluster: \"\\e[2J\"\nservices: {}\n", `line 2, column 10: cluster "\x1b[2J": not 1 to 255 letters, digits, hyphens and underscores`},
		{"a bool", "version: 1\ncluster: true\nservices: {}\n", "line 2, column 10: text is needed here, in quotes where YAML would take it for something else"},
		{"a tag", "version: 1\ncluster: !x prod\nservices: {}\n", "line 2, column 10: text is needed here, in quotes where YAML would take it for something else"},
		{"account", "version: 1\naccount: 42\nservices: {}\n", `line 2, column 10: account "42": not twelve digits`},
		{"region", "version: 1\nregion: ../..\nservices: {}\n", `line 2, column 9: region "../..": not the name of a region, such as eu-west-1`},
		{"time", "version: 1\ntakenAt: yesterday\nservices: {}\n...\n", `line 2, column 10: "yesterday" is not a time, such as 2026-11-22T10:15:00Z`},
		{"time without a place", head + "takenAt: 2026-11-22T10:15:00Z\nservices: {}\n...\n", `a snapshot with a time needs its place: account "": not twelve digits`},
		{"no revision", head + "services: {web: web}\n", `line 3, column 17: taskDefinition "web": write it as web:42 or as the ARN of a task definition`},
		{"revision zero", head + "services: {web: 'web:0'}\n", `line 3, column 17: taskDefinition "web:0": write it as web:42 or as the ARN of a task definition`},
		{"ARN of a service", head + "services: {web: '" + serviceARN + "'}\n", `line 3, column 17: taskDefinition "` + serviceARN + `": write it as web:42 or as the ARN of a task definition`},
		{"ARN of elsewhere", head + "region: eu-west-2\nservices: {web: '" + taskARN + "'}\n", `line 4, column 17: taskDefinition "` + taskARN + `": the snapshot is of account "123456789012" in "eu-west-2"`},
		{"digest", head + "services: {web: {taskDefinition: web:17, images: {app: 'web@sha256:abc'}}}\n",
			`line 3, column 56: image "web@sha256:abc": not an image reference, such as repo:tag@sha256: and 64 hex digits`},
		{"image", head + "services: {web: {taskDefinition: web:17, images: {app: 'web x@sha256:" + hex64 + "'}}}\n",
			`line 3, column 56: image "web x@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…": not an image reference, such as repo:tag@sha256: and 64 hex digits`},
		{"two documents", head + "services: {}\n---\nversion: 1\n", "line 4, column 1: a second document: a file holds one snapshot"},
		{"anchor", "version: 1\ncluster: &a prod\nservices: {}\n", "line 2, column 10: YAML anchors and aliases are not taken"},
		{"alias", "version: 1\ncluster: &a prod\nregion: *a\nservices: {}\n", "line 2, column 10: YAML anchors and aliases are not taken"},
		{"merge", head + "services:\n  <<: {web: web:17}\n", "line 4, column 3: YAML merge keys are not taken"},
		{"definition as text", head + "services: {web: {taskDefinition: web:17, definition: x}}\n", "line 3, column 54: definition is not a mapping"},
		{"definition with octal", head + "services: {web: {taskDefinition: web:17, definition: {a: 012}}}\n",
			`line 3, column 58: "012" is neither text, a number, true nor false; put it in quotes if it is text`},
		{"2018, cut short", serviceARN + ";" + taskARN, "line 1: cut short: the last line has no end"},
		{"2018, no service", taskARN + ";" + taskARN + "\n", `line 1: "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17;ar…" is not service-arn;task-definition-arn`},
		{"2018, twice", strings.Repeat(serviceARN+";"+taskARN+"\n", 2), `line 2: service "web" occurs twice`},
		{"2018, two clusters", serviceARN + ";" + taskARN + "\n" + strings.Replace(serviceARN, "prod", "test", 1) + ";" + taskARN + "\n", `line 2: cluster "test": the snapshot is of cluster "prod"`},
		{"2018, two regions", serviceARN + ";" + strings.Replace(taskARN, "west", "east", 1) + "\n", `line 1: the snapshot is of account "123456789012" in "eu-west-1"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Decode(strings.NewReader(test.text))
			var format *FormatError
			if !errors.As(err, &format) || err.Error() != test.want {
				t.Errorf("got  %v, %v\nwant %s", s, err, test.want)
			}
		})
	}
}

// TestDecodeCutShort cuts a file of ours after every byte.
func TestDecodeCutShort(t *testing.T) {
	services := strings.Index(exampleText, "services:")
	for n := range len(exampleText) - len("\n") {
		s, err := Decode(strings.NewReader(exampleText[:n]))
		if err == nil {
			t.Fatalf("cut after %d bytes: %v", n, s)
		}
		if n > services && !errors.Is(err, ErrTruncated) {
			t.Errorf("cut after %d bytes: %v, want ErrTruncated", n, err)
		}
	}
}

// TestDecodeBounds: what is too much is refused, when read and when written.
func TestDecodeBounds(t *testing.T) {
	for name, text := range map[string]string{
		"one byte too many": strings.Repeat("#", MaxSize+1),
		"dense":             strings.Repeat("[a,", maxValues/2+1),
		"dense lines":       "version: 1\n" + strings.Repeat("- - - - - - - -\n", maxValues/8),
	} {
		if _, err := Decode(strings.NewReader(text)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got %v, want ErrTooLarge", name, err)
		}
		if err := checkSize([]byte(text)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s, saved: got %v, want ErrTooLarge", name, err)
		}
	}
	deep := "version: 1\nservices: {web: {taskDefinition: web:1, definition: {a: " + strings.Repeat("[", 100_000)
	if _, err := Decode(strings.NewReader(deep)); err == nil {
		t.Error("nested 100,000 deep: no error")
	}
}

func TestDecodeVersionError(t *testing.T) {
	_, err := Decode(strings.NewReader("version: 7\n"))
	if !errors.Is(err, ErrVersion) {
		t.Errorf("got %v, want ErrVersion", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, breakIt := range map[string]func(*Snapshot){
		"cluster":    func(s *Snapshot) { s.Cluster = "a/b" },
		"account":    func(s *Snapshot) { s.Account = "" },
		"time":       func(s *Snapshot) { s.TakenAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"service":    func(s *Snapshot) { s.Services["a b"] = Service{TaskDefinition: "web:17"} },
		"task":       func(s *Snapshot) { s.Services["web"] = Service{TaskDefinition: "web"} },
		"image":      func(s *Snapshot) { s.Services["api"].Images["app"] = "a\x1b[2J" },
		"definition": func(s *Snapshot) { s.Services["web"] = Service{TaskDefinition: "web:1", Definition: []byte(`"x"`)} },
	} {
		s := example()
		breakIt(s)
		if err := Encode(&bytes.Buffer{}, s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzDecode: nothing panics, and what decodes is encoded and decoded to the same.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		exampleText, "version: 1\ncluster: prod\nservices: {web: web:17}\n", "version: 1\nservices: {web: {taskDefinition: web:1, definition: {a: [1, 2.5, null, {b: \"\\0\"}]}}}",
		"arn:aws:ecs:eu-west-1:123456789012:service/prod/web;arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17\n",
		"a: &a [*a]", "\xff\xfe", "version: 1\nservices: {<<: *a}\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Decode(bytes.NewReader(text))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("not one plain line: %q", err)
			}
			return
		}
		if d := cmp.Diff(s, roundTrip(t, s)); d != "" {
			t.Errorf("-first +second:\n%s", d)
		}
	})
}

// large gives a snapshot of n services with definitions of some 3 KB.
func large(n int) *Snapshot {
	s := example()
	s.Services = map[string]Service{}
	var environment []string
	for i := range 40 {
		environment = append(environment, fmt.Sprintf(`{"name":"SETTING_%d","value":"https://example.com/%d?a=b"}`, i, i))
	}
	definition := `{"family":"web","tags":[],"containerDefinitions":[{"name":"app","environment":[` + strings.Join(environment, ",") + `]}]}`
	for i := range n {
		name := fmt.Sprintf("service-%04d", i)
		s.Services[name] = Service{
			TaskDefinition: fmt.Sprintf("%s:%d", name, i+1),
			Images:         example().Services["api"].Images,
			Definition:     json.RawMessage(definition),
		}
	}
	return s
}

func withoutDefinitions(s *Snapshot) *Snapshot {
	for name, service := range s.Services {
		service.Definition = nil
		s.Services[name] = service
	}
	return s
}

func BenchmarkEncode(b *testing.B) {
	for name, s := range map[string]*Snapshot{"5000": withoutDefinitions(large(5000)), "5000 with definitions": large(5000)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var text bytes.Buffer
				if err := Encode(&text, s); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(text.Len()))
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, s := range map[string]*Snapshot{"5000": withoutDefinitions(large(5000)), "5000 with definitions": large(5000)} {
		text, err := marshal(s)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Decode(bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
