package past

import "time"

// An Action is what a plan means to do with a service.
type Action string

// The actions of a plan.
const (
	Undo      Action = "undo"      // the target is to run: by a deployment of ours, or by ECS's own rollback
	Unchanged Action = "unchanged" // nothing to do: it runs what was asked, or was taken back already
	Blocked   Action = "blocked"   // should change, and cannot; the reason says why. Counts as a failure
	Skipped   Action = "skipped"   // not ours to change (filtered out, another owner); no failure
)

// A Need is what has to be read before a planner can decide.
type Need int

// The needs of a planner.
const (
	Nothing     Need = iota
	Older            // the older part of the history
	TaskCounts       // whether the deployments of Reading.Uncounted ever ran a task
	Manifests        // whether one of Decision.Images is part of another, as an image of its index
	OtherSource      // the history does not tell: snapshots and the family's revisions may (Decision.Guess)
)

// A Decision is what a [Planner] makes of one service: an action with its reason, or a need.
type Decision struct {
	Need   Need
	Action Action
	Reason Reason
	Notes  []Reason

	From Visit  // what runs, or is being rolled out
	To   Visit  // what is to run
	Left *Visit // what the service has already been taken back from; nil if it has not

	Follow *ServiceDeployment // a deployment to watch instead of starting one
	Native *ServiceDeployment // a deployment that goes on, and whose own rollback by ECS leads to To

	// Own are the containers of To whose digests have to be those that ran; what the others run, their tags say.
	Own []string

	// Configuration says that the version stays, and only the rest of the service revision goes back to that of To.
	Configuration bool

	Only    bool // there is nothing that it ran before
	Guessed bool // nobody knows that To ran before

	Guess  Guess   // with OtherSource
	Images []Image // with Manifests: those whose digests may be parts of one another
}

func blocked(from Visit, r Reason) Decision {
	return Decision{Action: Blocked, From: from, Reason: r}
}

func stay(from Visit, r Reason) Decision {
	return Decision{Action: Unchanged, From: from, Reason: r}
}

func need(n Need) Decision { return Decision{Need: n} }

// Options say how an undo is to be carried out, as far as a planner has to know.
type Options struct {
	NoPin bool // tags stay as they are, so a version that only a digest tells from the current one cannot be reached
	Whole bool // the rest of the service revision goes back too

	Skew time.Duration // how far the clock of AWS is ahead of the one by which ages were counted
}

// A Planner decides what each observed service is to run, and gives its reason. It changes nothing, prints nothing and asks
// nobody.
type Planner struct {
	Decide func(*Reading, Rules, Options) Decision

	// Wants tells what a service is to run without asking its history, so that it is not read where the service itself shows
	// that it runs that already, or that nothing stands in the way. Nil: the history is always read.
	Wants func(service string) (Version, bool)
}

// Only narrows a planner to the services that run an image or a revision; the others are left as they are. It does not change
// where the planner goes to.
func (p Planner) Only(ifImage func(Image) bool, ifRevision int) Planner {
	decide, guard := p.Decide, UndoOptions{IfImage: ifImage, IfRevision: ifRevision}
	if ifImage == nil && ifRevision == 0 {
		return p
	}
	p.Decide = func(r *Reading, rules Rules, o Options) Decision {
		if r.Outcome == Unlisted {
			if d, other := guard.Passes(Version{TaskDefinition: r.Service.TaskDefinition}); other && d.Reason.Code == OtherRevision {
				return d
			}
		} else if d, other := guard.notMeant(r, play(r, rules)); other {
			return d
		}
		d := decide(r, rules, o)
		d.Guess.Meant = guard // for where the history does not tell: then it is asked once more
		return d
	}
	return p
}

// A Foresight says which ends of a deployment that is only watched lead to where a decision wants the service.
type Foresight struct {
	Arrives, Returns bool // its success does; its rollback does
	Tells            bool // the definition alone tells which of the two it was
}

// Foresee tells which ends of the deployment that a decision follows lead to its target.
func (r *Reading) Foresee(d Decision) Foresight {
	c := newComparing(Rules{}, r.versions(), r.index())
	brings, back := r.visitOf(d.Follow).Version, r.goesBackTo(d.Follow).Version
	return Foresight{
		Arrives: c.strictly(brings, d.To.Version), Returns: c.strictly(back, d.To.Version), Tells: brings.TaskDefinition != back.TaskDefinition,
	}
}
