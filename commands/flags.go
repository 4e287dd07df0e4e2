package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// flagsWith gives the flags of a command: its own, then those that every command has.
func flagsWith(own ...cli.Flag) []cli.Flag { return append(own, everywhere()...) }

func everywhere() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Value: "text", Usage: "`FORM`: text, json or markdown"},
		&cli.StringFlag{Name: "region", Usage: "the AWS `REGION` (else the environment's)"},
		&cli.StringFlag{Name: "profile", Usage: "the AWS `PROFILE` (else the environment's)"},
		&cli.StringFlag{Name: "config", Usage: "the settings, instead of ~/.ecsundo.yml, from `FILE`"},
		&cli.BoolFlag{Name: "no-color", Usage: "no colours, also on a terminal"},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say each request to AWS on stderr"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no progress on stderr"},
	}
}

// changingFlags are those of every command that changes services.
func changingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "dry-run", Usage: "print the plan, change nothing"},
		&cli.BoolFlag{Name: "no-wait", Usage: "return once ECS has accepted the changes"},
		&cli.StringFlag{Name: "timeout", Value: defaultTimeout, DefaultText: "20m after the last change", Usage: "stop after `TIME`"},
		&cli.BoolFlag{Name: "strict", Usage: "change nothing if any service cannot be undone"},
		&cli.BoolFlag{Name: "no-pin", Usage: "leave tags as they are, also where they have moved"},
		&cli.BoolFlag{Name: "no-image-check", Usage: "do not ask the registry whether images still exist"},
		&cli.BoolFlag{Name: "whole", Usage: "also the rest: network, load balancers and the like"},
		storeFlag(), gitFlag(), diffFlag(),
	}
}

const defaultTimeout = "20m"

// timeoutFlag is for commands that change nothing.
func timeoutFlag() cli.Flag {
	return &cli.StringFlag{Name: "timeout", Value: defaultTimeout, Usage: "stop after `TIME`"}
}

// typedValue gives the value that a flag was given on the command line; "" if it was not.
func typedValue(c *cli.Context, flag string) string {
	if source(c, flag) != "" {
		return ""
	}
	return c.String(flag)
}

// filterFlags choose services of a cluster.
func filterFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "only", Usage: "only services that match `GLOB`; repeatable"},
		&cli.StringSliceFlag{Name: "except", Usage: "no services that match `GLOB`; repeatable"},
	}
}

func againFlag() cli.Flag {
	return &cli.BoolFlag{Name: "again", Usage: "one step further, also where already taken back"}
}

func clusterFlag() cli.Flag {
	return &cli.StringFlag{Name: "cluster", Aliases: []string{"c"}, Usage: "the `CLUSTER` by name or ARN"}
}

// parseTimeout reads a duration such as 90s, 20m or 1h30m.
func parseTimeout(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, usagef("write it as 90s, 20m or 1h30m", "timeout: %q is no time to wait", s)
	}
	return d, nil
}

// arguments gives the arguments of c, each once and none empty; there must be at least one and at most max (0: any number).
func arguments(c *cli.Context, what string, max int) ([]string, error) {
	var args []string
	for i, a := range c.Args().Slice() {
		if strings.TrimSpace(a) == "" {
			return nil, usagef("a shell variable that is not set?", "argument %d, %s, is empty", i+1, what)
		}
		if !slices.Contains(args, a) {
			args = append(args, a)
		}
	}
	usage := fmt.Sprintf("usage: %s %s [flags] %s", program, c.Command.Name, c.Command.ArgsUsage)
	switch {
	case len(args) == 0:
		return nil, usagef(usage, "no %s is given", what)
	case max > 0 && len(args) > max:
		return nil, usagef(usage, "one argument too many: %q", args[max])
	}
	return args, nil
}
