package symbols

import (
	"errors"

	"sphex/aot/abi"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// FrameBase returns the expression of f's DW_AT_frame_base that holds at pc, and the unit that it
// belongs to.
func (t *Table) FrameBase(f *Function, pc abi.TextOffset) ([]byte, *info.Unit, error) {
	if f.Unit == nil || f.entry.Unit == nil {
		return nil, nil, errors.New("the function has no DWARF")
	}
	v, ok := f.entry.Attr(dwarf.AttrFrameBase)
	if !ok {
		return nil, nil, errors.New("the function has no frame base")
	}
	if code, ok := v.Expr(); ok {
		return code, f.entry.Unit, nil
	}
	list, err := v.Locations(nil)
	if err != nil {
		return nil, nil, err
	}
	addr := t.data.TextBase + uint64(pc)
	for _, l := range list {
		if !l.Dead && (l.Default || addr >= l.Low && addr < l.High) {
			return l.Expr, f.entry.Unit, nil
		}
	}
	return nil, nil, errors.New("the function has no frame base at this address")
}
