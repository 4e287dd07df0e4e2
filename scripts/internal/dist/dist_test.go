package dist

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/commands"
)

// The tests below look at a release that scripts/release has made: DIST is its directory.
func release(t *testing.T) (dir, version string) {
	t.Helper()
	dir = os.Getenv("DIST")
	if dir == "" {
		t.Skip("there is no release to look at; scripts/release makes one")
	}
	var metadata struct{ Version string }
	if err := json.Unmarshal(read(t, filepath.Join(dir, "metadata.json")), &metadata); err != nil || metadata.Version == "" {
		t.Fatalf("%+v, %v", metadata, err)
	}
	return dir, metadata.Version
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A member is a file in an archive.
type member struct {
	mode fs.FileMode
	text []byte
}

// Each archive holds the program for its system, built from the commit, and what belongs to it; nothing else.
func TestArchives(t *testing.T) {
	dir, version := release(t)
	for _, platform := range platforms(t) {
		system, processor, _ := strings.Cut(platform, "_")
		base, program := "ecsundo_"+version+"_"+platform, "ecsundo"
		var members map[string]member
		if system == "windows" {
			program += ".exe"
			members = unzip(t, filepath.Join(dir, base+".zip"))
		} else {
			members = untar(t, read(t, filepath.Join(dir, base+".tar.gz")))
		}
		want := []string{"LICENSE", "README.md", "CHANGELOG.md", "completions/_ecsundo", "completions/ecsundo.bash", "completions/ecsundo.fish", "completions/ecsundo.ps1", program}
		for _, page := range commands.Manual() {
			want = append(want, fmt.Sprintf("man/%s.%d", page.Name, page.Section))
		}
		for i := range want {
			want[i] = base + "/" + want[i]
		}
		slices.Sort(want)
		if got := names(members); !slices.Equal(got, want) {
			t.Errorf("%s holds %v, want %v", base, got, want)
			continue
		}
		for name, m := range members {
			mode := fs.FileMode(0o644)
			if name == base+"/"+program {
				mode = 0o755
			}
			if m.mode.Perm() != mode || len(m.text) == 0 {
				t.Errorf("%s: %v, %d bytes", name, m.mode, len(m.text))
			}
		}
		lookAtProgram(t, base, members[base+"/"+program].text, system, processor)
	}
}

// lookAtProgram sees that Go has stamped version, commit and date, and for which system it was built.
func lookAtProgram(t *testing.T, name string, program []byte, system, processor string) {
	t.Helper()
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	for key, want := range map[string]string{"GOOS": system, "GOARCH": processor, "CGO_ENABLED": "0", "-trimpath": "true", "vcs.modified": "false"} {
		if settings[key] != want {
			t.Errorf("%s: %s is %q, want %q", name, key, settings[key], want)
		}
	}
	if len(settings["vcs.revision"]) != 40 || settings["vcs.time"] == "" || !strings.HasPrefix(info.Main.Version, "v") || strings.Contains(info.Main.Version, "dirty") {
		t.Errorf("%s: version %q, commit %q, date %q", name, info.Main.Version, settings["vcs.revision"], settings["vcs.time"])
	}
	if tag := os.Getenv("GITHUB_REF_NAME"); os.Getenv("GITHUB_REF_TYPE") == "tag" && info.Main.Version != tag {
		t.Errorf("%s: the program of tag %s says that it is %s", name, tag, info.Main.Version)
	}
}

// checksums.txt lists every file that is published, with the right sum.
func TestChecksums(t *testing.T) {
	dir, version := release(t)
	listed := map[string]string{}
	for line := range strings.Lines(string(read(t, filepath.Join(dir, "checksums.txt")))) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		listed[name] = sum
	}
	want := []string{"install.sh"}
	for _, platform := range platforms(t) {
		base, suffix := "ecsundo_"+version+"_"+platform, ".tar.gz"
		if strings.HasPrefix(platform, "windows") {
			suffix = ".zip"
		}
		want = append(want, base+suffix, base+".cdx.json")
		if strings.HasPrefix(platform, "linux") {
			want = append(want, base+".deb", base+".rpm", base+".apk")
		}
	}
	slices.Sort(want)
	if got := names(listed); !slices.Equal(got, want) {
		t.Errorf("checksums.txt lists %v, want %v", got, want)
	}
	for name, sum := range listed {
		path := filepath.Join(dir, name)
		if name == "install.sh" {
			path = script
		}
		if got := sha256.Sum256(read(t, path)); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s: %x, want %s", name, got, sum)
		}
	}
}

