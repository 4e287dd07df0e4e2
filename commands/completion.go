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
	//go:embed completion/ecsundo.ps1
	powershellScript string
)

func completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", ArgsUsage: "SHELL", Usage: "print a shell's completion script",
		Description: `Examples:

    ecsundo completion bash
    ecsundo completion zsh
    ecsundo completion fish
    ecsundo completion powershell

With the script, the Tab key completes commands and flags, and names from AWS:
clusters, services, snapshots, image tags for --if-image, and for --to the
revisions that a service ran. It asks AWS with the credentials, region and
settings that the command itself would use. It gives up after a second, and
prints no errors.

    ~/.bashrc       source <(ecsundo completion bash)
    ~/.zshrc        source <(ecsundo completion zsh)    # after compinit
    config.fish     ecsundo completion fish | source
    $PROFILE        ecsundo completion powershell | Out-String | iex
`,
		Flags: flagsWith(),
		Action: func(c *cli.Context) error {
			shells, err := arguments(c, "SHELL", 1)
			if err != nil {
				return err
			}
			return writeCompletion(c.App.Writer, shells[0])
		},
	}
}

func completionScripts() map[string]string {
	return map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript, "powershell": powershellScript}
}

func writeCompletion(w io.Writer, shell string) error {
	script, ok := completionScripts()[shell]
	if !ok {
		return usagef("there are "+strings.Join(sortedKeys(completionScripts()), ", "), "no completion for %q", shell)
	}
	_, err := io.WriteString(w, script)
	return err
}
