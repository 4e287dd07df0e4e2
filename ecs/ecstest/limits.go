package ecstest

import (
	"context"
	"time"
)

// A limiter throttles by the token buckets that ECS documents.
type limiter struct{}

// wait lets a call take its time. It reports false if the client went away meanwhile.
func (s *Server) wait(ctx context.Context, req request) bool {
	s.mu.Lock()
	latency := s.latency
	s.mu.Unlock()
	if latency == 0 {
		return true
	}
	select {
	case <-time.After(latency):
		return true
	case <-ctx.Done():
		return false
	}
}
