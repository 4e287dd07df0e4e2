package snapshot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const bucketScheme = "s3://"

// Bucket is a [Store] in S3, or in a server that speaks its protocol. [Open] makes one.
//
// It finds the bucket's region by itself and deletes nothing: s3:PutObject is enough to save, s3:ListBucket to list and s3:GetObject to
// load. How objects are encrypted the bucket decides, unless the URL or [Options] say so: a bucket's policy may demand the header.
//
// Where an endpoint is configured (AWS_ENDPOINT_URL_S3 and its like), it uses path style and a Content-MD5 instead of the
// newer checksums, which other servers may not know.
type Bucket struct {
	name, prefix, owner string
	encryption          Encryption
	parameters          string // of the URL, for String

	mu      sync.Mutex
	config  aws.Config
	client  *s3.Client
	located bool // client is for the bucket's own region, as far as the server says
}

var (
	bucketRE = regexp.MustCompile(`^[A-Za-z0-9._-]{3,255}$`)
	keyRE    = regexp.MustCompile(`^[ -~]+$`)
)

// splitURL cuts s3://bucket/key. The key may be empty.
func splitURL(url string) (bucket, key string, err error) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(url, bucketScheme), "/")
	if !bucketRE.MatchString(bucket) {
		return "", "", fmt.Errorf("%q: %q is not the name of a bucket", url, bucket)
	}
	if key == "" {
		return bucket, "", nil
	}
	for _, element := range strings.Split(key, "/") { // some servers make a path of it
		if element == "" || element == "." || element == ".." || !keyRE.MatchString(element) {
			return "", "", fmt.Errorf("%q: an element of the key is empty, dots, or not printable ASCII", url)
		}
	}
	return bucket, key, nil
}

// An Encryption is what new objects are asked to be encrypted with. The zero value leaves it to the bucket.
type Encryption struct {
	SSE    string // AES256 or aws:kms
	KMSKey string // with aws:kms; empty: the one of AWS
}

// encryptions are the values of the header x-amz-server-side-encryption that are known (S3 API reference, PutObject).
var encryptions = []string{"AES256", "aws:kms", "aws:kms:dsse"}

// Check says what is not right.
func (e Encryption) Check() error {
	switch {
	case e.SSE != "" && !slices.Contains(encryptions, e.SSE):
		return fmt.Errorf("sse: %q is none of %s", e.SSE, strings.Join(encryptions, ", "))
	case e.KMSKey != "" && !strings.HasPrefix(e.SSE, "aws:kms"):
		return errors.New("a KMS key needs sse aws:kms")
	}
	return nil
}

// cutParameters takes sse and kms-key from the end of a URL: s3://bucket/prefix?sse=aws:kms&kms-key=alias/snapshots.
func cutParameters(text string) (rest, parameters string, e Encryption, err error) {
	rest, parameters, found := strings.Cut(text, "?")
	if !found {
		return rest, "", e, nil
	}
	values, err := url.ParseQuery(parameters)
	if err != nil {
		return rest, "", e, fmt.Errorf("%q: %w", text, err)
	}
	for name, all := range values {
		switch {
		case name != "sse" && name != "kms-key":
			return rest, "", e, fmt.Errorf("%q: unknown parameter %q; there are sse and kms-key", text, name)
		case len(all) != 1 || all[0] == "":
			return rest, "", e, fmt.Errorf("%q: give the parameter %s one value", text, name)
		}
	}
	e = Encryption{SSE: values.Get("sse"), KMSKey: values.Get("kms-key")}
	if err := e.Check(); err != nil {
		return rest, "", e, fmt.Errorf("%q: %w", text, err)
	}
	return rest, "?" + parameters, e, nil
}

func openBucket(url string, o Options) (*Bucket, error) {
	rest, parameters, encryption, err := cutParameters(url)
	if err != nil {
		return nil, err
	}
	if parameters == "" {
		encryption = o.Encryption
		if err := encryption.Check(); err != nil {
			return nil, err
		}
	}
	name, prefix, err := splitURL(strings.TrimRight(rest, "/"))
	if err != nil {
		return nil, err
	}
	if o.AWS.Region == "" {
		o.AWS.Region = "us-east-1" // enough to ask for the bucket's own
	}
	return &Bucket{name: name, prefix: prefix, owner: o.BucketOwner, encryption: encryption, parameters: parameters, config: o.AWS, client: newClient(o.AWS)}, nil
}

func newClient(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, refusePages)
		o.Retryer = broken{retry.AddWithErrorCodes(o.Retryer, "ConditionalRequestConflict")}
		if o.BaseEndpoint != nil {
			o.UsePathStyle = true
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		}
	})
}

// broken tries again what the SDK does not: an answer that breaks off.
type broken struct{ aws.Retryer }

func (r broken) IsErrorRetryable(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || r.Retryer.IsErrorRetryable(err)
}

// String gives s3://bucket/prefix, with the parameters that it was opened with.
func (b *Bucket) String() string { return b.root() + b.parameters }

func (b *Bucket) root() string {
	if b.prefix == "" {
		return bucketScheme + b.name
	}
	return bucketScheme + b.name + "/" + b.prefix
}

