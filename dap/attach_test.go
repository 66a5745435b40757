package dap

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"sphex/debugger"
)

// host runs c_callback's endless loop once for each name and serves debuggers at the address that it returns. end
// ends the service; status gives the programs' when they have ended by themselves.
func host(t testing.TB, token string, names ...string) (h *debugger.Host, address string, status <-chan int) {
	t.Helper()
	h = new(debugger.Host)
	ended := make(chan int, len(names))
	ctx, cancel := context.WithCancel(context.Background())
	var programs sync.WaitGroup
	for range names {
		var out watchedOutput
		said := make(chan struct{})
		out.said = said
		programs.Add(1)
		go func() {
			defer programs.Done()
			run, err := h.Run(ctx, debugger.Config{Program: absolute(t, callback), Args: []string{"spin"}, Stdout: &out, Compile: compile}, nil)
			if err == nil {
				ended <- run.ExitCode
			}
		}()
		<-said
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error)
	go func() {
		served <- debugger.Serve(ctx, l, h, debugger.ServeConfig{Token: token, View: ServeHost})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		programs.Wait()
	})
	return h, l.Addr().String(), ended
}

const callback = programs + "c_callback/c_callback-O0.wasm"

// watchedOutput tells when the program has come to its loop.
type watchedOutput struct {
	mu   sync.Mutex
	b    bytes.Buffer
	said chan struct{}
}

func (w *watchedOutput) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.b.Write(p); w.said != nil && strings.Contains(w.b.String(), "a 5 b 33\n") {
		close(w.said)
		w.said = nil
	}
	return len(p), nil
}

// hostClient connects to a host itself.
func hostClient(t testing.TB, address string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return newRawClient(t, conn)
}

// attach begins a session with what attach arguments say, and lets the program go on.
func (c *rawClient) attach(arguments map[string]any) {
	c.t.Helper()
	c.ask("initialize", map[string]any{"supportsStartDebuggingRequest": arguments["children"]}, nil)
	c.ask("attach", arguments, nil)
	c.event("initialized", nil)
	c.ask("configurationDone", nil, nil)
}

// TestAttach attaches through an editor's adapter, which passes on what a host says, and leaves without a trace.
func TestAttach(t *testing.T) {
	_, address, status := host(t, "", "one")
	for round := range 2 {
		c := rawConnect(t, Options{})
		c.attach(map[string]any{"address": address})
		c.refused("pause", map[string]any{"threadId": 9})
		c.want("reason", c.step("pause", nil), "pause")
		f := c.stack()[0]
		c.want("the frame", []any{f.Name, f.Source.Path}, []any{"spin", absolute(t, programs+"c_callback/main.c")})
		c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": f.Source.Path}, "breakpoints": []any{bp{"line": 18, "condition": "rounds % 1000 == 0"}}}, nil)
		c.want("reason", c.step("continue", nil), "breakpoint")
		if n := c.text("rounds % 1000", "watch"); n != "0" {
			t.Errorf("rounds %% 1000 is %s", n)
		}
		c.contains("restart", c.refused("restart", nil), "its host's")
		c.contains("a second program", c.refused("attach", map[string]any{"address": address}), "a program already")
		if round == 1 {
			c.ask("setExpression", map[string]any{"expression": "go_on", "value": "0", "frameId": 1}, nil)
			c.ask("setBreakpoints", map[string]any{"source": map[string]any{"path": f.Source.Path}}, nil)
			c.ask("continue", map[string]any{"threadId": 1}, nil)
			var exited struct{ ExitCode int }
			c.event("exited", &exited)
			c.want("the status", exited.ExitCode, 3)
			c.event("terminated", nil)
		}
		c.ask("disconnect", nil, nil)
	}
	if s := <-status; s != 3 {
		t.Errorf("status %d", s)
	}
}

