package tui

import (
	"context"
	"io"
	"sync"

	"sphex/debugger"
	"sphex/debugger/command"
)

// Backend is the session that the view shows: one of this process (Local), or one at the other end of a connection. The view's
// worker calls it, and Pause anybody.
type Backend interface {
	// Open begins the view: from now on what commands print goes to out, with colours or without, running is told
	// when the program runs and when it stands again, and layout what the commands tui and layout are asked for. The way back is
	// as it was before.
	Open(out io.Writer, colour bool, running func(bool), layout func(name string) error) (back func())
	// Execute runs a command. What it returns is what the person is to read, and command.ErrQuit.
	Execute(line string) error
	// Panes returns what there is to show. The program stands.
	Panes(w command.PanesWanted) (*command.Panes, error)
	// Complete proposes what may stand in place of the end of a line, from start on.
	Complete(line string) (words []string, start int)
	// Pause stops the program, if it runs, or else what a command waits for.
	Pause()
}

// Local is the session of an interpreter in this process.
type Local struct {
	Interp *command.Interp
	Paint  func(file string, lines []string) []string // colours of source
	Style  func(s command.Style, text string) string

	viewer *command.Viewer

	mu      sync.Mutex
	running bool   // the program
	end     func() // of what the command waits for; nil: there is none
}

// Open implements Backend.
func (l *Local) Open(out io.Writer, colour bool, running func(bool), layout func(name string) error) (back func()) {
	in := l.Interp
	old := *in
	resume := func(f func() (*debugger.Stop, error)) (*debugger.Stop, error) {
		tell := func(now bool) {
			l.mu.Lock()
			l.running = now
			l.mu.Unlock()
			running(now)
		}
		tell(true)
		defer tell(false)
		return f()
	}
	in.Out, in.Resume, in.Aside, in.View, in.Brief = out, resume, nil, layout, true
	in.During = func(f func()) {
		_, _ = resume(func() (*debugger.Stop, error) { // no stop comes of it
			f()
			return nil, nil
		})
	}
	if in.Paint, in.Style = nil, nil; colour {
		in.Paint, in.Style = l.Paint, l.Style
	}
	l.viewer = command.NewViewer(in)
	return func() {
		in.Out, in.Resume, in.During, in.Aside, in.View, in.Paint, in.Style, in.Brief = old.Out, old.Resume, old.During, old.Aside, old.View, old.Paint, old.Style, old.Brief
	}
}

// Execute implements Backend.
func (l *Local) Execute(line string) error {
	ctx, cancel := context.WithCancel(context.Background())
	set := func(end func()) {
		l.mu.Lock()
		l.end = end
		l.mu.Unlock()
	}
	set(cancel)
	defer func() {
		set(nil)
		cancel()
	}()
	return l.Interp.ExecuteUntil(ctx, line)
}

// Panes implements Backend.
func (l *Local) Panes(w command.PanesWanted) (*command.Panes, error) { return l.viewer.Panes(w), nil }

// Complete implements Backend.
func (l *Local) Complete(line string) (words []string, start int) { return l.Interp.Complete(line) }

// Pause implements Backend. While nothing runs, it ends what a command waits for.
func (l *Local) Pause() {
	l.mu.Lock()
	running, end := l.running, l.end
	l.mu.Unlock()
	if end != nil && !running {
		end()
	}
	l.Interp.Session.Pause()
}
