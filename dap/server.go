package dap

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/google/go-dap"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/debugger"
	"sphex/debugger/command"
	"sphex/debugger/value"
)

// Options are the choices of a server.
type Options struct {
	// Compile and Load are as in debugger.Config.
	Compile func(module []byte, c *aot.Companions) (*object.File, error)
	Load    func(path string, c *aot.Companions) (*object.File, error)

	// Init is the person's own file of commands, which the terminal begins with, too; "" for none. Of its commands those are run that
	// prepare: settings, commands of one's own, what steps skip, Natvis files.
	Init string

	// AnyUser lets processes of other users, and those of other machines, connect to ServeAll.
	AnyUser bool

	// TerminalHelper is the command that calls RunTerminalHelper, but for the socket's name behind it; nil if
	// programs can't be in a terminal of the client's.
	TerminalHelper []string

	tellsAtOnce bool // of progress; for tests
}

// Serve serves one client until it disconnects or the connection ends, and closes the connection.
func Serve(conn io.ReadWriteCloser, o Options) error {
	s := newServer(conn, o)
	defer s.close()
	defer conn.Close() // first, so that nothing waits for a client that has gone
	return s.loop(bufio.NewReader(conn))
}

func newServer(conn io.ReadWriteCloser, o Options) *server {
	return &server{options: o, w: &writer{out: conn}, client: client{lineBase: 1, columnBase: 1}, inbox: newInbox()}
}

// ServeAll serves every client that connects, each with a session of its own. Whoever may launch programs can do what this
// user can: unless Options.AnyUser is set, only processes of this user are served, on systems that tell whose they are.
func ServeAll(l net.Listener, o Options) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		if !o.AnyUser && debugger.OtherUser(conn) {
			conn.Close()
			continue
		}
		go Serve(conn, o) // its error is the client's going away
	}
}

// server is one client's session. Requests are handled one after the other; the program runs
// in a goroutine of its own.
type server struct {
	options Options
	w       *writer
	client  client

	initialized json.RawMessage // what the client has said of itself

	inbox   *inbox
	ctx     context.Context // of the request that is being answered
	session *debugger.Session
	host    *debugger.Host // whose instances may be attached to; nil: programs are launched
	peer    *debugger.Peer // its client
	remote  net.Conn       // the host that answers in the place of this server; nil: none
	relayed chan struct{}  // closed when that has no more to say
	launch  arguments
	outputs []*outputWriter // the program's
	closing []io.Closer     // files of the program's, when it is over
	handles handles
	leaving leaving

	sourceMu  sync.Mutex
	texts     []string              // sources given by reference; see source.go
	described map[string]dap.Source // by the path in DWARF

	runs sync.WaitGroup // goroutines that wait for the program's stops

	consoleMu sync.Mutex // the rest is of who holds it: commands run when the program stops, too
	interp    *command.Interp
	start     func() // lets the program run once the console's command is answered
	console   *consoleWriter
	terminal  terminalClient

	jumps []debugger.BreakpointSpec // given by gotoTargets

	byFile      map[string][]placed // of setBreakpoints, by the client's path
	byException []placed            // of setExceptionBreakpoints
	configured  bool
	disconnects bool

	mu            sync.Mutex
	shared        *debugger.Session // session, for the goroutine that reads
	progressID    int               // of the last one; inbox.mu
	parent        chan struct{}     // of a session that only starts others: closed at its end
	running       chan struct{}     // closed when the program has stopped; nil while it does not run
	ending        ending
	byFunction    []placed                   // of setFunctionBreakpoints
	byInstruction []placed                   // of setInstructionBreakpoints
	byData        []int                      // of setDataBreakpoints
	watchable     map[string]*value.Variable // by the data's id: what was asked about
}

// ending says what becomes of the exited and terminated events when the program ends.
type ending uint8

const (
	endTells  ending = iota // the client is told
	endSilent               // it ends for a restart or for good: nobody needs to know
	endTold                 // the client was told
)

// row is one request: its name and what answers it. An answer's after runs when the response
// has been sent.
type row struct {
	command string
	answer  func(s *server, arguments json.RawMessage) (body any, after func(), err error)
}

// on makes a row from a function of the request's arguments.
func on[A any](command string, f func(*server, *A) (any, error)) row {
	return after(command, func(s *server, a *A) (any, func(), error) {
		body, err := f(s, a)
		return body, nil, err
	})
}

// after is on for requests which do something once they have been answered.
func after[A any](command string, f func(*server, *A) (any, func(), error)) row {
	return row{command, func(s *server, raw json.RawMessage) (any, func(), error) {
		a := new(A)
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, a); err != nil {
				return nil, nil, fmt.Errorf("the arguments of %s: %w", command, err)
			}
		}
		return f(s, a)
	}}
}

// none is the type of arguments that do not matter.
type none struct{}

// requests holds every request that is understood.
var requests = map[string]row{}

