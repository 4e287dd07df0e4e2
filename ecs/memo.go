package ecs

import "sync"

// A memo asks for each key once, however many want to know at the same time. The zero value is ready.
type memo[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]*answer[V]
}

type answer[V any] struct {
	once  sync.Once
	value V
	err   error
}

func (m *memo[K, V]) get(key K, ask func() (V, error)) (V, error) {
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
	return a.value, a.err
}
