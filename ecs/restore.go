package ecs

import "fmt"

// RestorePlanner plans to put each service to what a record says of it. Services that the record does not know are left
// alone. Their history is read only where a rollout is in the way.
func RestorePlanner(r Record) Planner {
	return Planner{
		decide: func(s *Service, same Same) Decision { return restore(r, s, same) },
		wants: func(service string) (Version, bool) {
			kept, ok := r.Services[service]
			return kept.Version, ok
		},
	}
}

func restore(r Record, s *Service, same Same) Decision {
	now := visit{version: s.Now, since: s.Primary().CreatedAt}
	kept, ok := r.Services[s.Name]
	if !ok {
		return Decision{Action: Skipped, From: now, Reason: "snapshot " + r.Name + " does not know it"}
	}
	to := visit{version: kept.Version, since: r.TakenAt}
	rolling := s.rolling()
	if same.Whole {
		if !s.deepened {
			return Decision{deeper: true} // the snapshot does not have the rest of the service revision, the history may
		}
		now, to = s.wholeOf(now, same), s.wholeOf(to, same)
	}
	switch {
	case same.Versions(now.version, to.version) && !rolling && s.Primary().RolloutState != "FAILED":
		return Decision{Action: Unchanged, From: now, To: now, Reason: "runs what the snapshot has"}
	case rolling && !s.deepened:
		return Decision{deeper: true} // is there something that ECS can roll back by itself, or that only needs to be waited for?
	}
	d := steer(s, now, to, same)
	d.Reason = fmt.Sprintf("snapshot %s has %s%s", r.Name, describeChange(to.version, now.version), d.Reason)
	return d
}

// rolling reports whether the service's deployment has not ended yet.
func (s *Service) rolling() bool { return s.Primary().RolloutState == "IN_PROGRESS" }

// wholeOf finds the newest good deployment that brought a version no later than when it was recorded.
func (s *Service) wholeOf(v visit, same Same) visit {
	same.Whole = false
	for _, d := range s.History.read() {
		if d.successful() && d.Revision != nil && same.Versions(d.Revision.Version, v.version) && !d.CreatedAt.After(v.since) {
			v.deployment, v.version.config = d, d.Revision.Version.config
			break
		}
	}
	return v
}
