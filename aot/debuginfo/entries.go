package debuginfo

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
	"sphex/dwarf/list"
)

// unit translates one unit.
type unit struct {
	*translation
	number int
	in     *info.Unit
	// skeleton is where the addresses, lines and directory of a split unit are; else nil.
	skeleton *info.Unit
	out      *info.UnitWriter
	facts    unitFacts
	native   []textRange  // its code
	base     uint64       // of lists: the native DW_AT_low_pc
	table    *nativeTable // of its lines; nil if it has none
	types    bool         // it is a type unit
	ofText   bool         // it was made from the module's text, for functions that no other describes

	*scratch
	x      expression
	alike  map[expr.Type]uint64 // see typeLike
	placed bool                 // that is a variable with a place or a value

	variables, subprograms, rows int
}

// of returns the unit as it was before its translation began, for the translation t.
func (u *unit) of(t *translation) *unit {
	return &unit{translation: t, number: u.number, in: u.in, skeleton: u.skeleton, facts: u.facts,
		native: u.native, table: u.table, types: u.types, ofText: u.ofText}
}

// scratch is memory that is used again from unit to unit.
type scratch struct {
	scopes  []scope // of the entries that are open and have children, by depth
	current scope   // of the entry that is written
	copier  info.Copier
	lines   lineWriter
	ops     []expr.Op
	bases   []expr.Op // frame bases, until the unit ends
	framed  []expr.Op // the frame base that is written
	locs    []list.Location
	entries []info.LocEntry
	changes []abi.TextOffset
	pieces  []textRange
	covered []textRange // by the entries of a list
	kept    []textRange // of scopes
	starts  startMemory
	moves   moveMemory
	ranges  []list.Range
	known   translated
	key     uint64 // of the expression that is translated, for known; 0 if that does not care
	// Of the entry: expressions, and references in them.
	exprs []byte
	refs  []expr.Ref
}

// scope is what an entry's descendants need to know.
type scope struct {
	fn        *function
	code      []textRange
	frameBase []expr.Op // see expression.frameBase
	// frameLocal is the local that the input's frame base names, if it is nothing else: see expr.Implied.
	frameLocal uint64
	call       callSite // that is open
	dead       bool     // the linker removed the code; the entry is kept for references only
}

// translate writes the unit.
func (u *unit) translate(room *scratch) {
	u.scratch = room
	u.kept = u.kept[:0]
	u.known.forget()
	u.bases = u.bases[:0]
	u.scopes = u.scopes[:0]
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
		addrx: u.in.Addrx, entries: u, params: u.cm.Params,
	}
	u.x.facts = func(global uint64) localFacts { return readLocals(u.places.module, u.x.fn, global) }

	u.out.LowKey = uint64(u.in.Offset)
	u.out.Grow(int(u.in.End-u.in.Offset) * 5 / 4)
	if sections := u.in.Sections(); len(sections.Info) > 0 {
		share := float64(u.in.End-u.in.Offset) / float64(len(sections.Info))
		u.out.GrowLists(int(share * float64(len(sections.Loc)+len(sections.Loclists))))
	}
	w := u.in.Walk()
	_ = u.startCopier() // the walk ends with the same error
	var e info.Entry
	open := 0
	dead := u.facts.dead
	next := w.Next
	sound := u.facts.err == nil // it was walked over before
	if sound {
		next = w.NextHead
	}
	for next(&e) {
		for open > e.Depth {
			u.out.End()
			open--
		}
		for len(dead) > 0 && dead[0].hi <= e.Offset {
			dead = dead[1:]
		}
		u.scopes = u.scopes[:e.Depth]
		removed := e.Depth > 0 && len(dead) > 0 && dead[0].lo == e.Offset // not a damaged root
		if removed && !u.referenced.any(dead[0].lo, dead[0].hi) {
			w.SkipChildren()
			continue
		}
		open++
		p := u.copier.Plan(&e)
		if p.Whole && e.Depth > 0 && !removed {
			u.copier.Whole(&e, p, uint64(e.Offset))
			if sound {
				w.Behind(&u.copier)
			}
			if e.HasChildren() {
				u.scopes = append(u.scopes, u.scopes[e.Depth-1])
			}
			continue
		}
		s := &u.current
		switch {
		case removed:
			*s = scope{dead: true}
		case e.Depth > 0:
			*s = u.scopes[e.Depth-1]
		default:
			*s = scope{}
		}
		tag := e.Tag()
		if tag == dwarf.TagSkeletonUnit {
			tag = dwarf.TagCompileUnit // there are no native entries elsewhere
		}
		u.out.Begin(tag, uint64(e.Offset))
		u.entry(&e, p, s)
		if sound {
			w.Behind(&u.copier)
		}
		if e.HasChildren() {
			u.scopes = append(u.scopes, *s)
		}
	}
	for ; open > 0; open-- {
		u.out.End()
	}
	if err := w.Err(); err != nil {
		section, at := u.in.SectionOffset(e.Offset)
		u.report.lost("rest of a unit", reason(err), section, at)
	} else if rest, ok := w.Rest(); ok {
		section, at := u.in.SectionOffset(rest)
		u.report.lost("rest of a unit", "it stands behind the root entry and its children", section, at)
	}
	for range u.out.Finish() {
		section, at := u.in.SectionOffset(u.in.Offset)
		u.report.lost("reference", "there is no such entry", section, at)
	}
}

