package value

import (
	"errors"
	"fmt"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// Scope is where names are looked up: a logical frame of a stopped program. It is not safe
// for concurrent use.
type Scope struct {
	Table *symbols.Table
	Types *Types
	Frame Frame
	Sym   *symbols.Frame // the logical frame; nil: statics and globals only
	plain bool           // values show as the structures that they are; see Variable.Plain
	Vars  *Vars          // what a person has kept; nil: nothing
	// Macros are those of the preprocessor; nil: there are none.
	Macros Macros

	outward     int // callers between this scope and the one that is asked; see host.EntryValue
	frameBase   uint64
	frameBaseOK bool

	// What was looked up and holds wherever Move leads.
	names       map[string]*meaning
	missing     map[string]string // names that mean nothing, and why
	unfolded    map[*Expr]*Expr   // expressions with their macros replaced
	baseExpr    []byte            // of the frame base
	baseHost    *host
	host        *host    // of the last location expression
	number      [16]byte // room for one that is being read
	visuals     *visualState
	inline      []string // the unit's inline namespaces, if inlineKnown
	inlineKnown bool
}

// reasons why a variable has no value.
const (
	noLocationHere = unavailable("optimized out: the producer gives no location at this address")
	noLocation     = unavailable("optimized out: the producer gives no location")
)

// Arguments returns the parameters of the scope's function.
func (s *Scope) Arguments() []*Variable {
	var out []*Variable
	for _, v := range s.frameVars() {
		if v.Param {
			out = append(out, v)
		}
	}
	return out
}

// Locals returns the variables that are visible, those of the innermost block last; shadowed
// ones are marked.
func (s *Scope) Locals() []*Variable {
	var out []*Variable
	for _, v := range s.frameVars() {
		if !v.Param {
			out = append(out, v)
		}
	}
	return out
}

// frameVars returns parameters and locals, outermost first.
func (s *Scope) frameVars() []*Variable {
	if s.Sym == nil {
		return nil
	}
	scopes := s.Table.Scopes(s.Sym, s.Frame.PC())
	var out []*Variable
	for i := len(scopes) - 1; i >= 0; i-- {
		for _, sv := range scopes[i].Vars {
			if sv.Artificial && strings.HasPrefix(sv.Name, "__vla_expr") {
				continue // the length of an array, which shows it
			}
			if s.isGone(sv) {
				continue
			}
			v := s.variable(sv)
			v.Param = sv.Param && i == len(scopes)-1
			if s.Table.Ahead(s.Sym, scopes[i], sv, s.Frame.PC()) {
				v.Ahead = sv.Line
			}
			out = append(out, v)
		}
	}
	seen := map[string]bool{}
	for i := len(out) - 1; i >= 0; i-- {
		out[i].Shadowed = seen[out[i].Name]
		if out[i].Shadowed {
			out[i].EvalName = ""
		}
		seen[out[i].Name] = true
	}
	return out
}

// isGone reports whether a variable is an entry of WebAssembly's operand stack that is not there at
// the frame's address: stack0, stack1, … Each has a variable for each type that it takes on.
func (s *Scope) isGone(sv *symbols.Variable) bool {
	digits, ok := strings.CutPrefix(sv.Name, "stack")
	if !ok || !sv.Artificial || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return false
	}
	off, _ := sv.Type()
	_, _, fixed := s.describe(sv, s.Types.at(uint64(off)))
	return fixed.err == noLocationHere
}

// Globals returns statics and globals: of the frame's unit, or of all units.
func (s *Scope) Globals(all bool) []*Variable {
	var gs []*symbols.Variable
	if all || s.Sym == nil || s.Sym.Outer == nil || s.Sym.Outer.Unit == nil || debuginfo.IsSynthetic(s.Sym.Outer.Unit.Producer) {
		gs = s.Table.Globals()
	} else {
		gs = s.Sym.Outer.Unit.Globals()
	}
	out := make([]*Variable, 0, len(gs))
	for _, g := range gs {
		if strings.HasSuffix(g.Name, "{vtable}") || strings.HasPrefix(g.Name, "_vtable$") {
			continue // made by the compiler, one for each type with virtual functions
		}
		if !all && strings.HasPrefix(g.Full, "std::") && g.Unit != nil && g.Unit.Language == symbols.LangCPP {
			continue // constants of the library's headers
		}
		v := s.variable(g)
		v.Name, v.EvalName = g.Full, g.Full
		out = append(out, v)
	}
	return out
}

