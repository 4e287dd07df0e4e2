package ecstest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// TestSkew: the first request of a client whose clock is wrong is refused, the second carries the correction, and the times in
// the answers are those of AWS's clock.
func TestSkew(t *testing.T) {
	for _, test := range []struct {
		skew  string
		first int // calls for the first answer
		error string
	}{{"0", 1, ""}, {"4m", 1, ""}, {"25m", 2, "InvalidSignatureException"}, {"-25m", 2, "InvalidSignatureException"}, {"1d", 2, "InvalidSignatureException"}} {
		skew, err := parseDuration(test.skew)
		if err != nil {
			t.Fatal(err)
		}
		s, c := start(t, "skew "+test.skew+"\ncluster prod\nregister web v1\nnow\ndeploy prod/web 1 !now")
		o := c.Options()
		o.Retryer, o.RetryMaxAttempts = nil, 3
		c = awsecs.New(o)
		sv := describe(t, c, "web")
		if calls := s.Calls(); len(calls) != test.first || calls[0].Error != test.error {
			t.Errorf("%s: %d calls, %+v", test.skew, len(calls), calls[0])
		}
		if off := time.Until(*sv.Services[0].CreatedAt) - skew; off < -time.Minute || off > time.Minute {
			t.Errorf("%s: created %v from where it should be", test.skew, off)
		}
		before := len(s.Calls())
		describe(t, c, "web")
		if got := len(s.Calls()) - before; got != 1 {
			t.Errorf("%s: %d calls for the second answer", test.skew, got)
		}
	}
}

// TestDate: every answer has the Date of AWS's clock, those of errors and faults too.
func TestDate(t *testing.T) {
	for _, line := range []string{"", "skew 3m", "skew 3m\nfault * kind=ServerException", "skew 3m\nfault * kind=504", "skew 3m\ndeny *"} {
		_, c := start(t, twoVersions[:len("cluster prod\n")]+line)
		skew := time.Duration(strings.Count(line, "3m")) * 3 * time.Minute
		dates := 0
		c.ListClusters(context.Background(), &awsecs.ListClustersInput{}, awsecs.WithAPIOptions(func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("date", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleDeserialize(ctx, in)
				raw := out.RawResponse.(*smithyhttp.Response)
				date, dateErr := http.ParseTime(raw.Header.Get("Date"))
				if off := time.Until(date) - skew; dateErr != nil || off < -5*time.Second || off > 5*time.Second {
					t.Errorf("%q: Date %v is %v off, %v", line, date, off, dateErr)
				}
				dates++
				return out, metadata, err
			}), middleware.After)
		}))
		if dates == 0 {
			t.Errorf("%q: no answer was seen", line)
		}
	}
}

// TestSignatureTimes: the texts, as AWS has them.
func TestSignatureTimes(t *testing.T) {
	s := New()
	for _, test := range []struct {
		off  time.Duration
		want string
	}{{-6 * time.Minute, `"Signature expired: %s is now earlier than `}, {6 * time.Minute, `"Signature not yet current: %s is still later than `}} {
		signed := time.Now().UTC().Add(test.off).Format("20060102T150405Z")
		r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
		r.Header.Set("X-Amz-Target", ecsTarget+"ListClusters")
		r.Header.Set("X-Amz-Date", signed)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if want := fmt.Sprintf(test.want, signed); w.Code != 400 || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), "5 min.)") {
			t.Errorf("%d %s, want %s", w.Code, w.Body, want)
		}
	}
}
