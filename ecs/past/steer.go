package past

// steer says how a service gets from what runs to a version: by a deployment, by ECS's own rollback where one that goes on
// came from there, or by waiting where it is on its way already. What ECS brings may be a copy of what is wanted; then that is
// where the service goes. It gives a reason only where the service is not to be changed by us.
func steer(r *Reading, s *stack, now, to Visit) Decision {
	d := Decision{Action: Undo, From: now, To: to, Own: s.matters(now.Version, to.Version)}
	newest := r.Newest()
	if newest == nil || !newest.RollingOut() && !newest.RollingBack() {
		return d
	}
	coming := r.visitOf(newest)
	back := r.goesBackTo(newest)
	facts := Facts{To: name(to.Version), From: name(coming.Version), Status: r.Service.Strategy}
	switch {
	case newest.RollingOut() && s.same(coming.Version, to.Version):
		return Decision{Action: Unchanged, From: now, To: coming, Follow: newest, Reason: Reason{Code: OnItsWay, Facts: facts}}
	case newest.RollingBack() && s.same(back.Version, to.Version):
		return Decision{Action: Unchanged, From: now, To: back, Follow: newest, Reason: Reason{Code: RollingBackTo, Facts: facts}}
	case r.sourcesAre(s, newest, to.Version):
		d.Native = newest
		d.To.Version = merged(to.Version, r.Service.History.Revisions[newest.Sources[0]].Version)
		d.Notes = append(d.Notes, Reason{Code: NativeRollback, Facts: facts})
	case r.Service.Strategy != StrategyRolling && r.Service.Controller != ControllerCodeDeploy:
		return blocked(now, Reason{Code: TrafficShifting, Facts: facts})
	}
	return d
}

// goesBackTo gives what ECS goes back to when it rolls a deployment back: the last that completed.
func (r *Reading) goesBackTo(d *ServiceDeployment) Visit {
	for _, older := range r.played() {
		if older != d && older.Successful() && !older.CreatedAt.After(d.CreatedAt) {
			return r.visitOf(older)
		}
	}
	if r.before != nil {
		return *r.before
	}
	return Visit{}
}

// sourcesAre reports whether all that a deployment replaces is of one version.
func (r *Reading) sourcesAre(s *stack, d *ServiceDeployment, v Version) bool {
	for _, arn := range d.Sources {
		source := r.Service.History.Revisions[arn]
		if source == nil || !s.strictly(source.Version, v) {
			return false
		}
	}
	return len(d.Sources) > 0
}

// staying leaves a service at what it runs, and has the deployment watched that brings that, or whose rollback may take it away.
func (r *Reading) staying(now Visit, reason Reason) Decision {
	d := stay(now, reason)
	d.To = now
	switch newest := r.Newest(); {
	case newest == nil:
	case newest.RollingOut():
		d.Follow, d.Reason = newest, Reason{Code: OnItsWay, Facts: Facts{To: name(now.Version)}}
	case newest.RollingBack() && r.visitOf(newest).Version.TaskDefinition != now.Version.TaskDefinition:
		d.Follow, d.Reason = newest, Reason{Code: RollingBackTo, Facts: Facts{To: name(now.Version)}}
	case newest.RollingBack():
		d.Follow = newest
		d.Notes = append(d.Notes, Reason{Code: RollingBackNow})
	}
	return d
}
