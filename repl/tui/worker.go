package tui

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"sphex/debugger/command"
)

// worker owns the backend while the view is open.
type worker struct {
	backend Backend
	view    *view
	style   func(command.Style, string) string // nil: no colours
	tasks   chan func(*worker)
	done    chan struct{}

	expanded   map[string]bool    // variables whose members are shown, by path
	source     command.SourcePane // as it was sent last
	last       *command.Panes
	listed     bool // the last command was list
	layout     *layoutMode
	left, quit bool
}

func newWorker(cfg Config, v *view) *worker {
	w := &worker{backend: cfg.Backend, view: v, tasks: make(chan func(*worker), 64), done: make(chan struct{}), expanded: map[string]bool{}}
	if cfg.Colour {
		w.style = cfg.Style
	}
	go func() {
		defer close(w.done)
		for f := range w.tasks {
			f(w)
			s := w.snapshot()
			v.post(func() { v.received(s) })
		}
	}()
	return w
}

// ask has the worker do something, and a snapshot taken behind it. It tells whether there was room in the queue.
func (w *worker) ask(f func(*worker)) bool {
	select {
	case w.tasks <- f:
		w.view.busy = true
		return true
	default:
		return false
	}
}

// stop ends the worker, when what it does has ended.
func (w *worker) stop() {
	w.backend.Pause()
	close(w.tasks)
	<-w.done
}

// execute runs a command and shows what comes of it.
func (w *worker) execute(text string) {
	prompt := repl
	if w.last != nil {
		prompt = w.last.Prompt
	}
	fmt.Fprintf(&w.view.console, "%s%s\n", prompt, text)
	err := w.backend.Execute(text)
	w.view.console.end()
	if errors.Is(err, command.ErrQuit) {
		w.quit = true
	} else if err != nil {
		w.tell(err)
	}
	w.listed = err == nil && lists(text)
}

// repl is the prompt until the session says another.
const repl = "(sphex) "

// tell shows what went wrong.
func (w *worker) tell(err error) {
	text := err.Error()
	if w.style != nil {
		text = w.style(command.StyleError, text)
	}
	io.WriteString(&w.view.console, text+"\n")
}

// lists tells whether a line is the command list.
func lists(text string) bool {
	name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	cmd, err := command.Find(name)
	return err == nil && cmd.Names[0] == "list"
}

// quiet runs a command of which only errors are shown: the panes show the rest.
func (w *worker) quiet(text string) {
	w.view.console.mute(true)
	err := w.backend.Execute(text)
	w.view.console.mute(false)
	w.listed = false
	if err != nil {
		w.tell(err)
	}
}

// snapshot is what the screen shows of the session. Nobody changes it.
type snapshot struct {
	*command.Panes
	layout     *layoutMode // that a command has asked for
	left, quit bool
}

func (w *worker) snapshot() *snapshot {
	p, err := w.backend.Panes(command.PanesWanted{Code: w.view.codeShown.Load(), Expanded: w.expanded, Listed: w.listed, Have: w.source.ID})
	switch {
	case err != nil && w.last != nil:
		again := *w.last
		p = &again
		p.Status = err.Error()
	case err != nil:
		p = &command.Panes{Status: err.Error(), Prompt: repl}
	case p.Source.Same:
		p.Source.Lines = w.source.Lines
	}
	w.last, w.source = p, p.Source
	s := &snapshot{Panes: p, layout: w.layout, left: w.left, quit: w.quit}
	w.layout = nil
	return s
}
