package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var sample = []file{{"ecsundo", []byte("program"), 0o755}, {"completions/_ecsundo", []byte("script"), 0o644}}

var at = time.Unix(1763776800, 0).UTC()

func TestArchives(t *testing.T) {
	t.Parallel()
	var gz, again, zipped bytes.Buffer
	for _, err := range []error{writeTar(&gz, "dir", sample, at), writeTar(&again, "dir", sample, at), writeZip(&zipped, "dir", sample, at)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(gz.Bytes(), again.Bytes()) {
		t.Error("two archives of the same are not equal")
	}
	z, err := gzip.NewReader(&gz)
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	for _, f := range sample {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || h.Name != "dir/"+f.name || h.FileInfo().Mode() != f.mode || !h.ModTime.Equal(at) || !bytes.Equal(text, f.text) || h.Uname != "" {
			t.Errorf("%+v, %q, %v", h, text, err)
		}
	}
	zr, err := zip.NewReader(bytes.NewReader(zipped.Bytes()), int64(zipped.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(zr.File) != 2 || zr.File[0].Mode() != 0o755 || !zr.File[0].Modified.Equal(at) {
		t.Errorf("%+v", zr.File)
	}
}

func TestSameFiles(t *testing.T) {
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"x": "1", "y": "2"} {
		for _, dir := range []string{a, b} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := sameFiles(a, b); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(b, "y"), []byte("3"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := sameFiles(a, b); err == nil {
		t.Error("a difference was not seen")
	}
	if err := os.Remove(filepath.Join(b, "y")); err != nil {
		t.Fatal(err)
	}
	if err := sameFiles(a, b); err == nil {
		t.Error("a missing file was not seen")
	}
}
