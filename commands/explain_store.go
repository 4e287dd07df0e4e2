package commands

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/ecsundo/ecsundo/snapshot"
)

// fromStore explains what is wrong with a store or a snapshot. Their errors say where and what; this adds what to do.
func fromStore(err error) *failure {
	var bucket *snapshot.BucketError
	var format *snapshot.FormatError
	var dir *snapshot.DirError
	switch {
	case errors.As(err, &bucket):
		return fromBucket(err, bucket)
	case errors.Is(err, snapshot.ErrVersion):
		return because(err, "get a newer ecsundo")
	case errors.Is(err, snapshot.ErrTruncated):
		return because(err, "copy it again; one that you wrote by hand needs no takenAt, or a line \"...\" at its end")
	case errors.As(err, &format):
		return because(err, "a snapshot is text and may be edited; the README shows what it looks like")
	case errors.As(err, &dir):
		return because(err, "another one: --store or ECSUNDO_STORE, a directory that can be written or s3://bucket/prefix")
	case errors.Is(err, snapshot.ErrTooLarge):
		return because(err, "is it really a snapshot?")
	}
	return nil
}

func fromBucket(err error, bucket *snapshot.BucketError) *failure {
	switch bucket.Reason {
	case snapshot.ErrNoBucket:
		return because(err, "a bucket is not made for you: create it, or see --store and ECSUNDO_STORE")
	case snapshot.ErrPermission:
		return because(err, fmt.Sprintf("the README's IAM policy lists what each command needs, here %s; who you are: 'aws sts get-caller-identity'", bucket.Action))
	case snapshot.ErrCredentials:
		return because(err, "get new credentials, such as with 'aws sso login', or see AWS_ENDPOINT_URL_S3 if the store is not in AWS")
	case snapshot.ErrBroken:
		return because(err, "run the command again; if it stays so, the object is damaged")
	case fs.ErrExist:
		return because(err, "name another object: none is ever overwritten")
	case fs.ErrNotExist:
		return because(err, "")
	}
	if why := fromNetwork(bucket.Err); why != nil {
		return because(fmt.Errorf("%s: %w", bucket.Location, why.err), "see the network, HTTPS_PROXY and AWS_ENDPOINT_URL_S3")
	}
	if fromCredentials(bucket.Err) != nil {
		return nil
	}
	return because(err, "")
}
