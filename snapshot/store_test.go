package snapshot

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

var prod = Place{Account: "123456789012", Region: "eu-west-1", Cluster: "prod"}

// TestStore holds every store to the contract of [Store].
func TestStore(t *testing.T) {
	t.Parallel()
	stores := map[string]func(t *testing.T) (string, Options){
		"Dir": func(t *testing.T) (string, Options) { return filepath.Join(t.TempDir(), "store"), Options{} },
		"Bucket": func(t *testing.T) (string, Options) {
			return "s3://ops/team/ecsundo", newFakeS3(t, (*httptest.Server).Start).options()
		},
		"BucketTLS": func(t *testing.T) (string, Options) {
			return "s3://ops", newFakeS3(t, (*httptest.Server).StartTLS).options()
		},
		"BucketAWS": func(t *testing.T) (string, Options) {
			return "s3://ops/team", newFakeAWS(t).options()
		},
	}
	if bucket := os.Getenv("ECSUNDO_TEST_BUCKET"); bucket != "" { // scripts/s3-test sets it, and AWS_ENDPOINT_URL_S3
		stores["Server"] = func(t *testing.T) (string, Options) { return realServer(t, bucket) }
	}
	contract := map[string]func(*testing.T, Store, Options){
		"round trip": testRoundTrip, "one second": testOneSecond, "writers": testWriters, "race": testRace,
		"foreign files": testForeignFiles, "bad files": testBadFiles, "names": testNames, "refused": testRefused,
		"many": testMany, "find": testFind,
	}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for test, check := range contract {
				if test == "many" && strings.HasPrefix(name, "Bucket") && name != "Bucket" {
					continue // takes seconds, and is the same
				}
				t.Run(test, func(t *testing.T) {
					t.Parallel()
					url, o := open(t)
					store, err := Open(url, o)
					if err != nil {
						t.Fatal(err)
					}
					check(t, store, o)
				})
			}
		})
	}
}

// save saves a snapshot of example's place at a time.
func save(t *testing.T, store Store, taken time.Time, before bool) Entry {
	t.Helper()
	s := example()
	s.TakenAt = taken
	entry, err := store.Save(t.Context(), s, before)
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

func list(t *testing.T, store Store) []Entry {
	t.Helper()
	entries, err := store.List(t.Context(), prod)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func testRoundTrip(t *testing.T, store Store, o Options) {
	if entries := list(t, store); len(entries) != 0 {
		t.Fatalf("a new store has %v", entries)
	}
	entry := save(t, store, exampleTime, true)
	if !entry.Time.Equal(exampleTime) || !entry.Before || !strings.HasSuffix(entry.Name, "-before") || entry.Size != int64(len(exampleText)) {
		t.Errorf("got %+v", entry)
	}
	if !strings.HasPrefix(entry.Location, store.String()) || !strings.HasSuffix(entry.Location, "prod"+string(os.PathSeparator)+entry.Name+".yaml") {
		t.Errorf("location %q", entry.Location)
	}
	if d := cmp.Diff([]Entry{entry}, list(t, store)); d != "" {
		t.Errorf("list: -saved +listed:\n%s", d)
	}
	got, err := store.Load(t.Context(), prod, entry.Name)
	if d := cmp.Diff(example(), got); d != "" || err != nil {
		t.Errorf("%v, -saved +loaded:\n%s", err, d)
	}
	elsewhere := prod
	elsewhere.Cluster = "prod2"
	if entries, err := store.List(t.Context(), elsewhere); len(entries) != 0 || err != nil {
		t.Errorf("another cluster has %v, %v", entries, err)
	}
}

// testOneSecond: what is saved in one second gets different names, whose order is that of saving.
func testOneSecond(t *testing.T, store Store, _ Options) {
	for _, before := range []bool{false, true} {
		want := []string{save(t, store, exampleTime.Add(-time.Second), before).Name}
		for range 3 {
			want = append([]string{save(t, store, exampleTime, before).Name}, want...)
		}
		want = append([]string{save(t, store, exampleTime.Add(time.Hour), before).Name}, want...)
		var got []string
		for _, entry := range list(t, store) {
			if entry.Before == before {
				got = append(got, entry.Name)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("before %t: -saved, newest first +listed:\n%s", before, d)
		}
	}
}

func testWriters(t *testing.T, store Store, _ Options) {
	const writers = 20
	var mu sync.Mutex
	saved := map[string]string{} // name → takenBy
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			s := example()
			s.TakenBy = fmt.Sprintf("writer-%d", i)
			entry, err := store.Save(t.Context(), s, false)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			saved[entry.Name] = s.TakenBy
		})
	}
	group.Wait()
	if len(saved) != writers || len(list(t, store)) != writers {
		t.Fatalf("%d writers: %d names, %d listed", writers, len(saved), len(list(t, store)))
	}
	for name, writer := range saved {
		s, err := store.Load(t.Context(), prod, name)
		if err != nil || s.TakenBy != writer {
			t.Errorf("%s: got %v, %v, want that of %s", name, s, err, writer)
		}
	}
}