// Variable returns the value of a variable of the symbol table.
func (s *Scope) Variable(sv *symbols.Variable) *Variable { return s.variable(sv) }

func (s *Scope) variable(sv *symbols.Variable) *Variable {
	m := s.meaning(sv)
	v := m.variable(s)
	v.decl = sv
	return v
}

// atDecl returns the variable that the entry at off declares.
func (s *Scope) atDecl(off uint64) (*Variable, error) {
	if s.Sym != nil {
		for _, sc := range s.Table.Scopes(s.Sym, s.Frame.PC()) {
			for _, sv := range sc.Vars {
				if e := sv.Entry(); uint64(e.Offset) == off || uint64(sv.Decl()) == off {
					return s.variable(sv), nil
				}
			}
		}
	}
	return nil, errors.New("not visible here")
}

// describe finds what says where a variable is at the frame's address: an expression of a
// unit, or else a location that is the same for all frames.
func (s *Scope) describe(sv *symbols.Variable, t *Type) (u *info.Unit, code []byte, fixed location) {
	e := sv.Entry()
	size := t.byteSize()
	if v, ok := e.Attr(dwarf.AttrLocation); ok {
		code, isExpr := v.Expr()
		if !isExpr {
			code, isExpr = v.Block()
		}
		if !isExpr {
			list, err := v.Locations(nil)
			if err != nil {
				return nil, nil, location{err: err}
			}
			addr := s.Table.TextBase() + uint64(s.Frame.PC())
			found, deflt := false, false
			for _, l := range list {
				if l.Default && !found {
					code, deflt = l.Expr, true
				} else if !l.Dead && addr >= l.Low && addr < l.High {
					code, found = l.Expr, true
					break
				}
			}
			if !found && !deflt {
				if s.hasConst(sv) {
					return nil, nil, s.constant(sv, size)
				}
				return nil, nil, location{err: noLocationHere}
			}
		}
		if len(code) == 0 {
			if isExpr {
				return nil, nil, location{err: noLocation}
			}
			return nil, nil, location{err: noLocationHere}
		}
		return e.Unit, code, location{}
	}
	if s.hasConst(sv) {
		return nil, nil, s.constant(sv, size)
	}
	// The abstract or declared entry may hold the location of a static.
	if v, ok := sv.Attr(dwarf.AttrLocation); ok {
		if code, ok := v.Expr(); ok && len(code) > 0 {
			return e.Unit, code, location{}
		}
	}
	return nil, nil, location{err: noLocation}
}

func (s *Scope) hasConst(sv *symbols.Variable) bool {
	_, ok := sv.Attr(dwarf.AttrConstValue)
	return ok
}

// constant makes the bytes of a DW_AT_const_value.
func (s *Scope) constant(sv *symbols.Variable, size int64) location {
	v, _ := sv.Attr(dwarf.AttrConstValue)
	if size <= 0 || size > maxRead {
		return location{err: unavailable("a constant of unknown size")}
	}
	out := make([]byte, size)
	if b, ok := v.Block(); ok {
		copy(out, b)
	} else if b, ok := v.StrBytes(); ok {
		copy(out, b)
	} else if n, ok := v.Int(); ok {
		putInt(out, uint64(n), n < 0)
	} else if n, ok := v.Uint(); ok {
		putInt(out, n, false)
	} else {
		return location{err: unavailable("a constant of unknown form")}
	}
	return location{data: out}
}

// putInt stores n in as many bytes as there are.
func putInt(out []byte, n uint64, negative bool) {
	for i := range out {
		switch {
		case i < 8:
			out[i] = byte(n >> (8 * i))
		case negative:
			out[i] = 0xff
		}
	}
}

