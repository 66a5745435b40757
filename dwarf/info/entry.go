package info

import (
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
	if _, err := u.readEntry(int(off-u.shift), &e); err != nil {
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
// entry has no abbreviation.
func (u *Unit) readEntry(pos int, e *Entry) (int, error) {
	e.Offset, e.Unit = Offset(pos)+u.shift, u
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
		return e.end, nil
	}
	for i := range a.attrs {
		next, ok := u.skip(a.attrs[i].form, at)
		if !ok {
			return pos, u.errorf(Offset(at)+u.shift, "%v in %v cannot be read", a.attrs[i].attr, a.attrs[i].form)
		}
		at = next
	}
	e.end = at
	return at, nil
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
		pos, _ = e.Unit.skip(s.form, pos)
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

// Str reads a string attribute, "" when it is absent.
func (e *Entry) Str(a dwarf.Attr) string {
	if v, ok := e.Attr(a); ok {
		s, _ := v.Str()
		return s
	}
	return ""
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
	if v, ok := e.Attr(dwarf.AttrRanges); ok {
		return v.Ranges(nil)
	}
	low, ok := e.Addr(dwarf.AttrLowPC)
	if !ok {
		return nil, nil
	}
	r := list.Range{Low: low, High: low + 1, Dead: list.Tombstone(low, e.Unit.AddrSize)}
	if v, ok := e.Attr(dwarf.AttrHighPC); ok {
		if high, ok := v.Addr(); ok {
			r.High = high
		} else if n, ok := v.Uint(); ok {
			r.High = low + n
		}
		if r.High <= r.Low && !r.Dead {
			return nil, nil
		}
	}
	return []list.Range{r}, nil
}

// Children iterates over the direct children.
func (e *Entry) Children() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if !e.HasChildren() {
			return
		}
		w := Walker{u: e.Unit, pos: e.end, depth: 1, started: true}
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
