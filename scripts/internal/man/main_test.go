package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/ecsundo/ecsundo/commands"
)

// Every page has a name, says what it is about, and has no signs of Markdown left; what it refers to is there.
func TestPages(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	pages := commands.Manual()
	if len(pages) < 20 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, p := range pages {
		name := fmt.Sprintf("%s.%d", p.Name, p.Section)
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		begins := fmt.Sprintf(`(?s)\.TH %s %d\n.*?\.SH NAME\n%s \\- \S.*\.SH DESCRIPTION\n`, p.Name, p.Section, p.Name)
		if p.Name != "ecsundo" {
			begins += `.*\.SH SEE ALSO\n`
		}
		if !regexp.MustCompile(begins).Match(text) {
			t.Errorf("%s begins otherwise:\n%s", name, text)
		}
		if bad := regexp.MustCompile("(?m)^```|\\*\\*|\\]\\(|^: |^\\|").Find(text); bad != nil {
			t.Errorf("%s has %q", name, bad)
		}
		for _, other := range regexp.MustCompile(`\\fB(ecsundo[\w-]*)\\fP\((\d)\)`).FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(dir, string(other[1])+"."+string(other[2]))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
