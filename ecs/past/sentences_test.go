package past

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Every code has one sentence, which is short, and ends no sentence twice.
func TestSentences(t *testing.T) {
	t.Parallel()
	count := map[Code]int{}
	for _, s := range Sentences {
		count[s.Code]++
		now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		full := Facts{
			From: "web:5", To: "web:4", Left: "web:6", Since: now.Add(-time.Hour), At: now.Add(-2 * time.Hour), Until: now.Add(-time.Hour), Names: []string{"app"},
			Name: "name", Status: "STATUS", Flags: "--cluster prod --service web", Why: "Tasks failed to start.", because: "why", N: 50,
		}
		for what, text := range map[string]string{"the example": s.Example, "what to do": s.Do, "the sentence": s.text(full, now)} {
			if n := len(strings.Fields(text)); n > 30 && !strings.Contains(text, "aws ecs ") {
				t.Errorf("%s: %s has %d words: %s", s.Code, what, n, text)
			}
			if bad := regexp.MustCompile(`\.\.|%!|  |\.$|!|\. [a-z]|: *$`).FindString(text); bad != "" {
				t.Errorf("%s: %s has %q: %s", s.Code, what, bad, text)
			}
			if text == "" && what != "what to do" {
				t.Errorf("%s: %s is empty", s.Code, what)
			}
		}
	}
	for _, code := range codes(t) {
		if count[code] != 1 {
			t.Errorf("%s has %d sentences", code, count[code])
		}
		delete(count, code)
	}
	for code := range count {
		t.Errorf("%s is no constant", code)
	}
}

// codes gives the constants of the type Code, as the source has them.
func codes(t *testing.T) []Code {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all []Code
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if kind, named := (*ast.Ident)(nil), false; ok {
				if kind, named = spec.Type.(*ast.Ident); !named || kind.Name != "Code" {
					return true
				}
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, Code(value))
			}
			return true
		})
	}
	if len(all) < 100 {
		t.Fatalf("only %d codes were found", len(all))
	}
	return all
}
