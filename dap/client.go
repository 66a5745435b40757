package dap

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/google/go-dap"

	"sphex/debugger/command"
)

// Remote is a terminal's end of a session with a host: commands go as what is typed in a debug console, and their
// answers are the terminal's own words.
type Remote struct {
	conn net.Conn
	w    *writer

	mu      sync.Mutex
	waiting map[int]chan *reply
	ended   error         // why there will be no more answers
	running bool          // the program does
	runs    int           // how often it was let go
	exit    *int          // the program's status, when it has ended by itself
	changed chan struct{} // closed and made anew when running changes or the session ends
	over    bool          // the program has ended
	prompt  string        // what to ask with
	unpaged bool          // the person wants answers without stops
	output  func(text string)
	onRun   func(now bool) // told when the program is let go and when it stands; nil: nobody is
}

// RemoteInstance is an instance of a host.
type RemoteInstance struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Attached bool   `json:"attached"`
}

// NewRemote greets a host. output takes what it has to tell beside answers.
func NewRemote(conn net.Conn, output func(text string)) (*Remote, error) {
	in := bufio.NewReader(conn)
	if err := greet(conn, in, nil); err != nil {
		return nil, err
	}
	r := &Remote{conn: conn, w: &writer{out: conn}, waiting: map[int]chan *reply{}, changed: make(chan struct{}), output: output}
	go r.read(in)
	return r, nil
}

// read takes what the host says.
func (r *Remote) read(in *bufio.Reader) {
	var err error
	for err == nil {
		var b []byte
		if b, err = readMessage(in); err != nil {
			break
		}
		var m struct {
			reply
			Type  string `json:"type"`
			Event string `json:"event"`
		}
		if json.Unmarshal(b, &m) != nil {
			continue
		}
		switch {
		case m.Type == "response":
			r.mu.Lock()
			if c := r.waiting[m.RequestSeq]; c != nil {
				c <- &m.reply
				delete(r.waiting, m.RequestSeq)
			}
			r.mu.Unlock()
		case m.Event == "output":
			var o dap.OutputEventBody
			if json.Unmarshal(m.Body, &o) == nil {
				r.output(o.Output)
			}
		case m.Event == "continued":
			r.tell(true)
			r.set(func() { r.running = true; r.runs++ })
		case m.Event == "stopped":
			r.tell(false)
			r.set(func() { r.running = false })
		case m.Event == "exited":
			var e dap.ExitedEventBody
			if json.Unmarshal(m.Body, &e) == nil {
				r.set(func() { r.exit = &e.ExitCode })
			}
		case m.Event == "terminated":
			r.tell(false)
			r.set(func() { r.running, r.over = false, true })
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		err = errors.New("the host has gone")
	}
	r.tell(false)
	r.set(func() {
		r.ended, r.running, r.over = err, false, true
		for seq, c := range r.waiting {
			close(c)
			delete(r.waiting, seq)
		}
	})
}

// OnRun has a function told when the program is let go, and when it stands again; nil ends that.
func (r *Remote) OnRun(f func(now bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onRun = f
}

func (r *Remote) tell(runs bool) {
	r.mu.Lock()
	f := r.onRun
	r.mu.Unlock()
	if f != nil {
		f(runs)
	}
}

// SetTerminal tells the host what the answers are for: whether with colours, whether for a full-screen view, which shows the source
// by itself, and for how many columns texts are to be broken, 0 for none. A host of before knows no such thing, and answers in plain words.
func (r *Remote) SetTerminal(colour, view bool, columns int) error {
	return r.ask("sphex/terminal", &terminalClient{Colour: colour, Brief: view, Columns: columns}, nil)
}

// Panes returns what a full-screen view shows. The program stands.
func (r *Remote) Panes(w command.PanesWanted) (*command.Panes, error) {
	p := new(command.Panes)
	if err := r.ask("sphex/panes", &w, p); err != nil {
		return nil, err
	}
	return p, nil
}

// Prompt is what to ask with; "" if the host has said nothing of it.
func (r *Remote) Prompt() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.prompt
}

// Paging tells whether long answers are to be shown a screenful at a time.
func (r *Remote) Paging() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.unpaged
}

// set changes the state and tells those who wait for that.
func (r *Remote) set(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	close(r.changed)
	r.changed = make(chan struct{})
}

// ask sends a request and waits for its answer, whose body is decoded to body unless that is nil.
func (r *Remote) ask(command string, arguments, body any) error {
	_, c, err := r.send(command, arguments)
	if err != nil {
		return err
	}
	return r.take(c, body)
}

