//go:build linux && amd64

package runtime

import (
	"context"
	"errors"
	"testing"

	"sphex/aot/abi"
	"sphex/runtime/internal/guestcode"
)

func TestTraps(t *testing.T) {
	m := rawModule(t, "load", "store", "null", "div", "ud2", "recurse", "add")
	in := rawInstance(t, m, nil)
	base := in.Memory(0).Base()
	for _, c := range []struct {
		fn     string
		a, b   uint64
		kind   abi.Trap
		at     abi.TextOffset // in the function
		fault  abi.Addr
		memory uint64
	}{
		{"load", 65536, 0, abi.TrapMemory, 0, base + 65536, 65536},
		{"load", 65529, 0, abi.TrapMemory, 0, base + 65536, 65536}, // straddles the end
		{"load", 8<<30 + 8, 0, abi.TrapMemory, 0, base + 8<<30 + 8, 8<<30 + 8},
		{"store", 65536, 1, abi.TrapMemory, 0, base + 65536, 65536},
		{"null", 0, 0, abi.TrapUninitialized, guestcode.Find("null", []byte{0x48, 0x8b}), 8, 0},
		{"div", 10, 0, abi.TrapDivideByZero, 2, 0, 0},
		{"ud2", 0, 0, abi.TrapUnreachable, 5, 0, 0},
	} {
		for range 50 {
			_, err := in.Call(context.Background(), c.fn, c.a, c.b)
			var trap *TrapError
			if !errors.As(err, &trap) {
				t.Fatalf("%s(%#x): %v, want a trap", c.fn, c.a, err)
			}
			fn := m.FuncByIndex(in.ExportedFunc(c.fn).index)
			if trap.Kind != c.kind || trap.PC != fn.Text+c.at {
				t.Fatalf("%s(%#x): %v at %#x, want %s at %#x", c.fn, c.a, trap, trap.PC, TrapWords(c.kind), fn.Text+c.at)
			}
			if c.fault != 0 && (trap.Fault != c.fault || trap.MemAddr != c.memory) {
				t.Fatalf("%s(%#x): address %#x, %#x in memory, want %#x and %#x", c.fn, c.a, trap.Fault, trap.MemAddr, c.fault, c.memory)
			}
			if len(trap.Frames) != 1 || trap.Frames[0].PC != trap.PC || trap.Frames[0].Return {
				t.Fatalf("%s: frames %+v", c.fn, trap.Frames)
			}
			if got := call(t, in, "add", 2, 3); got != 5 {
				t.Fatalf("the instance is broken after %s: 2+3 = %d", c.fn, got)
			}
		}
	}
}

func TestStackOverflow(t *testing.T) {
	m := rawModule(t, "recurse", "add")
	in := rawInstance(t, m, nil)
	for range 200 {
		_, err := in.Call(context.Background(), "recurse", 0, 0)
		var trap *TrapError
		if !errors.As(err, &trap) || trap.Kind != abi.TrapStack {
			t.Fatalf("endless recursion: %v", err)
		}
		if len(trap.Frames) != MaxTrapFrames || !trap.More {
			t.Fatalf("%d frames, more: %v", len(trap.Frames), trap.More)
		}
	}
	if got := call(t, in, "add", 2, 3); got != 5 {
		t.Fatal(got)
	}
}

// What no trap explains is a defect, told apart from the guest's own traps.
func TestFatalFaults(t *testing.T) {
	m := rawModule(t, "jump", "gp", "wide", "add")
	in := rawInstance(t, m, nil)
	ended := func(in *Instance, want *FatalFault) {
		t.Helper()
		_, err := in.Call(context.Background(), "add", 2, 3)
		var fault *FatalFault
		if !errors.As(err, &fault) || fault != want {
			t.Fatalf("a call after the fault: %v", err)
		}
		if got := call(t, rawInstance(t, m, nil), "add", 2, 3); got != 5 {
			t.Fatal(got)
		}
	}
	for _, to := range []uint64{0, 8, 0x1234567812345678, uint64(in.addr), uint64(m.addr(0)) + 1<<29} {
		in := rawInstance(t, m, nil)
		_, err := in.Call(context.Background(), "jump", to, 0)
		var fault *FatalFault
		if !errors.As(err, &fault) || fault.Signal != 11 || fault.Regs[0] != to {
			t.Fatalf("jump to %#x: %v", to, err)
		}
		ended(in, fault)
	}
	for _, fn := range []string{"gp", "wide"} { // an int3 that is nobody's breakpoint
		in := rawInstance(t, m, nil)
		_, err := in.Call(context.Background(), fn, 0, 0)
		var fault *FatalFault
		if !errors.As(err, &fault) {
			t.Fatalf("%s: %v", fn, err)
		}
		ended(in, fault)
	}
	if got := call(t, in, "add", 2, 3); got != 5 {
		t.Fatal(got)
	}
}

// A load in the reservation at an instruction that is not in the trap table is no trap.
func TestUnlistedLoadIsFatal(t *testing.T) {
	m := rawModule(t, "load")
	m.funcs[0].Traps = nil
	in := rawInstance(t, m, nil)
	_, err := in.Call(context.Background(), "load", 65536, 0)
	var fault *FatalFault
	if !errors.As(err, &fault) {
		t.Fatal(err)
	}
}
