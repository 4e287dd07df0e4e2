package aws

import (
	"context"
	"sync"
	"testing"
	"time"
)

// The pace, in simulated time, against a server that lets through burst calls at first, and then
// rate a second; and a client that goes by what it believes.
func TestBucketLearns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		rate        float64 // of the server
		within      float64 // of the best that is possible
		mostRefused int
	}{
		{"as documented", 5, 1.01, 100},
		{"quota raised tenfold", 50, 1.02, 100},
		{"half is taken by others", 2.5, 1.01, 200},
	} {
		now := time.Unix(0, 0)
		clock := func() time.Time { return now }
		b := bucketAt(ServiceModify, clock)
		server := bucketAt(&group{Burst: 50, rate: c.rate}, clock)
		refused := 0
		for done := 0; done < 1000; {
			waited := false
			for wait := b.draw(); wait > 0; wait = b.draw() {
				waited, now = true, now.Add(wait)
			}
			throttled := server.draw() > 0
			b.learn(now, waited, throttled)
			if throttled {
				refused++
			} else {
				done++
			}
			now = now.Add(time.Microsecond)
		}
		best := time.Duration((1000 - 50) / c.rate * float64(time.Second))
		if took := now.Sub(time.Unix(0, 0)); took.Seconds() > best.Seconds()*c.within || refused > c.mostRefused {
			t.Errorf("%s: took %v, best %v; %d refused", c.name, took, best, refused)
		}
	}
}

// The patient wait behind one another, and only one of them stands among those who are not.
func TestBucketPatience(t *testing.T) {
	t.Parallel()
	b := newBucket(&group{Burst: 1, rate: 200}, nil)
	var all sync.WaitGroup
	order := make(chan string, 40)
	for range 20 {
		all.Go(func() {
			if _, err := b.take(Patient(context.Background())); err == nil {
				order <- "patient"
			}
		})
	}
	for len(order) < 2 { // all of them have come, or nearly so
		time.Sleep(time.Millisecond)
	}
	all.Go(func() {
		if _, err := b.take(context.Background()); err == nil {
			order <- "other"
		}
	})
	all.Wait()
	for place := range 21 {
		if <-order == "other" {
			if place > 15 {
				t.Errorf("the other one came in place %d", place)
			}
			return
		}
	}
	t.Error("the other one never came")
}

// bucketAt is a bucket that tells the time by now.
func bucketAt(g *group, now func() time.Time) *bucket {
	b := newBucket(g, nil)
	b.now, b.filled = now, now()
	return b
}
