package dap

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-dap"

	"sphex/debugger"
)

// What a client sees of a core dump is what it would have seen of the program; running it is refused.
func TestCore(t *testing.T) {
	program := absolute(t, programs+"orders/orders.wasm")
	s, err := debugger.Open(context.Background(), debugger.Config{Program: program, Compile: compile})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.SetBreakpoint(debugger.BreakpointSpec{File: "main.rs", Line: 54}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Continue(); err != nil {
		t.Fatal(err)
	}
	dump, err := s.WriteCore("orders.wasm")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "orders.core")
	if err := os.WriteFile(file, dump, 0o600); err != nil {
		t.Fatal(err)
	}
	c, _ := connect(t)
	launch(t, c, map[string]any{"program": program, "core": file}, "")
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	f := top(t, c)
	if f.Line != 54 {
		t.Errorf("it stands at line %d", f.Line)
	}
	check(t, variables(t, c, f.Id, "Locals"), "paid", "670")
	c.EvaluateRequest("order.items", f.Id, "watch")
	if v := expect[*dap.EvaluateResponse](t, c, nil).Body.Result; v != `["tea", "cake"]` {
		t.Errorf("order.items = %s", v)
	}
	c.ContinueRequest(1)
	expect[*dap.ErrorResponse](t, c, nil)
	if f := top(t, c); f.Line != 54 {
		t.Errorf("then it stands at line %d", f.Line)
	}
}
