package commands

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// A player is a process that runs the commands of one script one after the other: to start a program for each takes longer than most of
// them do, with the race detector several times as long.
type player struct {
	ask    *json.Encoder
	answer *json.Decoder
}

// A played is one command, or what became of it.
type played struct {
	Dir            string            `json:",omitempty"`
	Env            map[string]string `json:",omitempty"`
	Args           []string          `json:",omitempty"`
	Status         int               `json:",omitempty"`
	Stdout, Stderr []byte            `json:",omitempty"`
}

// play is the program ecsundo-player.
func play() {
	ask := json.NewDecoder(os.Stdin)
	answer := json.NewEncoder(os.Stdout)
	for {
		var p played
		if err := ask.Decode(&p); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		os.Clearenv()
		for name, value := range p.Env {
			_ = os.Setenv(name, value)
		}
		if err := os.Chdir(p.Dir); err != nil {
			panic(err)
		}
		wall = clock.Skipping(150)
		var stdout, stderr bytes.Buffer
		status := Main(p.Args, strings.NewReader(""), &stdout, &stderr)
		if err := answer.Encode(played{Status: status, Stdout: stdout.Bytes(), Stderr: stderr.Bytes()}); err != nil {
			panic(err)
		}
	}
}

// play runs a command as exec does, and returns its status.
func (w *world) play(ts *testscript.TestScript, args []string) int {
	if w.player == nil {
		w.player = startPlayer(ts)
	}
	ts.Check(w.player.ask.Encode(played{Dir: ts.MkAbs("."), Env: environment(ts), Args: args}))
	var did played
	ts.Check(w.player.answer.Decode(&did))
	_, _ = ts.Stdout().Write(did.Stdout)
	_, _ = ts.Stderr().Write(did.Stderr)
	return did.Status
}

func startPlayer(ts *testscript.TestScript) *player {
	cmd := exec.Command("ecsundo-player")
	in, err := cmd.StdinPipe()
	ts.Check(err)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	cmd.Stderr = os.Stderr
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &player{ask: json.NewEncoder(in), answer: json.NewDecoder(out)}
}

var scriptEnv = regexp.MustCompile(`(?m)^env (\w+)=`)

// environment is the environment of a script as it is now.
func environment(ts *testscript.TestScript) map[string]string {
	file, err := os.ReadFile("testdata/" + strings.TrimPrefix(ts.Name(), "/") + ".txtar")
	ts.Check(err)
	names := []string{
		"HOME", "PATH", "TMPDIR", "WORK", "GORACE", "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID",
		"AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE",
	}
	for _, name := range scriptEnv.FindAllSubmatch(file, -1) {
		names = append(names, string(name[1]))
	}
	env := map[string]string{}
	for _, name := range names {
		if value := ts.Getenv(name); value != "" {
			env[name] = value
		}
	}
	return env
}
