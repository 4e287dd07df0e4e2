package ecstest

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/smithy-go"
)

func update(c *awsecs.Client, service, definition string) (*awsecs.UpdateServiceOutput, error) {
	return updateWithin(10*time.Second, c, service, definition)
}

func updateWithin(d time.Duration, c *awsecs.Client, service, definition string) (*awsecs.UpdateServiceOutput, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return c.UpdateService(ctx, &awsecs.UpdateServiceInput{
		Cluster: aws.String("prod"), Service: aws.String(service), TaskDefinition: aws.String(definition),
	})
}

const twoVersions = "cluster prod\nregister web v1 v2\ndeploy prod/web 1\n"

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		kind    string
		done    bool // carried out all the same
		code    string
		message string
	}{
		{"500", false, "ServerException", ""},
		{"503", false, "ServiceUnavailableException", ""},
		{"reset", false, "", "connection reset"},
		{"lost", true, "", "connection reset"},
		{"hang", false, "", "deadline exceeded"},
		{"late", true, "", "deadline exceeded"},
		{"html", false, "", "deserialization failed"},
		{"ThrottlingException", false, "ThrottlingException", "Rate exceeded"},
		{"ClientException 'message=slow down, please'", false, "ClientException", "slow down, please"},
		{"ClientException", false, "ClientException", "Too many concurrent attempts"},
	} {
		t.Run(test.kind, func(t *testing.T) {
			s, c := start(t, twoVersions+"fault UpdateService nth=1 kind="+test.kind)
			patience := 10 * time.Second
			if test.message == "deadline exceeded" {
				patience = 300 * time.Millisecond
			}
			_, err := updateWithin(patience, c, "web", "web:2")
			if err == nil || !strings.Contains(err.Error(), test.message) {
				t.Errorf("got %v, want …%s…", err, test.message)
			}
			var api smithy.APIError
			if test.code != "" && (!errors.As(err, &api) || api.ErrorCode() != test.code) {
				t.Errorf("got %v, want %s", err, test.code)
			}
			if got := s.Running("prod")["web"] == "web:2"; got != test.done {
				t.Errorf("done is %v, want %v", got, test.done)
			}
			if _, err := update(c, "web", "web:2"); err != nil {
				t.Errorf("the second call: %v", err)
			}
		})
	}
}

func TestDeny(t *testing.T) {
	_, c := start(t, twoVersions+"deny ecs:UpdateService body=web")
	_, err := update(c, "web", "web:2")
	const want = "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/tester/session is not authorized to perform: " +
		"ecs:UpdateService on resource: arn:aws:ecs:eu-west-1:123456789012:service/prod/web"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func TestThrottle(t *testing.T) {
	s, c := start(t, twoVersions+"throttle on clock=simulated\nstep 0")
	throttled := func() (n int) {
		for range 60 {
			if _, err := update(c, "web", "web:1"); err != nil {
				n++
			}
		}
		return n
	}
	if got := throttled(); got < 5 || got > 10 { // 50 at once; every update moves the clock a little
		t.Errorf("%d of 60 throttled", got)
	}
	s.Advance(4 * time.Second)
	if got := throttled(); got < 30 || got > 40 {
		t.Errorf("%d of 60 throttled after 4 s", got)
	}
}

func TestLag(t *testing.T) {
	_, c := start(t, twoVersions+"lag update=2 current=3 deregister=1\nderegister web:2")
	out, err := update(c, "web", "web:2")
	if err != nil || out.Service.CurrentServiceDeployment != nil {
		t.Fatal("not accepted, or not blank", err)
	}
	for i, want := range []string{"web:1", "web:1", "web:2"} {
		sv := describe(t, c, "web").Services[0]
		if got := *sv.TaskDefinition; !strings.HasSuffix(got, want) {
			t.Errorf("call %d sees %s, want %s", i+1, got, want)
		}
	}
	if _, err := update(c, "web", "web:2"); err == nil || !strings.Contains(err.Error(), "inactive") {
		t.Errorf("the second use: %v", err)
	}
}

// TestClients polls and updates from many sides at once; the race detector watches.
func TestClients(t *testing.T) {
	s, c := start(t, "cluster prod\nregister web v1 v2\ndeploy prod/web-{1..8} web:1\n")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			name := fmt.Sprintf("web-%d", i+1)
			if _, err := update(c, name, "web:2"); err != nil {
				t.Error(err)
			}
			for len(describe(t, c, name).Services[0].Deployments) > 1 {
				s.Calls()
			}
		})
	}
	wg.Wait()
	if got := s.Unsteady("prod"); len(got) > 0 {
		t.Errorf("unsteady: %v", got)
	}
	if s.CountOK("UpdateService") != 8 || s.Load().AtOnce < 1 {
		t.Errorf("calls: %+v", s.Load())
	}
}

// TestWhen lets a colleague deploy between two calls.
func TestWhen(t *testing.T) {
	s, c := start(t, "cluster prod\nregister web v1 v2 v3\ndeploy prod/web 1\nwhen DescribeServices nth=2 'deploy prod/web 3 !wait'")
	for i, want := range []string{"web:1", "web:3"} {
		if got := *describe(t, c, "web").Services[0].TaskDefinition; !strings.HasSuffix(got, want) {
			t.Errorf("call %d sees %s, want %s", i+1, got, want)
		}
	}
	if err := s.Tell("when UpdateService 'deploy prod/none 9'"); err != nil {
		t.Fatal(err)
	}
	if _, err := update(c, "web", "web:2"); err == nil || !strings.Contains(err.Error(), "TaskDefinition not found.") {
		t.Errorf("a plot that makes no sense: %v", err)
	}
}

func TestDemo(t *testing.T) {
	s := New()
	if err := s.Tell(Demo); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(s.Running("demo"), s.Unsteady("demo"))
	const want = "map[api:api:7 mail:mail:2 search:search:3 web:web:3 worker:worker:3] [worker]"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

const largeCluster = `
	cluster big
	service big/svc-{0001..5000} desired=2
	register svc-{0001..5000} v1 v2
	deploy big/svc-{0001..5000} 1 2`

// BenchmarkLargeCluster builds 5,000 services with a history, which is to take less than a second.
func BenchmarkLargeCluster(b *testing.B) {
	for b.Loop() {
		s := New()
		if err := s.Tell(largeCluster); err != nil || len(s.Running("big")) != 5000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkDescribeServices(b *testing.B) {
	s := New()
	if err := s.Tell("cluster big\nregister web v1 v2\ndeploy big/svc-{0001..5000} web:1 web:2"); err != nil {
		b.Fatal(err)
	}
	body := `{"cluster":"big","services":["svc-0001","svc-0002","svc-0003","svc-0004","svc-0005","svc-0006","svc-0007","svc-0008","svc-0009","svc-0010"]}`
	for b.Loop() {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", ecsTarget+"DescribeServices")
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
}