// entry writes the attributes of an entry, and completes the scope for its descendants.
func (u *unit) entry(e *info.Entry, p *info.Plan, s *scope) {
	if e.Depth == 0 {
		if _, ok := u.in.Skeleton(); ok {
			u.lostWhy(e, "unit", "its entries are in a file of split DWARF, which was not found")
		}
		u.rootCode()
		u.fromSkeleton(e, s)
	} else if p.Code && !s.dead {
		u.code(e, s)
	}
	if isCallSite(e.Tag()) {
		s.call = u.callSite(e, s)
	}
	u.placed = false
	u.refs, u.exprs = u.refs[:0], u.exprs[:0]
	u.copier.Attrs(e, p)
	if u.placed {
		u.variables++
	}
}

// startCopier prepares to copy what does not depend on where things are.
func (u *unit) startCopier() error {
	u.copier.Out = u.out
	u.copier.StrBase = u.strBase[u.in.Sections()]
	u.copier.PointerSize = u.in.AddrSize
	u.copier.End = u.facts.end
	u.copier.Decide, u.copier.Write, u.copier.File, u.copier.Lost = u.action, u.write, u.file, u.missing
	return u.copier.Start(u.in)
}

// action says what becomes of an attribute.
func (u *unit) action(tag dwarf.Tag, v info.Value) info.Action {
	switch v.Attr {
	case dwarf.AttrSibling, dwarf.AttrLowPC, dwarf.AttrHighPC, dwarf.AttrRanges, dwarf.AttrFrameBase,
		dwarf.AttrStrOffsetsBase, dwarf.AttrAddrBase, dwarf.AttrRnglistsBase, dwarf.AttrLoclistsBase,
		dwarf.AttrGNURangesBase, dwarf.AttrGNUAddrBase, dwarf.AttrGNULocviews, dwarf.AttrGNUPubnames,
		dwarf.AttrDWOName, dwarf.AttrGNUDWOName, dwarf.AttrGNUDWOID:
		return info.Drop // written elsewhere, or about the form of the input only
	case dwarf.AttrStmtList, dwarf.AttrLocation, dwarf.AttrEntryPC:
		return info.Ask
	case dwarf.AttrConstValue:
		if tag == dwarf.TagVariable || tag == dwarf.TagFormalParameter {
			return info.Ask // to count it
		}
	}
	switch v.Class() {
	case info.ClassConstant:
		if v.Attr == dwarf.AttrDeclFile || v.Attr == dwarf.AttrCallFile {
			return info.FileNum
		}
		return info.Copy
	case info.ClassString:
		if _, split := u.strBase[u.in.Sections()]; split && v.Form == dwarf.FormLineStrp {
			return info.Ask // those of split units are not in the table
		}
		return info.Copy
	case info.ClassBlock, info.ClassFlag, info.ClassRef:
		return info.Copy
	}
	return info.Ask
}

// write writes an attribute that depends on where code or data are.
func (u *unit) write(e *info.Entry, v info.Value) {
	s := &u.current
	variable := e.Tag() == dwarf.TagVariable || e.Tag() == dwarf.TagFormalParameter
	switch v.Attr {
	case dwarf.AttrStmtList:
		if e.Depth == 0 {
			u.stmtList()
		}
		return
	case dwarf.AttrLocation:
		if isCallParameter(e.Tag()) {
			u.argument(e, v, s)
			return
		}
		if code, ok := v.Expr(); ok && frameOffset(code) && s.frameBase != nil && !s.dead {
			u.out.Expr(v.Attr, code, nil) // by far the most frequent without optimisation
			u.placed = variable
			return
		}
		if !s.dead && u.place(e, v, s) && variable {
			u.placed = true
		}
		return
	case dwarf.AttrConstValue:
		u.placed = u.placed || variable
	}
	u.attribute(e, v, s)
}

// frameOffset reports whether an expression is a single DW_OP_fbreg, which means the same when the
// frame base is translated.
func frameOffset(code []byte) bool {
	if len(code) < 2 || len(code) > 6 || code[0] != byte(dwarf.OpFbreg) || code[len(code)-1] >= 0x80 {
		return false
	}
	for _, b := range code[1 : len(code)-1] {
		if b < 0x80 {
			return false
		}
	}
	return true
}

// stmtList names the unit's lines.
func (u *unit) stmtList() {
	switch {
	case u.table == nil:
	case u.table.unit.number == u.number:
		u.out.LineID = 1 + u.number
		u.out.StmtList()
	default:
		u.out.SharedLine(1 + u.table.unit.number)
	}
}

