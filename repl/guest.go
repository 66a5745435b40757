package repl

import (
	"io"
	"sync"
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

// midLine tells whether a line is open, and forgets it.
func (g *GuestOutput) midLine() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	open := g.open
	g.open = false
	return open
}
