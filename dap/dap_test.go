package dap

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-delve/delve/service/dap/daptest"
	"github.com/google/go-dap"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/aot/object"
)

const programs = "../testdata/programs/"

// compile compiles each module once for all tests.
var compile = func() func([]byte, *aot.Companions) (*object.File, error) {
	var mu sync.Mutex
	made := map[string]*object.File{}
	return func(module []byte, c *aot.Companions) (*object.File, error) {
		mu.Lock()
		defer mu.Unlock()
		key := strings.Join(append([]string{string(module)}, c.Dirs...), "\x00")
		if f := made[key]; f != nil {
			return f, nil
		}
		f, err := aot.Compile(module, aot.Options{Companions: c, Text: debuginfo.TextFills})
		made[key] = f
		return f, err
	}
}()

// longWait is how long a test waits for what must come: other programs may have the machine meanwhile.
const longWait = 3 * time.Minute

// connect starts a server and returns a client of it.
func connect(t *testing.T) (*daptest.Client, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go ServeAll(l, Options{Compile: compile})
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(longWait)) // so that nothing waits for ever
	return daptest.NewClientFromConn(conn), conn
}

// expect reads messages until one of type T comes; output events on the way are collected.
func expect[T dap.Message](t *testing.T, c *daptest.Client, output *strings.Builder) T {
	t.Helper()
	for {
		m := c.ExpectMessage(t)
		if o, ok := m.(*dap.OutputEvent); ok {
			if output != nil {
				output.WriteString(o.Body.Category + ": " + o.Body.Output)
			}
			if want, ok := any(o).(T); ok {
				return want
			}
			continue
		}
		if want, ok := m.(T); ok {
			return want
		}
		if _, ok := m.(*dap.ThreadEvent); ok {
			continue
		}
		b, _ := json.Marshal(m)
		var want T
		t.Fatalf("got %T %s, want %T", m, b, want)
	}
}

// launch starts a program with breakpoints at lines of its file.
func launch(t *testing.T, c *daptest.Client, args map[string]any, file string, lines ...int) *dap.SetBreakpointsResponse {
	t.Helper()
	c.InitializeRequest()
	expect[*dap.InitializeResponse](t, c, nil)
	c.LaunchRequestWithArgs(args)
	expect[*dap.LaunchResponse](t, c, nil)
	expect[*dap.InitializedEvent](t, c, nil)
	var set *dap.SetBreakpointsResponse
	if file != "" {
		c.SetBreakpointsRequest(file, lines)
		set = expect[*dap.SetBreakpointsResponse](t, c, nil)
	}
	return set
}

func start(t *testing.T, c *daptest.Client) {
	t.Helper()
	c.ConfigurationDoneRequest()
	expect[*dap.ConfigurationDoneResponse](t, c, nil)
}