// send sends a request; its answer comes through the channel, which is closed when there will be none.
func (r *Remote) send(command string, arguments any) (seq int, answer <-chan *reply, err error) {
	c := make(chan *reply, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil {
		return 0, nil, r.ended
	}
	seq = r.w.request(command, arguments)
	r.waiting[seq] = c
	return seq, c, nil
}

// take waits for an answer.
func (r *Remote) take(answer <-chan *reply, body any) error {
	a, ok := <-answer
	switch {
	case !ok:
		return r.ended
	case !a.Success:
		return errors.New(a.Message)
	case body != nil:
		return json.Unmarshal(a.Body, body)
	}
	return nil
}

// Instances lists what there is to attach to.
func (r *Remote) Instances(token string) ([]RemoteInstance, error) {
	var body struct {
		Instances []RemoteInstance `json:"instances"`
	}
	err := r.ask("sphex/instances", map[string]string{"token": token}, &body)
	return body.Instances, err
}

// Attach attaches to an instance, by number or name, and returns where it stands, in words.
func (r *Remote) Attach(instance, token string) (stop string, err error) {
	arguments := map[string]any{"instance": instance, "token": token, "stopOnEntry": true}
	if err := r.ask("attach", arguments, nil); err != nil {
		return "", err
	}
	if err := r.ask("configurationDone", nil, nil); err != nil {
		return "", err
	}
	return r.stop()
}

// stop asks how the program stands.
func (r *Remote) stop() (string, error) {
	var body evaluateBody
	err := r.ask("sphex/stop", nil, &body)
	return body.Result, err
}

// Execute runs a command. When that lets the program run, it waits for the stop and returns that, too; what comes
// through interrupts pauses it meanwhile. over tells that the session has ended.
func (r *Remote) Execute(line string, interrupts <-chan struct{}) (text string, over bool, err error) {
	var body evaluateBody
	r.mu.Lock()
	before := r.runs
	r.mu.Unlock()
	seq, answer, err := r.send("evaluate", map[string]any{"expression": line, "context": "repl", "frameId": 1})
	if err != nil {
		return "", r.isOver(), err
	}
	done := make(chan struct{})
	go func() { // a function that an expression calls may take long, and so may a question to a large program's debug information
		for {
			select {
			case <-interrupts:
				_ = r.ask("cancel", &dap.CancelArguments{RequestId: seq}, nil)
				_ = r.ask("pause", nil, nil) // it may have been answered, and the program runs for it
			case <-done:
				return
			}
		}
	}()
	err = r.take(answer, &body)
	close(done)
	if err != nil {
		return "", r.isOver(), err
	}
	r.set(func() { r.unpaged = body.Unpaged })
	if body.Prompt != "" {
		r.set(func() { r.prompt = body.Prompt })
	}
	if err := r.ask("threads", nil, nil); err != nil { // what comes of the command has been told by then
		return body.Result, r.isOver(), err
	}
	ran := false
	for {
		r.mu.Lock()
		running, changed := r.running, r.changed
		ran = r.runs > before
		r.mu.Unlock()
		if !running {
			break
		}
		select {
		case <-interrupts:
			if err := r.ask("pause", nil, nil); err != nil {
				return body.Result, r.isOver(), err
			}
		case <-changed:
		}
	}
	text = body.Result
	if over = r.isOver(); over || !ran {
		return text, over, nil
	}
	stop, err := r.stop()
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + stop, false, err
}

// ExitCode returns the program's status; ok is false if it has not ended by itself.
func (r *Remote) ExitCode() (status int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.exit == nil {
		return 0, false
	}
	return *r.exit, true
}

func (r *Remote) isOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// Complete proposes what may stand in place of the end of a line, from start on in bytes.
func (r *Remote) Complete(line string) (words []string, start int) {
	var body dap.CompletionsResponseBody
	if r.ask("completions", &dap.CompletionsArguments{Text: line, Column: len([]rune(line)) + 1, FrameId: 1}, &body) != nil {
		return nil, len(line)
	}
	for i, t := range body.Targets {
		if i == 0 {
			start = t.Start
		}
		if t.Start == start {
			words = append(words, t.Text)
		}
	}
	return words, max(0, min(start, len(line)))
}

// Close leaves the host; the instance goes on, or ends if kill says so.
func (r *Remote) Close(kill bool) error {
	err := r.ask("disconnect", &dap.DisconnectArguments{TerminateDebuggee: kill}, nil)
	r.conn.Close()
	return err
}

// String names the host.
func (r *Remote) String() string { return fmt.Sprint(r.conn.RemoteAddr()) }
