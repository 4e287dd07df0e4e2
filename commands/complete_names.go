package commands

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// clusterNames gives the clusters of the region.
func clusterNames(c *cli.Context, s settings.Settings) []line.Candidate {
	client, err := newConnector(c, s)(c.Context, "")
	if err != nil {
		return nil
	}
	sizes, err := client.ClusterSizes(c.Context)
	var all []line.Candidate
	for _, size := range sizes {
		about := ""
		if size.Known && err == nil {
			about = show.Counted(size.Services, "service")
		}
		all = append(all, line.Candidate{Value: size.Name, About: about})
	}
	return all
}

// clusterMeant gives the cluster that the command line or the settings name, and the client for it.
func clusterMeant(c *cli.Context, s settings.Settings) (ecs.ClusterName, *ecs.Client, error) {
	name := s.Cluster.Is
	if strings.HasPrefix(c.Command.ArgsUsage, "CLUSTER") && c.Args().Present() {
		name = c.Args().First()
	}
	cluster, err := settings.ParseCluster(name)
	if err != nil {
		return cluster, nil, err
	}
	client, err := newConnector(c, s)(c.Context, cluster.Region)
	return cluster, client, err
}

// serviceNames gives the services of the cluster.
func serviceNames(c *cli.Context, s settings.Settings) []line.Candidate {
	cluster, client, err := clusterMeant(c, s)
	if err != nil {
		return nil
	}
	names, err := client.ServiceNames(c.Context, cluster.Name)
	if err != nil {
		return nil
	}
	return line.Candidates(names...)
}

// imageTags gives the tags of the images that the services of the cluster run.
func imageTags(c *cli.Context, s settings.Settings) []line.Candidate {
	cluster, client, err := clusterMeant(c, s)
	if err != nil {
		return nil
	}
	scope := ecs.Scope{Cluster: cluster.Name}
	if strings.HasPrefix(c.Command.ArgsUsage, "SERVICE") {
		scope.Services = c.Args().Slice()
	}
	states, _, err := client.States(c.Context, scope, false)
	if err != nil {
		return nil
	}
	services := map[string][]string{}
	for _, state := range states {
		for _, i := range state.Version.Images {
			if tag := tagOf(i.Reference); tag != "" && !slices.Contains(services[tag], state.Name) {
				services[tag] = append(services[tag], state.Name)
			}
		}
	}
	var all []line.Candidate
	for _, tag := range sortedKeys(services) {
		all = append(all, line.Candidate{Value: tag, About: show.SomeOf(services[tag])})
	}
	return all
}

// snapshotNames gives the snapshots of the cluster, newest first.
func snapshotNames(c *cli.Context, s settings.Settings) []line.Candidate {
	cluster, client, err := clusterMeant(c, s)
	if err != nil {
		return nil
	}
	at, err := client.Locate(c.Context, cluster.Name)
	if err != nil {
		return nil
	}
	store, _, err := newStoreChoice(s, io.Discard).open(client)
	if err != nil {
		return nil
	}
	entries, err := store.List(c.Context, place(at))
	if err != nil {
		return nil
	}
	var all []line.Candidate
	for _, e := range entries {
		all = append(all, line.Candidate{Value: e.Name, About: kind(e, client.Now()) + ", " + show.Ago(e.Time, client.Now())})
	}
	return all
}

// revisions gives what the service has run, newest first, with the image tags.
func revisions(c *cli.Context, s settings.Settings) []line.Candidate {
	if c.Args().Len() != 1 {
		return nil
	}
	cluster, client, err := clusterMeant(c, s)
	if err != nil {
		return nil
	}
	scope := ecs.Scope{Cluster: cluster.Name, Services: c.Args().Slice()}
	past, err := client.Timeline(c.Context, scope, wall.Now().AddDate(0, 0, -90), true)
	if err != nil {
		return nil
	}
	var all []line.Candidate
	family := ""
	for _, e := range past.Events {
		d := e.To.TaskDefinition
		if d.IsZero() {
			continue
		}
		if family == "" {
			family = d.Family
		}
		value := d.String()
		if d.Family == family {
			value = strconv.Itoa(d.Revision)
		}
		if !slices.ContainsFunc(all, func(c line.Candidate) bool { return c.Value == value }) {
			all = append(all, line.Candidate{Value: value, About: fmt.Sprintf("%s, %s, %s", imageChange(e.To, e.To), show.Ago(e.At, client.Now()), strings.ToLower(e.Status))})
		}
	}
	return all
}

// awsProfiles gives the profiles of the AWS CLI's two files.
func awsProfiles() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	var names []string
	for variable, file := range map[string]string{"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"} {
		path := os.Getenv(variable)
		if path == "" {
			path = filepath.Join(home, ".aws", file)
		}
		names = append(names, sections(path)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sections gives the profiles in a file: [profile ops] or [ops].
func sections(path string) []string {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	var names []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		section, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "[")
		section, closed := strings.CutSuffix(section, "]")
		if !ok || !closed || strings.HasPrefix(section, "sso-session ") || strings.HasPrefix(section, "services ") {
			continue
		}
		names = append(names, strings.TrimSpace(strings.TrimPrefix(section, "profile ")))
	}
	return names
}

// tagOf gives the whole tag of an image's reference; empty if it has none.
func tagOf(reference string) string {
	name, _, _ := strings.Cut(reference, "@")
	_, tag, _ := strings.Cut(name[strings.LastIndex(name, "/")+1:], ":")
	return tag
}
