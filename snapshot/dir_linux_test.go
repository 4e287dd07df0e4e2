package snapshot

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody runs f without root's right to pass over modes, on a thread that ends with it.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread is not used again
		var err error
		if os.Getuid() == 0 {
			err = syscall.Setfsuid(65534)
		}
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Skip(err)
	}
}

// TestDirReadOnly: nothing is written, and the error says where.
func TestDirReadOnly(t *testing.T) {
	t.Parallel()
	d := openDir(t)
	entry := save(t, d, exampleTime, false)
	openToOthers(t, d)
	asNobody(t, func() {
		if entries := list(t, d); len(entries) != 1 {
			t.Errorf("%v", entries)
		}
		if _, err := d.Save(t.Context(), example(), false); !errors.Is(err, ErrPermission) || !strings.Contains(err.Error(), d.root) {
			t.Errorf("got %v, want ErrPermission and the path", err)
		}
	})
	if entries, err := os.ReadDir(filepath.Dir(entry.Location)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// TestDirPermissionLost: between listing and reading the file becomes another's.
func TestDirPermissionLost(t *testing.T) {
	t.Parallel()
	d := openDir(t)
	entry := save(t, d, exampleTime, false)
	openToOthers(t, d)
	asNobody(t, func() {
		if entries := list(t, d); len(entries) != 1 {
			t.Errorf("%v", entries)
		}
		if os.Getuid() != 0 {
			os.Chmod(entry.Location, 0)
		}
		if _, err := d.Load(t.Context(), prod, entry.Name); !errors.Is(err, ErrPermission) || !strings.HasPrefix(err.Error(), entry.Location+": ") {
			t.Errorf("got %v, want ErrPermission and the path", err)
		}
	})
}

// openToOthers lets everybody into the test's and the store's directories, but not write there.
func openToOthers(t *testing.T, d *Dir) {
	t.Helper()
	place, _ := prod.elements()
	paths := []string{filepath.Dir(filepath.Dir(d.root)), filepath.Dir(d.root), d.root}
	for i := range place {
		paths = append(paths, filepath.Join(append([]string{d.root}, place[:i+1]...)...))
	}
	for _, path := range paths {
		if err := os.Chmod(path, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(path, 0o755) })
	}
}

// TestDirFull hits the error of write(2) in the middle of a snapshot: a process that may write files of 400 bytes only.
func TestDirFull(t *testing.T) {
	t.Parallel()
	if root := os.Getenv("ECSUNDO_TEST_FULL"); root != "" {
		signal.Ignore(syscall.SIGXFSZ)
		limit := &syscall.Rlimit{Cur: 400, Max: 400}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, limit); err != nil {
			t.Fatal(err)
		}
		store, err := Open(root, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Save(t.Context(), example(), false); !errors.Is(err, syscall.EFBIG) || !strings.HasPrefix(err.Error(), "store "+root+": ") {
			t.Errorf("got %v, want EFBIG", err)
		}
		if _, err := SaveAs(t.Context(), root+"/prod", example(), Options{}); !errors.Is(err, syscall.EFBIG) {
			t.Errorf("SaveAs: got %v, want EFBIG", err)
		}
		return
	}
	d := openDir(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestDirFull$", "-test.v")
	cmd.Env = append(os.Environ(), "ECSUNDO_TEST_FULL="+d.root)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if left := files(t, d); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