func absolute(t testing.TB, name string) string {
	t.Helper()
	abs, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// top returns the innermost frame.
func top(t *testing.T, c *daptest.Client) dap.StackFrame {
	t.Helper()
	c.StackTraceRequest(1, 0, 20)
	st := expect[*dap.StackTraceResponse](t, c, nil)
	if len(st.Body.StackFrames) == 0 {
		t.Fatal("no frames")
	}
	return st.Body.StackFrames[0]
}

// variables returns the variables of a scope of a frame by name.
func variables(t *testing.T, c *daptest.Client, frame int, scope string) map[string]dap.Variable {
	t.Helper()
	c.ScopesRequest(frame)
	for _, s := range expect[*dap.ScopesResponse](t, c, nil).Body.Scopes {
		if s.Name == scope {
			return children(t, c, s.VariablesReference)
		}
	}
	t.Fatalf("no scope %s", scope)
	return nil
}

func children(t *testing.T, c *daptest.Client, ref int) map[string]dap.Variable {
	t.Helper()
	c.VariablesRequest(ref)
	vs := map[string]dap.Variable{}
	for _, v := range expect[*dap.VariablesResponse](t, c, nil).Body.Variables {
		vs[v.Name] = v
	}
	return vs
}

func check(t *testing.T, vs map[string]dap.Variable, name, value string) {
	t.Helper()
	if v, ok := vs[name]; !ok || v.Value != value {
		t.Errorf("%s = %q, want %q", name, v.Value, value)
	}
}

// A whole session on the README's program: the values are those of its source.
func TestOrders(t *testing.T) {
	c, _ := connect(t)
	file := absolute(t, programs+"orders/main.rs")
	set := launch(t, c, map[string]any{"program": absolute(t, programs+"orders/orders.wasm")}, file, 54, 58)
	if b := set.Body.Breakpoints[0]; !b.Verified || b.Line != 54 {
		t.Errorf("breakpoint at line 54: %+v", b)
	}
	if b := set.Body.Breakpoints[1]; !b.Verified || b.Line != 61 || b.Message == "" {
		t.Errorf("line 58 has no code and should move to 61, behind the prologue at 60, with a word: %+v", b)
	}
	c.SetBreakpointsRequest(file, []int{54})
	expect[*dap.SetBreakpointsResponse](t, c, nil)
	start(t, c)
	if s := expect[*dap.StoppedEvent](t, c, nil); s.Body.Reason != "breakpoint" || len(s.Body.HitBreakpointIds) != 1 {
		t.Errorf("%+v", s.Body)
	}
	c.ThreadsRequest()
	if th := expect[*dap.ThreadsResponse](t, c, nil); len(th.Body.Threads) != 1 || th.Body.Threads[0].Id != 1 {
		t.Errorf("%+v", th.Body)
	}
	f := top(t, c)
	if f.Line != 54 || f.Source == nil || f.Source.Path != file || !strings.HasSuffix(f.Name, "take") {
		t.Errorf("%+v", f)
	}
	locals := variables(t, c, f.Id, "Locals")
	check(t, locals, "due", "670")
	check(t, locals, "paid", "670")
	args := variables(t, c, f.Id, "Locals")
	order := children(t, c, args["order"].VariablesReference)
	check(t, order, "customer", `"Ada"`)
	check(t, order, "discount", "None")
	check(t, order, "payment", "Cash")
	check(t, order, "items", `["tea", "cake"]`)
	items := children(t, c, order["items"].VariablesReference)
	check(t, items, "[0]", `"tea"`)
	check(t, items, "[1]", `"cake"`)

	for _, e := range []struct{ expr, context, want string }{
		{"order.items[1]", "watch", `"cake"`},
		{"due + 1", "hover", "671"},
		{"due == 670", "watch", "true"},
		{"p order.customer", "repl", `"Ada"`},
		{"order.discount", "repl", "None"},
	} {
		c.EvaluateRequest(e.expr, f.Id, e.context)
		if got := expect[*dap.EvaluateResponse](t, c, nil).Body.Result; got != e.want {
			t.Errorf("%s: %s, want %s", e.expr, got, e.want)
		}
	}
	c.EvaluateRequest("nobody", f.Id, "watch")
	expect[*dap.ErrorResponse](t, c, nil)
	c.EvaluateRequest("bt", f.Id, "repl")
	if bt := expect[*dap.EvaluateResponse](t, c, nil).Body.Result; !strings.Contains(bt, "take at ") || !strings.Contains(bt, "main.rs:75") {
		t.Errorf("bt in the console: %s", bt)
	}

	c.NextRequest(1)
	expect[*dap.NextResponse](t, c, nil)
	if s := expect[*dap.StoppedEvent](t, c, nil); s.Body.Reason != "step" {
		t.Errorf("%+v", s.Body)
	}
	if f := top(t, c); f.Line != 55 {
		t.Errorf("next went to line %d", f.Line)
	}
	c.VariablesRequest(1)
	expect[*dap.ErrorResponse](t, c, nil) // the program has run since

	// A step from the console reaches the client as events.
	c.EvaluateRequest("stepout", 1, "repl")
	expect[*dap.EvaluateResponse](t, c, nil)
	expect[*dap.ContinuedEvent](t, c, nil)
	expect[*dap.StoppedEvent](t, c, nil)
	if f := top(t, c); !strings.HasSuffix(f.Name, "main") || f.Line < 75 || f.Line > 77 {
		t.Errorf("stepout went to %s:%d", f.Name, f.Line)
	}

	c.SetBreakpointsRequestWithArgs(file, []int{39, 54}, map[int]string{39: "false"}, nil, map[int]string{54: "paid {paid}"})
	expect[*dap.SetBreakpointsResponse](t, c, nil)
	var out strings.Builder
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	if e := expectSkipping[*dap.ExitedEvent](t, c, &out); e.Body.ExitCode != 0 {
		t.Errorf("status %d", e.Body.ExitCode)
	}
	expect[*dap.TerminatedEvent](t, c, &out)
	want, err := os.ReadFile(programs + "orders/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(want)), "\n") {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the output lacks %q:\n%s", line, out.String())
		}
	}
	for _, line := range []string{"console: paid 1224", "console: paid 380"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("the log lacks %q:\n%s", line, out.String())
		}
	}
	c.DisconnectRequest()
	expect[*dap.DisconnectResponse](t, c, nil)
}

