// Package snapshot keeps what the services of a cluster run: as a YAML file that people can read, diff and edit, in a
// directory or in an S3 bucket that a team and its CI share.
//
// [Encode] and [Decode] are the format, [Open] gives a [Store], [Find] loads what a user named on the command line. The
// package makes no ECS calls and prints nothing. What it reads it does not trust: a bucket has many writers.
package snapshot

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Version is the version of the format that this package writes and reads.
const Version = 1

// MaxSize is the most bytes a snapshot may have: 5,000 services with a definition of 6 KB each. What is larger is
// refused before it is read, see [ErrTooLarge].
const MaxSize = 32 << 20

// A Snapshot is what the services of one cluster ran at one time.
//
// Cluster, Region and Account may be empty in a snapshot written by hand, and Cluster also in one of 2018; in those that
// [Store.Save] writes they are not.
type Snapshot struct {
	Cluster string
	Region  string
	Account string    // twelve digits
	TakenAt time.Time // zero if written by hand or in 2018; a name in a store holds it to the second
	TakenBy string    // the ARN of who took it, empty if not known

	Services map[string]Service // by name

	// Schedules are what runs tasks in the cluster by the clock or at events, by the names that plans have for it: schedule/NAME,
	// rule/NAME. Nil: nobody looked. Their images are not recorded, nor is what rolls out; a task definition without a revision is
	// the newest of its family.
	Schedules map[string]Service
}

// A Service is what one service ran: the last version that was good.
type Service struct {
	TaskDefinition string            // web:42; an ARN is cut to this when read
	Images         map[string]string // container → reference, with the digest that ran if known: repo:tag@sha256:…
	RollingTo      string            // the task definition that was rolling out, empty if none was

	// ServiceRevision is the ARN of ECS's record of how the service was configured, beside its version; empty if it was not noted.
	ServiceRevision string

	// Definition is the whole task definition as a JSON object with the keys that AWS prints, and its tags; nil unless
	// asked for, since it may hold secrets in plain environment variables. Encode sorts its keys.
	Definition json.RawMessage
}

// A Place is where a store keeps the snapshots of one cluster.
type Place struct {
	Account string
	Region  string
	Cluster string
}

// Place gives the place that s belongs to.
func (s *Snapshot) Place() Place {
	return Place{Account: s.Account, Region: s.Region, Cluster: s.Cluster}
}

// elements gives the place as three elements of a path or key, which hold no separators and no dots.
func (p Place) elements() ([]string, error) {
	for _, err := range []error{checkAccount(p.Account), checkRegion(p.Region), checkName("cluster")(p.Cluster)} {
		if err != nil {
			return nil, err
		}
	}
	return []string{p.Account, p.Region, p.Cluster}, nil
}

var (
	nameRE    = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	regionRE  = regexp.MustCompile(`^[a-z0-9-]+$`)
	accountRE = regexp.MustCompile(`^[0-9]{12}$`)
	taskRE    = regexp.MustCompile(`^[A-Za-z0-9_-]+:[1-9][0-9]{0,8}$`)
	taskARNRE = regexp.MustCompile(`^arn:([a-z0-9-]+):ecs:([a-z0-9-]+):([0-9]{12}):task-definition/(.+)$`)
	imageRE   = regexp.MustCompile(`^[!-?A-~]+(@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?$`)
	unitRE    = regexp.MustCompile(`^(schedule|rule)/[A-Za-z0-9._/#-]+$`)
	familyRE  = regexp.MustCompile(`^[A-Za-z0-9_-]+(:[1-9][0-9]{0,8})?$`)
	printRE   = regexp.MustCompile(`^[[:print:]]+$`)
)

