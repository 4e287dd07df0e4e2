package ecstest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// world is the region that the story speaks of.
func (s *Server) world() *region { return s.region(s.here) }

func tellAccount(s *Server, l *sentence) error {
	account, err := l.arg(0, "account")
	if err == nil && (len(account) != 12 || strings.Trim(account, "0123456789") != "") {
		return fmt.Errorf("%q is not an account: it has 12 digits", account)
	}
	if len(s.regions) > 0 {
		return fmt.Errorf("the account must come before everything else")
	}
	s.account = account
	return err
}

func tellRegion(s *Server, l *sentence) error {
	name, err := l.arg(0, "region")
	if err != nil {
		return err
	}
	s.here = name
	s.region(name)
	return nil
}

func tellCluster(s *Server, l *sentence) error {
	name, err := l.arg(0, "cluster")
	if err != nil {
		return err
	}
	if !nameRE.MatchString(name) {
		return fmt.Errorf("%q is not a name", name)
	}
	s.world().addCluster(name)
	s.there = name
	return nil
}

// begun reports whether something has a date already, so that the clock cannot go back.
func (s *Server) begun() bool {
	for _, rg := range s.regions {
		for _, cl := range rg.clusters {
			for _, sv := range cl.services {
				if sv.newest() != nil || len(sv.taskSets) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// goTo moves the clock to t, playing what happens until then.
func (s *Server) goTo(t time.Time) error {
	if t.Before(s.clock.now) && s.begun() {
		return fmt.Errorf("it is %s already: the clock does not go back", s.clock.now.Format(time.RFC3339))
	}
	if t.Before(s.clock.now) {
		s.clock.now = t
	}
	s.runTo(t)
	return nil
}

func tellClock(s *Server, l *sentence) error {
	text, err := l.arg(0, "time")
	if err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return err
	}
	s.clock.base = t.UTC()
	return s.goTo(t.UTC().Add(-time.Hour))
}

func tellAt(s *Server, l *sentence) error {
	text, err := l.arg(0, "time")
	if err != nil {
		return err
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return s.goTo(t.UTC())
	}
	d, err := parseDuration(text)
	if err != nil {
		return err
	}
	return s.goTo(s.clock.base.Add(d))
}

// tellNow brings the clock to the present, unless the story has gone beyond it.
func tellNow(s *Server, _ *sentence) error {
	s.runTo(s.clock.base)
	return nil
}

func tellAdvance(s *Server, l *sentence) error {
	text, err := l.arg(0, "duration")
	if err != nil {
		return err
	}
	d, err := parseDuration(text)
	if err == nil {
		s.runTo(s.clock.now.Add(d))
	}
	return err
}

func tellStep(s *Server, l *sentence) error {
	text, err := l.arg(0, "duration")
	if err != nil {
		return err
	}
	s.step, err = parseDuration(text)
	return err
}

func tellSpeed(s *Server, l *sentence) error {
	text, err := l.arg(0, "factor")
	if err != nil {
		return err
	}
	factor, err := strconv.ParseFloat(text, 64)
	if err != nil || factor < 0 {
		return fmt.Errorf("%q is not a factor", text)
	}
	s.setSpeed(factor)
	return nil
}
