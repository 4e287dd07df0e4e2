package past

import (
	"slices"
	"time"
)

// A Guess is what is asked of other sources where the history of a service does not tell.
type Guess struct {
	Why   Reason      // it does not tell
	AsOf  time.Time   // only a record from before then counts, and no revision; zero: the version before is wanted
	Meant UndoOptions // which services it is for
}

// Sources are what may tell what a service ran before, where its history does not.
type Sources struct {
	Records []Record    // of the store, newest first
	Current *Definition // what runs now; nil if it cannot be read

	// Below is the newest revision of the family under the one that runs that is no copy and was not left by a kept record;
	// nil if there is none.
	Below *Definition

	// Above is the oldest revision of the family over the one that runs, or over its original, that is no copy; nil if there is none.
	Above *Definition

	// Unread says that there are revisions over the one that runs, or may be, which cannot be read: then nothing tells whether the
	// service has been taken back already.
	Unread bool

	Asked bool      // whether a revision may be deployed of which nobody knows that it ran
	At    time.Time // when this was asked, by the clock of AWS

	SharedBy string // another service that runs the family at another revision; empty if none does
	Misfit   string // why Below does not fit the service; empty if it does
}

func notListed(r *Reading, o UndoOptions) Decision {
	why := Reason{Code: NoHistory}
	if r.Service.History.Err != nil {
		why = historyUnreadable(r)
	}
	d := o.notKnown(Visit{}, why)
	return d
}

func historyUnreadable(r *Reading) Reason {
	return Reason{Code: HistoryUnreadable, Facts: Facts{Why: Briefly(r.Service.History.Err)}}
}

// notKnown says that the history does not tell what ran before.
func (o UndoOptions) notKnown(from Visit, why Reason) Decision {
	return Decision{Need: OtherSource, From: from, Guess: Guess{Why: why, Meant: o}}
}

// Left gives the versions that records kept by an undo say were left, as long as no newer record tells otherwise.
func (g Guess) Left(service string, now Version, records []Record) []Version {
	var left []Version
	for _, record := range records {
		if kept, ok := record.Services[service]; ok && record.Before && !sameDefinition(kept.Version, now) {
			left = append(left, kept.Version)
		}
	}
	return left
}

// Decide decides by other sources: by the newest record of another version, else by the family's revisions. A record is knowledge. A
// revision is a guess, which is made only where it is asked for, is called one, and is made at most once: the service itself shows that
// it has been taken back where its family has a revision over the current one that is older than the current deployment.
func (g Guess) Decide(r *Reading, rules Rules, now Visit, from Sources) Decision {
	c := newComparing(rules, []Version{now.Version}, nil)
	if !g.AsOf.IsZero() {
		return g.asOf(r, c, now, from)
	}
	d, settled := g.byRecords(r, c, now, from)
	if !settled {
		d = g.byRevisions(r, now, from)
	}
	if d.Action != Undo {
		return d
	}
	if from.Unread && !g.Meant.named() {
		return blocked(now, Reason{Code: GuessUncertain, Facts: Facts{To: name(d.To.Version), Because: &g.Why}})
	}
	if s := r.Service; s.Controller == ControllerECS && s.Strategy != StrategyRolling && s.Rolling() {
		return blocked(now, Reason{Code: TrafficShiftingFrom, Facts: Facts{Status: s.Strategy, To: name(d.To.Version)}})
	}
	if g.Meant.RunsImage(d.To.Version) {
		refused := blocked(now, Reason{Code: GuessMatches, Facts: Facts{To: name(d.To.Version)}})
		refused.To = d.To
		return refused
	}
	if c.sameTags(now.Version, d.To.Version) {
		refused := blocked(now, Reason{Code: GuessSameImages, Facts: Facts{From: name(now.Version), To: name(d.To.Version), Because: &g.Why}})
		refused.To = d.To
		return refused
	}
	return d
}

// sameTags reports whether two versions name the same images, some of the service's own by a tag, which may have moved between them,
// and nobody knows what the second has run.
func (c comparing) sameTags(now, to Version) bool {
	return Alike(now, to) && slices.ContainsFunc(to.Images, func(i Image) bool {
		return c.own(i) && i.Digest == "" && ParseReference(i.Reference).Digest == ""
	})
}

// byRecords goes to the version of the newest record that differs. A record that an undo made before it changed the service
// holds what was left then: if what runs now is older or a copy, the service has been taken back already, and in any case that
// version is not one to go to.
func (g Guess) byRecords(r *Reading, c comparing, now Visit, from Sources) (_ Decision, settled bool) {
	var left []Version
	for _, record := range from.Records {
		kept, ok := record.Services[r.Service.Name]
		if !ok || c.strictly(kept.Version, now.Version) {
			continue
		}
		was := Visit{Version: kept.Version, Since: record.TakenAt}
		facts := Facts{From: name(now.Version), To: name(kept.Version), Left: name(kept.Version), Name: record.Name, At: record.TakenAt, Because: &g.Why}
		switch {
		case record.Before && len(left) == 0 && !g.Meant.Again && olderThan(now.Version.Original(), kept.Version.Original()):
			d := stay(now, Reason{Code: KeptTakenBack, Facts: facts})
			d.Left = &was
			return d, true
		case record.Before:
			left = append(left, kept.Version)
		case slices.ContainsFunc(left, func(v Version) bool { return c.strictly(v, kept.Version) }):
		case g.returned(now, from):
			return g.appearsReturned(now, from), true
		case from.Below != nil && from.Below.RegisteredAt.After(record.TakenAt) && from.Below.Revision > kept.Version.Original().Revision &&
			from.Below.Family == kept.Version.TaskDefinition.Family:
			return Decision{}, false // registered after the record was made, so it may have run since
		default:
			return Decision{Action: Undo, From: now, To: was, Reason: Reason{Code: FromRecord, Facts: facts}}, true
		}
	}
	return Decision{}, false
}

