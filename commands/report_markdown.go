package commands

import (
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes the report for a pull request or $GITHUB_STEP_SUMMARY.
func writeMarkdown(w io.Writer, r *report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s %s: %s\n\n", program, r.command, r.outcome())
	fmt.Fprintf(&b, "%s\n\n", markdown(r.sentence()))
	if len(r.steps()) > 0 {
		show := optional{commits: r.commits != nil, reasons: true}
		header := tableHeader(r, show)
		writeMarkdownRow(&b, header)
		b.WriteString(strings.Repeat("| --- ", len(header)) + "|\n")
		for _, p := range r.plans {
			for _, s := range p.Steps {
				writeMarkdownRow(&b, tableRow(r, p, s, false, show))
			}
		}
		b.WriteString("\n")
	}
	for _, s := range r.differing() {
		fmt.Fprintf(&b, "%s: %s → %s\n\n", markdown(s.Service), s.From.TaskDefinition, s.To.TaskDefinition)
		for _, line := range differences(s) {
			fmt.Fprintf(&b, "- %s\n", markdown(line))
		}
		b.WriteString("\n")
	}
	for _, line := range r.warnings() {
		fmt.Fprintf(&b, "- **%s**\n", markdown(line))
	}
	for _, line := range r.notes() {
		fmt.Fprintf(&b, "- %s\n", markdown(line))
	}
	if r.takeBack != "" {
		fmt.Fprintf(&b, "\nTo take it back: `%s`\n", clean(r.takeBack))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeMarkdownRow(b *strings.Builder, cells []any) {
	for _, cell := range cells {
		fmt.Fprintf(b, "| %s ", markdown(fmt.Sprint(cell)))
	}
	b.WriteString("|\n")
}

// markdown takes the meaning from what Markdown and HTML would take for their own, so that no name can form a link, an
// image or a mention.
func markdown(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", "|", `\|`, "[", `\[`, "`", "\\`", "*", `\*`, "_", `\_`, "@", "&#64;").Replace(clean(s))
}
