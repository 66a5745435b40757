//go:build unix

package repl

import (
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// GuestInput lends the terminal to the program: it reads only while the program runs. A
// read that the user interrupted waits until the program goes on, and leaves what is typed
// meanwhile to the prompt.
type GuestInput struct {
	file *os.File
	out  *GuestOutput

	mu    sync.Mutex
	moved sync.Cond // of mu: open or reads changed
	open  bool
	reads int // counts calls of Read: the last one is the running program's

	typedElsewhere bool // not at the terminal: fed holds what was
	fed            []byte
	fedEnd         bool // there will be no more
}

// elsewhere takes the terminal away: what the program reads comes by feed from now on. It returns the way back.
func (g *GuestInput) elsewhere() (back func()) {
	set := func(on bool) {
		g.mu.Lock()
		g.typedElsewhere, g.fed, g.fedEnd = on, nil, false
		g.mu.Unlock()
		g.moved.Broadcast()
	}
	set(true)
	return func() { set(false) }
}

// feed gives the program a line; end says that its input ends with that.
func (g *GuestInput) feed(line []byte, end bool) {
	g.mu.Lock()
	g.fed = append(g.fed, line...)
	g.fedEnd = g.fedEnd || end
	g.mu.Unlock()
	g.moved.Broadcast()
}

// NewGuestInput lends a terminal; out is where the program writes to it.
func NewGuestInput(f *os.File, out *GuestOutput) *GuestInput {
	g := &GuestInput{file: f, out: out}
	g.moved.L = &g.mu
	return g
}

// lend gives the terminal to the program, or takes it back.
func (g *GuestInput) lend(open bool) {
	g.mu.Lock()
	g.open = open
	g.mu.Unlock()
	g.moved.Broadcast()
}

// pollTime bounds, in milliseconds, how long a read looks at the terminal before it looks
// whether it still may.
const pollTime = 100

// IsTerminal tells the program that it reads from a terminal.
func (g *GuestInput) IsTerminal() bool { return true }

// Read implements io.Reader. A new call ends an old one: a guest has one thread, so the old
// one is of a run that was left in it.
func (g *GuestInput) Read(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reads++
	mine := g.reads
	g.moved.Broadcast()
	for {
		for !g.open && mine == g.reads {
			g.moved.Wait()
		}
		if mine != g.reads {
			return 0, io.EOF
		}
		if g.typedElsewhere {
			if len(g.fed) > 0 {
				n := copy(p, g.fed)
				g.fed = g.fed[n:]
				return n, nil
			}
			if g.fedEnd {
				g.fedEnd = false // as a terminal, it may be read again
				return 0, io.EOF
			}
			g.moved.Wait()
			continue
		}
		g.mu.Unlock()
		ready, err := g.ready(pollTime)
		g.mu.Lock()
		if err != nil {
			return 0, err
		}
		if !ready || !g.open || mine != g.reads {
			continue
		}
		// Nobody else reads while we hold the lock and the terminal is lent, so this
		// doesn't block.
		if ready, err = g.ready(0); ready {
			n, err := g.file.Read(p)
			for i := range p[:n] { // enter, when it was typed ahead at the prompt
				if p[i] == '\r' {
					p[i] = '\n'
				}
			}
			if n > 0 && p[n-1] == '\n' {
				g.out.typed() // the terminal has echoed it
			}
			return n, err
		} else if err != nil {
			return 0, err
		}
	}
}

// ready tells whether a read would not block.
func (g *GuestInput) ready(milliseconds int) (bool, error) {
	fds := []unix.PollFd{{Fd: int32(g.file.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, milliseconds)
	if errors.Is(err, unix.EINTR) {
		return false, nil
	}
	return n > 0, err
}
