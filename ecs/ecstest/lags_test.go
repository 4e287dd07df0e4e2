package ecstest

import (
	"strings"
	"testing"
	"time"

	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
)

// TestListLags: DescribeServices has a new deployment at once, the list a moment later.
func TestListLags(t *testing.T) {
	for _, test := range []struct {
		lag  string
		want time.Duration
	}{{"", time.Second}, {"lag list=0", 0}, {"lag list=30s", 30 * time.Second}, {"lag list=30s\nlag register=1", 30 * time.Second}} {
		s, c := start(t, twoVersions+"step 0\n"+test.lag+"\nadvance 1m")
		if _, err := update(c, "web", "web:2"); err != nil {
			t.Fatal(err)
		}
		if got := describe(t, c, "web").Services[0].Deployments[0]; !strings.HasSuffix(*got.TaskDefinition, "web:2") {
			t.Errorf("%q: PRIMARY runs %s", test.lag, *got.TaskDefinition)
		}
		var lag time.Duration
		for len(history(t, c, awsecs.ListServiceDeploymentsInput{})) < 2 {
			s.Advance(100 * time.Millisecond)
			lag += 100 * time.Millisecond
		}
		if lag != test.want {
			t.Errorf("%q: listed after %v, want %v", test.lag, lag, test.want)
		}
	}
}

// TestStoryIsListed: what a story leaves in flight is in the list, unless it says otherwise.
func TestStoryIsListed(t *testing.T) {
	for line, want := range map[string]int{
		"deploy prod/web 2 !wait": 2, "force prod/web !wait": 2, "deploy prod/web 2 !now": 1, "advance 1m\nlag list=30s\ndeploy prod/web 2 !wait": 1,
	} {
		_, c := start(t, twoVersions+line)
		if got := len(history(t, c, awsecs.ListServiceDeploymentsInput{})); got != want {
			t.Errorf("%s: %d entries, want %d", line, got, want)
		}
	}
}
