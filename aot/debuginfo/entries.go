package debuginfo

import (
	"slices"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
	"sphex/dwarf/list"
)

// unit translates one unit.
type unit struct {
	*translation
	number int
	in     *info.Unit
	out    *info.UnitWriter
	facts  unitFacts
	native []textRange // its code
	base   uint64      // of lists: the native DW_AT_low_pc
	prog   *line.Program
	files  fileTables // of prog
	owner  bool       // of prog's rows

	scopes []scope // of the entries that are open, by depth
	x      expression

	variables, subprograms, rows int
	// Memory that is used again from entry to entry.
	ops     []expr.Op
	locs    []list.Location
	entries []info.LocEntry
	changes []abi.TextOffset
	pieces  []textRange
}

// scope is what an entry's descendants need to know.
type scope struct {
	fn        *function
	code      []textRange
	frameBase []expr.Op // see expression.frameBase
	dead      bool      // the linker removed the code; the entry is kept for references only
}

// translate writes the unit.
func (u *unit) translate() {
	switch u.in.Type {
	case dwarf.UnitTypes, dwarf.UnitSplitTypes:
		u.out = u.writer.NewTypeUnit(u.in.Signature, uint64(u.in.TypeEntry))
	case dwarf.UnitPartial:
		u.out = u.writer.NewUnit(dwarf.UnitPartial)
	default:
		u.out = u.writer.NewUnit(dwarf.UnitCompile)
	}
	if n := len(u.native); n > 0 {
		u.base = abi.TextBase
		if n == 1 {
			u.base = address(u.native[0].lo)
		}
	}
	u.x = expression{
		target: u.cm.Target, module: u.places.module, layout: u.layout, addrSize: u.in.AddrSize,
		addrx: u.in.Addrx,
	}
	u.x.facts = func(global uint64) localFacts { return readLocals(u.places.module, u.x.fn, global) }

	w := u.in.Walk()
	var e info.Entry
	open := 0
	dead := u.facts.dead
	for w.Next(&e) {
		for open > e.Depth {
			u.out.End()
			open--
		}
		for len(dead) > 0 && dead[0].hi <= e.Offset {
			dead = dead[1:]
		}
		u.scopes = u.scopes[:e.Depth]
		s := scope{}
		if e.Depth > 0 {
			s = u.scopes[e.Depth-1]
		}
		if len(dead) > 0 && dead[0].lo == e.Offset {
			if !u.referenced.any(dead[0].lo, dead[0].hi) {
				w.SkipChildren()
				u.scopes = append(u.scopes, s)
				continue
			}
			s = scope{dead: true}
		}
		key := uint64(0)
		if e.Tag() == dwarf.TagBaseType || u.referenced.has(e.Offset) {
			key = uint64(e.Offset)
		}
		tag := e.Tag()
		if tag == dwarf.TagSkeletonUnit {
			tag = dwarf.TagCompileUnit // there are no native entries elsewhere
		}
		u.out.Begin(tag, key)
		open++
		u.entry(&e, &s)
		u.scopes = append(u.scopes, s)
	}
	for ; open > 0; open-- {
		u.out.End()
	}
	if err := w.Err(); err != nil {
		section, at := u.in.SectionOffset(e.Offset)
		u.report.lost("rest of a unit", reason(err), section, at)
	}
	for range u.out.Finish() {
		section, at := u.in.SectionOffset(u.in.Offset)
		u.report.lost("reference", "there is no such entry", section, at)
	}
}

