package past

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// running makes a version of one container: "web:3 web:v3@b", where the digest and the image may be missing.
func running(t *testing.T, text string) Version {
	t.Helper()
	definition, image, _ := strings.Cut(text, " ")
	d, err := ParseTaskDefinition(definition)
	if err != nil {
		t.Fatal(err)
	}
	v := Version{TaskDefinition: d}
	if image != "" {
		reference, digest, _ := strings.Cut(image, "@")
		if strings.HasPrefix(digest, "pin") {
			reference, _, _ = strings.Cut(reference, ":")
			reference += "@" + digest
		}
		v.Images = []Image{{Container: "app", Reference: "registry/" + reference, Digest: digest}}
	}
	return v
}

func TestFollow(t *testing.T) {
	type lead struct{ action, from, to, left, deploys string }
	for _, test := range []struct {
		name  string
		leads []lead
		now   string
		want  string // action, code, and where it goes; or search
	}{
		{"with the service", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "web:3 web:v3", "undo scheduleFollowsService web:2"},
		{"is there already", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "web:2 web:v2", "unchanged scheduleRunsWhereServiceGoes"},
		{"the service went before", []lead{{"unchanged", "web:2 web:v2", "", "web:3 web:v3", "web:2"}}, "web:3 web:v3", "undo scheduleFollowsService web:2"},
		{"a rollback goes on", []lead{{"unchanged", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "web:3 web:v3", "undo scheduleFollowsService web:2"},
		{"left long before, and again", []lead{{"undo", "web:2 web:v2", "web:1 web:v1", "web:3 web:v3", "web:1"}}, "web:3 web:v3", "undo scheduleFollowsService web:1"},
		{"the same by its image", []lead{{"undo", "web:2 web:v2", "web:1 web:v1", "web:4 web:v4, web:3 web:v3", "web:1"}}, "job:7 web:v4", "search"},
		{"left, and forward to it", []lead{{"undo", "web:2 web:v2", "web:3 web:v3", "web:3 web:v3", "web:3"}}, "web:3 web:v3", "unchanged scheduleRunsWhereServiceGoes"},
		{"left, and then the service is blocked", []lead{{"blocked", "web:2 web:v2", "", "web:3 web:v3", "web:2"}}, "web:3 web:v3", "blocked scheduleServiceBlocked"},
		{"stays with the service", []lead{{"unchanged", "web:2 web:v2", "", "", "web:2"}}, "web:2 web:v2", "unchanged scheduleRunsSame"},
		{"the service is blocked", []lead{{"blocked", "web:3 web:v3", "", "", "web:3"}}, "web:3 web:v3", "blocked scheduleServiceBlocked"},
		{"nothing of it", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "job:7 job:v1", "unchanged scheduleNotAffected"},
		{"the image of it", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "job:7 web:v3", "search"},
		{"the image that it goes to", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "job:7 web:v2", "unchanged scheduleNotAffected"},
		{"a tag beside a digest", []lead{{"undo", "web:3 web@pin-b", "web:2 web@pin-a", "", "web:2"}}, "job:7 web:v3", "blocked scheduleImageUnknown"},
		{"a tag that names another digest", []lead{{"undo", "web:3 web@pin-b", "web:2 web@pin-a", "", "web:2"}}, "job:7 web:v3@b", "unchanged scheduleNotAffected"},
		{"another tag of the digest", []lead{{"undo", "web:3 web:v3@b", "web:2 web:v2@a", "", "web:2"}}, "job:7 web:stable@b", "search"},
		{"a digest beside a tag", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}}, "job:7 web@pin-b", "blocked scheduleImageUnknown"},
		{"only configuration", []lead{{"undo", "web:3 web:v3", "web:2 web:v3", "", "web:2"}}, "job:7 web:v3", "unchanged scheduleNotAffected"},
		{"the tag has moved", []lead{{"undo", "web:1 web:latest@b", "web:1 web:latest@a", "", ""}}, "web:1 web:latest", "undo scheduleFollowsService web:1"},
		{"the image's tag has moved", []lead{{"undo", "web:1 web:latest@b", "web:1 web:latest@a", "", ""}}, "job:1 web:latest", "search"},
		{"two that agree", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}, {"unchanged", "web:2 web:v2", "", "web:3 web:v3", "web:2"}}, "web:3 web:v3", "undo scheduleFollowsService web:2"},
		{"two that do not", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}, {"undo", "web:3 web:v3", "web:1 web:v1", "", "web:1"}}, "web:3 web:v3", "blocked scheduleServicesDiffer"},
		{"one goes, one stays", []lead{{"undo", "web:3 web:v3", "web:2 web:v2", "", "web:2"}, {"skipped", "web:3 web:v3", "", "", "web:3"}}, "web:3 web:v3", "blocked scheduleServicesDiffer"},
		{"the copy of another", []lead{{"unchanged", "web:2 web:latest@pin-a", "", "web:1 web:latest@b", "web:2"}}, "web:2 web:latest@pin-a", "unchanged scheduleRunsSame"},
	} {
		var leads []Lead
		for i, l := range test.leads {
			of := func(text string) (v Version) {
				if text != "" {
					v = running(t, text)
				}
				return v
			}
			lead := Lead{Service: fmt.Sprint("s", i), Action: Action(l.action), From: of(l.from), To: of(l.to)}
			for left := range strings.SplitSeq(l.left, ", ") {
				lead.Left = append(lead.Left, of(left))
			}
			lead.Deploys = of(l.deploys).TaskDefinition
			leads = append(leads, lead)
		}
		p := place(NewLeads(leads, Rules{}, nil), running(t, test.now))
		got := strings.TrimSpace(fmt.Sprint(p.Action, " ", p.Reason.Code, " ", p.To.Version.TaskDefinition))
		if p.Search {
			got = "search"
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if !p.Search && p.Reason.Text(time.Time{}) == string(p.Reason.Code) {
			t.Errorf("%s: no sentence for %s", test.name, p.Reason.Code)
		}
	}
}

