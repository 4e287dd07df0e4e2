package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestBucketErrors: each refusal has its reason, on each of the three calls, and one line without the server's escapes.
func TestBucketErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status int
		code   string
		want   error
	}{
		{http.StatusForbidden, "AccessDenied", ErrPermission},
		{http.StatusForbidden, "InvalidAccessKeyId", ErrCredentials},
		{http.StatusForbidden, "SignatureDoesNotMatch", ErrCredentials},
		{http.StatusBadRequest, "ExpiredToken", ErrCredentials},
		{http.StatusNotFound, "NoSuchBucket", ErrNoBucket},
		{http.StatusServiceUnavailable, "SlowDown", nil},
	} {
		t.Run(test.code, func(t *testing.T) {
			t.Parallel()
			f, store := withFakeS3(t)
			f.answer(func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", "application/xml")
				w.WriteHeader(test.status)
				fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no&#x9;way\n&#x7f;</Message></Error>", test.code)
				return true
			})
			_, saved := store.Save(t.Context(), example(), false)
			_, listed := store.List(t.Context(), prod)
			_, loaded := store.Load(t.Context(), prod, "20261122T101500Z")
			for action, err := range map[string]error{"s3:PutObject": saved, "s3:ListBucket": listed, "s3:GetObject": loaded} {
				var bucket *BucketError
				if !errors.As(err, &bucket) || bucket.Action != action || bucket.Reason != test.want || test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("%s: got %v, want %v", action, err, test.want)
				} else if text := err.Error(); strings.ContainsAny(text, "\n\t\x7f") || !strings.HasPrefix(text, "s3://ops") {
					t.Errorf("%s: %q", action, text)
				}
			}
		})
	}
}

func TestBucketMissing(t *testing.T) {
	t.Parallel()
	store, err := Open("s3://typo", newFakeAWS(t).options())
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"save": second(store.Save(t.Context(), example(), false)),
		"list": second(store.List(t.Context(), prod)),
	} {
		if !errors.Is(err, ErrNoBucket) || !strings.Contains(err.Error(), "s3://typo: no such bucket") {
			t.Errorf("%s: got %v, want ErrNoBucket", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestBucketPermissionLost: listing works, reading does not any more.
func TestBucketPermissionLost(t *testing.T) {
	t.Parallel()
	f, store := withFakeS3(t)
	save(t, store, exampleTime, false)
	entry := list(t, store)[0]
	f.answer(func(w http.ResponseWriter, _ *http.Request) bool {
		return refuse(w, http.StatusForbidden, "AccessDenied", "Access Denied")
	})
	_, err := store.Load(t.Context(), prod, entry.Name)
	want := entry.Location + ": s3:GetObject is not allowed, or there is no such object (AccessDenied: Access Denied)"
	if !errors.Is(err, ErrPermission) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestBucketHuge: an object of 1 GB is refused by its size, and what the server sends of it is not read.
func TestBucketHuge(t *testing.T) {
	t.Parallel()
	f, store := withFakeS3(t)
	sent := make(chan int, 1)
	f.answer(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", fmt.Sprint(1<<30))
		block, n := bytes.Repeat([]byte("#"), 1<<16), 0
		for r.Context().Err() == nil && n < 1<<30 {
			m, err := w.Write(block)
			if n += m; err != nil {
				break
			}
		}
		sent <- n
		return true
	})
	_, err := store.Load(t.Context(), prod, "20261122T101500Z")
	if !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "1073741824 bytes") {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if n := <-sent; n > 16<<20 {
		t.Errorf("%d bytes went out", n)
	}
}

// TestBucketChunked: an answer without a length is read, within the same bound.
func TestBucketChunked(t *testing.T) {
	t.Parallel()
	f, store := withFakeS3(t)
	for _, test := range []struct {
		text string
		want string
	}{
		{exampleText, ""},
		{"", "the file is empty"},
		{strings.Repeat("#", MaxSize+1), ErrTooLarge.Error()},
	} {
		f.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.(http.Flusher).Flush()
			io.WriteString(w, test.text)
			return true
		})
		_, err := store.Load(t.Context(), prod, "20261122T101500Z")
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasSuffix(err.Error(), test.want)) {
			t.Errorf("got %v, want %q", err, test.want)
		}
	}
}

