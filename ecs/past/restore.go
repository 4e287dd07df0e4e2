package past

// RestorePlanner plans to put each service to what a record says of it. Services that the record does not know are left
// alone. Their history is read only where a rollout is in the way.
func RestorePlanner(record Record) Planner {
	return Planner{
		Decide: func(r *Reading, rules Rules, how Options) Decision { return restore(record, r, rules, how) },
		Wants: func(service string) (Version, bool) {
			kept, ok := record.Services[service]
			return kept.Version, ok
		},
	}
}

func restore(record Record, r *Reading, rules Rules, how Options) Decision {
	service := r.Service
	now := Visit{Version: service.Now, Since: service.Primary().CreatedAt}
	kept, ok := record.Services[service.Name]
	if !ok {
		return Decision{Action: Skipped, From: now, Reason: Reason{Code: NotInSnapshot, Facts: Facts{Name: record.Name}}}
	}
	to := Visit{Version: kept.Version, Since: record.TakenAt}
	rolling := service.Rolling()
	if how.Whole {
		if !service.Deepened {
			return need(Older) // the snapshot does not have the rest of the service revision, the history may
		}
		now, to = r.broughtBy(now), r.broughtAs(r.broughtBy(to), kept.Revision)
		if r.Current != nil {
			now = r.broughtAs(now, r.Current.Target)
		}
	}
	c := newComparing(rules, []Version{now.Version, to.Version}, r.index())
	facts := Facts{Name: record.Name, From: name(now.Version), To: nameBeside(to.Version, now.Version), Since: record.TakenAt}
	same := (c.strictly(now.Version, to.Version) || how.NoPin && sameDefinition(now.Version, to.Version)) && !rolling && service.Primary().RolloutState != RolloutFailed
	switch {
	case same && how.Whole && len(settableChanges(r, to.Revision(), now.Revision())) > 0:
		return bringConfiguration(now, to.Deployment, settableChanges(r, to.Revision(), now.Revision()))
	case same && how.Whole && !(configured(to) && configured(now)):
		return blocked(now, Reason{Code: ConfigurationUnknown, Facts: facts})
	case same && how.Whole && len(ConfigChanges(to.Revision(), now.Revision())) > 0:
		facts.Names = ConfigChanges(to.Revision(), now.Revision())
		d := stay(now, Reason{Code: ConfigurationFixed, Facts: facts})
		d.To = now
		return d
	case same:
		d := stay(now, Reason{Code: SnapshotRuns, Facts: facts})
		d.To = now
		return d
	case rolling && !service.Deepened:
		return need(Older) // is there something that ECS can roll back by itself, or that only needs to be waited for?
	}
	s := play(r, rules)
	d := steer(r, s, now, to)
	if d.Action == Undo || d.Reason.Code == "" {
		d.Reason = Reason{Code: InSnapshot, Facts: facts}
	}
	if d.Action == Undo && how.Whole && !(configured(to) && configured(now)) {
		d.Notes = append(d.Notes, Reason{Code: SettingsNotKnown})
	}
	if c := r.Current; c != nil && c.Revision != nil && len(d.From.Version.Images) == 0 && c.Revision.Version.TaskDefinition == d.From.Version.TaskDefinition {
		d.From.Version.Images = c.Revision.Version.Images // of a rollout, only the history has them
	}
	return d
}

// Rolling reports whether the service's deployment has not ended yet.
func (s *Service) Rolling() bool { return s.Primary().RolloutState == RolloutInProgress }

// broughtBy finds the newest good deployment that brought a version no later than when it was recorded.
func (r *Reading) broughtBy(v Visit) Visit {
	for _, d := range r.played() {
		if d.Successful() && d.Revision != nil && sameDefinition(d.Revision.Version, v.Version) && !d.CreatedAt.After(v.Since) {
			v.Deployment = d
			break
		}
	}
	return v
}

// broughtAs finds the deployment that brought a version as a service revision. Without the revision, or where that is of another
// version, since somebody edited the record, it leaves the visit as it is.
func (r *Reading) broughtAs(v Visit, revision string) Visit {
	if revision == "" {
		return v
	}
	for _, d := range r.played() {
		if d.Target == revision && d.Revision != nil {
			if sameDefinition(d.Revision.Version, v.Version) {
				v.Deployment = d
			}
			return v
		}
	}
	v.Deployment = nil
	return v
}

// configured reports whether the configuration of a visit is known.
func configured(v Visit) bool { return v.Revision() != nil && v.Revision().Config != nil }
