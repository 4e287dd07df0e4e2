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
	case errors.As(err, new(*snapshot.FileExistsError)):
		return because(err, "name another file")
	case errors.As(err, new(*snapshot.URLError)):
		return because(err, "use s3://bucket/prefix, or a path, for example ./snapshots")
	case errors.Is(err, snapshot.ErrVersion):
		return because(err, "use a newer ecsundo")
	case errors.Is(err, snapshot.ErrTruncated):
		return because(err, "copy it again; if you wrote it by hand, omit takenAt, or end it with a line \"...\"")
	case errors.As(err, &format):
		return because(err, "'ecsundo help snapshots' shows the format")
	case errors.As(err, &dir):
		return because(err, "choose a writable directory or s3://bucket/prefix with --store or ECSUNDO_STORE")
	case errors.Is(err, snapshot.ErrTooLarge):
		return because(err, "check that it is a snapshot")
	}
	return nil
}

func fromBucket(err error, bucket *snapshot.BucketError) *failure {
	switch bucket.Reason {
	case snapshot.ErrNoBucket:
		return because(err, "create the bucket, or choose another one with --store or ECSUNDO_STORE")
	case snapshot.ErrPermission:
		return because(err, fmt.Sprintf("'ecsundo help iam' lists what each command needs, here %s; to see who you are: 'aws sts get-caller-identity'", bucket.Action))
	case snapshot.ErrConditions:
		return because(err, "use another store, such as a directory: --store DIR")
	case snapshot.ErrEncryption:
		return because(err, "if it demands encrypted uploads, add that to the store: --store 's3://BUCKET/PREFIX?sse=aws:kms&kms-key=KEY', or sse=AES256")
	case snapshot.ErrCredentials:
		return because(err, "renew the credentials, for example with 'aws sso login'; if the store is not in AWS, set AWS_ENDPOINT_URL_S3")
	case snapshot.ErrNotS3:
		return because(err, "check HTTPS_PROXY and AWS_ENDPOINT_URL_S3: a proxy may have answered")
	case snapshot.ErrBroken:
		return because(err, "run the command again; if that fails too, the object is damaged")
	case fs.ErrExist:
		return because(err, "name another object: objects are never overwritten")
	case fs.ErrNotExist:
		return because(err, "")
	}
	if why := fromNetwork(bucket.Err); why != nil {
		return because(fmt.Errorf("%s: %w", bucket.Location, why.err), "check the network, HTTPS_PROXY and AWS_ENDPOINT_URL_S3")
	}
	if fromCredentials(bucket.Err) != nil {
		return nil
	}
	return because(err, "")
}
