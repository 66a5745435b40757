package info

import (
	"encoding/binary"
	"iter"

	"sphex/dwarf"
	"sphex/dwarf/list"
)

// Entry is a debugging information entry. It is a value; its attributes are decoded when
// they are asked for, which cannot fail: reading the entry has checked their extent.
type Entry struct {
	Offset Offset
	Unit   *Unit
	Depth  int // below the entry where the walk began; only from a Walker

	abbrev *abbrev
	attrs  int // where the attributes start in Unit.bytes
	end    int // behind them
}

// Entry reads the entry at off.
func (u *Unit) Entry(off Offset) (Entry, error) {
	if err := u.load(); err != nil {
		return Entry{}, err
	}
	return u.entry(off)
}

func (u *Unit) entry(off Offset) (Entry, error) {
	if off < u.First || off >= u.End {
		return Entry{}, u.errorf(off, "no entry of the unit at 0x%x", uint64(u.Offset))
	}
	e := Entry{}
	if _, err := u.readEntry(int(off-u.shift), &e, nil); err != nil {
		return Entry{}, err
	}
	if e.abbrev == nil {
		return Entry{}, u.errorf(off, "null entry")
	}
	return e, nil
}

func (u *Unit) errorf(off Offset, format string, args ...any) error {
	return dwarf.Errorf(u.section, uint64(off-u.shift), format, args...)
}

// readEntry reads the entry at pos of u.bytes and returns the position behind it. A null
// entry has no abbreviation. If refs is set, it appends the entries of which the entry has
// references.
func (u *Unit) readEntry(pos int, e *Entry, refs *[]Offset) (int, error) {
	e.Offset = Offset(pos) + u.shift
	if e.Unit != u { // the walk over a unit need not tell the collector each time
		e.Unit = u
	}
	code, at, ok := uleb(u.bytes, pos)
	if !ok {
		return pos, u.errorf(e.Offset, "abbreviation code: %w", dwarf.ErrTruncated)
	}
	if code == 0 {
		e.abbrev, e.attrs, e.end = nil, at, at
		return at, nil
	}
	a := u.abbrevs.lookup(code)
	if a == nil {
		return pos, u.errorf(e.Offset, "no abbreviation has code %d", code)
	}
	e.abbrev, e.attrs = a, at
	if a.fixed {
		n := uint64(a.bytes) + uint64(a.addrs)*uint64(u.AddrSize) + uint64(a.words)*uint64(u.wordSize())
		if a.refAddrs != 0 {
			n += uint64(a.refAddrs) * uint64(u.refAddrSize())
		}
		if n > uint64(len(u.bytes)-at) {
			return pos, u.errorf(e.Offset, "attributes: %w", dwarf.ErrTruncated)
		}
		e.end = at + int(n)
		if refs != nil && a.refs {
			u.appendRefs(refs, a, at)
		}
		return e.end, nil
	}
	for i := range a.attrs {
		s := &a.attrs[i]
		next, ok := u.pass(s, at)
		if !ok {
			return pos, u.errorf(Offset(at)+u.shift, "%v in %v cannot be read", s.attr, s.form)
		}
		if refs != nil && s.ref {
			u.appendRef(refs, s, at)
		}
		at = next
	}
	e.end = at
	return at, nil
}

// appendRefs appends the references of an entry whose attributes start at pos.
func (u *Unit) appendRefs(refs *[]Offset, a *abbrev, pos int) {
	for i := range a.attrs {
		s := &a.attrs[i]
		if s.ref {
			u.appendRef(refs, s, pos)
		}
		n, _ := u.weightSize(s.weight, s.bytes)
		pos += n
	}
}

func (u *Unit) appendRef(refs *[]Offset, s *attrSpec, pos int) {
	if s.form == dwarf.FormRef4 {
		if off := u.Offset + Offset(binary.LittleEndian.Uint32(u.bytes[pos:])); off >= u.First && off < u.End {
			*refs = append(*refs, off)
		}
		return
	}
	var v Value
	u.value(s, pos, &v)
	switch v.Form { // an indirect one may be something else
	case dwarf.FormRef1, dwarf.FormRef2, dwarf.FormRef4, dwarf.FormRef8, dwarf.FormRefUdata, dwarf.FormRefAddr:
		if off, ok := v.Ref(); ok {
			*refs = append(*refs, off)
		}
	}
}

// Tag says what the entry describes. The zero Entry has tag 0.
func (e *Entry) Tag() dwarf.Tag {
	if e.abbrev == nil {
		return 0
	}
	return e.abbrev.tag
}

// HasChildren says whether children may follow.
func (e *Entry) HasChildren() bool { return e.abbrev != nil && e.abbrev.children }

// Attrs iterates over the attributes in order.
func (e *Entry) Attrs() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if e.abbrev == nil {
			return
		}
		pos := e.attrs
		for i := range e.abbrev.attrs {
			var v Value
			pos = e.Unit.value(&e.abbrev.attrs[i], pos, &v)
			if !yield(v) {
				return
			}
		}
	}
}

// Attr returns one attribute.
func (e *Entry) Attr(a dwarf.Attr) (Value, bool) {
	if e.abbrev == nil {
		return Value{}, false
	}
	pos := e.attrs
	for i := range e.abbrev.attrs {
		s := &e.abbrev.attrs[i]
		if s.attr == a {
			var v Value
			e.Unit.value(s, pos, &v)
			return v, true
		}
		pos, _ = e.Unit.pass(s, pos)
	}
	return Value{}, false
}

