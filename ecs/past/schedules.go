package past

import "slices"

// A Lead is what a plan does with one service, for the schedules that follow it.
type Lead struct {
	Service string
	Action  Action
	From    Version   // what it runs
	To      Version   // where it goes, if it does
	Left    []Version // what it has already been taken back from, newest first

	// Deploys is what it runs once the plan is done; zero where that is a copy which has no number yet.
	Deploys TaskDefinition
}

// leaves gives the versions that a service leaves in this plan, or has left before, and the one that it runs then. What was left
// and comes back with the plan is not left.
func (l Lead) leaves() (left []Version, runs Version) {
	runs = l.From
	switch {
	case l.Action == Undo:
		left, runs = []Version{l.From}, l.To
	case l.Action == Unchanged && l.To.Known() && !sameDefinition(l.To, l.From): // a rollback that goes on
		left, runs = []Version{l.From}, l.To
	}
	for _, v := range l.Left {
		if v.Known() && !agree(v, runs) {
			left = append(left, v)
		}
	}
	return left, runs
}

// Leads are what a plan does with its services. They decide where schedules go, which have no history of their own.
type Leads struct {
	services []Lead
	rules    Rules
	leaving  func(Image) bool // images that are to go, whatever services do; nil: none
	left     []leftImage
	running  []Image // what services run once the plan is done
}

// A leftImage is an image that is taken back, and what comes in its place.
type leftImage struct {
	Image
	after   Image
	service string
}

// NewLeads makes the leads of a plan. Of what a service leaves only its own images count, by the rules that say so for services
// too. leaving are images that are to go whatever services do, such as those of --if-image; nil: none.
func NewLeads(services []Lead, rules Rules, leaving func(Image) bool) *Leads {
	l := &Leads{services: services, rules: rules, leaving: leaving}
	for _, s := range services {
		left, runs := s.leaves()
		for _, i := range runs.Images {
			l.running = append(l.running, i.named(runs))
		}
		for _, v := range left {
			l.leave(s, v, runs)
		}
	}
	return l
}

// leave adds the images that a service leaves with a version. A container that is not there any more counts as well.
func (l *Leads) leave(s Lead, left, runs Version) {
	own := newComparing(l.rules, []Version{left, runs}, nil).ownBetween(left, runs)
	for _, i := range left.Images {
		after, both := runs.Image(i.Container)
		if l.rules.sidecar(i) || both && (!own(i) || sameImage(i.named(left), after.named(runs))) {
			continue
		}
		l.left = append(l.left, leftImage{i.named(left), after.named(runs), s.Service})
	}
}

// named gives an image of a version with the reference by which people know it, and the digest that ran.
func (i Image) named(v Version) Image {
	i.Reference = v.named(i)
	return i
}

func sameImage(a, b Image) bool {
	if a.Digest != "" && b.Digest != "" && ParseReference(a.Reference).Name == ParseReference(b.Reference).Name {
		return a.Digest == b.Digest
	}
	return a.Reference == b.Reference
}

// A Placement is where a schedule goes, as far as the services of the plan tell.
type Placement struct {
	Decision
	Lead string   // the service whose definition it goes with; empty if there is none
	With []string // the services that it goes with, by their definition or their images: it must not be changed without them

	// Search says that no service tells: the newest revision of its family under its own that Leads.Accepts goes, else a record.
	Search bool
}

// ByImages decides about a schedule that names a revision, and whose definition no service runs, leaves or has left: where it runs
// nothing of what is left, it stays.
func (l *Leads) ByImages(now Version) Placement {
	from := Visit{Version: now}
	if len(l.leavesOf(now.Images)) > 0 {
		return Placement{Decision: Decision{From: from}, Search: true}
	}
	if i, left, ok := l.unsure(now.Images); ok {
		facts := Facts{From: name(now), Names: []string{i.short()}, Name: left.service}
		return Placement{Decision: blocked(from, Reason{Code: ScheduleImageUnknown, Facts: facts})}
	}
	return Placement{Decision: l.stay(from, Reason{Code: ScheduleStays})}
}

