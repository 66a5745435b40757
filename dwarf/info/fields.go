package info

import (
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// AddressFields tells, in offsets of .debug_info, where the units keep addresses as such: in
// attributes of form DW_FORM_addr, and as operands of DW_OP_addr in expressions that stand in
// the entries. Units of other sections are left out. It ends at the first damage.
func (d *Data) AddressFields(yield func(off uint64, size uint8)) error {
	for _, u := range d.Units {
		if u.section != ".debug_info" || u.sections != &d.Sections {
			continue
		}
		w := u.Walk()
		var e Entry
		for w.Next(&e) {
			if err := e.addressFields(yield); err != nil {
				return err
			}
		}
		if err := w.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entry) addressFields(yield func(off uint64, size uint8)) error {
	pos, u := e.attrs, e.Unit
	for i := range e.abbrev.attrs {
		var v Value
		next := u.value(&e.abbrev.attrs[i], pos, &v)
		if v.Form == dwarf.FormAddr {
			yield(uint64(next-int(u.AddrSize)), u.AddrSize)
		} else if code, ok := v.Expr(); ok {
			if err := expr.AddressFields(code, u.Format(), uint64(next-len(code)), yield); err != nil {
				return u.errorf(e.Offset, "%v: %w", v.Attr, err)
			}
		}
		pos = next
	}
	return nil
}
