// Package examples tests the examples: what can run here is run, against the simulated endpoint.
package examples

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ecsundo/ecsundo/commands"
	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ecsundo": func() { os.Exit(commands.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs testdata/*.txtar. $EXAMPLES is this directory. Besides the usual commands there are
//
//	sim FILE                a simulated AWS in which the file's story has been told, and the environment that leads to it
//	tell LINE               goes on with the story
//	running CLUSTER SERVICE=DEFINITION...    what the services run
//	definition NAME [!] TEXT...              the definition has, or has not, each of the texts
//	policy FILE...          denies what none of these policies of ours allows
//	handler FILE            writes the Lambda function of restore-on-alarm.yaml
//	build FILE              writes the command of the CodeBuild project in undo-on-failure.yaml
//	converse STATUS FILE PROGRAM ARG...    talks with a program on a terminal
//	untouched               no call was made that could change anything
func TestScripts(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("EXAMPLES", here)
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			env.Values["aws"] = ecstest.New()
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sim":        simCommand,
			"tell":       tellCommand,
			"running":    runningCommand,
			"definition": definitionCommand,
			"untouched":  untouchedCommand,
			"policy":     policyCommand,
			"handler":    handlerCommand,
			"build":      buildCommand,
			"converse":   converseCommand,
		},
	})
}

func awsOf(ts *testscript.TestScript) *ecstest.Server { return ts.Value("aws").(*ecstest.Server) }

func simCommand(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(awsOf(ts).Tell(ts.ReadFile(args[0])))
	server := httptest.NewServer(awsOf(ts))
	ts.Defer(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "NO_PROXY": "127.0.0.1",
		"AWS_ACCESS_KEY_ID": "example", "AWS_SECRET_ACCESS_KEY": "example", "AWS_PAGER": "",
	} {
		ts.Setenv(name, value)
	}
}

func tellCommand(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(awsOf(ts).Tell(strings.Join(args, " ")))
}

func runningCommand(ts *testscript.TestScript, _ bool, args []string) {
	running := awsOf(ts).Running(args[0])
	for _, want := range args[1:] {
		service, definition, _ := strings.Cut(want, "=")
		if running[service] != definition {
			ts.Fatalf("got %v, want %s", running, want)
		}
	}
}

func definitionCommand(ts *testscript.TestScript, neg bool, args []string) {
	body, ok := awsOf(ts).Definition(args[0])
	if !ok {
		ts.Fatalf("there is no %s", args[0])
	}
	for _, text := range args[1:] {
		if strings.Contains(string(body), text) == neg {
			ts.Fatalf("%s in %s", text, body)
		}
	}
}

func untouchedCommand(ts *testscript.TestScript, _ bool, _ []string) {
	for _, c := range awsOf(ts).Calls() {
		if !slices.ContainsFunc([]string{"List", "Describe", "Get", "BatchGet", "Simulate"}, func(p string) bool { return strings.HasPrefix(c.Operation, p) }) {
			ts.Fatalf("%s was called", c.Operation)
		}
	}
}

// Every example says in its head what it is for; those that are programs can be run.
func TestHeads(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		switch filepath.Ext(name) {
		case ".go", ".md":
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			continue
		}
		if !strings.Contains(string(readme), "]("+name+")") {
			t.Errorf("README.md does not have %s", name)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head := strings.TrimPrefix(string(text), "#!/usr/bin/env bash\n")
		if filepath.Ext(name) != ".json" && !strings.HasPrefix(head, "# ") {
			t.Errorf("%s has no head", name)
		}
		if script := head != string(text); script != (info.Mode()&0o111 != 0) {
			t.Errorf("%s: a script, and only a script, can be run", name)
		}
	}
}