// stay leaves a schedule where it is. Where only some images are to go, those without them are not meant, as services are not.
func (l *Leads) stay(from Visit, r Reason) Decision {
	d := stay(from, r)
	if l.leaving != nil {
		d.Action = Skipped
	}
	return d
}

// short names an image without its registry: web:v3.
func (i Image) short() string {
	r := ParseReference(i.Reference)
	name := r.Repository
	if name == "" {
		name = r.Name
	}
	if r.Tag == "" && r.Digest != "" {
		return name + "@" + ShortDigest(r.Digest)
	}
	return name + ":" + i.Tag()
}

// ByDefinition decides about a schedule that names a revision by the services that run, leave or have left the same definition: it goes
// where they go. ok is false if there is none.
func (l *Leads) ByDefinition(now Version) (p Placement, ok bool) {
	from := Visit{Version: now}
	var found []Placement
	var with []string
	for _, s := range l.services {
		left, runs := s.leaves()
		facts := Facts{From: name(from.Version), To: name(runs), Name: s.Service}
		exactly := s.Deploys == from.Version.TaskDefinition
		leaves := slices.ContainsFunc(left, func(v Version) bool { return agree(v, from.Version) })
		switch {
		case s.Action == Blocked && (sameDefinition(s.From, from.Version) || leaves):
			if leaves {
				facts.Left = facts.From
			}
			return Placement{Decision: blocked(from, Reason{Code: ScheduleServiceBlocked, Facts: facts})}, true
		case exactly:
			code := ScheduleRunsSame
			if s.Deploys != s.From.TaskDefinition {
				code = ScheduleRunsTarget
			}
			found = append(found, Placement{Decision: l.stay(from, Reason{Code: code, Facts: facts}), Lead: s.Service})
		case leaves:
			d := Decision{Action: Undo, From: from, To: Visit{Version: runs}, Reason: Reason{Code: ScheduleFollows, Facts: facts}}
			found = append(found, Placement{Decision: d, Lead: s.Service})
			with = append(with, s.Service)
		}
	}
	for _, p := range found[min(1, len(found)):] {
		if p.Action != found[0].Action || p.Action == Undo && !agree(p.To.Version, found[0].To.Version) {
			names := []string{found[0].Lead, p.Lead}
			return Placement{Decision: blocked(from, Reason{Code: ScheduleTorn, Facts: Facts{From: name(from.Version), Names: names}})}, true
		}
	}
	if len(found) == 0 {
		return Placement{}, false
	}
	found[0].With = with
	return found[0], true
}

// agree reports whether two versions are one definition, and no digest speaks against it.
func agree(a, b Version) bool {
	return sameDefinition(a, b) && !slices.ContainsFunc(a.Images, func(i Image) bool {
		j, both := b.Image(i.Container)
		return both && i.Digest != "" && j.Digest != "" && i.Digest != j.Digest
	})
}

// leavesOf gives those of some images that are taken back.
func (l *Leads) leavesOf(images []Image) []Image {
	var gone []Image
	for _, i := range images {
		isLeft := func(left leftImage) bool { return matches(i, left.Image) }
		if l.leaving != nil && l.leaving(i) || slices.ContainsFunc(l.left, isLeft) {
			gone = append(gone, i)
		}
	}
	return gone
}

// matches reports whether a definition's image is one that ran: of the same repository, with the same digest, or by the tag by which
// it is known. What a tag names now tells too, where it was looked up.
func matches(i, ran Image) bool {
	r, other := ParseReference(i.Reference), ParseReference(ran.Reference)
	switch {
	case r.Name != other.Name:
		return false
	case r.Digest == "" && other.Digest == "" && i.Tag() == ran.Tag():
		return true
	}
	return i.Digest != "" && (i.Digest == ran.Digest || i.Digest == other.Digest)
}

