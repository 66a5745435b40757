package symbols

import (
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// ResultType returns the type that the function returns; ok is false if it returns nothing, or
// if its debug information does not say.
func (f *Function) ResultType() (off info.Offset, ok bool) {
	if f.Unit == nil {
		return 0, false
	}
	e := f.entry
	for range 8 {
		if t, ok := e.Follow(dwarf.AttrType); ok {
			return t.Offset, true
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return 0, false
}

// mostParams bounds how many parameters are read.
const mostParams = 1000

// ParamTypes returns the types of the function's parameters in their order, those that the
// compiler made included; 0 stands for a type that is not known.
func (f *Function) ParamTypes() []info.Offset {
	if f.Unit == nil {
		return nil
	}
	e := f.entry
	for range 8 {
		var list []info.Offset
		for c := range e.Children() {
			if c.Tag() != dwarf.TagFormalParameter || len(list) == mostParams {
				continue
			}
			off := info.Offset(0)
			for range 8 {
				if t, ok := c.Follow(dwarf.AttrType); ok {
					off = t.Offset
					break
				}
				next, ok := c.Follow(dwarf.AttrAbstractOrigin)
				if !ok {
					break
				}
				c = next
			}
			list = append(list, off)
		}
		if len(list) > 0 {
			return list
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return nil
}
