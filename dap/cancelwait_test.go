package dap

import (
	"testing"

	"sphex/aot"
	"sphex/aot/object"
)

// TestCancelWait cancels a question that waits for all units of a program of which none is translated. The
// translation may be faster than that; whatever comes, the same question is answered when it is put again.
func TestCancelWait(t *testing.T) {
	c := rawConnect(t, Options{Compile: func(module []byte, c *aot.Companions) (*object.File, error) {
		return aot.Compile(module, aot.Options{Companions: c, LaterFrom: 1})
	}})
	c.ask("initialize", map[string]any{"adapterID": "sphex"}, nil)
	c.ask("launch", map[string]any{"program": absolute(t, programs+"cpp_stl/cpp_stl-O0-dw4.wasm"), "stopOnEntry": true}, nil)
	question := map[string]any{"expression": "functions push_back", "context": "repl"}
	call := c.request("evaluate", question)
	c.ask("cancel", map[string]any{"requestId": call}, nil)
	if m := c.response(call); m.Success == (m.Message == cancelled) {
		t.Errorf("the answer is %v, %q", m.Success, m.Message)
	}
	c.contains("the answer", c.text("functions push_back", "repl"), "push_back")
}
