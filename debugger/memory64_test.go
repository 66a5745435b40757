package debugger

import (
	"strings"
	"testing"
)

// TestMemory64 watches memory beyond 4 GiB, where a store is checked against the size instead of a guard, and lets the
// program run out of bounds: the address in the words is &total + 8 * 0x8000000000.
func TestMemory64(t *testing.T) {
	for _, c := range []struct {
		variant string
		pages   bool
	}{{"O0", false}, {"O2", false}, {"O2", true}} {
		t.Run(c.variant, func(t *testing.T) {
			s, _ := open(t, "c_far/c_far-"+c.variant+".wasm", func(cfg *Config) { cfg.WatchPages = c.pages })
			mustRunTo(t, s, "fill", "")
			mustWatch(t, s, WatchSpec{Expr: "far[1].y"}, BreakpointSpec{})
			got := watchStops(t, s)
			want := []string{"1: 0 -> 1 line 37", "1: 1 -> 77 line 59"}
			if len(got) != 3 || got[0][1:] != want[0][1:] || got[1][1:] != want[1][1:] {
				t.Fatalf("stops %q, want %q and a trap", got, want)
			}
			if trap := got[2]; !strings.Contains(trap, "load of 8 bytes at 0x400000100") || !strings.Contains(trap, "beyond the memory of 0x10012") {
				t.Errorf("trap %q", trap)
			}
		})
	}
}

// TestCpp64 looks at C++ in a memory of 64 bits, where pointers, tables of virtual functions and the nodes of containers have
// words of eight bytes. What must be shown is in main.cc.
func TestCpp64(t *testing.T) {
	const box = `{Named = {title = 0x… "a box"}, Square = {Shape = {id = 2}, side = 3}, height = 4}`
	const diamond = "{Left = {Base = {base = 11}, left = 22}, Right = {Base = {base = 11}, right = 33}, own = 44}"
	debug := [][2]string{
		{"square", "{Shape = {id = 1}, side = 7}"}, {"*shapes[0]", "{Shape = {id = 1}, side = 7}"}, {"*shapes[1]", box}, {"reference", box},
		{"*named", box}, {"*base", diamond}, {"diamond", diamond}, {"*owned", `{Named = {title = 0x… "a box"}, Square = {Shape = {id = 9}, side = 2}, height = 5}`},
		{"nothing", "0x…"}, {"nothing == 0", "true"}, {"**handle", "30"}, {"*pointer@2", "{30, 40}"}, {"sizeof(handle)", "8"}, {"sizeof(Box)", "48"},
		{"words[1]", `0x… "one"`}, {"table[1](3)", "27"}, {"function(2)", "8"}, {"apply(twice, 21)", "42"}, {"apply(&cube, 3)", "27"},
		{"point.*member", "4"}, {"(point.*method)(2)", "14"}, {"member = &Point::x", "&Point::x (offset 0)"}, {"point.*member", "3"},
		{"view", `"viewed"`}, {"list", "{100, 101, 102}"}, {"list[2]", "102"}, {"chain", "{5, 6}"}, {"lambda(2)", "9"},
		{"shapes[1]->area()", "72"}, {"reference.name()", `0x… "square"`}, {"named->label()", `0x… "box!"`}, {"base->sum()", "110"}, {"owned->area()", "60"},
		{"base->base = 12", "12"}, {"diamond.left", "22"}, {"base->sum()", "111"}, {"pointer = &numbers[1]", "0x…"}, {"*pointer", "20"},
		{"shapes[9]", "index 9 is out of range"}, {"*(long *)-8", "outside"},
	}
	for _, variant := range []string{"O0", "O2"} {
		s, _ := open(t, "cpp_far/cpp_far-"+variant+".wasm", nil)
		mustBreak(t, s, BreakpointSpec{File: "main.cc", Line: 134})
		mustStop(t, s.Continue)
		rows := debug
		if variant == "O2" {
			rows = [][2]string{{"total", "721"}, {"chain", "{5, 6}"}, {"diamond", diamond}, {"box", box}}
		}
		for _, r := range rows {
			v, err := s.Eval(0, r[0])
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = addresses.ReplaceAllString(v.String(), "0x…")
			}
			if got != r[1] && (err == nil || !strings.Contains(got, r[1])) {
				t.Errorf("%s: %s is %s, want %s", variant, r[0], got, r[1])
			}
		}
	}
}
