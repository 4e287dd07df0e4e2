package aws

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"

	"github.com/ecsundo/ecsundo/ecs/clock"
)

// Every operation that is called has its line in the table, and no other has.
func TestOuterMembersOfAll(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, in := range regexp.MustCompile(`(?:ecs|ecr|codedeploy|eventbridge|scheduler|iam|sts)\.([A-Z]\w+)Input\b`).FindAllStringSubmatch(string(text), -1) {
			called[in[1]] = true
		}
	}
	if got, want := slices.Sorted(maps.Keys(called)), slices.Sorted(maps.Keys(outerMembers)); !slices.Equal(got, want) {
		t.Errorf("called are\n%v, and the table has\n%v", got, want)
	}
}

// What is an answer, and what is none.
func TestSaysNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		body    string
		nothing bool
	}{
		{``, true}, {` `, true}, {`{}`, true}, {`null`, true}, {`[]`, true}, {`"text"`, true}, {`{"services":null}`, true}, {`{"Services":[]}`, true},
		{`{"failures":[]}`, true}, {`{"services":[]}`, false}, {`{"services":[],"failures":[{}]}`, false}, {`{"services":{}}`, false},
		{`<html>sign in</html>`, false}, {"<!DOCTYPE html>\n<html>", false}, {`{"services":`, false}, // not of AWS, which is said elsewhere
		{`<R><services/></R>`, false}, {`<R><services><s/></services></R>`, false}, {`<R></R>`, true},
	} {
		if got := saysNothing([]byte(test.body), "services"); got != test.nothing {
			t.Errorf("%s: %v", test.body, got)
		}
	}
}

// same answers every call with a body.
type same struct {
	body  string
	calls *int
}

func (a same) Do(r *http.Request) (*http.Response, error) {
	*a.calls++
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

// A read that is answered with nothing is repeated once; a change is not, since somebody has to look first.
func TestNothingIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", "null"} {
		calls := 0
		c := New(awssdk.Config{
			Region: "eu-west-1", HTTPClient: same{body, &calls}, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		}, clock.Skipping(1000))
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var odd *OddAnswerError
		if _, err := c.DescribeServices(ctx, "prod", []string{"web"}); !errors.As(err, &odd) || calls != 2 {
			t.Errorf("%q to a read: %v after %d calls", body, err, calls)
		}
		calls = 0
		if _, err := c.ecs.UpdateService(ctx, &awsecs.UpdateServiceInput{Service: awssdk.String("web")}, sentOnce); !errors.As(err, &odd) || Refused(err) || calls != 1 {
			t.Errorf("%q to a change: %v after %d calls", body, err, calls)
		}
		if h, err := c.ListHistory(ctx, "prod", "web"); err != nil || !errors.As(h.Err, &odd) {
			t.Errorf("%q to a history: %v, %v", body, h.Err, err)
		}
	}
}

// Of every operation, an answer without its outer member is none, and one with an empty one is; a page is called one elsewhere.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	for operation, member := range outerMembers {
		for _, body := range []string{"", "{}", "null", "[]", `{"` + member + `":null}`, `{"nextToken":"more"}`} {
			if !saysNothing([]byte(body), member) {
				t.Errorf("%s: %q says something", operation, body)
			}
		}
		for _, body := range []string{`{"` + member + `":[]}`, `{"` + member + `":0,"FailedEntries":[]}`, "<R><" + member + "/></R>", "<!DOCTYPE html><html></html>"} {
			if saysNothing([]byte(body), member) {
				t.Errorf("%s: %q says nothing", operation, body)
			}
		}
	}
}
