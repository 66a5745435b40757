package repl

import (
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"sync"
	"time"

	"github.com/chzyer/readline"

	"sphex/debugger"
)

// GuestOutput passes the program's output on and remembers whether it ended in the middle
// of a line.
type GuestOutput struct {
	W io.Writer

	mu     sync.Mutex
	open   bool
	kept   []byte // lines of ours that wait for more of them, or for anything else to be written
	waking bool   // a timer will write them
}

// How much of our own lines waits, and how long.
const (
	mostKept = 32 << 10
	keptFor  = 40 * time.Millisecond
)

// keep writes a line of ours soon: a program may come to a log point a million times a second.
func (g *GuestOutput) keep(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open {
		g.kept = append(g.kept, '\n')
		g.open = false
	}
	g.kept = append(append(g.kept, text...), '\n')
	if len(g.kept) > mostKept {
		g.flush()
	} else if !g.waking {
		g.waking = true
		time.AfterFunc(keptFor, g.Flush)
	}
}

// Flush writes what waits.
func (g *GuestOutput) Flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waking = false
	g.flush()
}

// flush is Flush with mu held.
func (g *GuestOutput) flush() {
	if len(g.kept) > 0 {
		g.W.Write(g.kept)
		g.kept = g.kept[:0]
	}
}

// Write implements io.Writer.
func (g *GuestOutput) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flush()
	n, err := g.W.Write(p)
	if n > 0 {
		g.open = p[n-1] != '\n'
	}
	return n, err
}

// redirect makes W another writer, and returns the way back.
func (g *GuestOutput) redirect(w io.Writer) (back func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flush()
	old := g.W
	g.W, g.open = w, false
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.flush()
		g.W, g.open = old, false
	}
}

// IsTerminal tells the program whether it writes to a terminal, which decides when it
// writes.
func (g *GuestOutput) IsTerminal() bool {
	g.mu.Lock()
	f, ok := g.W.(*os.File)
	g.mu.Unlock()
	return ok && readline.IsTerminal(int(f.Fd()))
}

// typed tells that the user has ended a line.
func (g *GuestOutput) typed() {
	g.mu.Lock()
	g.flush()
	g.open = false
	g.mu.Unlock()
}

// own writes lines of ours, behind the end of one that the program left open.
func (g *GuestOutput) own(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flush()
	if g.open {
		text = "\n" + text
		g.open = false
	}
	io.WriteString(g.W, text)
}

// freshLine ends a line that the program left open.
func (g *GuestOutput) freshLine() { g.own("") }

// Event prints what the session tells while the program runs: the messages of log points, and threads.
// It is for debugger.Config.
func (g *GuestOutput) Event(e debugger.Event) {
	switch e := e.(type) {
	case *debugger.LogOutput:
		where := ""
		if e.Frame != nil && e.Frame.HasSource() {
			where = path.Base(e.Frame.File) + ":" + strconv.Itoa(e.Frame.Line) + ": "
		}
		g.keep(where + e.Text)
	case *debugger.ThreadStarted:
		g.keep(fmt.Sprintf("[thread %d begins]", e.ID))
	case *debugger.ThreadRefused:
		g.keep(fmt.Sprintf("[no thread could begin: %v]", e.Err))
	case *debugger.ThreadEnded:
		g.keep(fmt.Sprintf("[thread %d has ended]", e.ID))
	}
}
