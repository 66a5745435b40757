package repl

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/chzyer/readline"
)

// IsTerminal tells whether f is a terminal.
func IsTerminal(f *os.File) bool { return readline.IsTerminal(int(f.Fd())) }

// interactive reads commands with line editing, history and completion.
func (r *loop) interactive() error {
	rl, err := readline.NewEx(&readline.Config{
		Prompt:            r.prompt(),
		HistoryFile:       privateFile(r.cfg.History),
		HistoryLimit:      r.interp.HistorySize(),
		HistorySearchFold: true,
		AutoComplete:      completer{r},
		InterruptPrompt:   "^C",
		EOFPrompt:         "exit",
	})
	if err != nil {
		return err
	}
	defer rl.Close()
	r.save = func(line string) { _ = rl.SaveHistory(line) } // a full disk costs only that
	for {
		rl.SetPrompt(r.prompt())
		line, err := rl.Readline()
		if errors.Is(err, readline.ErrInterrupt) {
			continue
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.execute(line) {
			return nil
		}
	}
}

// completer adapts the interpreter's completion to readline's.
type completer struct{ r *loop }

// Do implements readline.AutoCompleter: the proposals are what is to be added behind pos.
func (c completer) Do(line []rune, pos int) (added [][]rune, length int) {
	text := string(line[:pos])
	words, start := c.r.interp.Complete(text)
	if start < 0 || start > len(text) {
		return nil, 0
	}
	typed := text[start:]
	for _, w := range words {
		if len(w) >= len(typed) && w[:len(typed)] == typed {
			added = append(added, []rune(w[len(typed):]))
		}
	}
	return added, len([]rune(typed))
}

// readHistory returns the lines that earlier sessions left, at most so many.
func readHistory(name string, most int) []string {
	if name == "" {
		return nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	return lines[max(len(lines)-most, 0):]
}

// privateFile makes a file that only its user can read, and returns its name; "" if that can't be.
func privateFile(name string) string {
	if name == "" {
		return ""
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return ""
	}
	defer f.Close()
	if f.Chmod(0o600) != nil {
		return ""
	}
	return name
}

// Width returns how many columns the terminal f has; 0 if it is none.
func Width(f *os.File) int {
	w, _ := Size(f)
	return w
}

// Size returns how many columns and rows the terminal f has; 0 if it is none.
func Size(f *os.File) (width, height int) {
	if !IsTerminal(f) {
		return 0, 0
	}
	w, h, err := readline.GetSize(int(f.Fd()))
	if err != nil {
		return 0, 0
	}
	return w, h
}
