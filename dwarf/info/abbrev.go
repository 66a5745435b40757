package info

import (
	"slices"

	"sphex/dwarf"
)

// attrSpec is an attribute in an abbreviation.
type attrSpec struct {
	attr     dwarf.Attr
	form     dwarf.Form
	ref      bool // may refer to another entry, by its offset
	weight   weight
	bytes    uint8 // of weightBytes
	implicit int64
}

// weight is what the size of a value depends on.
type weight uint8

const (
	weightValue   weight = iota // the value itself, in a way that skip knows
	weightBytes                 // nothing
	weightLEB                   // it is a LEB128 number
	weightExpr                  // it is an expression
	weightAddr                  // the unit's addresses
	weightWord                  // the unit's format
	weightRefAddr               // the unit's addresses or its format
)

// weigh says how large values of a form are.
func weigh(f dwarf.Form) (w weight, bytes uint8) {
	switch f {
	case dwarf.FormFlagPresent, dwarf.FormImplicitConst:
		return weightBytes, 0
	case dwarf.FormData1, dwarf.FormRef1, dwarf.FormFlag, dwarf.FormStrx1, dwarf.FormAddrx1:
		return weightBytes, 1
	case dwarf.FormData2, dwarf.FormRef2, dwarf.FormStrx2, dwarf.FormAddrx2:
		return weightBytes, 2
	case dwarf.FormStrx3, dwarf.FormAddrx3:
		return weightBytes, 3
	case dwarf.FormData4, dwarf.FormRef4, dwarf.FormStrx4, dwarf.FormAddrx4, dwarf.FormRefSup4:
		return weightBytes, 4
	case dwarf.FormData8, dwarf.FormRef8, dwarf.FormRefSig8, dwarf.FormRefSup8:
		return weightBytes, 8
	case dwarf.FormData16:
		return weightBytes, 16
	case dwarf.FormAddr:
		return weightAddr, 0
	case dwarf.FormStrp, dwarf.FormLineStrp, dwarf.FormSecOffset, dwarf.FormStrpSup, dwarf.FormGNURefAlt, dwarf.FormGNUStrpAlt:
		return weightWord, 0
	case dwarf.FormRefAddr:
		return weightRefAddr, 0
	case dwarf.FormUdata, dwarf.FormRefUdata, dwarf.FormStrx, dwarf.FormAddrx, dwarf.FormLoclistx,
		dwarf.FormRnglistx, dwarf.FormGNUAddrIndex, dwarf.FormGNUStrIndex, dwarf.FormSdata:
		return weightLEB, 0
	case dwarf.FormExprloc:
		return weightExpr, 0
	}
	return weightValue, 0
}

// abbrev is the shape of entries.
type abbrev struct {
	tag      dwarf.Tag
	children bool
	sibling  bool // has DW_AT_sibling
	fixed    bool // the size of the attributes follows from the numbers below
	bytes    uint32
	addrs    uint32 // address-sized ones
	words    uint32 // offset-sized ones
	refAddrs uint32 // address-sized in DWARF 2, else offset-sized
	refs     bool   // some attribute may refer to another entry
	number   int    // in the table
	first    int    // of attrs, among those of the table
	attrs    []attrSpec
}

// maxWeightless is how many attributes of an abbreviation may take no room in its entries. Producers
// have a dozen; with thousands of them each byte of hostile entries would be thousands of
// attributes.
const maxWeightless = 32

// abbrevTable is one unit's abbreviations. Producers number them from 1.
type abbrevTable struct {
	dense  []abbrev
	sparse map[uint64]*abbrev
	count  int
}

func (t *abbrevTable) lookup(code uint64) *abbrev {
	if code-1 < uint64(len(t.dense)) {
		return &t.dense[code-1]
	}
	return t.sparse[code]
}

