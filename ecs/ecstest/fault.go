package ecstest

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// A fault goes wrong on purpose, for some of the requests that it is about.
type fault struct {
	picker
	kind    string // reset, hang, html, body, lost, late, an HTTP status, or an error type; with done behind it: after the change
	message string
	text    string // of body
}

// fault returns the first fault that this request meets, nil if none.
func (s *Server) fault(req request) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var met *fault
	for _, f := range s.faults {
		if f.picks(req) && met == nil {
			met = f
		}
	}
	return met
}

// applies reports whether the request is carried out before the fault hits.
func (f *fault) applies() bool {
	return f.kind == "lost" || f.kind == "late" || strings.HasSuffix(f.kind, "done")
}

// inject answers, or does not, as the fault has it.
func (f *fault) inject(s *Server, w http.ResponseWriter, r *http.Request, req request, id int) {
	switch kind := strings.TrimSuffix(f.kind, "done"); kind {
	case "reset", "lost":
		s.traffic.leave(id, 0, f.kind)
		hangUp(w)
	case "hang", "late":
		<-r.Context().Done()
		s.traffic.leave(id, 0, f.kind)
	case "html":
		f.answer(s, w, id, http.StatusOK, "text/html", "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>")
	case "body":
		f.answer(s, w, id, http.StatusOK, "application/x-amz-json-1.1", f.text)
	case "403", "502", "504": // as proxies and gateways answer
		status, _ := strconv.Atoi(kind)
		title := kind + " " + http.StatusText(status)
		f.answer(s, w, id, status, "text/html", "<html><head><title>"+title+"</title></head><body><center><h1>"+title+"</h1></center></body></html>")
	default:
		s.answerError(w, req, id, f.err())
	}
}

// answer writes something that is not the service's.
func (f *fault) answer(s *Server, w http.ResponseWriter, id, status int, contentType, body string) {
	s.traffic.leave(id, status, f.kind)
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	io.WriteString(w, body) // the client may be gone
}

// err is the fault as an error answer.
func (f *fault) err() *apiError {
	kind := strings.TrimSuffix(f.kind, "done")
	e := &apiError{status: http.StatusBadRequest, code: kind, message: f.message}
	if status, err := strconv.Atoi(kind); err == nil {
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
	p, err := readPicker(l)
	if err != nil {
		return err
	}
	s.faults = append(s.faults, &fault{picker: p, kind: l.option("kind", "500"), message: l.option("message", ""), text: l.option("text", "{}")})
	return nil
}

// tellHeal takes all faults, and all that waits for calls, away.
func tellHeal(s *Server, _ *sentence) error {
	s.faults, s.plots = nil, nil
	return nil
}
