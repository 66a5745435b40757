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

// Reader reads lines from the terminal, with editing, history and completion.
type Reader struct{ rl *readline.Instance }

// NewReader makes one. The history is kept in a file that only its user can read, at most so many lines of it; "" keeps none. Complete
// proposes what may stand in place of the end of a line, from start on.
func NewReader(history string, most int, complete func(line string) (words []string, start int)) (*Reader, error) {
	rl, err := readline.NewEx(&readline.Config{
		Stdin:             readline.NewCancelableStdin(keyByKey{os.Stdin}),
		HistoryFile:       privateFile(history),
		HistoryLimit:      most,
		HistorySearchFold: true,
		AutoComplete:      completer(complete),
		InterruptPrompt:   "^C",
		EOFPrompt:         "exit",
	})
	if err != nil {
		return nil, err
	}
	return &Reader{rl}, nil
}

// keyByKey reads no further than what was asked for last: keys that are typed ahead may be for the program, the pager or
// the full-screen view, which read the terminal by themselves.
type keyByKey struct{ file *os.File }

// Read implements io.Reader.
func (k keyByKey) Read(p []byte) (int, error) { return k.file.Read(p[:min(len(p), 1)]) }

// Read asks for a line; an interrupt asks again. The error is io.EOF at the end of the input.
func (r *Reader) Read(prompt string) (string, error) {
	r.rl.SetPrompt(prompt)
	for {
		line, err := r.rl.Readline()
		if !errors.Is(err, readline.ErrInterrupt) {
			return line, err
		}
	}
}

// Save puts a line into the history that was typed elsewhere.
func (r *Reader) Save(line string) { _ = r.rl.SaveHistory(line) } // a full disk costs only that

// Close gives the terminal back.
func (r *Reader) Close() error { return r.rl.Close() }

// interactive reads commands from the terminal.
func (r *loop) interactive() error {
	reader, err := NewReader(r.cfg.History, r.interp.HistorySize(), r.interp.Complete)
	if err != nil {
		return err
	}
	defer reader.Close()
	r.save = reader.Save
	for {
		line, err := reader.Read(r.prompt())
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

// completer adapts completion to readline's.
type completer func(line string) (words []string, start int)

// Do implements readline.AutoCompleter: the proposals are what is to be added behind pos.
func (c completer) Do(line []rune, pos int) (added [][]rune, length int) {
	text := string(line[:pos])
	words, start := c(text)
	if start < 0 || start > len(text) {
		return nil, 0
	}
	typed := text[start:]
	for _, w := range words {
		if rest, ok := strings.CutPrefix(w, typed); ok {
			added = append(added, []rune(rest))
		}
	}
	return added, len([]rune(typed))
}

// History returns the lines that earlier sessions left in a file, at most so many.
func History(name string, most int) []string {
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
