package debuginfo

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/line"
)

// handmade is a module with one function and debug information of version 4 that no compiler made:
//
//	3 i32.const 1, 5 drop, 6 block, 8 i32.const 2, 10 drop, 11 end, 12 end
//
// Its line program has the operations that are given, and its statics, by index in .debug_addr, are kept, at
// 1024, and gone, which the linker removed.
func handmade(t *testing.T, program []byte) *wasm.Module {
	t.Helper()
	m, err := wasm.Decode([]byte{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0,
		10, 13, 1, 11, 0, 0x41, 1, 0x1a, 2, 0x40, 0x41, 2, 0x1a, 0x0b, 0x0b})
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	const low, length = 2, 11
	var abbrev []byte
	kind := func(tag dwarf.Tag, children byte, attrs ...any) {
		abbrev = append(abbrev, byte(len(abbrev)), byte(tag), children)
		for i := 0; i < len(attrs); i += 2 {
			abbrev = dwarf.AppendULEB(dwarf.AppendULEB(abbrev, uint64(attrs[i].(dwarf.Attr))), uint64(attrs[i+1].(dwarf.Form)))
		}
		abbrev = append(abbrev, 0, 0)
	}
	abbrev = append(abbrev, 0) // so that no code is 0; skipped below
	var die []byte
	begin := func() { die = append(die, byte(len(abbrev))) }
	begin()
	kind(dwarf.TagCompileUnit, 1, dwarf.AttrName, dwarf.FormString, dwarf.AttrStmtList, dwarf.FormSecOffset,
		dwarf.AttrLowPC, dwarf.FormAddr, dwarf.AttrHighPC, dwarf.FormData4, dwarf.AttrGNUAddrBase, dwarf.FormSecOffset)
	die = append(die, "a.c\x00"...)
	for _, v := range []uint32{0, low, length, 0} {
		die = le.AppendUint32(die, v)
	}
	begin()
	kind(dwarf.TagSubprogram, 0, dwarf.AttrName, dwarf.FormString, dwarf.AttrLowPC, dwarf.FormAddr, dwarf.AttrHighPC, dwarf.FormData4)
	die = le.AppendUint32(le.AppendUint32(append(die, "f\x00"...), low), length)
	begin()
	static := die[len(die)-1]
	kind(dwarf.TagVariable, 0, dwarf.AttrName, dwarf.FormString, dwarf.AttrLocation, dwarf.FormExprloc)
	die = append(append(die, "kept\x00"...), 2, byte(dwarf.OpGNUAddrIndex), 0)
	die = append(append(append(die, static), "gone\x00"...), 2, byte(dwarf.OpGNUAddrIndex), 1, 0)
	info := append([]byte{4, 0, 0, 0, 0, 0, 4}, die...)

	head := []byte{1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 'a', '.', 'c', 0, 0, 0, 0, 0}
	lines := append(le.AppendUint32([]byte{4, 0}, uint32(len(head))), head...)
	lines = append(append(lines, 0, 5, 2, low, 0, 0, 0), program...)
	m.Customs = []wasm.Custom{
		{Name: ".debug_info", Data: append(le.AppendUint32(nil, uint32(len(info))), info...)},
		{Name: ".debug_abbrev", Data: append(abbrev[1:], 0)},
		{Name: ".debug_line", Data: append(le.AppendUint32(nil, uint32(len(lines))), lines...)},
		{Name: ".debug_addr", Data: []byte{0, 4, 0, 0, 0xff, 0xff, 0xff, 0xff}},
	}
	return m
}

const (
	lineCopy, linePC, lineLine, lineNoStatement = 1, 2, 3, 6 // DW_LNS_…
)

// TestHiddenRows has two rows at a block, of which the second hides the first. A statement at a block is behind
// it, and so both are where the second one is.
func TestHiddenRows(t *testing.T) {
	end := []byte{linePC, 7, 0, 1, 1}
	for _, c := range []struct {
		name       string
		between    []byte // before the second row, on line 3
		statements []wasm.CodeOffset
		want       string // statements by line and the instruction that they stop at
	}{
		{"both statements", nil, []wasm.CodeOffset{3, 8}, "1@3 2@8 3@8"},
		{"the second is none", []byte{lineNoStatement}, []wasm.CodeOffset{3, 6}, "1@3 2@6"},
	} {
		program := slices.Concat([]byte{lineCopy, linePC, 4, lineLine, 1, lineCopy}, c.between, []byte{lineLine, 1, lineCopy}, end)
		m := handmade(t, program)
		statements := Statements(Open(m, nil))
		if !slices.Equal(statements, c.statements) {
			t.Errorf("%s: stop sites at %v, want %v", c.name, statements, c.statements)
		}
		cm := fakeCode(m, statements)
		out, _ := Translate(Open(m, nil), cm, abi.NewLayout(m))
		prog, err := line.Parse(dwarf.SectionsOf(out), 0, 8, "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = prog.Rows(func(r *line.Row) bool {
			if r.Flags&line.Stmt != 0 && r.Flags&line.EndSequence == 0 {
				for _, s := range cm.Funcs[0].Sites {
					if address(s.Text) == r.Address {
						got = append(got, fmt.Sprintf("%d@%d", r.Line, s.Wasm))
					}
				}
			}
			return true
		})
		if got := strings.Join(got, " "); err != nil || got != c.want {
			t.Errorf("%s: statements %s, want %s; %v", c.name, got, c.want, err)
		}
	}
}

// TestStaticsByIndex has statics whose addresses are in .debug_addr, as those of split DWARF are: what the linker
// removed counts as that.
func TestStaticsByIndex(t *testing.T) {
	s := Open(handmade(t, []byte{lineCopy, linePC, 11, 0, 1, 1}), nil).Survey().Total()
	if s.Statics != 1 || s.StaticsRemoved != 1 || s.StaticsUnplaced != 0 {
		t.Errorf("%d statics with a place, %d removed, %d without; want 1, 1 and 0", s.Statics, s.StaticsRemoved, s.StaticsUnplaced)
	}
}
