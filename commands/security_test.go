package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// secrets are what nothing that we print or write may hold, but for a snapshot that was asked to.
var secrets = []string{"hunter2", "swordfish", "SecretAccessKeyOfMine", "SessionTokenOfMine"}

const secretWorld = `
cluster prod
step 1m
register web v1 env.PASSWORD=hunter2 tag.team=blue
register web v2 env.PASSWORD=swordfish
register web v3 env.PASSWORD=swordfish env.MODE=new
deploy prod/web 1 2 3
deploy prod/api web:1 web:2 web:3
service prod/owned tag.aws:cloudformation:stack-name=shop breaker=rollback alarms=errors
deploy prod/owned web:1 web:2
deploy prod/owned web:3 !wait
alarm prod/owned errors
deregister web:2
`

// everything is commands that between them read and print all that there is, in an order in which each has something to say.
// The last word of a line says what goes wrong before it.
var everything = []struct{ trouble, command string }{
	{"", "cluster prod --dry-run --diff -v"},
	{"", "cluster snapshot prod -v -s $HOME/s.yaml"},
	{"", "cluster snapshot prod -v"},
	{"", "cluster prod -v --diff"},
	{"", "cluster prod -v"},
	{"", "cluster prod -v --again -o json --diff"},
	{"", "service -c prod web --to 3 -v -o markdown --diff"},
	{"", "cluster restore prod -v"},
	{"", "cluster restore prod -v -s $HOME/s.yaml -o json --dry-run --diff"},
	{"", "cluster restore prod -v -s $HOME/whole.yaml -o json --dry-run --diff"},
	{"", "cluster snapshots prod -v"},
	{"", "cluster snapshots prod -v -o json"},
	{"", "service history -c prod web -v"},
	{"", "service history -c prod web -v -o json"},
	{"", "cluster history prod -v"},
	{"", "clusters -v"},
	{"", "config"},
	{"", "config -o json"},
	{"", "service -c prod nowhere -v"},
	{"fault UpdateService kind=InvalidParameterException message=MESSAGE nth=1..", "cluster prod --again -v"},
	{"fault RegisterTaskDefinition kind=ClientException message=MESSAGE nth=1..", "service -c prod web --to 2 -v"},
	{"fault ListServices kind=ExpiredTokenException nth=1..", "cluster prod -v"},
	{"fault DescribeServices kind=AccessDeniedException message=MESSAGE nth=1..", "cluster prod -v"},
	{"fault DescribeServices kind=html nth=1..", "cluster prod -v --timeout 3s"},
	{"deny ListServiceDeployments", "cluster prod -v --dry-run"},
}

// runEverything gives all that the commands wrote, and the home in which they did.
func runEverything(t *testing.T, aws *ecstest.Server, endpoint http.Handler, message string) (outputs map[string]string, home string, bucket *fakeS3) {
	t.Helper()
	server := httptest.NewServer(endpoint)
	t.Cleanup(server.Close)
	s3, err := newFakeS3()
	if err != nil {
		t.Fatal(err)
	}
	s3Server := httptest.NewServer(s3)
	t.Cleanup(s3Server.Close)
	home, outputs = t.TempDir(), map[string]string{}
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "AWS_ENDPOINT_URL=" + server.URL, "AWS_ENDPOINT_URL_S3=" + s3Server.URL,
		"AWS_REGION=eu-west-1", "AWS_EC2_METADATA_DISABLED=true", "AWS_ACCESS_KEY_ID=AKIAEXAMPLE",
		"AWS_SECRET_ACCESS_KEY=SecretAccessKeyOfMine", "AWS_SESSION_TOKEN=SessionTokenOfMine",
		"GITHUB_ACTIONS=true",
		"ECSUNDO_STORE=s3://" + opsBucket + "/ecsundo",
	}
	run := func(line string) string {
		cmd := exec.Command(realProgram(), strings.Fields(strings.ReplaceAll(line, "$HOME", home))...)
		cmd.Env, cmd.Dir = env, home
		out, err := cmd.CombinedOutput()
		if len(out) == 0 {
			t.Errorf("%s: no output, %v", line, err)
		}
		return string(out)
	}
	run("cluster snapshot prod --with-definitions -s " + home + "/whole.yaml")
	for _, e := range everything {
		if e.trouble != "" {
			if err := aws.Tell(strings.ReplaceAll(e.trouble, "MESSAGE", strconv.Quote(message))); err != nil {
				t.Fatal(err)
			}
		}
		outputs[e.command+" "+e.trouble] = run(e.command)
		if err := aws.Tell("heal\nallow"); err != nil {
			t.Fatal(err)
		}
	}
	return outputs, home, s3
}

// TestSecrets: no value of an environment, no secret key and no session token is in anything that we print or write.
func TestSecrets(t *testing.T) {
	t.Parallel()
	aws := ecstest.New()
	if err := aws.Tell(secretWorld); err != nil {
		t.Fatal(err)
	}
	outputs, home, bucket := runEverything(t, aws, aws, "no")
	whole := filepath.Join(home, "whole.yaml")
	if text, err := os.ReadFile(whole); err != nil || !bytes.Contains(text, []byte("swordfish")) {
		t.Errorf("a snapshot with definitions has not all of them: %v", err)
	}
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == whole {
			return err
		}
		text, err := os.ReadFile(path)
		outputs[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bucket.keys()
	if err != nil || len(keys) < 3 {
		t.Errorf("the bucket has %q, %v", keys, err)
	}
	for _, key := range keys {
		text, err := bucket.get(key)
		if err != nil {
			t.Error(err)
		}
		outputs[key] = string(text)
	}
	for from, text := range outputs {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %q in\n%s", from, secret, text)
			}
		}
	}
}

