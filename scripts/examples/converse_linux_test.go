package examples

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ecsundo/ecsundo/scripts/internal/terminal"
)

// converseCommand runs a program on a terminal of its own, and talks with it: converse STATUS FILE PROGRAM ARG... Each line of
// the file is a text to wait for and, behind " => ", the keys to press then, quoted as in Go.
func converseCommand(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command(args[2], args[3:]...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = []string{"TERM=xterm", "LINES=24", "COLUMNS=80", "ESCDELAY=25"}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "GIT"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	near, err := terminal.Start(cmd, 24, 80)
	ts.Check(err)
	defer near.Close()
	defer cmd.Process.Kill()

	chunks := make(chan []byte)
	go func() {
		defer close(chunks)
		for {
			chunk := make([]byte, 4096)
			n, err := near.Read(chunk)
			if err != nil {
				return // EIO: the program has ended
			}
			chunks <- chunk[:n]
		}
	}()
	var all bytes.Buffer
	seen := 0 // what has been answered already
	patience := time.After(2 * time.Minute)
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		text, quoted, _ := strings.Cut(strings.TrimSpace(line), " => ")
		keys, err := strconv.Unquote(quoted)
		ts.Check(err)
		for !bytes.Contains(all.Bytes()[seen:], []byte(text)) {
			select {
			case chunk, ok := <-chunks:
				if !ok {
					ts.Fatalf("%q did not come before the end:\n%q", text, all.Bytes()[seen:])
				}
				all.Write(chunk)
			case <-patience:
				ts.Fatalf("%q did not come:\n%q", text, all.Bytes()[seen:])
			}
		}
		seen = all.Len()
		for quiet := false; !quiet; { // keys that come before the box is complete are thrown away
			select {
			case chunk, ok := <-chunks:
				quiet = !ok
				all.Write(chunk)
			case <-time.After(200 * time.Millisecond):
				quiet = true
			}
		}
		_, err = near.WriteString(keys)
		ts.Check(err)
	}
	for open := true; open; {
		select {
		case chunk, ok := <-chunks:
			all.Write(chunk)
			open = ok
		case <-patience:
			ts.Fatalf("the program goes on:\n%q", all.Bytes()[seen:])
		}
	}
	cmd.Wait() //nolint:errcheck // the status is looked at
	fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(string(all.Bytes()[seen:]), "\r", ""))
	if status := cmd.ProcessState.ExitCode(); strconv.Itoa(status) != args[0] {
		ts.Fatalf("status %d, want %s:\n%q", status, args[0], all.Bytes()[seen:])
	}
}
