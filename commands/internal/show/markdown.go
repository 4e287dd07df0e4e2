package show

import (
	"fmt"
	"strings"
)

// WriteRow writes a row of a table in Markdown.
func WriteRow(b *strings.Builder, cells []any) {
	for _, cell := range cells {
		fmt.Fprintf(b, "| %s ", Markdown(fmt.Sprint(cell)))
	}
	b.WriteString("|\n")
}

// Markdown takes the meaning from what Markdown and HTML would take for their own, so that no name, tag or error text can
// form a column, a link, an image, a mention or a reference to an issue.
func Markdown(s string) string { return plainMarkdown.Replace(Clean(s)) }

// An empty comment parts what forges look for only after the text has been unescaped.
var plainMarkdown = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", `\`, `\\`, "[", `\[`, "`", "\\`", "*", `\*`, "_", `\_`, "~", `\~`,
	"@", "@<!-- -->", "#", "#<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.")

// CodeSpan shows a command as it is to be typed, whatever is in it.
func CodeSpan(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}
