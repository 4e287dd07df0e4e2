package ecstest

import (
	"container/heap"
	"time"
)

// A clock keeps the simulated time and what is due later. Nothing runs by itself: whoever holds the server's lock calls
// runTo, and everything that is due by then happens, in order, each thing at its own time.
type clock struct {
	base  time.Time // what stories call now
	now   time.Time
	speed float64   // simulated seconds per real second; 0: the clock stands still
	since time.Time // the real time that now belongs to, if speed is not 0
	queue timers
	order int
}

// A timer is one thing that will happen.
type timer struct {
	at    time.Time
	order int
	do    func()
}

// stop makes t not happen. Stopping nil, or a timer that has fired, does nothing.
func (t *timer) stop() {
	if t != nil {
		t.do = nil
	}
}

// pending reports whether t will still happen.
func (t *timer) pending() bool { return t != nil && t.do != nil }

// after has do called when d has passed.
func (s *Server) after(d time.Duration, do func()) *timer {
	s.clock.order++
	t := &timer{at: s.clock.now.Add(d), order: s.clock.order, do: do}
	heap.Push(&s.clock.queue, t)
	return t
}

// runTo plays everything that is due until t, and leaves the clock there. A time that has passed changes nothing.
func (s *Server) runTo(t time.Time) {
	c := &s.clock
	for len(c.queue) > 0 && !c.queue[0].at.After(t) {
		next := heap.Pop(&c.queue).(*timer)
		if next.do == nil {
			continue
		}
		c.now = next.at
		do := next.do
		next.do = nil
		do()
	}
	if t.After(c.now) {
		c.now = t
	}
}

// catchUp plays what became due since the last call, if the clock is running.
func (s *Server) catchUp() {
	if s.clock.speed == 0 {
		return
	}
	real := time.Now()
	passed := time.Duration(float64(real.Sub(s.clock.since)) * s.clock.speed)
	s.clock.since = real
	s.runTo(s.clock.now.Add(passed))
}

// tick moves a standing clock by a moment, so that two changes do not have the very same time.
func (s *Server) tick() {
	if s.clock.speed == 0 {
		s.runTo(s.clock.now.Add(10 * time.Millisecond))
	}
}

// setSpeed lets the clock run, or stand still with 0.
func (s *Server) setSpeed(speed float64) {
	s.catchUp()
	s.clock.speed, s.clock.since = speed, time.Now()
}

// timers is a heap, the next one first.
type timers []*timer

func (q timers) Len() int { return len(q) }
func (q timers) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}
func (q timers) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *timers) Push(x any)   { *q = append(*q, x.(*timer)) }
func (q *timers) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
