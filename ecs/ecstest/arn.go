package ecstest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// partition tells the ARN partition and the DNS suffix that a region belongs to.
func partition(region string) (name, suffix string) {
	for _, p := range [][3]string{
		{"cn-", "aws-cn", "amazonaws.com.cn"},
		{"us-gov-", "aws-us-gov", "amazonaws.com"},
		{"eusc-", "aws-eusc", "amazonaws.eu"},
		{"us-iso-", "aws-iso", "c2s.ic.gov"},
		{"us-isob-", "aws-iso-b", "sc2s.sgov.gov"},
		{"eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"},
		{"us-isof-", "aws-iso-f", "csp.hci.ic.gov"},
	} {
		if strings.HasPrefix(region, p[0]) {
			return p[1], p[2]
		}
	}
	return "aws", "amazonaws.com"
}

// arn makes the ARN of an ECS resource of this region: arn("cluster/prod").
func (rg *region) arn(resource string) string {
	part, _ := partition(rg.name)
	return fmt.Sprintf("arn:%s:ecs:%s:%s:%s", part, rg.name, rg.server.account, resource)
}

// local cuts an ARN of this region and account down to its resource. It reports false for any other ARN, and returns what
// is no ARN as it is.
func (rg *region) local(ref string) (resource string, ok bool) {
	if !strings.HasPrefix(ref, "arn:") {
		return ref, true
	}
	return strings.CutPrefix(ref, rg.arn(""))
}

// number returns the next identifier as a number that looks random and is the same in every run.
func (s *Server) number() uint64 {
	s.ids++
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], s.ids)
	sum := sha256.Sum256(b[:])
	return binary.BigEndian.Uint64(sum[:8])
}

// digits returns a new identifier of 19 decimal digits, as deployments and service revisions have.
func (s *Server) digits() string { return fmt.Sprintf("%019d", s.number()%1e19) }

// token returns a new identifier like NCWGC2ZR-taawPAYrIaU5, as service deployments have.
func (s *Server) token() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], s.number())
	binary.BigEndian.PutUint64(b[8:], s.number())
	return base64.RawURLEncoding.EncodeToString(b[:])[:21]
}

// hex32 returns a new identifier of 32 hexadecimal digits, as tasks and images have.
func (s *Server) hex32() string { return fmt.Sprintf("%016x%016x", s.number(), s.number()) }

// Digest returns the image digest that a story's short word stands for: Digest("a1") is what `push web:v1 a1` means. A
// whole digest is returned as it is.
func Digest(word string) string {
	if strings.HasPrefix(word, "sha256:") && len(word) == len("sha256:")+64 {
		return word
	}
	sum := sha256.Sum256([]byte(word))
	return "sha256:" + hex.EncodeToString(sum[:])
}

var nameRE = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// epoch is a time in an answer: seconds since 1970 with a fraction, the way awsJson has it.
type epoch time.Time

// MarshalJSON writes the seconds with three decimals.
func (e epoch) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%.3f", float64(time.Time(e).UnixMilli())/1000), nil
}

// setTime puts a time into an answer, unless it has not come.
func setTime(o object, name string, t time.Time) {
	if !t.IsZero() {
		o[name] = epoch(t)
	}
}

// setText puts a text into an answer, unless it is empty.
func setText(o object, name, text string) {
	if text != "" {
		o[name] = text
	}
}
