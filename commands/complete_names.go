package commands

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/ecs"
)

// clusterNames gives the clusters of the region.
func clusterNames(c *cli.Context) []candidate {
	client, err := newConnector(c)(c.Context, "")
	if err != nil {
		return nil
	}
	sizes, err := client.ClusterSizes(c.Context)
	var all []candidate
	for _, s := range sizes {
		about := ""
		if s.Known && err == nil {
			about = fmt.Sprintf("%d services", s.Services)
		}
		all = append(all, candidate{s.Name, about})
	}
	return all
}

// clusterMeant gives the cluster that the command line or the settings name, and the client for it.
func clusterMeant(c *cli.Context) (ecs.ClusterName, *ecs.Client, error) {
	name := c.String("cluster")
	if strings.HasPrefix(c.Command.Name, "cluster") && c.Args().Present() {
		name = c.Args().First()
	}
	cluster, err := ecs.ParseClusterName(name)
	if err != nil {
		return cluster, nil, err
	}
	client, err := newConnector(c)(c.Context, cluster.Region)
	return cluster, client, err
}

// serviceNames gives the services of the cluster.
func serviceNames(c *cli.Context) []candidate {
	cluster, client, err := clusterMeant(c)
	if err != nil {
		return nil
	}
	names, err := client.ServiceNames(c.Context, cluster.Name)
	if err != nil {
		return nil
	}
	return plain(names...)
}

// imageTags gives the tags of the images that the services of the cluster run.
func imageTags(c *cli.Context) []candidate {
	cluster, client, err := clusterMeant(c)
	if err != nil {
		return nil
	}
	scope := ecs.Scope{Cluster: cluster.Name}
	if strings.HasPrefix(c.Command.Name, "service") {
		scope.Services = c.Args().Slice()
	}
	states, _, err := client.States(c.Context, scope, false)
	if err != nil {
		return nil
	}
	services := map[string][]string{}
	for _, s := range states {
		for _, i := range s.Version.Images {
			if tag := tagOf(i.Reference); tag != "" && !slices.Contains(services[tag], s.Name) {
				services[tag] = append(services[tag], s.Name)
			}
		}
	}
	var all []candidate
	for _, tag := range sortedKeys(services) {
		all = append(all, candidate{tag, someOf(services[tag])})
	}
	return all
}

// snapshotNames gives the snapshots of the cluster, newest first.
func snapshotNames(c *cli.Context) []candidate {
	cluster, client, err := clusterMeant(c)
	if err != nil {
		return nil
	}
	at, err := client.Locate(c.Context, cluster.Name)
	if err != nil {
		return nil
	}
	store, _, err := newStoreChoice(c).open(client)
	if err != nil {
		return nil
	}
	entries, err := store.List(c.Context, place(at))
	if err != nil {
		return nil
	}
	var all []candidate
	for _, e := range entries {
		all = append(all, candidate{e.Name, kind(e) + ", " + ago(e.Time)})
	}
	return all
}

// revisions gives what the service has run, newest first, with the image tags.
func revisions(c *cli.Context) []candidate {
	if c.Args().Len() != 1 {
		return nil
	}
	cluster, client, err := clusterMeant(c)
	if err != nil {
		return nil
	}
	scope := ecs.Scope{Cluster: cluster.Name, Services: c.Args().Slice()}
	line, err := client.Timeline(c.Context, scope, time.Now().AddDate(0, 0, -90))
	if err != nil {
		return nil
	}
	var all []candidate
	family := ""
	for _, e := range line.Events {
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
		if !slices.ContainsFunc(all, func(c candidate) bool { return c.value == value }) {
			all = append(all, candidate{value, fmt.Sprintf("%s, %s, %s", imageChange(e.To, e.To), ago(e.At), strings.ToLower(e.Status))})
		}
	}
	return all
}

// ago gives the age of something in a word or two.
func ago(t time.Time) string {
	age := max(0, time.Since(t))
	switch {
	case age < time.Hour:
		return fmt.Sprintf("%dm ago", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%dh ago", int(age.Hours()))
	}
	return fmt.Sprintf("%dd ago", int(age.Hours()/24))
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
