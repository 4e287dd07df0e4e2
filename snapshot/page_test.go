package snapshot

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestPages: a page with status 200 is neither a kept snapshot nor an empty list, whatever it says it is.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"text/html; charset=utf-8", "application/xml", ""} {
		f := newFakeS3(t, (*httptest.Server).Start)
		store, err := Open("s3://ops", f.options())
		if err != nil {
			t.Fatal(err)
		}
		f.answer(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", kind)
			fmt.Fprint(w, "<html><body>sign in</body></html>")
			return true
		})
		if entry, err := store.Save(t.Context(), example(), true); !errors.Is(err, ErrNotS3) {
			t.Errorf("%q: Save: %v, %v", kind, entry, err)
		}
		if entries, err := store.List(t.Context(), prod); !errors.Is(err, ErrNotS3) {
			t.Errorf("%q: List: %v, %v", kind, entries, err)
		}
		if where, err := SaveAs(t.Context(), "s3://ops/by/name", example(), f.options()); !errors.Is(err, ErrNotS3) {
			t.Errorf("%q: SaveAs: %q, %v", kind, where, err)
		}
		if s, err := store.Load(t.Context(), prod, "20261122T101500Z"); err == nil {
			t.Errorf("%q: Load: %v", kind, s)
		}
	}
}

// TestSaveAsWithoutConditions: nothing is overwritten by name on a server that ignores If-None-Match either.
func TestSaveAsWithoutConditions(t *testing.T) {
	t.Parallel()
	f := newFakeS3(t, (*httptest.Server).Start)
	f.answer(func(_ http.ResponseWriter, r *http.Request) bool {
		r.Header.Del("If-None-Match")
		return false
	})
	if _, err := SaveAs(t.Context(), "s3://ops/by/name", example(), f.options()); err != nil {
		t.Fatal(err)
	}
	changed := example()
	changed.TakenAt = exampleTime.AddDate(0, 0, 1)
	if _, err := SaveAs(t.Context(), "s3://ops/by/name", changed, f.options()); !errors.Is(err, ErrExist) {
		t.Errorf("got %v, want ErrExist", err)
	}
	s, _, err := Find(t.Context(), nil, prod, "s3://ops/by/name", f.options())
	if err != nil || !s.TakenAt.Equal(exampleTime) {
		t.Errorf("it holds %v, %v", s, err)
	}
}

// TestKindOfAnswer: what an answer calls itself does not make a page of it. Some servers call every answer text/html.
func TestKindOfAnswer(t *testing.T) {
	t.Parallel()
	f := newFakeS3(t, (*httptest.Server).Start)
	store, err := Open("s3://ops", f.options())
	if err != nil {
		t.Fatal(err)
	}
	f.answer(func(w http.ResponseWriter, r *http.Request) bool {
		kept := httptest.NewRecorder()
		f.handler.ServeHTTP(kept, r)
		maps.Copy(w.Header(), kept.Header())
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes())
		return true
	})
	entry, err := store.Save(t.Context(), example(), true)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := store.List(t.Context(), prod); err != nil || len(entries) != 1 {
		t.Errorf("List: %v, %v", entries, err)
	}
	if _, err := store.Load(t.Context(), prod, entry.Name); err != nil {
		t.Errorf("Load: %v", err)
	}
}
