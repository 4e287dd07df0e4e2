package dist

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"
)

const script = "../../../.github/actions/setup/install.sh"

// A world is a server with releases, and a machine that install.sh runs on: its commands are those in bin and nothing else.
type world struct {
	bin, cache string
	env        []string
	server     *httptest.Server
	mu         sync.Mutex
	files      map[string][]byte // by path
	asked      []string
}

// newWorld has release 1.2.3 for all of platforms, and Linux on amd64.
func newWorld(t *testing.T) *world {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the script runs in Git's shell there, with other commands")
	}
	w := &world{bin: t.TempDir(), cache: filepath.Join(t.TempDir(), "cache"), files: map[string][]byte{}}
	for _, name := range []string{"sh", "awk", "cat", "chmod", "cut", "gzip", "ls", "mkdir", "mktemp", "mv", "rm", "rmdir", "sha256sum", "tar"} {
		w.link(t, name)
	}
	if w.curl(t) == "" {
		t.Skip("SKIPPED: neither curl nor wget is here")
	}
	w.write(t, "uname", "case $1 in -s) echo Linux;; -m) echo x86_64;; esac")
	var sums strings.Builder
	for _, platform := range platforms(t) {
		name := "ecsundo_1.2.3_" + platform + ".tar.gz"
		text := archive(t, "ecsundo_1.2.3_"+platform, "ecsundo", "#!/bin/sh\necho ecsundo v1.2.3 for "+platform+"\n")
		w.files["/v1.2.3/"+name] = text
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), name)
	}
	w.files["/v1.2.3/checksums.txt"] = []byte(sums.String())
	w.server = httptest.NewServer(w)
	t.Cleanup(w.server.Close)
	w.env = []string{"PATH=" + w.bin, "HOME=" + t.TempDir(), "ECSUNDO_CACHE=" + w.cache, "ECSUNDO_BASE_URL=" + w.server.URL}
	return w
}

// release puts a file on the server, or takes it away: nil.
func (w *world) release(path string, text []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.files[path] = text; text == nil {
		delete(w.files, path)
	}
}

// downloads gives what the server was asked for.
func (w *world) downloads() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

func (w *world) ServeHTTP(answer http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.URL.Path)
	if text, ok := w.files[r.URL.Path]; ok {
		answer.Write(text)
		return
	}
	http.NotFound(answer, r)
}

// curl puts the first command that can download into bin, and tells which.
func (w *world) curl(t *testing.T) string {
	for _, name := range []string{"curl", "wget"} {
		if _, err := exec.LookPath(name); err == nil {
			w.link(t, name)
			return name
		}
	}
	return ""
}

