package aws

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/middleware"
)

type bodyLooker struct{ body io.ReadCloser }

func (l *bodyLooker) Do(req *http.Request) (*http.Response, error) {
	l.body = req.Body
	sent, err := io.ReadAll(req.Body)
	if err != nil || !strings.Contains(string(sent), `"web"`) || req.ContentLength != int64(len(sent)) {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}, nil
}

// TestPlainBody: a body that the SDK has closed has ended; it is no error.
func TestPlainBody(t *testing.T) {
	looker := &bodyLooker{}
	c := awsecs.New(awsecs.Options{
		Region: "eu-west-1", HTTPClient: looker, RetryMaxAttempts: 1, APIOptions: []func(*middleware.Stack) error{plainBody},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	})
	if _, err := c.DescribeServices(context.Background(), &awsecs.DescribeServicesInput{Services: []string{"web"}, Cluster: awssdk.String("prod")}); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, looker.body); n != 0 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}
