// Package line is the command line as it is typed: read with flags anywhere, found right or refused with what was probably
// meant, spelled again for a shell, and completed.
//
// It knows the tree of commands and nothing of what they do. Start with [Parse]; [Spell] goes the other way, and [Complete]
// is for a line that is not finished.
package line

import (
	"errors"
	"fmt"
)

// Program is the word that every command line of ours begins with.
const Program = "ecsundo"

// A UsageError says that the command line or a setting is not right, and what to do about it.
type UsageError struct {
	Err  error
	Hint string // empty if there is nothing to advise
}

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes a [UsageError]. The hint may be empty.
func Usagef(hint, format string, args ...any) error {
	return &UsageError{Err: fmt.Errorf(format, args...), Hint: hint}
}

// Hint gives the outermost advice in an error, empty if there is none.
func Hint(err error) string {
	for u := (*UsageError)(nil); errors.As(err, &u); err = u.Err {
		if u.Hint != "" {
			return u.Hint
		}
	}
	return ""
}
