package dap

import (
	"testing"

	"github.com/google/go-dap"
)

// TestNatvis sees a person's own rendering: its text as the value, its children, and the structure behind [raw].
func TestNatvis(t *testing.T) {
	c, _ := connect(t)
	dir := absolute(t, "../testdata/programs/natvis")
	launch(t, c, map[string]any{"program": dir + "/natvis-O0.wasm", "cwd": dir, "natvis": "shapes.natvis"}, dir+"/main.cpp", 154)
	start(t, c)
	expect[*dap.StoppedEvent](t, c, nil)
	vs := variables(t, c, top(t, c).Id, "Locals")
	check(t, vs, "point", "(3, -4)")
	check(t, vs, "list", "3 items")
	check(t, vs, "map", `{1: "one", 2: "two", 3: "three"}`)
	check(t, vs, "ring", "{10, 20, 30, 40}")
	point := children(t, c, vs["point"].VariablesReference)
	check(t, point, "sum", "-1")
	check(t, point, "[raw]", "{x = 3, y = -4}")
	check(t, children(t, c, point["[raw]"].VariablesReference), "y", "-4")
	entries := children(t, c, vs["map"].VariablesReference)
	check(t, entries, "[2]", `"two"`)
	if e := entries["[2]"].EvaluateName; e != "map[2]" {
		t.Errorf("the entry is evaluated as %q", e)
	}
	if _, hidden := children(t, c, vs["ring"].VariablesReference)["[raw]"]; hidden {
		t.Error("ring has a raw view, which its entry hides")
	}
	c.SetVariableRequest(vs["point"].VariablesReference, "x", "10")
	if v := expect[*dap.SetVariableResponse](t, c, nil).Body.Value; v != "10" {
		t.Errorf("point.x was set to %s", v)
	}
}