func (w *world) link(t *testing.T, name string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if name == "sha256sum" { // macOS has another
			w.link(t, "shasum")
			return
		}
		t.Skipf("SKIPPED: %v", err)
	}
	if err := os.Symlink(path, filepath.Join(w.bin, name)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// install runs the script.
func (w *world) install(t *testing.T, args ...string) (stdout, stderr string, ok bool) {
	t.Helper()
	cmd := exec.Command(filepath.Join(w.bin, "sh"), append([]string{script}, args...)...)
	cmd.Env = w.env
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	err := cmd.Run()
	if left, _ := filepath.Glob(filepath.Join(w.cache, "*/*/download.*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return out.String(), problems.String(), err == nil
}

// refused is an install that installs nothing, and says each of the texts.
func (w *world) refused(t *testing.T, args []string, texts ...string) {
	t.Helper()
	stdout, stderr, ok := w.install(t, args...)
	if ok || stdout != "" {
		t.Errorf("%v was not refused: %s", args, stdout)
	}
	for _, text := range texts {
		if !strings.Contains(stderr, text) {
			t.Errorf("%q is not in: %s", text, stderr)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(w.cache, "*")); len(found) > 0 {
		t.Errorf("left behind: %v", found)
	}
}

// All platforms of the release install what was made for them; another version is another directory.
func TestInstall(t *testing.T) {
	t.Parallel()
	names := map[string]string{"linux": "Linux", "darwin": "Darwin", "amd64": "x86_64", "arm64": "aarch64"}
	for _, platform := range platforms(t) {
		system, processor, _ := strings.Cut(platform, "_")
		if system == "windows" {
			continue // TestInstallWindows
		}
		w := newWorld(t)
		w.write(t, "uname", "case $1 in -s) echo "+names[system]+";; -m) echo "+names[processor]+";; esac")
		stdout, stderr, ok := w.install(t, "v1.2.3")
		if want := filepath.Join(w.cache, "1.2.3", platform); !ok || stdout != want+"\n" {
			t.Fatalf("%s: got %q, want %q; %s", platform, stdout, want, stderr)
		}
		if want := "install.sh: ecsundo v1.2.3 for " + platform + " in "; !strings.Contains(stderr, want) {
			t.Errorf("%q is not in: %s", want, stderr)
		}
	}
}

// Windows gets a zip, which is unpacked by unzip.
func TestInstallWindows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "uname", "case $1 in -s) echo MINGW64_NT-10.0-26100;; -m) echo x86_64;; esac")
	w.write(t, "unzip", `mkdir "$4" && printf '#!/bin/sh\necho ecsundo v1.2.3\n' >"$4/ecsundo.exe"`)
	w.release("/v1.2.3/ecsundo_1.2.3_windows_amd64.zip", []byte("a zip"))
	w.release("/v1.2.3/checksums.txt", fmt.Appendf(nil, "%x  ecsundo_1.2.3_windows_amd64.zip\n", sha256.Sum256([]byte("a zip"))))
	if stdout, stderr, ok := w.install(t, "1.2.3"); !ok || stdout != filepath.Join(w.cache, "1.2.3/windows_amd64")+"\n" {
		t.Errorf("%q, %s", stdout, stderr)
	}
}

// The second time asks nobody, and in GitHub Actions both add to the PATH.
func TestInstallCached(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "path")
	w.env = append(w.env, "GITHUB_PATH="+path, "ECSUNDO_VERSION=1.2.3")
	first, stderr, ok := w.install(t)
	if !ok || !slices.Equal(w.downloads(), []string{"/v1.2.3/ecsundo_1.2.3_linux_amd64.tar.gz", "/v1.2.3/checksums.txt"}) {
		t.Fatalf("%v, %s", w.downloads(), stderr)
	}
	w.server.Close()
	second, stderr, ok := w.install(t)
	if !ok || second != first || len(w.downloads()) != 2 {
		t.Errorf("%q, %v, %s", second, w.downloads(), stderr)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != first+second {
		t.Errorf("%q, %v", text, err)
	}
}

// A checksum may be in upper case, as PowerShell prints it; it also counts for what is installed already.
func TestInstallPinned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := sha256.Sum256(w.files["/v1.2.3/ecsundo_1.2.3_linux_amd64.tar.gz"])
	w.env = append(w.env, fmt.Sprintf("ECSUNDO_SHA256=%X", good))
	for range 2 {
		if _, stderr, ok := w.install(t, "1.2.3"); !ok || len(w.downloads()) != 1 {
			t.Fatalf("%v, %s", w.downloads(), stderr)
		}
	}
	w.env = append(w.env, fmt.Sprintf("ECSUNDO_SHA256=%x", sha256.Sum256([]byte("another"))))
	if stdout, stderr, ok := w.install(t, "1.2.3"); ok || stdout != "" || !strings.Contains(stderr, "has the wrong checksum") {
		t.Errorf("%q, %s", stdout, stderr)
	}
}

// What sha256sum --binary writes, and a file with lines as on Windows, are read as well.
func TestInstallChecksums(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sums := strings.ReplaceAll(strings.ReplaceAll(string(w.files["/v1.2.3/checksums.txt"]), "  ", " *"), "\n", "\r\n")
	w.release("/v1.2.3/checksums.txt", []byte(sums))
	if _, stderr, ok := w.install(t, "1.2.3"); !ok {
		t.Error(stderr)
	}
}

// A relative directory is printed as an absolute one: later steps are elsewhere.
func TestInstallRelative(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(here, w.cache)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "path")
	w.env = append(w.env, "ECSUNDO_CACHE="+relative, "GITHUB_PATH="+path, "PWD="+here)
	stdout, stderr, ok := w.install(t, "1.2.3")
	if text, _ := os.ReadFile(path); !ok || !filepath.IsAbs(stdout) || string(text) != stdout {
		t.Errorf("%q, %q, %s", stdout, text, stderr)
	}
}

