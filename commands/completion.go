package commands

import (
	_ "embed" // the shells' scripts
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// What the shells do with the answers of [complete].
var (
	//go:embed completion/ecsundo.bash
	bashScript string
	//go:embed completion/ecsundo.zsh
	zshScript string
	//go:embed completion/ecsundo.fish
	fishScript string
)

func completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", ArgsUsage: "bash|zsh|fish", Usage: "print a shell's completion script",
		Description: `Completion prints a script for a shell. With it, the Tab key completes commands
and flags, and the names of what there is: clusters, services, snapshots, and
for --to the revisions that a service ran, with their image tags. It asks AWS
with the credentials, region and settings that the command itself would use,
gives up after a second, and is silent if something is wrong.

    ~/.bashrc       source <(ecsundo completion bash)
    ~/.zshrc        source <(ecsundo completion zsh)    # behind compinit
    config.fish     ecsundo completion fish | source

Examples:

    ecsundo completion bash
    ecsundo completion zsh
    ecsundo completion fish
`,
		Flags: flagsWith(),
		Action: func(c *cli.Context) error {
			shells, err := arguments(c, "shell", 1)
			if err != nil {
				return err
			}
			return writeCompletion(c.App.Writer, shells[0])
		},
	}
}

func completionScripts() map[string]string {
	return map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}
}

func writeCompletion(w io.Writer, shell string) error {
	script, ok := completionScripts()[shell]
	if !ok {
		return usagef("there are "+strings.Join(sortedKeys(completionScripts()), ", "), "no completion for %q", shell)
	}
	_, err := io.WriteString(w, script)
	return err
}