// evalLocation evaluates a location expression for a value of size bytes.
func (s *Scope) evalLocation(u *info.Unit, code []byte, size int64) location {
	if s.host == nil || s.host.unit != u {
		s.host = &host{scope: s, unit: u}
	}
	pieces, err := expr.Eval(code, u.Format(), s.host)
	if err != nil {
		return location{err: unavailable(fmt.Sprintf("no value: %v", err))}
	}
	if len(pieces) == 1 && pieces[0].Bits == 0 {
		switch p := pieces[0]; p.Kind {
		case expr.Memory:
			return location{inMemory: true, addr: abi.Addr(p.Addr)}
		case expr.Empty:
			return location{err: noLocationHere}
		case expr.ImplicitPointer:
			return s.implicit(u, &p)
		}
	}
	if size < 0 || size > maxRead {
		return location{err: unavailable(fmt.Sprintf("a value of %d bytes in pieces", size))}
	}
	l := location{data: make([]byte, 0, size)}
	for i, p := range pieces {
		n := int64(p.Bits+7) / 8
		if p.Bits == 0 {
			n = size
		}
		n = min(n, size-int64(len(l.data)))
		if n <= 0 {
			break
		}
		b := make([]byte, n)
		pc := piece{size: n}
		skip := int64(p.BitOffset / 8)
		if p.BitOffset%8 != 0 || p.Bits%8 != 0 {
			pc.kind, pc.missing = pieceEmpty, "parts of bytes are not read"
		} else {
			if p.Kind == expr.StackValue && p.Bits != 0 && skip == 0 {
				skip = wordPart(u, code, i, int64(len(l.data)), n)
			}
			s.readPiece(&p, &pc, b, skip)
		}
		if p.Kind == expr.StackValue && l.computed == nil {
			l.computed = &computation{u, code}
		}
		l.data = append(l.data, b...)
		l.pieces = append(l.pieces, pc)
	}
	if got := int64(len(l.data)); got < size {
		l.pieces = append(l.pieces, piece{size: size - got, kind: pieceEmpty, missing: string(noLocationHere)})
		l.data = append(l.data, make([]byte, size-got)...)
	}
	all := true
	for _, p := range l.pieces {
		all = all && p.kind == pieceEmpty
	}
	if all && len(l.pieces) > 0 {
		return location{err: unavailable(l.pieces[0].missing)}
	}
	return l
}

// implicit is the location of a pointer to a variable that has no address.
func (s *Scope) implicit(u *info.Unit, p *expr.Piece) location {
	at, ok := u.Across(p.Ref)
	var target *symbols.Variable
	if ok {
		target, ok = s.Table.VariableAt(at)
	}
	if !ok {
		return location{err: unavailable("a pointer to something that is not described")}
	}
	return location{
		err:    unavailable(fmt.Sprintf("a pointer to %s, which has no address", target.Name)),
		points: &implicitPointer{target, p.Offset},
	}
}

// readPiece reads one part of a value into b.
func (s *Scope) readPiece(p *expr.Piece, pc *piece, b []byte, skip int64) {
	missing := func(why string) { pc.kind, pc.missing = pieceEmpty, why }
	switch p.Kind {
	case expr.Memory:
		pc.kind, pc.addr = pieceMemory, abi.Addr(p.Addr)+abi.Addr(skip)
		if err := s.Frame.ReadNative(pc.addr, b); err != nil {
			missing(err.Error())
		}
	case expr.Register:
		r, err := s.Frame.Register(codemap.Reg(p.Reg))
		if err != nil || p.Reg > 255 {
			missing(fmt.Sprintf("register %d is not known in this frame", p.Reg))
			return
		}
		pc.kind, pc.reg = pieceRegister, codemap.Reg(p.Reg)
		if skip != 0 {
			pc.kind = pieceConst
		}
		if skip+int64(len(b)) > int64(len(r)) {
			missing("larger than its register")
			return
		}
		copy(b, r[skip:])
	case expr.Implicit:
		pc.kind = pieceConst
		if skip < int64(len(p.Data)) {
			copy(b, p.Data[skip:])
		}
	case expr.StackValue:
		pc.kind = pieceConst
		n := p.Value.Bytes(make([]byte, 0, 16), 8)
		fill := byte(0)
		if p.Value.Type.Encoding == dwarf.EncSigned && n[len(n)-1] >= 0x80 {
			fill = 0xff
		}
		for i := range b {
			if at := skip + int64(i); at < int64(len(n)) {
				b[i] = n[at]
			} else {
				b[i] = fill
			}
		}
	case expr.ImplicitPointer:
		missing("a pointer to a variable that has no address")
	default:
		missing(string(noLocationHere))
	}
}

