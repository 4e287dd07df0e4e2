// Command ecsundo puts Amazon ECS services back to what they ran before.
package main

import (
	"os"

	"github.com/ecsundo/ecsundo/commands"
)

func main() { os.Exit(commands.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