// TestBucketBroken: a download that breaks off is taken up again; one that always does, or does not have the checksum
// that S3 says it has, is ErrBroken.
func TestBucketBroken(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		times int // how many answers break off
		sum   string
		want  error
	}{
		{"once", 1, "", nil},
		{"always", 100, "", ErrBroken},
		{"damaged", 0, "AAAAAA==", ErrBroken},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFakeAWS(t)
			store, err := Open("s3://ops", f.options())
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			f.answer(func(w http.ResponseWriter, _ *http.Request) bool {
				n++
				w.Header().Set("Content-Length", fmt.Sprint(len(exampleText)))
				if test.sum != "" {
					w.Header().Set("X-Amz-Checksum-Crc32", test.sum)
				}
				text := exampleText
				if n <= test.times {
					text = text[:len(text)/2]
				}
				io.WriteString(w, text) // the server cuts the connection if it is too short
				return true
			})
			s, err := store.Load(t.Context(), prod, "20261122T101500Z")
			if test.want == nil && (err != nil || len(s.Services) != 2) || !errors.Is(err, test.want) {
				t.Errorf("got %v, %v, want %v", s, err, test.want)
			}
		})
	}
}

// TestBucketHangs: an endpoint that never answers is left when the context ends.
func TestBucketHangs(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, Store) error{
		"save": func(ctx context.Context, store Store) error { return second(store.Save(ctx, example(), false)) },
		"list": func(ctx context.Context, store Store) error { return second(store.List(ctx, prod)) },
		"load": func(ctx context.Context, store Store) error { return second(store.Load(ctx, prod, "20261122T101500Z")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, store := withFakeS3(t)
			ctx, cancel := context.WithCancel(t.Context())
			f.answer(func(_ http.ResponseWriter, r *http.Request) bool {
				io.Copy(io.Discard, r.Body) // the server notices that the client is gone once the body is read
				cancel()
				<-r.Context().Done()
				return true
			})
			if err := call(ctx, store); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		})
	}
}

// TestBucketConflict: a 409, of a race with a delete, is tried again.
func TestBucketConflict(t *testing.T) {
	t.Parallel()
	f, store := withFakeS3(t)
	conflicts := 2
	f.answer(func(w http.ResponseWriter, _ *http.Request) bool {
		if conflicts--; conflicts < 0 {
			return false
		}
		return refuse(w, http.StatusConflict, "ConditionalRequestConflict", "conflict")
	})
	save(t, store, exampleTime, false)
	f.answer(nil)
	if entries := list(t, store); len(entries) != 1 {
		t.Errorf("%v", entries)
	}
}

// TestBucketIgnoresCondition: on a server that does not know If-None-Match the writers still get names of their own.
func TestBucketIgnoresCondition(t *testing.T) {
	t.Parallel()
	f, store := withFakeS3(t)
	f.answer(func(_ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("If-None-Match")
		return false
	})
	var names []string
	for range 20 {
		names = append(names, save(t, store, exampleTime, false).Name)
	}
	if entries := list(t, store); len(entries) != len(names) {
		t.Errorf("%d saved, %d there", len(names), len(entries))
	}
}

// TestBucketLostAnswer: the object was written, the answer never came. The SDK's second try finds it; nothing is lost.
func TestBucketLostAnswer(t *testing.T) {
	t.Parallel()
	f, _ := withFakeS3(t)
	lost := map[string]bool{}
	f.answer(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut || lost[r.URL.Path] {
			return false
		}
		lost[r.URL.Path] = true
		f.handler.ServeHTTP(&discarded{}, r)
		panic(http.ErrAbortHandler)
	})
	store, err := Open("s3://ops", f.options())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := SaveAs(t.Context(), "s3://ops/by/name", example(), f.options()); err != nil {
		t.Errorf("SaveAs: %v", err)
	}
	changed := example()
	changed.TakenBy = "somebody"
	if _, err := SaveAs(t.Context(), "s3://ops/by/name", changed, f.options()); !errors.Is(err, ErrExist) {
		t.Errorf("SaveAs of another: got %v, want ErrExist", err)
	}
	f.answer(nil)
	entry := save(t, store, exampleTime, false)
	if _, err := store.Load(t.Context(), prod, entry.Name); err != nil {
		t.Error(err)
	}
}

type discarded struct{ http.ResponseWriter }

func (*discarded) Header() http.Header         { return http.Header{} }
func (*discarded) Write(b []byte) (int, error) { return len(b), nil }
func (*discarded) WriteHeader(int)             {}

