package dap

import (
	"strings"
	"testing"

	"github.com/google/go-dap"
)

// Line 54 of the program calls add(twice(total), twice(argc)): a function is entered at its first call.
func TestStepInTargets(t *testing.T) {
	c, conn := connect(t)
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm")}, absolute(t, programs+"c_steps/main.c"), 54)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	got := ask[*dap.StepInTargetsResponse](t, conn, c, "stepInTargets", map[string]any{"frameId": 1})
	var names []string
	add := 0
	for _, target := range got.Body.Targets {
		names = append(names, target.Label)
		if target.Label == "add" {
			add = target.Id
		}
	}
	if strings.Join(names, " ") != "twice add" {
		t.Fatalf("the targets are %q", names)
	}
	ask[*dap.StepInResponse](t, conn, c, "stepIn", map[string]any{"threadId": 1, "targetId": add})
	expect[*dap.StoppedEvent](t, c, nil)
	if f := top(t, c); f.Name != "add" {
		t.Errorf("stepped into %s", f.Name)
	}
	if outer := ask[*dap.StepInTargetsResponse](t, conn, c, "stepInTargets", map[string]any{"frameId": 2}); len(outer.Body.Targets) != 0 {
		t.Errorf("%+v", outer.Body)
	}
}

// The program goes back within main, and runs the lines again; it can't go into another function.
func TestGoto(t *testing.T) {
	c, conn := connect(t)
	file := absolute(t, programs+"c_steps/main.c")
	launch(t, c, map[string]any{"program": absolute(t, programs+"c_steps/c_steps-O0.wasm")}, file, 54)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	source := map[string]any{"path": file}
	targets := ask[*dap.GotoTargetsResponse](t, conn, c, "gotoTargets", map[string]any{"source": source, "line": 50})
	if len(targets.Body.Targets) != 1 || targets.Body.Targets[0].Line != 50 {
		t.Fatalf("%+v", targets.Body)
	}
	ask[*dap.GotoResponse](t, conn, c, "goto", map[string]any{"threadId": 1, "targetId": targets.Body.Targets[0].Id})
	if stop := expect[*dap.StoppedEvent](t, c, nil); stop.Body.Reason != "goto" {
		t.Errorf("stopped by %s", stop.Body.Reason)
	}
	if f := top(t, c); f.Line != 50 {
		t.Errorf("it stands at line %d", f.Line)
	}
	c.ContinueRequest(1)
	expect[*dap.ContinueResponse](t, c, nil)
	expect[*dap.StoppedEvent](t, c, nil)
	if f := top(t, c); f.Line != 54 {
		t.Errorf("then it stands at line %d", f.Line)
	}
	other := ask[*dap.GotoTargetsResponse](t, conn, c, "gotoTargets", map[string]any{"source": source, "line": 46})
	for _, target := range other.Body.Targets {
		ask[*dap.ErrorResponse](t, conn, c, "goto", map[string]any{"threadId": 1, "targetId": target.Id})
	}
	ask[*dap.ErrorResponse](t, conn, c, "goto", map[string]any{"threadId": 1, "targetId": 99})
	if none := ask[*dap.GotoTargetsResponse](t, conn, c, "gotoTargets", map[string]any{"source": source, "line": 5000}); len(none.Body.Targets) != 0 {
		t.Errorf("%+v", none.Body)
	}
}
