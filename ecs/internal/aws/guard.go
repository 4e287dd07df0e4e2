package aws

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// A PanicError is a defect of ecsundo itself.
type PanicError struct {
	Value any
	Where string // file and line
}

func (e *PanicError) Error() string { return fmt.Sprintf("internal error at %s: %v", e.Where, e.Value) }

// Guarded calls f, and gives what it panics with as a *[PanicError]: a program that dies of it would end with status 2, which says
// that nothing was changed.
func Guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{v, panickedAt()}
		}
	}()
	return f()
}

// panickedAt gives the innermost line of ecsundo's that was running when a panic began.
func panickedAt() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)]) // without this and the deferred function
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "ecsundo") {
			return fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
