// Command man writes the pages of the manual into a directory: go run ./scripts/internal/man man
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/cpuguy83/go-md2man/v2/md2man"

	"github.com/ecsundo/ecsundo/commands"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: man DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, p := range commands.Manual() {
		file := filepath.Join(dir, fmt.Sprintf("%s.%d", p.Name, p.Section))
		if err := os.WriteFile(file, md2man.Render([]byte(p.Text)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