// TestAttachInstances chooses among several instances; a client that can, makes a session of each.
func TestAttachInstances(t *testing.T) {
	h, address, _ := host(t, "", "one", "two")
	c := hostClient(t, address)
	c.ask("initialize", map[string]any{}, nil)
	c.contains("no choice", c.refused("attach", map[string]any{}), "choose one: 1 ")
	c.contains("a wrong one", c.refused("attach", map[string]any{"instance": "nobody"}), "nobody")
	c.ask("attach", map[string]any{"instance": 2}, nil)
	if list := h.Instances(); list[0].Attached || !list[1].Attached {
		t.Errorf("%+v", list)
	}
	c2 := hostClient(t, address)
	c2.ask("initialize", map[string]any{}, nil)
	c2.contains("one that has a debugger", c2.refused("attach", map[string]any{"instance": "2"}), "being debugged already")
	c.ask("disconnect", nil, nil)

	parent := rawConnect(t, Options{})
	children := make(chan map[string]any, 4)
	parent.reply = func(command string, arguments json.RawMessage) any {
		var a struct {
			Request       string         `json:"request"`
			Configuration map[string]any `json:"configuration"`
		}
		if err := json.Unmarshal(arguments, &a); err != nil || command != "startDebugging" || a.Request != "attach" {
			t.Errorf("%s %s", command, arguments)
		}
		children <- a.Configuration
		return struct{}{}
	}
	parent.attach(map[string]any{"connect": map[string]any{"host": "127.0.0.1", "port": portOf(t, address)}, "children": true, "name": "all"})
	for len(children) < 2 {
		parent.next()
	}
	for range 2 {
		c := rawConnect(t, Options{})
		c.attach(<-children)
		c.want("reason", c.step("pause", nil), "pause")
		c.want("the frame", c.stack()[0].Name, "spin")
	}
	for _, x := range h.Instances() {
		if !x.Attached {
			t.Errorf("%+v has no session", x)
		}
	}
	parent.ask("disconnect", nil, nil)
}

func portOf(t testing.TB, address string) any {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return json.Number(port)
}

// useSuspend leaves an instance standing, and finds it so.
func useSuspend(c *rawClient) {
	t := c.t
	h, address, _ := host(t, "", "one")
	c = hostClient(t, address)
	c.attach(map[string]any{})
	c.ask("disconnect", map[string]any{"suspendDebuggee": true}, nil)
	if list := h.Instances(); list[0].Attached {
		t.Errorf("%+v", list)
	}
	look := func() string {
		c = hostClient(t, address)
		c.attach(map[string]any{"stopOnEntry": true})
		c.event("stopped", nil)
		return c.text("rounds", "watch")
	}
	first := look()
	c.ask("disconnect", map[string]any{"suspendDebuggee": true}, nil)
	time.Sleep(5 * time.Millisecond) // in which it would run
	c.want("rounds", look(), first)
	for start := time.Now(); ; {
		c.ask("disconnect", nil, nil)
		time.Sleep(time.Millisecond)
		if look() != first {
			break
		}
		if time.Since(start) > longWait {
			t.Fatal("it stands though the last debugger has left it")
		}
	}
}

// TestAttachWrong attaches where there is nothing, or not what is wanted.
func TestAttachWrong(t *testing.T) {
	c := rawConnect(t, Options{})
	c.ask("initialize", map[string]any{}, nil)
	c.contains("no address", c.refused("attach", map[string]any{}), "connect")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err == nil {
			conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			conn.Close()
		}
	}()
	c.contains("another server", c.refused("attach", map[string]any{"address": l.Addr().String()}), "no host of sphex")
	l.Close()
	m := c.response(c.request("attach", map[string]any{"address": l.Addr().String()}))
	c.contains("nobody", m.Message, "nobody answers")
	c.contains("an editor shows it", string(m.Body), `"showUser":true`)
	c.contains("no host", c.refused("sphex/instances", map[string]any{}), "no host")
}

// A page in a browser of the same user can make it send messages to ports of this machine, with a header of HTTP.
func TestBrowserIsTurnedAway(t *testing.T) {
	for _, line := range []string{"POST / HTTP/1.1", "GET http://x:1/ HTTP/1.0"} {
		ours, theirs := net.Pipe()
		done := make(chan error)
		go func() { done <- Serve(theirs, Options{Compile: compile}) }()
		go ours.Write([]byte(line + "\r\nContent-Length: 2\r\n\r\n{}"))
		if err := <-done; err == nil || !strings.Contains(err.Error(), "HTTP") {
			t.Errorf("%s: %v", line, err)
		}
		ours.Close()
	}
}

