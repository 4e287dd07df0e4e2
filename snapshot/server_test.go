package snapshot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// realServer gives a prefix of its own in a server that the environment names.
func realServer(t *testing.T, bucket string) (string, Options) {
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return "s3://" + bucket + "/" + rand.Text(), Options{AWS: cfg}
}

// TestStoreCredentials: a real server refuses a wrong secret and a wrong key id, and no error says that a snapshot is not
// there, which a command may take for an empty store.
func TestStoreCredentials(t *testing.T) {
	t.Parallel()
	bucket := os.Getenv("ECSUNDO_TEST_BUCKET")
	if bucket == "" {
		t.Skip("needs a real S3 server, see scripts/s3-test")
	}
	url, o := realServer(t, bucket)
	for _, test := range []struct {
		id, secret string
		want       error
	}{
		{os.Getenv("AWS_ACCESS_KEY_ID"), "wrong", ErrCredentials},
		{"AKIAWRONG", "wrong", nil}, // versitygw has a code of its own for this: XAdminUserNotFound, with status 404
	} {
		o.AWS.Credentials = credentials.NewStaticCredentialsProvider(test.id, test.secret, "")
		store, err := Open(url, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{
			second(store.Save(t.Context(), example(), false)),
			second(store.List(t.Context(), prod)),
			second(store.Load(t.Context(), prod, "20261122T101500Z")),
		} {
			if err == nil || errors.Is(err, ErrNotExist) || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s: got %v, want %v", test.id, err, test.want)
			}
		}
	}
}

// TestMain makes the bucket on a real server.
func TestMain(m *testing.M) {
	if bucket := os.Getenv("ECSUNDO_TEST_BUCKET"); bucket != "" {
		cfg, err := config.LoadDefaultConfig(context.Background())
		if err == nil {
			_, err = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).
				CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: &bucket})
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "the bucket for the tests:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
