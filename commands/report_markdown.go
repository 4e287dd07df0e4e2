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
	if len(r.listed(r.steps())) > 0 {
		show := optional{commits: r.commits != nil, reasons: true}
		header := tableHeader(r, show)
		writeMarkdownRow(&b, header)
		b.WriteString(strings.Repeat("| --- ", len(header)) + "|\n")
		for _, p := range r.plans {
			for _, s := range r.listed(p.Steps) {
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
		fmt.Fprintf(&b, "\nTo take it back: %s\n", codeSpan(clean(r.takeBack)))
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

// markdown takes the meaning from what Markdown and HTML would take for their own, so that no name, tag or error text can
// form a column, a link, an image, a mention or a reference to an issue.
func markdown(s string) string { return plainMarkdown.Replace(clean(s)) }

// An empty comment parts what forges look for only after the text has been unescaped.
var plainMarkdown = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", `\`, `\\`, "[", `\[`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`,
	"@", "@<!-- -->", "#", "#<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.")

// codeSpan shows a command as it is to be typed, whatever is in it.
func codeSpan(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}
