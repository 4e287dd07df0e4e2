package ecstest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// A Call is one request that the server got, as [Server.Calls] lists them.
type Call struct {
	N         int       // 1, 2, 3… in the order of arrival
	Service   string    // ecs, ecr, sts, codedeploy, events, scheduler
	Operation string    // UpdateService
	Region    string    // where it was signed for
	Time      time.Time // real time of arrival
	Body      string    // the request, compact JSON
	Status    int       // HTTP status of the answer; 0 if there was none, or not yet
	Error     string    // the error's type, or what a fault did
}

// Load is how hard a server was asked since it started or [Server.ResetCalls] was called.
type Load struct {
	Requests    int
	AtOnce      int // most requests that were being answered at the same time
	Connections int // TCP connections that requests came over
}

// traffic records the requests. It has its own lock, so that recording never waits for an answer being made.
type traffic struct {
	mu     sync.Mutex
	first  int // number of calls that were forgotten
	calls  []Call
	open   int
	atOnce int
	from   map[string]bool
}

// maxCalls bounds the record of a server that runs for long.
const maxCalls = 200_000

func (t *traffic) enter(req request, from string) (id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open++
	t.atOnce = max(t.atOnce, t.open)
	if t.from == nil {
		t.from = map[string]bool{}
	}
	t.from[from] = true
	if len(t.calls) >= maxCalls {
		t.first += maxCalls / 2
		t.calls = append([]Call(nil), t.calls[maxCalls/2:]...)
	}
	id = t.first + len(t.calls) + 1
	t.calls = append(t.calls, Call{
		N: id, Service: req.service, Operation: req.operation, Region: req.region, Time: time.Now(), Body: compact(req.body),
	})
	return id
}

func (t *traffic) leave(id, status int, note string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
	if i := id - t.first - 1; i >= 0 && i < len(t.calls) {
		t.calls[i].Status, t.calls[i].Error = status, note
	}
}

func compact(body []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, body) != nil {
		return string(body)
	}
	return b.String()
}

// Calls lists the requests since the start or the last [Server.ResetCalls], in the order in which they came.
func (s *Server) Calls() []Call {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	return append([]Call(nil), s.traffic.calls...)
}

// Count tells how many requests for an operation came, whatever the answer. An empty operation counts all.
func (s *Server) Count(operation string) int {
	return s.count(operation, func(Call) bool { return true })
}

// CountOK tells how many requests for an operation were answered with 200.
func (s *Server) CountOK(operation string) int {
	return s.count(operation, func(c Call) bool { return c.Status == http.StatusOK })
}

func (s *Server) count(operation string, counts func(Call) bool) int {
	n := 0
	for _, c := range s.Calls() {
		if (operation == "" || c.Operation == operation) && counts(c) {
			n++
		}
	}
	return n
}

// Load tells how many requests, how many at once, over how many connections.
func (s *Server) Load() Load {
	t := &s.traffic
	t.mu.Lock()
	defer t.mu.Unlock()
	return Load{Requests: len(t.calls), AtOnce: t.atOnce, Connections: len(t.from)}
}

// ResetCalls forgets the requests, and starts counting for fault and when lines, and [Load], anew. What is being answered just now is
// not forgotten by [Load].
func (s *Server) ResetCalls() {
	t := &s.traffic
	t.mu.Lock()
	t.first += len(t.calls)
	t.calls, t.atOnce, t.from = nil, t.open, nil
	t.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		f.seen = 0
	}
	for _, p := range s.plots {
		p.seen = 0
	}
}