// The SBOM of each archive names the program and the modules that it was built of.
func TestSBOMs(t *testing.T) {
	dir, version := release(t)
	for _, platform := range platforms(t) {
		var sbom struct {
			BOMFormat  string
			Metadata   struct{ Component struct{ Name string } }
			Components []struct{ Name, Version string }
		}
		if err := json.Unmarshal(read(t, filepath.Join(dir, "ecsundo_"+version+"_"+platform+".cdx.json")), &sbom); err != nil {
			t.Error(err)
		}
		modules := map[string]string{}
		for _, c := range sbom.Components {
			modules[c.Name] = c.Version
		}
		if sbom.BOMFormat != "CycloneDX" || sbom.Metadata.Component.Name != "github.com/ecsundo/ecsundo" {
			t.Errorf("%s: %s of %s", platform, sbom.BOMFormat, sbom.Metadata.Component.Name)
		}
		for _, module := range []string{"std", "github.com/aws/aws-sdk-go-v2/service/ecs", "github.com/urfave/cli/v2"} {
			if modules[module] == "" {
				t.Errorf("%s: the SBOM does not have %s", platform, module)
			}
		}
	}
}

// A deb puts the program, the completions, the manual and the licence where Debian looks for them.
func TestDeb(t *testing.T) {
	dir, version := release(t)
	deb := read(t, filepath.Join(dir, "ecsundo_"+version+"_linux_amd64.deb"))
	want := []string{
		"./usr/bin/ecsundo", "./usr/share/bash-completion/completions/ecsundo", "./usr/share/doc/ecsundo/copyright",
		"./usr/share/fish/vendor_completions.d/ecsundo.fish", "./usr/share/zsh/vendor-completions/_ecsundo",
	}
	for _, page := range commands.Manual() {
		want = append(want, fmt.Sprintf("./usr/share/man/man%d/%s.%d", page.Section, page.Name, page.Section))
	}
	slices.Sort(want)
	members := untar(t, unar(t, deb)["data.tar.gz"])
	if got := names(members); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	lookAtProgram(t, "deb", members["./usr/bin/ecsundo"].text, "linux", "amd64")
}

// Cask and Scoop manifest name the archives where they will be, with their checksums.
func TestManifests(t *testing.T) {
	dir, version := release(t)
	for path, platforms := range map[string][]string{
		"homebrew/Casks/ecsundo.rb": {"darwin_amd64.tar.gz", "darwin_arm64.tar.gz", "linux_amd64.tar.gz", "linux_arm64.tar.gz"},
		"scoop/bucket/ecsundo.json": {"windows_amd64.zip", "windows_arm64.zip"},
	} {
		text := strings.ReplaceAll(string(read(t, filepath.Join(dir, path))), "#{version}", version)
		for _, platform := range platforms {
			name := "ecsundo_" + version + "_" + platform
			if sum := fmt.Sprintf("%x", sha256.Sum256(read(t, filepath.Join(dir, name)))); !strings.Contains(text, "/"+name+`"`) || !strings.Contains(text, sum) {
				t.Errorf("%s does not have %s with %s:\n%s", path, name, sum, text)
			}
		}
	}
}

func names[V any](m map[string]V) []string {
	var all []string
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func untar(t *testing.T, text []byte) map[string]member {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]member{}
	for r := tar.NewReader(z); ; {
		header, err := r.Next()
		if err == io.EOF {
			return members
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		members[header.Name] = member{header.FileInfo().Mode(), text}
	}
}

func unzip(t *testing.T, path string) map[string]member {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	members := map[string]member{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Mode().IsDir() {
			members[f.Name] = member{f.Mode(), text}
		}
	}
	return members
}

// unar reads what a deb is: an ar archive.
func unar(t *testing.T, text []byte) map[string][]byte {
	t.Helper()
	text, ok := bytes.CutPrefix(text, []byte("!<arch>\n"))
	members := map[string][]byte{}
	for ok && len(text) > 60 {
		var size int
		if _, err := fmt.Sscan(string(text[48:58]), &size); err != nil || len(text) < 60+size {
			t.Fatalf("%q: %v", text[:60], err)
		}
		members[strings.TrimRight(string(text[:16]), " /")] = text[60 : 60+size]
		text = text[min(len(text), 60+size+size%2):]
	}
	return members
}
