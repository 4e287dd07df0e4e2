package commands

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

var update = flag.Bool("update", false, "write what the tool prints into the README")

const readme = "../README.md"

// The README's transcript is what the commands in it print in a terminal of 80 columns; times may differ. With -update, it
// is made so.
func TestReadmeTranscript(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("testscript has no terminal here")
	}
	text := readReadme(t)
	block := regexp.MustCompile("(?s)```console\n(.*?)```").FindStringSubmatchIndex(text)
	if block == nil {
		t.Fatal("the README has no transcript")
	}
	written := text[block[2]:block[3]]
	aws, printed := ecstest.New(), ""
	testscript.Run(t, testscript.Params{
		Files: []string{transcriptScript(t, written)},
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("NO_COLOR", "1")
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"demo": func(ts *testscript.TestScript, _ bool, _ []string) {
				speed := "\nspeed 10\n"
				if *update {
					speed = "" // the README is to have times as in the sandbox
				}
				ts.Check(aws.Tell(ecstest.Demo + speed))
				serve(ts, aws)
			},
			"take": func(ts *testscript.TestScript, _ bool, _ []string) {
				printed = strings.ReplaceAll(ts.ReadFile("ttyout"), "\r\n", "\n")
				printed = inputEcho.ReplaceAllString(printed, "$1")
			},
		},
	})
	t.Cleanup(func() { // when the script has ended
		switch {
		case *update:
			if err := os.WriteFile(readme, []byte(text[:block[2]]+printed+text[block[3]:]), 0o644); err != nil {
				t.Error(err)
			}
		case timeless(printed) != timeless(written):
			t.Errorf("the README's transcript is not what the tool prints; see 'go test ./commands -run Readme -update'\ngot:\n%s\nwant:\n%s", printed, written)
		}
		policy, _ := findTopic("iam")
		for _, c := range aws.Calls() {
			if action := c.Service + ":" + c.Operation; !regexp.MustCompile(action + `\b`).MatchString(policy.text) {
				t.Errorf("%s was called and is not in the IAM policy of 'ecsundo help iam'", action)
			}
		}
	})
}

// inputEcho is the empty input as the terminal shows it, whenever it comes: at the start, or behind a command's line.
var inputEcho = regexp.MustCompile(`(?m)(\A|^\$ .*\n) *\n`)

// transcriptScript writes a script that runs the commands of a transcript in a terminal, each after its line.
func transcriptScript(t *testing.T, transcript string) string {
	var session strings.Builder
	for _, line := range strings.Split(transcript, "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			fmt.Fprintf(&session, "echo '%s' >/dev/tty\n%s >/dev/tty 2>progress\n", line, command)
		}
	}
	script := "demo\nttyin nothing\nexec sh session\ntake\n-- nothing --\n \n-- session --\n" + session.String()
	path := filepath.Join(t.TempDir(), "readme.txtar")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{8}T\d{6}Z|just now|at \d{4}-\d\d-\d\d \d\d:\d\d UTC|\b(\d+[dhms])+( ago)?\b`)

// timeless leaves times out, and the spaces, which depend on their lengths.
func timeless(text string) string {
	return strings.Join(strings.Fields(moment.ReplaceAllString(text, "…")), " ")
}

// The README names every command and every topic, and no flag that there is not; every flag is in the help: TestCommandHelp.
func TestReadmeNames(t *testing.T) {
	t.Parallel()
	text := readReadme(t)
	for _, c := range commandTree() {
		if !c.Hidden && !strings.Contains(text, "`"+program+" "+c.Name+" ") {
			t.Errorf("%s %s is not in the README", program, c.Name)
		}
	}
	for _, name := range topicNames {
		if !strings.Contains(text, "(commands/help/"+name+".md)") {
			t.Errorf("the README has no link to the topic %s", name)
		}
	}
	for _, flag := range unknownFlags(strings.ReplaceAll(text, "--cask", "")) {
		t.Errorf("no command has the flag %s", flag)
	}
	if n := strings.Count(text, "\n"); n < 150 || n > 180 {
		t.Errorf("the README has %d lines", n)
	}
}

// The commands of the README do what it says: each block runs against the cluster of the sandbox, and ends well. What installs is
// not run.
func TestReadmeBlocks(t *testing.T) {
	t.Parallel()
	var scripts []string
	dir := t.TempDir()
	for n, block := range regexp.MustCompile("(?s)```(sh|yaml)\n(.*?)```").FindAllStringSubmatch(readReadme(t), -1) {
		commands := block[2]
		if block[1] == "yaml" {
			run := regexp.MustCompile(`(?m)run: (ecsundo .*)$`).FindStringSubmatch(commands)
			if run == nil {
				t.Errorf("nothing runs in:\n%s", commands)
				continue
			}
			commands = run[1] + "\n"
		}
		if other := regexp.MustCompile(`(?m)^(brew|scoop|go|docker|scripts/demo|scripts/test)\b.*$`).ReplaceAllString(commands, ""); strings.TrimSpace(other) == "" {
			continue
		}
		run := "exec sh -eu block"
		if strings.Contains(commands, "s3://") { // only the sandbox has a bucket
			run = "exec ecsundo sandbox -- sh -eu block"
		}
		path := filepath.Join(dir, fmt.Sprintf("block%d.txtar", n))
		script := "demo\n" + run + "\nstdout .\n-- block --\n" + commands
		if block[1] == "yaml" {
			script = "demo\n" + run + "\nstdout .\ngrep 'rolled back|deploys|web' summary\n-- block --\n" + commands
		}
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, path)
	}
	if len(scripts) < 4 {
		t.Fatalf("only %d blocks run", len(scripts))
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			for name, value := range map[string]string{
				"HOME": env.WorkDir, "AWS_EC2_METADATA_DISABLED": "true", "GITHUB_SHA": "2026-11-22", "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"demo": func(ts *testscript.TestScript, _ bool, _ []string) {
				aws := ecstest.New()
				ts.Check(aws.Tell(ecstest.Demo + "\nspeed 10\n"))
				serve(ts, aws)
			},
		},
	})
}

// What the READMEs, and the texts for contributors, link to is there.
func TestReadmeLinks(t *testing.T) {
	t.Parallel()
	for _, file := range []string{readme, "../scripts/examples/README.md", "../.github/CONTRIBUTING.md", "../.github/SECURITY.md"} { // TestHelpTopics has those of the topics
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		links := regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllSubmatch(text, -1)
		if len(links) == 0 {
			t.Errorf("%s has no link", file)
		}
		for _, link := range links {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), string(link[1]))); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

func readReadme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