// hostile is what the other side may put into any text: it clears the screen, sets the window's title, recolours by way of
// C1, turns the direction of text, begins a line of its own, commands GitHub's runner, and would be a link or an image in Markdown.
const hostile = "\x1b[2J\x1b]0;owned\a\u009b31m\u202egnp.exe\r\nERROR: ![x](http://x/y) <img src=x> @all ##[add-mask]x \r\n::error::x \u2066"

// A spoiler adds hostile to the texts in what a simulated AWS answers: reasons, messages, tags, images, names of stacks,
// environment variables and containers.
type spoiler struct{ aws http.Handler }

var spoilt = []string{"reason", "statusReason", "rolloutStateReason", "message", "image", "value", "containerName", "createdBy", "registeredBy"}

func (s spoiler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	s.aws.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	var v any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&v) == nil {
		spoil(v)
		body, _ = json.Marshal(v)
	}
	w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
	w.WriteHeader(answer.Code)
	_, _ = io.Copy(w, bytes.NewReader(body))
}

func spoil(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, member := range v {
			if text, ok := member.(string); ok && slices.Contains(spoilt, key) {
				v[key] = text + hostile
			}
			spoil(member)
		}
	case []any:
		for _, item := range v {
			spoil(item)
		}
	}
}

// annotation is one that we make ourselves for GitHub.
var annotation = regexp.MustCompile(`^::(error title=ecsundo%3A [\w-]+ in prod%3A [\w ]+|warning title=ecsundo)::`)

// TestHostileTexts: whatever ECS and the store say, what we print has no control characters but line ends, and each line is
// one of ours.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	aws := ecstest.New()
	if err := aws.Tell(secretWorld); err != nil {
		t.Fatal(err)
	}
	outputs, _, _ := runEverything(t, aws, spoiler{aws}, "no"+hostile)
	seen := false
	for commandLine, text := range outputs {
		seen = seen || strings.Contains(text, "owned")
		for i, r := range text {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%s: %q in %q", commandLine, r, text[max(0, i-80):min(len(text), i+40)])
				break
			}
		}
		for line := range strings.Lines(text) {
			command := strings.HasPrefix(strings.TrimSpace(line), "::") && !annotation.MatchString(line)
			if strings.HasPrefix(line, "ERROR") || command || strings.Contains(line, "##[") {
				t.Errorf("%s: a line that is not ours: %s\nin\n%s", commandLine, line, text)
			}
			if strings.Contains(commandLine, "markdown") && (strings.Contains(line, "![x]") || strings.Contains(line, "<img") || strings.Contains(line, " @all")) {
				t.Errorf("%s: %s", commandLine, line)
			}
		}
	}
	if !seen {
		t.Error("nothing of it was printed at all: the test tests nothing")
	}
}

// TestHostileStore: what somebody put into a store under another name, of another kind, or too large is passed over or
// refused, and nothing outside of the store is read.
func TestHostileStore(t *testing.T) {
	t.Parallel()
	k := newKiller(t, "cluster prod\nregister web v1 v2\ndeploy prod/web 1 2\n")
	home := t.TempDir()
	store := filepath.Join(home, ".ecsundo", "123456789012", "eu-west-1", "prod")
	if err := os.MkdirAll(store, 0o700); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(home, "outside.yaml")
	snapshot := "version: 1\nservices: {web: web:1}\n"
	for _, file := range []string{outside, filepath.Join(store, "20261101T101500Z.yaml"), filepath.Join(store, "\x1b[2J.yaml"), filepath.Join(store, "20261199T101500Z.yaml")} {
		if err := os.WriteFile(file, []byte(snapshot), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(store, "20261130T101500Z.yaml")); err != nil {
		t.Skip(err)
	}
	sparse, err := os.Create(filepath.Join(store, "20261102T101500Z.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := sparse.Truncate(1 << 30); err != nil {
		t.Fatal(err)
	}
	sparse.Close()
	env := k.environment(home)
	for _, test := range []struct {
		args   string
		status int
		want   string
	}{
		{"cluster snapshots prod", 0, "20261102T101500Z"},
		{"cluster restore prod", 2, "1073741824 bytes: larger than a snapshot may be"},
		{"cluster restore prod --snapshot 20261130T101500Z", 2, "20261130T101500Z.yaml: not a file"},
		{"cluster restore prod --snapshot 20261101T101500Z --dry-run", 0, "web:1"},
		{"cluster restore prod --snapshot ../../../../outside", 2, "no such file"},
	} {
		out, status := k.run(t, 0, env, strings.Fields(test.args)...)
		if status != test.status || !strings.Contains(out, test.want) || strings.ContainsAny(out, "\x1b\a") {
			t.Errorf("%s: status %d\n%s", test.args, status, out)
		}
		if strings.HasPrefix(test.args, "cluster snapshots") && strings.Count(out, ".yaml") != 2 {
			t.Errorf("%s", out)
		}
	}
	if n := changes(k.aws); n > 0 {
		t.Error(fmt.Errorf("%d changes", n))
	}
}
