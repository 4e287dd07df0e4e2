package ecs

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Capture collects what ECS answers about a service, for a bug report: [Capture.Add] is an [Options.Answers]. Its document has
// nothing that tells whose it is. The zero value is ready.
type Capture struct {
	mu      sync.Mutex
	answers []captured
}

type captured struct {
	Operation string `json:"operation"`
	Request   any    `json:"request,omitempty"`
	Status    int    `json:"status,omitempty"` // of HTTP; left out: 200
	Answer    any    `json:"answer"`
}

// Add takes an answer, unless it is one to a call that changes something.
func (c *Capture) Add(operation string, request []byte, status int, answer []byte) {
	if !strings.HasPrefix(operation, "List") && !strings.HasPrefix(operation, "Describe") {
		return
	}
	a := captured{Operation: operation, Request: decoded(request), Answer: decoded(answer)}
	if status != 200 {
		a.Status = status
	}
	if members, ok := a.Request.(map[string]any); ok {
		for _, name := range []string{"maxResults", "include", "sort"} {
			delete(members, name) // they need not be the same when it is replayed
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = append(c.answers, a)
}

// decoded gives JSON with its numbers as they are written; nil for anything else.
func decoded(text []byte) (value any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil
	}
	return value
}

// Settles gives the points that AWS does not document and the answers show.
func (c *Capture) Settles() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return settles(c.answers, time.Now())
}

func orNone(points []string) []string { return append([]string{}, points...) }

// Document gives what was collected about a service, scrubbed, in the form of ecs/testdata/captures.
func (c *Capture) Document(cluster, service string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := newScrubber(cluster, service)
	slices.SortStableFunc(c.answers, func(a, b captured) int { return strings.Compare(a.Operation, b.Operation) })
	var scrubbed []captured
	for range 2 { // texts may have names that come later
		scrubbed = nil
		for _, a := range c.answers {
			a.Request, a.Answer = s.value("", a.Request), s.value("", a.Answer)
			scrubbed = append(scrubbed, a)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(map[string]any{
		"source": "ecsundo service history --capture", "shows": "", "settles": orNone(settles(c.answers, time.Now())), "cluster": s.named("cluster", cluster), "service": s.named("service", service), "answers": scrubbed,
	})
	return b.Bytes(), err
}
