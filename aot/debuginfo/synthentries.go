package debuginfo

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// bodyScan is what synthesised debug information needs to know of a body.
type bodyScan struct {
	insts []wasm.CodeOffset // where each instruction is
	used  []bool            // of the locals, as far as there are used ones
	stack map[stackKey][]stackRange
	keys  []stackKey
	end   wasm.CodeOffset
}

// stackKey is an entry of the operand stack as a variable: the same place has one for each type.
type stackKey struct {
	depth int
	typ   wasm.ValType
}

// stackRange is code, [lo, hi), where an entry has a type.
type stackRange struct{ lo, hi wasm.CodeOffset }

// maxStack is how many entries of the operand stack are variables.
const maxStack = 32

// read looks through a body. It stops at the first instruction that is not valid: the compiler
// meets it, too.
func (s *bodyScan) read(m *wasm.Module, i int, scratch *wasm.Scratch, stacks bool) {
	b := &m.Code[i]
	s.insts, s.used, s.keys, s.end = s.insts[:0], s.used[:0], s.keys[:0], b.End
	s.stack = map[stackKey][]stackRange{}
	var open []wasm.ValType // of the entries whose last range ends at the instruction at hand
	_ = m.TraceFunc(i, scratch, func(in *wasm.Inst, o wasm.Operands) {
		s.insts = append(s.insts, in.Offset)
		if in.Op.Imm() == wasm.ImmLocal {
			for int(in.Index) >= len(s.used) && len(s.used) < 1<<16 {
				s.used = append(s.used, false)
			}
			if int(in.Index) < len(s.used) {
				s.used[in.Index] = true
			}
		}
		if !stacks {
			return
		}
		types := o.Types
		if !o.Live {
			types = nil
		}
		types = types[:min(len(types), maxStack)]
		for d, t := range types {
			k := stackKey{d, t}
			rs, seen := s.stack[k]
			if !seen {
				s.keys = append(s.keys, k)
			}
			if n := len(rs); n > 0 && d < len(open) && open[d] == t {
				continue // goes on
			}
			s.stack[k] = append(rs, stackRange{lo: in.Offset})
		}
		for d, t := range open {
			if d >= len(types) || types[d] != t {
				rs := s.stack[stackKey{d, t}]
				rs[len(rs)-1].hi = in.Offset
			}
		}
		open = append(open[:0], types...)
	})
	for d, t := range open {
		rs := s.stack[stackKey{d, t}]
		rs[len(rs)-1].hi = b.End
	}
	slices.SortFunc(s.keys, func(a, b stackKey) int {
		return cmp.Or(cmp.Compare(a.depth, b.depth), -cmp.Compare(a.typ, b.typ))
	})
}

// align returns the offset of the first instruction at or behind off. What stands before the first
// stays where it is.
func (s *bodyScan) align(off wasm.CodeOffset) wasm.CodeOffset {
	if len(s.insts) == 0 || off < s.insts[0] {
		return off
	}
	k := sort.Search(len(s.insts), func(k int) bool { return s.insts[k] >= off })
	if k == len(s.insts) {
		return s.end
	}
	return s.insts[k]
}

// baseTypes are the value types as each unit has them; an entry's key is the index here plus 1.
var baseTypes = [...]struct {
	typ      wasm.ValType
	encoding dwarf.Encoding
	size     uint64
}{
	{wasm.I32, dwarf.EncSigned, 4},
	{wasm.I64, dwarf.EncSigned, 8},
	{wasm.F32, dwarf.EncFloat, 4},
	{wasm.F64, dwarf.EncFloat, 8},
	{wasm.V128, dwarf.EncUnsigned, 16},
	{wasm.FuncRef, dwarf.EncUnsigned, 8},
	{wasm.ExternRef, dwarf.EncUnsigned, 8},
	{wasm.ExnRef, dwarf.EncUnsigned, 8},
}

// typeKey is the key of a value type's entry, 0 for one that has none.
func typeKey(t wasm.ValType) uint64 {
	for i := range baseTypes {
		if baseTypes[i].typ == t.Top() {
			return uint64(i + 1)
		}
	}
	return 0
}

// types writes the value types.
func (u *synthUnit) types() {
	for i := range baseTypes {
		t := &baseTypes[i]
		u.out.Begin(dwarf.TagBaseType, uint64(i+1))
		u.out.InlineStr(dwarf.AttrName, []byte(t.typ.String()))
		u.out.Uint(dwarf.AttrEncoding, uint64(t.encoding))
		u.out.Uint(dwarf.AttrByteSize, t.size)
		u.out.End()
	}
}

