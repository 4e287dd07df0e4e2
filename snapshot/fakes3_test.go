package snapshot

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

const bucketRegion = "eu-central-1"

// A fakeS3 is gofakes3, which knows If-None-Match, and what it lacks: aws-chunked bodies with a checksum behind them, as
// the SDK sends them over TLS, the bucket's region, and virtual-host names. It has one bucket, "ops".
type fakeS3 struct {
	t       *testing.T
	server  *httptest.Server
	handler http.Handler
	aws     bool // checks region and host name, as AWS would

	mu        sync.Mutex
	intercept func(w http.ResponseWriter, r *http.Request) bool // answers in place of the server if it returns true
	requests  []string                                          // METHOD path, without the bucket's HEAD
}

func newFakeS3(t *testing.T, start func(*httptest.Server)) *fakeS3 {
	backend := s3mem.New()
	if err := backend.CreateBucket("ops"); err != nil {
		t.Fatal(err)
	}
	f := &fakeS3{t: t, handler: gofakes3.New(backend, gofakes3.WithHostBucketBase("s3."+bucketRegion+".amazonaws.com")).Server()}
	f.server = httptest.NewUnstartedServer(f)
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0) // connections that the client did not need
	start(f.server)
	t.Cleanup(f.server.Close)
	return f
}

// newFakeAWS gives a server that looks like AWS: over TLS, known by name, in a region that the client does not know.
func newFakeAWS(t *testing.T) *fakeS3 {
	f := newFakeS3(t, (*httptest.Server).StartTLS)
	f.aws = true
	return f
}

// answer makes f call h first, from now on.
func (f *fakeS3) answer(h func(w http.ResponseWriter, r *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.intercept = h
}

func (f *fakeS3) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.requests...)
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead && strings.Count(r.URL.Path, "/") == 1 {
		f.headBucket(w, r)
		return
	}
	f.mu.Lock()
	intercept := f.intercept
	f.requests = append(f.requests, r.Method+" "+r.URL.Path)
	f.mu.Unlock()
	if intercept != nil && intercept(w, r) {
		return
	}
	switch {
	case r.Method == http.MethodDelete || r.Method == http.MethodPost:
		f.t.Errorf("%s %s: only reads and PutObject are expected", r.Method, r.URL)
	case f.aws && !strings.Contains(r.Header.Get("Authorization"), "/"+bucketRegion+"/s3/aws4_request"):
		f.t.Errorf("signed for another region: %s", r.Header.Get("Authorization"))
	case f.aws && r.Host != "ops.s3."+bucketRegion+".amazonaws.com":
		f.t.Errorf("sent to %s", r.Host)
	case !f.aws && r.Header.Get("X-Amz-Trailer") != "":
		f.t.Errorf("a checksum that other servers may not know: %s", r.Header.Get("X-Amz-Trailer"))
	case r.Header.Get("X-Amz-Server-Side-Encryption") != "":
		f.t.Error("an encryption header")
	}
	if r.Header.Get("X-Amz-Content-Sha256") == "STREAMING-UNSIGNED-PAYLOAD-TRAILER" {
		f.unchunk(r)
	}
	f.handler.ServeHTTP(w, r)
}

// headBucket answers where the bucket is, and to requests for another region that it is not there, as S3 does.
func (f *fakeS3) headBucket(w http.ResponseWriter, r *http.Request) {
	if bucket := strings.Trim(r.URL.Path, "/"); bucket != "ops" && !strings.HasPrefix(r.Host, "ops.") {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if f.aws {
		w.Header().Set("X-Amz-Bucket-Region", bucketRegion)
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	w.WriteHeader(http.StatusForbidden)
}

// unchunk takes the framing off a body, and checks the checksum behind it.
func (f *fakeS3) unchunk(r *http.Request) {
	framed := bufio.NewReader(r.Body)
	body, err := io.ReadAll(httputil.NewChunkedReader(framed))
	if err != nil {
		f.t.Error(err)
	}
	trailer, _ := framed.ReadString('\n')
	sum := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
	if want := "x-amz-checksum-crc32:" + sum; strings.TrimSpace(trailer) != want {
		f.t.Errorf("trailer %q, want %q", trailer, want)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
}

// options are those of somebody who has set AWS_ENDPOINT_URL_S3, or, for a fake that looks like AWS, of somebody whose
// name server is ours.
func (f *fakeS3) options() Options {
	client := awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
		tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the test's own certificate
		address := f.server.Listener.Addr().String()
		tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
	})
	config := aws.Config{
		Region: "us-west-2", HTTPClient: client,
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		// as config.LoadDefaultConfig has them
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
	if !f.aws {
		config.BaseEndpoint = &f.server.URL
	}
	return Options{AWS: config}
}

// withFakeS3 gives a store in a server over plain HTTP, with one try a call.
func withFakeS3(t *testing.T) (*fakeS3, *Bucket) {
	f := newFakeS3(t, (*httptest.Server).Start)
	o := f.options()
	o.AWS.RetryMaxAttempts = 1
	store, err := Open("s3://ops/team", o)
	if err != nil {
		t.Fatal(err)
	}
	return f, store.(*Bucket)
}

// refuse answers with an error of S3.
func refuse(w http.ResponseWriter, status int, code, message string) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	io.WriteString(w, "<Error><Code>"+code+"</Code><Message>"+message+"</Message></Error>")
	return true
}
