package snapshot

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// put writes an object that must not be there: [ErrExist] if it is, or if S3 cannot tell because of a delete under way.
// When an answer is lost, the SDK's next try finds the object of the first, and that is ErrExist too: Save then keeps the
// same snapshot twice, which does no harm.
func (b *Bucket) put(ctx context.Context, key string, text []byte) error {
	client, err := b.here(ctx)
	if err != nil {
		return err
	}
	in := &s3.PutObjectInput{
		Bucket: &b.name, Key: &key, Body: bytes.NewReader(text), ContentType: aws.String("application/yaml"),
		IfNoneMatch: aws.String("*"), ExpectedBucketOwner: b.expected(),
	}
	if e := b.encryption; e.SSE != "" {
		in.ServerSideEncryption = types.ServerSideEncryption(e.SSE)
		if e.KMSKey != "" {
			in.SSEKMSKeyId = &e.KMSKey
		}
	}
	if foreign(client) { // what the checksums would do, and buckets with a default retention ask for
		sum := md5.Sum(text)
		in.ContentMD5 = aws.String(base64.StdEncoding.EncodeToString(sum[:]))
	}
	//lint:ignore SA1019 its successor sends checksums that other servers refuse, whatever is configured (aws-sdk-go-v2#3469)
	uploader := manager.NewUploader(client, func(u *manager.Uploader) {
		u.PartSize = max(int64(len(text)), manager.MinUploadPartSize) // one request: no parts are ever left behind
	})
	//lint:ignore SA1019 as above
	out, err := uploader.Upload(ctx, in)
	if err == nil && out.ETag == nil { // S3 gives what it has kept a tag
		err = ErrNotS3
	}
	if err != nil {
		return b.fault("s3:PutObject", key, err)
	}
	return nil
}

// vacant looks whether a key is free, on servers that may ignore If-None-Match. One that does not tell is believed.
func (b *Bucket) vacant(ctx context.Context, key string) error {
	client, err := b.here(ctx)
	if err != nil || !foreign(client) {
		return err
	}
	out, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: &key, ExpectedBucketOwner: b.expected()})
	if err != nil || out.ETag == nil {
		return nil
	}
	return &BucketError{Location: bucketScheme + b.name + "/" + key, Action: "s3:PutObject", Reason: ErrExist, Err: ErrExist}
}

// get reads an object. Its size is known, and refused, before its body is read.
func (b *Bucket) get(ctx context.Context, key string) (*Snapshot, error) {
	client, err := b.here(ctx)
	if err != nil {
		return nil, err
	}
	object := &wholeObject{client: client}
	//lint:ignore SA1019 the counterpart of the Uploader; it takes up a body that breaks off
	downloader := manager.NewDownloader(object, func(d *manager.Downloader) {
		d.PartSize = MaxSize
		d.Concurrency = 1
	})
	text := &manager.WriteAtBuffer{GrowthCoeff: 2}
	//lint:ignore SA1019 as above
	_, err = downloader.Download(ctx, text, &s3.GetObjectInput{Bucket: &b.name, Key: &key, ExpectedBucketOwner: b.expected()})
	location := bucketScheme + b.name + "/" + key
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, errEmpty):
		return nil, fmt.Errorf("%s: %w", location, err)
	case err != nil && ctx.Err() == nil && object.begun:
		return nil, &BucketError{Location: location, Action: "s3:GetObject", Reason: ErrBroken, Err: err}
	case err != nil:
		return nil, b.fault("s3:GetObject", key, err)
	}
	return decodeAt(bytes.NewReader(text.Bytes()), location)
}

// wholeObject is what the Downloader asks for parts. One part is enough for us, and asking for the object without a range
// makes S3 send its checksum, which the SDK then checks.
type wholeObject struct {
	client *s3.Client
	begun  bool // the last answer was good, so an error is of its body
}

var errEmpty = malformed("the file is empty")

// GetObject gives the whole object, unless it is empty or too large.
func (w *wholeObject) GetObject(ctx context.Context, in *s3.GetObjectInput, opts ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	in.Range = nil
	w.begun = false
	out, err := w.client.GetObject(ctx, in, opts...)
	if err != nil {
		return nil, err
	}
	w.begun = true
	size := aws.ToInt64(out.ContentLength)
	switch {
	case size > MaxSize:
		out.Body.Close()
		return nil, fmt.Errorf("%d bytes: %w", size, ErrTooLarge)
	case out.ContentLength == nil: // chunked: the Downloader wants to know
		return out, measure(out)
	case size == 0:
		out.Body.Close()
		return nil, errEmpty
	}
	return out, nil
}

// measure reads the body, to the bound, and puts it and its length back.
func measure(out *s3.GetObjectOutput) error {
	defer out.Body.Close()
	body, err := io.ReadAll(io.LimitReader(out.Body, MaxSize+1))
	switch {
	case err != nil:
		return err
	case len(body) > MaxSize:
		return ErrTooLarge
	case len(body) == 0:
		return errEmpty
	}
	out.ContentLength = aws.Int64(int64(len(body)))
	out.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}
