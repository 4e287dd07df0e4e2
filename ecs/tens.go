package ecs

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
)

// abreast is how many tens of services are looked at at the same time: enough to keep every limit busy, and not so many that
// their waiting calls fill the memory.
const abreast = 16

// inTens hands the services of a scope to f, ten at a time and several tens at once, while the listing still goes on. It
// gives the names of all that it saw, sorted, also of those that do not match.
func inTens(ctx context.Context, c *aws.Client, scope Scope, f func(context.Context, []string) error) (seen []string, err error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(abreast)
	hand := func(names []string) {
		seen = append(seen, names...)
		if scope.Match != nil {
			names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !scope.Match(n) })
		}
		for ten := range slices.Chunk(names, aws.DescribeLimit) {
			g.Go(func() error { return aws.Guarded(func() error { return f(ctx, ten) }) })
		}
	}
	if scope.byName() {
		hand(scope.Services)
	} else {
		err = c.ListServices(ctx, scope.Cluster, hand)
	}
	if work := g.Wait(); work != nil {
		return nil, work // a failed listing was then only cancelled by it
	}
	slices.Sort(seen)
	return seen, err
}

// guarded has a group run f, whose panic is an error then.
func guarded(g *errgroup.Group, f func() error) {
	g.Go(func() error { return aws.Guarded(f) })
}