// missing is told references and strings that are not there.
func (u *unit) missing(e *info.Entry, v info.Value) {
	if v.Class() == info.ClassString {
		u.lostWhy(e, "string", "no string starts there")
	} else {
		u.lostWhy(e, "reference", "there is no such entry")
	}
}

// rootCode writes what code the unit has.
func (u *unit) rootCode() {
	code := u.native
	switch len(code) {
	case 0:
	case 1:
		u.out.Addr(dwarf.AttrLowPC, u.base)
		u.out.Udata(dwarf.AttrHighPC, uint64(code[0].hi-code[0].lo))
	default:
		u.out.Addr(dwarf.AttrLowPC, u.base)
		u.out.Ranges(dwarf.AttrRanges, u.addresses(code), u.base)
	}
}

func (u *unit) addresses(code []textRange) []list.Range {
	u.ranges = u.ranges[:0]
	for _, r := range code {
		u.ranges = append(u.ranges, list.Range{Low: address(r.lo), High: address(r.hi)})
	}
	return u.ranges
}

// code writes the addresses of an entry that stands for code, and a subprogram's frame base.
func (u *unit) code(e *info.Entry, s *scope) {
	low, alone, ranges, err := e.AppendRanges(u.ranges[:0])
	u.ranges = ranges
	subprogram := e.Tag() == dwarf.TagSubprogram
	if alone && !subprogram {
		u.point(e, dwarf.AttrLowPC, low, s)
		return
	}
	fn := s.fn
	if subprogram {
		*s = scope{frameLocal: expr.NoLocal}
		for _, r := range ranges {
			if s.fn = u.places.at(r.Low); s.fn != nil && !r.Dead {
				break
			}
		}
		fn = s.fn
	}
	var code []textRange
	if err == nil && !u.exhausted() {
		code = u.nativeCode(ranges, fn)
	}
	if subprogram {
		if len(code) == 0 {
			*s = scope{dead: true} // nested in another: the first walk did not look
			return
		}
		u.subprograms++
	}
	s.code = code
	switch len(code) {
	case 0:
		// Its code is gone, or no instruction: the scope is nowhere, which is not the same as
		// everywhere.
		if s.fn != nil {
			u.out.Addr(dwarf.AttrLowPC, address(s.fn.start(low)))
			u.out.Udata(dwarf.AttrHighPC, 0)
		}
	case 1:
		u.out.Addr(dwarf.AttrLowPC, address(code[0].lo))
		u.out.Udata(dwarf.AttrHighPC, uint64(code[0].hi-code[0].lo))
	default:
		u.out.Ranges(dwarf.AttrRanges, u.addresses(code), u.base)
	}
	if subprogram {
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
	ops := append(u.framed[:0], expr.Op{Code: dwarf.OpCallFrameCFA})
	if s.frameBase != nil {
		u.x.fn, u.x.frameBase = s.fn, nil
		native, err := u.x.translate(s.frameBase, location)
		if err != nil {
			u.lost(e, "frame base", err)
			s.frameBase = nil
		} else {
			// gdb's description of DW_OP_fbreg gives up on a frame base that begins with a
			// register and goes on, so that it must not begin with one.
			ops = append(append(append(ops[:0], expr.Const(0)), native...), expr.Op{Code: dwarf.OpPlus})
		}
	}
	u.framed = ops
	if code, refs, err := u.encode(ops); err == nil {
		u.out.Expr(dwarf.AttrFrameBase, code, refs)
	}
}

// linearFrameBase sets the scope's frame base from the input's attribute.
func (u *unit) linearFrameBase(v info.Value, s *scope) error {
	code, err := u.frameBaseCode(v)
	if err != nil {
		return err
	}
	if cap(u.bases)-len(u.bases) < 8 {
		u.bases = make([]expr.Op, 0, 256)
	}
	if u.in.Version < 4 {
		s.frameLocal = expr.FrameLocal(code, u.in.Format())
	}
	ops, err := u.decode(u.bases[len(u.bases):], code)
	if err != nil {
		return err
	}
	if n := len(u.bases) + len(ops); n <= cap(u.bases) {
		u.bases, ops = u.bases[:n], ops[:len(ops):len(ops)]
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
				if n := shadowLocal(u.places.module, s.fn, o.B); n >= 0 {
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
	if addr == 0 || list.Tombstone(addr, u.in.AddrSize) || s.dead { // old linkers' tombstone is 0
		return
	}
	f := s.fn
	if attr == dwarf.AttrCallReturnPC || e.Tag() == dwarf.TagGNUCallSite {
		if f == nil { // the address may be the one behind its end
			u.lostWhy(e, "address", "no function is there")
			return
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
	}
	if f == nil || addr < uint64(f.Body) || addr >= uint64(f.BodyEnd) {
		f = u.places.at(addr)
	}
	switch {
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
	if u.ofText {
		return // it is nothing that the module has
	}
	section, at := u.in.SectionOffset(e.Offset)
	u.report.lost(what, why, section, at)
}
