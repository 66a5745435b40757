package debugger

import (
	"strings"
	"testing"

	"sphex/aot"
	"sphex/aot/object"
)

// TestNotes opens modules whose debug information is missing, elsewhere, or of other code.
func TestNotes(t *testing.T) {
	for _, test := range []struct {
		program string
		want    []string // parts of the notes, one each
	}{
		{"c_steps/c_steps-O0.wasm", nil},
		{"c_bare/c_bare.wasm", []string{"the program's main function has no debug information, only other functions have", "show the module's own text, c_bare.wat"}},
		{"c_split/bin/names.wasm", []string{"no debug information: showing the module's own text, strip-debug-names-only.wat"}},
		{"c_split/bin/split.wasm", []string{`of 1 unit is in files of its own, and was not found: "dw5/main.dwo" is not there: looked for /corpus/c_split/dw5/main.dwo`}},
		{"c_split/bin/wasm-opt.wasm", []string{"does not fit the code: that of 48 functions is left out", "functions without debug information show the module's own text, wo.13794.wat"}},
	} {
		s, _ := open(t, test.program, nil)
		notes := s.Notes()
		if len(notes) != len(test.want) {
			t.Errorf("%s: %q, want %q", test.program, notes, test.want)
			continue
		}
		for i, n := range notes {
			if !strings.Contains(n, test.want[i]) {
				t.Errorf("%s: %q, want %q", test.program, n, test.want[i])
			}
		}
	}
}

// TestBreakWithoutLines stops in a function whose debug information is left out, at its first
// instruction, in an object that was compiled to be run.
func TestBreakWithoutLines(t *testing.T) {
	for program, function := range map[string]string{
		"c_split/bin/wasm-opt.wasm": "walk",
	} {
		s, _ := open(t, program, func(c *Config) {
			c.Compile = func(module []byte, _ *aot.Companions) (*object.File, error) {
				return aot.Compile(module, aot.Options{})
			}
		})
		b := mustBreak(t, s, BreakpointSpec{Function: function})
		stop := mustStop(t, s.Continue)
		f := stop.Frame
		if f == nil || f.Function != function || f.HasSource() || len(b.Places) != 1 {
			t.Fatalf("%s: %v at %+v, places %v", program, stop, f, b.Places)
		}
		m := s.image.function(f.PC)
		if f.PC != m.BodyText || f.Code != m.Insts[0].Wasm {
			t.Errorf("%s: stands at %#x (wasm %#x), the body begins at %#x (wasm %#x)", program, f.PC, f.Code, m.BodyText, m.Insts[0].Wasm)
		}
	}
}

// TestSourceAboveTheModule finds the source of a program that is built into a folder of its own.
func TestSourceAboveTheModule(t *testing.T) {
	s, _ := open(t, "c_split/bin/split.wasm", nil)
	mustBreak(t, s, BreakpointSpec{Function: "main"})
	f := mustStop(t, s.Continue).Frame
	if p, ok := s.SourcePath(f.File); !ok || !strings.HasSuffix(p, "/c_split/main.c") {
		t.Errorf("source of %s: %q, %v", f.File, p, ok)
	}
}
