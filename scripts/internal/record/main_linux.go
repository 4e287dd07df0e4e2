// Command record runs commands on a terminal and makes an animated SVG of what they showed. It is run by scripts/record.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ecsundo/ecsundo/scripts/internal/terminal"
)

func main() {
	out := flag.String("o", "recording.svg", "the file to write")
	rows := flag.Int("rows", 26, "lines of the terminal")
	columns := flag.Int("columns", 92, "columns of the terminal")
	flag.Parse()
	if err := record(*out, *rows, *columns, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(out string, rows, columns int, commands []string) error {
	f := &film{screen: newScreen(rows, columns)}
	for _, command := range commands {
		f.prompt(command)
		if err := f.run(command); err != nil {
			return err
		}
	}
	f.write("$ ")
	f.hold(2 * time.Second)
	return os.WriteFile(out, f.svg(), 0o644)
}

// prompt shows the prompt on an empty screen, and the command as if somebody typed it.
func (f *film) prompt(command string) {
	f.write("\x1b[H\x1b[J$ ")
	f.hold(800 * time.Millisecond)
	for _, word := range strings.SplitAfter(command, " ") {
		f.write(word)
		f.hold(180 * time.Millisecond)
	}
	f.hold(500 * time.Millisecond)
	f.write("\r\n")
}

// run runs a command on a terminal and films it. Statuses do not matter: a command that is blocked is worth showing too.
func (f *film) run(command string) error {
	words := strings.Fields(command)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	near, err := terminal.Start(cmd, f.screen.rows, f.screen.columns)
	if err != nil {
		return err
	}
	defer near.Close()
	type piece struct {
		text []byte
		at   time.Time
	}
	pieces := make(chan piece)
	go func() {
		defer close(pieces)
		for {
			text := make([]byte, 8192)
			n, err := near.Read(text)
			if err != nil {
				return // the program has ended
			}
			pieces <- piece{text[:n], time.Now()}
		}
	}()
	last := time.Now()
	for p := range pieces {
		if pause := p.at.Sub(last); pause > 60*time.Millisecond {
			f.hold(min(pause, time.Second))
		}
		f.write(string(p.text))
		last = p.at
	}
	cmd.Wait() //nolint:errcheck // see above
	f.hold(4 * time.Second)
	return nil
}
