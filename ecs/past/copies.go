package past

import "slices"

// A Kinship is how likely two definitions are one in two revisions, by the images that ran.
type Kinship int

// Whether two definitions may be one.
const (
	Unrelated Kinship = iota // they are not
	Related                  // they may be: looking at both tells
	Akin                     // they may be, and only tags that have moved since speak against it
)

// KinshipOf tells whether v may be a copy of older: in each container it has the same reference, or the same repository by digest
// that the other ran. A copy is not always the higher number: one that is identical may have been there.
func KinshipOf(v, older Version) Kinship {
	if v.TaskDefinition.Family != older.TaskDefinition.Family || v.TaskDefinition == older.TaskDefinition {
		return Unrelated
	}
	if len(v.Images) == 0 || len(older.Images) == 0 {
		return Related // ECS did not record them
	}
	if len(v.Images) != len(older.Images) {
		return Unrelated
	}
	pinned, moved := false, false
	for _, i := range v.Images {
		j, both := older.Image(i.Container)
		switch {
		case !both:
			return Unrelated
		case i.Reference == j.Reference:
			moved = moved || i.Digest != "" && j.Digest != "" && i.Digest != j.Digest
		case i.Digest != "" && i.Digest == j.Digest && ParseReference(i.Reference).Name == ParseReference(j.Reference).Name:
			pinned = pinned || ParseReference(i.Reference).Digest != "" || ParseReference(j.Reference).Digest != ""
		default:
			return Unrelated
		}
	}
	if moved && !pinned {
		return Akin
	}
	return Related
}

// OriginOf tells what the definition d of the version v is a copy of: of the older one, by its tag, or because its body is the
// older one's to the letter, but for tags in the place of the digests that both ran; or else of what its tag says, if o is not to
// be had. Of an identical body there may be several definitions, and the copy of one is one of all.
func OriginOf(v, older Version, d, o *Definition) TaskDefinition {
	if d == nil {
		return TaskDefinition{}
	}
	tagged, _ := d.Origin()
	if tagged == older.TaskDefinition || tagged == older.Original() {
		return older.Original()
	}
	if o == nil {
		return tagged
	}
	pins := map[string]string{}
	for _, i := range v.Images {
		if j, both := older.Image(i.Container); both && i.Digest != "" && i.Digest == j.Digest {
			pins[i.Container] = ParseReference(i.Reference).Name + "@" + i.Digest
		}
	}
	if hash := d.PinnedHash(pins); hash != "" && hash == o.PinnedHash(pins) {
		return older.Original()
	}
	return tagged
}

// Kin gives the pairs of revisions that have to be looked at to know which definitions of a history are one, oldest first; of the
// newest version, those too of which only moved tags tell it apart, as far back as a few definitions.
func (r *Reading) Kin() [][2]*Revision {
	var pairs [][2]*Revision
	read := r.played()
	if r.before != nil {
		read = append(slices.Clone(read), &ServiceDeployment{Revision: &Revision{Version: r.before.Version}})
	}
	for n := len(read) - 1; n >= 0; n-- {
		v := read[n].Revision
		if v == nil || !v.Version.Origin.IsZero() {
			continue
		}
		var seen []TaskDefinition
		for _, d := range read[n+1:] {
			older := d.Revision
			if older == nil || slices.Contains(seen, older.Version.TaskDefinition) {
				continue
			}
			kinship := KinshipOf(v.Version, older.Version)
			if kinship == Related || kinship == Akin && n == 0 && len(seen) < kinDepth {
				pairs = append(pairs, [2]*Revision{v, older})
			}
			if kinship == Akin {
				seen = append(seen, older.Version.TaskDefinition)
			}
		}
	}
	return pairs
}

// kinDepth is how many older definitions are compared with the newest by their bodies, where only tags tell them apart.
const kinDepth = 3

// SharedMatters reports whether it matters which images services of several families run: no reference of the service's own ever
// differs, and one of several containers has moved.
func (r *Reading) SharedMatters(rules Rules) bool {
	versions := r.versions()
	c := newComparing(rules, versions, r.index())
	if len(c.released) > 0 {
		return false
	}
	for n, v := range versions {
		own := slices.DeleteFunc(slices.Clone(v.Images), c.sidecar)
		if len(own) < 2 {
			continue
		}
		for _, other := range versions[n+1:] {
			if moved := c.moved(v, other, func(i Image) bool { return !c.sidecar(i) }); len(moved) > 0 && len(moved) < len(own) {
				return true
			}
		}
	}
	return false
}

// SameBody reports whether two definitions are identical, but for tags in the place of the digests that a version ran.
func SameBody(v Version, d, o *Definition) bool {
	pins := map[string]string{}
	for _, i := range o.Images() {
		ran, both := v.Image(i.Container)
		if r := ParseReference(i.Reference); both && r.Digest != "" && r.Digest == ran.Digest {
			pins[i.Container] = i.Reference
		}
	}
	hash := d.PinnedHash(pins)
	return hash != "" && hash == o.PinnedHash(pins)
}

// SameImagesAgain reports whether d names the images of the older definition o, tags included, and the one that ran before d names
// others: then it has most likely been registered to go back.
func SameImagesAgain(d, before, o *Definition) bool {
	names := func(d *Definition) []string {
		var all []string
		for _, i := range d.Images() {
			all = append(all, i.Container+" "+i.Reference)
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(names(d), names(o)) && !slices.Equal(names(d), names(before))
}

// Doubtful gives the current version and the definition before it, of a service whose history is cut and that has run no more than
// these two in all that is listed: it may be back at something older.
func (r *Reading) Doubtful(rules Rules) (now Version, before TaskDefinition, ok bool) {
	if r.unread() || len(r.Deployments) == 0 {
		return now, before, false
	}
	s := play(r, rules)
	top := s.top()
	known := slices.DeleteFunc(slices.Clone(s.visits), func(v Visit) bool { return !v.Version.Known() })
	under, ok := s.below(1)
	if !ok && s.attempt != nil {
		under, ok = s.attempt, true
	}
	if !ok || !s.cut || len(known) > 2 || top.kind != forward || !top.Version.Origin.IsZero() {
		return now, before, false
	}
	return top.Version, under.Version.Original(), true
}
