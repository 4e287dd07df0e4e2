package ecs

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"

	"github.com/ecsundo/ecsundo/ecs/ecstest"
	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// An inProcess transport answers requests by calling the handler, without a network.
type inProcess struct{ handler http.Handler }

func (p inProcess) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// BenchmarkPlan5000 plans the undo of a whole cluster of 5,000 services, with as many calls as it takes and no waiting for
// them. B/op and allocs/op have those of the simulated endpoint in them; kept-MB is what the plan itself holds in the end.
func BenchmarkPlan5000(b *testing.B) {
	server := ecstest.New()
	err := server.Tell(`cluster prod
		register s{0001..5000} v1 v2
		deploy prod/s{0001..5000} 1 2`)
	if err != nil {
		b.Fatal(err)
	}
	cfg := awssdk.Config{
		Region: "eu-west-1", BaseEndpoint: awssdk.String("http://ecs.invalid"), Logger: logging.Nop{}, HTTPClient: inProcess{server},
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
	}
	b.ReportAllocs()
	for b.Loop() {
		client := newClient(aws.Unpaced(cfg))
		before := heap()
		p, err := client.Plan(context.Background(), Scope{Cluster: "prod"}, past.UndoPlanner(past.UndoOptions{}), PlanOptions{})
		if err != nil || len(p.Steps) != 5000 || p.Steps[4999].Action != past.Undo {
			b.Fatal(err)
		}
		server.ResetCalls()
		b.ReportMetric((heap()-before)/1e6, "kept-MB")
		runtime.KeepAlive(p)
	}
}

// heap gives the bytes that are in use after a garbage collection.
func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
