package commands

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ecsundo/ecsundo/ecs"
)

func webVersion(n int, tag string) ecs.Version {
	return ecs.Version{
		TaskDefinition: ecs.TaskDefinition{Family: "web", Revision: n},
		Images:         []ecs.Image{{Container: "app", Reference: "registry/web:" + tag}},
	}
}

// testReport has one service of each kind, with a name and a reason that mean no good.
func testReport() *report {
	start := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	return &report{
		command: "cluster", verb: undoing, again: "ecsundo cluster prod --again", started: start, finished: start.Add(time.Minute),
		plans: []*ecs.Plan{{
			Cluster: ecs.Cluster{Name: "prod", Region: "eu-west-1", Account: "123456789012"}, ObservedAt: start,
			Notes: []string{"the versions are of different days"},
			Steps: []*ecs.Step{
				{
					Service: "api", Action: ecs.Unchanged, From: webVersion(4, "v4"), Left: webVersion(5, "v5"),
					Reason: "has already been taken back from web:5",
				},
				{Service: "cron", Action: ecs.Blocked, From: webVersion(1, "v1"), Reason: "nothing to undo:\n\x1b[2Jit has only ever run web:1"},
				{
					Service: "shop", Action: ecs.Undo, From: webVersion(5, "v5"), To: webVersion(4, "v4"),
					Reason: "web:5 runs since 10:00; before it ran web:4",
					Progress: ecs.Progress{
						State: ecs.RolledBack, Error: "tasks failed to start", ErrorCode: ecs.UndoFailed, AcceptedAt: start, FinishedAt: start.Add(42 * time.Second),
					},
				},
				{
					Service: "web", Action: ecs.Undo, From: webVersion(5, "v5"), To: webVersion(4, "v4"),
					Reason: "web:5 runs since 10:00; before it ran web:4", Notes: []string{"the stack shop may deploy it again"},
					Progress: ecs.Progress{State: ecs.Steady, AcceptedAt: start, FinishedAt: start.Add(14 * time.Second), Deployment: "ecs-svc/1"},
				},
			},
		}},
	}
}

