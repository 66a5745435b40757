package debuginfo_test

import (
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/unwind"
	"sphex/dwarf/frame"
)

// TestFrames executes the call frame information at every instruction and compares it with
// the code map: of an object, where functions without debug information share descriptions, and for debuggers of
// a process, where each has its own.
func TestFrames(t *testing.T) {
	f, _ := compiled(t, "c_types/c_types-O2-dw5.wasm")
	object := checkFrames(t, f.Map, f.Debug[".debug_frame"])
	each := checkFrames(t, f.Map, unwind.Each(f.Map))
	if all := len(f.Map.Funcs) + len(f.Map.Thunks); each != all || object > all-15 {
		t.Errorf("%d descriptions, and %d for debuggers of a process, of %d functions and thunks", object, each, all)
	}
}

// checkFrames returns the number of descriptions.
func checkFrames(t *testing.T, m *codemap.Map, section []byte) int {
	t.Helper()
	table, err := frame.Parse(section, 8)
	if err != nil {
		t.Fatal(err)
	}
	rowAt := func(at abi.TextOffset) *frame.Row {
		pc := abi.TextBase + uint64(at)
		fde, ok := table.Find(pc)
		if !ok {
			t.Fatalf("no frame description at %#x", pc)
		}
		row, err := fde.Row(pc)
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	target := m.Target
	check := func(at abi.TextOffset, rows []codemap.CFARow, saved []codemap.Saved) {
		t.Helper()
		want := uint32(8)
		for _, r := range rows {
			if r.Text <= at {
				want = r.Offset
			}
		}
		row := rowAt(at)
		if row.CFA.Kind != frame.CFARegister || row.CFA.Reg != uint64(target.SP) || row.CFA.N != int64(want) {
			t.Fatalf("text %#x: CFA is %+v, want SP+%d", at, row.CFA, want)
		}
		if ra, ok := row.Rule(uint64(target.RA)); !ok || ra.Kind != frame.Offset || ra.N != -8 {
			t.Fatalf("text %#x: return address is %+v, want it at CFA-8", at, ra)
		}
		places := map[codemap.Reg]int32{}
		for _, s := range saved {
			if s.Text <= at {
				places[s.Reg] = s.Offset
			}
		}
		for r := range codemap.Reg(33) {
			rule, ok := row.Rule(uint64(r))
			ok = ok && rule.Kind == frame.Offset && r != target.RA
			if off, want := places[r]; ok != want || ok && rule.N != int64(off) {
				t.Fatalf("text %#x: register %d is %+v, want it saved: %v at CFA%+d", at, r, rule, want, off)
			}
		}
	}
	checked, withSaved := 0, 0
	for i := range m.Funcs {
		fn := &m.Funcs[i]
		check(fn.Text, fn.Frame.Rows, fn.Frame.Saved)
		for _, inst := range fn.Insts {
			if inst.Text < fn.TextEnd {
				check(inst.Text, fn.Frame.Rows, fn.Frame.Saved)
				checked++
			}
		}
		if len(fn.Frame.Saved) > 0 {
			withSaved++
		}
	}
	if checked < 1000 || withSaved < 10 {
		t.Errorf("checked %d instructions, %d functions that save registers", checked, withSaved)
	}
	entries := 0
	for _, th := range m.Thunks {
		if th.Kind != codemap.EntryThunk {
			check(th.Text, th.Rows, nil)
			continue
		}
		entries++
		if ra, ok := rowAt(th.Text).Rule(uint64(target.RA)); !ok || ra.Kind != frame.Undefined {
			t.Errorf("entry thunk at %#x: return address is %+v, want it undefined", th.Text, ra)
		}
	}
	if entries == 0 {
		t.Error("no entry thunks")
	}
	return len(table.FDEs())
}
