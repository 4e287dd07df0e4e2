package ecstest

import (
	"sync"
	"time"
)

// A Server is a simulated AWS account. It is an [http.Handler] that answers ECS, ECR and STS calls from memory.
//
// The zero value is not usable: call [New], then [Server.Tell] it a story. All methods may be called at any time, also
// while requests are being served.
type Server struct {
	mu      sync.Mutex
	clock   clock
	account string
	regions map[string]*region
	here    string              // the region that stories speak of
	there   string              // the cluster that stories spoke of last
	ids     uint64              // the last identifier given out
	bad     map[string]*ailment // by definition, image or digest
	step    time.Duration
	lags    lags
	limits  limiter
	latency time.Duration
	denied  []permission
	faults  []*fault
	plots   []*plot
	traffic traffic
	odd     oddities
	skew    time.Duration // of AWS's clock against the client's

	requiredTags     []string // tags without which RegisterTaskDefinition is denied
	tagsByRole       bool     // the role's own policy wants them
	remembersCurrent bool     // see RemembersCurrent
}

// A region holds everything that AWS keeps per account and region.
type region struct {
	server       *Server
	name         string
	clusters     map[string]*cluster
	clusterNames []string // in the order of creation
	families     map[string]*family
	repositories map[string]*repository // by registry id and name: 123456789012/web
	codedeploy   codedeploy
	buses        []*bus
	schedules    []*schedule
}

// New returns a server with an empty account, 123456789012, whose stories play in eu-west-1. Its clock stands still one
// hour before the present, and moves 5 s with every call that asks how services are doing: see the package comment.
func New() *Server {
	now := time.Now().UTC().Truncate(time.Second)
	return &Server{
		clock:   clock{base: now, now: now.Add(-time.Hour)},
		account: "123456789012",
		regions: map[string]*region{},
		here:    "eu-west-1",
		bad:     map[string]*ailment{},
		step:    5 * time.Second,
		lags:    usualLags,

		remembersCurrent: RemembersCurrent,
	}
}

// region returns the named region, empty when it is first asked for.
func (s *Server) region(name string) *region {
	rg := s.regions[name]
	if rg == nil {
		rg = &region{
			server:       s,
			name:         name,
			clusters:     map[string]*cluster{},
			families:     map[string]*family{},
			repositories: map[string]*repository{},
		}
		s.regions[name] = rg
	}
	return rg
}

// Now returns the simulated time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	return s.clock.now
}

// Advance moves the simulated time, and everything that is under way, forward by d.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	s.runTo(s.clock.now.Add(d))
}

// Running tells what the services of a cluster of the current region were last told to run: the definition of the
// PRIMARY deployment or task set, as web:3. Services that are INACTIVE are left out.
func (s *Server) Running(clusterName string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	running := map[string]string{}
	cl := s.region(s.here).clusters[clusterName]
	if cl == nil {
		return running
	}
	for _, name := range cl.serviceNames {
		sv := cl.services[name]
		if rev := sv.current(); rev != nil && sv.status != "INACTIVE" {
			running[name] = rev.definition.String()
		}
	}
	return running
}

// Unsteady names the services of a cluster of the current region that have not settled: a deployment is under way, or the
// PRIMARY one failed. It is empty when everything is steady.
func (s *Server) Unsteady(clusterName string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	var names []string
	cl := s.region(s.here).clusters[clusterName]
	if cl == nil {
		return nil
	}
	for _, name := range cl.serviceNames {
		if sv := cl.services[name]; sv.status == "ACTIVE" && !sv.steady() {
			names = append(names, name)
		}
	}
	return names
}

// Definition returns the body of a task definition of the current region as DescribeTaskDefinition would give it, with the
// tags beside it, and false if there is none. The name is web:3.
func (s *Server) Definition(name string) (body []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catchUp()
	d, err := s.region(s.here).definition(name)
	if err != nil || d == nil {
		return nil, false
	}
	return mustMarshal(d.view(true)), true
}
