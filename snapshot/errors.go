package snapshot

import (
	"errors"
	"fmt"
	"io/fs"
)

// What went wrong, for [errors.Is]. The first three also match the errors of the file system.
var (
	ErrNotExist    = fs.ErrNotExist   // no such snapshot, file or object
	ErrExist       = fs.ErrExist      // it would have been overwritten
	ErrPermission  = fs.ErrPermission // access denied; from S3 it may also mean ErrNotExist, see [BucketError]
	ErrCredentials = errors.New("credentials refused")
	ErrNoBucket    = errors.New("no such bucket")
	ErrNotS3       = errors.New("the answer is not from S3")
	ErrConditions  = errors.New("the server cannot write only where nothing is (If-None-Match), so that it might overwrite a snapshot")
	ErrEncryption  = errors.New("the bucket's policy does not allow it so")
	ErrBroken      = errors.New("the download was interrupted or damaged")
	ErrTooLarge    = fmt.Errorf("larger than a snapshot may be (%d MiB, %d values)", MaxSize>>20, maxValues)
	ErrTruncated   = errors.New("incomplete: the closing \"...\" is missing")
	ErrVersion     = errors.New("written by a newer ecsundo")
)

// A FormatError says where a file is not a snapshot.
type FormatError struct {
	Line    int    // from 1; 0 if it is about the whole file
	Column  int    // from 1; 0 if not known
	Problem string // one line, with what the file holds quoted
	Err     error  // ErrTruncated, ErrVersion or nil
}

// Error gives the place and the problem: line 3, column 5: unknown key "servces".
func (e *FormatError) Error() string {
	switch {
	case e.Line == 0:
		return e.Problem
	case e.Column == 0:
		return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Unwrap gives the sentinel, if there is one.
func (e *FormatError) Unwrap() error { return e.Err }

// A URLError says that a store or a snapshot was given as a URL of a kind that there is not.
type URLError struct{ URL string }

// Error says what there is.
func (e *URLError) Error() string {
	return fmt.Sprintf("%q is neither a path nor s3://bucket/…", e.URL)
}

// A FileExistsError says that a file was not written, since there is one. It is an [ErrExist].
type FileExistsError struct{ File string }

// Error says which.
func (e *FileExistsError) Error() string {
	return fmt.Sprintf("%s already exists and is not overwritten", e.File)
}

// Unwrap gives ErrExist.
func (e *FileExistsError) Unwrap() error { return ErrExist }

// A DirError says why a directory does not serve as a store.
type DirError struct {
	Store string // as it was named
	Err   error
}

// Error gives the store and the reason: store /var/lib/ecsundo: read-only file system.
func (e *DirError) Error() string { return fmt.Sprintf("store %s: %v", e.Store, e.Err) }

// Unwrap gives the reason.
func (e *DirError) Unwrap() error { return e.Err }

func malformed(format string, args ...any) error {
	return &FormatError{Problem: fmt.Sprintf(format, args...)}
}
