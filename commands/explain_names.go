package commands

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ecsundo/ecsundo/ecs"
)

// notFound explains names that do not exist. The hint names the nearest that does.
func notFound(err error) *failure {
	var cluster *ecs.ClusterNotFoundError
	var service *ecs.ServiceNotFoundError
	var empty *ecs.EmptyClusterError
	switch {
	case errors.As(err, &cluster):
		return because(cluster, nearestOf([]string{cluster.Cluster}, cluster.Known, "see the region: --region, or the cluster's ARN"))
	case errors.As(err, &service):
		list := fmt.Sprintf("list them with '%s'", spell([]string{"cluster", service.Cluster, "--dry-run"}))
		return because(service, nearestOf(service.Services, service.Known, list))
	case errors.As(err, &empty) && len(empty.Known) > 0:
		return because(empty, "its services: "+someOf(empty.Known))
	case errors.As(err, &empty):
		return because(empty, "is it the right region and account? see --region and --profile")
	}
	return nil
}

// nearestOf is a hint: what is nearest to the names that were wrong, or else what there is, and what to do about it.
func nearestOf(wrong, known []string, advice string) string {
	var near []string
	for _, name := range wrong {
		if n := nearest(name, known); n != "" {
			near = append(near, fmt.Sprintf("%q", n))
		}
	}
	switch {
	case len(near) > 0:
		return "nearest is " + strings.Join(near, ", ") + "; " + advice
	case len(known) > 0:
		return "there are " + someOf(known) + "; " + advice
	}
	return advice
}

// someOf lists at most eight names.
func someOf(names []string) string {
	if len(names) > 8 {
		return strings.Join(names[:8], ", ") + fmt.Sprintf(" and %d more", len(names)-8)
	}
	return strings.Join(names, ", ")
}