// entry writes the attributes of an entry, and completes the scope for its descendants.
func (u *unit) entry(e *info.Entry, s *scope) {
	root := e.Depth == 0
	if root {
		if split(e) {
			u.lostWhy(e, "unit", "its entries are in a .dwo file, which is not read")
			u.report.splitUnit(e.Str(dwarf.AttrDWOName) + e.Str(dwarf.AttrGNUDWOName))
		}
		u.rootCode()
	} else if !s.dead {
		u.code(e, s)
	}
	hasSize, hasPlace := false, false
	for v := range e.Attrs() {
		switch v.Attr {
		case dwarf.AttrByteSize:
			hasSize = true
		case dwarf.AttrConstValue:
			hasPlace = true
		case dwarf.AttrSibling, dwarf.AttrLowPC, dwarf.AttrHighPC, dwarf.AttrRanges,
			dwarf.AttrStrOffsetsBase, dwarf.AttrAddrBase, dwarf.AttrRnglistsBase, dwarf.AttrLoclistsBase,
			dwarf.AttrGNURangesBase, dwarf.AttrGNUAddrBase, dwarf.AttrGNULocviews, dwarf.AttrGNUPubnames,
			dwarf.AttrDWOName, dwarf.AttrGNUDWOName, dwarf.AttrGNUDWOID:
			continue // written elsewhere, or about the form of the input only
		case dwarf.AttrStmtList:
			if root && u.prog != nil {
				u.out.StmtList()
			}
			continue
		case dwarf.AttrFrameBase:
			continue // by code
		case dwarf.AttrLocation:
			if s.dead {
				continue
			}
			if u.place(e, v, s) {
				hasPlace = true
			}
			continue
		}
		u.attribute(e, v, s)
	}
	switch e.Tag() {
	case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType, dwarf.TagPtrToMemberType:
		// The unit's addresses become wider, the program's pointers do not.
		if !hasSize {
			u.out.ImplicitConst(dwarf.AttrByteSize, int64(u.in.AddrSize))
		}
	case dwarf.TagVariable, dwarf.TagFormalParameter:
		if hasPlace {
			u.variables++
		}
	}
}

// split reports whether the entry is the root of a skeleton, whose unit proper is elsewhere.
func split(e *info.Entry) bool {
	return e.Unit.Type == dwarf.UnitSkeleton || e.Has(dwarf.AttrDWOName) || e.Has(dwarf.AttrGNUDWOName)
}

// rootCode writes what code the unit has.
func (u *unit) rootCode() {
	code := u.native
	switch len(code) {
	case 0:
	case 1:
		u.out.Addr(dwarf.AttrLowPC, u.base)
		u.out.Data(dwarf.AttrHighPC, uint64(code[0].hi-code[0].lo), 4)
	default:
		u.out.Addr(dwarf.AttrLowPC, u.base)
		u.out.Ranges(dwarf.AttrRanges, addresses(code), u.base)
	}
}

func addresses(code []textRange) []list.Range {
	rs := make([]list.Range, len(code))
	for i, r := range code {
		rs[i] = list.Range{Low: address(r.lo), High: address(r.hi)}
	}
	return rs
}

// code writes the addresses of an entry that stands for code, and a subprogram's frame base.
func (u *unit) code(e *info.Entry, s *scope) {
	low, hasLow := e.Addr(dwarf.AttrLowPC)
	if hasLow && !e.Has(dwarf.AttrHighPC) && e.Tag() != dwarf.TagSubprogram && !e.Has(dwarf.AttrRanges) {
		u.point(e, dwarf.AttrLowPC, low, s)
		return
	}
	code, has := u.nativeCode(e)
	if !has {
		return
	}
	if e.Tag() == dwarf.TagSubprogram {
		*s = scope{}
		if len(code) == 0 {
			s.dead = true // nested in another: the first walk did not look
			return
		}
		u.subprograms++
		if rs, err := e.Ranges(); err == nil {
			for _, r := range rs {
				if s.fn = u.places.at(r.Low); s.fn != nil && !r.Dead {
					break
				}
			}
		}
	}
	s.code = code
	switch len(code) {
	case 0:
		// Its code is gone, or no instruction: the scope is nowhere, which is not the same as
		// everywhere.
		if s.fn != nil {
			u.out.Addr(dwarf.AttrLowPC, address(s.fn.start(low)))
			u.out.Data(dwarf.AttrHighPC, 0, 4)
		}
	case 1:
		u.out.Addr(dwarf.AttrLowPC, address(code[0].lo))
		u.out.Data(dwarf.AttrHighPC, uint64(code[0].hi-code[0].lo), 4)
	default:
		u.out.Ranges(dwarf.AttrRanges, addresses(code), u.base)
	}
	if e.Tag() == dwarf.TagSubprogram {
		u.frameBase(e, s)
	}
}

