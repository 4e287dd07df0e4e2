package line

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// testTree has what the rules of the command line are about; it does not change with the real commands.
func testTree() []*cli.Command {
	text := func(name string, aliases ...string) cli.Flag { return &cli.StringFlag{Name: name, Aliases: aliases} }
	yes := func(name string, aliases ...string) cli.Flag { return &cli.BoolFlag{Name: name, Aliases: aliases} }
	several := func(name string) cli.Flag { return &cli.StringSliceFlag{Name: name} }
	command := func(name string, own ...cli.Flag) *cli.Command {
		return &cli.Command{Name: name, ArgsUsage: "NAME", Flags: append(own, text("cluster", "c"),
			text("output", "o"), text("region"), text("profile"), text("config"), yes("no-color"), yes("verbose", "v"), yes("quiet", "q"))}
	}
	changing := func(own ...cli.Flag) []cli.Flag {
		return append([]cli.Flag{
			yes("dry-run"), yes("no-wait"), text("timeout"), yes("strict"), yes("no-pin"), yes("no-image-check"), yes("whole"), text("store"), text("git"), yes("diff"),
		}, own...)
	}
	return []*cli.Command{
		command("cluster", changing(several("only"), several("except"))...),
		command("cluster snapshot", text("store")),
		command("cluster restore", changing()...),
		command("cluster history"),
		command("service", changing(text("to"))...),
		command("service history"),
		command("sandbox"),
		{Name: "clusters"},
		command("help"),
	}
}

