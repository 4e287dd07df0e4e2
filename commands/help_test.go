package commands

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ecsundo/ecsundo/commands/internal/settings"
	"github.com/ecsundo/ecsundo/commands/internal/show"
	reasons "github.com/ecsundo/ecsundo/ecs/past"
)

const reasonsFile = "help/reasons.md"

// reasonsPage is the topic reasons, which comes from the sentences themselves.
func reasonsPage() string {
	var b strings.Builder
	b.WriteString(`# Every reason, and what to do

The report gives a reason for each service, and notes. In JSON each reason has a code (` + "`reasonCode`, `errorCode`" + `). A code keeps its
meaning; its sentence may get better. The names in these sentences are examples.

| code | | what to do |
| --- | --- | --- |
`)
	for _, s := range reasons.Sentences {
		cells := []string{"`" + string(s.Code) + "`", s.Example, s.Do}
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		b.WriteString("| " + strings.TrimSpace(strings.Join(cells, " | ")) + " |\n")
	}
	return b.String()
}

// The topic reasons has every code, with its sentence. With -update, it is made so.
func TestHelpReasons(t *testing.T) {
	t.Parallel()
	if *update {
		if err := os.WriteFile(reasonsFile, []byte(reasonsPage()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(reasonsFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != reasonsPage() {
		t.Errorf("%s is not made from the sentences in ecs/past; see 'go test ./commands -run HelpReasons -update'", reasonsFile)
	}
	page, _ := findTopic("reasons")
	var shown bytes.Buffer
	if err := writeTopic(&shown, page); err != nil {
		t.Fatal(err)
	}
	for _, s := range reasons.Sentences {
		if !strings.Contains(shown.String(), "\n"+string(s.Code)+"\n") {
			t.Errorf("'ecsundo help reasons' does not list %s", s.Code)
		}
	}
}

// Every file is a topic, has a title that fits the list, and fits a window; its links lead to topics, and the flags and the commands
// that it names exist.
func TestHelpTopics(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("help/*.md")
	if err != nil || len(files) != len(topicNames) {
		t.Errorf("%d files for %d topics: %v", len(files), len(topicNames), err)
	}
	for _, topic := range topics() {
		if title := topic.title(); title == "" || len(title) > 60 {
			t.Errorf("%s: title %q", topic.name, title)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(topic.text, -1) {
			if _, err := os.Stat(filepath.Join("help", link[1])); err != nil {
				t.Errorf("%s: %v", topic.name, err)
			}
		}
		for columns, most := range map[int]int{0: 80, 60: 60, 80: 80, 200: 100} {
			shown := show.Page{Columns: columns}.Render(topic.text)
			for l := range strings.Lines(shown) {
				if n := len([]rune(strings.TrimSuffix(l, "\n"))); n > most && !strings.HasPrefix(l, "    ") && !strings.Contains(l, "://") {
					t.Errorf("%s, %d columns: %d: %s", topic.name, columns, n, l)
				}
			}
			if regexp.MustCompile("`|\\*\\*|\\]\\(|^#").MatchString(shown) {
				t.Errorf("%s shows signs of Markdown", topic.name)
			}
		}
		if topic.name != "reasons" && topic.name != "migrating" { // these also name flags of others
			for _, flag := range unknownFlags(topic.text) {
				t.Errorf("%s: no command has the flag %s", topic.name, flag)
			}
		}
	}
	for command, names := range topicsOf {
		if !slices.ContainsFunc(commandNames(), func(name string) bool { return name == command }) {
			t.Errorf("there is no command %q", command)
		}
		for _, name := range names {
			if _, ok := findTopic(name); !ok {
				t.Errorf("%s: there is no topic %q", command, name)
			}
		}
	}
}

// The topics environment and config have every setting, and the first no variable that does not exist.
func TestHelpSettings(t *testing.T) {
	t.Parallel()
	environment, _ := findTopic("environment")
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`ECSUNDO_[^|]*) \\|").FindAllStringSubmatch(environment.text, -1) {
		named = append(named, strings.Split(strings.ReplaceAll(row[1], "`", ""), ", ")...)
	}
	slices.Sort(named)
	if diff := cmp.Diff(settings.Variables(), named); diff != "" {
		t.Errorf("environment: -read +named\n%s", diff)
	}
	config, _ := findTopic("config")
	for _, variable := range settings.Variables() {
		key := strings.ReplaceAll(strings.TrimPrefix(variable, "ECSUNDO_"), "_", "")
		if key != "CONFIG" && !regexp.MustCompile(`(?mi)^`+key+`:`).MatchString(config.text) {
			t.Errorf("config: %s is not there", key)
		}
	}
	for _, form := range settings.Forms {
		if !regexp.MustCompile("ECSUNDO_OUTPUT.*`" + form + "`").MatchString(environment.text) {
			t.Errorf("environment: the output form %s is not there", form)
		}
	}
}

func commandNames() []string {
	var names []string
	for _, c := range commandTree() {
		names = append(names, c.Name)
	}
	return names
}

// unknownFlags gives those flags of ecsundo that a text names and no command has. What the line of another program names is that
// program's.
func unknownFlags(text string) []string {
	known := map[string]bool{"--version": true, "--help": true, "--": true}
	for _, c := range commandTree() {
		for _, f := range c.Flags {
			for _, name := range f.Names() {
				known["--"+name] = true
			}
		}
	}
	var unknown []string
	foreign := regexp.MustCompile(`(?m)\b(aws|gh|git|go|ecspresso|jq|docker|brew|apt) [^|'` + "`" + `]*`)
	for _, flag := range regexp.MustCompile(`--[a-z][a-z-]*`).FindAllString(foreign.ReplaceAllString(text, ""), -1) {
		if !known[flag] && !slices.Contains(unknown, flag) {
			unknown = append(unknown, flag)
		}
	}
	return unknown
}

// The help of a command begins with how it is called, one sentence, and examples; each flag stands in one group.
func TestCommandHelp(t *testing.T) {
	t.Parallel()
	for _, c := range commandTree() {
		var b bytes.Buffer
		if err := writeCommandHelp(&b, c); err != nil {
			t.Fatal(err)
		}
		first := fmt.Sprintf(`\Ausage: ecsundo %s \[flags\].*\n\n[A-Z][^\n]*[^.]\.\n\nExamples:\n\n    ecsundo %s`, c.Name, c.Name)
		if !regexp.MustCompile(first).Match(b.Bytes()) {
			t.Errorf("%s begins otherwise:\n%s", c.Name, b.String())
		}
		for _, f := range c.Flags {
			line := regexp.MustCompile(`(?m)^    .{4}--` + f.Names()[0] + `\b[^-\n]* `)
			if n := len(line.FindAll(b.Bytes(), -1)); n != 1 {
				t.Errorf("%s: --%s stands there %d times", c.Name, f.Names()[0], n)
			}
		}
	}
}
