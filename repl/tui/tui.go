package tui

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/gdamore/tcell/v2"

	"sphex/debugger/command"
)

// Config is what the view works with.
type Config struct {
	Backend Backend
	History []string // lines that were typed before
	Colour  bool
	Style   func(s command.Style, text string) string
	Layout  string // what the command layout was asked for, "" for what is usual

	// Redirect sends what the program prints to a writer, and returns the way back.
	Redirect func(io.Writer) (back func())
	// Feed gives the program a line of input, which it reads while Lend is on; nil where its input comes from elsewhere.
	Feed func(line []byte, end bool)
	Lend func(on bool)
}

// Result is how the view was left.
type Result struct {
	Quit    bool     // by exit: the whole debugger is to end
	Typed   []string // the lines that were typed in it
	Printed []string // the end of what the program and the commands printed, for the terminal to show again
}

// Run opens the view and returns when it is left. The backend is as it was before.
func Run(cfg Config) (Result, error) {
	screen, err := tcell.NewScreen()
	if err == nil {
		err = screen.Init()
	}
	if err != nil {
		return Result{}, fmt.Errorf("the full-screen view can't be opened: %w", err)
	}
	defer screen.Fini()
	return run(cfg, screen), nil
}

// run is Run on a screen that is open.
func run(cfg Config, screen tcell.Screen) Result {
	v := &view{cfg: cfg, screen: screen, typed: line{history: append([]string(nil), cfg.History...)}}
	if mode, err := layoutNamed(cfg.Layout); err == nil {
		v.show(mode)
	}
	before := len(v.typed.history)
	v.console.changed, v.output.changed = v.wake, v.wake
	screen.EnablePaste()
	v.holdMouse(true)
	defer screen.DisableMouse()

	back := cfg.Backend.Open(&v.console, cfg.Colour, v.runs, v.layoutCommand)
	v.worker = newWorker(cfg, v)
	if cfg.Redirect != nil {
		defer cfg.Redirect(&v.output)()
	}
	io.WriteString(&v.console, "F1 tells the keys. "+leaveKeys+" returns to the prompt.\n")
	v.worker.ask(func(*worker) {})
	v.loop()
	v.worker.stop()
	back()
	return Result{Quit: v.quit, Typed: v.typed.history[min(before, len(v.typed.history)):], Printed: append(v.output.last(10, 0), v.console.last(10, 0)...)}
}

// pane is a part of the view.
type pane int

const (
	consolePane pane = iota // the command line and what commands printed
	sourcePane
	codePane
	stackPane
	varsPane
	displayPane
	outputPane
	panes
)

var paneNames = [panes]string{"Commands", "Source", "Code", "Stack", "Variables", "Display", "Output"}

// view is what the screen's goroutine owns.
type view struct {
	cfg    Config
	screen tcell.Screen
	worker *worker
	waking atomic.Bool

	mu     sync.Mutex
	posted []func() // by the worker, for the screen's goroutine

	now     *snapshot // of the session; nil before the first
	busy    bool      // the worker has something to do
	waiting []*tcell.EventKey
	running atomic.Bool

	console, output record
	typed           line
	focus           pane
	scroll          [panes]int // lines back in console and output, first lines in others
	cursor          [panes]int // the line that is selected: of source by number, of others by index
	hidden          [panes]bool
	mode            layoutMode
	codeShown       atomic.Bool // for the worker
	single          bool        // keys are commands: gdb's single-key mode
	prefix          bool        // Ctrl-X was pressed
	help            bool
	completions     []string

	buttons   tcell.ButtonMask // of the mouse that are down
	mouseless bool             // the mouse is the terminal's

	left, quit bool
}

// wake has the screen drawn soon, from any goroutine.
func (v *view) wake() {
	if v.waking.CompareAndSwap(false, true) {
		if v.screen.PostEvent(tcell.NewEventInterrupt(nil)) != nil {
			v.waking.Store(false) // so many events wait that it will be drawn anyway
		}
	}
}

// loop takes events until the view is left.
func (v *view) loop() {
	for !v.left {
		v.draw()
		ev := v.screen.PollEvent()
		switch ev := ev.(type) {
		case nil:
			return // the screen is gone
		case *tcell.EventResize:
			v.screen.Sync()
		case *tcell.EventInterrupt:
			v.waking.Store(false)
		case *tcell.EventMouse:
			v.deliver()
			v.mouse(ev)
		case *tcell.EventKey:
			if ev.Key() == tcell.KeyCtrlZ {
				v.suspend()
			} else if ev.Key() == tcell.KeyCtrlC {
				v.waiting = nil
				v.key(ev)
			} else {
				if ev.Key() == tcell.KeyCtrlJ { // enter, when it was typed before the view was open
					ev = tcell.NewEventKey(tcell.KeyEnter, 0, ev.Modifiers())
				}
				v.waiting = append(v.waiting, ev)
			}
		}
		v.deliver()
		// While a command works, keys wait: they may be meant for what comes of it, even for the program that it runs.
		for len(v.waiting) > 0 && !v.left && (!v.busy || v.running.Load()) {
			ev := v.waiting[0]
			v.waiting = v.waiting[1:]
			v.key(ev)
		}
	}
}

// post has the screen's goroutine call f.
func (v *view) post(f func()) {
	v.mu.Lock()
	v.posted = append(v.posted, f)
	v.mu.Unlock()
	v.wake()
}

// deliver calls what was posted.
func (v *view) deliver() {
	v.mu.Lock()
	list := v.posted
	v.posted = nil
	v.mu.Unlock()
	for _, f := range list {
		f()
	}
}

// received takes a new snapshot.
func (v *view) received(s *snapshot) {
	old := v.now
	v.now, v.busy = s, false
	if a := &s.Source; old == nil || a.File != old.Source.File || a.Line != old.Source.Line || a.Show != old.Source.Show {
		v.cursor[sourcePane] = a.Show
		v.scroll[sourcePane] = 0
	}
	if a := &s.Code; old == nil || a.Function != old.Code.Function || a.At != old.Code.At || len(a.Rows) != len(old.Code.Rows) {
		v.cursor[codePane] = max(a.At, 0)
		v.scroll[codePane] = 0
	}
	v.cursor[stackPane] = s.Selected
	for p, n := range map[pane]int{varsPane: len(s.Variables), displayPane: len(s.Displays)} {
		v.cursor[p] = min(v.cursor[p], max(n-1, 0))
	}
	if s.layout != nil {
		v.show(*s.layout)
	}
	if !v.present(v.focus) {
		v.focus = consolePane
	}
	if s.left {
		v.left = true
	}
	if s.quit {
		v.left, v.quit = true, true
	}
}

// runs is told when the program runs and when it stands again, on the worker's goroutine.
func (v *view) runs(now bool) {
	if now {
		v.running.Store(true)
	}
	if v.cfg.Lend != nil {
		v.cfg.Lend(now)
	}
	if !now {
		v.running.Store(false)
		v.output.end()
	}
	v.wake()
}

// layoutCommand is the commands tui and layout, in here: off leaves the view. It is called by the worker.
func (v *view) layoutCommand(name string) error {
	if name == "off" || name == "disable" {
		v.worker.left = true
		return nil
	}
	mode, err := layoutNamed(name)
	if err != nil {
		return err
	}
	v.worker.layout = &mode
	v.codeShown.Store(mode != sourceAlone)
	return nil
}
