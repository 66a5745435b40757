package dap

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A client goes from a variable to its declaration, and from a function's address to the function.
func TestLocations(t *testing.T) {
	c := rawConnect(t, Options{Compile: compile})
	file := absolute(t, programs+"c_callback/main.c")
	c.open(map[string]any{"program": absolute(t, callback)}, file, 24)
	place := func(reference int) (path string, line int) {
		t.Helper()
		var body struct {
			Source struct{ Path string }
			Line   int
		}
		c.ask("locations", map[string]any{"locationReference": reference}, &body)
		return body.Source.Path, body.Line
	}
	b := c.scope(1, "Locals")["b"]
	if path, line := place(b.DeclarationLocationReference); path != file || line != 23 || b.Value != "33" {
		t.Errorf("b is %s, declared at %s:%d", b.Value, path, line)
	}
	var v evaluateBody
	c.ask("evaluate", map[string]any{"expression": "triple", "frameId": 1}, &v)
	if path, line := place(v.ValueLocationReference); path != file || line != 11 {
		t.Errorf("triple leads to %s:%d", path, line)
	}
	c.contains("what is none", c.refused("locations", map[string]any{"locationReference": 99}), "not known")
	c.step("next", nil)
	c.contains("one of before", c.refused("locations", map[string]any{"locationReference": v.ValueLocationReference}), "has run since")
}

// Of a long list, the first values are shown with their parts; the others are looked at when somebody asks.
func TestLazyVariables(t *testing.T) {
	c := rawConnect(t, Options{Compile: compile})
	atDeposit(c)
	var v evaluateBody // more accounts than there are: memory is memory
	c.ask("evaluate", map[string]any{"expression": "*(struct account (*)[400])accounts", "frameId": 1}, &v)
	if v.IndexedVariables != 400 {
		t.Fatalf("the expression is %+v", v)
	}
	all := c.variables(map[string]any{"variablesReference": v.VariablesReference, "filter": "indexed", "start": 0, "count": 400})
	first, last := all["[0]"], all["[399]"]
	if len(all) != 400 || first.Value == "" || first.PresentationHint != nil && first.PresentationHint.Lazy {
		t.Errorf("%d, the first is %+v", len(all), first)
	}
	if last.Value != "" || last.PresentationHint == nil || !last.PresentationHint.Lazy {
		t.Fatalf("the last is %+v", last)
	}
	shown := c.variables(map[string]any{"variablesReference": last.VariablesReference})
	if one := shown["[399]"]; len(shown) != 1 || !strings.HasPrefix(one.Value, "{balance = ") {
		t.Errorf("%+v", shown)
	}
}

// Whoever debugs with sources that are newer than the program is told so, once for each.
func TestNewerSource(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"c_steps-O0.wasm", "main.c"} {
		b, err := os.ReadFile(programs + "c_steps/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "main.c"), later, later); err != nil {
		t.Fatal(err)
	}
	c := rawConnect(t, Options{Compile: compile})
	c.open(map[string]any{"program": filepath.Join(dir, "c_steps-O0.wasm"), "stopOnEntry": true}, "", 0)
	c.stack()
	c.stack()
	warnings := 0
	for _, e := range c.events {
		var o struct{ Output string }
		if e.name == "output" && json.Unmarshal(e.body, &o) == nil && strings.Contains(o.Output, "has changed after the program was compiled") {
			warnings++
		}
	}
	if warnings != 1 {
		t.Errorf("%d warnings", warnings)
	}
}