// Images that are to go, whatever services do, count as left; what does not run them is skipped.
func TestFollowGuarded(t *testing.T) {
	bad := func(i Image) bool { return i.Tag() == "v3" }
	leads := NewLeads([]Lead{{Service: "web", Action: Skipped, From: running(t, "web:2 web:v2"), Deploys: TaskDefinition{"web", 2}}}, Rules{}, bad)
	if p := place(leads, running(t, "job:7 web:v3")); !p.Search {
		t.Errorf("got %+v", p)
	}
	if p := place(leads, running(t, "job:7 web:v1")); p.Action != Skipped {
		t.Errorf("got %+v", p)
	}
	if v, ok := leads.Accepts(running(t, "job:7 web:v3"), defined(t, "job", 6, "registry/web:v2")); !ok || v.TaskDefinition.Revision != 6 {
		t.Errorf("got %v, %v", v, ok)
	}
}

func place(l *Leads, now Version) Placement {
	if p, ok := l.ByDefinition(now); ok {
		return p
	}
	return l.ByImages(now)
}

func defined(t *testing.T, family string, revision int, image string) Version {
	t.Helper()
	d := &Definition{TaskDefinition: TaskDefinition{family, revision}, Body: []byte(fmt.Sprintf(`{"containerDefinitions":[{"name":"app","image":%q}]}`, image))}
	return Version{TaskDefinition: d.TaskDefinition, Images: d.Images()}
}

