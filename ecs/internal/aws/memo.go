package aws

import (
	"sync"
)

// A Memo asks for each key once, however many want to know at the same time. The zero value is ready.
type Memo[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]*answer[V]
}

type answer[V any] struct {
	once  sync.Once
	value V
	err   error
}

// Get gives the answer for a key, which is asked for if nobody has asked yet, or only in vain.
func (m *Memo[K, V]) Get(key K, ask func() (V, error)) (V, error) {
	m.mu.Lock()
	if m.entries == nil {
		m.entries = map[K]*answer[V]{}
	}
	a := m.entries[key]
	if a == nil {
		a = &answer[V]{}
		m.entries[key] = a
	}
	m.mu.Unlock()
	a.once.Do(func() { a.value, a.err = ask() })
	if a.err != nil { // who asks later may have more luck
		m.mu.Lock()
		if m.entries[key] == a {
			delete(m.entries, key)
		}
		m.mu.Unlock()
	}
	return a.value, a.err
}
