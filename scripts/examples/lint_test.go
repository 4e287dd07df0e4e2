package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"
)

// The linters that are here find nothing; YAML is read in any case.
func TestLint(t *testing.T) {
	t.Parallel()
	for _, name := range glob(t, "*.y*ml") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, new(yaml.Node)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, linter := range [][]string{
		append([]string{"shellcheck", "--exclude=SC2174", "../../.github/actions/setup/install.sh"}, scripts(t)...), // mkdir -m in a directory that is there
		append([]string{"cfn-lint", "--"}, glob(t, "*.yaml")...),
		append([]string{"actionlint", "github-actions.yml"}, glob(t, "../../.github/workflows/*.yml")...),
		{"goreleaser", "check", "../../.goreleaser.yaml"}, // CI gets it by scripts/goreleaser
	} {
		t.Run(linter[0], func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(linter[0]); err != nil {
				t.Skipf("SKIPPED: %v", err)
			}
			if out, err := exec.Command(linter[0], linter[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// Workflows use actions of others by the hash of a commit, with its version beside it, and say what they may do.
func TestPins(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`^\s*(?:- )?uses: (?:\./\S+|ecsundo/ecsundo/\S+@v1|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	for _, name := range append(glob(t, "../../.github/*/*.yml"), append(glob(t, "../../.github/actions/*/*.yml"), "github-actions.yml")...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimRight(line, "\n"); strings.Contains(line, "uses:") && !strings.HasPrefix(line, "#") && !pinned.MatchString(line) {
				t.Errorf("%s: %s", name, line)
			}
		}
		if strings.Contains(string(text), "\njobs:\n") && !strings.Contains(string(text), "\npermissions:") {
			t.Errorf("%s does not say what it may do", name)
		}
	}
}

// scripts lists our shell scripts.
func scripts(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, name := range append(glob(t, "*"), glob(t, "../*")...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(text), "#!/usr/bin/env bash\n") {
			all = append(all, name)
		}
	}
	return all
}

// glob lists files, without directories.
func glob(t *testing.T, pattern string) []string {
	t.Helper()
	all, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, name := range all {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	return files
}

// handlerCommand takes the Lambda function out of restore-on-alarm.yaml: handler FILE.
func handlerCommand(ts *testscript.TestScript, _ bool, args []string) {
	text, err := os.ReadFile(filepath.Join(ts.Getenv("EXAMPLES"), "restore-on-alarm.yaml"))
	ts.Check(err)
	var template struct {
		Resources struct {
			Function struct {
				Properties struct {
					Code struct {
						ZipFile string `yaml:"ZipFile"`
					} `yaml:"Code"`
				} `yaml:"Properties"`
			} `yaml:"Function"`
		} `yaml:"Resources"`
	}
	ts.Check(yaml.Unmarshal(text, &template))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(template.Resources.Function.Properties.Code.ZipFile), 0o600))
}

// buildCommand takes the command of the CodeBuild project out of undo-on-failure.yaml: build FILE.
func buildCommand(ts *testscript.TestScript, _ bool, args []string) {
	text, err := os.ReadFile(filepath.Join(ts.Getenv("EXAMPLES"), "undo-on-failure.yaml"))
	ts.Check(err)
	var template struct {
		Resources struct {
			Undo struct {
				Properties struct {
					Source struct {
						BuildSpec string `yaml:"BuildSpec"`
					} `yaml:"Source"`
				} `yaml:"Properties"`
			} `yaml:"Undo"`
		} `yaml:"Resources"`
	}
	ts.Check(yaml.Unmarshal(text, &template))
	var spec struct {
		Phases struct {
			Build struct{ Commands []string }
		}
	}
	ts.Check(yaml.Unmarshal([]byte(template.Resources.Undo.Properties.Source.BuildSpec), &spec))
	if len(spec.Phases.Build.Commands) != 1 {
		ts.Fatalf("%q", spec.Phases.Build.Commands)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(spec.Phases.Build.Commands[0]), 0o600))
}