func TestInstallRefusesChecksum(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := "/v1.2.3/ecsundo_1.2.3_linux_amd64.tar.gz"
	good := w.files[name]
	w.release(name, archive(t, "ecsundo_1.2.3_linux_amd64", "ecsundo", "#!/bin/sh\necho bad\n"))
	w.refused(t, []string{"1.2.3"}, "ecsundo_1.2.3_linux_amd64.tar.gz has the wrong checksum", "Nothing was installed", "do not use it")

	// a checksum that the user pins stands above that of the release
	w.release("/v1.2.3/checksums.txt", fmt.Appendf(nil, "%x  ecsundo_1.2.3_linux_amd64.tar.gz\n", sha256.Sum256(w.files[name])))
	w.env = append(w.env, fmt.Sprintf("ECSUNDO_SHA256=%x", sha256.Sum256(good)))
	w.refused(t, []string{"1.2.3"}, "has the wrong checksum")
	w.release(name, good)
	if _, stderr, ok := w.install(t, "1.2.3"); !ok {
		t.Error(stderr)
	}
}

func TestInstallRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(t, nil, "missing argument: VERSION", "sh install.sh 1.2.3")
	w.refused(t, []string{"latest"}, `"latest" is not a version. Pin one`)
	w.refused(t, []string{"1.2.3/../../x"}, "is not a version")
	w.refused(t, []string{"1.2.3", "/usr/local/bin"}, `unexpected argument: "/usr/local/bin"`)
	if len(w.downloads()) > 0 {
		t.Errorf("asked for %v", w.downloads())
	}
	w.refused(t, []string{"9.9.9"}, "there is no "+w.server.URL+"/v9.9.9/ecsundo_9.9.9_linux_amd64.tar.gz", "Check the version")

	w.release("/v1.2.3/checksums.txt", []byte("1234  another.tar.gz\n"))
	w.refused(t, []string{"1.2.3"}, "checksums.txt of version 1.2.3 does not list ecsundo_1.2.3_linux_amd64.tar.gz", "Nothing was installed")
	w.release("/v1.2.3/checksums.txt", nil)
	w.refused(t, []string{"1.2.3"}, "there is no "+w.server.URL+"/v1.2.3/checksums.txt")

	w.server.Close()
	w.refused(t, []string{"1.2.3"}, "cannot download "+w.server.URL, "Check the network and the proxy")

	w.write(t, "uname", "case $1 in -s) echo FreeBSD;; -m) echo riscv64;; esac")
	w.refused(t, []string{"1.2.3"}, "there is no ecsundo for FreeBSD on riscv64", "go install")
}

// A genuine build of another version does not pass for the one that was asked for.
func TestInstallOtherVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := "ecsundo_1.2.3_linux_amd64.tar.gz"
	for _, called := range []string{"v1.2.2", "1.2.30", ""} {
		text := archive(t, "ecsundo_1.2.3_linux_amd64", "ecsundo", "#!/bin/sh\necho ecsundo "+called+"\n")
		w.release("/v1.2.3/"+name, text)
		w.release("/v1.2.3/checksums.txt", fmt.Appendf(nil, "%x  %s\n", sha256.Sum256(text), name))
		w.refused(t, []string{"1.2.3"}, "instead of 1.2.3. Nothing was installed")
	}
}

