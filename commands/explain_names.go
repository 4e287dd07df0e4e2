package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	"github.com/ecsundo/ecsundo/ecs"
)

// notFound explains names that do not exist. The hint names the nearest that does.
func notFound(err error) *failure {
	var cluster *ecs.ClusterNotFoundError
	var service *ecs.ServiceNotFoundError
	var empty *ecs.EmptyClusterError
	switch {
	case errors.As(err, &cluster):
		return because(cluster, nearestOf([]string{cluster.Cluster}, cluster.Known, "check the region (--region), or give the ARN of the cluster"))
	case errors.As(err, &service):
		list := fmt.Sprintf("list them with '%s'", line.Spell([]string{"cluster", service.Cluster, "--dry-run"}))
		return because(service, nearestOf(service.Services, service.Known, list))
	case errors.As(err, &empty) && len(empty.Known) > 0:
		return because(empty, "its services: "+show.SomeOf(empty.Known))
	case errors.As(err, &empty):
		return because(empty, "check --region and --profile")
	}
	return nil
}

// missingCluster makes of ECS's "Cluster not found" an error that says which clusters there are.
func missingCluster(ctx context.Context, client *ecs.Client, cluster string, err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "ClusterNotFoundException" {
		return err
	}
	known, _ := client.Clusters(ctx)
	return &ecs.ClusterNotFoundError{Cluster: cluster, Region: client.Region, Known: known}
}

// nearestOf is a hint: what is nearest to the names that were wrong, or else what there is, and what to do about it.
func nearestOf(wrong, known []string, advice string) string {
	var near []string
	for _, name := range wrong {
		if n := line.Nearest(name, known); n != "" {
			near = append(near, fmt.Sprintf("%q", n))
		}
	}
	switch {
	case len(near) > 0:
		return "nearest is " + strings.Join(near, ", ") + "; " + advice
	case len(known) > 0:
		return "there are " + show.SomeOf(known) + "; " + advice
	}
	return advice
}
