package dist

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What moves with each release moves forward only.
func TestNewest(t *testing.T) {
	t.Parallel()
	if err := exec.Command("sh", "-c", "printf 'b\na\n' | sort -V").Run(); err != nil {
		t.Skip("SKIPPED: sort has no -V here")
	}
	clone := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Dir = clone
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	git("init", "-q")
	git("commit", "-q", "--allow-empty", "-m", "one")
	for _, tag := range []string{"v1", "v1.2.3", "v1.10.0", "v2.0.0", "v2.1.0-rc.1", "v10.0.0"} {
		git("tag", tag)
	}
	script, err := filepath.Abs("../../newest")
	if err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"v1.2.4": "false", "v1.10.1": "false", "v10.0.0": "true", "v10.0.1": "true", "v10.1.0-rc.1": "false", // among all
		"v1.2.4 v1": "false", "v1.10.0 v1": "true", "v1.10.1 v1": "true", "v2.0.1 v2": "true", "v2.1.0-rc.1 v2": "false", "v3.0.0 v3": "true",
	} {
		cmd := exec.Command(script, strings.Fields(args)...)
		cmd.Dir = clone
		if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %s, %v, want %s", args, out, err, want)
		}
	}
}

// The base images of releases are named by digest, where the update bot reads them too.
func TestBaseImages(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bot, err := os.ReadFile("../../../.github/images/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	used, kept := regexp.MustCompile(`(?m)base_image: (\S+)`).FindAllSubmatch(config, -1), regexp.MustCompile(`(?m)^FROM (\S+)$`).FindAllSubmatch(bot, -1)
	if len(used) != 2 || len(kept) != 2 {
		t.Fatalf("%q, %q", used, kept)
	}
	for i := range used {
		if !bytes.Equal(used[i][1], kept[i][1]) || !regexp.MustCompile(`@sha256:[0-9a-f]{64}$`).Match(used[i][1]) {
			t.Errorf(".goreleaser.yaml has %s, and .github/images/Dockerfile %s", used[i][1], kept[i][1])
		}
	}
}
