package ecstest

import "net/http"

// A fault goes wrong on purpose.
type fault struct{ seen int }

func (s *Server) fault(req request) *fault { return nil }
func (f *fault) applies() bool             { return true }
func (f *fault) inject(s *Server, w http.ResponseWriter, r *http.Request, req request, id int) {
}
