package repl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sphex/debugger"
	"sphex/debugger/colour"
	"sphex/debugger/command"
)

// Prompt is what the user is asked with. In a transcript it stands before each command.
const Prompt = "(sphex) "

// Config says where a REPL reads and writes.
type Config struct {
	Session  *debugger.Session
	In       io.Reader // commands
	Out      io.Writer // our own output
	Terminal bool      // In and Out are a terminal: line editing, history, colour
	History  string    // file for the history; "" for none
	Commands []string  // run before the prompt appears
	Init     string    // file of commands that is run first, "" for none; config -save writes it
	Version  string
	View     bool // open the full-screen view at once

	// Guest, when not nil, sits between the program and its output, so that a prompt never
	// stands behind half a line of it.
	Guest *GuestOutput
	// Lend, when not nil, is the terminal as the program's standard input.
	Lend *GuestInput
}

// Run reads and runs commands until exit or the end of the input. The error is one of
// reading; errors of commands are printed.
func Run(cfg Config) error {
	r := &loop{cfg: cfg}
	r.interp = &command.Interp{Session: cfg.Session, Out: cfg.Out, Resume: r.resume, During: r.during, Local: true, ConfigFile: cfg.Init, Version: cfg.Version,
		Typed: func() []string { return r.typed }}
	if cfg.Terminal {
		r.pager = NewPager(cfg.Out, r.interp.Paging)
		r.interp.Columns = func() int { return Width(os.Stdout) }
		defer r.takeInterrupts()()
		r.interp.Out = r.pager
		r.interp.Aside = r.aside
		r.interp.View = r.wantView
	}
	if cfg.Init != "" {
		for _, err := range r.interp.LoadConfig(cfg.Init) {
			if errors.Is(err, command.ErrQuit) {
				return nil
			}
			fmt.Fprintf(cfg.Out, "%v\n", err)
		}
	}
	r.colours()
	if cfg.Terminal && !cfg.View && len(cfg.Commands) == 0 {
		fmt.Fprintf(cfg.Out, "%s is loaded. run starts it, help start tells the first steps.\n", filepath.Base(cfg.Session.Program()))
	}
	for _, n := range cfg.Session.Notes() {
		fmt.Fprintf(cfg.Out, "Note: %s\n", n)
	}
	for _, c := range cfg.Commands {
		fmt.Fprintf(cfg.Out, "%s%s\n", r.interp.Prompt(), c)
		if r.execute(c) {
			return nil
		}
	}
	if cfg.Terminal {
		if cfg.View && r.view() {
			return nil
		}
		return r.interactive()
	}
	if cfg.View {
		return fmt.Errorf("the full-screen view needs a terminal")
	}
	return r.transcript()
}

type loop struct {
	cfg        Config
	interp     *command.Interp
	patience   *patience // nil: an interrupt between runs ends us
	pager      *Pager    // nil: our output is no terminal
	typed      []string  // lines of this session
	painter    colour.Painter
	viewWanted bool
	layout     string            // of the view
	save       func(line string) // puts a line into the history on disk; nil: there is none
}

// mostTyped bounds what is remembered of them.
const mostTyped = 1000

// colours gives the interpreter colours, or takes them away.
func (r *loop) colours() {
	r.interp.Paint, r.interp.Style = nil, nil
	if r.cfg.Terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && r.interp.Color() {
		r.interp.Paint, r.interp.Style = r.painter.Paint, colour.Style
	}
}

// aside gives the terminal to a command of the system's shell.
func (r *loop) aside(cmd *exec.Cmd, run func()) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	run()
}

// execute runs one command and tells whether the user wants to leave.
func (r *loop) execute(line string) (quit bool) {
	if strings.TrimSpace(line) != "" {
		if r.typed = append(r.typed, line); len(r.typed) > mostTyped {
			r.typed = r.typed[1:]
		}
	}
	if r.pager != nil {
		r.pager.Restart()
	}
	err := r.perform(line)
	r.freshLine()
	r.colours()
	if r.viewWanted && r.view() {
		return true
	}
	if errors.Is(err, command.ErrQuit) {
		return true
	}
	if err != nil {
		text := command.Broken(err.Error(), Width(os.Stdout))
		if r.interp.Style != nil {
			text = r.interp.Style(command.StyleError, text)
		}
		fmt.Fprintf(r.cfg.Out, "%s\n", text)
	}
	return false
}

// remember takes a line that was typed elsewhere into the history.
func (r *loop) remember(line string) {
	r.typed = append(r.typed, line)
	if r.save != nil {
		r.save(line)
	}
}

// freshLine ends a line that the program left open.
func (r *loop) freshLine() {
	if g := r.cfg.Guest; g != nil {
		g.freshLine()
	}
}

// resume lets the program run; an interrupt pauses it meanwhile.
func (r *loop) resume(run func() (*debugger.Stop, error)) (*debugger.Stop, error) {
	over := r.pausing()
	r.lend(true)
	stop, err := run()
	r.lend(false)
	over()
	r.freshLine()
	if r.pager != nil {
		r.pager.Restart()
	}
	return stop, err
}

// during runs a function of the program for an expression; an interrupt ends it.
func (r *loop) during(run func()) {
	_, _ = r.resume(func() (*debugger.Stop, error) { // no stop comes of it
		run()
		return nil, nil
	})
}

func (r *loop) lend(open bool) {
	if r.cfg.Lend != nil {
		r.cfg.Lend.lend(open)
	}
}

// prompt is what a person is asked with: the lines of a definition have their own.
func (r *loop) prompt() string {
	if r.interp.Defining() {
		return "> "
	}
	return r.interp.Prompt()
}

// transcript reads commands line by line and echoes each, so that the output reads as a
// session would.
func (r *loop) transcript() error {
	in := bufio.NewScanner(r.cfg.In)
	in.Buffer(make([]byte, 0, 4096), 1<<20)
	for in.Scan() {
		line := in.Text()
		fmt.Fprintf(r.cfg.Out, "%s%s\n", r.interp.Prompt(), line)
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if r.execute(line) {
			return nil
		}
	}
	return in.Err()
}