// Has reports whether the attribute is there.
func (e *Entry) Has(a dwarf.Attr) bool {
	if e.abbrev != nil {
		for i := range e.abbrev.attrs {
			if e.abbrev.attrs[i].attr == a {
				return true
			}
		}
	}
	return false
}

// Uint reads a constant attribute; ok is false when it is absent, negative or of another class.
func (e *Entry) Uint(a dwarf.Attr) (v uint64, ok bool) {
	if v, ok := e.Attr(a); ok {
		return v.Uint()
	}
	return 0, false
}

// Int reads a constant attribute; ok is false when it is absent or of another class.
func (e *Entry) Int(a dwarf.Attr) (v int64, ok bool) {
	if v, ok := e.Attr(a); ok {
		return v.Int()
	}
	return 0, false
}

// Flag reads a flag attribute, false when it is absent.
func (e *Entry) Flag(a dwarf.Attr) bool {
	if v, ok := e.Attr(a); ok {
		f, _ := v.Flag()
		return f
	}
	return false
}

// Addr reads an address attribute; ok is false when it is absent or of another class.
func (e *Entry) Addr(a dwarf.Attr) (addr uint64, ok bool) {
	if v, ok := e.Attr(a); ok {
		return v.Addr()
	}
	return 0, false
}

// Ref reads a reference attribute; ok is false when it is absent or of another class.
func (e *Entry) Ref(a dwarf.Attr) (off Offset, ok bool) {
	if v, ok := e.Attr(a); ok {
		return v.Ref()
	}
	return 0, false
}

// maxText is how much is shown of a string. A hostile one may be long and stand in many entries.
const maxText = 16 << 10

// Str reads a string attribute as it may be shown: printable (dwarf.Printable), and not without
// bounds. It is "" when it is absent.
func (e *Entry) Str(a dwarf.Attr) string {
	if v, ok := e.Attr(a); ok {
		b, _ := v.StrBytes()
		if len(b) > maxText {
			return dwarf.Printable(b[:maxText]) + "…"
		}
		return dwarf.Printable(b)
	}
	return ""
}

// raw reads a string attribute as it is.
func (e *Entry) raw(a dwarf.Attr) string {
	v, _ := e.Attr(a)
	s, _ := v.Str()
	return s
}

// Name is Str(DW_AT_name).
func (e *Entry) Name() string { return e.Str(dwarf.AttrName) }

// Follow reads the entry that a reference attribute names, in whatever unit it is.
func (e *Entry) Follow(a dwarf.Attr) (Entry, bool) {
	off, ok := e.Ref(a)
	if !ok {
		return Entry{}, false
	}
	u := e.Unit
	if !u.Contains(off) {
		if u, ok = u.data.UnitAt(off); !ok {
			return Entry{}, false
		}
	}
	t, err := u.Entry(off)
	return t, err == nil
}

// Ranges returns the addresses that the entry covers: from DW_AT_ranges, or low_pc and
// high_pc, or low_pc alone as one byte.
func (e *Entry) Ranges() ([]list.Range, error) {
	_, _, rs, err := e.AppendRanges(nil)
	return rs, err
}

// AppendRanges appends what Ranges returns to dst. low is DW_AT_low_pc; alone says that it names
// one instruction, since there is nothing else.
func (e *Entry) AppendRanges(dst []list.Range) (low uint64, alone bool, rs []list.Range, err error) {
	var lowPC, highPC, ranges Value
	if e.abbrev != nil {
		pos := e.attrs
		for i := range e.abbrev.attrs {
			s := &e.abbrev.attrs[i]
			v := &lowPC
			switch s.attr {
			case dwarf.AttrLowPC:
			case dwarf.AttrHighPC:
				v = &highPC
			case dwarf.AttrRanges:
				v = &ranges
			default:
				pos, _ = e.Unit.pass(s, pos)
				continue
			}
			if v.unit != nil { // the first counts
				pos, _ = e.Unit.skip(s.form, pos)
				continue
			}
			pos = e.Unit.value(s, pos, v)
		}
	}
	low, hasLow := lowPC.Addr()
	if ranges.unit != nil {
		rs, err = ranges.Ranges(dst)
		return low, false, rs, err
	}
	if !hasLow {
		return 0, false, dst, nil
	}
	r := list.Range{Low: low, High: low + 1, Dead: list.Tombstone(low, e.Unit.AddrSize)}
	if highPC.unit == nil {
		return low, true, append(dst, r), nil
	}
	if high, ok := highPC.Addr(); ok {
		r.High = high
	} else if n, ok := highPC.Uint(); ok {
		if r.High = low + n; e.Unit.AddrSize < 8 {
			r.High &= 1<<(8*e.Unit.AddrSize) - 1
			// Binaryen writes 0 for an end that it has lost, as the distance from low. It is not that of all code:
			// sure is where it starts.
			if r.High == 0 && n > 0 {
				r.High = low + 1
			}
		}
	}
	if r.High <= r.Low && !r.Dead {
		return low, false, dst, nil
	}
	return low, false, append(dst, r), nil
}

// Children iterates over the direct children.
func (e *Entry) Children() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if !e.HasChildren() {
			return
		}
		w := Walker{u: e.Unit, pos: e.end, depth: 1, started: true, last: -1}
		var c Entry
		for w.Next(&c) {
			if !yield(c) {
				return
			}
			w.SkipChildren()
		}
	}
}

// Parent returns the parent; ok is false at the root. The first call in a unit reads all of
// the unit.
func (e *Entry) Parent() (Entry, bool) {
	u := e.Unit
	if u == nil {
		return Entry{}, false
	}
	off, ok := u.parentOf(e.Offset)
	if !ok {
		return Entry{}, false
	}
	p, err := u.Entry(off)
	return p, err == nil
}
