package ecs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/ecsundo/ecsundo/"

// Imports point one way: ecs → ecs/way → ecs/internal/aws → ecs/past, over one floor or several, and the SDK of ECS is known only to
// ecs/internal/aws.
func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "./...").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	floors := []string{"ecs", "ecs/way", "ecs/internal/aws", "ecs/past", "ecs/clock"}
	seen := 0
	for line := range strings.Lines(string(out)) {
		importer, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		floor := slices.Index(floors, strings.TrimPrefix(importer, module))
		if floor < 0 {
			continue
		}
		seen++
		for _, i := range strings.Fields(imports) {
			if ours, ok := strings.CutPrefix(i, module); ok && !slices.Contains(floors[floor+1:], ours) {
				t.Errorf("%s imports %s", importer, i)
			}
			if floors[floor] != "ecs/internal/aws" && strings.HasPrefix(i, "github.com/aws/aws-sdk-go-v2/service") {
				t.Errorf("%s imports %s", importer, i)
			}
		}
	}
	if seen == 0 {
		t.Error("no package was looked at")
	}
}

// What ran before is pure: package past needs nothing that makes calls, waits or prints, whatever it imports, and asks no clock.
func TestPastIsPure(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "./past").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	if !strings.Contains(string(out), module+"ecs/past") {
		t.Fatalf("lists %s", out)
	}
	for _, dep := range strings.Fields(string(out)) {
		if dep == "context" || dep == "net" || strings.HasPrefix(dep, "net/") || dep == "os/exec" || strings.HasPrefix(dep, "github.com/aws/") || strings.HasPrefix(dep, "github.com/urfave/") {
			t.Errorf("ecs/past needs %s", dep)
		}
	}
	files := token.NewFileSet()
	names, err := filepath.Glob("past/*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			of, ok := call.X.(*ast.Ident)
			if ok && (of.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep"}, call.Sel.Name) || of.Name == "os") {
				t.Errorf("%s: %s.%s", files.Position(n.Pos()), of.Name, call.Sel.Name)
			}
			return true
		})
	}
}
