package repl

import (
	"fmt"
	"io"
	"os"
	"path"
	"sync"

	"github.com/chzyer/readline"

	"sphex/debugger"
)

// GuestOutput passes the program's output on and remembers whether it ended in the middle
// of a line.
type GuestOutput struct {
	W io.Writer

	mu   sync.Mutex
	open bool
}

// Write implements io.Writer.
func (g *GuestOutput) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, err := g.W.Write(p)
	if n > 0 {
		g.open = p[n-1] != '\n'
	}
	return n, err
}

// IsTerminal tells the program whether it writes to a terminal, which decides when it
// writes.
func (g *GuestOutput) IsTerminal() bool {
	f, ok := g.W.(*os.File)
	return ok && readline.IsTerminal(int(f.Fd()))
}

// typed tells that the user has ended a line.
func (g *GuestOutput) typed() {
	g.mu.Lock()
	g.open = false
	g.mu.Unlock()
}

// own writes lines of ours, behind the end of one that the program left open.
func (g *GuestOutput) own(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open {
		text = "\n" + text
		g.open = false
	}
	io.WriteString(g.W, text)
}

// freshLine ends a line that the program left open.
func (g *GuestOutput) freshLine() { g.own("") }

// Event prints what the session tells while the program runs: the messages of log points.
// It is for debugger.Config.
func (g *GuestOutput) Event(e debugger.Event) {
	if l, ok := e.(*debugger.LogOutput); ok {
		where := ""
		if l.Frame != nil && l.Frame.HasSource() {
			where = fmt.Sprintf("%s:%d: ", path.Base(l.Frame.File), l.Frame.Line)
		}
		g.own(where + l.Text + "\n")
	}
}
