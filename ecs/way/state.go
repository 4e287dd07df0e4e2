package way

// A State is how far a step has come.
type State string

// The states of a step, in the order in which a good one passes them.
const (
	Planned     State = ""            // nothing was asked of ECS yet
	Accepted    State = "accepted"    // ECS took the change, the rollout goes on
	Steady      State = "steady"      // our deployment completed with our definition
	Failed      State = "failed"      // ECS refused, or our deployment failed; Step.Error says what
	RolledBack  State = "rolledBack"  // ECS put the version back that we wanted to leave
	Superseded  State = "superseded"  // somebody else's deployment took the place of ours, or came before it
	OutOfTime   State = "outOfTime"   // the time was up before it was steady; it goes on by itself
	Interrupted State = "interrupted" // we stopped asking or watching; what was accepted goes on by itself
	NotAsked    State = "notAsked"    // held back, since one that came before it did not become steady
)

// Final reports whether a step in this state will not change any more.
func (s State) Final() bool { return s != Planned && s != Accepted }