// globals writes the module's globals.
func (u *synthUnit) globals() {
	for i := range u.m.Globals {
		key := typeKey(u.m.Globals[i].Type)
		if key == 0 {
			continue
		}
		u.out.Begin(dwarf.TagVariable, 0)
		name := u.text.Names().Global(uint32(i))
		u.out.InlineStr(dwarf.AttrName, []byte(name[strings.LastIndexByte(name, '/')+1:])) // AssemblyScript's file/name
		u.out.Ref(dwarf.AttrType, key)
		u.out.Flag(dwarf.AttrExternal)
		u.out.Expr(dwarf.AttrLocation, wasmPlace(1, uint64(i)), nil)
		u.out.End()
	}
}

// wasmPlace is the expression for a local (kind 0), a global (1) or an operand (2).
func wasmPlace(kind, index uint64) []byte {
	code, err := expr.Append(nil, []expr.Op{
		{Code: dwarf.OpWASMLocation, A: kind, B: index},
		{Code: dwarf.OpStackValue},
	}, expr.Format{Version: 5, AddrSize: 8}, nil)
	if err != nil {
		panic("debuginfo: synthesise: place of a variable: " + err.Error())
	}
	return code
}

// function writes a function with its parameters, the locals that it uses, and the entries of its
// operand stack. base is the unit's DW_AT_low_pc.
func (u *synthUnit) function(i int, base uint64) {
	b := &u.m.Code[i]
	u.out.Begin(dwarf.TagSubprogram, 0)
	name := u.funcName(i)
	if strings.HasPrefix(name, "_Z") || strings.HasPrefix(name, "_R") {
		u.out.Str(dwarf.AttrLinkageName, name)
	} else {
		u.out.Str(dwarf.AttrName, name)
	}
	if gs := u.mappedLine(i); gs != nil {
		u.out.Uint(dwarf.AttrDeclFile, uint64(u.files[gs.source]))
		u.out.Udata(dwarf.AttrDeclLine, uint64(gs.line))
	} else if n := u.text.FuncLine(i); n > 0 && u.shown {
		u.out.Uint(dwarf.AttrDeclFile, 0)
		u.out.Udata(dwarf.AttrDeclLine, uint64(n))
	}
	u.out.Addr(dwarf.AttrLowPC, uint64(b.Start))
	u.out.Data(dwarf.AttrHighPC, uint64(b.End-b.Start), 4)
	typ := u.m.FuncType(uint32(u.m.NumImportedFuncs + i))
	if len(typ.Results) == 1 {
		if key := typeKey(typ.Results[0]); key != 0 {
			u.out.Ref(dwarf.AttrType, key)
		}
	}
	u.locals(i, typ)
	for _, k := range u.scan.keys {
		key := typeKey(k.typ)
		if key == 0 {
			continue
		}
		u.out.Begin(dwarf.TagVariable, 0)
		u.out.InlineStr(dwarf.AttrName, []byte("stack"+strconv.Itoa(k.depth)))
		u.out.Ref(dwarf.AttrType, key)
		u.out.Flag(dwarf.AttrArtificial)
		code := wasmPlace(2, uint64(k.depth))
		var list []info.LocEntry
		for _, r := range u.scan.stack[k] {
			list = append(list, info.LocEntry{Low: uint64(r.lo), High: uint64(r.hi), Code: code})
		}
		u.out.Locs(dwarf.AttrLocation, list, base)
		u.out.End()
	}
	u.out.End()
}

// mappedLine is the first line that the source map has for a body, nil if there is none.
func (u *synthUnit) mappedLine(i int) *segment {
	if u.synthesis.lines == nil {
		return nil
	}
	gs := u.synthesis.lines.in(&u.m.Code[i])
	for k := range gs {
		if gs[k].source >= 0 {
			return &gs[k]
		}
	}
	return nil
}

// locals writes a function's parameters, and those of its other locals that it uses: a few bytes
// can declare very many.
func (u *synthUnit) locals(i int, typ *wasm.FuncType) {
	var names []string
	if len(typ.Params) > 0 || len(u.scan.used) > 0 {
		names = u.text.Names().Locals(i)
	}
	variable := func(tag dwarf.Tag, k int, t wasm.ValType) {
		key := typeKey(t)
		if key == 0 || k >= len(names) {
			return
		}
		u.out.Begin(tag, 0)
		u.out.InlineStr(dwarf.AttrName, []byte(names[k]))
		u.out.Ref(dwarf.AttrType, key)
		if k < len(u.scan.used) && u.scan.used[k] { // the others have no place
			u.out.Expr(dwarf.AttrLocation, wasmPlace(0, uint64(k)), nil)
		}
		u.out.End()
	}
	for k, t := range typ.Params {
		variable(dwarf.TagFormalParameter, k, t)
	}
	k := len(typ.Params)
	for _, r := range u.m.Code[i].Locals {
		for n := k; n < min(k+int(r.Count), len(u.scan.used)); n++ {
			if u.scan.used[n] {
				variable(dwarf.TagVariable, n, r.Type)
			}
		}
		k += int(r.Count)
	}
}
