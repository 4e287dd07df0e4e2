package commands

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// realProgram gives ecsundo built as for users: the test binary, which could play it, is several times as slow with the
// race detector in it.
var realProgram = sync.OnceValue(func() string {
	self, err := exec.LookPath(program)
	if err != nil {
		return program
	}
	built := filepath.Join(filepath.Dir(self), "built-"+program) // where testscript.Main cleans up
	if err := exec.Command("go", "build", "-buildvcs=false", "-o", built, "github.com/ecsundo/ecsundo").Run(); err != nil {
		return program
	}
	return built
})

// twenty is a cluster of twenty services, each at its third version: sixteen of their own families, two of which have to be
// registered again, three that share one that has to be, and one in the middle of its rollout. The clock stands still.
const twenty = `
cluster prod
step 0
register s{01..16} v1 v2 v3
deploy prod/s{01..16} 1 2 3
register shared v1 v2 v3
service prod/x{1..3} family=shared
deploy prod/x{1..3} 1 2 3
register r v1 v2 v3
deploy prod/r 1 2
deploy prod/r 3 !wait
deregister s04:2
deregister s08:2
deregister shared:2
`

// changesOfTwenty is how many calls an undo of it makes that change something: twenty services, three copies.
const changesOfTwenty = 23

// twentyBack is what it runs after one step back, with copies of what was registered again.
func twentyBack() map[string]string {
	back := map[string]string{"x1": "shared:4", "x2": "shared:4", "x3": "shared:4", "r": "r:2"}
	for i := range 16 {
		name := fmt.Sprintf("s%02d", i+1)
		back[name] = name + ":2"
	}
	back["s04"], back["s08"] = "s04:4", "s08:4"
	return back
}

// A killer serves a simulated AWS, and at one of the requests sends SIGKILL to the program that made it.
type killer struct {
	aws    *ecstest.Server
	server *httptest.Server
	every  bool   // counts all requests, not only those that change something
	moment string // before: nothing is done any more; lost: done, and the answer never sent; after: sent

	mu     sync.Mutex
	open   int // connections; one is closed when its last call has been done
	closed *sync.Cond
	left   int // requests until then; 0: never
	victim *exec.Cmd
	dead   chan struct{}
}

func newKiller(t *testing.T, story string) *killer {
	t.Helper()
	k := &killer{aws: ecstest.New()}
	k.closed = sync.NewCond(&k.mu)
	if err := k.aws.Tell(story); err != nil {
		t.Fatal(err)
	}
	k.server = httptest.NewUnstartedServer(k)
	k.server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		k.mu.Lock()
		defer k.mu.Unlock()
		switch state {
		case http.StateNew:
			k.open++
		case http.StateClosed:
			k.open--
			k.closed.Broadcast()
		}
	}
	k.server.Start()
	t.Cleanup(k.server.Close)
	return k
}

// settle waits until nothing that the program has asked for is under way any more.
func (k *killer) settle() {
	k.server.CloseClientConnections()
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.open > 0 {
		k.closed.Wait()
	}
}

func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	victim, dead := k.its(r)
	if victim == nil {
		k.aws.ServeHTTP(w, r)
		return
	}
	switch k.moment {
	case "lost":
		k.aws.ServeHTTP(httptest.NewRecorder(), r)
	case "after":
		k.aws.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush()
	}
	_ = victim.Process.Kill()
	<-dead
	if k.moment != "after" {
		panic(http.ErrAbortHandler)
	}
}

// its gives the program to kill if this is the request, else nil.
func (k *killer) its(r *http.Request) (victim *exec.Cmd, dead chan struct{}) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left == 0 || !k.every && (operation == "" || reading.MatchString(operation)) {
		return nil, nil
	}
	if k.left--; k.left > 0 {
		return nil, nil
	}
	return k.victim, k.dead
}

// environment leads the program to the simulated AWS, and to a home of its own.
func (k *killer) environment(home string, more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "AWS_ENDPOINT_URL=" + k.server.URL, "AWS_REGION=eu-west-1", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret",
	}, more...)
}

