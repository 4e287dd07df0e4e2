package commands

import "github.com/urfave/cli/v2"

// laterCommands keeps the words of commands that this version does not have yet: 'cluster prod snapshot' must not undo two
// clusters today because a command comes tomorrow.
func laterCommands() []*cli.Command {
	var later []*cli.Command
	for _, name := range []string{"cluster history"} {
		later = append(later, &cli.Command{
			Name: name, Hidden: true, Flags: flagsWith(append(changingFlags(), clusterFlag())...),
			Action: func(*cli.Context) error {
				return usagef("", "this version has no '%s %s' yet", program, name)
			},
		})
	}
	return later
}
