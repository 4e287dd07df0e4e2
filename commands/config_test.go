package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
)

// The file that 'ecsundo help config' shows is a right one, with every key there is.
func TestConfigHelp(t *testing.T) {
	t.Parallel()
	topic, found := findTopic("config")
	if !found {
		t.Fatal("there is no topic config")
	}
	_, rest, _ := strings.Cut(topic.text, "```yaml\n")
	block, _, _ := strings.Cut(rest, "```")
	file := filepath.Join(t.TempDir(), "ecsundo.yml")
	if err := os.WriteFile(file, []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Read(namedFile(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range effectiveSettings(t.Context(), s)[1:] {
		if !strings.HasPrefix(e.from, file+":") {
			t.Errorf("%s is from %s", e.name, e.from)
		}
	}
}

// A namedFile is a command line that names a configuration file and says nothing else.
type namedFile string

func (f namedFile) IsSet(name string) bool { return name == "config" }

func (f namedFile) String(name string) string {
	if name == "config" {
		return string(f)
	}
	return ""
}

func (f namedFile) StringSlice(string) []string { return nil }
