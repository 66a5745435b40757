package debugger

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger/value"
	"sphex/runtime"
	"sphex/runtime/wasi"
)

// State is the state of a session.
//
//	         Continue, Step…            stop
//	Loaded ───────────────────▶ Running ─────▶ Stopped
//	  ▲                          │   ▲            │
//	  │ Restart                  │   └────────────┘ Continue, Step…
//	  │ (from any state but      │ end, trap continued, Kill
//	  └─ Running) ◀── Exited ◀───┘
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
	// Listeners are sockets at which the program may accept connections: its descriptors behind those of Dirs.
	Listeners []*wasi.Listener

	// Invoke names an exported function to run in place of _start, with InvokeArgs as
	// decimal, hexadecimal or floating-point literals.
	Invoke     string
	InvokeArgs []string

	// StopOnEntry makes the first Continue stop in the program's main function.
	StopOnEntry bool

	// StepIntoLibraries makes steps that start in the user's own code stop elsewhere too: in
	// functions of libraries, and in those whose source is not on this machine.
	StepIntoLibraries bool

	SourceMap   []PathMapping
	SourceRoots []string // folders under which sources are looked for

	// DebugDirs are searched for the files that the module's debug information names, before
	// the places that it names and the folder of the module.
	DebugDirs []string

	// Natvis are files with renderings of the program's own types. Files in a folder .sphex of WorkDir or of the
	// program's folder count as well, and the one beside the program that has its name.
	Natvis  []string
	WorkDir string // "" is the process's own

	// Compile makes an object of a module, whose debug information may be in the companions, too;
	// nil compiles in memory each time. It is the place for a cache.
	Compile func(module []byte, c *aot.Companions) (*object.File, error)
	// Load returns the object of the program at a path, a module or an object that is to be
	// trusted; it takes the place of Compile. Nil reads the file and trusts every object,
	// though that is native code.
	Load func(path string, c *aot.Companions) (*object.File, error)

	// CallLimit is how long a function may run that an expression calls; 0: ten seconds.
	CallLimit time.Duration

	// StackSize is how many bytes the program's call stack has; 0: runtime.DefaultStackSize.
	StackSize uint64

	// CatchPanics makes the program stop where it gives up: at a Rust panic, C's abort, a failed
	// assertion, C++'s terminate, before anything is unwound or printed. Traps always stop.
	CatchPanics bool

	// Fuel is how often the program may enter a function or begin a round of a loop; 0: as often as it will.
	Fuel uint64
	// Preloads are modules that the program is linked with, in the order in which they are instantiated.
	Preloads []Preload
	// StubImports says what becomes of imports that nothing defines.
	StubImports StubImports
	// Imports is the allow-list of what the modules may import; nil allows everything.
	Imports *wasm.ImportPolicy

	// ShowNative shows the program to native debuggers of this process, gdb and lldb, too.
	ShowNative bool

	// WatchPages keeps watchpoints from using debug registers.
	WatchPages bool

	// Progress is told what is being done while a program is loaded, in a few words.
	Progress func(stage string)

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
//
// One goroutine, the owner, does everything that touches the program: methods hand it
// functions. While it runs the program it is inside of such a function; a method that comes
// then makes the program stop for the moment that its own function takes.
type Session struct {
	cfg    Config
	image  *image
	code   *runtime.Module
	source *sourceFinder

	preloads  []*preloaded
	coreNotes []string // what of a core dump is not shown

	mu      sync.Mutex
	queue   []func()
	wake    chan struct{}     // of the owner: something is in the queue
	running *runtime.Instance // the owner is in Resume, or about to call it
	calling *runtime.Instance // an expression's call of a function runs

	deciding bool // the program stands at a breakpoint, and the owner finds out whether it stops
	state    State
	closed   bool
	last     *Stop

	pausing atomic.Bool // Pause was called
	killing atomic.Bool

	hosted  *hosted              // the program is this instance of a host's
	parting atomic.Bool          // the session is about to detach from it
	left    func()               // told when it has
	end     atomic.Pointer[Stop] // how the host has ended it

	threadsNow atomic.Pointer[threads] // of the present run
	alone      atomic.Bool             // see RunAlone

	// memory is held while guest code runs, so that nobody reads what it writes.
	memory sync.RWMutex
	epoch  atomic.Uint64 // counts resumes: values that were read before are void

	vars   value.Vars   // what the person has kept
	natvis []NatvisFile // guarded by mu

	// The rest belongs to the owner.
	program        *program // the present run
	launched       bool     // the entry function has been started
	atEntry        bool     // StopOnEntry has been served
	trapped        *Reason  // the program stands at a trap and can only end
	breakpoints    []*breakpoint
	lastID         int
	armed          map[abi.TextOffset]*armedSite
	watchTraps     map[abi.TextOffset][]*watch
	watchesChanged bool // the runtime has not been told yet
	checkpoints    []*checkpoint
	lastCheckpoint int
	traps          *trapSet
	tracer         tracer
	stamp          fileStamp   // of the program's file, as it was loaded
	hasSources     func() bool // any file of the program's own is on this machine; asked when it matters
	ownScope       *stepScope  // of steps in the user's own code
	sourceScope    *stepScope  // of all code with a source
	fullScope      *stepScope  // of all code with lines, those of the module's text included
	stack          *stack      // of the present stop, unwound as far as was asked
	scopeFor       *stepScope  // of steps that start in the file scopeOf, the last that was asked for
	scopeOf        string
	skipRules      []SkipRule
	lastSkip       int
	result         *returnedValue // of the function that a step has left last
	shown          int            // logical frames of the innermost physical frame that are shown; 0: all

	// Set by the filter of breakpoints, which works in the owner's place while the owner waits
	// in Resume.
	current *step // that is being carried out
	hit     hit
	top     valueFrame // the innermost frame, for conditions
	topFrom physicalFrame
	topRead bool // topFrom is that of the present stop
	probe   value.Probe
	logged  []byte // the last message of a log point
}

