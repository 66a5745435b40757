package dap

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// TestModuleText debugs a program whose only source is its own text, which the client asks for.
func TestModuleText(t *testing.T) {
	c, conn := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"wat_collatz/bin/collatz.wasm"), "stopOnEntry": true}, "")
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	f := top(t, c)
	if f.Source == nil || f.Source.Name != "collatz.wat" || f.Source.SourceReference == 0 || f.Line != 119 {
		t.Fatalf("%+v at %+v", f, f.Source)
	}
	ask := &dap.SourceRequest{Arguments: dap.SourceArguments{Source: f.Source, SourceReference: f.Source.SourceReference}}
	ask.Seq, ask.Type, ask.Command = 1000, "request", "source"
	if err := dap.WriteProtocolMessage(conn, ask); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(expect[*dap.SourceResponse](t, c, nil).Body.Content, "\n")
	if len(lines) < 119 || strings.TrimSpace(lines[118]) != "i32.const 100" || lines[0] != "(module $collatz" {
		t.Fatalf("%q", lines)
	}
	c.SetBreakpointsRequest(f.Source.Path, []int{32})
	if b := expect[*dap.SetBreakpointsResponse](t, c, nil).Body.Breakpoints[0]; !b.Verified || b.Line != 32 {
		t.Errorf("%+v", b)
	}
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	expect[*dap.StoppedEvent](t, c, nil)
	if f := top(t, c); f.Name != "length" || f.Line != 32 {
		t.Errorf("%+v", f)
	}
}

// TestTextOfLibrary stops in a function of a C program that was compiled without -g: the client is shown the text.
func TestTextOfLibrary(t *testing.T) {
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_callback/c_callback-O0.wasm"), "stopOnEntry": true}, "")
	c.SetFunctionBreakpointsRequest([]dap.FunctionBreakpoint{{Name: "apply"}})
	expect[*dap.SetFunctionBreakpointsResponse](t, c, nil)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	expect[*dap.StoppedEvent](t, c, nil)
	c.StackTraceRequest(1, 0, 2)
	fs := expect[*dap.StackTraceResponse](t, c, nil).Body.StackFrames
	if len(fs) != 2 || fs[1].Source == nil || fs[1].Source.Name != "main.c" || fs[1].Line != 23 {
		t.Fatalf("%+v", fs)
	}
	if f := fs[0]; f.Name != "apply" || f.Source == nil || f.Source.Name != "c_callback-O0.wat" || f.Source.PresentationHint != "" || f.Line != 165 {
		t.Errorf("%+v at %+v", f, f.Source)
	}
	c.NextRequest(1)
	expect[*dap.NextResponse](t, c, nil)
	expect[*dap.StoppedEvent](t, c, nil)
	if f := top(t, c); f.Name != "apply" || f.Line != 166 {
		t.Errorf("%+v", f)
	}
}
