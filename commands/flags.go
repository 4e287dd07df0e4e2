package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
)

// flagsWith gives the flags of a command: its own, then those that every command has.
func flagsWith(own ...cli.Flag) []cli.Flag { return append(own, everywhere()...) }

func everywhere() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: settings.DefaultForm, Usage: "`FORM`: text, json, markdown or name"},
		&cli.StringFlag{Name: "region", Usage: "the AWS `REGION`; if not given, as for the AWS CLI"},
		&cli.StringFlag{Name: "profile", Usage: "the AWS `PROFILE`; if not given, as for the AWS CLI"},
		&cli.StringFlag{Name: "config", Usage: "read settings from `FILE` instead of ~/.ecsundo.yml"},
		&cli.BoolFlag{Name: "no-color", Usage: "no colours, even on a terminal"},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "print each request to AWS on stderr"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print no progress on stderr"},
	}
}

// changingFlags are those of every command that changes services.
func changingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "dry-run", Usage: "print the plan, change nothing"},
		&cli.BoolFlag{Name: "no-wait", Usage: "return when ECS has accepted the changes"},
		&cli.StringFlag{Name: "timeout", Value: settings.DefaultTimeout, DefaultText: "20m after the last change", Usage: "stop after `TIME`"},
		&cli.BoolFlag{Name: "strict", Usage: "change nothing if any is blocked"},
		&cli.BoolFlag{Name: "no-pin", Usage: "use image tags as they are, even if they have moved"},
		&cli.BoolFlag{Name: "no-image-check", Usage: "do not ask the registry whether images exist"},
		&cli.BoolFlag{Name: "whole", Usage: "also restore network, load balancers, other settings"},
		copyTagFlag(), sidecarFlag(), storeFlag(), gitFlag(), diffFlag(),
	}
}

func copyTagFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "copy-tag", Usage: "also tag copies with `TAG`, as team=web; repeatable"}
}

// sidecarFlag is for every command that decides, or shows, what an undo would do.
func sidecarFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "sidecar", Usage: "images that match `GLOB` move by themselves; repeatable"}
}

// timeoutFlag is for commands that change nothing.
func timeoutFlag() cli.Flag {
	return &cli.StringFlag{Name: "timeout", Value: settings.DefaultTimeout, Usage: "stop after `TIME`"}
}

// filterFlags choose services of a cluster.
func filterFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "only", Usage: "only services that match `GLOB`; repeatable"},
		&cli.StringSliceFlag{Name: "except", Usage: "no services that match `GLOB`; repeatable"},
	}
}

// schedulesFlag is of the commands about whole clusters.
func schedulesFlag() cli.Flag {
	return &cli.BoolFlag{Name: "schedules", Usage: "also EventBridge's rules and schedules"}
}

func againFlag() cli.Flag {
	return &cli.BoolFlag{Name: "again", Usage: "go back one more version, each time it is run"}
}

func clusterFlag() cli.Flag {
	return &cli.StringFlag{Name: "cluster", Aliases: []string{"c"}, Usage: "the `CLUSTER`: a name or an ARN"}
}

// arguments gives the arguments of c, each once and none empty; there must be at least one and at most max (0: any number).
func arguments(c *cli.Context, what string, max int) ([]string, error) {
	var args []string
	for i, a := range c.Args().Slice() {
		if strings.TrimSpace(a) == "" {
			return nil, usagef("perhaps a shell variable is not set", "argument %d (%s) is empty", i+1, what)
		}
		if !slices.Contains(args, a) {
			args = append(args, a)
		}
	}
	usage := fmt.Sprintf("usage: %s %s [flags] %s", program, c.Command.Name, c.Command.ArgsUsage)
	switch {
	case len(args) == 0:
		return nil, usagef(usage, "missing argument: %s", what)
	case max > 0 && len(args) > max:
		return nil, usagef(usage, "unexpected argument: %q", args[max])
	}
	return args, nil
}
