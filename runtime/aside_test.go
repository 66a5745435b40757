//go:build linux && amd64

package runtime

import (
	"bytes"
	goruntime "runtime"
	"sync"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
	"sphex/runtime/internal/guestcode"
)

// lengthAt is the length of the instruction at pc.
func lengthAt(m *Module, pc abi.TextOffset) int {
	var b [16]byte
	n := m.ReadText(pc, b[:])
	in, err := x86asm.Decode(b[:n], 64)
	if err != nil {
		return 1
	}
	return in.Len
}

// TestBreakpointsBesideOthers has instances of one module run at the same time over breakpoints at instructions that are no
// stop sites: none runs past one of its own while another goes on from the same place.
func TestBreakpointsBesideOthers(t *testing.T) {
	defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(8))
	m := rawModule(t, "count")
	const n = 3000
	var wait sync.WaitGroup
	for k := range 4 {
		in := rawInstance(t, m, nil)
		body := textOf(in, "count")
		pc := body + guestcode.Find("count", []byte{0x48, 0x01, 0xc1}) // add rcx, rax
		if err := in.SetBreakpoint(pc); err != nil {
			t.Fatal(err)
		}
		hits, stops := 0, 0
		if k%2 == 0 {
			if err := in.SetHook(pc, func(*Hit) bool { hits++; return hits%1000 == 0 }); err != nil {
				t.Fatal(err)
			}
		}
		start(t, in, "count", n, 0)
		wait.Go(func() {
			s := in.Resume()
			for ; s.Reason == StopBreakpoint && s.PC == pc; s = in.Resume() {
				stops++
			}
			if s.Reason != StopReturned || s.Results[0] != n*(n+1)/2 {
				t.Errorf("instance %d: %v %v", k, s, s.Results)
			}
			if want := map[bool]int{true: n / 1000, false: n}[k%2 == 0]; stops != want {
				t.Errorf("instance %d stopped %d times, want %d", k, stops, want)
			}
			if k%2 == 0 && hits != n {
				t.Errorf("instance %d: %d hits, want %d", k, hits, n)
			}
		})
	}
	wait.Wait()
}

// TestCallOverInstruction makes a call of an instruction that is no stop site but large enough, and takes it away.
func TestCallOverInstruction(t *testing.T) {
	m := rawModule(t, "recurse")
	in := rawInstance(t, m, nil)
	f := m.FuncByIndex(in.ExportedFunc("recurse").index)
	size := f.TextEnd - f.Text
	before, now := make([]byte, size), make([]byte, size)
	m.ReadText(f.Text, before)
	in.OnBreakpoint(func(pc abi.TextOffset) bool { return false })
	made := 0
	for pc := f.Text; pc < f.TextEnd; {
		if err := in.SetBreakpoint(pc); err != nil {
			t.Fatal(err)
		}
		pc += abi.TextOffset(lengthAt(m, pc))
	}
	start(t, in, "recurse", 20, 0)
	want := in.Resume()
	if want.Reason != StopReturned {
		t.Fatal(want)
	}
	for range 2 {
		start(t, in, "recurse", 20, 0)
		if s := in.Resume(); s.Reason != StopReturned || s.Results[0] != want.Results[0] {
			t.Fatal(s)
		}
	}
	for _, p := range m.patches {
		if p.call {
			made++
		}
	}
	if made == 0 {
		t.Error("no instruction became a call")
	}
	if m.ReadText(f.Text, now); !bytes.Equal(now, before) {
		t.Error("ReadText shows patches")
	}
	in.Close()
	other := rawInstance(t, m, nil)
	if m.calls != 0 || len(m.patches) != 0 {
		t.Errorf("%d calls and %d patches are left", m.calls, len(m.patches))
	}
	if m.text.Read(f.Text, now); !bytes.Equal(now, before) {
		t.Errorf("patches are left:\n% x\n% x", now, before)
	}
	if got := call(t, other, "recurse", 20, 0); got != want.Results[0] {
		t.Error(got)
	}
}
