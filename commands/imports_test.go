package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/ecsundo/ecsundo"

// rooms are what each package may import of ours. Imports point one way: main → commands → {ecs, snapshot}, and inside of
// ecs: ecs → way → internal/aws → past. A package that is not here may import nothing of ours.
var rooms = map[string]string{
	"":                           "commands",
	"commands":                   "commands/internal/git commands/internal/line commands/internal/settings commands/internal/show commands/help ecs ecs/clock ecs/ecstest snapshot",
	"commands/internal/git":      "commands/internal/show ecs",
	"commands/internal/show":     "ecs/clock",
	"commands/internal/line":     "commands/internal/show",
	"commands/internal/settings": "commands/internal/line commands/internal/show ecs snapshot",
	"ecs":                        "ecs/clock ecs/way ecs/internal/aws ecs/past",
	"ecs/way":                    "ecs/internal/aws ecs/past",
	"ecs/internal/aws":           "ecs/clock ecs/past",
	"scripts/internal/bench":     "ecs/ecstest",
	"scripts/internal/man":       "commands",
}

// TestImports: the simulator shares no code with what it tests, ecs and snapshot do not know each other, and nothing knows
// who calls it.
func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "../...").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		importer, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		importer = strings.TrimPrefix(strings.TrimPrefix(importer, module), "/")
		seen[importer] = true
		for _, i := range strings.Fields(imports) {
			ours, ok := strings.CutPrefix(i, module+"/")
			if ok && !slices.Contains(strings.Fields(rooms[importer]), ours) {
				t.Errorf("%q imports %s", importer, ours)
			}
		}
	}
	for _, must := range []string{"", "commands", "ecs", "ecs/ecstest", "snapshot"} {
		if !seen[must] {
			t.Errorf("no package %q: the test tests nothing", must)
		}
	}
}

// TestPastIsPure: what ran before is decided without the SDK, without a context and without a clock, so that tables can test
// all of it.
func TestPastIsPure(t *testing.T) {
	t.Parallel()
	if problems := impurities(t, "../ecs/past"); len(problems) > 0 {
		t.Error(strings.Join(problems, "\n"))
	}
	if problems := impurities(t, "."); len(problems) == 0 {
		t.Error("nothing is found where there is much: the test tests nothing")
	}
}

// impurities gives what a pure package must not have, in its files that are no tests.
func impurities(t *testing.T, dir string) (problems []string) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil // also where there is no such package yet
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			if name, _ := strconv.Unquote(i.Path.Value); name == "context" || strings.Contains(name, "aws-sdk-go") || strings.Contains(name, "smithy-go") {
				problems = append(problems, path+" imports "+name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "NewTimer", "Sleep"}, selector.Sel.Name) {
				problems = append(problems, files.Position(n.Pos()).String()+": time."+selector.Sel.Name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return problems
}
