package past

import "time"

// A Reason is why a plan does with a service what it does, or what one should know beside it: a code with its facts. Its
// sentence is made from them in one place, the files sentences_*.go.
type Reason struct {
	Code  Code
	Facts Facts
}

// A Code names a reason for programs. Codes do not change their meaning.
type Code string

// Facts are what a sentence is made of; each code uses some of them.
type Facts struct {
	From, To, Left string    // versions: what runs, what is to run, what was left
	Since, At      time.Time // moments; At is of what From replaces, or of what the sentence is about
	Until          time.Time // when what To says was replaced
	Names          []string
	Name           string
	Status         string
	Flags          string  // that name the cluster and the service to the AWS CLI
	Why            string  // somebody else's words
	Because        *Reason // why there is no better reason
	N              int

	because string // Because as text
}

// Text gives the sentence of a reason, at a moment.
func (r Reason) Text(now time.Time) string {
	f := r.Facts
	if f.Because != nil {
		f.because = f.Because.Text(now)
	}
	for _, s := range Sentences {
		if s.Code == r.Code {
			return s.text(f, now)
		}
	}
	return string(r.Code)
}

// Texts gives the sentences of several reasons.
func Texts(reasons []Reason, now time.Time) []string {
	var texts []string
	for _, r := range reasons {
		texts = append(texts, r.Text(now))
	}
	return texts
}

// A Sentence says how a code is put into words, and what a reader can do about it.
type Sentence struct {
	Code    Code
	Example string // the sentence with facts, for the list in the help
	Do      string // what to do; empty if there is nothing to do

	say func(f Facts, now time.Time) string // nil: the sentence has no facts, and is the example
}

func (s Sentence) text(f Facts, now time.Time) string {
	if s.say == nil {
		return s.Example
	}
	return s.say(f, now)
}