// expectSkipping is expect for places where breakpoint events may come too.
func expectSkipping[T dap.Message](t *testing.T, c *daptest.Client, out *strings.Builder) T {
	t.Helper()
	for {
		switch m := c.ExpectMessage(t).(type) {
		case T:
			return m
		case *dap.OutputEvent:
			out.WriteString(m.Body.Category + ": " + m.Body.Output)
		case *dap.BreakpointEvent, *dap.ThreadEvent:
		default:
			t.Fatalf("unexpected %T", m)
		}
	}
}

func TestFunctionBreakpointStepsRestart(t *testing.T) {
	c, _ := connect(t)
	file := absolute(t, programs+"c_steps/main.c")
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm")}, "")
	c.SetFunctionBreakpointsRequest([]dap.FunctionBreakpoint{{Name: "fact", Condition: "n == 2"}, {Name: "nothing"}})
	set := expect[*dap.SetFunctionBreakpointsResponse](t, c, nil)
	if b := set.Body.Breakpoints; !b[0].Verified || b[1].Verified || b[1].Message == "" {
		t.Errorf("%+v", b)
	}
	start(t, c)
	for range 2 {
		if s := expect[*dap.StoppedEvent](t, c, nil); s.Body.Reason != "function breakpoint" {
			t.Errorf("%+v", s.Body)
		}
		f := top(t, c)
		if f.Name != "fact" || f.Line != 16 || f.Source.Path != file {
			t.Errorf("%+v", f)
		}
		check(t, variables(t, c, f.Id, "Locals"), "n", "2")
		c.StackTraceRequest(1, 1, 3)
		st := expect[*dap.StackTraceResponse](t, c, nil)
		for i, want := range []string{"fact", "fact", "main"} {
			if got := st.Body.StackFrames[i]; got.Name != want || got.Id != i+2 {
				t.Errorf("frame %d is %+v, want %s", i+1, got, want)
			}
		}
		c.StepInRequest(1)
		expect[*dap.StepInResponse](t, c, nil)
		expect[*dap.StoppedEvent](t, c, nil)
		if f := top(t, c); f.Line != 18 {
			t.Errorf("step went to line %d", f.Line)
		}
		c.StepInRequest(1)
		expect[*dap.StepInResponse](t, c, nil)
		expect[*dap.StoppedEvent](t, c, nil)
		f = top(t, c)
		check(t, variables(t, c, f.Id, "Locals"), "n", "1")
		c.StepOutRequest(1)
		expect[*dap.StepOutResponse](t, c, nil)
		expect[*dap.StoppedEvent](t, c, nil)
		c.RestartRequest(nil)
		expect[*dap.RestartResponse](t, c, nil)
	}
	expect[*dap.StoppedEvent](t, c, nil)
	c.TerminateRequest()
	expect[*dap.TerminateResponse](t, c, nil)
	expect[*dap.TerminatedEvent](t, c, nil)
	c.ContinueRequest(1)
	expect[*dap.ErrorResponse](t, c, nil)
}

