package ecs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsecs "github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// guess decides where history does not tell: by the newest record of another version, else by the family's revisions. What
// it finds is called a guess in the reason, with why.
func (p *planning) guess(ctx context.Context, s *Service, d Decision) (Decision, error) {
	now := d.From
	if !now.version.Known() {
		now = visit{version: Version{TaskDefinition: s.TaskDefinition}, since: s.Primary().CreatedAt}
		current, err := p.definition(ctx, s.TaskDefinition)
		if err != nil {
			return d, err
		}
		if current != nil {
			now.version.Images = current.images()
			now.version.Origin, _ = current.origin()
		}
		if decision, other := d.meant.passes(now.version); other {
			return decision, nil
		}
	}
	records, err := p.records(s.seenAt)
	if err != nil {
		return d, err
	}
	if !d.asOf.IsZero() {
		return recordAsOf(now, s, d, records, p.Same), nil
	}
	decision, left, ok := fromRecords(s, now, records, p.Same, d)
	if !ok {
		if decision, err = p.fromRevisions(ctx, s, now, left, d.guess); err != nil {
			return d, err
		}
	}
	if decision.Action == Undo && s.group == nil && s.Strategy != "ROLLING" && s.rolling() {
		decision.Action = Blocked
		decision.Reason += fmt.Sprintf("; but a %s deployment goes on, of which it is not known where it started, and another one now could move traffic in ways nobody can foresee: wait until it has ended, or have ECS roll it back with 'aws ecs stop-service-deployment'",
			s.Strategy)
	}
	if decision.Action == Undo && d.meant.runsImage(decision.To.version) {
		decision.Action, decision.Reason = Blocked, decision.Reason+"; but that runs such an image too: name the revision with --to"
	}
	return decision, nil
}

// fromRecords goes to the version of the newest record that differs. A record that an undo made before it changed the
// service holds what was left then: if what runs now is older or a copy, the service has been taken back already, and in any
// case that version is not one to go to.
func fromRecords(s *Service, now visit, records []Record, same Same, d Decision) (_ Decision, left []Version, ok bool) {
	why := d.guess
	for _, r := range records {
		kept, ok := r.Services[s.Name]
		if !ok || same.Versions(kept.Version, now.version) {
			continue
		}
		was := visit{version: kept.Version, since: r.TakenAt}
		switch {
		case r.Before && len(left) == 0 && !d.meant.Again && olderThan(now.version.original(), kept.Version.original()):
			return Decision{Action: Unchanged, From: now, left: &was, Reason: fmt.Sprintf(
				"has already been taken back from %s: snapshot %s was kept before that, and %s", orUnknown(kept.Version), r.Name, why)}, left, true
		case r.Before:
			left = append(left, kept.Version)
		case !slices.ContainsFunc(left, func(v Version) bool { return same.Versions(v, kept.Version) }):
			return Decision{Action: Undo, From: now, To: was, Reason: fmt.Sprintf(
				"%s; snapshot %s of %s has %s", why, r.Name, clock(r.TakenAt), orUnknown(kept.Version))}, left, true
		}
	}
	return Decision{}, left, false
}

// recordAsOf goes to what the newest record from before a moment has. There is no guessing what ran at a moment.
func recordAsOf(now visit, s *Service, d Decision, records []Record, same Same) Decision {
	for _, r := range records {
		kept, ok := r.Services[s.Name]
		if !ok || r.TakenAt.After(d.asOf) {
			continue
		}
		to := visit{version: kept.Version, since: r.TakenAt}
		if same.Versions(kept.Version, now.version) {
			return Decision{Action: Unchanged, From: now, To: now, Reason: fmt.Sprintf("%s; snapshot %s has what runs", d.guess, r.Name)}
		}
		return Decision{Action: Undo, From: now, To: to, Reason: fmt.Sprintf(
			"%s; snapshot %s, the newest from before then, has %s", d.guess, r.Name, orUnknown(kept.Version))}
	}
	return Decision{Action: Blocked, From: now, Reason: d.guess + ", and the store has no snapshot of it from before then"}
}

func olderThan(a, b TaskDefinition) bool { return a.Family == b.Family && a.Revision < b.Revision }

// fromRevisions goes to the highest revision of the family below the current one, if it fits the service and nothing speaks
// against it; otherwise the service is blocked.
func (p *planning) fromRevisions(ctx context.Context, s *Service, now visit, left []Version, why string) (Decision, error) {
	blocked := func(format string, args ...any) (Decision, error) {
		return Decision{Action: Blocked, From: now, Reason: why + "; " + fmt.Sprintf(format, args...) +
			"; allow ecs:ListServiceDeployments and ecs:DescribeServiceRevisions, or name the revision with --to"}, nil
	}
	if other, err := p.sharedFamily(ctx, s); err != nil {
		return Decision{}, err
	} else if other != "" {
		return blocked("and service %s runs another revision of %s, so the revision below is no safe guess", other, s.TaskDefinition.Family)
	}
	candidate, err := p.below(ctx, now.version.original(), left)
	if err != nil {
		return Decision{}, err
	}
	if candidate == nil {
		return Decision{Action: Unchanged, From: now, only: true, Reason: fmt.Sprintf(
			"has no revision below %s to go back to, and %s", now.version.original(), why)}, nil
	}
	current, err := p.definition(ctx, s.TaskDefinition)
	if err != nil {
		return Decision{}, err
	}
	if misfit := s.misfit(candidate, current); misfit != "" {
		return blocked("and %s does not fit: %s", candidate.TaskDefinition, misfit)
	}
	return Decision{
		Action: Undo, From: now, To: visit{version: Version{TaskDefinition: candidate.TaskDefinition, Images: candidate.images()}},
		Reason: fmt.Sprintf("a guess, since %s: %s is the highest revision below %s that there is; whether it ever ran is not known",
			why, candidate.TaskDefinition, now.version.TaskDefinition),
	}, nil
}