// Digests gives the digests of an image's repository that services leave or go to, where what its tag names would tell whether the
// image is one of them.
func (l *Leads) Digests(i Image) []string {
	var digests []string
	r := ParseReference(i.Reference)
	for _, left := range l.left {
		for _, ran := range []Image{left.Image, left.after} {
			if r.Digest == "" && ran.Digest != "" && ParseReference(ran.Reference).Name == r.Name {
				digests = append(digests, ran.Digest)
			}
		}
	}
	return digests
}

// unsure gives the first of some images that may be one that is taken back: one of the two is known by its tag alone, and the other by
// its digest alone.
func (l *Leads) unsure(images []Image) (Image, leftImage, bool) {
	for _, i := range images {
		r := ParseReference(i.Reference)
		for _, left := range l.left {
			other := ParseReference(left.Reference)
			tagAlone := i.Digest == "" && other.Digest != ""
			if r.Name == other.Name && (tagAlone || r.Digest != "" && left.Digest == "") {
				return i, left, true
			}
		}
	}
	return Image{}, leftImage{}, false
}

// Accepts reports whether an earlier revision of a schedule's family is one to go back to: in the place of each image that is taken
// back it has the one to which a service is taken back from it. It gives its version, with the digests that run then.
func (l *Leads) Accepts(now, v Version) (Version, bool) {
	if l.mayLeave(v) {
		return v, false
	}
	v.Images = slices.Clone(v.Images)
	instead := map[string][]Image{} // by repository
	for _, i := range l.leavesOf(now.Images) {
		name := ParseReference(i.Reference).Name
		instead[name] = append(instead[name], l.instead(i)...)
	}
	fits := false
	for n, i := range v.Images {
		images, gone := instead[ParseReference(i.Reference).Name]
		if !gone {
			continue
		}
		k := slices.IndexFunc(images, func(ran Image) bool { return matches(i, ran) })
		if k < 0 {
			return v, false
		}
		fits = true
		if i.Digest == "" {
			v.Images[n].Digest = images[k].Digest
		}
	}
	return v, fits
}

// mayLeave reports whether a version has an image that is taken back, or may be.
func (l *Leads) mayLeave(v Version) bool {
	_, _, unsure := l.unsure(v.Images)
	return unsure || len(l.leavesOf(v.Images)) > 0
}

// instead gives the images that come in the place of one that is taken back. Where no service tells, since it is to go whatever
// they do, it is the only other image of its repository that services run.
func (l *Leads) instead(i Image) []Image {
	var images []Image
	for _, left := range l.left {
		if matches(i, left.Image) {
			images = append(images, left.after)
		}
	}
	if len(images) > 0 || l.leaving == nil {
		return images
	}
	for _, ran := range l.running {
		if ParseReference(ran.Reference).Name == ParseReference(i.Reference).Name && !l.leaving(ran) {
			images = append(images, ran)
		}
	}
	if slices.ContainsFunc(images, func(other Image) bool { return !sameImage(other, images[0]) }) {
		return nil
	}
	return images
}

// Found decides for a schedule whose definition no service runs: the revision that was found, or what the newest record that has
// another says of it, or nothing. A record whose definition's images are not known tells nothing.
func (l *Leads) Found(schedule string, now Version, found *Version, records []Record) Placement {
	from := Visit{Version: now}
	var gone []string
	for _, i := range l.leavesOf(now.Images) {
		gone = append(gone, i.short())
	}
	facts, with := Facts{From: name(now), Names: gone}, l.leavers(now)
	if found != nil {
		facts.To = name(*found)
		return Placement{With: with, Decision: Decision{Action: Undo, From: from, To: Visit{Version: *found}, Reason: Reason{Code: ScheduleImages, Facts: facts}}}
	}
	for _, r := range records {
		kept, ok := r.Schedules[schedule]
		to := kept.Version.TaskDefinition
		forward := to.Family == now.TaskDefinition.Family && (to.Revision == 0 || to.Revision >= now.TaskDefinition.Revision)
		unknown := len(kept.Version.Images) == 0 // it may be what is left
		if !ok || r.Before || forward || unknown || l.mayLeave(kept.Version) {
			continue
		}
		facts.To, facts.Name, facts.At = name(kept.Version), r.Name, r.TakenAt
		return Placement{With: with, Decision: Decision{
			Action: Undo, From: from, To: Visit{Version: kept.Version, Since: r.TakenAt}, Reason: Reason{Code: ScheduleRecord, Facts: facts},
		}}
	}
	return Placement{Decision: blocked(from, Reason{Code: ScheduleNowhere, Facts: facts})}
}

