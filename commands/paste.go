package commands

import (
	"slices"

	"github.com/ecsundo/ecsundo/commands/internal/line"
)

// onService is the command line that undoes one service, also of one that is called as a command.
func onService(cluster, service string, flags ...string) []string {
	words := []string{"service", "-c", cluster}
	if line.IsCommandWord(commandTree(), words[0], service) {
		return slices.Concat(words, flags, []string{"--", service})
	}
	return slices.Concat(words, []string{service}, flags)
}
