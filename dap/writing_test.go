package dap

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"strings"
	"testing"

	"github.com/go-delve/delve/service/dap/daptest"
	"github.com/google/go-dap"
)

// ask sends a request that the client of daptest can't send with its arguments, and returns
// the answer.
func ask[T dap.Message](t *testing.T, conn net.Conn, c *daptest.Client, command string, arguments any) T {
	t.Helper()
	b, err := json.Marshal(map[string]any{"seq": 1 << 40, "type": "request", "command": command, "arguments": arguments})
	if err == nil {
		_, err = fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(b), b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return expect[T](t, c, nil)
}

// What is written by expression or as bytes is read back, in the form that the client asks for.
func TestWriting(t *testing.T) {
	c, conn := connect(t)
	squares(t, c, true)
	set := ask[*dap.SetExpressionResponse](t, conn, c, "setExpression", map[string]any{
		"expression": "squares[3]", "value": "squares[4] + 1", "frameId": 1, "format": map[string]any{"hex": true}})
	if set.Body.Value != "0x11" {
		t.Errorf("set to %s", set.Body.Value)
	}
	ask[*dap.ErrorResponse](t, conn, c, "setExpression", map[string]any{"expression": "squares[3] + 1", "value": "2", "frameId": 1})
	ask[*dap.ErrorResponse](t, conn, c, "setExpression", map[string]any{"expression": "squares[3]", "value": "nobody", "frameId": 1})

	c.EvaluateRequest("&squares[0]", 1, "watch")
	at := expect[*dap.EvaluateResponse](t, c, nil).Body.Result
	at = at[strings.LastIndex(at, "0x"):]
	read := ask[*dap.ReadMemoryResponse](t, conn, c, "readMemory", map[string]any{"memoryReference": at, "offset": 8, "count": 8})
	if want := base64.StdEncoding.EncodeToString([]byte{4, 0, 0, 0, 17, 0, 0, 0}); read.Body.Data != want {
		t.Errorf("read %s, want %s", read.Body.Data, want)
	}
	wrote := ask[*dap.WriteMemoryResponse](t, conn, c, "writeMemory", map[string]any{"memoryReference": at, "offset": 8,
		"data": base64.StdEncoding.EncodeToString([]byte{0x39, 0x30, 0, 0})})
	if wrote.Body.BytesWritten != 4 {
		t.Errorf("wrote %d bytes", wrote.Body.BytesWritten)
	}
	c.EvaluateRequest("squares[2]", 1, "watch")
	if v := expect[*dap.EvaluateResponse](t, c, nil).Body.Result; v != "12345" {
		t.Errorf("squares[2] = %s", v)
	}
}

// At the end of the memory what is there is read and, if that is wanted, written.
func TestMemoryEnds(t *testing.T) {
	c, conn := connect(t)
	squares(t, c, true)
	const end = 0x20000000000 // behind any memory of 32 bits
	read := ask[*dap.ReadMemoryResponse](t, conn, c, "readMemory", map[string]any{"memoryReference": fmt.Sprint(end), "count": 16})
	if read.Body.UnreadableBytes != 16 || read.Body.Data != "" {
		t.Errorf("%+v", read.Body)
	}
	// The first byte that is not there, found by reading.
	lo, hi := 0, end
	for lo+1 < hi {
		mid := (lo + hi) / 2
		r := ask[*dap.ReadMemoryResponse](t, conn, c, "readMemory", map[string]any{"memoryReference": fmt.Sprint(mid), "count": 1})
		if r.Body.UnreadableBytes == 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	if hi%65536 != 0 {
		t.Fatalf("the memory ends at %#x", hi)
	}
	four := base64.StdEncoding.EncodeToString([]byte{1, 2, 3, 4})
	no := ask[*dap.ErrorResponse](t, conn, c, "writeMemory", map[string]any{"memoryReference": fmt.Sprint(hi), "offset": -2, "data": four})
	if !strings.Contains(no.Body.Error.Format, fmt.Sprintf("%#x", hi)) {
		t.Errorf("refused with %q", no.Body.Error.Format)
	}
	some := ask[*dap.WriteMemoryResponse](t, conn, c, "writeMemory", map[string]any{"memoryReference": fmt.Sprint(hi), "offset": -2, "data": four, "allowPartial": true})
	if some.Body.BytesWritten != 2 {
		t.Errorf("wrote %d bytes", some.Body.BytesWritten)
	}
	read = ask[*dap.ReadMemoryResponse](t, conn, c, "readMemory", map[string]any{"memoryReference": fmt.Sprint(hi), "offset": -2, "count": 4})
	if want := base64.StdEncoding.EncodeToString([]byte{1, 2}); read.Body.Data != want || read.Body.UnreadableBytes != 2 {
		t.Errorf("%+v", read.Body)
	}
	for _, a := range []map[string]any{
		{"memoryReference": "nowhere", "count": 1},
		{"memoryReference": "4", "offset": -8, "count": 1},
	} {
		ask[*dap.ErrorResponse](t, conn, c, "readMemory", a)
	}
	ask[*dap.ErrorResponse](t, conn, c, "writeMemory", map[string]any{"memoryReference": "16", "data": "***"})
}

// The lines of main that have statements, and the columns on one of them: as the compiler's line
// table has them (llvm-dwarfdump --debug-line).
func TestBreakpointLocations(t *testing.T) {
	c, conn := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, endless)}, "")
	file := map[string]any{"path": absolute(t, programs+"c_endless/main.c")}
	got := ask[*dap.BreakpointLocationsResponse](t, conn, c, "breakpointLocations", map[string]any{"source": file, "line": 11, "endLine": 20})
	var lines []int
	for _, b := range got.Body.Breakpoints {
		if len(lines) == 0 || lines[len(lines)-1] != b.Line {
			lines = append(lines, b.Line)
		}
	}
	if want := []int{13, 14, 15, 16, 18}; !reflect.DeepEqual(lines, want) {
		t.Errorf("statements on the lines %v, want %v", lines, want)
	}
	one := ask[*dap.BreakpointLocationsResponse](t, conn, c, "breakpointLocations", map[string]any{"source": file, "line": 33, "column": 10})
	for _, b := range one.Body.Breakpoints {
		if b.Line != 33 || b.Column < 10 {
			t.Errorf("%+v", b)
		}
	}
	none := ask[*dap.BreakpointLocationsResponse](t, conn, c, "breakpointLocations", map[string]any{"source": map[string]any{"path": "/nobody.c"}, "line": 1})
	if len(none.Body.Breakpoints) != 0 {
		t.Errorf("%+v", none.Body)
	}
}