// run runs ecsundo, to be killed at the n-th request; 0: never. It gives what it wrote, and its exit status, -1 for killed.
func (k *killer) run(t *testing.T, n int, env []string, args ...string) (output string, status int) {
	t.Helper()
	var b bytes.Buffer
	cmd := exec.Command(realProgram(), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &b, &b
	k.mu.Lock()
	k.left, k.victim, k.dead = n, cmd, make(chan struct{})
	err := cmd.Start()
	k.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	close(k.dead)
	return b.String(), cmd.ProcessState.ExitCode()
}

// changes counts the calls that change something since the last ResetCalls.
func changes(aws *ecstest.Server) (n int) {
	for _, c := range aws.Calls() {
		if !reading.MatchString(c.Operation) {
			n++
		}
	}
	return n
}

// TestKilled: a run that is killed at any change, or any request, and is started again, has each service one step back,
// none two, and no second copy. A third run has nothing to do.
func TestKilled(t *testing.T) {
	t.Parallel()
	step, moments := 1, []string{"before", "lost", "after"}
	if testing.Short() {
		step = 5
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for n := 1; n <= changesOfTwenty; n += step {
		moment := moments[random.IntN(3)]
		t.Run(fmt.Sprintf("%s change %d", moment, n), func(t *testing.T) {
			t.Parallel()
			killed(t, moment, n, false)
		})
	}
	for n := random.IntN(20); n < 90; n += 20 * step {
		moment := moments[random.IntN(3)]
		t.Run(fmt.Sprintf("%s request %d", moment, n+1), func(t *testing.T) {
			t.Parallel()
			killed(t, moment, n+1, true)
		})
	}
}

func killed(t *testing.T, moment string, n int, every bool) {
	k := newKiller(t, twenty)
	k.moment, k.every = moment, every
	env := k.environment(t.TempDir())
	undo := []string{"cluster", "prod", "--no-wait"}
	// With its last answer it may end by itself before the signal comes.
	last := every || moment == "after"
	if out, status := k.run(t, n, env, undo...); status != -1 && !(status == 0 && last) {
		t.Fatalf("it was not killed, but ended with %d\n%s", status, out)
	}
	if n%2 == 0 { // the others meet rollouts that go on
		if err := k.aws.Tell("wait"); err != nil {
			t.Fatal(err)
		}
	}
	out, status := k.run(t, 0, env, undo...)
	if status != 0 {
		t.Errorf("the second run: status %d\n%s", status, out)
	}
	oneStepBack(t, k.aws)
	k.aws.ResetCalls()
	if third, status := k.run(t, 0, env, undo...); status != 0 || changes(k.aws) != 0 {
		t.Errorf("the third run: status %d, %d changes\n%s", status, changes(k.aws), third)
	}
	if t.Failed() {
		t.Logf("the second run said\n%s", out)
	}
}

// oneStepBack compares the cluster, once it has settled, with what it should be.
func oneStepBack(t *testing.T, aws *ecstest.Server) {
	t.Helper()
	if err := aws.Tell("wait"); err != nil {
		t.Fatal(err)
	}
	running, want := aws.Running("prod"), twentyBack()
	for _, name := range sortedKeys(want) {
		if running[name] != want[name] {
			t.Errorf("%s runs %s, want %s", name, running[name], want[name])
		}
	}
	for _, second := range []string{"s04:5", "s08:5", "shared:5", "s01:4"} {
		if _, ok := aws.Definition(second); ok {
			t.Errorf("%s was registered", second)
		}
	}
}

// TestKilledStranger: somebody deploys a hotfix of two services once the run is dead. With the guard that it had, the next run
// leaves the hotfix, whether the dead one had undone the service or not, and takes the others one step back.
func TestKilledStranger(t *testing.T) {
	t.Parallel()
	step, moments := 4, []string{"before", "lost", "after"}
	if testing.Short() {
		step = 11
	}
	for n := 1; n <= changesOfTwenty-1; n += step {
		moment := moments[n%3]
		t.Run(fmt.Sprintf("%s change %d", moment, n), func(t *testing.T) {
			t.Parallel()
			k := newKiller(t, twenty)
			k.moment = moment
			env := k.environment(t.TempDir())
			undo := []string{"cluster", "prod", "--no-wait", "--if-image", "*:v3"}
			if out, status := k.run(t, n, env, undo...); status != -1 {
				t.Fatalf("it was not killed, but ended with %d\n%s", status, out)
			}
			k.settle() // what the dead run had under way comes before the hotfix
			if err := k.aws.Tell("register s01 v4\nregister s09 v4\ndeploy prod/s01 4\ndeploy prod/s09 4 !wait"); err != nil {
				t.Fatal(err)
			}
			out, status := k.run(t, 0, env, undo...)
			if status != 0 {
				t.Errorf("the second run: status %d\n%s", status, out)
			}
			if err := k.aws.Tell("wait"); err != nil {
				t.Fatal(err)
			}
			running, want := k.aws.Running("prod"), twentyBack()
			want["s01"], want["s09"] = "s01:4", "s09:4"
			if !maps.Equal(running, want) {
				t.Errorf("runs %v, want %v; the second run said\n%s", running, want, out)
			}
			k.aws.ResetCalls()
			if third, status := k.run(t, 0, env, undo...); status != 0 || changes(k.aws) != 0 {
				t.Errorf("the third run: status %d, %d changes\n%s", status, changes(k.aws), third)
			}
		})
	}
}

// TestAtOnce: eight runs at the same moment leave each service one step back, on the lowest copy. ECS has no way to register
// only if nobody else has, so that there may be more copies than one; none of them is used.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	k := newKiller(t, twenty)
	home := t.TempDir()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var b bytes.Buffer
			cmd := exec.Command(realProgram(), "cluster", "prod", "--no-wait")
			cmd.Env, cmd.Stdout, cmd.Stderr = k.environment(home), &b, &b
			if err := cmd.Run(); err != nil {
				t.Errorf("%v\n%s", err, &b)
			}
		})
	}
	all.Wait()
	if err := k.aws.Tell("wait"); err != nil {
		t.Fatal(err)
	}
	running, want := k.aws.Running("prod"), twentyBack()
	for _, name := range sortedKeys(want) {
		if running[name] != want[name] {
			t.Errorf("%s runs %s, want %s", name, running[name], want[name])
		}
	}
	surplus := 0
	for _, family := range []string{"s04", "s08", "shared"} {
		for n := 5; ; n++ {
			if _, ok := k.aws.Definition(fmt.Sprintf("%s:%d", family, n)); !ok {
				break
			}
			surplus++
		}
	}
	t.Logf("%d copies more than needed", surplus)
	k.aws.ResetCalls()
	if out, status := k.run(t, 0, k.environment(home), "cluster", "prod", "--no-wait"); status != 0 || changes(k.aws) != 0 {
		t.Errorf("one more run: status %d, %d changes\n%s", status, changes(k.aws), out)
	}
}

