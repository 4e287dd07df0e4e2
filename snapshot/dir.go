package snapshot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Dir is a [Store] in a directory. [Open] makes one.
//
// Files are 0600 and new directories 0700. A snapshot is written to a temporary file, synced, and linked to its name in
// one step that fails if the name is taken. All of it happens inside [os.Root], so no name and no symbolic link below the
// directory leads out of it.
type Dir struct {
	root string
	link linker
}

// A linker is os.Root.Link; a test takes hard links away.
type linker func(dir *os.Root, oldname, newname string) error

// Exposed reports whether everyone on the computer may write to the directory, and so put snapshots into it.
func (d *Dir) Exposed() bool {
	info, err := os.Stat(d.root)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0
}

// String gives the absolute path.
func (d *Dir) String() string { return d.root }

// Save implements [Store].
func (d *Dir) Save(ctx context.Context, s *Snapshot, before bool) (Entry, error) {
	text, place, err := saveable(s)
	if err != nil {
		return Entry{}, err
	}
	dir, err := d.create(place)
	if err != nil {
		return Entry{}, d.fault(err)
	}
	defer dir.Close()
	entry, err := d.save(ctx, dir, s, before, text)
	if err != nil {
		return Entry{}, d.fault(err)
	}
	entry.Location = location(d, s.Place(), entry.Name)
	return entry, nil
}

func (d *Dir) save(ctx context.Context, dir *os.Root, s *Snapshot, before bool, text []byte) (Entry, error) {
	temp, err := writeTemp(dir, text)
	if err != nil {
		return Entry{}, err
	}
	defer dir.Remove(temp)
	for mark := ""; ; mark = newMark() {
		if err := ctx.Err(); err != nil {
			return Entry{}, err
		}
		name := fileName(s.TakenAt, mark, before)
		if err := publish(dir, temp, name+suffix, d.link); errors.Is(err, fs.ErrExist) {
			continue
		} else if err != nil {
			return Entry{}, err
		}
		entry, _ := parseName(name)
		entry.Size = int64(len(text))
		return entry, syncDir(dir, ".")
	}
}

// create opens the directory of a place, which it makes if it is not there.
func (d *Dir) create(place []string) (*os.Root, error) {
	if err := os.MkdirAll(d.root, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	parent := "."
	for _, element := range place {
		child := filepath.Join(parent, element)
		if err := root.Mkdir(child, 0o700); err == nil {
			err = syncDir(root, parent)
			if err != nil {
				return nil, err
			}
		} else if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		parent = child
	}
	return root.OpenRoot(parent)
}

// writeTemp writes a file that is safe on the disk, under a name that is nobody's. On an error it leaves none.
func writeTemp(dir *os.Root, text []byte) (name string, err error) {
	name = ".ecsundo-" + rand.Text()
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		dir.Remove(name)
		return "", err
	}
	return name, nil
}

// publish gives the temporary file its name, or fs.ErrExist if that is taken. Where the file system has no hard links, it
// takes the name with an empty file, and renames over that.
func publish(dir *os.Root, temp, name string, link linker) error {
	linkErr := link(dir, temp, name)
	if linkErr == nil || errors.Is(linkErr, fs.ErrExist) {
		return linkErr
	}
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Close(), dir.Rename(temp, name)); err != nil {
		dir.Remove(name)
		return err
	}
	return nil
}

// syncDir makes new names in a directory safe. Systems that cannot sync directories do not need it, or cannot be helped.
func syncDir(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) &&
		!errors.Is(err, fs.ErrPermission) { // Windows: a directory is open for reading only
		return err
	}
	return nil
}

// open opens the directory of a place inside the store, for reading.
func (d *Dir) open(at Place) (*os.Root, error) {
	place, err := at.elements()
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(d.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenRoot(filepath.Join(place...))
}

// List implements [Store].
func (d *Dir) List(_ context.Context, at Place) ([]Entry, error) {
	dir, err := d.open(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, d.fault(err)
	}
	defer dir.Close()
	files, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return nil, d.fault(err)
	}
	var entries []Entry
	for _, file := range files {
		name, ok := strings.CutSuffix(file.Name(), suffix)
		entry, ours := parseName(name)
		if !ok || !ours || !file.Type().IsRegular() {
			continue
		}
		info, err := file.Info()
		if err != nil { // gone since
			continue
		}
		entry.Size = info.Size()
		entry.Location = location(d, at, name)
		entries = append(entries, entry)
	}
	newestFirst(entries)
	return entries, nil
}

// Load implements [Store].
func (d *Dir) Load(_ context.Context, at Place, name string) (*Snapshot, error) {
	if err := checkEntryName(name); err != nil {
		return nil, err
	}
	dir, err := d.open(at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", location(d, at, name), cause(err))
	}
	defer dir.Close()
	if info, err := dir.Lstat(name + suffix); err == nil && !info.Mode().IsRegular() {
		return nil, malformed("%s: not a file", location(d, at, name)) // opening a pipe would wait for its writer
	}
	f, err := dir.Open(name + suffix)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", location(d, at, name), cause(err))
	}
	defer f.Close()
	return decodeFile(f, location(d, at, name))
}

// fault says which store it was; the names inside say little.
func (d *Dir) fault(err error) error { return &DirError{Store: d.root, Err: cause(err)} }

// cause takes off the names of temporary files and system calls.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// saveFile writes a file outside of a store, in one step that fails if there is one: [ErrExist]. An empty one, such as
// mktemp makes, holds nothing that could be lost.
func saveFile(file string, s *Snapshot) error {
	text, err := marshal(s)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	empty := err == nil && info.Mode().IsRegular() && info.Size() == 0
	if err == nil && !empty {
		return &FileExistsError{File: file}
	}
	dir, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer dir.Close()
	temp, err := writeTemp(dir, text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	defer dir.Remove(temp)
	if empty {
		err = dir.Rename(temp, filepath.Base(file))
	} else {
		err = publish(dir, temp, filepath.Base(file), (*os.Root).Link)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return &FileExistsError{File: file}
	case err != nil:
		return fmt.Errorf("%s: %w", file, cause(err))
	}
	return syncDir(dir, ".")
}
