package debuginfo

import (
	"errors"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// attribute writes an attribute that is not about the place of a variable.
func (u *unit) attribute(e *info.Entry, v info.Value, s *scope) {
	a := v.Attr
	switch v.Class() {
	case info.ClassAddress:
		if addr, ok := v.Addr(); ok {
			u.point(e, a, addr, s)
		} else {
			u.lost(e, a.String(), errIndex)
		}
	case info.ClassBlock:
		b, _ := v.Block()
		u.out.Block(a, b)
	case info.ClassConstant:
		u.constant(e, v, s)
	case info.ClassExpr:
		u.expression(e, v, s)
	case info.ClassFlag:
		if v.Raw() != 0 {
			u.out.Flag(a)
		} else {
			u.out.False(a)
		}
	case info.ClassRef:
		u.reference(e, v)
	case info.ClassString:
		u.text(e, v)
	case info.ClassOffset:
		u.offset(e, v, s)
	default:
		u.lostWhy(e, a.String(), "the form "+v.Form.String()+" is not read")
	}
}

func (u *unit) constant(e *info.Entry, v info.Value, s *scope) {
	if v.Attr == dwarf.AttrEntryPC {
		// An offset from the entry's low_pc.
		if low, ok := e.Addr(dwarf.AttrLowPC); ok {
			u.point(e, v.Attr, low+v.Raw(), s)
		}
		return
	}
	n := v.Raw()
	if v.Attr == dwarf.AttrDeclFile || v.Attr == dwarf.AttrCallFile {
		var ok bool
		if n, ok = u.file(n); !ok {
			return
		}
	}
	switch v.Form {
	case dwarf.FormData1:
		u.out.Data(v.Attr, n, 1)
	case dwarf.FormData2:
		u.out.Data(v.Attr, n, 2)
	case dwarf.FormData4:
		u.out.Data(v.Attr, n, 4)
	case dwarf.FormData8:
		u.out.Data(v.Attr, n, 8)
	case dwarf.FormSdata:
		u.out.Int(v.Attr, int64(n))
	case dwarf.FormUdata:
		u.out.Udata(v.Attr, n)
	case dwarf.FormImplicitConst:
		u.out.ImplicitConst(v.Attr, int64(n))
	case dwarf.FormData16:
		if b, ok := v.Block(); ok {
			u.out.Data16(v.Attr, b)
		}
	}
}

func (u *unit) reference(e *info.Entry, v info.Value) {
	if v.Form == dwarf.FormRefSig8 {
		u.out.RefSig(v.Attr, v.Raw())
		return
	}
	off, ok := v.Ref()
	switch {
	case !ok:
		u.lostWhy(e, "reference", "there is no such entry")
	case u.in.Contains(off):
		u.out.Ref(v.Attr, uint64(off))
	default:
		u.out.RefAddr(v.Attr, uint64(off))
	}
}

func (u *unit) text(e *info.Entry, v info.Value) {
	b, ok := v.StrBytes()
	if !ok {
		u.lostWhy(e, "string", "it is outside of its section")
		return
	}
	base, split := u.strBase[e.Unit.Sections()]
	switch {
	case v.Form == dwarf.FormString, v.Form == dwarf.FormLineStrp && split:
		u.out.InlineStr(v.Attr, b)
	case v.Form == dwarf.FormLineStrp:
		u.out.LineStrp(v.Attr, uint32(v.Raw()))
	default:
		off, _ := v.StrOffset()
		u.out.Strp(v.Attr, base+uint32(off))
	}
}

// offset writes an attribute that refers to another section.
func (u *unit) offset(e *info.Entry, v info.Value, s *scope) {
	switch v.Attr {
	case dwarf.AttrMacroInfo, dwarf.AttrMacros, dwarf.AttrGNUMacros:
		u.macros(e, v)
	case dwarf.AttrReturnAddr, dwarf.AttrStaticLink, dwarf.AttrUseLocation, dwarf.AttrDataMemberLocation,
		dwarf.AttrVtableElemLocation, dwarf.AttrStringLength:
		if !s.dead {
			u.place(e, v, s)
		}
	default:
		u.lostWhy(e, v.Attr.String(), "refers to a section that is not carried over")
	}
}

// expression writes an attribute whose value an expression computes.
func (u *unit) expression(e *info.Entry, v info.Value, s *scope) {
	mode := value
	switch v.Attr {
	case dwarf.AttrUseLocation:
		mode = use
	case dwarf.AttrDataMemberLocation, dwarf.AttrVtableElemLocation:
		mode = member
	case dwarf.AttrReturnAddr, dwarf.AttrStaticLink, dwarf.AttrStringLength, dwarf.AttrDataLocation:
		mode = location
	}
	if s.dead {
		return
	}
	at := s.firstText()
	switch {
	case isCallTarget(v.Attr):
		u.lostWhy(e, "target of a call", "it is an index into a table, where the native code has an address")
		return
	case isCallValue(v.Attr):
		if at = s.call.at; at == 0 {
			return // there is no such call any more
		}
	}
	b, _ := v.Expr()
	ops, err := u.decode(u.ops[:0], b)
	u.ops = ops
	if err == nil {
		u.at(s, at)
		ops, err = u.x.translate(ops, mode)
	}
	var code []byte
	var refs []expr.Ref
	if err == nil {
		code, refs, err = u.encode(ops)
	}
	if err != nil {
		u.lost(e, v.Attr.String(), err)
		return
	}
	u.out.Expr(v.Attr, code, refs)
}

// at prepares the translation of an expression at a place in the text.
func (u *unit) at(s *scope, t abi.TextOffset) {
	u.x.fn, u.x.frameBase, u.x.at = s.fn, s.frameBase, t
}

// firstText is where the scope's code starts behind the prologue.
func (s *scope) firstText() abi.TextOffset {
	if s.fn == nil || len(s.code) == 0 {
		return 0
	}
	return max(s.code[0].lo, s.fn.BodyText)
}

// decode decodes an expression of the input. References to entries become keys.
func (u *unit) decode(dst []expr.Op, code []byte) ([]expr.Op, error) {
	return u.decodeOf(u.in, dst, code)
}

// decodeOf is decode for an expression of another unit.
func (u *unit) decodeOf(in *info.Unit, dst []expr.Op, code []byte) ([]expr.Op, error) {
	first := len(dst)
	dst, err := expr.Decode(dst, code, in.Format())
	if err != nil {
		return dst, errDamaged
	}
	for i := first; i < len(dst); i++ {
		if p := dst[i].EntryRef(); p != nil {
			off := info.Offset(*p)
			if !dst[i].InSection() {
				off += in.Offset
			}
			*p = uint64(off)
			switch dst[i].Code {
			case dwarf.OpImplicitPointer, dwarf.OpGNUImplicitPointer, dwarf.OpGNUParameterRef:
				if !u.referenced.has(off) {
					return dst, errPointerEntry
				}
			}
		}
	}
	return dst, nil
}

// encode encodes an expression of the output. The result is good until the next entry.
func (u *unit) encode(ops []expr.Op) ([]byte, []expr.Ref, error) {
	if cap(u.exprs)-len(u.exprs) < 64 {
		u.exprs = make([]byte, 0, 4096)
	}
	dst, first := u.exprs[len(u.exprs):], len(u.refs)
	code, err := expr.Append(dst, ops, expr.Format{Version: 5, AddrSize: 8}, &u.refs)
	if err != nil {
		return nil, nil, errUnsupported
	}
	if len(code) <= cap(dst) {
		u.exprs = u.exprs[:len(u.exprs)+len(code)]
	}
	refs := u.refs[first:]
	return code[:len(code):len(code)], refs[:len(refs):len(refs)], nil
}

// reason is an error without the place where it happened, so that equal ones count together.
func reason(err error) string {
	var d *dwarf.Error
	if errors.As(err, &d) {
		return d.Err.Error()
	}
	return err.Error()
}
