package ecs

import (
	"fmt"
	"strings"
)

// A ClusterNotFoundError says that there is no such cluster in the region. Known are the clusters that there are, if they
// could be listed.
type ClusterNotFoundError struct {
	Cluster, Region string
	Known           []string
}

func (e *ClusterNotFoundError) Error() string {
	return fmt.Sprintf("no cluster %q in %s", e.Cluster, e.Region)
}

// A ServiceNotFoundError says which services a cluster does not have. Known are those that it has, if they could be listed.
type ServiceNotFoundError struct {
	Cluster  string
	Services []string
	Known    []string
}

func (e *ServiceNotFoundError) Error() string {
	quoted := make([]string, len(e.Services))
	for i, s := range e.Services {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("no service %s in cluster %q", strings.Join(quoted, ", "), e.Cluster)
}

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