// testRace has 20 writers of one name: one wins, and its snapshot is what the name holds.
func testRace(t *testing.T, store Store, _ Options) {
	const writers = 20
	won := make(chan string, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			s := example()
			s.TakenBy = fmt.Sprintf("writer-%d", i)
			switch err := writeName(t, store, "20261122T101500Z.yaml", encoded(t, s)); {
			case err == nil:
				won <- s.TakenBy
			case !errors.Is(err, ErrExist):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(won) != 1 {
		t.Fatalf("%d winners", len(won))
	}
	s, err := store.Load(t.Context(), prod, "20261122T101500Z")
	if winner := <-won; err != nil || s.TakenBy != winner {
		t.Errorf("got %v, %v, want that of %s", s, err, winner)
	}
}

func encoded(t *testing.T, s *Snapshot) []byte {
	t.Helper()
	text, err := marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// writeName writes any text under any name in prod's place, the way Save does.
func writeName(t *testing.T, store Store, name string, text []byte) error {
	switch store := store.(type) {
	case *Bucket:
		return store.put(t.Context(), strings.TrimSuffix(store.keyOf(location(store, prod, "")), suffix)+name, text)
	case *Dir:
		place, _ := prod.elements()
		dir, err := store.create(place)
		if err != nil {
			return err
		}
		defer dir.Close()
		temp, err := writeTemp(dir, text)
		if err != nil {
			return err
		}
		defer dir.Remove(temp)
		return publish(dir, temp, name, store.link)
	}
	panic("unknown store")
}

func testForeignFiles(t *testing.T, store Store, _ Options) {
	for _, name := range []string{
		"README.md", "20261122T101500Z", "20261122T101500Z.yml", "20261122T101500Z-x.yaml", "20261322T101500Z.yaml",
		"20261122T101500Z-before-2.yaml", ".20261122T101500Z.yaml", "prod.yaml", "20261122T101500Z.yaml.bak",
	} {
		if err := writeName(t, store, name, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	entry := save(t, store, exampleTime, false)
	if d := cmp.Diff([]Entry{entry}, list(t, store)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// testBadFiles: what is under a good name and is no snapshot is an error of one line that says where.
func testBadFiles(t *testing.T, store Store, _ Options) {
	for i, test := range []struct {
		text []byte
		want string
	}{
		{nil, "the file is empty"},
		{[]byte(exampleText[:len(exampleText)/2]), `incomplete: the closing "..." is missing`},
		{[]byte("\x00\x01\x02"), "the file is binary, not a snapshot"},
		{[]byte("version: 2\n"), "line 1, column 10: version 2 needs a newer ecsundo: this one reads version 1"},
		{[]byte("<html></html>"), `line 1, column 1: not a snapshot: it has to begin with "version: 1"`},
	} {
		name := fileName(exampleTime.Add(time.Duration(i)*time.Second), "", false)
		if err := writeName(t, store, name+suffix, test.text); err != nil {
			t.Fatal(err)
		}
		s, err := store.Load(t.Context(), prod, name)
		if s != nil || err == nil || !strings.HasPrefix(err.Error(), location(store, prod, name)+": ") || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("got %v, %v, want %q", s, err, test.want)
		}
	}
}

func testNames(t *testing.T, store Store, _ Options) {
	save(t, store, exampleTime, false)
	for _, name := range []string{"", "..", "../prod/20261122T101500Z", "/etc/passwd", "20261122T101501Z", "20261122T101500Z\x00"} {
		if s, err := store.Load(t.Context(), prod, name); !errors.Is(err, ErrNotExist) {
			t.Errorf("%q: got %v, %v, want ErrNotExist", name, s, err)
		}
	}
	for _, at := range []Place{{}, {Account: "..", Region: "eu-west-1", Cluster: "prod"}, {Account: prod.Account, Region: "a/b", Cluster: "prod"}, {Account: prod.Account, Region: "r", Cluster: ".."}} {
		if entries, err := store.List(t.Context(), at); err == nil {
			t.Errorf("%v: got %v and no error", at, entries)
		}
		if s, err := store.Load(t.Context(), at, "20261122T101500Z"); err == nil {
			t.Errorf("%v: got %v and no error", at, s)
		}
	}
}

// testRefused: what cannot be saved leaves nothing.
func testRefused(t *testing.T, store Store, _ Options) {
	for name, breakIt := range map[string]func(*Snapshot){
		"no time":    func(s *Snapshot) { s.TakenAt = time.Time{} },
		"no account": func(s *Snapshot) { s.Account = "" },
		"cluster":    func(s *Snapshot) { s.Cluster = "../x" },
	} {
		s := example()
		breakIt(s)
		if entry, err := store.Save(t.Context(), s, false); err == nil {
			t.Errorf("%s: saved as %v", name, entry)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Save(canceled, example(), false); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	if entries := list(t, store); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// testMany lists more than the 1,000 objects of one page of S3.
func testMany(t *testing.T, store Store, _ Options) {
	const n = 1010
	var writers errgroup.Group
	writers.SetLimit(8)
	for i := range n {
		writers.Go(func() error {
			return writeName(t, store, fileName(exampleTime.Add(time.Duration(i)*time.Minute), "", i%2 == 0)+suffix, []byte("x"))
		})
	}
	if err := writers.Wait(); err != nil {
		t.Fatal(err)
	}
	entries := list(t, store)
	if len(entries) != n || !entries[0].Time.Equal(exampleTime.Add((n-1)*time.Minute)) || !entries[n-1].Time.Equal(exampleTime) {
		t.Errorf("%d entries, from %v to %v", len(entries), entries[0], entries[len(entries)-1])
	}
}

// testFind: names, files and URLs, and what SaveAs writes is found again.
func testFind(t *testing.T, store Store, o Options) {
	entry := save(t, store, exampleTime, false)
	file := filepath.Join(t.TempDir(), "prod.snapshot")
	ref := file
	if strings.HasPrefix(store.String(), bucketScheme) {
		ref = store.String() + "/kept/prod"
	}
	if where, err := SaveAs(t.Context(), ref, example(), o); err != nil || where != ref {
		t.Fatalf("SaveAs: %q, %v", where, err)
	}
	if _, err := SaveAs(t.Context(), ref, example(), o); ref == file && !errors.Is(err, ErrExist) || ref != file && err != nil {
		t.Errorf("SaveAs of the same: %v; a file is not overwritten, and an object is found to be the same", err)
	}
	for _, test := range []struct{ ref, location string }{
		{entry.Name, entry.Location}, {entry.Name + ".yaml", entry.Location}, {entry.Location, entry.Location}, {ref, ref},
	} {
		s, where, err := Find(t.Context(), store, prod, test.ref, o)
		if d := cmp.Diff(example(), s); d != "" || err != nil || where != test.location {
			t.Errorf("%q: %q, want %q; %v\n%s", test.ref, where, test.location, err, d)
		}
	}
	for _, ref := range []string{"20200101T000000Z", file + "x", "", "~", ref + "x"} {
		if _, _, err := Find(t.Context(), store, prod, ref, o); err == nil {
			t.Errorf("%q: no error", ref)
		}
	}
	if _, where, err := Find(t.Context(), store, prod, "20200101T000000Z", o); !errors.Is(err, ErrNotExist) || !strings.HasPrefix(where, store.String()) {
		t.Errorf("a name that is nowhere: %q, %v; want ErrNotExist and where in the store", where, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "s3://", "s3:///x", "s3://a b/x", "s3://ops/../x", "s3://ops/a//b", "http://x/y", "file:///x", "s3:/x", "S3://ops/x", "s3:x", "gs://ops", "https://ops.s3.amazonaws.com/x", "file:/x"} {
		if store, err := Open(url, Options{}); err == nil {
			t.Errorf("%q: got %v", url, store)
		}
	}
}
