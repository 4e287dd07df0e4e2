package commands

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/line"
	"github.com/ecsundo/ecsundo/ecs"
)

// An instant is a time in the past that a user named: as such, or by its age.
type instant struct {
	time time.Time // in UTC
	aged bool      // given by its age, so that the same words mean another moment later
}

func (m instant) String() string { return m.time.Format(time.RFC3339Nano) }

const instantHint = "for example 45m, 2h, 3d, 1d12h, or 2026-11-22T14:10:00Z"

// parseInstant reads an age such as 45m, 2h, 3d or 1d12h, or an RFC 3339 time. A moment in the future is none.
func parseInstant(flag, s string, now time.Time) (instant, error) {
	if age, err := parseAge(s); err == nil {
		if age <= 0 {
			return instant{}, usagef(instantHint, "%s %q is not in the past", flag, s)
		}
		return instant{now.Add(-age).UTC().Truncate(time.Second), true}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	switch {
	case err != nil && strings.HasPrefix(s, "-"):
		return instant{}, usagef("an age needs no minus sign: "+strings.TrimLeft(s, "-"), "%s %q is in the future", flag, s)
	case err != nil:
		return instant{}, usagef(instantHint+", with its time zone", "%s %q is neither an age nor an RFC 3339 time", flag, s)
	case t.After(now.Add(wrongest)):
		return instant{}, future(flag, t, now)
	}
	return instant{t.UTC(), false}, nil
}

// wrongest is how far a machine's clock may be off before a time is refused that it takes to be in the future. Until then the
// clock of AWS decides.
const wrongest = 48 * time.Hour

func future(flag string, t, now time.Time) error {
	return usagef("it is "+now.UTC().Format(time.RFC3339)+" now; check the time zone", "%s %s is in the future", flag, t.Format(time.RFC3339))
}

// by gives the moment as the clock of AWS has it, which is ahead by skew: an age counts by that, and a time is the same.
func (m instant) by(skew time.Duration) instant {
	if m.aged {
		m.time = m.time.Add(skew).Truncate(time.Second)
	}
	return m
}

// notAfter refuses a time that is in the future by the clock of AWS.
func (m instant) notAfter(flag string, now time.Time) error {
	if !m.aged && m.time.After(now) {
		return future(flag, m.time, now)
	}
	return nil
}

var ages = regexp.MustCompile(`^(?:(\d{1,5})d)?((?:\d{1,7}h)?(?:\d{1,9}m)?(?:\d{1,9}s)?)$`)

// parseAge reads days, hours, minutes and seconds, in this order, each at most once.
func parseAge(s string) (time.Duration, error) {
	m := ages.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, errors.New("no age")
	}
	days, _ := strconv.Atoi(m[1]) // nothing is no days
	var rest time.Duration
	if m[2] != "" {
		var err error
		if rest, err = time.ParseDuration(m[2]); err != nil {
			return 0, err
		}
	}
	return time.Duration(days)*24*time.Hour + rest, nil
}

func asOfFlag() cli.Flag {
	return &cli.StringFlag{Name: "as-of", Usage: "deploy what ran at `TIME`: 45m, 2h, 3d or RFC 3339"}
}

// asOfPlanner plans to go to what ran at a moment. One that was given by its age only goes back: run again later, it must
// not bring a version that the service was taken back from meanwhile.
func asOfPlanner(m instant) ecs.Planner { return ecs.AsOfPlanner(m.time, m.aged) }

// note says which moment is meant, and for an age the command that means the same one whenever it is run.
func (m instant) note(typed []string) string {
	if !m.aged {
		return fmt.Sprintf("as of %s", m)
	}
	return fmt.Sprintf("as of %s; the same moment again: '%s'", m, line.Spell(line.WithoutFlag(line.WithValue(typed, "--as-of", m.String()), "--dry-run")))
}
