package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/ecs/ecstest"
)

// The sandbox passes the status of its command on. For one that it cannot run it uses those of a shell.
const (
	statusCannotRun = 126
	statusNoCommand = 127
	statusBySignal  = 128 // plus the signal's number
)

const (
	sandboxRegion = "eu-west-1"
	sandboxBucket = "ecsundo-demo"
)

func sandboxCommand() *cli.Command {
	return &cli.Command{
		Name: "sandbox", ArgsUsage: "[-- COMMAND ARG...]", Usage: "try it out: a simulated AWS on this computer",
		Description: `Examples:

    ecsundo sandbox -- ecsundo cluster demo
    ecsundo sandbox -- sh

Sandbox simulates AWS on a port of this computer: ECS with the cluster demo,
which has five services and a bad release, the ECR with their images, and an
empty S3 bucket, ecsundo-demo. Rollouts take seconds. Everything is in memory,
and nothing in it can reach a real account.

With a command, it runs the command against the simulated AWS, the AWS CLI too,
and exits with its status (126: it could not be run, 127: it does not exist).
Without a command, it prints the environment as lines for a shell, and serves
until it is interrupted; the status is 0 then.

The environment has none of your AWS_* and ECSUNDO_* variables, profiles and
settings. PATH begins with the directory of this ecsundo.
`,
		Flags: []cli.Flag{&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print the environment without an explanation"}},
		Action: func(c *cli.Context) error {
			box, err := newSandbox()
			if err != nil {
				return err
			}
			defer box.close()
			if c.Args().Present() {
				if c.Args().First() == "" {
					return usagef("perhaps a shell variable is not set", "the command name is empty")
				}
				return box.run(c.Args().Slice(), c.App.Reader, c.App.Writer, c.App.ErrWriter)
			}
			explanation := c.App.ErrWriter
			if c.Bool("quiet") {
				explanation = io.Discard
			}
			return box.serve(c.Context, c.App.Writer, explanation)
		},
	}
}

// A sandbox is a simulated AWS that answers on loopback.
type sandbox struct {
	url    string
	server *http.Server
	bin    string // the directory of this program, unless a shell would find it anyway
}

func newSandbox() (*sandbox, error) {
	aws := ecstest.New()
	if err := aws.Tell("region " + sandboxRegion + "\n" + ecstest.Demo); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	objects := s3mem.New()
	if err := objects.CreateBucket(sandboxBucket); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	box := &sandbox{
		url: "http://" + listener.Addr().String(),
		server: &http.Server{
			Handler:           sandboxHandler(aws, gofakes3.New(objects, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()),
			ReadHeaderTimeout: time.Minute,
			ErrorLog:          log.New(io.Discard, "", 0), // clients that went away
		},
		bin: ownDirectory(),
	}
	go box.server.Serve(listener) //nolint:errcheck // it ends when the sandbox does
	return box, nil
}

func (box *sandbox) close() { box.server.Close() } //nolint:errcheck // nothing is left behind

// sandboxHandler has one endpoint for all: S3 never posts to the root, and the other protocols do nothing else, but for Scheduler's,
// which the signature tells.
func sandboxHandler(aws, s3 http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posted := r.Method == http.MethodPost && r.URL.Path == "/"
		if posted || strings.Contains(r.Header.Get("Authorization"), "/scheduler/aws4_request") {
			aws.ServeHTTP(w, r)
			return
		}
		s3.ServeHTTP(w, r)
	})
}

// ownDirectory gives the directory that has to be on PATH for "ecsundo" to be this program; it is empty if none has to.
func ownDirectory() string {
	own, err := os.Executable()
	if err != nil {
		return ""
	}
	if found, err := exec.LookPath(program); err == nil && sameFile(found, own) {
		return ""
	}
	return filepath.Dir(own)
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// variables is the environment that leads to the sandbox, without PATH.
func (box *sandbox) variables() map[string]string {
	local := "127.0.0.1"
	v := map[string]string{
		"AWS_ENDPOINT_URL":            box.url,
		"AWS_REGION":                  sandboxRegion,
		"AWS_DEFAULT_REGION":          sandboxRegion, // what version 1 of the AWS CLI reads
		"AWS_ACCESS_KEY_ID":           "sandbox",
		"AWS_SECRET_ACCESS_KEY":       "sandbox",
		"AWS_EC2_METADATA_DISABLED":   "true",
		"AWS_CONFIG_FILE":             os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_PAGER":                   "",
		"ECSUNDO_CONFIG":              os.DevNull,
		"ECSUNDO_STORE":               "s3://" + sandboxBucket,
	}
	for _, name := range []string{"NO_PROXY", "no_proxy"} { // some clients read the one first, some the other
		v[name] = local
		if old := os.Getenv(name); old != "" && old != local {
			v[name] = local + "," + old
		}
	}
	return v
}

// foreign reports whether a variable of the user's environment could lead out of the sandbox, or astray in it.
func foreign(name string) bool {
	return strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "ECSUNDO_")
}

