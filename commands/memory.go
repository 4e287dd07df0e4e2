package commands

import (
	"math"
	"os"
	"runtime/debug"
)

// memoryLimit is far above what a plan of thousands of services holds. What is above is garbage, which without a limit may be
// as much again before it is collected, and does harm where memory is short: in a CI container or a Lambda function.
const memoryLimit = 64 << 20

// garbagePercent is how much garbage there may be below the limit, in percent of what is held. A run waits for AWS nearly all the
// time, so that it costs nothing to collect it twice as often as Go does by itself.
const garbagePercent = 50

// boundMemory has garbage collected before memory grows beyond memoryLimit, unless the user has set GOMEMLIMIT or GOGC. It never
// stops a plan that needs more.
func boundMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(memoryLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}
