package commands

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ecsundo/ecsundo/ecs/clock"
	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

func TestMain(m *testing.M) {
	wall = clock.Skipping(150)                             // looks every 20 ms
	debug.SetGCPercent(400)                                // there is room
	if err := flag.Set("test.parallel", "8"); err != nil { // scripts mostly wait, for programs to start and rollouts to end
		panic(err)
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // a program that ends well with the race detector in it sleeps for a second
	testscript.Main(m, map[string]func(){
		"ecsundo":        func() { os.Exit(Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
		"ecsundo-player": play,
	})
}

// TestScripts runs testdata/*.txtar: our Main as a program of its own, the real SDK, and the simulated endpoint behind it.
// Besides the usual commands there are
//
//	sim [FILE]          a new simulated AWS, in which the file's story has been told, and the environment that leads to it
//	tell LINE           goes on with the story; quotes hold it together
//	calls [OP[=N]...]   the operations that were called since the start or the last forget, no others; =N: that often
//	! calls OP...       none of these
//	called OP           waits until OP is called
//	forget              forgets the calls
//	untouched           no call was made that could change anything
//	running CLUSTER SERVICE=DEFINITION...    what the services run
//	scheduled CLUSTER NAME=DEFINITION...     what its rules and schedules run, all of them: rule/nightly=job:3
//	exits STATUS COMMAND ARG...              as exec, for one exit status; ecsundo in the script's player
//	s3 …                an S3 server; see s3Command
//	valid               stdout is a report as scripts/examples/report.schema.json has it
//	html                an endpoint that answers everything with a web page
func TestScripts(t *testing.T) {
	t.Parallel()
	if signal.Ignored(syscall.SIGHUP) { // as under nohup: what the scripts start is not to inherit it
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("ECSUNDO_UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			env.Values["world"] = &world{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sim":       simCommand,
			"tell":      tellCommand,
			"calls":     callsCommand,
			"called":    calledCommand,
			"forget":    forgetCommand,
			"untouched": untouchedCommand,
			"running":   runningCommand,
			"scheduled": scheduledCommand,
			"html":      htmlCommand,
			"s3":        s3Command,
			"exits":     exitsCommand,
			"valid":     validCommand,
		},
	})
}

// A world holds the simulated AWS of one script, and its S3 if it has one.
type world struct {
	aws    *ecstest.Server
	s3     *fakeS3
	player *player
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value("world").(*world) }

func simCommand(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	w.aws = ecstest.New()
	if len(args) > 0 {
		ts.Check(w.aws.Tell(ts.ReadFile(args[0])))
	}
	serve(ts, w.aws)
}

func htmlCommand(ts *testscript.TestScript, _ bool, _ []string) {
	serve(ts, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>sign in</html>")
	}))
}

// serve starts an endpoint, to be stopped with the script, and sets the environment that leads to it.
func serve(ts *testscript.TestScript, handler http.Handler) {
	server := httptest.NewServer(handler)
	ts.Defer(server.Close)
	ts.Setenv("AWS_ENDPOINT_URL", server.URL)
	ts.Setenv("AWS_REGION", "eu-west-1")
	ts.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	ts.Setenv("AWS_SECRET_ACCESS_KEY", "a secret that must not be seen")
}

func tellCommand(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(worldOf(ts).aws.Tell(strings.Join(args, " ")))
}

func scheduledCommand(ts *testscript.TestScript, _ bool, args []string) {
	var runs []string
	for name, definitions := range worldOf(ts).aws.Scheduled(args[0]) {
		runs = append(runs, name+"="+definitions)
	}
	slices.Sort(runs)
	slices.Sort(args[1:])
	if !slices.Equal(runs, args[1:]) {
		ts.Fatalf("runs %q", runs)
	}
}

func forgetCommand(ts *testscript.TestScript, _ bool, _ []string) { worldOf(ts).aws.ResetCalls() }

func callsCommand(ts *testscript.TestScript, neg bool, args []string) {
	aws := worldOf(ts).aws
	if neg {
		for _, op := range args {
			if n := aws.Count(op); n > 0 {
				ts.Fatalf("%s was called %d times", op, n)
			}
		}
		return
	}
	counts := map[string]int{}
	for _, c := range aws.Calls() {
		counts[c.Operation]++
	}
	for _, arg := range args {
		op, times, exact := strings.Cut(arg, "=")
		if want, _ := strconv.Atoi(times); counts[op] == 0 || exact && counts[op] != want {
			ts.Fatalf("%s: %d calls; all: %v", arg, counts[op], counts)
		}
		delete(counts, op)
	}
	if len(counts) > 0 {
		ts.Fatalf("also called: %v", counts)
	}
}

func calledCommand(ts *testscript.TestScript, _ bool, args []string) {
	for range 1000 {
		if worldOf(ts).aws.Count(args[0]) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s was not called within ten seconds", args[0])
}

var reading = regexp.MustCompile("^(List|Describe|Get|BatchGet|Simulate)")

func untouchedCommand(ts *testscript.TestScript, _ bool, _ []string) {
	for _, c := range worldOf(ts).aws.Calls() {
		if !reading.MatchString(c.Operation) {
			ts.Fatalf("%s was called", c.Operation)
		}
	}
}

func runningCommand(ts *testscript.TestScript, _ bool, args []string) {
	running := worldOf(ts).aws.Running(args[0])
	got := make([]string, 0, len(running))
	for _, service := range slices.Sorted(maps.Keys(running)) {
		got = append(got, service+"="+running[service])
	}
	if want := args[1:]; !slices.Equal(got, want) {
		ts.Fatalf("got %v, want %v", got, want)
	}
}

func exitsCommand(ts *testscript.TestScript, _ bool, args []string) {
	var status int
	if args[1] == program {
		status = worldOf(ts).play(ts, args[1:])
	} else {
		var exit *exec.ExitError
		if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
			status = exit.ExitCode()
		} else if err != nil {
			ts.Fatalf("%v", err)
		}
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}