// abbrevTable returns the table at an offset of a .debug_abbrev.
func (d *Data) abbrevTable(section []byte, off uint64) (*abbrevTable, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := abbrevKey{off: off}
	if len(section) > 0 {
		key.section = &section[0]
	}
	if t, ok := d.abbrevs[key]; ok {
		return t, nil
	}
	c := dwarf.CursorAt(".debug_abbrev", section, off)
	if c.Len() > d.budget {
		c.Limit(uint64(max(d.budget, 0)))
	}
	t, err := d.parseAbbrevs(&c)
	d.budget -= int(c.Offset() - min(off, c.Offset()))
	if err != nil {
		if d.budget <= 0 {
			return nil, dwarf.Errorf(".debug_abbrev", off, "too many overlapping tables")
		}
		return nil, err
	}
	d.abbrevs[key] = t
	return t, nil
}

// parseAbbrevs reads a table. It is called with mu locked.
func (d *Data) parseAbbrevs(c *dwarf.Cursor) (*abbrevTable, error) {
	t := &abbrevTable{}
	specs := d.roomSpecs[:0] // of all abbreviations
	dense := d.roomAbbrevs[:0]
	defer func() { d.roomSpecs, d.roomAbbrevs = specs, dense }()
	for {
		start := c.Offset()
		code := c.ULEB()
		if c.Err() != nil {
			return nil, c.Err()
		}
		if code == 0 {
			t.own(specs, dense)
			return t, nil
		}
		tag := c.ULEB()
		a := abbrev{tag: dwarf.Tag(tag), children: c.U8() != 0, fixed: true}
		if tag > 0xffff {
			return nil, dwarf.Errorf(".debug_abbrev", start, "tag 0x%x is out of range", tag)
		}
		first := len(specs)
		weightless := 0
		for {
			attr, form := c.ULEB(), c.ULEB()
			if c.Err() != nil {
				return nil, c.Err()
			}
			if attr == 0 && form == 0 {
				break
			}
			if attr > 0xffff || form > 0xffff {
				return nil, dwarf.Errorf(".debug_abbrev", start, "attribute 0x%x with form 0x%x is out of range", attr, form)
			}
			s := attrSpec{attr: dwarf.Attr(attr), form: dwarf.Form(form)}
			s.weight, s.bytes = weigh(s.form)
			switch s.form {
			case dwarf.FormImplicitConst:
				s.implicit = c.SLEB()
				weightless++
			case dwarf.FormFlagPresent:
				weightless++
			}
			if weightless > maxWeightless {
				return nil, dwarf.Errorf(".debug_abbrev", start, "more than %d attributes take no room in entries", maxWeightless)
			}
			switch s.form {
			case dwarf.FormRef1, dwarf.FormRef2, dwarf.FormRef4, dwarf.FormRef8, dwarf.FormRefUdata, dwarf.FormRefAddr, dwarf.FormIndirect:
				s.ref = s.attr != dwarf.AttrSibling
				a.refs = a.refs || s.ref
			}
			specs = append(specs, s)
			a.add(s)
		}
		a.first, a.attrs = first, specs[first:]
		a.number = t.count
		t.count++
		switch {
		case code == uint64(len(dense))+1 && t.sparse[code] == nil:
			dense = append(dense, a)
		case code-1 < uint64(len(dense)) || t.sparse[code] != nil:
			return nil, dwarf.Errorf(".debug_abbrev", start, "code %d is declared twice", code)
		default:
			if t.sparse == nil {
				t.sparse = map[uint64]*abbrev{}
			}
			one := a // so that those of dense need no memory for themselves
			t.sparse[code] = &one
		}
	}
}

// own gives the table memory of its own, of the right size: there may be thousands of tables.
func (t *abbrevTable) own(specs []attrSpec, dense []abbrev) {
	specs, t.dense = slices.Clone(specs), slices.Clone(dense)
	own := func(a *abbrev) { a.attrs = specs[a.first : a.first+len(a.attrs) : a.first+len(a.attrs)] }
	for i := range t.dense {
		own(&t.dense[i])
	}
	for _, a := range t.sparse {
		own(a)
	}
}

// add sums up the size of the attributes.
func (a *abbrev) add(s attrSpec) {
	if s.attr == dwarf.AttrSibling {
		a.sibling = true
	}
	switch s.weight {
	case weightBytes:
		a.bytes += uint32(s.bytes)
	case weightAddr:
		a.addrs++
	case weightWord:
		a.words++
	case weightRefAddr:
		a.refAddrs++
	default:
		a.fixed = false
	}
}