// A trap stops at its line before the program ends.
func TestTrap(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_trap/c_trap-O0-dw5.wasm"), "args": []string{"div0"}}, "")
	start(t, c)
	var out strings.Builder
	s := expect[*dap.StoppedEvent](t, c, &out)
	if s.Body.Reason != "exception" || !strings.Contains(s.Body.Text, "divide by zero") {
		t.Errorf("%+v", s.Body)
	}
	if !strings.Contains(out.String(), "stdout: mode div0 local 6\n") {
		t.Errorf("output %q", out.String())
	}
	f := top(t, c)
	if f.Name != "div_by" || f.Line != 13 {
		t.Errorf("%+v", f)
	}
	check(t, variables(t, c, f.Id, "Locals"), "b", "0")
	c.ExceptionInfoRequest(1)
	info := expect[*dap.ExceptionInfoResponse](t, c, nil)
	if !strings.Contains(info.Body.Description, "divide by zero") || !strings.Contains(info.Body.Details.StackTrace, "div_by") {
		t.Errorf("%+v", info.Body)
	}
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	if e := expect[*dap.ExitedEvent](t, c, nil); e.Body.ExitCode != 134 {
		t.Errorf("status %d", e.Body.ExitCode)
	}
	expect[*dap.TerminatedEvent](t, c, nil)
}

func TestStopOnEntryAndPause(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm"), "stopOnEntry": true}, "")
	start(t, c)
	if s := expect[*dap.StoppedEvent](t, c, nil); s.Body.Reason != "entry" {
		t.Errorf("%+v", s.Body)
	}
	if f := top(t, c); f.Name != "main" || f.Line != 50 {
		t.Errorf("%+v", f)
	}
}

func TestBadMessages(t *testing.T) {
	_, conn := connect(t)
	r := bufio.NewReader(conn)
	ask := func(message string) map[string]any {
		t.Helper()
		if _, err := io.WriteString(conn, message); err != nil {
			t.Fatal(err)
		}
		b, err := readMessage(r)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	frame := func(s string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(s), s) }
	for _, bad := range []string{
		frame(`{"seq":1,"type":"request","command":"fly"}`),
		frame(`{"seq":1,"type":"request","command":"launch","arguments":{"program":7}}`),
		frame(`{"seq":1,"type":"request","command":"launch","arguments":{}}`),
		frame(`{"seq":1,"type":"request","command":"launch","arguments":{"program":"/does/not/exist.wasm"}}`),
		frame(`{"seq":1,"type":"request","command":"stackTrace","arguments":{"threadId":1}}`),
		frame(`{"seq":1,"type":"request","command":"evaluate","arguments":{"expression":"x"}}`),
		frame(`{"seq":1,"type":"request","command":"variables","arguments":{"variablesReference":99}}`),
		frame(`{"seq":1,"type":"request","command":"configurationDone"}`),
		frame(`[1, 2`),
		frame(``),
		"Content-Length: many\r\n\r\n",
		"Nonsense\r\n\r\n",
		fmt.Sprintf("Content-Length: %d\r\n\r\n%s", maxMessage+1, strings.Repeat("x", maxMessage+1)),
	} {
		m := ask(bad)
		if m["success"] != false || m["type"] != "response" || m["message"] == "" {
			t.Errorf("%.80q: %v", bad, m)
		}
	}
	if m := ask(frame(`{"seq":0,"type":"request","command":"initialize","arguments":{}}`)); m["success"] != true {
		t.Errorf("the session did not go on: %v", m)
	}

}

func FuzzMessages(f *testing.F) {
	f.Add([]byte("Content-Length: 2\r\n\r\n{}"))
	f.Add([]byte(`Content-Length: 60` + "\r\n\r\n" + `{"seq":1,"type":"request","command":"variables","arguments":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, w := net.Pipe()
		go func() {
			w.Write(b)
			w.Close()
		}()
		go io.Copy(io.Discard, w)
		Serve(r, Options{Compile: compile})
	})
}
