package commands

import (
	"math"
	"runtime/debug"
)

// memoryLimit is far above what a plan of thousands of services holds. What is above is garbage, which without a limit may be
// as much again before it is collected, and does harm where memory is short: in a CI container or a Lambda function.
const memoryLimit = 64 << 20

// boundMemory has garbage collected before memory grows beyond memoryLimit, unless the user has set GOMEMLIMIT. It never stops
// a plan that needs more.
func boundMemory() {
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(memoryLimit)
	}
}