func TestParseArgs(t *testing.T) {
	tests := []struct{ line, want string }{
		{"cluster prod", "[cluster] -- prod"},
		{"cluster prod --dry-run", "[cluster] --dry-run=true -- prod"},
		{"cluster --dry-run prod staging", "[cluster] --dry-run=true -- prod staging"},
		{"--dry-run cluster prod", "[cluster] --dry-run=true -- prod"},
		{"cluster prod -dry-run", "[cluster] --dry-run=true -- prod"},
		{"cluster prod --dry-run=false", "[cluster] --dry-run=false -- prod"},
		{"-c prod service web", "[service] --cluster=prod -- web"},
		{"service web -c prod api", "[service] --cluster=prod -- web api"},
		{"service web -c=prod", "[service] --cluster=prod -- web"},
		{"service web -cprod", "[service] --cluster=prod -- web"},
		{"service web --cluster=prod=1", "[service] --cluster=prod=1 -- web"},
		{"service web -vq -c prod", "[service] --verbose=true --quiet=true --cluster=prod -- web"},
		{"cluster snapshot prod --store s3://b/p", "[cluster snapshot] --store=s3://b/p -- prod"},
		{"cluster --store d snapshot prod", "[cluster snapshot] --store=d -- prod"},
		{"cluster snapshot prod --store -", "[cluster snapshot] --store=- -- prod"},
		{"cluster prod --only a --only b", "[cluster] --only=a --only=b -- prod"},
		{"cluster prod -o json -o json", "[cluster] --output=json --output=json -- prod"},
		{"cluster -- snapshot", "[cluster] -- snapshot"},
		{"cluster -- help", "[cluster] -- help"},
		{"cluster prod -- --dry-run", "[cluster] -- prod --dry-run"},
		{"cluster output", "[cluster] -- output"},
		{"cluster snapshot snapshot", "[cluster snapshot] -- snapshot"},
		{"service -c prod cluster", "[service] --cluster=prod -- cluster"},
		{"sandbox -- sh -c 'x y' -- --help", "[sandbox] -- sh -c x y -- --help"},
		{"help cluster snapshot", "[help] -- cluster snapshot"},
		{"cluster ''", "[cluster] -- ''"}, // for the command to refuse, which knows the argument's name

		{"cluster prod --help", "help [cluster]"},
		{"cluster -h", "help [cluster]"},
		{"cluster help", "help [cluster]"},
		{"cluster snapshot help", "help [cluster snapshot]"},
		{"cluster --bogus --help", "help [cluster]"},
		{"cluster --only --help", "help [cluster]"},
		{"--help", "help []"},
		{"--version", "version"},
		{"-V", "version"},
		{"version", "version"},
		{"-v version", "version"},

		{"clutser prod --dry-run", `no command "clutser"; nearest is 'ecsundo cluster prod --dry-run'`},
		{"clutser -- prod", `no command "clutser"; nearest is 'ecsundo cluster --dry-run -- prod'`},
		{"restor prod", `no command "restor"; nearest is 'ecsundo cluster restore --dry-run prod'`},
		{"undo prod", `no command "undo"; perhaps: 'ecsundo cluster --dry-run prod'; all commands: 'ecsundo help'`},
		{"rollback prod --dry-run", `no command "rollback"; perhaps: 'ecsundo cluster prod --dry-run'; all commands: 'ecsundo help'`},
		{"status prod", `no command "status"; perhaps: 'ecsundo cluster history prod'; all commands: 'ecsundo help'`},
		{"list prod", `no command "list"; perhaps: 'ecsundo clusters'; all commands: 'ecsundo help'`},
		{"snapshot prod", `no command "snapshot"; nearest is 'ecsundo cluster snapshot prod'`},
		{"snapshot cluster prod", `no command "snapshot"; nearest is 'ecsundo cluster snapshot prod'`},
		{"history prod", `no command "history"; nearest is 'ecsundo cluster history prod' or 'ecsundo service history prod'`},
		{"snapsht prod", `no command "snapsht"; nearest is 'ecsundo cluster snapshot prod'`},
		{"cluster-snapshot prod", `no command "cluster-snapshot"; nearest is 'ecsundo cluster snapshot prod'`},
		{"prod", `no command "prod"; all commands: 'ecsundo help'`},
		{"bogus --help", `no command "bogus"; all commands: 'ecsundo help'`},
		{"'' prod", `the command name is empty; perhaps a shell variable is not set`},
		{"-- cluster prod", `missing command before --; all commands: 'ecsundo help'`},
		{"cluster prod snapshot", `"snapshot" stands where a name should be; write 'ecsundo cluster snapshot prod'; if "snapshot" is really a name: 'ecsundo cluster prod -- snapshot'`},
		{"cluster prod --dry-run restore", `"restore" stands where a name should be; write 'ecsundo cluster restore prod --dry-run'; if "restore" is really a name: 'ecsundo cluster prod --dry-run -- restore'`},
		{"cluster snapsot prod", `"snapsot" stands where a name should be; write 'ecsundo cluster snapshot prod'; if "snapsot" is really a name: 'ecsundo cluster prod -- snapsot'`},
		{"service -c prod web history", `"history" stands where a name should be; write 'ecsundo service history -c prod web'; if "history" is really a name: 'ecsundo service -c prod web -- history'`},

		{"cluster prod --dryrun", `'ecsundo cluster' has no flag --dryrun; nearest is --dry-run; the flags of this command: 'ecsundo cluster --help'`},
		{"cluster prod --bogus", `'ecsundo cluster' has no flag --bogus; the flags of this command: 'ecsundo cluster --help'`},
		{"--dryrun cluster prod", `'ecsundo cluster' has no flag --dryrun; nearest is --dry-run; the flags of this command: 'ecsundo cluster --help'`},
		{"--tmeout 5m cluster prod", `no command has a flag --tmeout; nearest is --timeout`},
		{"service web --only x", `--only is not a flag of 'ecsundo service', but of 'ecsundo cluster'; the flags of this command: 'ecsundo service --help'`},
		{"service web -clutser prod", `'ecsundo service' has no flag -clutser; nearest is --cluster; the flags of this command: 'ecsundo service --help'`},
		{"cluster prod -vx", `'ecsundo cluster' has no flag -vx; the flags of this command: 'ecsundo cluster --help'`},
		{"cluster restore prod --store --dry-run", `--store needs a value, and --dry-run follows; if the value is really "--dry-run", write --store=--dry-run`},
		{"cluster restore prod --store -- x", `--store needs a value, and -- follows; if the value is really "--", write --store=--`},
		{"service web -c", `-c needs a value`},
		{"service web -c ''", `the value of -c is empty; perhaps a shell variable is not set`},
		{"service web -c=", `the value of -c is empty; perhaps a shell variable is not set`},
		{"service web --to=", `the value of --to is empty; perhaps a shell variable is not set`},
		{"service web --to '  '", `the value of --to is empty; perhaps a shell variable is not set`},
		{"cluster prod --dry-run=maybe", `--dry-run takes no value, and "maybe" was given; write only --dry-run`},
		{"cluster prod --dry-run=", `--dry-run takes no value, and "" was given; write only --dry-run`},
		{"cluster prod --dry-run --dry-run=false", `--dry-run is given twice: "true" and "false"`},
		{"service web -c prod --cluster test", `--cluster is given twice: "prod" and "test"`},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			inv, err := Parse(testTree(), fields(test.line))
			if got := describeInvocation(inv, err); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// fields cuts a line as a shell would, knowing single quotes.
func fields(line string) []string {
	var args []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	return args
}

func describeInvocation(inv Invocation, err error) string {
	name := ""
	if inv.Command != nil {
		name = inv.Command.Name
	}
	switch {
	case Hint(err) != "":
		return err.Error() + "; " + Hint(err)
	case err != nil:
		return err.Error()
	case inv.Help:
		return "help [" + name + "]"
	case inv.Version:
		return "version"
	}
	argv := inv.Argv()[2:]
	for i, a := range argv {
		if a == "" {
			argv[i] = "''"
		}
	}
	return "[" + name + "] " + strings.Join(argv, " ")
}

// Whatever else is on the line: a --dry-run before -- is never lost, unless the line is refused.
func FuzzParseArgs(f *testing.F) {
	for _, line := range []string{"cluster prod --dry-run", "cluster --only --dry-run prod", "-c x cluster --dry-run=true", "-- a", "cluster -cluster"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		args := strings.Split(line, " ")
		inv, err := Parse(testTree(), args)
		if err != nil || inv.Help || inv.Version {
			return
		}
		if end := slices.Index(args, "--"); end >= 0 {
			args = args[:end]
		}
		if slices.Contains(args, "--dry-run") && !slices.Contains(inv.Flags, "--dry-run=true") {
			t.Errorf("%q loses --dry-run: %q", line, inv.Argv())
		}
	})
}