// Open compiles and loads a program. The session is in state Loaded: nothing has run.
func Open(ctx context.Context, cfg Config) (*Session, error) {
	s := newSession(cfg)
	if err := s.load(ctx); err != nil {
		return nil, err
	}
	p, err := s.instantiate()
	if err != nil {
		s.code.Close()
		s.closePreloads()
		return nil, err
	}
	s.program = p
	s.traps = newTrapSet(s.changeTraps)
	s.makeScopes()
	s.addCatchpoints()
	go s.own()
	return s, nil
}

func newSession(cfg Config) *Session {
	return &Session{
		cfg:    cfg,
		source: newSourceFinder(&cfg),
		wake:   make(chan struct{}, 1),
		armed:  map[abi.TextOffset]*armedSite{},

		watchTraps: map[abi.TextOffset][]*watch{},
	}
}

// own is the owner goroutine.
func (s *Session) own() {
	for range s.wake {
		s.serve()
		s.mu.Lock()
		closed := s.closed && len(s.queue) == 0
		s.mu.Unlock()
		if closed {
			return
		}
	}
}

// serve runs what is in the queue.
func (s *Session) serve() {
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.mu.Unlock()
			return
		}
		f := s.queue[0]
		s.queue = s.queue[1:]
		s.mu.Unlock()
		f()
	}
}

// do has the owner run f and waits for it.
func (s *Session) do(f func()) error {
	done := make(chan struct{})
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	s.queue = append(s.queue, func() { defer close(done); f() })
	in := s.running
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	if in != nil {
		in.Pause()
	}
	<-done
	return nil
}

// whileStopped has the owner run f when the program stands somewhere.
func (s *Session) whileStopped(f func() error) error {
	var failed error
	if err := s.do(func() {
		switch s.State() {
		case Running:
			failed = ErrRunning
		case Loaded:
			failed = ErrLoaded
		case Exited:
			failed = ErrExited
		default:
			failed = f()
		}
	}); err != nil {
		return err
	}
	return failed
}

