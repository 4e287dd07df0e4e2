package ecs

import (
	"context"
	"maps"
	"slices"

	"github.com/ecsundo/ecsundo/ecs/internal/aws"
	"github.com/ecsundo/ecsundo/ecs/past"
)

// imageCheck is what came of looking at a version's images.
type imageCheck struct {
	pins   map[string]string // by container: the image reference to deploy instead
	starts map[string]string // by container: the digest that its tag starts now, instead of the one that ran
	notes  []past.Reason
	gone   *past.Reason // why the version cannot run any more; nil if it can
}

// imageWish is how the images of a version are wanted.
type imageWish struct {
	reading  *past.Reading
	own      []string // containers whose digests have to be those that ran; nil: all that are no sidecars
	recorded bool     // the digests are those of a record, which anyone who can write to the store may have made
	must     bool     // nothing but the digests makes the difference: they are pinned even where the registry cannot be asked
}

func (w imageWish) owns(p *planning, i past.Image) bool {
	if w.own != nil {
		return slices.Contains(w.own, i.Container)
	}
	return !i.Helper && (p.rules.Sidecar == nil || !p.rules.Sidecar(i))
}

// checkImages asks ECR for each image of a version: does it exist, and does its tag still name what ran?
func (p *planning) checkImages(ctx context.Context, v past.Version, w imageWish) (imageCheck, error) {
	checks := make([]imageCheck, len(v.Images))
	indexes := make([]int, len(v.Images))
	for i := range indexes {
		indexes[i] = i
	}
	err := aws.Parallel(ctx, indexes, func(ctx context.Context, i int) (err error) {
		checks[i], err = p.checkImage(ctx, v.Images[i], w)
		return err
	})
	all := imageCheck{pins: map[string]string{}, starts: map[string]string{}}
	for _, c := range checks {
		maps.Copy(all.pins, c.pins)
		maps.Copy(all.starts, c.starts)
		all.notes = append(all.notes, c.notes...)
		if all.gone == nil {
			all.gone = c.gone
		}
	}
	return all, err
}

func (p *planning) checkImage(ctx context.Context, i past.Image, w imageWish) (imageCheck, error) {
	r := past.ParseReference(i.Reference)
	own := w.owns(p, i)
	pinnable := r.Digest == "" && i.Digest != "" && own && !p.NoPin
	sure := pinnable && (w.must || w.reading.Several(i)) // the tag is known to move: what it names now is not worth the risk
	pin := imageCheck{pins: map[string]string{i.Container: r.Name + "@" + i.Digest}}
	facts := past.Facts{Name: i.Reference, Names: []string{i.Container}}
	switch {
	case !r.PrivateECR() && sure && !w.recorded:
		pin.notes = []past.Reason{{Code: past.PinnedUnasked, Facts: past.Facts{Name: i.Reference, Why: "it is not in private ECR"}}}
		return pin, nil
	case !r.PrivateECR():
		return noted(past.ImageElsewhere, facts), nil
	case p.NoImageCheck && sure:
		return pin, nil
	case p.NoImageCheck:
		return imageCheck{}, nil
	}
	named, err := p.lookUp(ctx, r, r.Tag, r.Digest)
	if err != nil {
		return imageCheck{}, err
	}
	facts.Why = named.Unasked
	switch {
	case named.Unasked != "" && sure:
		pin.notes = []past.Reason{{Code: past.PinnedUnasked, Facts: past.Facts{Name: i.Reference, Why: named.Unasked}}}
		return pin, nil
	case named.Unasked != "":
		return noted(past.ImagesUnasked, past.Facts{Why: named.Unasked}), nil
	case !named.Exists && !pinnable && p.client.PullsThrough(ctx, r):
		return noted(past.PulledThrough, facts), nil
	case !named.Exists && !pinnable:
		return lost(past.ImageGone, facts), nil
	case !pinnable && r.Digest == "" && i.Digest != "" && named.Digest != i.Digest && !i.Helper && !p.rules.IsSidecar(i):
		return p.checkAsItIs(ctx, i, r, named)
	case !pinnable || named.Exists && named.Digest == i.Digest:
		return archived(i.Reference, named), nil
	}
	return p.checkMoved(ctx, i, r, named, pin)
}

