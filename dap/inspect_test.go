package dap

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-delve/delve/service/dap/daptest"
	"github.com/google/go-dap"
)

// squares stops the endless program behind the loop that fills its array and gives the
// array's reference. paging is what the client says it can.
func squares(t *testing.T, c *daptest.Client, paging bool) dap.EvaluateResponseBody {
	t.Helper()
	c.InitializeRequestWithArgs(dap.InitializeRequestArguments{LinesStartAt1: true, ColumnsStartAt1: true, SupportsVariablePaging: paging})
	expect[*dap.InitializeResponse](t, c, nil)
	c.LaunchRequestWithArgs(map[string]any{"program": absolute(t, endless)})
	expect[*dap.LaunchResponse](t, c, nil)
	expect[*dap.InitializedEvent](t, c, nil)
	c.SetBreakpointsRequest(absolute(t, programs+"c_endless/main.c"), []int{56})
	expect[*dap.SetBreakpointsResponse](t, c, nil)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	c.EvaluateRequest("squares", 1, "watch")
	return expect[*dap.EvaluateResponse](t, c, nil).Body
}

func TestVariablePaging(t *testing.T) {
	c, conn := connect(t)
	a := squares(t, c, true)
	if a.IndexedVariables != 5000 || a.NamedVariables != 0 {
		t.Errorf("%d indexed, %d named", a.IndexedVariables, a.NamedVariables)
	}
	for _, r := range []struct {
		filter       string
		start, count int
		first, n     int
	}{
		{"indexed", 0, 100, 0, 100},
		{"indexed", 4900, 100, 4900, 100},
		{"indexed", 4990, 100, 4990, 10},
		{"indexed", 5000, 10, 0, 0},
		{"named", 0, 10, 0, 0},
		{"", 70, 2, 70, 2},
		{"indexed", -5, 2, 0, 2},
	} {
		err := dap.WriteProtocolMessage(conn, &dap.VariablesRequest{
			Request:   dap.Request{ProtocolMessage: dap.ProtocolMessage{Seq: 1 << 52, Type: "request"}, Command: "variables"},
			Arguments: dap.VariablesArguments{VariablesReference: a.VariablesReference, Filter: r.filter, Start: r.start, Count: r.count},
		})
		if err != nil {
			t.Fatal(err)
		}
		vs := expect[*dap.VariablesResponse](t, c, nil).Body.Variables
		if len(vs) != r.n {
			t.Errorf("%+v: %d variables", r, len(vs))
			continue
		}
		for i, v := range vs {
			k := r.first + i
			if v.Name != fmt.Sprintf("[%d]", k) || v.Value != fmt.Sprint(k*k) {
				t.Errorf("%+v: %d is %s = %s", r, i, v.Name, v.Value)
			}
		}
	}
	// One far out can be set.
	c.SetVariableRequest(a.VariablesReference, "[4321]", "7")
	if v := expect[*dap.SetVariableResponse](t, c, nil).Body.Value; v != "7" {
		t.Errorf("set to %s", v)
	}
	c.EvaluateRequest("squares[4321] + squares[2]", 1, "watch")
	if v := expect[*dap.EvaluateResponse](t, c, nil).Body.Result; v != "11" {
		t.Errorf("then it is %s", v)
	}
}

// A client that can't page learns that there is more.
func TestWithoutPaging(t *testing.T) {
	c, _ := connect(t)
	a := squares(t, c, false)
	if a.IndexedVariables != 0 {
		t.Errorf("%d indexed", a.IndexedVariables)
	}
	c.VariablesRequest(a.VariablesReference)
	vs := expect[*dap.VariablesResponse](t, c, nil).Body.Variables
	if n := len(vs); n != childrenAtOnce+1 || vs[n-1].Name != "…" || vs[n-1].Value != "4000 more" {
		t.Errorf("%d variables, the last %+v", n, vs[n-1])
	}
}

func TestStackPaging(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_trap/c_trap-O0-dw5.wasm"), "args": []string{"callstack"}}, "")
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	for _, r := range []struct{ start, levels, n int }{{0, 20, 20}, {20, 1, 1}, {1000, 50, 50}, {0, 0, framesAtOnce}, {1 << 30, 10, 0}} {
		c.StackTraceRequest(1, r.start, r.levels)
		st := expect[*dap.StackTraceResponse](t, c, nil).Body
		if len(st.StackFrames) != r.n {
			t.Errorf("%+v: %d frames", r, len(st.StackFrames))
		}
		for i, f := range st.StackFrames {
			if f.Id != r.start+i+1 || f.Name != "deep_small" {
				t.Errorf("%+v: frame %d is %+v", r, i, f)
				break
			}
		}
		if r.n > 0 && st.TotalFrames <= r.start+r.n {
			t.Errorf("%+v: total %d hides the rest", r, st.TotalFrames)
		}
	}
}

