// Command bench measures ecsundo against the simulated endpoint: calls, round trips, seconds, memory; and beside it what other
// tools do. It is run by scripts/bench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	binary := flag.String("ecsundo", "ecsundo", "the ecsundo to measure")
	full := flag.Bool("full", false, "also 1,000 and 5,000 services at the documented rates: 25 minutes")
	only := flag.String("only", "", "only the worlds whose names begin so")
	by := flag.String("by", "", "only those whose names begin so: ecsundo, 'a loop', …")
	markdown := flag.Bool("markdown", false, "print the table as Markdown")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	start, err := startTime(*binary)
	if err != nil {
		return err
	}
	var runs []*measurement
	for _, w := range worlds {
		if w.long && !*full || !strings.HasPrefix(w.name, *only) {
			continue
		}
		for _, c := range w.contestants(*binary) {
			if strings.HasPrefix(c.name, *by) {
				runs = append(runs, &measurement{world: w, contestant: c})
			}
		}
	}
	runAll(ctx, runs)
	done := slices.DeleteFunc(slices.Clone(runs), func(m *measurement) bool { return m.err != nil })
	printTable(os.Stdout, done, *markdown)
	fmt.Printf("\necsundo --version: %d ms (median of 11)\n", start.Milliseconds())
	for _, m := range runs {
		if m.err != nil {
			err = errors.Join(err, fmt.Errorf("%s, %s: %w", m.world.name, m.contestant.name, m.err))
		}
	}
	return err
}

// runAll measures the small worlds one after the other, since there milliseconds count, and the others, which mostly wait,
// side by side, each with an endpoint of its own.
func runAll(ctx context.Context, runs []*measurement) {
	var all sync.WaitGroup
	for _, m := range runs {
		if m.world.services <= burstOfUpdates {
			m.run(ctx)
		}
	}
	for _, m := range runs {
		if m.world.services > burstOfUpdates {
			all.Go(func() { m.run(ctx) })
		}
	}
	all.Wait()
}