// blind is a cluster of which ECS tells no history, so that the revision below is the guess; each has two to go down.
const blind = `
cluster prod
step 0
register s{01..20} v1 v2 v3
deploy prod/s{01..20} 1 2 3
deregister s04:2
deregister s08:2
deny ListServiceDeployments DescribeServiceRevisions
`

// TestKilledBlind: without a history, what was kept before the first change tells what has been taken back: in one home, and
// in a bucket that two computers share.
func TestKilledBlind(t *testing.T) {
	t.Parallel()
	const total = 22
	step := 4
	if testing.Short() {
		step = 10
	}
	for _, where := range []string{"directory", "bucket"} {
		for n := 1; n <= total; n += step {
			t.Run(fmt.Sprintf("%s change %d", where, n), func(t *testing.T) {
				t.Parallel()
				k := newKiller(t, blind)
				k.moment = []string{"before", "lost", "after"}[n%3]
				one, other := blindHomes(t, k, where)
				undo := []string{"cluster", "prod", "--no-wait"}
				if out, status := k.run(t, n, one, undo...); status != -1 {
					t.Fatalf("it was not killed, but ended with %d\n%s", status, out)
				}
				out, status := k.run(t, 0, other, undo...)
				if status != 0 {
					t.Errorf("the second run: status %d\n%s", status, out)
				}
				blindStep(t, k.aws)
				k.aws.ResetCalls()
				if out, status := k.run(t, 0, one, undo...); status != 0 || changes(k.aws) != 0 {
					t.Errorf("the third run: status %d, %d changes\n%s", status, changes(k.aws), out)
				}
				if t.Failed() {
					t.Logf("the second run said\n%s", out)
				}
			})
		}
	}
}

