package commands

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
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
				if !strings.Contains(scripts, "exec "+e[1]+"\n") {
					t.Errorf("no script runs the example: exec %s", e[1])
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

// Imports point one way: main → commands → {ecs, snapshot}; ecs and snapshot do not know each other, and the simulator
// shares no code with what it tests.
func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "../...").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	const module = "github.com/ecsundo/ecsundo"
	allowed := map[string]string{
		module:                              "commands",
		module + "/commands":                "ecs ecs/ecstest snapshot",
		module + "/scripts/internal/bench":  "ecs/ecstest",
		module + "/scripts/internal/record": "scripts/internal/terminal",
	}
	for line := range strings.Lines(string(out)) {
		importer, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		for _, i := range strings.Fields(imports) {
			ours, ok := strings.CutPrefix(i, module+"/")
			if ok && !strings.Contains(" "+allowed[importer]+" ", " "+ours+" ") {
				t.Errorf("%s imports %s", importer, i)
			}
		}
	}
}