// checkAsItIs looks at an image whose tag no longer names the digest that ran, and that is started by its tag all the same.
func (p *planning) checkAsItIs(ctx context.Context, i past.Image, r past.Reference, named aws.ECRImage) (imageCheck, error) {
	check := archived(i.Reference, named)
	isChild, err := p.client.HasChild(ctx, r, named, i.Digest)
	if err != nil || isChild || check.gone != nil {
		return check, err
	}
	check.starts = map[string]string{i.Container: named.Digest}
	check.notes = []past.Reason{{Code: past.TagAsItIs, Facts: past.Facts{Name: i.Reference, Names: []string{i.Container}}}}
	return check, nil
}

// started gives a version with the digests that its tags start now.
func (c imageCheck) started(v past.Version) past.Version {
	v.Images = slices.Clone(v.Images)
	for n, i := range v.Images {
		if digest, ok := c.starts[i.Container]; ok {
			v.Images[n].Digest = digest
		}
	}
	return v
}

// checkMoved looks at an image whose tag no longer names the digest that ran, or names nothing any more.
func (p *planning) checkMoved(ctx context.Context, i past.Image, r past.Reference, named aws.ECRImage, pin imageCheck) (imageCheck, error) {
	isChild, err := p.client.HasChild(ctx, r, named, i.Digest)
	if err != nil || isChild {
		return archived(i.Reference, named), err
	}
	ran, err := p.lookUp(ctx, r, "", i.Digest)
	if err != nil {
		return imageCheck{}, err
	}
	facts := past.Facts{Name: r.Repository + "@" + past.ShortDigest(i.Digest), Status: r.Tag, Names: []string{i.Container}, Why: ran.Unasked}
	moved := past.TagMoved
	if !named.Exists {
		moved = past.TagGone
	}
	switch {
	case ran.Unasked != "":
		pin.notes = []past.Reason{{Code: moved, Facts: facts}}
		return pin, nil
	case !ran.Exists && !named.Exists && p.client.PullsThrough(ctx, r):
		return noted(past.PulledThrough, facts), nil
	case !ran.Exists && p.client.PullsThrough(ctx, r):
		pin.notes = []past.Reason{{Code: past.PulledThrough, Facts: facts}}
		return pin, nil
	case !ran.Exists && !named.Exists:
		return lost(past.ImageGone, past.Facts{Name: i.Reference, Names: facts.Names}), nil
	case !ran.Exists:
		return lost(past.DigestGone, facts), nil
	}
	if c := archived(r.Name+"@"+i.Digest, ran); c.gone != nil {
		return c, nil
	}
	pin.notes = []past.Reason{{Code: moved, Facts: facts}}
	if len(ran.Tags) == 0 {
		pin.notes = append(pin.notes, past.Reason{Code: past.Untagged, Facts: facts})
	}
	return pin, nil
}

func noted(code past.Code, facts past.Facts) imageCheck {
	return imageCheck{notes: []past.Reason{{Code: code, Facts: facts}}}
}

func lost(code past.Code, facts past.Facts) imageCheck {
	return imageCheck{gone: &past.Reason{Code: code, Facts: facts}}
}

// archived refuses an image that exists and cannot be pulled.
func archived(image string, f aws.ECRImage) imageCheck {
	if f.Pullable() {
		return imageCheck{}
	}
	return lost(past.ImageArchived, past.Facts{Name: image, Status: f.Status})
}

// lookUp asks ECR for one image, by tag or digest, once for each.
func (p *planning) lookUp(ctx context.Context, r past.Reference, tag, digest string) (aws.ECRImage, error) {
	if digest != "" {
		tag = ""
	}
	return p.images.Get(r.Name+":"+tag+"@"+digest, func() (aws.ECRImage, error) { return p.client.DescribeImage(ctx, r, tag, digest) })
}
