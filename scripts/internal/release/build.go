package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const checksums = "checksums.txt"

// A build is a clone of the repository at one commit, and what is made from it.
type build struct {
	source  string // the clone
	out     string // the archives
	cache   string // GOCACHE; empty: the user's
	version string // as ecsundo tells it
	time    time.Time
	shared  []file // what every archive holds beside the program
}

// newBuild clones the repository that we are in. Building from a clone leaves out what is not committed, and lets Go stamp
// the tag as the version.
func newBuild(ctx context.Context, dir, ref, cache string) (*build, error) {
	b := &build{source: filepath.Join(dir, "source"), out: filepath.Join(dir, "out"), cache: cache}
	if err := os.MkdirAll(b.out, 0o755); err != nil {
		return nil, err
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	commit, err := b.command(ctx, here, "git", "rev-parse", "--verify", ref+"^{commit}")
	if err != nil {
		return nil, err
	}
	if _, err := b.command(ctx, here, "git", "clone", "--quiet", "--no-checkout", here, b.source); err != nil {
		return nil, err
	}
	if _, err := b.command(ctx, b.source, "git", "-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", commit); err != nil {
		return nil, err
	}
	stamp, err := b.command(ctx, b.source, "git", "show", "--no-patch", "--format=%ct", "HEAD")
	if err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, err
	}
	b.time = time.Unix(seconds, 0).UTC()
	return b, b.prepare(ctx)
}

// prepare builds for this computer, to ask the program for its version and completion scripts.
func (b *build) prepare(ctx context.Context) error {
	program := filepath.Join(filepath.Dir(b.out), "host", "ecsundo")
	if _, err := b.command(ctx, b.source, "go", goBuild(program)...); err != nil {
		return err
	}
	line, err := b.command(ctx, b.source, program, "--version")
	if err != nil {
		return err
	}
	if words := strings.Fields(line); len(words) > 1 {
		b.version = words[1]
	}
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		text, err := os.ReadFile(filepath.Join(b.source, name))
		if err != nil {
			return err
		}
		b.shared = append(b.shared, file{name, text, 0o644})
	}
	for _, c := range [][2]string{{"bash", "ecsundo.bash"}, {"fish", "ecsundo.fish"}, {"zsh", "_ecsundo"}} {
		script, err := b.command(ctx, b.source, program, "completion", c[0])
		if err != nil {
			return err
		}
		b.shared = append(b.shared, file{"completions/" + c[1], []byte(script + "\n"), 0o644})
	}
	return nil
}

// goBuild are the arguments of a build that depends on the source and the version of Go alone.
func goBuild(program string) []string {
	return []string{"build", "-trimpath", "-buildvcs=true", "-mod=readonly", "-ldflags=-s -w", "-o", program, "."}
}

// archives makes one archive a target, and the list of their checksums.
func (b *build) archives(ctx context.Context, targets []string) error {
	var sums strings.Builder
	for _, target := range targets {
		system, arch, ok := strings.Cut(target, "/")
		if !ok {
			return fmt.Errorf("target %q is not GOOS/GOARCH", target)
		}
		program := "ecsundo"
		if system == "windows" {
			program += ".exe"
		}
		path := filepath.Join(filepath.Dir(b.out), system+"-"+arch, program)
		if _, err := b.commandFor(ctx, system, arch, b.source, "go", goBuild(path)...); err != nil {
			return fmt.Errorf("%s: %w", target, err)
		}
		name, err := b.archive(path, system, arch)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(b.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), name)
		fmt.Fprintln(os.Stderr, name)
	}
	return os.WriteFile(filepath.Join(b.out, checksums), []byte(sums.String()), 0o644)
}

func (b *build) archive(path, system, arch string) (name string, err error) {
	program, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	base := fmt.Sprintf("ecsundo_%s_%s_%s", strings.TrimPrefix(b.version, "v"), system, arch)
	files := append([]file{{filepath.Base(path), program, 0o755}}, b.shared...)
	var text bytes.Buffer
	name = base + ".tar.gz"
	if system == "windows" {
		name = base + ".zip"
		err = writeZip(&text, base, files, b.time)
	} else {
		err = writeTar(&text, base, files, b.time)
	}
	if err != nil {
		return "", err
	}
	return name, os.WriteFile(filepath.Join(b.out, name), text.Bytes(), 0o644)
}

// A file is an entry of an archive.
type file struct {
	name string
	text []byte
	mode fs.FileMode
}

// command runs a program, in an environment in which nothing changes what Go builds, and gives what it prints.
func (b *build) command(ctx context.Context, dir, name string, args ...string) (string, error) {
	return b.commandFor(ctx, "", "", dir, name, args...)
}

func (b *build) commandFor(ctx context.Context, system, arch, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0",
		"TZ=UTC", "LC_ALL=C", "GOOS="+system, "GOARCH="+arch)
	if b.cache != "" {
		cmd.Env = append(cmd.Env, "GOCACHE="+b.cache)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, args[0], err, stderr.String())
	}
	return strings.TrimSuffix(stdout.String(), "\n"), nil
}