// environ is the environment of a command in the sandbox.
func (box *sandbox) environ() []string {
	var env []string
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); !foreign(name) {
			env = append(env, pair)
		}
	}
	for name, value := range box.variables() {
		env = append(env, name+"="+value)
	}
	if box.bin != "" {
		env = append(env, "PATH="+box.bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	return env
}

// serve prints how to get into the sandbox, and keeps it open until ctx ends.
func (box *sandbox) serve(ctx context.Context, stdout, stderr io.Writer) error {
	if _, err := io.WriteString(stdout, box.exports()); err != nil {
		return err
	}
	fmt.Fprintf(stderr, `A simulated AWS answers at %s until you press Ctrl-C.
Paste these lines into another terminal, and try 'ecsundo cluster demo --dry-run'.
`, box.url)
	<-ctx.Done()
	return nil
}

// exports is the environment in lines for a shell.
func (box *sandbox) exports() string {
	variables := box.variables()
	unset := []string{"AWS_PROFILE", "AWS_SESSION_TOKEN"}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if _, ours := variables[name]; foreign(name) && !ours {
			unset = append(unset, name)
		}
	}
	slices.Sort(unset)
	var b strings.Builder
	fmt.Fprintf(&b, "unset %s\n", strings.Join(slices.Compact(unset), " "))
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		fmt.Fprintf(&b, "export %s=%s\n", name, quoteForShell(variables[name]))
	}
	if box.bin != "" {
		fmt.Fprintf(&b, "export PATH=%s:\"$PATH\"\n", quoteForShell(box.bin))
	}
	return b.String()
}

// quoteForShell keeps every byte of s as it is, which [line.Quote] does not: that is for people.
func quoteForShell(s string) string {
	if line.Plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// run runs a command in the sandbox, and passes signals and its status on.
func (box *sandbox) run(args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	path, err := box.find(args[0])
	if err != nil {
		return cannotRun(args[0], err)
	}
	cmd := exec.Command(path)
	cmd.Args, cmd.Env = args, box.environ()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stderr
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return cannotRun(args[0], err)
	}
	go forward(signals, cmd.Process)
	return passOn(cmd.Wait())
}

// find looks a command up on the PATH that it will have.
func (box *sandbox) find(name string) (string, error) {
	if box.bin != "" && filepath.Base(name) == name {
		if path, err := exec.LookPath(filepath.Join(box.bin, name)); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(name)
}

func cannotRun(name string, err error) error {
	f := &failure{asked: "sandbox", err: fmt.Errorf("no command %q", name), status: statusNoCommand,
		hint: fmt.Sprintf("a program and its arguments, as in '%s sandbox -- sh -c \"%s cluster demo\"'", program, program)}
	if !errors.Is(err, exec.ErrNotFound) && !errors.Is(err, fs.ErrNotExist) {
		f.err, f.status = fmt.Errorf("cannot run %q: %w", name, err), statusCannotRun
	}
	return f
}

// forward sends signals to a process. What the keys of a terminal send reaches it anyway, and twice is more than once:
// the second Ctrl-C ends an ecsundo at once.
func forward(signals <-chan os.Signal, p *os.Process) {
	terminal := false
	if tty, err := os.Open("/dev/tty"); err == nil {
		terminal = true
		tty.Close()
	}
	for s := range signals {
		if terminal && (s == os.Interrupt || s == syscall.SIGQUIT) {
			continue
		}
		p.Signal(s) //nolint:errcheck // it has ended
	}
}

// passOn turns the end of a command into ours.
func passOn(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return statusError(statusBySignal + int(status.Signal()))
	}
	return statusError(exit.ExitCode())
}
