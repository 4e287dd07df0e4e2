package ecs

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/ecs/past"
)

// readHistories reads stories with what is the right thing to do about them from a file. Each begins with "== NAME". Indented lines are
// the story; the others say
//
//	with again guess named strict no-pin whole no-check    flags, and whether the service is asked for by name
//	to 4 · restore web:2 · sidecar GLOB                    what else is asked for
//	wants undo web:1                                       the decision and its target
//	sends UpdateService                                    the calls that change something; none if not said
//	ends web:3 · state failed                              what runs in the end, and how the step ends, if that does not follow
//	moves on                                               a second run does something as well
//	says TEXT · does not say TEXT                          in reason or notes
func readHistories(t *testing.T, file string) []history {
	t.Helper()
	text, err := os.ReadFile("testdata/histories/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var all []history
	for n, line := range strings.Split(string(text), "\n") {
		if name, begins := strings.CutPrefix(line, "== "); begins {
			all = append(all, history{name: name})
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if len(all) == 0 {
			t.Fatalf("%s:%d: no story has begun", file, n+1)
		}
		if err := all[len(all)-1].read(line); err != nil {
			t.Fatalf("%s:%d: %v", file, n+1, err)
		}
	}
	return all
}

func (h *history) read(line string) error {
	if story, ok := strings.CutPrefix(line, "  "); ok {
		h.story += story + "\n"
		return nil
	}
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "with":
		return h.readFlags(strings.Fields(rest))
	case "to":
		h.to = rest
	case "restore":
		h.restore = rest
	case "sidecar":
		h.sidecars = append(h.sidecars, rest)
	case "wants":
		action, to, _ := strings.Cut(rest, " ")
		h.action, h.want = past.Action(action), to
	case "sends":
		h.writes = rest
	case "ends":
		h.ends = rest
	case "state":
		h.state = State(rest)
	case "moves":
		h.moves = true
	case "says":
		h.words = append(h.words, rest)
	case "does":
		h.not = append(h.not, strings.TrimPrefix(rest, "not say "))
	default:
		return fmt.Errorf("%q says nothing", word)
	}
	return nil
}

func (h *history) readFlags(names []string) error {
	flags := map[string]*bool{
		"again": &h.again, "guess": &h.guess, "named": &h.named, "strict": &h.strict, "no-pin": &h.noPin, "whole": &h.whole, "no-check": &h.noCheck,
	}
	for _, name := range names {
		if flags[name] == nil {
			return fmt.Errorf("no flag %q", name)
		}
		*flags[name] = true
	}
	return nil
}

func runHistories(t *testing.T, all []history) {
	for _, h := range all {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.run(t)
		})
	}
}
