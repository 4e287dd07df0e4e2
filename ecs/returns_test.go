package ecs

import "testing"

func TestReturns(t *testing.T) { runHistories(t, readHistories(t, "returns.txt")) }

// Of identical definitions, a copy of one is one of all: the same command again does not go on to what was left.
func TestTwins(t *testing.T) { runHistories(t, readHistories(t, "twins.txt")) }