// returned reports whether the service itself shows that it has been taken back: there is a revision over the one that runs
// which was registered before the current deployment began.
func (g Guess) returned(now Visit, from Sources) bool {
	above := from.Above
	return !g.Meant.named() && above != nil && !above.RegisteredAt.IsZero() && !now.first().IsZero() && above.RegisteredAt.Before(now.first())
}

func (g Guess) appearsReturned(now Visit, from Sources) Decision {
	left := Visit{Version: Version{TaskDefinition: from.Above.TaskDefinition}, Since: from.Above.RegisteredAt}
	d := stay(now, Reason{Code: AboveRegistered, Facts: Facts{
		From: name(now.Version), Left: name(left.Version), Since: now.first(), At: left.Since, Because: &g.Why,
	}})
	d.Left = &left
	return d
}

// byRevisions goes to the highest revision of the family below the current one, if it fits the service and nothing speaks
// against it; otherwise the service is blocked.
func (g Guess) byRevisions(r *Reading, now Visit, from Sources) Decision {
	facts := Facts{From: name(now.Version), Because: &g.Why}
	switch {
	case g.returned(now, from):
		return g.appearsReturned(now, from)
	case !from.Asked && r.Service.Primary().CreatedAt.Before(from.At.Add(-historyAge)):
		return g.nothingRecent(r, now)
	case !from.Asked:
		if from.Below != nil {
			facts.To = from.Below.TaskDefinition.String()
		}
		return blocked(now, Reason{Code: NotGuessed, Facts: facts})
	case from.SharedBy != "":
		facts.Name = from.SharedBy
		facts.To = now.Version.TaskDefinition.Family
		return blocked(now, Reason{Code: GuessShared, Facts: facts})
	case from.Below == nil && from.Unread:
		return blocked(now, Reason{Code: GuessUncertain, Facts: Facts{To: "an older revision", Because: &g.Why}})
	case from.Below == nil:
		return only(now, Reason{Code: NothingBelow, Facts: facts})
	}
	facts.To = from.Below.TaskDefinition.String()
	if from.Misfit != "" {
		facts.Why = from.Misfit
		return blocked(now, Reason{Code: GuessMisfit, Facts: facts})
	}
	return Decision{
		Action: Undo, From: now, To: Visit{Version: Version{TaskDefinition: from.Below.TaskDefinition, Images: from.Below.Images()}},
		Reason: Reason{Code: GuessRevision, Facts: facts}, Guessed: true,
	}
}

// historyAge is how long ECS lists a deployment (developer guide, "View service history using Amazon ECS service deployments").
const historyAge = 90 * 24 * time.Hour

// nothingRecent leaves a service alone of which nothing is known but what runs, and that for longer than ECS would remember. Where an
// undo of it was asked for in particular, it is blocked.
func (g Guess) nothingRecent(r *Reading, now Visit) Decision {
	why := Reason{Code: NothingRecent, Facts: Facts{From: name(now.Version), Since: r.Service.Primary().CreatedAt, Because: &g.Why}}
	if g.Meant.named() {
		return blocked(now, Reason{Code: NothingToUndo, Facts: Facts{Because: &why}})
	}
	return only(now, why)
}

// asOf goes to what the newest record from before a moment has. There is no guessing what ran at a moment.
func (g Guess) asOf(r *Reading, c comparing, now Visit, from Sources) Decision {
	for _, record := range from.Records {
		kept, ok := record.Services[r.Service.Name]
		if !ok || record.TakenAt.After(g.AsOf) {
			continue
		}
		facts := Facts{From: name(now.Version), To: name(kept.Version), Name: record.Name, At: record.TakenAt, Because: &g.Why}
		if c.strictly(kept.Version, now.Version) {
			return stay(now, Reason{Code: RecordRuns, Facts: facts})
		}
		return Decision{Action: Undo, From: now, To: Visit{Version: kept.Version, Since: record.TakenAt}, Reason: Reason{Code: FromRecord, Facts: facts}}
	}
	return blocked(now, Reason{Code: NoRecord, Facts: Facts{At: g.AsOf, Because: &g.Why}})
}

func olderThan(a, b TaskDefinition) bool { return a.Family == b.Family && a.Revision < b.Revision }

// Misfit tells what speaks against guessing a definition for this service: it does not fit, or none of its containers is one of
// the current definition. Empty if nothing does.
func (s *Service) Misfit(d, current *Definition) string {
	if misfits := d.MisfitsBeside(current, s.Configuration); len(misfits) > 0 {
		return misfits[0]
	}
	if current == nil {
		return ""
	}
	for name := range current.ports() {
		if _, shared := d.ports()[name]; shared {
			return ""
		}
	}
	return "it has no container in common with the revision that is running"
}
