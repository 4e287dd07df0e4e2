package ecs

import (
	"fmt"
)

// An EmptyClusterError says that a cluster has no services at all, or none that the filters let through.
type EmptyClusterError struct {
	Cluster string
	Known   []string // the services that the filters left out
}

func (e *EmptyClusterError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("cluster %q has no services", e.Cluster)
	}
	return fmt.Sprintf("none of the %d services of cluster %q matches", len(e.Known), e.Cluster)
}