func TestUnknownThings(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm"), "stopOnEntry": true}, "")
	c.ContinueRequest(1)
	if e := expect[*dap.ErrorResponse](t, c, nil); !strings.Contains(e.Message, "configurationDone") {
		t.Errorf("continue before configurationDone: %s", e.Message)
	}
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	for _, r := range []struct {
		ask   func()
		words string
	}{
		{func() { c.ScopesRequest(999) }, "no frame"},
		{func() { c.EvaluateRequest("argc", 999, "watch") }, "no frame"},
		{func() { c.EvaluateRequest("argc +", 1, "watch") }, "column"},
		{func() { c.EvaluateRequest("nobody", 1, "hover") }, "nobody"},
		{func() { c.EvaluateRequest("break nowhere.c", 1, "repl") }, ""},
		{func() { c.VariablesRequest(12345) }, "12345"},
		{func() { c.StackTraceRequest(7, 0, 1) }, "no thread 7"},
		{func() { c.ContinueRequest(7) }, "no thread 7"},
		{func() { c.NextRequest(7) }, "no thread 7"},
		{func() { c.StepInRequest(7) }, "no thread 7"},
		{func() { c.StepOutRequest(7) }, "no thread 7"},
		{func() { c.PauseRequest(7) }, "no thread 7"},
		{func() { c.ExceptionInfoRequest(1) }, "did not trap"},
		{func() { c.ConfigurationDoneRequest() }, "before"},
		{func() { c.SetVariableRequest(12345, "a", "1") }, "12345"},
	} {
		r.ask()
		switch m := c.ExpectMessage(t).(type) {
		case *dap.ErrorResponse:
			if !strings.Contains(m.Message, r.words) || m.Success {
				t.Errorf("%s: %q, want words of %q", m.Command, m.Message, r.words)
			}
		case *dap.EvaluateResponse: // a breakpoint that does not bind is said in words
			if r.words != "" || !strings.Contains(m.Body.Result, "not bound") {
				t.Errorf("%+v", m.Body)
			}
			expect[*dap.BreakpointEvent](t, c, nil) // but it is there
		default:
			t.Errorf("%T", m)
		}
	}
}

// What evaluate answers depends on where the expression was typed.
func TestEvaluateContexts(t *testing.T) {
	c, _ := connect(t)
	a := squares(t, c, true)
	if !strings.HasSuffix(a.Result, ", 3969, … 4936 more}") { // 63², then no more
		t.Errorf("a watch shows all of it: %.80s", a.Result)
	}
	c.EvaluateRequest("squares", 1, "clipboard")
	if v := expect[*dap.EvaluateResponse](t, c, nil).Body.Result; !strings.Contains(v, ", 24990001") || !strings.HasPrefix(v, "[0, 1, 4, 9, 16") && !strings.HasPrefix(v, "{0, 1, 4, 9, 16") {
		t.Errorf("the clipboard gets %.60s … %s", v, v[max(len(v)-60, 0):])
	}
	// A variable wins over the command of its name; with arguments it is the command.
	for _, r := range []struct{ text, want string }{
		{"i", ""}, // no variable here any more: gdb's info
		{"p/x argc + 15", "0x10"},
		{"frame variable argc", "1"},
		{"thread backtrace", "main at /src/c_endless/main.c:56"},
		{"x/2dw &squares[3]", " 9 16"},
	} {
		c.EvaluateRequest(r.text, 1, "repl")
		switch m := c.ExpectMessage(t).(type) {
		case *dap.EvaluateResponse:
			if !strings.Contains(m.Body.Result, r.want) || r.want == "" {
				t.Errorf("%s: %q, want %q", r.text, m.Body.Result, r.want)
			}
		case *dap.ErrorResponse:
			if r.want != "" {
				t.Errorf("%s: %s", r.text, m.Message)
			}
		}
	}
	c.EvaluateRequest("exit", 1, "repl")
	expect[*dap.EvaluateResponse](t, c, nil)
	expect[*dap.TerminatedEvent](t, c, nil)
}

// Setting the same breakpoints again leaves them and their hits as they are.
func TestBreakpointsStay(t *testing.T) {
	c, _ := connect(t)
	file := absolute(t, programs+"c_steps/main.c")
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm")}, "")
	c.SetBreakpointsRequestWithArgs(file, []int{30}, nil, map[int]string{30: "== 3"}, nil)
	first := expect[*dap.SetBreakpointsResponse](t, c, nil).Body.Breakpoints[0]
	c.SetFunctionBreakpointsRequest([]dap.FunctionBreakpoint{{Name: "fact", HitCondition: "2"}})
	expect[*dap.SetFunctionBreakpointsResponse](t, c, nil)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil) // fact, for the second time
	if f := top(t, c); f.Name != "fact" {
		t.Errorf("%+v", f)
	}
	c.SetBreakpointsRequestWithArgs(file, []int{16, 30}, map[int]string{16: "n == 1"}, map[int]string{30: "== 3"}, nil)
	bs := expect[*dap.SetBreakpointsResponse](t, c, nil).Body.Breakpoints
	if bs[1].Id != first.Id || bs[0].Id == first.Id {
		t.Errorf("first %+v, then %+v", first, bs)
	}
	c.SetFunctionBreakpointsRequest(nil)
	expect[*dap.SetFunctionBreakpointsResponse](t, c, nil)
	for _, want := range []struct {
		line       int
		name, text string
	}{{16, "n", "1"}, {30, "n", "2"}} { // classify(0), (1), then (2) is the third hit
		c.ContinueRequest(1)
		expect[*dap.ContinueResponse](t, c, nil)
		expect[*dap.StoppedEvent](t, c, nil)
		f := top(t, c)
		if f.Line != want.line {
			t.Errorf("line %d, want %d", f.Line, want.line)
		}
		check(t, variables(t, c, f.Id, "Locals"), want.name, want.text)
	}
}
