package repl

import (
	"errors"
	"io"
	"os"

	"github.com/chzyer/readline"
)

// IsTerminal tells whether f is a terminal.
func IsTerminal(f *os.File) bool { return readline.IsTerminal(int(f.Fd())) }

// interactive reads commands with line editing, history and completion.
func (r *loop) interactive() error {
	rl, err := readline.NewEx(&readline.Config{
		Prompt:            Prompt,
		HistoryFile:       r.cfg.History,
		HistorySearchFold: true,
		AutoComplete:      completer{r},
		InterruptPrompt:   "^C",
		EOFPrompt:         "exit",
	})
	if err != nil {
		return err
	}
	defer rl.Close()
	for {
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

// Width returns how many columns the terminal f has; 0 if it is none.
func Width(f *os.File) int {
	if !IsTerminal(f) {
		return 0
	}
	w, _, err := readline.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}
