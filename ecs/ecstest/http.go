package ecstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// object is a JSON object of an answer.
type object = map[string]any

// maxBody is more than any request that AWS takes on these interfaces.
const maxBody = 4 << 20

// A request is one call as it came in, before anything was done about it.
type request struct {
	service   string // ecs, ecr, sts, iam, codedeploy, events, scheduler
	operation string
	region    string
	body      []byte
}

// name is how permissions, faults and limits name a call: ecs:UpdateService.
func (r request) name() string { return r.service + ":" + r.operation }

// targets are the services by the first part of X-Amz-Target.
var targets = map[string]string{
	"AmazonEC2ContainerServiceV20141113":   "ecs",
	"AmazonEC2ContainerRegistry_V20150921": "ecr",
	"CodeDeploy_20141006":                  "codedeploy",
	"AWSEvents":                            "events",
}

// ServeHTTP answers one call of any of the services.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := s.read(r)
	id := s.traffic.enter(req, r.RemoteAddr)
	w.Header().Set("X-Amzn-Requestid", fmt.Sprintf("00000000-0000-4000-8000-%012d", id))
	present := s.present()
	w.Header().Set("Date", present.Format(http.TimeFormat))
	if err == nil {
		err = checkTime(r, req, present)
	}
	if err != nil {
		s.answerError(w, req, id, err)
		return
	}
	if !s.wait(r.Context()) {
		s.traffic.leave(id, 0, "the client went away")
		return
	}
	if err := s.unfold(req); err != nil {
		s.answerError(w, req, id, err)
		return
	}
	f := s.fault(req)
	if f != nil && !f.applies() {
		f.inject(s, w, r, req, id)
		return
	}
	answer, err := s.answer(req)
	if f != nil {
		f.inject(s, w, r, req, id)
		return
	}
	if err != nil {
		s.answerError(w, req, id, err)
		return
	}
	s.write(w, req, id, http.StatusOK, answer)
}

var scopeRE = regexp.MustCompile(`Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/`)

// read finds out which call r is. The region comes from the signature's scope; the signature is not checked.
func (s *Server) read(r *http.Request) (request, error) {
	req := request{service: "?", operation: "?"}
	s.mu.Lock()
	req.region = s.here
	s.mu.Unlock()
	if scope := scopeRE.FindStringSubmatch(r.Header.Get("Authorization")); scope != nil {
		req.region = scope[1]
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return req, refuse("SerializationException", "reading the request: %v", err)
	}
	req.body = body
	if r.URL.Path != "" && r.URL.Path != "/" {
		return readREST(r, req)
	}
	target := r.Header.Get("X-Amz-Target")
	if target == "" {
		return readQuery(req)
	}
	prefix, operation, _ := strings.Cut(target, ".")
	service, ok := targets[prefix]
	if !ok {
		return req, refuse("UnknownOperationException", "ecstest does not simulate %q", target)
	}
	req.service, req.operation = service, operation
	return req, nil
}

// readQuery reads a call of the AWS query protocol, which STS and IAM speak.
func readQuery(req request) (request, error) {
	form, err := url.ParseQuery(string(req.body))
	if err != nil || form.Get("Action") == "" {
		return req, refuse("UnknownOperationException", "ecstest: neither X-Amz-Target nor Action says which operation this is")
	}
	req.service, req.operation = "sts", form.Get("Action")
	if form.Get("Version") == "2010-05-08" {
		req.service = "iam"
	}
	return req, nil
}

// answer carries the call out, under the lock, at the present of the simulated clock.
func (s *Server) answer(req request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	defer s.moveOn(req)
	op, ok := operations[req.name()]
	if !ok {
		return nil, refuse("UnknownOperationException", "ecstest does not simulate %s", req.name())
	}
	if !s.limits.take(req, s.clock.now) {
		return nil, refuse("ThrottlingException", "Rate exceeded")
	}
	if err := s.authorize(req); err != nil {
		return nil, err
	}
	return op.run(&call{Server: s, region: s.region(req.region), request: req})
}

// moveOn advances a standing clock after a call by which clients follow a rollout, so that polling sees progress.
func (s *Server) moveOn(req request) {
	if op := operations[req.name()]; op.polls && s.clock.speed == 0 {
		s.runTo(s.clock.now.Add(s.step))
	}
}

// answerError writes err as its service does.
func (s *Server) answerError(w http.ResponseWriter, req request, id int, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{status: http.StatusInternalServerError, code: "ServerException", message: err.Error()}
	}
	if req.service == "sts" || req.service == "iam" {
		s.write(w, req, id, e.status, stsError(e))
		return
	}
	if req.service == "scheduler" {
		w.Header().Set("X-Amzn-Errortype", e.code)
		s.write(w, req, id, restStatus(e), object{"Message": e.message, "__type": e.code})
		return
	}
	body := object{"__type": e.code, "message": e.message}
	for name, value := range e.more {
		body[name] = value
	}
	s.write(w, req, id, e.status, body)
}

// write sends an answer: raw text as it is (STS), anything else as JSON.
func (s *Server) write(w http.ResponseWriter, req request, id, status int, answer any) {
	body, isXML := answer.([]byte)
	contentType := "text/xml"
	if !isXML {
		body = mustMarshal(answer)
		contentType = "application/x-amz-json-1.1"
		if req.service == "scheduler" {
			contentType = "application/json"
		}
	}
	note := ""
	if status != http.StatusOK {
		note = errorCode(answer)
	}
	s.traffic.leave(id, status, note)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // the client may be gone: nothing to be done about it
}

func errorCode(answer any) string {
	if o, ok := answer.(object); ok {
		code, _ := o["__type"].(string)
		return code
	}
	return "error"
}

func mustMarshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // our own types
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
