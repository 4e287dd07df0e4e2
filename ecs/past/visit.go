package past

import "time"

// A Visit is a version that a service ran, or is being moved to, with the deployment that last brought it.
type Visit struct {
	Version    Version
	Since      time.Time
	Deployment *ServiceDeployment // nil if the version is known only from the service itself

	kind kind
	left *Visit               // what a return took back, a completed one or not; nil of what went forward
	back *Visit               // of what may be a return: what it would have gone back to
	row  []*ServiceDeployment // all that brought it in a row, oldest first

	began time.Time // when the first of them did; zero: with Since

	blind bool // an identical definition was deployed after it, and no digest tells whether that was new code
}

// A kind is how a version came to run.
type kind int

const (
	forward    kind = iota
	returned        // the service went back to it
	rolledBack      // ECS went back to it, since a newer one failed
	codeOnly        // the code went back, with another definition
	appears         // it went back, by all appearances, to something from before its history begins
	inVain          // as appears, but an image of what was left still runs, and what ran before is not known
	incomplete      // its definition went back, and the code of what was left still runs
	configOnly      // as incomplete, but what was left there was only configuration
	unclear         // its definition went back, and it cannot be told whether the code is new
)

// taken reports whether the visit took something back, so that an undo has nothing to do.
func (v *Visit) taken() bool {
	return v.kind == returned || v.kind == rolledBack || v.kind == codeOnly || v.kind == appears
}

// TakenBack gives what was taken back on the way to the version, newest first: all since the service last went forward.
func (v Visit) TakenBack() []Version {
	var left []Version
	for at := &v; at.left != nil && (at.taken() || at.kind == incomplete || at.kind == configOnly); at = at.left {
		left = append(left, at.left.Version)
	}
	return left
}

// Revision gives the service revision of the deployment that brought it; nil if it is not known.
func (v Visit) Revision() *Revision {
	if v.Deployment == nil {
		return nil
	}
	return v.Deployment.Revision
}

// stopped reports whether what last brought the version did not come up, and was left like that.
func (v Visit) stopped() bool { return v.Deployment != nil && v.Deployment.Stopped() }

// first gives the moment since which the version has run without another between.
func (v Visit) first() time.Time {
	if v.began.IsZero() {
		return v.Since
	}
	return v.began
}

// again gives the visit as the same version deployed once more leaves it: newer, of the same kind, and knowing every digest that
// either knows; one whose tasks never started has none.
func (v Visit) again(newer Visit) Visit {
	newer.Version = merged(v.Version, newer.Version)
	newer.kind, newer.left, newer.back, newer.blind = v.kind, v.left, v.back, v.blind
	newer.began = v.first()
	newer.row = append(append([]*ServiceDeployment(nil), v.row...), newer.row...)
	return newer
}

// merged gives the newer of two versions that are the same, with what only the older knows of its images.
func merged(older, newer Version) Version {
	if len(newer.OriginalImages) == 0 {
		newer.OriginalImages = older.OriginalImages
	}
	if len(newer.Images) == 0 {
		newer.Images = older.Images
		return newer
	}
	images := append([]Image(nil), newer.Images...)
	for n := range images {
		if i, ok := older.Image(images[n].Container); ok && images[n].Digest == "" {
			images[n].Digest = i.Digest
		}
	}
	newer.Images = images
	return newer
}

// up gives a moment, to the second, at which the version of a visit was running: its rollout had ended, and nothing newer's.
func (v *Visit) up() time.Time {
	if v.Deployment == nil {
		return v.Since
	}
	up := v.Deployment.endedAt()
	if whole := up.Truncate(time.Second); whole.Before(up) {
		return whole.Add(time.Second)
	}
	return up
}