// below finds the highest revision under t that can still be read and was not left before, ACTIVE or INACTIVE, copies
// counting as their original.
func (p *planning) below(ctx context.Context, t TaskDefinition, left []Version) (*Definition, error) {
	var revisions []TaskDefinition
	for _, status := range []ecstypes.TaskDefinitionStatus{"ACTIVE", "INACTIVE"} {
		found, err := p.client.definitionsBelow(ctx, t, status)
		if err != nil && !unreadable(err) {
			return nil, err
		}
		revisions = append(revisions, found...)
	}
	slices.SortFunc(revisions, func(a, b TaskDefinition) int { return b.Revision - a.Revision })
	for _, revision := range revisions {
		if slices.ContainsFunc(left, func(v Version) bool { return v.TaskDefinition == revision }) {
			continue
		}
		d, err := p.definition(ctx, revision)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if _, isCopy := d.origin(); isCopy {
			continue // its original is among those below, or it is what t is a copy of
		}
		return d, nil
	}
	return nil, nil
}

// definitionsBelow lists the revisions of t's family under it, newest first: the first page that has any.
func (c *Client) definitionsBelow(ctx context.Context, t TaskDefinition, status ecstypes.TaskDefinitionStatus) ([]TaskDefinition, error) {
	pages := awsecs.NewListTaskDefinitionsPaginator(c.ecs, &awsecs.ListTaskDefinitionsInput{
		FamilyPrefix: &t.Family, Status: status, Sort: ecstypes.SortOrderDesc, MaxResults: aws.Int32(100),
	})
	var below []TaskDefinition
	for pages.HasMorePages() && len(below) == 0 {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, arn := range page.TaskDefinitionArns {
			found, err := ParseTaskDefinition(arn)
			if err != nil {
				return nil, err
			}
			if found.Family == t.Family && found.Revision < t.Revision {
				below = append(below, found)
			}
		}
	}
	return below, nil
}

// sharedFamily names another service of the cluster that runs the family at another revision.
func (p *planning) sharedFamily(ctx context.Context, s *Service) (string, error) {
	all, err := p.census.get("", func() ([]*Service, error) { return p.client.describeAll(ctx, p.cluster) })
	if err != nil {
		return "", err
	}
	for _, other := range all {
		if other.Name != s.Name && other.TaskDefinition.Family == s.TaskDefinition.Family && other.TaskDefinition != s.TaskDefinition {
			return other.Name, nil
		}
	}
	return "", nil
}

func (c *Client) describeAll(ctx context.Context, cluster string) ([]*Service, error) {
	var names []string
	if err := c.listServices(ctx, cluster, func(n []string) { names = append(names, n...) }); err != nil {
		return nil, err
	}
	batches := slices.Collect(slices.Chunk(names, describeLimit))
	described := make([][]*Service, len(batches))
	indexes := make([]int, len(batches))
	for i := range indexes {
		indexes[i] = i
	}
	err := parallel(ctx, indexes, func(ctx context.Context, i int) (err error) {
		described[i], err = c.describeServices(ctx, cluster, batches[i])
		return err
	})
	return slices.Concat(described...), err
}

// misfit tells what speaks against running a definition in this service: a container that the load balancer needs is not
// there or has not its port, or none of its containers is one of the current definition.
func (s *Service) misfit(d, current *Definition) string {
	ports := d.ports()
	for _, lb := range s.Balanced {
		if !slices.Contains(ports[lb.Container], lb.Port) {
			return fmt.Sprintf("the load balancer wants port %d of container %s", lb.Port, lb.Container)
		}
	}
	if current == nil {
		return ""
	}
	for name := range current.ports() {
		if _, shared := ports[name]; shared {
			return ""
		}
	}
	return "it has none of the containers that run now"
}

// ports gives the container ports of each container.
func (d *Definition) ports() map[string][]int {
	var body struct {
		ContainerDefinitions []struct {
			Name         string
			PortMappings []struct{ ContainerPort int }
		}
	}
	_ = json.Unmarshal(d.Body, &body) // no JSON, no ports: then it does not fit
	ports := map[string][]int{}
	for _, c := range body.ContainerDefinitions {
		ports[c.Name] = []int{}
		for _, m := range c.PortMappings {
			ports[c.Name] = append(ports[c.Name], m.ContainerPort)
		}
	}
	return ports
}
