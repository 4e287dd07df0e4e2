package snapshot

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func openDir(t *testing.T) *Dir {
	t.Helper()
	store, err := Open(filepath.Join(t.TempDir(), "store"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return store.(*Dir)
}

// files lists what is in the store, with modes.
func files(t *testing.T, d *Dir) (names []string) {
	t.Helper()
	err := filepath.WalkDir(d.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		} else {
			names = append(names, entry.Name())
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s: mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func TestDirFiles(t *testing.T) {
	t.Parallel()
	d := openDir(t)
	entry := save(t, d, exampleTime, false)
	if got := files(t, d); len(got) != 1 || got[0] != "20261122T101500Z.yaml" {
		t.Errorf("files: %q", got)
	}
	if want := filepath.Join(d.root, "123456789012", "eu-west-1", "prod", "20261122T101500Z.yaml"); entry.Location != want {
		t.Errorf("got %q, want %q", entry.Location, want)
	}
	text, err := os.ReadFile(entry.Location)
	if err != nil || string(text) != exampleText {
		t.Errorf("%v, got\n%s", err, text)
	}
}

// TestDirWithoutLinks: on a file system without hard links the contract is the same.
func TestDirWithoutLinks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T, Store, Options){"writers": testWriters, "race": testRace, "one second": testOneSecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openDir(t)
			d.link = func(_ *os.Root, oldname, newname string) error {
				return &os.LinkError{Op: "linkat", Old: oldname, New: newname, Err: errors.ErrUnsupported}
			}
			test(t, d, Options{})
			for _, name := range files(t, d) {
				if strings.HasPrefix(name, ".") {
					t.Errorf("left behind: %s", name)
				}
			}
		})
	}
}

// TestDirStays: a symbolic link in the store that leads out of it is not followed.
func TestDirStays(t *testing.T) {
	t.Parallel()
	d, outside := openDir(t), t.TempDir()
	if err := os.MkdirAll(filepath.Join(d.root, prod.Account), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(d.root, prod.Account, prod.Region)); err != nil {
		t.Skip(err) // Windows, without the privilege
	}
	if entry, err := d.Save(t.Context(), example(), false); err == nil {
		t.Errorf("saved as %v", entry)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}

// TestDirInTheWay: where a directory should be, there is a file; where a file should be, a directory.
func TestDirInTheWay(t *testing.T) {
	t.Parallel()
	d := openDir(t)
	if err := os.WriteFile(d.root, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if entry, err := d.Save(t.Context(), example(), false); err == nil || !strings.Contains(err.Error(), d.root) {
		t.Errorf("got %v, %v, want an error with the path", entry, err)
	}
	if entries, err := d.List(t.Context(), prod); err == nil {
		t.Errorf("got %v and no error", entries)
	}
	d = openDir(t)
	if err := os.MkdirAll(location(d, prod, "20261122T101500Z"), 0o700); err != nil {
		t.Fatal(err)
	}
	if entry := save(t, d, exampleTime, false); entry.Name == "20261122T101500Z" {
		t.Errorf("saved as %v", entry)
	}
	if entries := list(t, d); len(entries) != 1 {
		t.Errorf("a directory is listed: %v", entries)
	}
	if s, err := d.Load(t.Context(), prod, "20261122T101500Z"); err == nil {
		t.Errorf("a directory is loaded: %v", s)
	}
}

// TestDirHuge: a file of 1 GB (here it is mostly a hole) is refused by its size.
func TestDirHuge(t *testing.T) {
	t.Parallel()
	d := openDir(t)
	entry := save(t, d, exampleTime, false)
	if err := os.Truncate(entry.Location, 1<<30); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Load(t.Context(), prod, entry.Name); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if _, _, err := Find(t.Context(), d, prod, entry.Location, Options{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("as a file: got %v, want ErrTooLarge", err)
	}
}

// TestSaveAsFillsEmptyFile, as mktemp makes them.
func TestSaveAsFillsEmptyFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".prod.ecsundo")
	if err := os.WriteFile(file, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := SaveAs(t.Context(), file, example(), Options{}); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != int64(len(exampleText)) || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestSaveAsOverwritesNothing: neither one of 2018 nor one of its own.
func TestSaveAsOverwritesNothing(t *testing.T) {
	t.Parallel()
	old := "arn:aws:ecs:eu-west-1:123456789012:service/web;arn:aws:ecs:eu-west-1:123456789012:task-definition/web:17\n"
	for _, text := range []string{old, exampleText} {
		file := filepath.Join(t.TempDir(), ".prod.ecsundo")
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := SaveAs(t.Context(), file, example(), Options{}); !errors.Is(err, ErrExist) {
			t.Errorf("got %v, want ErrExist", err)
		}
		if there, err := os.ReadFile(file); string(there) != text || err != nil {
			t.Errorf("%q, %v", there, err)
		}
		if left, err := os.ReadDir(filepath.Dir(file)); len(left) != 1 || err != nil {
			t.Errorf("%v, %v", left, err)
		}
	}
}

// TestSaveAsLeavesOthersAlone: nothing is replaced.
func TestSaveAsLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "notes")
	if err := os.WriteFile(file, []byte("my notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Dir(file)} {
		if _, err := SaveAs(t.Context(), path, example(), Options{}); !errors.Is(err, ErrExist) {
			t.Errorf("%s: got %v, want ErrExist", path, err)
		}
	}
	if text, err := os.ReadFile(file); string(text) != "my notes" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := SaveAs(t.Context(), filepath.Join(filepath.Dir(file), "missing", "x"), example(), Options{}); !errors.Is(err, ErrNotExist) {
		t.Errorf("a directory that is not there: got %v, want ErrNotExist", err)
	}
}
