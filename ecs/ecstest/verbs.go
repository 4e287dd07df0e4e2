package ecstest

// A verb plays the lines that one line of a story expands to.
type verb func(s *Server, group []*sentence) error

var verbs = map[string]verb{
	// the world
	"account": each(tellAccount),
	"region":  each(tellRegion),
	"cluster": each(tellCluster),
	// time
	"clock":   each(tellClock),
	"at":      each(tellAt),
	"now":     each(tellNow),
	"advance": each(tellAdvance),
	"step":    each(tellStep),
	"speed":   each(tellSpeed),
	"skew":    each(tellSkew),
	"wait":    tellWait,
	// definitions and images
	"register":   each(tellRegister),
	"deregister": eachDefinition((*definition).deregister),
	"delete":     eachDefinition(tellDelete),
	"purge":      eachDefinition((*definition).purge),
	"bad":        each(tellBad),
	"good":       each(tellGood),
	"push":       each(tellPush),
	"untag":      each(tellUntag),
	"expire":     each(tellExpire),
	"archive":    each(tellStatus("ARCHIVED")),
	"activate":   each(tellStatus("ACTIVE")),
	// services
	"service":  each(tellService),
	"tag":      each(tellTag),
	"status":   each(tellServiceStatus),
	"desired":  each(tellDesired),
	"deploy":   tellDeploy,
	"force":    tellForce,
	"config":   tellConfig,
	"rollback": tellRollback,
	"stop":     tellStop,
	"alarm":    tellAlarm,
	"continue": tellContinue,
	"toolate":  each(tellTooLate),
	// what runs by the clock
	"rule":     each(tellRule),
	"schedule": each(tellSchedule),
	// history that is gone
	"forget":      each(tellForget),
	"remember":    each(tellRemember),
	"status-of":   each(tellStatusOf),
	"missing":     each(tellMissing),
	"unsupported": each(tellUnsupported),
	// trouble
	"deny":        each(tellDeny),
	"allow":       each(tellAllow),
	"fault":       each(tellFault),
	"when":        each(tellWhen),
	"heal":        each(tellHeal),
	"odd":         each(tellOdd),
	"require-tag": each(tellRequireTag),
	"lag":         each(tellLag),
	"throttle":    each(tellThrottle),
	"latency":     each(tellLatency),
}

// each makes a verb of a function that plays one line.
func each(tell func(*Server, *sentence) error) verb {
	return func(s *Server, group []*sentence) error {
		for _, l := range group {
			if err := tell(s, l); err != nil {
				return err
			}
		}
		return nil
	}
}
