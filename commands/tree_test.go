package commands

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

// Every command says how it is called and what it does, with an example that a script runs.
func TestCommandTree(t *testing.T) {
	t.Parallel()
	scripts := readScripts(t)
	for _, c := range commandTree() {
		if c.Hidden {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			if c.Usage == "" || c.Description == "" {
				t.Error("Usage or Description is missing")
			}
			examples := regexp.MustCompile(`(?m)^    (ecsundo .*)$`).FindAllStringSubmatch(c.Description, -1)
			if len(examples) == 0 {
				t.Error("no example in the Description")
			}
			for _, e := range examples {
				if !strings.Contains(scripts, "exits 0 "+e[1]+"\n") && !strings.Contains(scripts, "exec "+e[1]+"\n") {
					t.Errorf("no script runs the example: exits 0 %s", e[1])
				}
			}
			for _, f := range c.Flags {
				if f.(cli.DocGenerationFlag).GetUsage() == "" {
					t.Errorf("--%s has no usage", f.Names()[0])
				}
			}
		})
	}
}

func readScripts(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// No line of the help is wider than a window is usually.
func TestHelpWidth(t *testing.T) {
	t.Parallel()
	pages := []func(io.Writer) error{func(w io.Writer) error { return writeHelp(w, commandTree()) }}
	for _, c := range commandTree() {
		pages = append(pages, func(w io.Writer) error { return writeCommandHelp(w, c) })
	}
	for _, page := range pages {
		var b bytes.Buffer
		if err := page(&b); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := len([]rune(line)); n > 81 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

// A flag has the same kind in all commands, or a command line could not be read before its command is known.
func TestFlagsAgree(t *testing.T) {
	all := map[string]line.FlagKind{}
	for _, c := range commandTree() {
		for spelling, kind := range line.FlagsOf(c) {
			if before, ok := all[spelling]; ok && before != kind {
				t.Errorf("--%s of %q is %+v, and %+v elsewhere", spelling, c.Name, kind, before)
			}
			all[spelling] = kind
		}
	}
}
