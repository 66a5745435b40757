//go:build linux && amd64

package runtime

import "testing"

// TestSharedBreakpointIsTakenOff sets a breakpoint through one thread's instance and clears it through another's.
func TestSharedBreakpointIsTakenOff(t *testing.T) {
	m := rawModule(t, "sites")
	in := rawInstance(t, m, nil)
	other := rawInstance(t, m, nil)
	other.ShareBreakpoints(in)
	site := m.FuncByIndex(in.ExportedFunc("sites").index).Sites[0].Text
	if err := in.SetBreakpoint(site); err != nil {
		t.Fatal(err)
	}
	if err := other.ClearBreakpoint(site); err != nil {
		t.Fatal(err)
	}
	if len(m.patches) > 0 {
		t.Error("the breakpoint is still in the text")
	}
	start(t, in, "sites", 10, 0)
	wantReturn(t, in.Resume(), 10)
}
