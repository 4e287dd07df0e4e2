package commands

import (
	"embed"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// The topics of the help are Markdown, to be read here, in a manual page, or on the web.
//
//go:embed help/*.md
var topicFiles embed.FS

// A topic is a page of the help that is about no command in particular.
type topic struct {
	name string
	text string // in Markdown
}

// title is what the page is about, in a few words.
func (t topic) title() string {
	first, _, _ := strings.Cut(t.text, "\n")
	return strings.TrimLeft(first, "# ")
}

// topicNames are those of the topics, in the order in which the help lists them.
var topicNames = []string{
	"previous", "reasons", "exit-status", "snapshots", "schedules", "ci", "config", "environment", "iam", "security", "limits", "json", "migrating",
}

func topics() []topic {
	var all []topic
	for _, name := range topicNames {
		text, err := topicFiles.ReadFile("help/" + name + ".md")
		if err != nil {
			panic(err) // embedded, and a test reads all
		}
		all = append(all, topic{name: name, text: string(text)})
	}
	return all
}

// findTopic gives the topic of a name.
func findTopic(name string) (topic, bool) {
	for _, t := range topics() {
		if t.name == name {
			return t, true
		}
	}
	return topic{}, false
}

// writeTopic lays a topic out for a reader.
func writeTopic(w io.Writer, t topic) error {
	page := show.Page{Columns: show.Width(w), Colour: show.Colourful(w, false), Link: func(file string) string {
		return fmt.Sprintf("'%s help %s'", program, strings.TrimSuffix(path.Base(file), ".md"))
	}}
	_, err := io.WriteString(w, page.Render(t.text))
	return err
}

// topicsOf names the topics that belong to a command.
var topicsOf = map[string][]string{
	"cluster":           {"previous", "ci", "reasons", "exit-status", "iam"},
	"cluster snapshot":  {"snapshots", "security"},
	"cluster snapshots": {"snapshots"},
	"cluster restore":   {"snapshots", "reasons", "exit-status"},
	"cluster history":   {"previous", "iam"},
	"service":           {"previous", "ci", "reasons", "exit-status", "iam"},
	"service history":   {"previous", "reasons"},
	"clusters":          {"iam"},
	"config":            {"config", "environment"},
}