// What stands in the place of an installed program is not run: it is installed anew.
func TestInstallChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ran := filepath.Join(t.TempDir(), "ran")
	planted := []byte("#!/bin/sh\n: >" + ran + "\necho ecsundo v1.2.3\n")
	first, stderr, ok := w.install(t, "1.2.3")
	if !ok {
		t.Fatal(stderr)
	}
	dir := strings.TrimSuffix(first, "\n")
	plant := func() {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "ecsundo"), planted, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	plant()
	if second, stderr, ok := w.install(t, "1.2.3"); !ok || second != first || len(w.downloads()) != 4 {
		t.Errorf("%q, %v, %s", second, w.downloads(), stderr)
	}

	// in a directory that others can write to, the checksum beside it may have been changed as well
	if err := os.Chmod(w.cache, 0o777); err != nil {
		t.Fatal(err)
	}
	plant()
	if err := os.WriteFile(filepath.Join(dir, "program.sha256"), fmt.Appendf(nil, "%x\n", sha256.Sum256(planted)), 0o600); err != nil {
		t.Fatal(err)
	}
	if third, stderr, ok := w.install(t, "1.2.3"); !ok || third != first || len(w.downloads()) != 6 {
		t.Errorf("%q, %v, %s", third, w.downloads(), stderr)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "ecsundo")); err != nil || bytes.Equal(text, planted) {
		t.Errorf("what was planted is still there, %v", err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("what was planted has been run")
	}
}

// Without a home nothing is installed into a directory of everybody.
func TestInstallHomeless(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.env = []string{"PATH=" + w.bin, "ECSUNDO_BASE_URL=" + w.server.URL, "RUNNER_TOOL_CACHE=" + w.cache}
	w.refused(t, []string{"1.2.3"}, "HOME is not set", "Set ECSUNDO_CACHE")
	home := t.TempDir()
	w.env = append(w.env, "HOME="+home)
	if stdout, stderr, ok := w.install(t, "1.2.3"); !ok || stdout != home+"/.cache/ecsundo/1.2.3/linux_amd64\n" {
		t.Errorf("%q, %s", stdout, stderr)
	}
}

// Where gh and a token for it are, an archive that is not attested is refused.
func TestInstallAttestation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(t, "gh", `echo "$@" >"`+w.bin+`/asked"; echo no attestations found; exit 1`)
	w.env = append(w.env, "GH_TOKEN=example")
	w.refused(t, []string{"1.2.3"}, "GitHub does not attest that ecsundo_1.2.3_linux_amd64.tar.gz", "no attestations found")
	text, err := os.ReadFile(filepath.Join(w.bin, "asked"))
	if err != nil || !strings.HasPrefix(string(text), "attestation verify ") || !strings.Contains(string(text), "--repo ecsundo/ecsundo ") ||
		!strings.HasSuffix(string(text), " --source-ref refs/tags/v1.2.3\n") {
		t.Errorf("%q, %v", text, err)
	}
	w.write(t, "gh", "exit 0")
	_, stderr, ok := w.install(t, "1.2.3")
	if !ok || strings.Contains(stderr, "not verified") {
		t.Error(stderr)
	}
}

// wget does where curl is not.
func TestInstallWget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := os.Remove(filepath.Join(w.bin, w.curlName())); err != nil {
		t.Fatal(err)
	}
	w.refused(t, []string{"1.2.3"}, "neither curl nor wget")
	w.link(t, "wget")
	w.refused(t, []string{"9.9.9"}, "there is no "+w.server.URL+"/v9.9.9/", "404")
	if _, stderr, ok := w.install(t, "1.2.3"); !ok {
		t.Error(stderr)
	}
}

func (w *world) curlName() string {
	if _, err := os.Lstat(filepath.Join(w.bin, "curl")); err == nil {
		return "curl"
	}
	return "wget"
}

// platforms are those that .goreleaser.yaml builds for, as GOOS_GOARCH.
func platforms(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Builds []struct{ GOOS, GOARCH []string }
	}
	if err := yaml.Unmarshal(text, &file); err != nil || len(file.Builds) != 1 {
		t.Fatalf("%+v, %v", file, err)
	}
	var all []string
	for _, system := range file.Builds[0].GOOS {
		for _, processor := range file.Builds[0].GOARCH {
			all = append(all, system+"_"+processor)
		}
	}
	if len(all) != 6 {
		t.Fatalf("goreleaser builds for %v; install.sh knows Linux, macOS and Windows on amd64 and arm64", all)
	}
	return all
}

// archive makes a .tar.gz with one program in a directory.
func archive(t *testing.T, dir, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: dir + "/" + name, Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
