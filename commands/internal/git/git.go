// Package git finds the commits that image tags name, in repositories on this computer: what people know a version of their
// code by.
//
// Start with [Commits]; git.go is the one place that runs git, which reads objects there and nothing else.
package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// A Commit is what people know a version of their code by.
type Commit struct {
	Hash    string
	Subject string
	Author  string
	At      time.Time // when it was written
}

const (
	patience    = 5 * time.Second
	commitLimit = 1 << 20 // bytes of one commit object that are read; its subject is at the beginning
)

// readCommits asks git for the commits that the hashes name, whole or abbreviated, in the repository of a directory; those
// that it does not have are missing from the answer. It is one process, without a shell, that reads objects and nothing else:
// the hashes go to its input, so that none can become an option. What is read is safe to print.
func readCommits(ctx context.Context, dir string, hashes []string) (map[string]*Commit, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	git := command(ctx, dir)
	var in strings.Builder
	for _, hash := range hashes {
		fmt.Fprintf(&in, "%s^{commit}\n", hash)
	}
	var complaint bytes.Buffer
	git.Stdin, git.Stderr = strings.NewReader(in.String()), &complaint
	out, err := git.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := git.Start(); err != nil {
		return nil, err
	}
	commits, reading := parseCommits(bufio.NewReader(out), hashes)
	_, _ = io.Copy(io.Discard, out)
	err = git.Wait()
	switch said, _, _ := strings.Cut(complaint.String(), "\n"); {
	case ctx.Err() != nil:
		return commits, fmt.Errorf("git takes longer than %s", patience)
	case err != nil && said != "":
		return commits, errors.New(strings.TrimPrefix(said, "fatal: "))
	case err != nil:
		return commits, err
	}
	return commits, reading
}

// harden are settings that go over those of a repository, which may be anybody's: no program that it names is run. Only
// the environment is stronger than what it says of protocols; see [environment].
var harden = []string{
	"core.fsmonitor=false", "core.hooksPath=" + os.DevNull, "core.attributesFile=" + os.DevNull, "core.excludesFile=" + os.DevNull,
	"core.sshCommand=false", "core.gitProxy=", "core.askPass=", "core.pager=cat", "credential.helper=", "core.alternateRefsCommand=true",
	"protocol.allow=never", "safe.bareRepository=explicit", "submodule.recurse=false", "fetch.recurseSubmodules=false",
}

// command is git reading objects in the repository of a directory. One without a working tree is read if it is the directory
// itself, not if it only lies in another repository: that can be put there by whoever writes to that one.
func command(ctx context.Context, dir string) *exec.Cmd {
	args := []string{"-C", dir}
	if isBare(dir) {
		args = []string{"--git-dir", dir}
	}
	for _, setting := range harden {
		args = append(args, "-c", setting)
	}
	git := exec.CommandContext(ctx, "git", append(args, "cat-file", "--batch")...)
	git.Env = environment(os.Environ())
	git.WaitDelay = time.Second
	return git
}

func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	_, err := os.Stat(filepath.Join(dir, ".git"))
	return err != nil
}

// environment takes out what would lead git to another repository than that of the directory, as in a hook, or make it
// write, fetch or ask.
func environment(ours []string) []string {
	var env []string
	for _, e := range ours {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH":
		default:
			if strings.HasPrefix(strings.ToUpper(name), "GIT_") {
				continue
			}
		}
		env = append(env, e)
	}
	return append(env,
		"GIT_ALLOW_PROTOCOL=none", "GIT_PROTOCOL_FROM_USER=0", // before 2.45, git fetches missing objects whatever GIT_NO_LAZY_FETCH says
		"GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_ATTR_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=",
		"GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat", "LC_ALL=C")
}

// parseCommits reads the answers of git cat-file --batch, one for each hash.
func parseCommits(r *bufio.Reader, hashes []string) (map[string]*Commit, error) {
	commits := map[string]*Commit{}
	for _, hash := range hashes {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return commits, nil // git has said on stderr why it stopped
		}
		if err != nil {
			return commits, err
		}
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[1] != "commit" {
			continue // missing, or ambiguous
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			return commits, fmt.Errorf("git answers %q", show.Clean(line))
		}
		object, err := io.ReadAll(io.LimitReader(r, min(size, commitLimit)))
		if err != nil {
			return commits, err
		}
		if _, err := io.CopyN(io.Discard, r, size-int64(len(object))+1); err != nil { // the rest, and a line break
			return commits, err
		}
		commits[hash] = parseCommit(fields[0], string(object))
	}
	return commits, nil
}

// parseCommit takes a commit object apart: headers, an empty line, the message.
func parseCommit(hash, object string) *Commit {
	headers, message, _ := strings.Cut(object, "\n\n")
	c := &Commit{Hash: show.Clean(hash)}
	for line := range strings.Lines(headers) {
		if author, ok := strings.CutPrefix(line, "author "); ok {
			name, rest, _ := strings.Cut(author, " <")
			c.Author = printable(name)
			if _, when, ok := strings.Cut(rest, "> "); ok {
				seconds, _, _ := strings.Cut(strings.TrimSpace(when), " ")
				if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
					c.At = time.Unix(n, 0).UTC()
				}
			}
			break
		}
	}
	subject, _, _ := strings.Cut(strings.TrimLeft(message, "\n"), "\n\n")
	c.Subject = printable(subject)
	return c
}

// printable gives a line of at most 200 characters that nothing in it can misuse.
func printable(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:200]) + "…"
	}
	return show.Clean(s)
}
