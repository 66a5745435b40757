//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// Pages that a watch of reads has closed must be open for whoever looks: at a single step the comparison of what
// another watch of the same page has, behind a call of the debugger's a checkpoint.
func TestClosedPagesAreOpened(t *testing.T) {
	var out bytes.Buffer
	in := stand(t, "c_ledger/c_ledger-O0.wasm", "hello", &out)
	total := exported(t, in, "total")
	page := total &^ 4095
	err := in.SetWatches([]runtime.Watch{
		{ID: 1, Addr: total, Len: 4},
		{ID: 2, Addr: page, Len: 4096, Kind: runtime.WatchRead, Pages: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if s := in.StepInstruction(); s.Reason != runtime.StopStep {
			t.Fatal(s)
		}
	}
	before, err := in.Checkpoint(nil)
	if err != nil {
		t.Fatal(err)
	}
	names := in.Module().Wasm().Names().Funcs
	called := false
	for i, name := range names {
		if name == "fact" {
			got, err := in.CallHere(i, 0) // fact(0) == 1
			if err != nil || got[0] != 1 {
				t.Fatal(got, err)
			}
			called = true
		}
	}
	if !called {
		t.Fatal("no function fact")
	}
	if _, err := in.Checkpoint(nil); err != nil {
		t.Fatal(err)
	}
	if err := in.Restore(before); err != nil {
		t.Fatal(err)
	}
}

// A later checkpoint may be restored behind an earlier one, though memory has grown between them, and a watch of
// memory that is not there any more ends.
func TestRestoreOfLargerMemory(t *testing.T) {
	var out bytes.Buffer
	in := stand(t, "c_ledger/c_ledger-O0.wasm", "hello", &out)
	m := in.Memory(0)
	size := m.Size()
	first, err := in.Checkpoint(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := m.Grow(2); !ok {
		t.Fatal("memory does not grow")
	}
	at := wasm.MemAddr(size + 70000)
	if err := m.Write(at, []byte("there")); err != nil {
		t.Fatal(err)
	}
	second, err := in.Checkpoint(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.SetWatches([]runtime.Watch{
		{ID: 1, Addr: m.Base() + abi.Addr(at), Len: 5, Pages: true},
		{ID: 2, Addr: m.Base() + abi.Addr(at) + 100, Len: 4},
	}); err != nil {
		t.Fatal(err)
	}
	if err := in.Restore(first); err != nil {
		t.Fatal(err)
	}
	if m.Size() != size {
		t.Errorf("%d bytes, want %d", m.Size(), size)
	}
	in.Pause()
	if s := in.Resume(); s.Reason != runtime.StopPaused {
		t.Fatal(s)
	}
	if err := in.Restore(second); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if err := m.Read(at, got); err != nil || string(got) != "there" || m.Size() != size+2*abi.PageSize {
		t.Errorf("%q of %d bytes: %v", got, m.Size(), err)
	}
}
