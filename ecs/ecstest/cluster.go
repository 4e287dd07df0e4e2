package ecstest

import "strings"

// A cluster groups services.
type cluster struct {
	region       *region
	name, arn    string
	tags         tags
	services     map[string]*service
	serviceNames []string // in the order of creation
}

// addCluster returns the cluster of that name, new if there is none.
func (rg *region) addCluster(name string) *cluster {
	cl := rg.clusters[name]
	if cl == nil {
		cl = &cluster{region: rg, name: name, arn: rg.arn("cluster/" + name), services: map[string]*service{}}
		rg.clusters[name] = cl
		rg.clusterNames = append(rg.clusterNames, name)
	}
	return cl
}

// cluster finds a cluster by name or ARN. No name means default.
func (rg *region) cluster(ref string) (*cluster, error) {
	if ref == "" {
		ref = "default"
	}
	resource, ok := rg.local(ref)
	if !ok {
		return nil, clusterNotFound()
	}
	if cl := rg.clusters[strings.TrimPrefix(resource, "cluster/")]; cl != nil {
		return cl, nil
	}
	return nil, clusterNotFound()
}

func (cl *cluster) view(withTags bool) object {
	var running, pending, services int
	for _, sv := range cl.services {
		if sv.status != "INACTIVE" {
			services++
		}
		r, p := sv.counts()
		running, pending = running+r, pending+p
	}
	o := object{
		"clusterArn": cl.arn, "clusterName": cl.name, "status": "ACTIVE",
		"activeServicesCount": services, "runningTasksCount": running, "pendingTasksCount": pending,
		"registeredContainerInstancesCount": 0,
		"capacityProviders":                 []string{"FARGATE", "FARGATE_SPOT"},
		"defaultCapacityProviderStrategy":   []object{},
		"settings":                          []object{},
		"statistics":                        []object{},
		"tags":                              []tag{},
	}
	if withTags {
		o["tags"] = cl.tags.list()
	}
	return o
}

type listClustersInput struct {
	NextToken  string `json:"nextToken"`
	MaxResults *int   `json:"maxResults"`
}

func listClusters(c *call, in *listClustersInput) (any, error) {
	from, to, next, err := c.page(len(c.region.clusterNames), in.NextToken, in.MaxResults, 100, 100)
	if err != nil {
		return nil, err
	}
	arns := []string{}
	for _, name := range c.region.clusterNames[from:to] {
		arns = append(arns, c.region.clusters[name].arn)
	}
	o := object{"clusterArns": arns}
	setText(o, "nextToken", next)
	return o, nil
}

type describeClustersInput struct {
	Clusters []string `json:"clusters"`
	Include  []string `json:"include"`
}

func describeClusters(c *call, in *describeClustersInput) (any, error) {
	if len(in.Clusters) == 0 {
		in.Clusters = []string{"default"}
	}
	if len(in.Clusters) > 100 {
		return nil, invalid("clusters can have at most 100 items.")
	}
	clusters, failures := []object{}, []object{}
	for _, ref := range in.Clusters {
		cl, err := c.region.cluster(ref)
		if err != nil {
			failures = append(failures, c.region.missingResource("cluster", ref))
			continue
		}
		clusters = append(clusters, cl.view(includes(in.Include, "TAGS")))
	}
	return object{"clusters": clusters, "failures": failures}, nil
}

type createClusterInput struct {
	ClusterName                     string `json:"clusterName"`
	Tags                            []tag  `json:"tags"`
	Settings                        any    `json:"settings"`
	Configuration                   any    `json:"configuration"`
	CapacityProviders               any    `json:"capacityProviders"`
	DefaultCapacityProviderStrategy any    `json:"defaultCapacityProviderStrategy"`
	ServiceConnectDefaults          any    `json:"serviceConnectDefaults"`
}

// createCluster makes a cluster, or returns the one that is there. Settings, configuration, capacity providers and service
// connect defaults are taken and forgotten.
func createCluster(c *call, in *createClusterInput) (any, error) {
	if in.ClusterName == "" {
		in.ClusterName = "default"
	}
	if !nameRE.MatchString(in.ClusterName) {
		return nil, invalid("Invalid cluster name.")
	}
	cl := c.region.addCluster(in.ClusterName)
	if err := cl.tags.add(in.Tags); err != nil {
		return nil, err
	}
	return object{"cluster": cl.view(true)}, nil
}

// missingResource is the entry of failures[] for something that a describe call did not find.
func (rg *region) missingResource(kind, ref string) object {
	arn := ref
	if !strings.HasPrefix(ref, "arn:") {
		arn = rg.arn(kind + "/" + ref)
	}
	return object{"arn": arn, "reason": "MISSING"}
}

func includes(list []string, field string) bool {
	for _, f := range list {
		if f == field {
			return true
		}
	}
	return false
}