// check reports the first rule of the format that s breaks. Decode keeps the same rules with a line number.
func (s *Snapshot) check() error {
	if !s.TakenAt.IsZero() {
		if _, err := s.Place().elements(); err != nil {
			return fmt.Errorf("a snapshot with a time needs its place: %w", err)
		}
		if !writable(s.TakenAt) {
			return fmt.Errorf("takenAt: the year %d cannot be written", s.TakenAt.Year())
		}
	}
	for _, err := range []error{
		unless(s.Cluster == "", checkName("cluster")(s.Cluster)),
		unless(s.Region == "", checkRegion(s.Region)),
		unless(s.Account == "", checkAccount(s.Account)),
		unless(s.TakenBy == "", checkTakenBy(s.TakenBy)),
	} {
		if err != nil {
			return err
		}
	}
	for name, service := range s.Services {
		if err := checkName("service")(name); err != nil {
			return err
		}
		if err := service.check(); err != nil {
			return fmt.Errorf("service %q: %w", name, err)
		}
	}
	for name, schedule := range s.Schedules {
		if err := checkUnit(name); err != nil {
			return err
		}
		if err := checkFamily("taskDefinition")(schedule.TaskDefinition); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if schedule.Images != nil || schedule.RollingTo != "" || schedule.ServiceRevision != "" {
			return fmt.Errorf("%s: a schedule has no images, no rollingTo and no serviceRevision", name)
		}
	}
	return nil
}

func (s Service) check() error {
	if err := checkTask("taskDefinition")(s.TaskDefinition); err != nil {
		return err
	}
	if err := unless(s.RollingTo == "", checkTask("rollingTo")(s.RollingTo)); err != nil {
		return err
	}
	if err := unless(s.ServiceRevision == "", checkRevision(s.ServiceRevision)); err != nil {
		return err
	}
	for container, image := range s.Images {
		if err := checkName("container")(container); err != nil {
			return err
		}
		if err := checkImage(image); err != nil {
			return err
		}
	}
	return nil
}

// writable reports whether RFC 3339 can hold a time.
func writable(t time.Time) bool {
	year := t.UTC().Year()
	return 1 <= year && year <= 9999
}

func unless(skip bool, err error) error {
	if skip {
		return nil
	}
	return err
}

// checkName gives the rule of ECS for the names of clusters, services, families and containers.
func checkName(what string) func(string) error {
	return func(s string) error {
		if len(s) > 255 || !nameRE.MatchString(s) {
			return fmt.Errorf("%s %q: not 1 to 255 letters, digits, hyphens and underscores", what, brief(s))
		}
		return nil
	}
}

func checkRegion(s string) error {
	if len(s) > 64 || !regionRE.MatchString(s) {
		return fmt.Errorf("region %q: not the name of a region, such as eu-west-1", brief(s))
	}
	return nil
}

func checkAccount(s string) error {
	if !accountRE.MatchString(s) {
		return fmt.Errorf("account %q: not twelve digits", brief(s))
	}
	return nil
}

func checkTask(what string) func(string) error {
	return func(s string) error {
		if family, _, _ := strings.Cut(s, ":"); len(family) > 255 || !taskRE.MatchString(s) {
			return fmt.Errorf("%s %q: write it as web:42 or as the ARN of a task definition", what, brief(s))
		}
		return nil
	}
}

// checkFamily is checkTask for what may leave the revision out.
func checkFamily(what string) func(string) error {
	return func(s string) error {
		if family, _, _ := strings.Cut(s, ":"); len(family) > 255 || !familyRE.MatchString(s) {
			return fmt.Errorf("%s %q: write it as web:42, as web, or as the ARN of a task definition", what, brief(s))
		}
		return nil
	}
}

func checkRevision(s string) error {
	if len(s) > 1024 || !printRE.MatchString(s) {
		return fmt.Errorf("serviceRevision %q: not 1 to 1024 printable ASCII characters", brief(s))
	}
	return nil
}

func checkUnit(s string) error {
	if len(s) > 512 || !unitRE.MatchString(s) {
		return fmt.Errorf("schedule %q: write it as schedule/NAME or rule/NAME", brief(s))
	}
	return nil
}

func checkImage(s string) error {
	if len(s) > 1024 || !imageRE.MatchString(s) {
		return fmt.Errorf("image %q: not an image reference, such as repo:tag@sha256: and 64 hex digits", brief(s))
	}
	return nil
}

func checkTakenBy(s string) error {
	if len(s) > 2048 || !printRE.MatchString(s) {
		return fmt.Errorf("takenBy %q: not 1 to 2048 printable ASCII characters", brief(s))
	}
	return nil
}

// brief keeps a value that breaks a rule from filling the screen.
func brief(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
