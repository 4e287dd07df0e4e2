// Command release makes the archives of a release reproducibly. It is run by scripts/release.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

const targets = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run() error {
	out := flag.String("o", "dist", "the directory to write to")
	which := flag.String("targets", targets, "GOOS/GOARCH, separated by commas")
	once := flag.Bool("once", false, "do not build a second time to compare")
	flag.Parse()
	if flag.NArg() > 1 {
		return fmt.Errorf("one commit or tag, not %q", flag.Args())
	}
	ref := "HEAD"
	if flag.NArg() == 1 {
		ref = flag.Arg(0)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	work, err := os.MkdirTemp("", "ecsundo-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	first, err := newBuild(ctx, filepath.Join(work, "first"), ref, "")
	if err != nil {
		return err
	}
	if strings.HasPrefix(ref, "v") && ref != first.version {
		return fmt.Errorf("the program of tag %s says that it is %s; for v2 and above the module's path must end in it", ref, first.version)
	}
	if err := first.archives(ctx, strings.Split(*which, ",")); err != nil {
		return err
	}
	if !*once {
		second, err := newBuild(ctx, filepath.Join(work, "another", "second"), ref, filepath.Join(work, "cache"))
		if err != nil {
			return err
		}
		if err := second.archives(ctx, strings.Split(*which, ",")); err != nil {
			return err
		}
		if err := sameFiles(first.out, second.out); err != nil {
			return err
		}
	}
	if err := copyFiles(first.out, *out); err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(*out, checksums))
	if err != nil {
		return err
	}
	os.Stdout.Write(sums)
	if *once {
		fmt.Printf("%s in %s\n", first.version, *out)
	} else {
		fmt.Printf("%s in %s; built twice, and equal\n", first.version, *out)
	}
	return nil
}

// sameFiles compares two directories of files.
func sameFiles(a, b string) error {
	files, err := os.ReadDir(a)
	if err != nil {
		return err
	}
	others, err := os.ReadDir(b)
	if err != nil {
		return err
	}
	if len(files) != len(others) {
		return fmt.Errorf("%d files, and %d the second time", len(files), len(others))
	}
	var differ []error
	for _, f := range files {
		x, err := os.ReadFile(filepath.Join(a, f.Name()))
		if err != nil {
			return err
		}
		y, err := os.ReadFile(filepath.Join(b, f.Name()))
		if err != nil {
			return err
		}
		if !bytes.Equal(x, y) {
			differ = append(differ, fmt.Errorf("%s is another file the second time", f.Name()))
		}
	}
	return errors.Join(differ...)
}

func copyFiles(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(from, f.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f.Name()), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