// TestAtOnceBlind: eight runs at the same moment, on two computers that share a bucket or on one.
func TestAtOnceBlind(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"directory", "bucket"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			k := newKiller(t, blind)
			homes := make([][]string, 2)
			homes[0], homes[1] = blindHomes(t, k, where)
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					var b bytes.Buffer
					cmd := exec.Command(realProgram(), "cluster", "prod", "--no-wait")
					cmd.Env, cmd.Stdout, cmd.Stderr = homes[i%2], &b, &b
					if err := cmd.Run(); err != nil {
						t.Errorf("%v\n%s", err, &b)
					}
				})
			}
			all.Wait()
			blindStep(t, k.aws)
			k.aws.ResetCalls()
			if out, status := k.run(t, 0, homes[1], "cluster", "prod", "--no-wait"); status != 0 || changes(k.aws) != 0 {
				t.Errorf("one more run: status %d, %d changes\n%s", status, changes(k.aws), out)
			}
		})
	}
}

// blindHomes gives the environments of two computers; of one, if the store is its directory.
func blindHomes(t *testing.T, k *killer, where string) (one, other []string) {
	if where == "directory" {
		one = k.environment(t.TempDir(), "ECSUNDO_GUESS=true")
		return one, one
	}
	s3, err := newFakeS3()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s3)
	t.Cleanup(server.Close)
	shared := []string{"ECSUNDO_GUESS=true", "AWS_ENDPOINT_URL_S3=" + server.URL, "ECSUNDO_STORE=s3://" + opsBucket + "/ecsundo"}
	return k.environment(t.TempDir(), shared...), k.environment(t.TempDir(), shared...)
}

func blindStep(t *testing.T, aws *ecstest.Server) {
	t.Helper()
	if err := aws.Tell("wait"); err != nil {
		t.Fatal(err)
	}
	running := aws.Running("prod")
	names := sortedKeys(running)
	if len(names) != 20 {
		t.Fatalf("%d services", len(names))
	}
	for _, name := range names {
		want := name + ":2"
		if slices.Contains([]string{"s04", "s08"}, name) {
			want = name + ":4"
		}
		if running[name] != want {
			t.Errorf("%s runs %s, want %s", name, running[name], want)
		}
	}
}

// TestBetweenLooks: one run looks at some services before, at the others after another run has taken all back. What it then
// takes from the store must not be older than what it has seen.
func TestBetweenLooks(t *testing.T) {
	t.Parallel()
	k := newKiller(t, blind)
	env := k.environment(t.TempDir(), "ECSUNDO_GUESS=true")
	undo := []string{"cluster", "prod", "--no-wait"}
	guessing, once := make(chan struct{}), sync.Once{}
	var held atomic.Bool
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		switch _, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); {
		case operation == "ListTaskDefinitions":
			once.Do(func() { close(guessing) })
		case operation == "DescribeServices" && bytes.Contains(body, []byte(`"s11"`)) && held.CompareAndSwap(false, true):
			<-guessing
			if out, status := k.run(t, 0, env, undo...); status != 0 {
				t.Errorf("the run between: status %d\n%s", status, out)
			}
		}
		k.aws.ServeHTTP(w, r)
	}))
	t.Cleanup(gate.Close)
	cmd := exec.Command(realProgram(), undo...)
	cmd.Env = append(slices.Clone(env), "AWS_ENDPOINT_URL="+gate.URL)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	blindStep(t, k.aws)
}
