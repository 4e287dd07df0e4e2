package commands

import (
	"fmt"
	"io"
	"strings"

	"github.com/ecsundo/ecsundo/commands/internal/show"
)

// writeMarkdown writes the report for a pull request or $GITHUB_STEP_SUMMARY.
func writeMarkdown(w io.Writer, r *report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s %s: %s\n\n", program, r.command, r.outcome())
	fmt.Fprintf(&b, "%s\n\n", show.Markdown(r.sentence()))
	if len(r.listed(r.steps())) > 0 {
		with := optional{commits: r.commits != nil, reasons: true}
		header := tableHeader(r, with)
		show.WriteRow(&b, header)
		b.WriteString(strings.Repeat("| --- ", len(header)) + "|\n")
		for _, p := range r.plans {
			for _, s := range r.listed(p.Steps) {
				show.WriteRow(&b, tableRow(r, p, s, false, with))
			}
		}
		b.WriteString("\n")
	}
	for _, s := range r.differing() {
		fmt.Fprintf(&b, "%s: %s → %s\n\n", show.Markdown(s.Service), s.From.TaskDefinition, s.To.TaskDefinition)
		for _, line := range differences(s) {
			fmt.Fprintf(&b, "- %s\n", show.Markdown(line))
		}
		b.WriteString("\n")
	}
	for _, line := range r.warnings() {
		fmt.Fprintf(&b, "- **%s**\n", show.Markdown(line))
	}
	for _, line := range r.troubles() {
		fmt.Fprintf(&b, "- %s\n", show.Markdown(line))
	}
	for _, line := range r.notes() {
		fmt.Fprintf(&b, "- %s\n", show.Markdown(line))
	}
	if r.takeBack != "" {
		fmt.Fprintf(&b, "\nTo take it back: %s\n", show.CodeSpan(show.Clean(r.takeBack)))
	}
	if on := r.watchOn(); on != "" {
		fmt.Fprintf(&b, "\n%s: %s\n", r.goingOn(), show.CodeSpan(show.Clean(on)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
