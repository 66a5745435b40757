package debuginfo

import (
	"slices"
	"sort"
	"strings"

	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// Statements returns where stop sites are wanted: the code offset of every statement row of
// the line tables that lies in a body, ascending and unique, plus the first instruction of
// each body that has none. A row at a body's local declarations stands for its first
// instruction.
func Statements(m *wasm.Module) []wasm.CodeOffset {
	d, _ := info.New(sections(m)) // a damaged header hides the units behind it, no more
	var programs []*line.Program
	var claims []claim
	seen := map[uint64]bool{}
	for _, u := range d.Units {
		if prog := lineProgram(u); prog != nil && !seen[prog.Offset] {
			seen[prog.Offset] = true
			claims = sequenceClaims(claims, prog, len(programs))
			programs = append(programs, prog)
		}
	}
	owners := settle(m, claims)
	var at []wasm.CodeOffset
	for i, prog := range programs {
		// An error ends the program; the rows before it are good.
		_ = eachRow(prog, func(seq int, r *line.Row, end uint64) {
			if r.Flags&line.Stmt == 0 || r.Line == 0 || r.Address >= maxAddr {
				return
			}
			k := bodyAt(m, wasm.CodeOffset(r.Address))
			if k >= 0 && owners[k].unit == i && owners[k].item == seq {
				at = append(at, max(wasm.CodeOffset(r.Address), m.Code[k].Code))
			}
		})
	}
	slices.Sort(at)
	at = slices.Compact(at)
	merged := make([]wasm.CodeOffset, 0, len(at)+len(m.Code))
	for i := range m.Code {
		b := &m.Code[i]
		if len(at) == 0 || at[0] >= b.End {
			merged = append(merged, b.Code)
			continue
		}
		n := 1
		for n < len(at) && at[n] < b.End {
			n++
		}
		if owners[i].exact {
			merged = append(merged, at[:n]...)
		} else {
			merged = appendInstructions(merged, m, b, at[:n])
		}
		at = at[n:]
	}
	return merged
}

// appendInstructions appends those of the offsets in a body that are instructions. Lines that
// are not the body's own, but those of another copy of the function, commonly name others.
func appendInstructions(dst []wasm.CodeOffset, m *wasm.Module, b *wasm.Body, at []wasm.CodeOffset) []wasm.CodeOffset {
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(m, b); len(at) > 0 && r.Next(&in); {
		for len(at) > 0 && at[0] < in.Offset {
			at = at[1:]
		}
		if len(at) > 0 && at[0] == in.Offset {
			dst = append(dst, in.Offset)
		}
	}
	return dst
}

// bodyAt returns the index of the body that holds the offset, -1 if none does.
func bodyAt(m *wasm.Module, off wasm.CodeOffset) int {
	i := sort.Search(len(m.Code), func(i int) bool { return m.Code[i].End > off })
	if i == len(m.Code) || m.Code[i].Start > off {
		return -1
	}
	return i
}

// sections collects the module's DWARF.
func sections(m *wasm.Module) *dwarf.Sections {
	s := &dwarf.Sections{}
	for i := range m.Customs {
		// Sections of split DWARF that somebody linked in belong to other units.
		if c := &m.Customs[i]; strings.HasPrefix(c.Name, ".debug_") && !strings.HasSuffix(c.Name, ".dwo") {
			s.Set(c.Name, c.Data)
		}
	}
	return s
}

// external is the name of the file that has the module's debug information, if a stripping
// tool left one (tool-conventions, "Debugging").
func external(m *wasm.Module) string {
	c := dwarf.NewCursor("external_debug_info", m.Custom("external_debug_info"), 0)
	return string(c.Bytes(c.ULEB()))
}

// lineProgram reads the header of a unit's line number program; nil if it has none that reads.
func lineProgram(u *info.Unit) *line.Program {
	root, err := u.Root()
	if err != nil {
		return nil
	}
	v, ok := root.Attr(dwarf.AttrStmtList)
	if !ok {
		return nil
	}
	off, ok := v.SecOffset()
	if !ok {
		return nil
	}
	data := u.Data()
	prog, err := line.Parse(&data.Sections, off, u.AddrSize, root.Str(dwarf.AttrCompDir))
	if err != nil {
		return nil
	}
	return prog
}
