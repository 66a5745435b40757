package debugger

import (
	"sphex/aot/abi"
	"sphex/runtime"
)

// FuncText returns where the code of the function begins that element i of a table refers to, if it
// is one of the program's own.
func (v *valueFrame) FuncText(table, i uint64) (text abi.TextOffset, ok bool) {
	_ = v.read(func() error { // none is known of a run that is over
		text, ok = v.s.program.tableText(table, i)
		return nil
	})
	return text, ok
}

func (p *program) tableText(table, i uint64) (abi.TextOffset, bool) {
	t := p.instance.Table(int(min(table, 1<<20)))
	if t == nil || i >= uint64(t.Len()) {
		return 0, false
	}
	w, ok := t.Get(int(i))
	if !ok {
		return 0, false
	}
	f := runtime.FuncOfRef(w)
	if f == nil {
		return 0, false
	}
	in, index := f.Instance()
	if in != p.instance {
		return 0, false
	}
	c := p.module.FuncByIndex(index)
	if c == nil {
		return 0, false
	}
	return c.BodyText, true
}

// FuncElement returns the first element of a table that refers to the function whose code begins at entry; ok is false if none
// does.
func (v *valueFrame) FuncElement(table uint64, entry abi.TextOffset) (i uint64, ok bool) {
	_ = v.read(func() error { // none is known of a run that is over
		t := v.s.program.instance.Table(int(min(table, 1<<20)))
		if t == nil {
			return nil
		}
		f := v.s.image.function(entry)
		for ; f != nil && i < uint64(t.Len()) && !ok; i++ {
			text, own := v.s.program.tableText(table, i)
			ok = own && text == f.BodyText
		}
		i--
		return nil
	})
	return i, ok
}