// TestRemote is the terminal's session with a host: sphex connect.
func TestRemote(t *testing.T) {
	_, address, status := host(t, "", "one")
	connect := func() *Remote {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewRemote(conn, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := connect()
	if list, err := r.Instances(""); err != nil || len(list) != 1 || list[0].ID != 1 {
		t.Errorf("%+v %v", list, err)
	}
	stop, err := r.Attach("", "")
	if err != nil || !strings.Contains(stop, "spin main.c:18") && !strings.Contains(stop, "spin main.c:17") {
		t.Fatalf("%s %v", stop, err)
	}
	run := func(line, want string) {
		t.Helper()
		text, over, err := r.Execute(line, nil)
		if err != nil || over || !strings.Contains(text, want) {
			t.Errorf("%s: %q %v %v", line, text, over, err)
		}
	}
	run("break main.c:18", "Breakpoint 1 at main.c:18")
	run("continue", "breakpoint 1, hit 1")
	run("continue", "breakpoint 1, hit 2")
	run("up", "main.c:27")
	if words, start := r.Complete("print go_"); len(words) != 1 || words[0] != "go_on" || start != 6 {
		t.Errorf("%v %d", words, start)
	}
	if _, _, err := r.Execute("print nobody", nil); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("%v", err)
	}
	run("clear 1", "")
	interrupts := make(chan struct{}, 1)
	r.OnRun(func(now bool) { // before that, an interrupt would end the command
		if now {
			interrupts <- struct{}{}
		}
	})
	if text, over, err := r.Execute("continue", interrupts); err != nil || over || !strings.Contains(text, "paused") {
		t.Errorf("%q %v %v", text, over, err)
	}
	r.OnRun(nil)
	if err := r.Close(false); err != nil {
		t.Error(err)
	}
	r = connect()
	if _, err := r.Attach("1", ""); err != nil {
		t.Fatal(err)
	}
	run("set go_on = 0", "")
	if _, over, err := r.Execute("continue", nil); err != nil || !over {
		t.Errorf("%v %v", over, err)
	}
	if code, ok := r.ExitCode(); !ok || code != 3 {
		t.Errorf("%d %v", code, ok)
	}
	r.Close(false)
	if s := <-status; s != 3 {
		t.Errorf("status %d", s)
	}
}

// A client that asks for the end of a host's program gets it, while it runs, too.
func TestAttachTerminate(t *testing.T) {
	for _, request := range []string{"terminate", "disconnect"} {
		h, address, _ := host(t, "", "one")
		c := rawConnect(t, Options{})
		c.attach(map[string]any{"address": address})
		c.ask(request, map[string]any{"terminateDebuggee": true}, nil)
		if request == "terminate" {
			c.event("terminated", nil)
			c.ask("disconnect", nil, nil)
		}
		for wait := time.Now(); len(h.Instances()) > 0; time.Sleep(time.Millisecond) {
			if time.Since(wait) > longWait {
				t.Fatalf("%s: %+v", request, h.Instances())
			}
		}
	}
}

// TestHostLaunchesNothing asks a host to launch a program, which is not for its clients, least of all for those that know no
// token: they come to nothing at all.
func TestHostLaunchesNothing(t *testing.T) {
	h, _, _ := host(t, "", "one")
	here, there := net.Pipe()
	served := make(chan struct{})
	go func() {
		defer close(served)
		ServeHost(&debugger.Peer{Conn: there}, h)
	}()
	c := newRawClient(t, here)
	c.ask("initialize", map[string]any{}, nil)
	launch := map[string]any{"program": absolute(t, callback), "initCommands": []string{"info functions"}}
	for _, want := range []struct{ command, message string }{
		{"launch", "the program is its host's"}, {"attach", debugger.ErrToken.Error()}, {"sphex/instances", debugger.ErrToken.Error()},
	} {
		if m := c.refused(want.command, launch); !strings.Contains(m, want.message) {
			t.Errorf("%s: %s", want.command, m)
		}
	}
	here.Close()
	<-served
}
