package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"

	"github.com/google/go-dap"

	"sphex/aot"
	"sphex/aot/object"
	"sphex/debugger"
	"sphex/debugger/command"
)

// Options are the choices of a server.
type Options struct {
	// Compile and Load are as in debugger.Config.
	Compile func(module []byte, c *aot.Companions) (*object.File, error)
	Load    func(path string, c *aot.Companions) (*object.File, error)
}

// Serve serves one client until it disconnects or the connection ends, and closes the connection.
func Serve(conn io.ReadWriteCloser, o Options) error {
	s := &server{options: o, w: &writer{out: conn}, client: client{lineBase: 1, columnBase: 1}}
	defer s.close()
	defer conn.Close() // first, so that nothing waits for a client that has gone
	return s.loop(bufio.NewReader(conn))
}

// ServeAll serves every client that connects, each with a session of its own.
func ServeAll(l net.Listener, o Options) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
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
	session *debugger.Session
	launch  launchArguments
	interp  *command.Interp
	start   func() // lets the program run once the console's command is answered
	console *consoleWriter
	outputs []*outputWriter // the program's
	stdin   *os.File        // the program's; nil for none
	handles handles
	sources map[string]string         // local path -> path in DWARF
	texts   []string                  // sources given by reference; see source.go
	jumps   []debugger.BreakpointSpec // given by gotoTargets

	byFile      map[string][]placed // of setBreakpoints, by the client's path
	byException []placed            // of setExceptionBreakpoints
	configured  bool
	disconnects bool

	mu            sync.Mutex
	running       chan struct{} // closed when the program has stopped; nil while it does not run
	ending        ending
	byFunction    []placed // of setFunctionBreakpoints
	byInstruction []placed // of setInstructionBreakpoints
	byData        []int    // of setDataBreakpoints
}

// ending says what becomes of the exited and terminated events when the program ends.
type ending uint8

const (
	endTells  ending = iota // the client is told
	endSilent               // it ends for a restart or for good: nobody needs to know
	endTold                 // the client was told
)

// client is what initialize told.
type client struct {
	lineBase, columnBase int
	types, paging        bool
}

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
		after("configurationDone", (*server).configurationDone),
		after("restart", (*server).restart),
		after("terminate", (*server).terminate),
		after("disconnect", (*server).disconnect),

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
		on("scopes", (*server).scopes),
		on("variables", (*server).variables),
		on("setVariable", (*server).setVariable),
		on("setExpression", (*server).setExpression),
		on("exceptionInfo", (*server).exceptionInfo),
		on("source", (*server).sourceText),
		on("loadedSources", (*server).loadedSources),
		on("modules", (*server).modules),
		on("readMemory", (*server).readMemory),
		on("writeMemory", (*server).writeMemory),
		on("disassemble", (*server).disassemble),

		after("evaluate", (*server).evaluate),
		on("completions", (*server).completions),
	} {
		requests[r.command] = r
	}
}

// loop reads and answers requests until the client leaves.
func (s *server) loop(in *bufio.Reader) error {
	for !s.disconnects {
		b, err := readMessage(in)
		var bad errBadMessage
		if errors.As(err, &bad) {
			s.w.respond(&response{Message: bad.why})
			continue
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		s.handle(b)
		if s.w.err != nil {
			return s.w.err
		}
	}
	return nil
}

// handle answers one message.
func (s *server) handle(b []byte) {
	var r request
	if err := json.Unmarshal(b, &r); err != nil {
		s.w.respond(&response{RequestSeq: r.Seq, Command: r.Command, Message: fmt.Sprintf("not a request: %v", err)})
		return
	}
	if r.Type == "response" {
		return // to a request of ours; there are none
	}
	answer := &response{RequestSeq: r.Seq, Command: r.Command}
	row, ok := requests[r.Command]
	if !ok {
		answer.Message = fmt.Sprintf("the request %q is not supported", r.Command)
		s.w.respond(answer)
		return
	}
	body, then, err := row.answer(s, r.Arguments)
	if err != nil {
		answer.Message = err.Error()
		answer.Body = &dap.ErrorResponseBody{Error: &dap.ErrorMessage{Id: 1, Format: err.Error(), ShowUser: showUser(r.Command)}}
	} else {
		answer.Success, answer.Body = true, body
	}
	s.w.respond(answer)
	if then != nil {
		then()
	}
}

// showUser tells whether a failed request deserves a dialogue; evaluate and the like fail all
// the time while somebody types.
func showUser(command string) bool { return command == "launch" || command == "restart" }

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

// close ends the program, if there is one.
func (s *server) close() {
	if s.session == nil {
		return
	}
	s.end(endSilent)
	s.session.Close()
	s.session = nil
	if s.stdin != nil {
		s.stdin.Close()
	}
}
