package commands

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// A ManualPage is a page of the manual, as the Markdown that go-md2man reads.
type ManualPage struct {
	Name    string // ecsundo-cluster
	Section int    // 1: a command, 7: a topic
	Text    string
}

// Manual gives the pages of the manual: the overview, one for each command, and one for each topic.
func Manual() []ManualPage {
	tree := commandTree()
	pages := []ManualPage{manualOverview(tree)}
	for _, c := range tree {
		if !c.Hidden {
			pages = append(pages, manualOfCommand(c))
		}
	}
	for _, t := range topics() {
		pages = append(pages, manualOfTopic(t))
	}
	return pages
}

func manualPage(name string, section int, about string) (ManualPage, *strings.Builder) {
	p := ManualPage{Name: strings.ReplaceAll(program+" "+name, " ", "-"), Section: section}
	if name == "" {
		p.Name = program
	}
	b := &strings.Builder{}
	fmt.Fprintf(b, "%% %s %d\n\n# NAME\n\n%s - %s\n\n", p.Name, section, p.Name, escape(about))
	return p, b
}

func manualOverview(tree []*cli.Command) ManualPage {
	p, b := manualPage("", 1, "put Amazon ECS services back to what they ran before")
	about, _, _ := strings.Cut(introduction, "\nusage:")
	fmt.Fprintf(b, "# SYNOPSIS\n\n**%s** COMMAND [flags] [arguments]\n\n# DESCRIPTION\n\n%s\n# COMMANDS\n\n", program, escape(about))
	for _, c := range tree {
		if !c.Hidden {
			fmt.Fprintf(b, "**%s**(1)\n: %s\n\n", strings.ReplaceAll(program+" "+c.Name, " ", "-"), escape(c.Usage))
		}
	}
	b.WriteString("# TOPICS\n\n")
	for _, t := range topics() {
		fmt.Fprintf(b, "**%s-%s**(7)\n: %s\n\n", program, t.name, escape(t.title()))
	}
	fmt.Fprintf(b, "# NOTES\n%s", escape(conclusion))
	p.Text = b.String()
	return p
}

func manualOfCommand(c *cli.Command) ManualPage {
	p, b := manualPage(c.Name, 1, c.Usage)
	fmt.Fprintf(b, "# SYNOPSIS\n\n**%s %s** [flags] %s\n\n# DESCRIPTION\n\n%s\n", program, c.Name, escape(c.ArgsUsage), escape(c.Description))
	for _, g := range flagGroups {
		own := g.of(c)
		if len(own) > 0 {
			fmt.Fprintf(b, "# %s\n\n", strings.ToUpper(strings.TrimSuffix(g.title, ":")))
		}
		for _, f := range own {
			spelling, usage, _ := strings.Cut(describeFlag(f), "\t")
			fmt.Fprintf(b, "**%s**\n: %s\n\n", escape(strings.TrimSpace(spelling)), escape(usage))
		}
	}
	b.WriteString("# SEE ALSO\n\n**ecsundo**(1)")
	for _, name := range topicsOf[c.Name] {
		fmt.Fprintf(b, ", **%s-%s**(7)", program, name)
	}
	b.WriteString("\n")
	p.Text = b.String()
	return p
}

var topicLink = regexp.MustCompile(`\[[^\]]+\]\(([^):]+)\.md\)`)

func manualOfTopic(t topic) ManualPage {
	p, b := manualPage(t.name, 7, t.title())
	_, body, _ := strings.Cut(t.text, "\n")
	body = topicLink.ReplaceAllStringFunc(body, func(link string) string {
		return fmt.Sprintf("**%s-%s**(7)", program, path.Base(topicLink.FindStringSubmatch(link)[1]))
	})
	b.WriteString("# DESCRIPTION\n" + strings.ReplaceAll(withoutTables(body), "\n## ", "\n# ") + "\n# SEE ALSO\n\n**ecsundo**(1)\n")
	p.Text = b.String()
	return p
}

// withoutTables makes a list of each table: a terminal may be too narrow for one.
func withoutTables(markdown string) string {
	var b strings.Builder
	var header []string
	for l := range strings.Lines(markdown) {
		row := show.Cells(l)
		switch {
		case !strings.HasPrefix(l, "|"):
			header = nil
			b.WriteString(l)
		case header == nil:
			header = row
		case strings.Trim(l, "|- \n") != "":
			fmt.Fprintf(&b, "%s\n", row[0])
			for i, cell := range row[1:] {
				if name := header[i+1]; cell != "" && name != "" && len(row) > 2 {
					cell = name + ": " + cell
				}
				if cell != "" {
					fmt.Fprintf(&b, ": %s\n", cell)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// escape takes their meaning from the signs of Markdown in a plain text. Lines that are indented are code, and stay.
func escape(plain string) string {
	var b strings.Builder
	for l := range strings.Lines(plain) {
		if !strings.HasPrefix(l, "    ") {
			l = regexp.MustCompile("[*_`<>\\[\\]\\\\|]").ReplaceAllString(l, `\$0`)
		}
		b.WriteString(l)
	}
	return b.String()
}
