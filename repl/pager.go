package repl

import (
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/chzyer/readline"
	"github.com/rivo/uniseg"
)

// Pager stops at each screenful of what one command prints, and asks whether to go on.
type Pager struct {
	out      io.Writer
	terminal *os.File // where keys come from
	size     func() (w, h int)
	on       func() bool

	mu     sync.Mutex
	column int  // of what was printed last
	lines  int  // since the screen was full
	free   bool // the rest of this command is printed without stops
	ended  bool // the rest of this command is not wanted
}

// NewPager makes one for the terminal, which keys come from as well. on tells whether it is wanted at the moment.
func NewPager(out io.Writer, on func() bool) *Pager {
	return &Pager{out: out, terminal: os.Stdin, size: func() (int, int) { return Size(os.Stdout) }, on: on}
}

// more is what it asks with.
const more = "--More-- (space: a screenful, enter: a line, q: no more, a: all)"

// Restart begins a new screenful: a command begins, or the program has run.
func (p *Pager) Restart() {
	p.mu.Lock()
	p.lines, p.column, p.free, p.ended = 1, 0, false, false // the command itself is a line
	p.mu.Unlock()
}

// End drops the rest of what the command prints.
func (p *Pager) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		io.WriteString(p.out, "\n")
	}
	p.ended = true
}

// Write implements io.Writer. What is not wanted any more is dropped.
func (p *Pager) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return len(b), nil
	}
	w, h := p.size()
	if p.free || w < 2 || h < 3 || !p.on() {
		return p.out.Write(b)
	}
	text := string(b)
	for text != "" && !p.ended {
		line, rest, ended := strings.Cut(text, "\n")
		p.column += width(line)
		rows := p.column / w // that it takes beside its last
		if p.column > 0 && p.column%w == 0 {
			rows--
		}
		if ended {
			rows++
			line += "\n"
		}
		if p.lines > 0 && p.lines+max(rows, 0) > h-1 && !p.free {
			p.ask(h)
			if p.ended {
				break
			}
		}
		if _, err := io.WriteString(p.out, line); err != nil {
			return 0, err
		}
		if ended {
			p.lines += rows
			p.column = 0
		}
		text = rest
	}
	return len(b), nil
}

// ask waits for a key.
func (p *Pager) ask(height int) {
	fd := int(p.terminal.Fd())
	old, err := readline.MakeRaw(fd)
	if err != nil {
		p.free = true
		return
	}
	io.WriteString(p.out, more)
	var key [1]byte
	for asking := true; asking; {
		if n, err := p.terminal.Read(key[:]); n == 0 || err != nil {
			p.ended = true
			break
		}
		asking = false
		switch key[0] {
		case 'q', 'Q', 3, 4, 27: // ^C, ^D, escape
			p.ended = true
		case '\r', '\n', 'j':
			p.lines = height - 2
		case 'a', 'c', 'G':
			p.free = true
		case ' ', 'f':
			p.lines = 0
		default:
			asking = true
		}
	}
	_ = readline.Restore(fd, old)
	io.WriteString(p.out, "\r"+strings.Repeat(" ", len(more))+"\r")
}

// width counts the columns of a line, without its escape codes.
func width(line string) int {
	n := 0
	for line != "" {
		if strings.HasPrefix(line, "\x1b[") {
			if i := strings.IndexFunc(line[2:], func(r rune) bool { return r >= '@' && r <= '~' }); i >= 0 {
				line = line[i+3:]
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(line)
		line = line[size:]
		switch {
		case r == '\t':
			n += 8 - n%8
		case r < 0x300:
			n++
		default: // two columns, or none
			n += uniseg.StringWidth(string(r))
		}
	}
	return n
}
