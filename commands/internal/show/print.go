package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// JSON writes a result for programs.
func JSON(w io.Writer, result any) error {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(result); err != nil {
		return err
	}
	_, err := io.WriteString(w, CleanJSON(b.String()))
	return err
}

// Text writes a result for people.
func Text(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}