// TestBucketRequests: how many requests each operation is, and that the owner goes with each.
func TestBucketRequests(t *testing.T) {
	t.Parallel()
	f, _ := withFakeS3(t)
	f.answer(func(_ http.ResponseWriter, r *http.Request) bool {
		if got := r.Header.Get("X-Amz-Expected-Bucket-Owner"); got != "210987654321" {
			t.Errorf("%s %s: expected owner %q", r.Method, r.URL, got)
		}
		return false
	})
	o := f.options()
	o.BucketOwner = "210987654321"
	store, err := Open("s3://ops/team", o)
	if err != nil {
		t.Fatal(err)
	}
	entry := save(t, store, exampleTime, false)
	list(t, store)
	if _, err := store.Load(t.Context(), prod, entry.Name); err != nil {
		t.Error(err)
	}
	key := strings.TrimPrefix(entry.Location, "s3:/")
	want := []string{"PUT " + key, "GET /ops", "GET " + key}
	if got := f.seen(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

// TestEncryption: the store's URL, or the options, say what new objects are encrypted with; nothing else may stand there.
func TestEncryption(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		url     string
		options Encryption
		sse     string
		key     string
		bad     string
	}{
		{url: "s3://ops/pre"},
		{url: "s3://ops/pre?sse=AES256", sse: "AES256"},
		{url: "s3://ops?sse=aws:kms&kms-key=alias/snapshots", sse: "aws:kms", key: "alias/snapshots"},
		{url: "s3://ops/pre?sse=aws:kms", options: Encryption{SSE: "AES256"}, sse: "aws:kms"},
		{url: "s3://ops/pre", options: Encryption{SSE: "aws:kms", KMSKey: "k"}, sse: "aws:kms", key: "k"},
		{url: "s3://ops/pre", options: Encryption{KMSKey: "k"}, bad: "a KMS key needs sse aws:kms"},
		{url: "s3://ops/pre?region=eu-west-1", bad: `unknown parameter "region"; there are sse and kms-key`},
		{url: "s3://ops/pre?sse=none", bad: `sse: "none" is none of AES256, aws:kms, aws:kms:dsse`},
		{url: "s3://ops/pre?sse=", bad: "give the parameter sse one value"},
		{url: "s3://ops/pre?kms-key=k", bad: "a KMS key needs sse aws:kms"},
		{url: "s3://ops/pre?sse=%zz", bad: "invalid URL escape"},
	} {
		f := newFakeS3(t, (*httptest.Server).Start)
		options := f.options()
		options.Encryption = test.options
		store, err := Open(test.url, options)
		if test.bad != "" {
			if err == nil || !strings.Contains(err.Error(), test.bad) {
				t.Errorf("%s: %v", test.url, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var header http.Header
		f.answer(func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				header = r.Header.Clone()
				r.Header.Del("X-Amz-Server-Side-Encryption") // the fake refuses it where nobody asks for it
			}
			return false
		})
		entry, err := store.Save(t.Context(), example(), true)
		if err != nil {
			t.Fatal(err)
		}
		if sse, key := header.Get("X-Amz-Server-Side-Encryption"), header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"); sse != test.sse || key != test.key {
			t.Errorf("%s: sends %q %q", test.url, sse, key)
		}
		if store.String() != test.url || strings.Contains(entry.Location, "?") {
			t.Errorf("%s is called %s, and has %s", test.url, store, entry.Location)
		}
		if s, err := store.Load(t.Context(), prod, entry.Name); err != nil || s == nil {
			t.Errorf("%s: %v", test.url, err)
		}
		if entries, err := store.List(t.Context(), prod); err != nil || len(entries) != 1 {
			t.Errorf("%s: %v, %v", test.url, entries, err)
		}
	}
}

// TestBucketRefusals: what a server cannot do, and what a key's or a bucket's policy does not allow, is called that.
func TestBucketRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status        int
		code, message string
		action        string
		saved, loaded error
	}{
		{http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented.", "s3:PutObject", ErrConditions, nil},
		{http.StatusForbidden, "AccessDenied", "User: arn:aws:iam::1:user/a is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:1:key/k", "kms:GenerateDataKey", ErrPermission, ErrPermission},
		{http.StatusForbidden, "AccessDenied", `User: a is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::ops/x" with an explicit deny in a resource-based policy`, "s3:PutObject", ErrEncryption, ErrPermission},
	} {
		f, store := withFakeS3(t)
		f.answer(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(test.status)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", test.code, strings.ReplaceAll(test.message, `"`, "&quot;"))
			return true
		})
		var bucket *BucketError
		if err := second(store.Save(t.Context(), example(), false)); !errors.As(err, &bucket) || bucket.Action != test.action || bucket.Reason != test.saved {
			t.Errorf("%s: Save: %v", test.message, err)
		}
		if err := second(store.Load(t.Context(), prod, "20261122T101500Z")); !errors.As(err, &bucket) || bucket.Reason != test.loaded {
			t.Errorf("%s: Load: %v", test.message, err)
		}
	}
}
