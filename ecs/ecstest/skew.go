package ecstest

import (
	"fmt"
	"net/http"
	"time"
)

// present is the time on AWS's own clock: the real one, and what a story's skew adds to it. Every answer has it as its Date.
func (s *Server) present() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().UTC().Add(s.skew)
}

// tolerance is how far the time of a signature may be from AWS's clock.
const tolerance = 5 * time.Minute

// checkTime refuses a request that was signed at quite another time than the present. A request without X-Amz-Date is let
// through, as signatures are not checked. The texts are AWS's own; the JSON services answer with status 400, STS with 403 and
// with another code. For Scheduler 403 is a guess.
func checkTime(r *http.Request, req request, present time.Time) error {
	const basic = "20060102T150405Z"
	signed, err := time.Parse(basic, r.Header.Get("X-Amz-Date"))
	if err != nil {
		return nil
	}
	e := &apiError{status: http.StatusBadRequest, code: "InvalidSignatureException"}
	switch req.service {
	case "sts":
		e.status, e.code = http.StatusForbidden, "SignatureDoesNotMatch"
	case "scheduler":
		e.status = http.StatusForbidden
	}
	switch earliest, latest := present.Add(-tolerance), present.Add(tolerance); {
	case signed.Before(earliest):
		e.message = fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - 5 min.)", signed.Format(basic), earliest.Format(basic), present.Format(basic))
	case signed.After(latest):
		e.message = fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + 5 min.)", signed.Format(basic), latest.Format(basic), present.Format(basic))
	default:
		return nil
	}
	return e
}

// tellSkew sets how much AWS's clock is ahead of the client's machine, or behind with -25m. What stories call now, and the
// simulated time, move along.
func tellSkew(s *Server, l *sentence) error {
	text, err := l.arg(0, "duration")
	if err != nil {
		return err
	}
	skew, err := parseDuration(text)
	if err != nil {
		return err
	}
	by := skew - s.skew
	if by < 0 && s.begun() {
		return fmt.Errorf("the clock does not go back: say it before anything is deployed")
	}
	s.skew, s.clock.base = skew, s.clock.base.Add(by)
	return s.goTo(s.clock.now.Add(by))
}
