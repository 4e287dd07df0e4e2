//go:build !linux

package examples

import "github.com/rogpeppe/go-internal/testscript"

func converseCommand(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Fatalf("there are pseudo-terminals for Linux only")
}
