package ecstest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// A fault goes wrong on purpose, for some of the requests that it is about.
type fault struct {
	operation   string // a pattern, as for permissions
	body        string // only requests whose body contains this
	first, last int    // which of them, counted from 1; last 0: no end
	every       int    // every n-th from the first on
	kind        string // reset, hang, html, lost, late, an HTTP status, or an error type
	message     string
	seen        int
}

// fault returns the first fault that this request meets, nil if none.
func (s *Server) fault(req request) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var met *fault
	for _, f := range s.faults {
		if !matches(f.operation, req) || !strings.Contains(string(req.body), f.body) {
			continue
		}
		f.seen++
		if met == nil && f.seen >= f.first && (f.last == 0 || f.seen <= f.last) && (f.seen-f.first)%f.every == 0 {
			met = f
		}
	}
	return met
}

// applies reports whether the request is carried out before the fault hits.
func (f *fault) applies() bool { return f.kind == "lost" || f.kind == "late" }

// inject answers, or does not, as the fault has it.
func (f *fault) inject(s *Server, w http.ResponseWriter, r *http.Request, req request, id int) {
	switch f.kind {
	case "reset", "lost":
		s.traffic.leave(id, 0, f.kind)
		hangUp(w)
	case "hang", "late":
		<-r.Context().Done()
		s.traffic.leave(id, 0, f.kind)
	case "html":
		s.traffic.leave(id, http.StatusOK, f.kind)
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>")
	default:
		s.answerError(w, req, id, f.err())
	}
}

// err is the fault as an error answer.
func (f *fault) err() *apiError {
	e := &apiError{status: http.StatusBadRequest, code: f.kind, message: f.message}
	if status, err := strconv.Atoi(f.kind); err == nil {
		e.status, e.code = status, "ServerException"
		if status == http.StatusServiceUnavailable {
			e.code = "ServiceUnavailableException"
		}
	}
	if e.code == "ServerException" && e.status == http.StatusBadRequest {
		e.status = http.StatusInternalServerError
	}
	if e.message == "" {
		e.message = usualMessages[e.code]
	}
	return e
}

// usualMessages are what the errors that stories inject usually say.
var usualMessages = map[string]string{
	"ThrottlingException":         "Rate exceeded",
	"ExpiredTokenException":       "The security token included in the request is expired",
	"UnrecognizedClientException": "The security token included in the request is invalid.",
	"AccessDeniedException":       "User is not authorized to perform this action.",
	"ServerException":             "Service Unavailable. Please try again later.",
	"ServiceUnavailableException": "Service Unavailable. Please try again later.",
	"ClientException":             "Too many concurrent attempts to create a new revision of the specified family.",
}

// hangUp resets the connection without an answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: this is how to hang up there
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// tellFault adds a fault: fault UpdateService nth=3 kind=lost.
func tellFault(s *Server, l *sentence) error {
	operation, err := l.arg(0, "operation")
	if err != nil {
		return err
	}
	f := &fault{
		operation: operation, body: l.option("body", ""), first: 1, last: 1, every: 1,
		kind: l.option("kind", "500"), message: l.option("message", ""),
	}
	if f.every, err = l.number("every", 1); err != nil || f.every < 1 {
		return fmt.Errorf("every: a number from 1 on, please")
	}
	if l.has("every") {
		f.first, f.last = f.every, 0
	}
	if l.has("nth") {
		if f.first, f.last, err = parseNth(l.option("nth", "")); err != nil {
			return err
		}
	}
	s.faults = append(s.faults, f)
	return nil
}

// parseNth reads 3, 2..5 or 2.. (without an end).
func parseNth(text string) (first, last int, err error) {
	from, to, isRange := strings.Cut(text, "..")
	if first, err = strconv.Atoi(from); err != nil || first < 1 {
		return 0, 0, fmt.Errorf("nth=%s: write 3, 2..5, or 2.. without an end", text)
	}
	switch {
	case !isRange:
		return first, first, nil
	case to == "":
		return first, 0, nil
	}
	last, err = strconv.Atoi(to)
	return first, last, err
}

// tellHeal takes all faults away.
func tellHeal(s *Server, _ *sentence) error {
	s.faults = nil
	return nil
}
