package snapshot

import (
	"bytes"
	"regexp"
)

// portionSize is how much of a large file is parsed at a time. The parser holds some fifteen times as much.
const portionSize = 1 << 20

var servicesRE = regexp.MustCompile(`(?m)^services:\n`)

// readPortions reads a large file as it is written by [Encode] with its services in portions, so that not all of them are in memory as
// a tree. It reports false for every other file, and for one in which anything is wrong: that is for who reads it as a whole to say.
func (s *Snapshot) readPortions(text []byte, size int) bool {
	key := servicesRE.FindIndex(text)
	if len(text) < 2*size || key == nil {
		return false
	}
	services := text[key[1]:]
	end := topLevel(services)
	head := append(bytes.Clone(text[:key[0]]), "services: {}\n"...)
	root, err := parse(append(head, services[end:]...))
	if err != nil || s.read(root) != nil {
		return false
	}
	for services = services[:end]; len(services) > 0; {
		n := nextService(services, size)
		more := &Snapshot{Region: s.Region, Account: s.Account}
		root, err := parse(append([]byte("services:\n"), services[:n]...))
		if err != nil || more.readServices(root.Content[1]) != nil {
			return false
		}
		for name, service := range more.Services {
			if _, twice := s.Services[name]; twice {
				return false
			}
			s.Services[name] = service
		}
		s.Region, s.Account, services = more.Region, more.Account, services[n:]
	}
	return s.check() == nil
}

// topLevel gives where the first line begins that is not indented.
func topLevel(text []byte) int {
	for at := 0; at < len(text); {
		if text[at] != ' ' {
			return at
		}
		next := bytes.IndexByte(text[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return len(text)
}

// nextService gives where the first service begins behind a portion.
func nextService(text []byte, size int) int {
	for at := min(size, len(text)); at < len(text); {
		next := bytes.Index(text[at:], []byte("\n  "))
		if next < 0 {
			break
		}
		at += next + 1
		if at+2 < len(text) && text[at+2] != ' ' {
			return at
		}
	}
	return len(text)
}
