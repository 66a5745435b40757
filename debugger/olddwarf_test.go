package debugger

import "testing"

// TestOldDWARF shows variables of a program whose DWARF cannot say which of them are values and which are in
// memory.
func TestOldDWARF(t *testing.T) {
	s, _ := open(t, "c_old/c_old-O2.wasm", nil)
	for _, c := range []struct {
		line int
		want map[string]string
	}{
		{19, map[string]string{"n": "4", "total": "20"}}, // total = n * 5LL
		{30, map[string]string{"n": "4", "counted": "7", "kept": "{first = 5, second = 42}", "split.second": "12"}},
	} {
		mustBreak(t, s, BreakpointSpec{File: "main.c", Line: c.line})
		mustStop(t, s.Continue)
		for name, want := range c.want {
			v, err := s.Eval(0, name)
			if err != nil {
				t.Errorf("line %d: %s: %v", c.line, name, err)
			} else if got := v.String(); got != want {
				t.Errorf("line %d: %s is %s, want %s", c.line, name, got, want)
			}
		}
	}
}