// foreign reports whether the endpoint was configured, so that the server may be anyone's.
func foreign(client *s3.Client) bool { return client.Options().BaseEndpoint != nil }

// here gives the client for the bucket's region, which it asks for once.
func (b *Bucket) here(ctx context.Context) (*s3.Client, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.located {
		return b.client, nil
	}
	region, err := manager.GetBucketRegion(ctx, b.client, b.name)
	var missing manager.BucketNotFound
	switch {
	case errors.As(err, &missing) && !foreign(b.client):
		return nil, &BucketError{Location: bucketScheme + b.name, Action: "s3:HeadBucket", Reason: ErrNoBucket, Err: err}
	case err != nil && missing == nil && status(err) == 0: // no answer at all
		return nil, b.fault("s3:HeadBucket", "", err)
	case region != "":
		b.config.Region = region
		b.client = newClient(b.config)
	}
	b.located = true // also if it was refused: the call that follows has the better error
	return b.client, nil
}

// Save implements [Store]. A name that is taken, or being deleted, makes it try the next.
func (b *Bucket) Save(ctx context.Context, s *Snapshot, before bool) (Entry, error) {
	text, _, err := saveable(s)
	if err != nil {
		return Entry{}, err
	}
	client, err := b.here(ctx)
	if err != nil {
		return Entry{}, err
	}
	mark := ""
	if foreign(client) { // a server that ignores If-None-Match would overwrite: let no two names be the same
		mark = newMark()
	}
	const attempts = 50
	for range attempts {
		entry, _ := parseName(fileName(s.TakenAt, mark, before))
		entry.Location = location(b, s.Place(), entry.Name)
		entry.Size = int64(len(text))
		if err = b.put(ctx, b.keyOf(entry.Location), text); err == nil {
			return entry, nil
		} else if !errors.Is(err, ErrExist) {
			return Entry{}, err
		}
		mark = newMark()
	}
	return Entry{}, err
}

// keyOf gives the key in a location inside the bucket.
func (b *Bucket) keyOf(location string) string {
	return strings.TrimPrefix(location, bucketScheme+b.name+"/")
}

// List implements [Store].
func (b *Bucket) List(ctx context.Context, at Place) ([]Entry, error) {
	if _, err := at.elements(); err != nil {
		return nil, err
	}
	client, err := b.here(ctx)
	if err != nil {
		return nil, err
	}
	folder := strings.TrimSuffix(b.keyOf(location(b, at, "")), suffix)
	var entries []Entry
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{
		Bucket: &b.name, Prefix: &folder, Delimiter: aws.String("/"), ExpectedBucketOwner: b.expected(),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, b.fault("s3:ListBucket", "", err)
		}
		if page.Name == nil && page.MaxKeys == nil && page.KeyCount == nil { // each of them is in every list
			return nil, b.fault("s3:ListBucket", "", ErrNotS3)
		}
		for _, object := range page.Contents {
			name, ok := strings.CutSuffix(strings.TrimPrefix(aws.ToString(object.Key), folder), suffix)
			entry, ours := parseName(name)
			if !ok || !ours {
				continue
			}
			entry.Size = aws.ToInt64(object.Size)
			entry.Location = location(b, at, name)
			entries = append(entries, entry)
		}
	}
	newestFirst(entries)
	return entries, nil
}

// Load implements [Store].
func (b *Bucket) Load(ctx context.Context, at Place, name string) (*Snapshot, error) {
	if err := checkEntryName(name); err != nil {
		return nil, err
	}
	if _, err := at.elements(); err != nil {
		return nil, err
	}
	return b.get(ctx, b.keyOf(location(b, at, name)))
}

func (b *Bucket) expected() *string {
	if b.owner == "" {
		return nil
	}
	return &b.owner
}

// loadURL reads an object in any bucket, under any key.
func loadURL(ctx context.Context, url string, o Options) (*Snapshot, error) {
	b, key, err := openObject(url, o)
	if err != nil {
		return nil, err
	}
	return b.get(ctx, key)
}

func saveURL(ctx context.Context, url string, s *Snapshot, o Options) error {
	b, key, err := openObject(url, o)
	if err != nil {
		return err
	}
	text, err := marshal(s)
	if err != nil {
		return err
	}
	err = b.vacant(ctx, key)
	if err == nil {
		err = b.put(ctx, key, text)
	}
	if errors.Is(err, ErrExist) { // by ourselves perhaps: the answer to a first try was lost
		if there, loadErr := b.get(ctx, key); loadErr == nil {
			if same, _ := marshal(there); bytes.Equal(same, text) {
				return nil
			}
		}
	}
	return err
}

func openObject(url string, o Options) (*Bucket, string, error) {
	rest, parameters, _, err := cutParameters(url)
	if err != nil {
		return nil, "", err
	}
	bucket, key, err := splitURL(rest)
	if err != nil {
		return nil, "", err
	}
	if key == "" {
		return nil, "", fmt.Errorf("%q is a bucket, not a snapshot in it", url)
	}
	b, err := openBucket(bucketScheme+bucket+parameters, o)
	return b, key, err
}