// frameBase writes a subprogram's frame base: the native address of what the input's
// expression gives, or the CFA when that has none.
func (u *unit) frameBase(e *info.Entry, s *scope) {
	v, ok := e.Attr(dwarf.AttrFrameBase)
	if ok {
		if err := u.linearFrameBase(v, s); err != nil {
			u.lost(e, "frame base", err)
		}
	}
	ops := []expr.Op{{Code: dwarf.OpCallFrameCFA}}
	if s.frameBase != nil {
		u.x.fn, u.x.frameBase = s.fn, nil
		native, err := u.x.translate(s.frameBase, location)
		if err != nil {
			u.lost(e, "frame base", err)
			s.frameBase = nil
		} else {
			// gdb's description of DW_OP_fbreg gives up on a frame base that begins with a
			// register and goes on, so that it must not begin with one.
			ops = slices.Concat([]expr.Op{expr.Const(0)}, native, []expr.Op{{Code: dwarf.OpPlus}})
		}
	}
	if code, refs, err := u.encode(ops); err == nil {
		u.out.Expr(dwarf.AttrFrameBase, code, refs)
	}
}

// linearFrameBase sets the scope's frame base from the input's attribute.
func (u *unit) linearFrameBase(v info.Value, s *scope) error {
	code, ok := v.Expr()
	if !ok {
		return errUnsupported // a location list: no producer for WebAssembly makes one
	}
	ops, err := u.decode(nil, code)
	if err != nil {
		return err
	}
	if n := len(ops); n > 1 && ops[n-1].Code == dwarf.OpStackValue {
		ops = ops[:n-1]
	}
	if len(ops) == 1 {
		switch o := &ops[0]; o.Code {
		case dwarf.OpCallFrameCFA:
			return nil // what the output has anyway; nothing in linear memory is relative to it
		case dwarf.OpWASMLocation:
			// The stack pointer's global is that of the innermost frame. The local that the
			// prologue copies it to is right for all.
			if o.A == 1 || o.A == 3 {
				if n := readLocals(u.places.module, s.fn, o.B).shadow; n >= 0 {
					o.A, o.B = 0, uint64(n)
				}
			}
		}
	}
	s.frameBase = ops
	return nil
}

// point writes an attribute that names one instruction.
func (u *unit) point(e *info.Entry, attr dwarf.Attr, addr uint64, s *scope) {
	if list.Tombstone(addr, u.in.AddrSize) || s.dead {
		return
	}
	f := u.places.at(addr)
	switch {
	case attr == dwarf.AttrCallReturnPC, e.Tag() == dwarf.TagGNUCallSite:
		f = s.fn // the address may be the one behind the function's end
		if f == nil {
			break
		}
		if t, ok := f.returnSite(addr); ok {
			u.out.Addr(attr, address(t))
			return
		}
		if i := f.inst(addr); i == 0 || i < f.main && uint64(f.Insts[i].Wasm) != addr {
			return // the compiler dropped the call as unreachable
		}
		u.lostWhy(e, "address of a call", "there is no call")
		return
	case f != nil && addr <= uint64(f.Body):
		u.out.Addr(attr, address(f.Text))
		return
	case f != nil:
		u.out.Addr(attr, address(f.stand(wasm.CodeOffset(addr))))
		return
	}
	u.lostWhy(e, "address", "no function is there")
}

func (u *unit) lost(e *info.Entry, what string, err error) { u.lostWhy(e, what, reason(err)) }

func (u *unit) lostWhy(e *info.Entry, what, why string) {
	section, at := u.in.SectionOffset(e.Offset)
	u.report.lost(what, why, section, at)
}