// An earlier revision has to have what the services go back to: the same repository, and the same tag or digest.
func TestAccepts(t *testing.T) {
	const a, b = "sha256:aaaa", "sha256:bbbb"
	moved := NewLeads([]Lead{{Action: Undo, From: running(t, "web:1 web:latest@"+b), To: running(t, "web:1 web:latest@"+a)}}, Rules{}, nil)
	tagged := NewLeads([]Lead{{Action: Undo, From: running(t, "web:3 web:v3@"+b), To: running(t, "web:2 web:v2@"+a)}}, Rules{}, nil)
	for _, test := range []struct {
		leads *Leads
		now   string
		image string
		want  string // the digest that is known then, "" and none; or no
	}{
		{tagged, "job:7 web:v3", "registry/web:v2", a},
		{tagged, "job:7 web:v3", "registry/web@" + a, a},
		{tagged, "job:7 web:v3", "registry/web:v1", "no"},
		{tagged, "job:7 web:v3", "registry/web:v3", "no"},
		{tagged, "job:7 web:v3", "elsewhere/web:v2", "no"},
		{moved, "job:7 web:latest", "registry/web:latest", "no"},
		{moved, "job:7 web:latest", "registry/web@" + a, a},
		{moved, "job:7 web:latest", "registry/web@" + b, "no"},
	} {
		v, ok := test.leads.Accepts(running(t, test.now), defined(t, "job", 6, test.image))
		got := "no"
		if ok {
			got = v.Images[0].Digest
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.image, got, test.want)
		}
	}
}

// A record is the last to be asked, and never leads forward: not what an undo kept, nor a higher revision, nor what is left.
func TestFoundInRecords(t *testing.T) {
	leads := NewLeads([]Lead{{Action: Undo, From: running(t, "web:3 web:v3"), To: running(t, "web:2 web:v2")}}, Rules{}, nil)
	record := func(name string, before bool, text string) Record {
		return Record{Name: name, Before: before, Schedules: map[string]RecordedService{"rule/nightly": {Version: running(t, text)}}}
	}
	now := running(t, "job:7 web:v3")
	records := []Record{
		record("before", true, "job:5 web:v1"), record("newer", false, "job:8 web:v1"), record("same", false, "job:7 web:v1"), record("left", false, "other:1 web:v3"),
		{Name: "without"}, record("unknown", false, "job:5"), record("sameImage", false, "job:4 web:v3"), record("good", false, "job:4 web:v1"), record("older", false, "job:3 web:v1"),
	}
	if p := leads.Found("rule/nightly", now, nil, records); p.Action != Undo || p.To.Version.TaskDefinition.Revision != 4 || p.Reason.Facts.Name != "good" {
		t.Errorf("got %+v", p)
	}
	if p := leads.Found("rule/nightly", now, nil, records[:7]); p.Action != Blocked || p.Reason.Code != ScheduleNowhere {
		t.Errorf("got %+v", p)
	}
	found := running(t, "job:6 web:v2")
	if p := leads.Found("rule/nightly", now, &found, records); p.Action != Undo || p.Reason.Code != ScheduleImages {
		t.Errorf("got %+v", p)
	}
}

// How a target spells its definition, so it is spelled again.
func TestSetDefinition(t *testing.T) {
	for written, want := range map[string]string{
		"arn:aws:ecs:eu-west-1:123456789012:task-definition/web:3":   "web:3 arn:aws:ecs:eu-west-1:123456789012:task-definition/web:2",
		"arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/web": "web arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/web:2",
		"web:3":                             "web:3 web:2",
		"arn:aws:ecs:eu-west-1:1:service/x": " arn:aws:ecs:eu-west-1:1:service/web:2",
		"web:3:4":                           " web:2",
		"":                                  " web:2",
	} {
		var s Scheduled
		s.SetDefinition(written)
		if got := s.Definition.String() + " " + s.Spelled(TaskDefinition{"web", 2}); got != want {
			t.Errorf("%q: got %q, want %q", written, got, want)
		}
	}
	if got := ScheduleName("default", "a") + " " + ScheduleName("jobs", "a") + " " + RuleName("", "a") + " " + RuleName("shop", "a"); got != "schedule/a schedule/jobs/a rule/a rule/shop/a" {
		t.Error(got)
	}
}
