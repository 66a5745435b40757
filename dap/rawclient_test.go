package dap

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"testing"
	"time"
)

// rawClient sends and receives messages as they are: it sees what go-dap has no fields for.
type rawClient struct {
	t       testing.TB
	conn    net.Conn
	in      *bufio.Reader
	seq     int
	answers map[int]*rawMessage // by the request's number
	events  []rawEvent          // that have come and were not asked for
	reply   func(command string, arguments json.RawMessage) (body any)
}

type rawEvent struct {
	name string
	body json.RawMessage
}

// rawConnect starts a server and returns a client of it.
func rawConnect(t testing.TB, o Options) *rawClient {
	t.Helper()
	ours, theirs := sockets(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		Serve(theirs, o) // its error is the client's going away
	}()
	c := newRawClient(t, ours)
	t.Cleanup(func() {
		ours.Close()
		<-done
	})
	return c
}

// sockets returns both ends of a connection.
func sockets(t testing.TB) (ours, theirs net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if ours, err = net.Dial("tcp", l.Addr().String()); err == nil {
		theirs, err = l.Accept()
	}
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

func newRawClient(t testing.TB, conn net.Conn) *rawClient {
	conn.SetDeadline(time.Now().Add(longWait)) // so that nothing waits for ever
	return &rawClient{t: t, conn: conn, in: bufio.NewReader(conn), answers: map[int]*rawMessage{}}
}

func (c *rawClient) send(m any) {
	c.t.Helper()
	b, err := json.Marshal(m)
	if err == nil {
		_, err = fmt.Fprintf(c.conn, "Content-Length: %d\r\n\r\n%s", len(b), b)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// request sends one and returns its number.
func (c *rawClient) request(command string, arguments any) int {
	c.t.Helper()
	c.seq++
	c.send(map[string]any{"seq": c.seq, "type": "request", "command": command, "arguments": arguments})
	return c.seq
}

type rawMessage struct {
	Type       string          `json:"type"`
	RequestSeq int             `json:"request_seq"`
	Seq        int             `json:"seq"`
	Success    bool            `json:"success"`
	Message    string          `json:"message"`
	Command    string          `json:"command"`
	Event      string          `json:"event"`
	Body       json.RawMessage `json:"body"`
	Arguments  json.RawMessage `json:"arguments"`
}

// next returns the next response; events are kept, requests of the server's are answered.
func (c *rawClient) next() *rawMessage {
	c.t.Helper()
	for {
		b, err := readMessage(c.in)
		if err != nil {
			c.t.Fatal(err)
		}
		m := new(rawMessage)
		if err := json.Unmarshal(b, m); err != nil {
			c.t.Fatalf("%s: %v", b, err)
		}
		switch m.Type {
		case "event":
			c.events = append(c.events, rawEvent{m.Event, m.Body})
			return m
		case "request":
			var body any
			if c.reply != nil {
				body = c.reply(m.Command, m.Arguments)
			}
			c.send(map[string]any{"type": "response", "request_seq": m.Seq, "success": body != nil, "command": m.Command, "body": body})
		default:
			return m
		}
	}
}

// response waits for the answer to a request.
func (c *rawClient) response(seq int) *rawMessage {
	c.t.Helper()
	for c.answers[seq] == nil {
		if m := c.next(); m.Type == "response" {
			c.answers[m.RequestSeq] = m
		}
	}
	return c.answers[seq]
}

// ask sends a request and decodes its answer's body; it must succeed.
func (c *rawClient) ask(command string, arguments, body any) {
	c.t.Helper()
	m := c.response(c.request(command, arguments))
	if !m.Success {
		c.t.Fatalf("%s %v: %s", command, arguments, m.Message)
	}
	if body != nil {
		if err := json.Unmarshal(m.Body, body); err != nil {
			c.t.Fatalf("%s: %v", command, err)
		}
	}
}

// refused sends a request that must fail, and returns why.
func (c *rawClient) refused(command string, arguments any) string {
	c.t.Helper()
	m := c.response(c.request(command, arguments))
	if m.Success {
		c.t.Fatalf("%s %v: %s", command, arguments, m.Body)
	}
	return m.Message
}

// event waits for an event and decodes its body. Those before it are dropped.
func (c *rawClient) event(name string, body any) {
	c.t.Helper()
	for {
		for i, e := range c.events {
			if e.name == name {
				c.events = c.events[i+1:]
				if body != nil {
					if err := json.Unmarshal(e.body, body); err != nil {
						c.t.Fatal(err)
					}
				}
				return
			}
		}
		c.events = nil
		c.next()
	}
}

// text is an expression's value.
func (c *rawClient) text(expression, context string) string {
	c.t.Helper()
	var body evaluateBody
	c.ask("evaluate", map[string]any{"expression": expression, "frameId": 1, "context": context}, &body)
	return body.Result
}

// open launches a program with all that a client may be able to do, and stops it at the main function, or at a line.
func (c *rawClient) open(arguments map[string]any, file string, line int) {
	c.t.Helper()
	c.ask("initialize", map[string]any{
		"supportsVariableType": true, "supportsVariablePaging": true, "supportsMemoryEvent": true, "supportsProgressReporting": true,
		"supportsInvalidatedEvent": true, "supportsANSIStyling": true, "supportsRunInTerminalRequest": true, "supportsStartDebuggingRequest": true,
	}, nil)
	c.ask("launch", arguments, nil)
	c.event("initialized", nil)
	if file != "" {
		c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": file}, "breakpoints": []any{map[string]any{"line": line}}}, nil)
	}
	c.ask("configurationDone", nil, nil)
	if file != "" || arguments["stopOnEntry"] == true {
		c.event("stopped", nil)
	}
}

// stack returns the frames.
func (c *rawClient) stack() []stackFrame {
	c.t.Helper()
	var body stackTraceBody
	c.ask("stackTrace", map[string]any{"threadId": 1}, &body)
	return body.StackFrames
}

// scope returns the variables of a scope of a frame.
func (c *rawClient) scope(frame int, name string) map[string]variable {
	c.t.Helper()
	var body struct {
		Scopes []struct {
			Name               string `json:"name"`
			VariablesReference int    `json:"variablesReference"`
		} `json:"scopes"`
	}
	c.ask("scopes", map[string]any{"frameId": frame}, &body)
	for _, s := range body.Scopes {
		if s.Name == name {
			return c.variables(map[string]any{"variablesReference": s.VariablesReference})
		}
	}
	c.t.Fatalf("there is no scope %s", name)
	return nil
}

func (c *rawClient) variables(arguments map[string]any) map[string]variable {
	c.t.Helper()
	var body struct {
		Variables []variable `json:"variables"`
	}
	c.ask("variables", arguments, &body)
	vs := map[string]variable{}
	for _, v := range body.Variables {
		vs[v.Name] = v
	}
	return vs
}

// step lets the program run by a request and waits for the stop.
func (c *rawClient) step(command string, arguments map[string]any) (reason string) {
	c.t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	arguments["threadId"] = 1
	c.ask(command, arguments, nil)
	var body struct{ Reason string }
	c.event("stopped", &body)
	return body.Reason
}