// host answers what location expressions ask.
type host struct {
	expr.NoHost
	scope *Scope
	unit  *info.Unit
	depth int
}

func (h *host) Register(reg uint64, buf []byte) error {
	if reg > 255 {
		return fmt.Errorf("register %d", reg)
	}
	b, err := h.scope.Frame.Register(codemap.Reg(reg))
	if err != nil {
		return err
	}
	if len(buf) > len(b) {
		return fmt.Errorf("%d bytes of register %d", len(buf), reg)
	}
	copy(buf, b)
	return nil
}

func (h *host) Memory(addr uint64, buf []byte) error {
	return h.scope.Frame.ReadNative(abi.Addr(addr), buf)
}

func (h *host) CFA() (uint64, error) {
	a, ok := h.scope.Frame.CFA()
	if !ok {
		return 0, errors.New("the frame has no canonical address")
	}
	return uint64(a), nil
}

// FrameBase evaluates the function's DW_AT_frame_base, once for each scope.
func (h *host) FrameBase() (uint64, error) {
	s := h.scope
	if s.frameBaseOK {
		return s.frameBase, nil
	}
	if s.Sym == nil || s.Sym.Outer == nil || h.depth > 0 {
		return 0, errors.New("no frame base")
	}
	if s.baseExpr == nil {
		code, u, err := s.Table.FrameBase(s.Sym.Outer, s.Frame.PC())
		if err != nil {
			return 0, err
		}
		s.baseExpr, s.baseHost = code, &host{scope: s, unit: u, depth: h.depth + 1}
	}
	v, err := expr.EvalValue(s.baseExpr, s.baseHost.unit.Format(), s.baseHost)
	if err != nil {
		return 0, err
	}
	s.frameBase, s.frameBaseOK = v.Bits, true
	return v.Bits, nil
}

// FrameBase is the value of the DW_AT_frame_base of the scope's function: most often where its
// variables are in memory.
func (s *Scope) FrameBase() (abi.Addr, error) {
	h := host{scope: s}
	base, err := h.FrameBase()
	return abi.Addr(base), err
}

func (h *host) Addrx(i uint64) (uint64, error) { return h.unit.Addrx(i) }

func (h *host) BaseType(off uint64) (expr.Type, error) {
	e, err := h.unit.Entry(h.unit.Offset + info.Offset(off))
	if err != nil {
		return expr.Type{}, err
	}
	enc, ok := e.Uint(dwarf.AttrEncoding)
	size, ok2 := e.Uint(dwarf.AttrByteSize)
	if !ok || !ok2 || e.Tag() != dwarf.TagBaseType || size > 16 {
		return expr.Type{}, errors.New("no base type there")
	}
	return expr.Type{Encoding: dwarf.Encoding(enc), Size: uint8(size)}, nil
}

func (h *host) Call(off uint64, section bool) ([]byte, error) {
	at := h.unit.Offset + info.Offset(off)
	if section {
		at, _ = h.unit.Across(off)
	}
	e, err := h.scope.Table.Info().Entry(at)
	if err != nil {
		return nil, err
	}
	if v, ok := e.Attr(dwarf.AttrLocation); ok {
		code, _ := v.Expr()
		return code, nil
	}
	return nil, nil
}
