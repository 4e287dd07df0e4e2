package commands

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ecsundo/ecsundo/snapshot"
)

// A fakeS3 is gofakes3 with one bucket, ops-bucket, and what goes wrong on the way to it.
type fakeS3 struct {
	backend gofakes3.Backend
	handler http.Handler

	mu     sync.Mutex
	faults []*s3Fault
	calls  []string // METHOD path
}

// An s3Fault answers the requests of one method, instead of the server or after it has done its work.
type s3Fault struct {
	method string
	kind   string // reset, lost, hang, cut, huge, or an error code of S3
	times  int    // how many requests; 0: all
	path   *regexp.Regexp
}

const opsBucket = "ops-bucket"

func newFakeS3() (*fakeS3, error) {
	f := &fakeS3{backend: s3mem.New()}
	f.handler = gofakes3.New(f.backend).Server()
	return f, f.backend.CreateBucket(opsBucket)
}

// s3Status is the HTTP status that goes with an error code.
var s3Status = map[string]int{
	"AccessDenied": 403, "InvalidAccessKeyId": 403, "SignatureDoesNotMatch": 403, "ExpiredToken": 400, "NoSuchBucket": 404,
	"PreconditionFailed": 412, "ConditionalRequestConflict": 409, "SlowDown": 503, "InternalError": 500,
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := f.meet(r)
	switch {
	case fault == nil:
		f.handler.ServeHTTP(w, r)
	case fault.kind == "lost":
		f.handler.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case fault.kind == "reset":
		panic(http.ErrAbortHandler)
	case fault.kind == "cut": // a download breaks off; of an upload, half of it arrives
		if r.Method == http.MethodPut {
			_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
			panic(http.ErrAbortHandler)
		}
		answer := httptest.NewRecorder()
		f.handler.ServeHTTP(answer, r)
		w.Header().Set("Content-Length", strconv.Itoa(answer.Body.Len()))
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	case fault.kind == "hang":
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has gone
		<-r.Context().Done()
	case fault.kind == "huge":
		w.Header().Set("Content-Length", strconv.Itoa(1<<30))
		block := []byte(strings.Repeat("#", 1<<16))
		for r.Context().Err() == nil {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	default:
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(s3Status[fault.kind])
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no&#x9b;31m way&#x202e;</Message></Error>", fault.kind)
	}
}

// meet records a request and gives the fault that it meets, nil if none.
func (f *fakeS3) meet(r *http.Request) *s3Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, r.Method+" "+r.URL.Path)
	for i, fault := range f.faults {
		if fault.method != r.Method || fault.path != nil && !fault.path.MatchString(r.URL.Path) || r.Method == http.MethodHead && fault.method != "HEAD" {
			continue
		}
		if fault.times--; fault.times == 0 {
			f.faults = slices.Delete(f.faults, i, i+1)
		}
		return fault
	}
	return nil
}

func (f *fakeS3) breakDown(fault s3Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &fault)
}

func (f *fakeS3) heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
}

// keys lists what is in the bucket.
func (f *fakeS3) keys() ([]string, error) {
	list, err := f.backend.ListBucket(opsBucket, &gofakes3.Prefix{}, gofakes3.ListBucketPage{})
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, c := range list.Contents {
		keys = append(keys, c.Key)
	}
	slices.Sort(keys)
	return keys, nil
}

// count tells how many requests of a method there were.
func (f *fakeS3) count(method string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, call := range f.calls {
		if strings.HasPrefix(call, method+" ") {
			n++
		}
	}
	return n
}

func (f *fakeS3) put(key, text string) error {
	_, err := f.backend.PutObject(opsBucket, key, map[string]string{}, strings.NewReader(text), int64(len(text)), nil)
	return err
}

func (f *fakeS3) get(key string) ([]byte, error) {
	object, err := f.backend.GetObject(opsBucket, key, nil)
	if err != nil {
		return nil, err
	}
	defer object.Contents.Close()
	return io.ReadAll(object.Contents)
}

// s3Command runs an S3 server beside the simulated AWS:
//
//	s3                           starts it, and sets AWS_ENDPOINT_URL_S3
//	s3 fault METHOD KIND [N]     what goes wrong with all, or the next N, requests of a method
//	s3 object-fault KIND         with the reading of objects, but not of lists
//	s3 whole                     every object is a whole snapshot
//	s3 heal                      nothing goes wrong any more
//	s3 put FILE KEY              an object that somebody else has written
//	s3 get KEY FILE · s3 keys FILE
//	s3 holds N [PATTERN]         so many objects are in the bucket, all matching the pattern
//	s3 called METHOD             waits until there is a request of that method since the last s3 calls
//	s3 calls N METHOD            so many requests came since the last s3 calls
func s3Command(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if len(args) == 0 {
		var err error
		w.s3, err = newFakeS3()
		ts.Check(err)
		server := httptest.NewUnstartedServer(w.s3)
		server.Config.ErrorLog = nil
		server.Start()
		ts.Defer(server.Close)
		ts.Setenv("AWS_ENDPOINT_URL_S3", server.URL)
		return
	}
	f := w.s3
	switch verb, args := args[0], args[1:]; verb {
	case "fault":
		fault := s3Fault{method: args[0], kind: args[1]}
		if len(args) > 2 {
			n, err := strconv.Atoi(args[2])
			ts.Check(err)
			fault.times = n
		}
		f.breakDown(fault)
	case "object-fault":
		f.breakDown(s3Fault{method: http.MethodGet, kind: args[0], path: regexp.MustCompile("yaml$")})
	case "whole":
		keys, err := f.keys()
		ts.Check(err)
		for _, key := range keys {
			text, err := f.get(key)
			ts.Check(err)
			if _, err := snapshot.Decode(bytes.NewReader(text)); err != nil {
				ts.Fatalf("%s: %v", key, err)
			}
		}
	case "heal":
		f.heal()
	case "put":
		ts.Check(f.put(args[1], ts.ReadFile(args[0])))
	case "get":
		text, err := f.get(args[0])
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
	case "keys":
		keys, err := f.keys()
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(keys, "\n")+"\n"), 0o600))
	case "holds":
		keys, err := f.keys()
		ts.Check(err)
		if strconv.Itoa(len(keys)) != args[0] {
			ts.Fatalf("%d objects: %q", len(keys), keys)
		}
		for _, key := range keys {
			if len(args) > 1 && !regexp.MustCompile(args[1]).MatchString(key) {
				ts.Fatalf("%s does not match", key)
			}
		}
	case "called":
		for range 1000 {
			if f.count(args[0]) > 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		ts.Fatalf("no %s request within ten seconds", args[0])
	case "calls":
		if n := f.count(args[1]); strconv.Itoa(n) != args[0] {
			ts.Fatalf("%d %s requests; all: %q", n, args[1], f.calls)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.calls = nil
	default:
		ts.Fatalf("s3 %s?", verb)
	}
}