// State returns the present state.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

func (s *Session) setState(state State, stop *Stop) {
	s.mu.Lock()
	s.state, s.last = state, stop
	s.mu.Unlock()
}

// LastStop returns the stop that the session is in, nil in the states Loaded and Running.
func (s *Session) LastStop() *Stop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Close ends the program and frees what it held.
func (s *Session) Close() error {
	if s.hosted != nil {
		s.detach()
	} else {
		s.Kill()
	}
	err := s.do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.dropCheckpoints()
		s.endRun()
		if s.hosted == nil {
			s.code.Close()
			s.closePreloads()
		} else {
			s.left()
		}
	})
	if errors.Is(err, ErrClosed) {
		return nil
	}
	return err
}

// Pause stops a running program. It returns at once: the call that runs the program returns
// the stop.
func (s *Session) Pause() {
	s.mu.Lock()
	in := s.running
	if s.state == Running {
		s.pausing.Store(true)
	}
	if in == nil {
		in = s.calling
	}
	s.mu.Unlock()
	if in != nil {
		in.Pause()
	}
}

// Interrupt ends the function of the program that an expression is calling, if one runs.
func (s *Session) Interrupt() {
	s.mu.Lock()
	in := s.calling
	s.mu.Unlock()
	if in != nil {
		in.Pause()
	}
}

// Kill ends the program; the call that runs it returns an exited stop with Err. One that
// stands somewhere ends at once.
func (s *Session) Kill() {
	s.mu.Lock()
	in := s.running
	running := s.state == Running
	if running {
		s.killing.Store(true)
	}
	if s.calling != nil {
		s.calling.Pause()
	}
	s.mu.Unlock()
	if in != nil {
		in.Kill()
	}
	if !running {
		_ = s.do(func() { // a closed session has ended already
			switch s.State() {
			case Exited:
			case Running: // it was let go meanwhile, and was stopped for us
				s.killing.Store(true)
			default:
				if s.hosted != nil {
					s.program.instance.Kill()
				}
				s.endRun()
				s.setState(Exited, &Stop{Reasons: []Reason{{Kind: ReasonExited}}, Err: runtime.ErrKilled})
			}
		})
	}
}

// Restart makes a new instance of the program, with args in place of the old ones unless
// they are nil. The state becomes Loaded; breakpoints stay and their hits count anew. A program whose file
// has changed is loaded again, and breakpoints are bound in the new one.
func (s *Session) Restart(args []string) error {
	var failed error
	if err := s.do(func() {
		if s.State() == Running {
			failed = ErrRunning
			return
		}
		if s.program != nil && s.program.core != nil {
			failed = errCore
			return
		}
		if s.hosted != nil {
			failed = ErrHosts
			return
		}
		if args != nil {
			s.cfg.Args = args
		}
		s.endRun()
		if in, ok := s.cfg.Stdin.(io.Seeker); ok {
			_, _ = in.Seek(0, io.SeekStart) // a pipe can't, and goes on
		}
		_, err := s.reload()
		var p *program
		if err == nil {
			p, err = s.instantiate()
		}
		if err != nil {
			failed = err
			s.setState(Exited, &Stop{Reasons: []Reason{{Kind: ReasonExited}}, Err: err})
			return
		}
		s.program = p
		s.launched, s.atEntry = false, false
		for _, b := range s.breakpoints {
			b.Hits, b.Ignore = 0, b.ignore
		}
		s.rearmed()
		s.setState(Loaded, nil)
	}); err != nil {
		return err
	}
	return failed
}

// endRun frees the present run.
func (s *Session) endRun() {
	s.epoch.Add(1)
	s.stack, s.trapped, s.shown = nil, nil, 0
	s.endWatches()
	if s.program != nil {
		s.leaveProgram()
	}
}

func (s *Session) emit(e Event) {
	if s.cfg.Events != nil {
		s.cfg.Events(e)
	}
}
