package snapshot

import (
	"context"
	"errors"
)

const bucketScheme = "s3://"

type Bucket struct{}

func openBucket(url string, o Options) (Store, error) { return nil, errors.New("x") }
func loadURL(ctx context.Context, ref string, o Options) (*Snapshot, error) {
	return nil, errors.New("x")
}
func saveURL(ctx context.Context, ref string, s *Snapshot, o Options) error { return errors.New("x") }
