package value

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sphex/debugger/symbols"
)

// variants writes the variants of an enum of Rust or Swift; with offsets, where the discriminant is, and its value.
func (d *description) variants(t *Type, p *variantPart, indent int, base int64) {
	if p.discr != nil && d.offsets {
		at, size := fieldBits(t, p.discr)
		d.line(indent, itoa((at+base)/8), itoa(size/8), "// discriminant: "+t.types.at(p.discr.ref).short())
	}
	for i := range p.variants {
		if i == maxDescribedMembers || d.full() {
			d.plain(indent, fmt.Sprintf("… %d more variants", len(p.variants)-i))
			return
		}
		v := &p.variants[i]
		pt := t.types.at(v.payload.ref)
		if t.lang == symbols.LangSwift { // a payload is a type of its own
			name := v.name
			if pt != nil {
				name += "(" + strings.TrimSuffix(strings.TrimPrefix(pt.short(), "("), ")") + ")"
			}
			d.plain(indent, name+",")
			continue
		}
		var fields []field
		if pt != nil {
			fields = pt.load().fields
		}
		tag := ""
		if d.offsets {
			tag = v.discriminant()
		}
		if line := v.name + rustFields(pt, fields, true) + ","; len(fields) == 0 || !d.offsets && len(line) <= maxDescribedWidth {
			d.plain(indent, line+tag)
			continue
		}
		open, end := " {", "},"
		if tupleFields(fields) {
			open, end = "(", "),"
		}
		d.plain(indent, v.name+open+tag)
		inner := base + v.payload.offset*8
		list := slices.Clone(fields)
		if d.offsets {
			slices.SortStableFunc(list, func(a, b field) int { return cmp.Compare(a.offset, b.offset) })
		}
		for j := range list {
			if j == maxDescribedMembers || d.full() {
				d.plain(indent+1, fmt.Sprintf("… %d more members", len(list)-j))
				break
			}
			d.field(pt, &list[j], indent+1, inner)
		}
		d.plain(indent, end)
	}
}

// discriminant is the remark on the values that choose a variant.
func (v *variant) discriminant() string {
	if v.deflt || len(v.ranges) == 0 {
		return "  // any other"
	}
	var list []string
	for i, r := range v.ranges {
		if i == 8 {
			list = append(list, "…")
			break
		}
		s := r.lo.String()
		if r.hi.Cmp(r.lo) != 0 {
			s += "..=" + r.hi.String()
		}
		list = append(list, s)
	}
	return "  // " + strings.Join(list, ", ")
}

// tupleFields tells whether Rust's fields have numbers for names.
func tupleFields(fields []field) bool {
	for i := range fields {
		if fields[i].name != "__"+itoa(int64(i)) {
			return false
		}
	}
	return len(fields) > 0
}

// rustFields writes the fields of a tuple structure or of a variant on one line.
func rustFields(t *Type, fields []field, braces bool) string {
	if len(fields) == 0 {
		return ""
	}
	tuple := tupleFields(fields)
	if !tuple && !braces {
		return ""
	}
	var b strings.Builder
	for i := range fields {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == 100 {
			fmt.Fprintf(&b, "… %d more", len(fields)-i)
			break
		}
		ft := t.types.at(fields[i].ref)
		if tuple {
			b.WriteString(ft.short())
		} else {
			b.WriteString(ft.member(fields[i].name))
		}
	}
	if tuple {
		return "(" + b.String() + ")"
	}
	return " { " + b.String() + " }"
}
