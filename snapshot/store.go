package snapshot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A Store keeps snapshots: <store>/<account>/<region>/<cluster>/<name>.yaml. It never overwrites one, and never deletes.
// Its methods can be called from several goroutines and processes at once.
type Store interface {
	// Save writes s, which needs a time and its whole place, under a new name; before marks a snapshot that was kept before
	// a change and not asked for. On an error nothing is left under a final name.
	Save(ctx context.Context, s *Snapshot, before bool) (Entry, error)

	// List gives what the store has of one cluster, newest first. It reads names and no snapshots, and passes over what
	// is not one of ours. A place where nothing was ever kept is an empty list.
	List(ctx context.Context, at Place) ([]Entry, error)

	// Load reads one by its name, as in Entry.Name. What it holds may be of another place: whoever may write to the
	// store may have copied it there.
	Load(ctx context.Context, at Place, name string) (*Snapshot, error)

	// String gives the store as it is given to Open: a directory or s3://bucket/prefix.
	String() string
}

// An Entry is one snapshot in a list.
type Entry struct {
	Name     string    // 20261122T101500Z, 20261122T101500Z-before
	Time     time.Time // when it was taken, to the second
	Before   bool      // kept before a change, not asked for
	Size     int64     // bytes
	Location string    // a path or s3:// URL, good for Find
}

// Options are what S3 needs. Directories need none.
type Options struct {
	AWS         aws.Config // region, credentials, retries, endpoint
	BucketOwner string     // the account that has to own the buckets; any if empty
	Encryption  Encryption // of new objects, where the URL of the store says nothing
}

// Open gives the store at a directory (~/ is the home directory) or at s3://bucket/prefix?sse=aws:kms&kms-key=…. It does not look whether it is
// there: the first Save makes a directory, and never a bucket.
func Open(url string, o Options) (Store, error) {
	switch {
	case url == "":
		return nil, errors.New("store: the name is empty")
	case strings.HasPrefix(url, bucketScheme):
		return openBucket(url, o)
	case isURL(url):
		return nil, &URLError{URL: url}
	}
	dir, err := path(url)
	if err != nil {
		return nil, &DirError{Store: url, Err: err}
	}
	return &Dir{root: dir, link: (*os.Root).Link}, nil
}

// Find loads the snapshot that ref names, and gives its location.
//
//   - s3://bucket/key is that object, in any bucket.
//   - A name as [Store.List] gives it, with or without .yaml, is looked up in store, at at, unless store is nil.
//   - Anything else, and a name that the store does not have, is a file.
func Find(ctx context.Context, store Store, at Place, ref string, o Options) (*Snapshot, string, error) {
	if strings.HasPrefix(ref, bucketScheme) {
		s, err := loadURL(ctx, ref, o)
		return s, ref, err
	}
	if isURL(ref) {
		return nil, "", &URLError{URL: ref}
	}
	file, err := path(ref)
	if err != nil {
		return nil, "", err
	}
	if entry, ok := parseName(strings.TrimSuffix(ref, suffix)); ok && store != nil {
		s, err := store.Load(ctx, at, entry.Name)
		if _, missing := os.Stat(file); missing != nil || !errors.Is(err, ErrNotExist) {
			return s, location(store, at, entry.Name), err
		}
	}
	s, err := loadFile(ctx, file)
	return s, file, err
}

// SaveAs writes s where ref says, a file or s3://bucket/key, and gives the location. What
// is there is never overwritten, unless it is an empty file: [ErrExist].
func SaveAs(ctx context.Context, ref string, s *Snapshot, o Options) (string, error) {
	if strings.HasPrefix(ref, bucketScheme) {
		return ref, saveURL(ctx, ref, s, o)
	}
	if isURL(ref) {
		return "", &URLError{URL: ref}
	}
	file, err := path(ref)
	if err != nil {
		return "", err
	}
	return file, saveFile(file, s)
}

