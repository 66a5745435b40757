package symbols

import "sphex/dwarf"

// ccNoCall is DW_CC_nocall: the function does not follow the calling convention of its language.
const ccNoCall = 3

// Changed reports whether the compiler says that it has changed what the function takes (DW_AT_calling_convention, which
// LLVM writes where it has split or removed arguments).
func (f *Function) Changed() bool {
	if f.Unit == nil {
		return false
	}
	e := f.entry
	v, ok := e.Attr(dwarf.AttrCallingConvention)
	if !ok {
		return false
	}
	cc, ok := v.Uint()
	return ok && cc == ccNoCall
}
