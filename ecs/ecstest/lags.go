package ecstest

// lags say for how many calls ECS's own copies lag behind. They are counted per thing that changed, and apply to changes
// that are made after they were set. The zero value: every call sees everything.
type lags struct {
	register   int // calls for which a new task definition is not found
	deregister int // UpdateService calls that still accept a definition that was deregistered
	update     int // DescribeServices calls that show a service as before UpdateService
	current    int // answers (UpdateService's first) in which currentServiceDeployment is blank
}