func TestTextReport(t *testing.T) {
	t.Parallel()
	narrow := strings.TrimPrefix(`
SERVICE  FROM   TO     IMAGE    STATE        TIME
api      web:4         v4       unchanged
    has already been taken back from web:5
cron     web:1         v1       blocked
    nothing to undo: \x1b[2Jit has only ever run web:1
shop     web:5  web:4  v5 → v4  rolled back  42s
    tasks failed to start (web:5 runs since 10:00; before it ran web:4)
web      web:5  web:4  v5 → v4  steady       14s
    web:5 runs since 10:00; before it ran web:4

attention: shop: the undo failed, and ECS rolled back to web:5, the version you
wanted to leave
attention: already rolled back: api from web:5. To go back one more version:
'ecsundo cluster prod --again'; to redeploy:
'ecsundo service -c prod api --to web:5'
note: prod: the versions are of different days
note: web: the stack shop may deploy it again

Not every service runs what was asked: 1 undone and steady, 1 rolled back, 1
blocked, 1 unchanged.
`, "\n")
	if diff := cmp.Diff(narrow, textReport(testReport(), 80, false)); diff != "" {
		t.Errorf("80 columns: -want +got\n%s", diff)
	}
	piped := textReport(testReport(), 0, false)
	if want := "web      web:5  web:4  v5 → v4  steady       14s   web:5 runs since 10:00; before it ran web:4\n"; !strings.Contains(piped, want) {
		t.Errorf("no terminal: no line %q in\n%s", want, piped)
	}
	for line := range strings.Lines(textReport(testReport(), 100, false)) {
		if n := len([]rune(line)); n > 101 {
			t.Errorf("%d columns in a window of 100: %s", n, line)
		}
	}
	if coloured := textReport(testReport(), 80, true); strings.Contains(coloured, "\x1b[2J") || !strings.Contains(coloured, "\x1b[32msteady") {
		t.Errorf("colours: %q", coloured)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	r := testReport()
	r.plans[0].Steps[0].Service = "<img>|[x](y)"
	r.plans[0].Steps[0].Notes = []string{"two\nlines: *no* `code`, \\| @team fixes #7, https://example.com"}
	r.takeBack = "ecsundo cluster restore \"a`b\""
	var b strings.Builder
	if err := writeMarkdown(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| &lt;img&gt;&#124;\\[x](y) | web:4 |",
		"- &lt;img&gt;&#124;\\[x](y): two lines: \\*no\\* \\`code\\`, \\\\&#124; @<!-- -->team fixes #<!-- -->7, https:<!-- -->//example.com\n",
		"\nTo take it back: `` ecsundo cluster restore \"a`b\" ``\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	columns := 0
	for line := range strings.Lines(b.String()) {
		if n := strings.Count(line, "|"); strings.HasPrefix(line, "|") {
			if columns > 0 && n != columns {
				t.Errorf("%d columns instead of %d: %s", n, columns, line)
			}
			columns = n
		}
	}
}

func TestJSONReport(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := writeJSON(&b, testReport()); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	service := got["services"].([]any)[3].(map[string]any)
	want := map[string]any{
		"cluster": "prod", "name": "web", "action": "undo", "from": "web:5", "to": "web:4", "registers": false,
		"fromImages": []any{map[string]any{"container": "app", "image": "registry/web:v5"}},
		"toImages":   []any{map[string]any{"container": "app", "image": "registry/web:v4"}},
		"reason":     "web:5 runs since 10:00; before it ran web:4", "notes": []any{"the stack shop may deploy it again"},
		"state": "steady", "deployment": "ecs-svc/1", "seconds": 14.0,
		"acceptedAt": "2026-11-22T10:00:00Z", "finishedAt": "2026-11-22T10:00:14Z",
	}
	if diff := cmp.Diff(want, service); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// The worst that happened to a service decides about the whole.
func TestOutcome(t *testing.T) {
	t.Parallel()
	steps := func(states ...ecs.State) []*ecs.Step {
		var all []*ecs.Step
		for _, state := range states {
			s := &ecs.Step{Action: ecs.Undo, Progress: ecs.Progress{State: state}}
			if state != ecs.Planned {
				s.AcceptedAt = time.Unix(1, 0)
			}
			all = append(all, s)
		}
		return all
	}
	of := func(action ecs.Action) []*ecs.Step { return []*ecs.Step{{Action: action}} }
	tests := []struct {
		name   string
		report report
		steps  []*ecs.Step
		want   outcome
		status int
	}{
		{"nothing to do", report{}, of(ecs.Unchanged), outcomeUnchanged, 0},
		{"another owner", report{}, of(ecs.Skipped), outcomeUnchanged, 0},
		{"steady", report{}, steps(ecs.Steady), outcomeDone, 0},
		{"not waited for", report{}, steps(ecs.Accepted), outcomeAccepted, 0},
		{"blocked", report{}, of(ecs.Blocked), outcomeFailed, 1},
		{"failed", report{}, steps(ecs.Steady, ecs.Failed), outcomeFailed, 1},
		{"superseded", report{}, steps(ecs.Superseded), outcomeFailed, 1},
		{"failed and out of time", report{}, steps(ecs.OutOfTime, ecs.RolledBack), outcomeFailed, 1},
		{"out of time", report{}, steps(ecs.Steady, ecs.OutOfTime), outcomeOutOfTime, 4},
		{"out of time at once", report{}, []*ecs.Step{{Action: ecs.Undo, Progress: ecs.Progress{State: ecs.OutOfTime}}}, outcomeOutOfTime, 2},
		{"interrupted", report{}, steps(ecs.Failed, ecs.Interrupted), outcomeInterrupted, 130},
		{"dry run", report{dryRun: true}, steps(ecs.Planned), outcomePlanned, 0},
		{"dry run, blocked", report{dryRun: true}, of(ecs.Blocked), outcomePlanned, 1},
		{"strict", report{refused: "--strict"}, of(ecs.Blocked), outcomeRefused, 3},
	}
	for _, test := range tests {
		r := test.report
		r.plans = []*ecs.Plan{{Steps: test.steps}}
		if got, status := r.outcome(), r.status(); got != test.want || status != test.status {
			t.Errorf("%s: got %s, %d, want %s, %d", test.name, got, status, test.want, test.status)
		}
	}
}

func TestImageChange(t *testing.T) {
	t.Parallel()
	const hash = "9f2c1aa0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6"
	v := func(images ...ecs.Image) ecs.Version { return ecs.Version{Images: images} }
	app := func(reference, digest string) ecs.Image {
		return ecs.Image{Container: "app", Reference: reference, Digest: digest}
	}
	proxy := ecs.Image{Container: "proxy", Reference: "localhost:5000/proxy"}
	tests := []struct {
		name     string
		from, to ecs.Version
		want     string
	}{
		{"tags", v(app("web:v5", "")), v(app("web:v4", "")), "v5 → v4"},
		{"only the one that changes", v(app("web:v5", ""), proxy), v(app("web:v4", ""), proxy), "app v5 → v4"},
		{"nothing changes", v(app("web:v5", ""), proxy), v(app("web:v5", ""), proxy), "app v5, proxy latest"},
		{"a moved tag", v(app("web", "sha256:aaaaaaaaaaaa")), v(app("web", "sha256:bbbbbbbbbbbb")), "latest@aaaaaaaa → latest@bbbbbbbb"},
		{"pinned", v(app("web:v5", "")), v(app("web@sha256:cccccccccccc", "")), "v5 → @cccccccc"},
		{"a commit", v(app("web:main-"+hash, "")), ecs.Version{}, "main-9f2c1aa0b1c2"},
		{"a new container", v(app("web:v5", "")), v(app("web:v5", ""), proxy), "proxy ? → latest"},
		{"unknown", ecs.Version{}, ecs.Version{}, ""},
	}
	for _, test := range tests {
		if got := imageChange(test.from, test.to); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
