package dap

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/go-delve/delve/service/dap/daptest"
	"github.com/google/go-dap"
)

const endless = programs + "c_endless/c_endless-O0.wasm"

// turning starts the endless program and waits until it turns.
func turning(t *testing.T, c *daptest.Client) {
	t.Helper()
	launch(t, c, map[string]any{"program": absolute(t, endless)}, "")
	start(t, c)
	if o := expect[*dap.OutputEvent](t, c, nil); o.Body.Output != "turning" {
		t.Fatalf("%+v", o.Body)
	}
}

func pause(t *testing.T, c *daptest.Client) {
	t.Helper()
	c.PauseRequest(1)
	expect[*dap.PauseResponse](t, c, nil)
	if s := expect[*dap.StoppedEvent](t, c, nil); s.Body.Reason != "pause" {
		t.Errorf("%+v", s.Body)
	}
}

func TestPauseEndlessLoop(t *testing.T) {
	c, _ := connect(t)
	turning(t, c)
	file := absolute(t, programs+"c_endless/main.c")
	rounds := func() string {
		t.Helper()
		c.EvaluateRequest("rounds", 1, "watch")
		return expect[*dap.EvaluateResponse](t, c, nil).Body.Result
	}
	before := "0"
	for range 3 {
		c.StackTraceRequest(1, 0, 1)
		expect[*dap.ErrorResponse](t, c, nil) // it runs
		pause(t, c)
		f, now := top(t, c), rounds()
		for now == before { // on a busy machine it comes to nothing for a while; the connection's deadline ends this
			c.ContinueRequest(1)
			expect[*dap.ContinueResponse](t, c, nil)
			time.Sleep(time.Millisecond)
			pause(t, c)
			f, now = top(t, c), rounds()
		}
		if line := f.Line; line != 10 && (line < 58 || line > 59) || f.Source.Path != file {
			t.Errorf("paused at %+v", f)
		}
		before = now
		c.ContinueRequest(1)
		expect[*dap.ContinueResponse](t, c, nil)
	}
	// A breakpoint set while it runs stops it.
	c.SetBreakpointsRequest(file, []int{59})
	for range 2 { // it may be hit before the answer has been written
		switch m := c.ExpectMessage(t).(type) {
		case *dap.SetBreakpointsResponse:
			if !m.Body.Breakpoints[0].Verified {
				t.Errorf("%+v", m.Body)
			}
		case *dap.StoppedEvent:
			if m.Body.Reason != "breakpoint" {
				t.Errorf("%+v", m.Body)
			}
		default:
			t.Errorf("%T", m)
		}
	}
}

// A pause that comes right behind a continue is not lost.
func TestPauseAtOnce(t *testing.T) {
	c, _ := connect(t)
	turning(t, c)
	pause(t, c)
	for range 50 {
		c.ContinueRequest(1)
		c.PauseRequest(1)
		expect[*dap.ContinueResponse](t, c, nil)
		expect[*dap.PauseResponse](t, c, nil)
		expect[*dap.StoppedEvent](t, c, nil)
	}
}

func TestTerminateWhileRunning(t *testing.T) {
	c, _ := connect(t)
	turning(t, c)
	c.TerminateRequest()
	expect[*dap.TerminateResponse](t, c, nil)
	var out strings.Builder
	expect[*dap.ExitedEvent](t, c, &out)
	expect[*dap.TerminatedEvent](t, c, &out)
	if out.Len() > 0 {
		t.Errorf("ending it on request printed %q", out.String())
	}
	c.DisconnectRequest()
	expect[*dap.DisconnectResponse](t, c, nil)
}

func TestDisconnectWhileRunning(t *testing.T) {
	c, conn := connect(t)
	turning(t, c)
	c.DisconnectRequest()
	expect[*dap.DisconnectResponse](t, c, nil)
	conn.SetReadDeadline(time.Now().Add(longWait))
	if n, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection goes on: %d, %v", n, err)
	}
}

func TestRestartWhileRunning(t *testing.T) {
	c, _ := connect(t)
	turning(t, c)
	c.RestartRequest(nil)
	expect[*dap.RestartResponse](t, c, nil)
	if o := expect[*dap.OutputEvent](t, c, nil); o.Body.Output != "turning" {
		t.Errorf("%+v", o.Body)
	}
	pause(t, c)
	// A restart may bring the launch configuration anew.
	c.RestartRequest(map[string]any{"arguments": map[string]any{"program": absolute(t, endless), "args": []string{"bytes"}}})
	expect[*dap.RestartResponse](t, c, nil)
	if e := expect[*dap.ExitedEvent](t, c, nil); e.Body.ExitCode != 5 {
		t.Errorf("status %d, want 5", e.Body.ExitCode)
	}
	expect[*dap.TerminatedEvent](t, c, nil)
}

// A client that vanishes leaves nothing running.
func TestVanishingClient(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	gone := make(chan error)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { gone <- Serve(conn, Options{Compile: compile}) }()
		}
	}()
	for _, mode := range []string{"", "flood"} { // one that is silent, one that writes all the time
		before := runtime.NumGoroutine()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c := daptest.NewClientFromConn(conn)
		launch(t, c, map[string]any{"program": absolute(t, endless), "args": []string{mode}}, "")
		start(t, c)
		expect[*dap.OutputEvent](t, c, nil)
		conn.Close()
		select {
		case <-gone:
		case <-time.After(longWait):
			t.Fatalf("%q: the server waits for a client that has gone", mode)
		}
		for wait := time.Now(); runtime.NumGoroutine() > before+1; time.Sleep(10 * time.Millisecond) {
			if time.Since(wait) > longWait {
				t.Errorf("%q: %d goroutines before, %d after", mode, before, runtime.NumGoroutine())
				break
			}
		}
	}
}

