package ecstest

// lags say for how many calls ECS's own copies lag behind. They are counted per thing that changed, and apply to changes
// that are made after they were set. The zero value: every call sees everything.
type lags struct {
	register   int // calls for which a new task definition is not found
	deregister int // UpdateService calls that still accept a definition that was deregistered
	update     int // times that DescribeServices shows a service as before UpdateService
	current    int // answers (UpdateService's first) in which currentServiceDeployment is blank
}

// tellLag sets them: lag register=2 update=3.
func tellLag(s *Server, l *sentence) error {
	var next lags
	for _, each := range []struct {
		key   string
		count *int
	}{{"register", &next.register}, {"deregister", &next.deregister}, {"update", &next.update}, {"current", &next.current}} {
		n, err := l.number(each.key, 0)
		if err != nil {
			return err
		}
		*each.count = n
	}
	s.lags = next
	return nil
}