func TestModules(t *testing.T) {
	c, conn := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, endless)}, "")
	m := ask[*dap.ModulesResponse](t, conn, c, "modules", map[string]any{})
	if len(m.Body.Modules) != 1 || m.Body.TotalModules != 1 || m.Body.Modules[0].Path != absolute(t, endless) || m.Body.Modules[0].SymbolStatus != "Debug information loaded" {
		t.Errorf("%+v", m.Body)
	}
	if m = ask[*dap.ModulesResponse](t, conn, c, "modules", map[string]any{"startModule": 1}); len(m.Body.Modules) != 0 {
		t.Errorf("%+v", m.Body)
	}
}

// A breakpoint at an instruction of the disassembly stops there, and stays when it is sent again.
func TestInstructionBreakpoints(t *testing.T) {
	c, conn := connect(t)
	squares(t, c, false)
	c.StackTraceRequest(1, 0, 1)
	at := expect[*dap.StackTraceResponse](t, c, nil).Body.StackFrames[0].InstructionPointerReference
	c.DisassembleRequest(at, 0, 12)
	code := expect[*dap.DisassembleResponse](t, c, nil).Body.Instructions
	want := code[2].Address
	if code[1].Line != 0 || code[2].Line != 0 {
		t.Fatalf("the statement has too few instructions: %+v", code)
	}
	arguments := map[string]any{"breakpoints": []any{map[string]any{"instructionReference": want}}}
	set := ask[*dap.SetInstructionBreakpointsResponse](t, conn, c, "setInstructionBreakpoints", arguments)
	if b := set.Body.Breakpoints[0]; !b.Verified || b.InstructionReference != want {
		t.Fatalf("%+v", b)
	}
	again := ask[*dap.SetInstructionBreakpointsResponse](t, conn, c, "setInstructionBreakpoints", arguments)
	if again.Body.Breakpoints[0].Id != set.Body.Breakpoints[0].Id {
		t.Errorf("%d became %d", set.Body.Breakpoints[0].Id, again.Body.Breakpoints[0].Id)
	}
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	stop := expect[*dap.StoppedEvent](t, c, nil)
	if stop.Body.Reason != "instruction breakpoint" {
		t.Errorf("stopped by %s", stop.Body.Reason)
	}
	c.StackTraceRequest(1, 0, 1)
	if pc := expect[*dap.StackTraceResponse](t, c, nil).Body.StackFrames[0].InstructionPointerReference; pc != want {
		t.Errorf("stopped at %s, want %s", pc, want)
	}
	for _, bad := range []string{"nowhere", "-5", "0x422", "0x2fffffffff"} {
		ask[*dap.ErrorResponse](t, conn, c, "setInstructionBreakpoints", map[string]any{"breakpoints": []any{map[string]any{"instructionReference": bad}}})
	}
}
