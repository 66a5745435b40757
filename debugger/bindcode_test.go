package debugger

import (
	"testing"

	"sphex/aot/wasm"
)

// A breakpoint can be asked for at any offset of the code section: at instructions that are never reached, between
// functions and behind all of them, too. It is bound at an instruction or says why it is not.
func TestBreakAtEveryCodeOffset(t *testing.T) {
	for _, name := range []string{"rs_panic/rs_panic-debug.wasm", "c_trap/c_trap-O0-dw5.wasm"} {
		s, _ := open(t, name, nil)
		unbound := 0
		for at := range wasm.CodeOffset(12000) {
			places, message := s.FindPlaces(BreakpointSpec{Code: &at})
			if len(places) == 0 && message == "" {
				t.Fatalf("%s: neither a place nor a reason at %#x", name, at)
			}
			if len(places) == 0 {
				unbound++
			}
		}
		t.Logf("%s: %d unbound", name, unbound)
	}
}
