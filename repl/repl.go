package repl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"sphex/debugger"
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
	r.interp = &command.Interp{Session: cfg.Session, Out: cfg.Out, Resume: r.resume, During: r.during}
	if cfg.Terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
		r.interp.Paint = new(painter).paint
	}
	if cfg.Terminal {
		// An interrupt is the running program's; it comes to nothing while a command works.
		r.interrupts = make(chan os.Signal, 1)
		signal.Notify(r.interrupts, os.Interrupt)
		defer signal.Stop(r.interrupts)
	}
	for _, n := range cfg.Session.Notes() {
		fmt.Fprintf(cfg.Out, "Note: %s\n", n)
	}
	for _, c := range cfg.Commands {
		fmt.Fprintf(cfg.Out, "%s%s\n", Prompt, c)
		if r.execute(c) {
			return nil
		}
	}
	if cfg.Terminal {
		return r.interactive()
	}
	return r.transcript()
}

type loop struct {
	cfg        Config
	interp     *command.Interp
	interrupts chan os.Signal // nil: an interrupt between runs ends us
}

// execute runs one command and tells whether the user wants to leave.
func (r *loop) execute(line string) (quit bool) {
	err := r.interp.Execute(line)
	r.freshLine()
	if errors.Is(err, command.ErrQuit) {
		return true
	}
	if err != nil {
		fmt.Fprintf(r.cfg.Out, "%v\n", err)
	}
	return false
}

// freshLine ends a line that the program left open.
func (r *loop) freshLine() {
	if g := r.cfg.Guest; g != nil {
		g.freshLine()
	}
}

// resume lets the program run; an interrupt pauses it meanwhile.
func (r *loop) resume(run func() (*debugger.Stop, error)) (*debugger.Stop, error) {
	interrupts := r.interrupts
	if interrupts == nil {
		interrupts = make(chan os.Signal, 1)
		signal.Notify(interrupts, os.Interrupt)
		defer signal.Stop(interrupts)
	}
	select {
	case <-interrupts: // an old one
	default:
	}
	done := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		for {
			select {
			case <-interrupts:
				r.cfg.Session.Pause()
			case <-done:
				return
			}
		}
	}()
	r.lend(true)
	stop, err := run()
	r.lend(false)
	close(done)
	<-finished
	r.freshLine()
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

// transcript reads commands line by line and echoes each, so that the output reads as a
// session would.
func (r *loop) transcript() error {
	in := bufio.NewScanner(r.cfg.In)
	in.Buffer(make([]byte, 0, 4096), 1<<20)
	for in.Scan() {
		line := in.Text()
		fmt.Fprintf(r.cfg.Out, "%s%s\n", Prompt, line)
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if r.execute(line) {
			return nil
		}
	}
	return in.Err()
}