// leavers gives the services that leave the images of a version, or have left them.
func (l *Leads) leavers(v Version) []string {
	var services []string
	for _, i := range v.Images {
		for _, left := range l.left {
			if matches(i, left.Image) && !slices.Contains(services, left.service) {
				services = append(services, left.service)
			}
		}
	}
	return services
}

// Newest decides about a schedule that names no revision, and so runs whichever is the newest of its family: that is said, and is
// blocked if it is what is left. copied is what a copy is made of that this plan registers in the family; zero: none is.
func (l *Leads) Newest(now, newest Version, copied TaskDefinition) Placement {
	from := Visit{Version: now}
	facts := Facts{From: now.TaskDefinition.Family, To: name(newest)}
	for _, i := range l.leavesOf(newest.Images) {
		facts.Names = append(facts.Names, i.short())
	}
	i, left, unsure := l.unsure(newest.Images)
	switch {
	case !copied.IsZero():
		facts.To = copied.String()
		return Placement{Decision: stay(from, Reason{Code: ScheduleNewestCopy, Facts: facts})}
	case !newest.Known():
		return Placement{Decision: blocked(from, Reason{Code: ScheduleNewestUnknown, Facts: facts})}
	case l.leavesDefinition(newest):
		return Placement{Decision: blocked(from, Reason{Code: ScheduleNewestLeft, Facts: facts})}
	case len(facts.Names) > 0:
		return Placement{Decision: blocked(from, Reason{Code: ScheduleNewestImage, Facts: facts})}
	case unsure:
		facts.Names, facts.Name = []string{i.short()}, left.service
		return Placement{Decision: blocked(from, Reason{Code: ScheduleImageUnknown, Facts: facts})}
	}
	return Placement{Decision: stay(from, Reason{Code: ScheduleNewest, Facts: facts})}
}

// leavesDefinition reports whether a service leaves the definition of a version, or has left it, for another one.
func (l *Leads) leavesDefinition(v Version) bool {
	return slices.ContainsFunc(l.services, func(s Lead) bool {
		left, runs := s.leaves()
		was := slices.ContainsFunc(left, func(w Version) bool { return sameDefinition(w, v) })
		return was && runs.TaskDefinition != v.TaskDefinition && s.Deploys != v.TaskDefinition
	})
}

// RestoreSchedule decides about a schedule by the record that is restored.
func RestoreSchedule(s *Scheduled, now Version, r Record) Placement {
	from := Visit{Version: now}
	kept, ok := r.Schedules[s.KeyIn(r)]
	facts := Facts{From: name(now), To: name(kept.Version), Name: r.Name, Since: r.TakenAt}
	switch {
	case !ok:
		return Placement{Decision: Decision{Action: Skipped, From: from, Reason: Reason{Code: NotInSnapshot, Facts: facts}}}
	case kept.Version.TaskDefinition == now.TaskDefinition:
		return Placement{Decision: stay(from, Reason{Code: SnapshotRuns, Facts: facts})}
	}
	return Placement{Decision: Decision{Action: Undo, From: from, To: Visit{Version: kept.Version, Since: r.TakenAt}, Reason: Reason{Code: InSnapshot, Facts: facts}}}
}
