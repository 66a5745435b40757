package main

import (
	"fmt"
	"io"
	"strings"

	"sphex/debugger/colour"
	"sphex/debugger/command"
	"sphex/repl"
	"sphex/repl/tui"
)

// remoteView is the full-screen view's session at the other end of a connection.
type remoteView struct {
	c       *visit
	out     io.Writer
	running func(bool)
	layout  func(name string) error
	killed  bool
}

// Open implements tui.Backend.
func (b *remoteView) Open(out io.Writer, colour bool, running func(bool), layout func(name string) error) (back func()) {
	b.out, b.running, b.layout = out, running, layout
	b.c.r.OnRun(running)
	_ = b.c.r.SetTerminal(colour, true, 0) // a host of before has no panes, which is said there
	return func() {
		b.c.r.OnRun(nil)
		b.c.dress()
	}
}

// Execute implements tui.Backend.
func (b *remoteView) Execute(line string) error {
	switch what, args := own(line); what {
	case leaves:
		return command.ErrQuit
	case kills:
		b.killed = true
		return command.ErrQuit
	case opensView:
		return b.layout(args)
	}
	select {
	case <-b.c.interrupts: // an old one
	default:
	}
	text, over, err := b.c.r.Execute(line, b.c.interrupts)
	if text != "" {
		fmt.Fprintln(b.out, strings.TrimRight(text, "\n"))
	}
	if over {
		b.c.over = true
		return command.ErrQuit
	}
	return err
}

// Panes implements tui.Backend.
func (b *remoteView) Panes(w command.PanesWanted) (*command.Panes, error) {
	if b.c.over {
		return &command.Panes{Status: "ended"}, nil
	}
	return b.c.r.Panes(w)
}

// Complete implements tui.Backend.
func (b *remoteView) Complete(line string) (words []string, start int) { return b.c.r.Complete(line) }

// Pause implements tui.Backend.
func (b *remoteView) Pause() {
	select {
	case b.c.interrupts <- struct{}{}:
	default: // there is one already
	}
}

// view opens the full-screen view. quit tells that the visit is to end behind it, err how.
func (c *visit) view(layout string) (quit bool, err error) {
	if err := tui.CheckLayout(layout); err != nil {
		return false, err
	}
	b := &remoteView{c: c}
	result, err := tui.Run(tui.Config{
		Backend:  b,
		History:  append(repl.History(c.history, historyLines), c.typed...),
		Colour:   c.colour,
		Style:    colour.Style,
		Layout:   layout,
		Redirect: c.out.redirect,
	})
	if err != nil {
		return false, err
	}
	for _, line := range result.Printed {
		fmt.Fprintln(c.out, line)
	}
	for _, line := range result.Typed {
		c.typed = append(c.typed, line)
		c.save(line)
	}
	switch {
	case b.killed:
		return true, errKilled
	case c.over:
		c.tellEnd()
	}
	return result.Quit, nil
}

// ownCommand is a command that the host has no part in.
type ownCommand int

const (
	theirs ownCommand = iota
	leaves
	kills
	opensView
)

// own tells what a line is to us.
func own(line string) (what ownCommand, args string) {
	name, args, _ := strings.Cut(strings.TrimSpace(line), " ")
	switch name {
	case "exit", "quit", "q", "detach":
		return leaves, ""
	case "kill":
		return kills, ""
	case "tui", "layout", "gui":
		return opensView, strings.TrimSpace(args)
	}
	return theirs, ""
}

var _ tui.Backend = (*remoteView)(nil)