// urlRE matches what was meant to be a URL: s3:/x, S3://x, gs://x. A Windows drive has one letter.
var urlRE = regexp.MustCompile(`^(?i:s3:|[a-z][a-z0-9+.-]+:/)`)

// isURL reports whether text is, or was meant to be, a URL. Taken for a directory it would be gone with the CI container.
func isURL(text string) bool { return urlRE.MatchString(text) }

// path makes a path absolute, so that it still leads there when printed and pasted elsewhere.
func path(p string) (string, error) {
	if p == "" {
		return "", errors.New("the path is empty")
	}
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		p = filepath.Join(home, rest)
	}
	return filepath.Abs(p)
}

// loadFile reads a file of any kind: -s <(ssh host cat file) is a pipe. One whose writer does not come is waited for until
// ctx ends.
func loadFile(ctx context.Context, file string) (*Snapshot, error) {
	if info, err := os.Stat(file); err != nil || info.Mode().IsRegular() {
		return readFile(file)
	}
	var s *Snapshot
	read := make(chan error, 1)
	go func() {
		var err error
		s, err = readFile(file)
		read <- err
	}()
	select {
	case err := <-read:
		return s, err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", file, ctx.Err())
	}
}

func readFile(file string) (*Snapshot, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return decodeFile(f, file)
}

func decodeFile(f *os.File, location string) (*Snapshot, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() && info.Size() > MaxSize {
		return nil, fmt.Errorf("%s: %d bytes: %w", location, info.Size(), ErrTooLarge)
	}
	return decodeAt(f, location)
}

func decodeAt(r io.Reader, location string) (*Snapshot, error) {
	s, err := Decode(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", location, err)
	}
	return s, nil
}

const (
	suffix     = ".yaml"
	timeLayout = "20060102T150405Z"
)

var fileNameRE = regexp.MustCompile(`^([0-9]{8}T[0-9]{6}Z)(?:-[0-9a-z]{10})?(-before)?$`)

// fileName gives a snapshot's name, whose order is that of time. The mark tells two of one second apart.
func fileName(taken time.Time, mark string, before bool) string {
	name := taken.UTC().Format(timeLayout)
	if mark != "" {
		name += "-" + mark
	}
	if before {
		name += "-before"
	}
	return name
}

// location gives the path or URL of a snapshot in a store.
func location(store Store, at Place, name string) string {
	root := store.String()
	if b, ok := store.(*Bucket); ok {
		root = b.root()
	}
	parts := []string{root, at.Account, at.Region, at.Cluster, name + suffix}
	if strings.HasPrefix(parts[0], bucketScheme) {
		return strings.Join(parts, "/")
	}
	return filepath.Join(parts...)
}

// newMark gives ten characters that grow with the time of writing, in microseconds.
func newMark() string {
	return fmt.Sprintf("%010s", strconv.FormatInt(time.Now().UnixMicro(), 36))
}

// parseName gives the Name, Time and Before of an entry, or false if the name is not one of ours.
func parseName(name string) (Entry, bool) {
	m := fileNameRE.FindStringSubmatch(name)
	if m == nil {
		return Entry{}, false
	}
	taken, err := time.Parse(timeLayout, m[1])
	return Entry{Name: name, Time: taken, Before: m[2] != ""}, err == nil
}

func newestFirst(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Name, a.Name))
	})
}

// checkEntryName refuses what List would not give, and with it every name that leads elsewhere.
func checkEntryName(name string) error {
	if _, ok := parseName(name); !ok {
		return fmt.Errorf("%q is not the name of a snapshot, such as 20261122T101500Z: %w", name, ErrNotExist)
	}
	return nil
}

// saveable gives what a store is to write, and where.
func saveable(s *Snapshot) (text []byte, place []string, err error) {
	if s.TakenAt.IsZero() {
		return nil, nil, errors.New("a snapshot without a time cannot be kept in a store")
	}
	if place, err = s.Place().elements(); err != nil {
		return nil, nil, err
	}
	text, err = marshal(s)
	return text, place, err
}