func init() {
	for _, r := range []row{
		on("initialize", (*server).initialize),
		after("launch", (*server).onLaunch),
		after("attach", (*server).onAttach),
		after("configurationDone", (*server).configurationDone),
		after("restart", (*server).restart),
		after("terminate", (*server).terminate),
		after("terminateThreads", (*server).terminateThreads),
		on("disconnect", (*server).disconnect),

		on("breakpointLocations", (*server).breakpointLocations),
		on("setBreakpoints", (*server).setBreakpoints),
		on("setFunctionBreakpoints", (*server).setFunctionBreakpoints),
		on("setInstructionBreakpoints", (*server).setInstructionBreakpoints),
		on("dataBreakpointInfo", (*server).dataBreakpointInfo),
		on("setDataBreakpoints", (*server).setDataBreakpoints),
		on("setExceptionBreakpoints", (*server).setExceptionBreakpoints),

		after("continue", (*server).continueProgram),
		after("next", (*server).next),
		on("stepInTargets", (*server).stepInTargets),
		after("stepIn", (*server).stepIn),
		after("stepOut", (*server).stepOut),
		after("pause", (*server).pause),
		on("gotoTargets", (*server).gotoTargets),
		after("goto", (*server).gotoTarget),

		on("threads", (*server).threads),
		on("stackTrace", (*server).stackTrace),
		after("restartFrame", (*server).restartFrame),
		on("scopes", (*server).scopes),
		on("variables", (*server).variables),
		on("locations", (*server).locations),
		after("setVariable", (*server).setVariable),
		after("setExpression", (*server).setExpression),
		on("exceptionInfo", (*server).exceptionInfo),
		on("source", (*server).sourceText),
		on("loadedSources", (*server).loadedSources),
		on("modules", (*server).modules),
		on("readMemory", (*server).readMemory),
		after("writeMemory", (*server).writeMemory),
		on("disassemble", (*server).disassemble),

		after("evaluate", (*server).evaluate),
		on("completions", (*server).completions),

		on("sphex/instances", (*server).hostInstances),
		on("sphex/stop", (*server).showStop),
		on("sphex/terminal", (*server).setTerminal),
		on("sphex/panes", (*server).panes),
	} {
		requests[r.command] = r
	}
}

// loop answers requests, in the order in which they come, until the client leaves. They are read ahead
// of that: see inbox.
func (s *server) loop(in *bufio.Reader) error {
	defer s.inbox.end() // who reads ahead must not wait for room any more
	read := make(chan error, 1)
	go func() { read <- s.read(in) }()
	for !s.disconnects {
		m, ok := s.inbox.next()
		if !ok {
			return <-read
		}
		s.handle(m)
		s.inbox.done()
		if err := s.w.failed(); err != nil {
			return err
		}
	}
	return nil
}

// handle answers one message.
func (s *server) handle(m *message) {
	r := &m.request
	answer := &response{RequestSeq: r.Seq, Command: r.Command}
	row, ok := requests[r.Command]
	if s.remote != nil && m.bad == "" {
		if err := s.forward(m); errors.Is(err, errForwarded) {
			return
		}
		m.bad = "the host has gone"
		s.disconnects = s.disconnects || r.Command == "disconnect"
	}
	switch {
	case m.bad != "":
		answer.Message = m.bad
		s.w.respond(answer)
		return
	case !ok:
		answer.Message = fmt.Sprintf("the request %q is not supported", r.Command)
		s.w.respond(answer)
		return
	case m.ctx.Err() != nil:
		answer.Message = cancelled
		s.w.respond(answer)
		return
	}
	s.ctx = m.ctx
	over := s.until(m.ctx)
	body, then, err := row.answer(s, r.Arguments)
	if cut := over(); cut != nil && !errors.Is(err, errForwarded) {
		err = cut // what it says instead may be for want of an answer
	}
	if errors.Is(err, errForwarded) {
		return
	}
	if err != nil {
		answer.Message = err.Error()
		answer.Body = &dap.ErrorResponseBody{Error: &dap.ErrorMessage{Id: 1, Format: braces.Replace(err.Error()), ShowUser: showUser(r.Command)}}
		if m.ctx.Err() != nil && !s.terminal.on { // a person has interrupted it, and is told of what
			answer.Message, answer.Body = cancelled, nil
		}
	} else {
		answer.Success, answer.Body = true, body
	}
	s.w.respond(answer)
	if then != nil {
		then()
	}
}

// until makes what waits for all of a large program's debug information end with a request, until over is called.
func (s *server) until(ctx context.Context) (over func() error) {
	s.mu.Lock()
	session := s.shared
	s.mu.Unlock()
	if session == nil {
		return func() error { return nil }
	}
	return session.Until(ctx)
}

// braces keeps those of a message from being read as the names of its variables.
var braces = strings.NewReplacer("{", "(", "}", ")")

// showUser tells whether a failed request deserves a dialogue; evaluate and the like fail all
// the time while somebody types.
func showUser(command string) bool {
	return command == "launch" || command == "attach" || command == "restart"
}

var errNoProgram = errors.New("no program has been launched")

// need returns the session or says that there is none.
func (s *server) need() (*debugger.Session, error) {
	if s.session == nil {
		return nil, errNoProgram
	}
	return s.session, nil
}

// needStopped returns the session if its program stands somewhere. The session itself may not
// know yet of a run that has been answered for.
func (s *server) needStopped() (*debugger.Session, error) {
	if _, running := s.isRunning(); running {
		return nil, debugger.ErrRunning
	}
	return s.need()
}

// leaving is what becomes of the program when the session ends.
type leaving struct {
	terminate, suspend bool // of one that was attached to
}

// close ends the session, if there is one, and the program that was launched for it.
func (s *server) close() {
	s.mu.Lock()
	s.shared = nil
	if s.parent != nil {
		close(s.parent)
		s.parent = nil
	}
	s.mu.Unlock()
	if s.remote != nil {
		s.remote.Close()
		<-s.relayed
		s.remote = nil
	}
	if s.session == nil {
		return
	}
	if s.launch.attach {
		s.leave()
	} else {
		s.end(endSilent)
		s.session.Close()
	}
	s.runs.Wait() // they tell of stops, and ask the session for that
	s.session = nil
	closeAll(s.closing)
}
