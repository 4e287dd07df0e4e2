package git

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// newRepository makes a repository with one commit a message and gives its directory and their hashes.
func newRepository(t *testing.T, messages ...string) (dir string, hashes []string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir = t.TempDir()
	run := func(args ...string) string {
		git := exec.Command("git", args...)
		git.Dir = dir
		git.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.com", "GIT_AUTHOR_DATE=2025-06-01T10:00:00Z",
			"GIT_COMMITTER_NAME=Bob", "GIT_COMMITTER_EMAIL=bob@example.com", "GIT_COMMITTER_DATE=2025-06-02T10:00:00Z")
		out, err := git.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q")
	for _, m := range messages {
		run("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", m)
		hashes = append(hashes, run("rev-parse", "HEAD"))
	}
	return dir, hashes
}

func TestReadCommits(t *testing.T) {
	t.Parallel()
	dir, hashes := newRepository(t, "Fix the basket", "An \x1b[31mevil\x1b[0m subject\nover two lines\n\nand a body", strings.Repeat("long ", 100))
	asked := []string{"0000000", hashes[0], hashes[1][:9], "deadbeefdeadbeef", hashes[2]}
	found, err := readCommits(context.Background(), dir, asked)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 3 {
		t.Errorf("got %d commits, want 3", len(found))
	}
	first := found[hashes[0]]
	want := Commit{hashes[0], "Fix the basket", "Ann", time.Date(2025, 6, 1, 10, 0, 0, 0, time.UTC)}
	if first == nil || *first != want {
		t.Errorf("got %+v, want %+v", first, want)
	}
	if got := found[hashes[1][:9]].Subject; got != `An \x1b[31mevil\x1b[0m subject over two lines` {
		t.Errorf("got subject %q", got)
	}
	if got := []rune(found[hashes[2]].Subject); len(got) != 201 {
		t.Errorf("got %d characters of a long subject", len(got))
	}
}

// What is no commit, or no object at all, is never asked of a shell, an option or another repository.
func TestReadCommitsElsewhere(t *testing.T) {
	t.Parallel()
	dir, _ := newRepository(t, "one")
	for name, tree := range map[string]string{"a tree is no commit": "4b825dc642cb6eb9a060e54bf8d69288fbee4904"} {
		if found, err := readCommits(context.Background(), dir, []string{tree}); err != nil || len(found) != 0 {
			t.Errorf("%s: got %v, %v", name, found, err)
		}
	}
	if _, err := readCommits(context.Background(), t.TempDir(), []string{"abcdef0"}); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("no repository: got %v", err)
	}
	if _, err := readCommits(context.Background(), filepath.Join(dir, "none"), []string{"abcdef0"}); err == nil {
		t.Error("no directory: no error")
	}
}

// Nothing that a hostile repository's configuration names is run: as a promisor remote, a hook or a monitor. Git before 2.45
// runs the first in spite of -c protocol.allow=never.
func TestHostileRepository(t *testing.T) {
	t.Parallel()
	dir, hashes := newRepository(t, "one")
	mark := filepath.Join(t.TempDir(), "ran")
	run := "touch " + mark
	config := "\n[core]\n\trepositoryformatversion = 1\n\tfsmonitor = " + run + "\n\tsshCommand = " + run + "\n\tpager = " + run + "\n\talternateRefsCommand = " + run +
		"\n[extensions]\n\tpartialClone = evil\n[remote \"evil\"]\n\turl = ext::" + run + "\n\tpromisor = true\n[protocol \"ext\"]\n\tallow = always\n[protocol]\n\tallow = always\n"
	f, err := os.OpenFile(filepath.Join(dir, ".git", "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(config); err != nil {
		t.Fatal(err)
	}
	f.Close()
	found, err := readCommits(context.Background(), dir, []string{strings.Repeat("de", 20), hashes[0]})
	if found[hashes[0]] == nil && err == nil {
		t.Errorf("neither the commit nor an error: %v", found)
	}
	if _, err := os.Stat(mark); err == nil {
		t.Fatal("it ran")
	}
	naked := exec.Command("git", "-C", dir, "cat-file", "--batch")
	naked.Stdin = strings.NewReader(strings.Repeat("de", 20) + "\n")
	_ = naked.Run()
	if _, err := os.Stat(mark); err != nil {
		t.Error("it does not run without our care either: the test tests nothing")
	}
}

// A repository without a working tree is read where it is named, and not where it lies in another one.
func TestBareRepository(t *testing.T) {
	t.Parallel()
	dir, hashes := newRepository(t, "one")
	bare := filepath.Join(t.TempDir(), "bare")
	if out, err := exec.Command("git", "clone", "-q", "--bare", dir, bare).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if found, err := readCommits(context.Background(), bare, hashes); err != nil || found[hashes[0]] == nil {
		t.Errorf("named: %v, %v", found, err)
	}
	if _, err := readCommits(context.Background(), filepath.Join(bare, "refs"), hashes); err == nil || !strings.Contains(err.Error(), "bare repository") {
		t.Errorf("a directory in it: %v", err)
	}
}

func TestGitEnvironment(t *testing.T) {
	t.Parallel()
	got := environment([]string{"HOME=/h", "GIT_DIR=/elsewhere", "git_work_tree=/x", "GIT_TRACE=1", "GIT_CONFIG_GLOBAL=/c", "GIT_CONFIG_COUNT=1"})
	if want := []string{"HOME=/h", "GIT_CONFIG_GLOBAL=/c"}; !slices.Equal(got[:2], want) || slices.ContainsFunc(got, func(e string) bool {
		return strings.HasPrefix(e, "GIT_DIR") || strings.HasPrefix(e, "GIT_TRACE") || strings.HasPrefix(e, "GIT_CONFIG_C")
	}) {
		t.Errorf("got %v", got)
	}
}

func FuzzParseCommits(f *testing.F) {
	f.Add("9f2c1aa missing\n")
	f.Add("9f2c1aa9f2c1aa commit 10\nauthor A <a> 1 +0\n\nx\n\n")
	f.Add("9f2c1aa commit -5\n")
	f.Add("9f2c1aa commit 99999999999999999999\n")
	f.Fuzz(func(t *testing.T, answer string) {
		found, _ := parseCommits(bufio.NewReader(strings.NewReader(answer)), []string{"9f2c1aa", "abcdef0"})
		for _, c := range found {
			if strings.ContainsFunc(c.String()+c.Hash, show.Unprintable) {
				t.Errorf("%q", c)
			}
		}
	})
}

func TestHashesIn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		reference string
		want      []string
	}{
		{"r.example/web:main-9f2c1aa", []string{"9f2c1aa"}},
		{"web:9F2C1AA", []string{"9f2c1aa"}},
		{"web:v1.2-14-g2414721", []string{"2414721"}},
		{"web:abcdef0-9f2c1aa9f2c1aa9f2c1aa9f2c1aa9f2c1aa9f2c1aa", []string{"9f2c1aa9f2c1aa9f2c1aa9f2c1aa9f2c1aa9f2c1aa", "abcdef0"}},
		{"web:v1", nil},
		{"web:abcdef", nil},
		{"localhost:1234567/web", nil},
		{"web@sha256:9f2c1aa9f2c1aa", nil},
		{"web:9f2c1aa@sha256:abcdef0", []string{"9f2c1aa"}},
		{"web:--upload-pack=9f2c1aa", []string{"9f2c1aa"}},
		{"", nil},
	}
	for _, test := range tests {
		if got := hashesIn(ecs.Image{Reference: test.reference}); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.reference, got, test.want)
		}
	}
}