// Two clients at one listener do not see each other.
func TestTwoClients(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go ServeAll(l, Options{Compile: compile})
	var clients []*daptest.Client
	for range 2 {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		clients = append(clients, daptest.NewClientFromConn(conn))
	}
	file := absolute(t, programs+"c_steps/main.c")
	for i, line := range []int{30, 54} {
		launch(t, clients[i], map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm")}, file, line)
	}
	for _, c := range clients {
		start(t, c)
	}
	for i, want := range []int{30, 54} {
		expect[*dap.StoppedEvent](t, clients[i], nil)
		if f := top(t, clients[i]); f.Line != want {
			t.Errorf("client %d stopped at line %d, want %d", i, f.Line, want)
		}
	}
	turning(t, func() *daptest.Client { c, _ := connect(t); return c }())
	for i := range clients {
		clients[i].SetBreakpointsRequest(file, nil)
		expect[*dap.SetBreakpointsResponse](t, clients[i], nil)
		clients[i].ContinueRequest(1)
		expect[*dap.ContinueResponse](t, clients[i], nil)
		expectSkipping[*dap.ExitedEvent](t, clients[i], new(strings.Builder))
	}
}

// Characters that the program writes in pieces arrive whole.
func TestOutputInPieces(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, endless), "args": []string{"bytes"}}, "")
	start(t, c)
	var got []string
	for {
		m := c.ExpectMessage(t)
		if o, ok := m.(*dap.OutputEvent); ok {
			got = append(got, o.Body.Output)
		}
		if e, ok := m.(*dap.ExitedEvent); ok {
			if e.Body.ExitCode != 5 {
				t.Errorf("status %d", e.Body.ExitCode)
			}
			break
		}
	}
	want := []string{"n", "é", "e", " ", "🦀", " ", "�"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// env, cwd and stdin reach the program; a null variable is not set, and nothing of ours is.
func TestLaunchConfiguration(t *testing.T) {
	t.Setenv("B", "ours")
	dir := t.TempDir()
	for name, text := range map[string]string{"note.txt": "from the folder\n", "names.txt": "Ada\nGrace\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args map[string]any) string {
		t.Helper()
		c, _ := connect(t)
		args["program"] = absolute(t, endless)
		launch(t, c, args, "")
		start(t, c)
		var out strings.Builder
		expectSkipping[*dap.ExitedEvent](t, c, &out)
		return strings.ReplaceAll(out.String(), "stdout: ", "")
	}
	if got := run(map[string]any{"args": []string{"env"}, "cwd": dir, "env": map[string]any{"A": "one", "B": nil}}); got != "A=one B=-\nnote: from the folder\n\n" {
		t.Errorf("%q", got)
	}
	if got := run(map[string]any{"args": []string{"env"}}); got != "A=- B=-\nnote: no file\n" {
		t.Errorf("%q", got)
	}
	if got := run(map[string]any{"args": []string{"greet"}, "cwd": dir, "stdin": "names.txt"}); got != "name? hello Ada 3\nname? hello Grace 5\nname? bye\n" {
		t.Errorf("%q", got)
	}
}

// Without debugging nothing stops, and a trap shows its stack before the end.
func TestNoDebug(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_trap/c_trap-O0-dw5.wasm"), "args": []string{"div0"}, "noDebug": true, "stopOnEntry": true},
		absolute(t, programs+"c_trap/main.c"), 13)
	start(t, c)
	var out strings.Builder
	if e := expectSkipping[*dap.ExitedEvent](t, c, &out); e.Body.ExitCode != 134 {
		t.Errorf("status %d", e.Body.ExitCode)
	}
	if !strings.Contains(out.String(), "#0 div_by at ") || !strings.Contains(out.String(), "divide by zero") {
		t.Errorf("no backtrace: %s", out.String())
	}
}

// Sources that were built elsewhere are found through sourceMap.
func TestSourceMap(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile(programs + "c_steps/main.c")
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(programs + "c_steps/c_steps-O0.wasm")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "code"), 0o755); err != nil {
		t.Fatal(err)
	}
	file, program := filepath.Join(dir, "code", "main.c"), filepath.Join(dir, "steps.wasm")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, module, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{`{"/src/c_steps": %q}`, `[["/src/c_steps", %q]]`} {
		c, _ := connect(t)
		set := launch(t, c, map[string]any{"program": program, "sourceMap": json.RawMessage(fmt.Sprintf(form, filepath.Dir(file)))}, file, 54)
		if b := set.Body.Breakpoints[0]; !b.Verified || b.Source == nil || b.Source.Path != file {
			t.Errorf("%s: %+v", form, b)
		}
		start(t, c)
		expect[*dap.StoppedEvent](t, c, nil)
		if f := top(t, c); f.Source == nil || f.Source.Path != file || f.Source.PresentationHint != "" {
			t.Errorf("%s: %+v", form, f)
		}
	}
	// Without it the source is not there, and the frame says so.
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": program, "stopOnEntry": true}, "")
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	if f := top(t, c); f.Source.Path != "/src/c_steps/main.c" || f.Source.PresentationHint != "deemphasize" {
		t.Errorf("%+v %+v", f, f.Source)
	}
}
