package debugger

import (
	"context"
	"errors"
	"fmt"
	"io"

	"sphex/aot/object"
)

// State is the state of a session.
//
//	          Continue, Step…            stop
//	 Loaded ───────────────────▶ Running ─────▶ Stopped
//	   ▲                          │   ▲            │
//	   │ Restart                  │   └────────────┘ Continue, Step…
//	   │ (from any state but      │ end, trap continued, Kill
//	   └─ Running) ◀── Exited ◀───┘
//
// Only the session's owner goroutine changes it.
type State uint8

const (
	Loaded  State = iota // instantiated, not yet started
	Stopped              // between two instructions of the program
	Running
	Exited
)

func (s State) String() string { return [...]string{"loaded", "stopped", "running", "exited"}[s] }

// Errors that a view may want to tell apart.
var (
	ErrRunning = errors.New("the program is running")
	ErrExited  = errors.New("the program has ended")
	ErrLoaded  = errors.New("the program has not been started")
	ErrClosed  = errors.New("the session is closed")
)

// Dir is a directory that the program may use.
type Dir struct {
	Host, Guest string
	ReadOnly    bool
}

// Config says what to debug and how.
type Config struct {
	Program string   // path of a .wasm module, or of an object that was compiled before
	Args    []string // behind the program's name
	Env     []string // NAME=VALUE
	Dirs    []Dir
	Stdin   io.Reader // nil: empty
	Stdout  io.Writer // nil: discarded
	Stderr  io.Writer

	// Invoke names an exported function to run in place of _start, with InvokeArgs as
	// decimal, hexadecimal or floating-point literals.
	Invoke     string
	InvokeArgs []string

	// StopOnEntry makes the first Continue stop in the program's main function.
	StopOnEntry bool

	SourceMap   []PathMapping
	SourceRoots []string // folders under which sources are looked for

	// Compile makes an object of a module; nil compiles in memory each time. It is the place
	// for a cache.
	Compile func(module []byte) (*object.File, error)

	// Events is told of what happens beside the answers to calls, from the session's own
	// goroutine: it must not call the session and wait.
	Events func(Event)
}

// Event is something that happens beside the answers to calls: *BreakpointChanged or *LogOutput.
type Event interface{ event() }

// BreakpointChanged tells that a breakpoint got new places, hits, or is gone (Removed).
type BreakpointChanged struct {
	Breakpoint Breakpoint
	Removed    bool
}

// LogOutput is a log point's message.
type LogOutput struct {
	Breakpoint int
	Text       string // without a newline
	Frame      *Frame
}

func (*BreakpointChanged) event() {}
func (*LogOutput) event()         {}

// Session is a program being debugged. All methods may be called from any goroutine; those
// that run the program return when it has stopped. While it runs, breakpoints can be changed
// and Pause and Kill work; other methods return ErrRunning.
type Session struct {
	cfg Config
}

// Open compiles and loads a program. The session is in state Loaded: nothing has run.
func Open(ctx context.Context, cfg Config) (*Session, error) {
	return nil, fmt.Errorf("debugger: not there yet")
}

// State returns the present state.
func (s *Session) State() State { return Loaded }

// Close ends the program and frees what it held.
func (s *Session) Close() error { return nil }

// LastStop returns the stop that the session is in, nil in state Loaded.
func (s *Session) LastStop() *Stop { return nil }

// Continue runs until a breakpoint, a trap, a pause, or the end.
func (s *Session) Continue() (*Stop, error) { return nil, ErrClosed }

// ContinueTo runs until a place, given as for breakpoints, is reached, or until any other stop.
func (s *Session) ContinueTo(spec BreakpointSpec) (*Stop, error) { return nil, ErrClosed }

// StepOver runs to the next statement on another line of this logical frame, or in its
// caller. From Loaded it runs to the main function.
func (s *Session) StepOver() (*Stop, error) { return nil, ErrClosed }

// StepIn runs to the next statement on another line, into calls and inlined calls too.
func (s *Session) StepIn() (*Stop, error) { return nil, ErrClosed }

// StepOut runs until frame level (0 is the innermost) has returned.
func (s *Session) StepOut(level int) (*Stop, error) { return nil, ErrClosed }

// StepInstruction runs one machine instruction; over runs calls to their return.
func (s *Session) StepInstruction(over bool) (*Stop, error) { return nil, ErrClosed }

// Pause stops a running program. It returns at once: the call that runs the program returns
// the stop.
func (s *Session) Pause() {}

// Kill ends the program; the call that runs it returns an exited stop with Err.
func (s *Session) Kill() {}

// Restart makes a new instance of the program, with args in place of the old ones unless they are nil. The
// state becomes Loaded; breakpoints stay.
func (s *Session) Restart(args []string) error { return ErrClosed }
