package aws

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
)

func unique(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return slices.Compact(s)
}

// Parallel calls f for each item at the same time and returns the first error.
func Parallel[T any](ctx context.Context, items []T, f func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, item := range items {
		g.Go(func() error { return Guarded(func() error { return f(ctx, item) }) })
	}
	return g.Wait()
}
