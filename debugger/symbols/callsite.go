package symbols

import (
	"bytes"
	"errors"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// CallSite is what the DWARF tells about a call.
type CallSite struct {
	Unit  *info.Unit
	entry info.Entry
}

// errNoCallSite is why an entry value can't be solved.
var errNoCallSite = errors.New("the producer does not describe the call that the frame stands at")

// CallSite returns the description of the call in f whose return address is ret.
func (t *Table) CallSite(f *Function, ret abi.TextOffset) (CallSite, error) {
	if f == nil || f.entry.Unit == nil {
		return CallSite{}, errNoCallSite
	}
	addr := t.data.TextBase + uint64(ret)
	w := f.entry.Walk()
	var e info.Entry
	for w.Next(&e) {
		switch {
		case e.Depth > maxDepth:
			w.SkipChildren()
		case e.Tag() == dwarf.TagCallSite:
			if at, ok := e.Addr(dwarf.AttrCallReturnPC); ok && at == addr {
				return CallSite{e.Unit, e}, nil
			}
		case e.Tag() == dwarf.TagGNUCallSite:
			if at, ok := e.Addr(dwarf.AttrLowPC); ok && at == addr {
				return CallSite{e.Unit, e}, nil
			}
		}
	}
	return CallSite{}, errNoCallSite
}

// Argument returns the expression for what the call passes in the place that the expression place
// describes, as in a DW_OP_entry_value. It is over the caller's state at the call.
func (c CallSite) Argument(place []byte) ([]byte, error) {
	for p := range c.entry.Children() {
		if p.Tag() != dwarf.TagCallSiteParameter && p.Tag() != dwarf.TagGNUCallSiteParameter {
			continue
		}
		v, ok := p.Attr(dwarf.AttrLocation)
		if !ok {
			continue
		}
		if at, ok := v.Expr(); !ok || !bytes.Equal(at, place) {
			continue
		}
		v, ok = p.Attr(dwarf.AttrCallValue)
		if !ok {
			v, ok = p.Attr(dwarf.AttrGNUCallSiteValue)
		}
		if ok {
			if code, ok := v.Expr(); ok {
				return code, nil
			}
		}
		return nil, errors.New("the producer does not say what the call passed")
	}
	return nil, errors.New("the producer does not describe the call's argument")
}

// Calls tells whether the call may be one of f: it says so, or it does not say whom it calls.
func (c CallSite) Calls(f *Function) bool {
	callee, ok := c.entry.Follow(dwarf.AttrCallOrigin)
	if !ok {
		callee, ok = c.entry.Follow(dwarf.AttrAbstractOrigin)
	}
	if !ok || f == nil {
		return true
	}
	named := origins(callee)
	for off := range origins(f.entry) {
		if named[off] {
			return true
		}
	}
	link := callee.Str(dwarf.AttrLinkageName)
	return link != "" && link == f.Linkage // a declaration in another unit
}

// origins is an entry and all that it completes.
func origins(e info.Entry) map[info.Offset]bool {
	set := map[info.Offset]bool{}
	for n := 0; n < 8 && e.Unit != nil; n++ {
		set[e.Offset] = true
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return set
}
