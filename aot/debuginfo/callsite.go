package debuginfo

import (
	"encoding/binary"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// callSite is what a call site's entry tells its parameters' entries.
type callSite struct {
	at      abi.TextOffset // in the call; 0 if there is none
	callee  uint32         // its type
	hasType bool
}

// isCallSite tells whether a tag is that of a call site.
func isCallSite(t dwarf.Tag) bool { return t == dwarf.TagCallSite || t == dwarf.TagGNUCallSite }

// isCallParameter tells whether a tag is that of an argument at a call site.
func isCallParameter(t dwarf.Tag) bool {
	return t == dwarf.TagCallSiteParameter || t == dwarf.TagGNUCallSiteParameter
}

// callSite finds the call that an entry describes. Only what has parameters needs it.
func (u *unit) callSite(e *info.Entry, s *scope) callSite {
	if s.fn == nil || s.fn.body == nil || !e.HasChildren() && !e.Has(dwarf.AttrCallTarget) && !e.Has(dwarf.AttrGNUCallSiteTarget) {
		return callSite{}
	}
	addr, ok := e.Addr(dwarf.AttrCallReturnPC)
	if !ok && e.Tag() == dwarf.TagGNUCallSite {
		addr, ok = e.Addr(dwarf.AttrLowPC)
	}
	if !ok {
		return callSite{}
	}
	ret, call, ok := s.fn.callBefore(addr)
	if !ok {
		return callSite{}
	}
	c := callSite{at: ret - 1}
	code := s.fn.body.Bytes[call-s.fn.body.Code:]
	n, size := binary.Uvarint(code[1:])
	switch m := u.places.module; {
	case size <= 0:
	case code[0] == byte(wasm.OpCall) && n < uint64(len(m.Funcs)):
		c.callee, c.hasType = m.Funcs[n], true
	case code[0] == byte(wasm.OpCallIndirect), code[0] == byte(wasm.OpCallRef):
		c.callee, c.hasType = uint32(n), true
	}
	return c
}

// argument writes where the callee finds an argument: for DW_OP_WASM_location 0 n, where its
// parameter n arrives.
func (u *unit) argument(e *info.Entry, v info.Value, s *scope) {
	code, ok := v.Expr()
	if !ok {
		u.lost(e, "location of an argument", errUnsupported)
		return
	}
	ops, err := u.decode(u.ops[:0], code)
	u.ops = ops
	if err != nil {
		u.lost(e, "location of an argument", err)
		return
	}
	if n := len(ops); n == 2 && ops[1].Code == dwarf.OpStackValue {
		ops = ops[:1]
	}
	if len(ops) != 1 || ops[0].Code != dwarf.OpWASMLocation || ops[0].A != 0 {
		u.lostWhy(e, "location of an argument", "it is no local of the function that is called")
		return
	}
	if !s.call.hasType {
		return // there is no such call any more
	}
	arrivals, ok := u.x.arrivals(s.call.callee)
	if !ok || ops[0].B >= uint64(len(arrivals)) {
		u.lostWhy(e, "location of an argument", "the function that is called has no such parameter")
		return
	}
	p := arrivals[ops[0].B]
	native := expr.Reg(uint64(p.Reg))
	if p.Kind == codemap.InSlot {
		// The CFA of the callee is the caller's stack pointer before the call.
		native = expr.Breg(uint64(u.cm.Target.SP), int64(p.Offset))
	}
	out, _, err := u.encode([]expr.Op{native})
	if err != nil {
		u.lost(e, "location of an argument", err)
		return
	}
	u.out.Expr(v.Attr, out, nil)
}

// isCallValue tells whether an attribute's expression is about the moment of a call.
func isCallValue(a dwarf.Attr) bool {
	switch a {
	case dwarf.AttrCallValue, dwarf.AttrCallDataValue, dwarf.AttrCallDataLocation,
		dwarf.AttrGNUCallSiteValue, dwarf.AttrGNUCallSiteDataValue:
		return true
	}
	return false
}

// isCallTarget tells whether an attribute computes what is called.
func isCallTarget(a dwarf.Attr) bool {
	switch a {
	case dwarf.AttrCallTarget, dwarf.AttrCallTargetClobbered, dwarf.AttrGNUCallSiteTarget, dwarf.AttrGNUCallSiteTargetClobbered:
		return true
	}
	return false
}
