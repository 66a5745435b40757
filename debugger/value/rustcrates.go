package value

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Types of crates that half of all programs in Rust use. A type is known by its crate and its own name; one that has
// another form than those here is shown as the structure that it is.

var rustCrateRows map[string]func(*Variable) *shape

func init() { // not an initialiser, since to show a type leads to the table again
	rustCrateRows = map[string]func(*Variable) *shape{
		"arrayvec::ArrayVec":        inlineVec("xs"),
		"arrayvec::ArrayString":     inlineText("xs"),
		"tinyvec::ArrayVec":         inlineVec("data"),
		"heapless::Vec":             inlineVec("buffer"),
		"heapless::VecInner":        inlineVec("buffer"),
		"heapless::String":          func(v *Variable) *shape { return v.fieldNamed("vec").inlineString("buffer") },
		"smallvec::SmallVec":        (*Variable).rustSmallVec,
		"indexmap::IndexMap":        func(v *Variable) *shape { return v.rustIndexMap(styleMap) },
		"indexmap::IndexSet":        func(v *Variable) *shape { return v.fieldNamed("map").rustIndexMap(styleSet) },
		"slab::Slab":                (*Variable).rustSlab,
		"bytes::Bytes":              (*Variable).rustBytes,
		"bytes::BytesMut":           (*Variable).rustBytes,
		"serde_json::Map":           newtype("map"),
		"serde_json::Number":        newtype("n"),
		"toml::Map":                 newtype("map"),
		"lock_api::Mutex":           lockOf("Mutex"),
		"lock_api::RwLock":          lockOf("RwLock"),
		"lock_api::MutexGuard":      lockGuard("mutex"),
		"lock_api::RwLockReadGuard": lockGuard("rwlock"), "lock_api::RwLockWriteGuard": lockGuard("rwlock"),
		"num_bigint::BigUint":   (*Variable).rustBigUint,
		"num_bigint::BigInt":    (*Variable).rustBigInt,
		"chrono::NaiveDate":     chronoText(time.DateOnly),
		"chrono::NaiveTime":     chronoText("15:04:05.999999999"),
		"chrono::NaiveDateTime": chronoText("2006-01-02T15:04:05.999999999"),
		"chrono::DateTime":      chronoText("2006-01-02T15:04:05.999999999Z"),
		"uuid::Uuid":            (*Variable).rustUUID,
		"anyhow::Error":         (*Variable).rustAnyhow,
		"semver::Identifier":    (*Variable).rustSemverIdentifier,
	}
}

// rustCrate shows a type of a well-known crate, nil if v is none.
func (v *Variable) rustCrate() *shape {
	name, _, _ := strings.Cut(v.typ.name, "<")
	crate, _, ok := strings.Cut(name, "::")
	if !ok {
		return nil
	}
	if lastSegment(name) == flagsInside { // in the crate that has the flags
		return v.rustFlagBits()
	}
	if show := rustCrateRows[crate+"::"+lastSegment(name)]; show != nil {
		return show(v)
	}
	return nil
}

// inlineParts is where the elements of a vector of bounded size are, and how many it has.
func (v *Variable) inlineParts(field string) (array *Variable, t *Type, count int64, err error) {
	data, n := v.fieldNamed(field), v.fieldNamed("len")
	if data == nil || n == nil || data.typ.strip() == nil || data.typ.strip().kind != typeArray {
		return nil, nil, 0, unavailable("not a vector")
	}
	c, err := n.core().uint()
	if err != nil {
		return nil, nil, 0, err
	}
	t = data.typ.strip().Elem()
	if u := t.strip(); u != nil && lastSegment(u.name) == "MaybeUninit" && u.arg("T") != nil {
		t = u.arg("T")
	}
	if most := data.typ.strip().count; c > uint64(max(most, 0)) {
		return nil, nil, 0, unavailable(fmt.Sprintf("corrupt: %d elements where %d have room", c, most))
	}
	return data, t, int64(c), nil
}

func inlineVec(field string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		array, t, count, err := v.inlineParts(field)
		if err != nil {
			return v.notSo(err)
		}
		return v.elements(styleList, array.loc, t, count)
	}
}

func inlineText(field string) func(*Variable) *shape {
	return func(v *Variable) *shape { return v.inlineString(field) }
}

func (v *Variable) inlineString(field string) *shape {
	if v == nil {
		return nil
	}
	if in := v.withField(field, 0); in != nil {
		v = in
	}
	array, _, count, err := v.inlineParts(field)
	if err != nil {
		return v.notSo(err)
	}
	return &shape{kind: KindString, str: &text{loc: array.loc.at(0, count), n: count, width: 1}}
}

// rustSmallVec shows the elements where they are: in the value as long as they fit, then on the heap. The capacity
// tells which; of those in the value it is their number.
func (v *Variable) rustSmallVec() *shape {
	array, data, c := v.typ.strip().arg("A").strip(), v.fieldNamed("data"), v.fieldNamed("capacity")
	if array == nil || array.kind != typeArray || data == nil || c == nil {
		return nil
	}
	capacity, err := c.uint()
	if err != nil {
		return &shape{err: err}
	}
	part := data
	if t := data.typ.strip(); len(t.load().variants) > 0 {
		a, err := data.as(t).activeVariant(&t.load().variants[0])
		if err != nil {
			return &shape{err: err}
		}
		part = data.as(t).payload(a)
	}
	if capacity <= uint64(max(array.count, 0)) {
		if in := part.firstField("inline", "__0"); in != nil { // with nothing but wrappers around the array
			return v.elements(styleList, in.loc, array.Elem(), int64(capacity))
		}
		return nil
	}
	if heap := part.fieldNamed("heap"); heap != nil {
		part = heap
	}
	p, n := part.firstField("ptr", "__0"), part.firstField("len", "__1")
	if p == nil || n == nil {
		return nil
	}
	addr, count, err := addressAndCount(p.rawPointer(), n)
	if err != nil {
		return &shape{err: err}
	}
	return v.sliceAt(array.Elem(), addr, count)
}

// rustIndexMap shows the entries in their order, which a vector beside the table has.
func (v *Variable) rustIndexMap(st style) *shape {
	if v == nil || v.path("core", "entries") == nil {
		return nil
	}
	list := v.path("core", "entries").shape()
	if list.err != nil || list.elem == nil {
		return list
	}
	part := func(i int64, name, label string) *Variable {
		b := list.elem(i)
		f := b.fieldNamed(name)
		if f == nil {
			return v.scope.unreadable(label, b.typ, unavailable("an entry without its "+name))
		}
		f.Name, f.EvalName = label, ""
		return f
	}
	s := &shape{kind: KindArray, style: st, count: list.count}
	s.elem = func(i int64) *Variable { return part(i, "key", "["+itoa(i)+"]") }
	if st == styleMap {
		s.kind = KindMap
		s.key = func(i int64) *Variable { return part(i, "key", "key") }
		s.elem = func(i int64) *Variable { return part(i, "value", "["+itoa(i)+"]") }
	}
	return s
}

// rustSlab shows the entries that are taken by their keys.
func (v *Variable) rustSlab() *shape {
	entries, n := v.fieldNamed("entries"), v.fieldNamed("len")
	if entries == nil || n == nil {
		return nil
	}
	list := entries.shape()
	if list.err != nil || list.elem == nil {
		return list
	}
	count, err := n.uint()
	if err != nil {
		return &shape{err: err}
	}
	if count > uint64(list.count) {
		return corrupt("%d of %d entries are taken", count, list.count)
	}
	var taken []int64
	next := int64(0)
	at := func(i int64) *Variable { // the i-th that is taken
		for ; int64(len(taken)) <= i && next < list.count; next++ {
			if name, err := list.elem(next).variantName(); err == nil && name == "Occupied" {
				taken = append(taken, next)
			}
		}
		if i < int64(len(taken)) {
			if f := list.elem(taken[i]).shape().fields; len(f) == 1 {
				return f[0]
			}
		}
		return v.scope.unreadable("", entries.typ, unavailable("corrupt: fewer entries than are counted"))
	}
	index := v.scope.Types.basicNamed("usize", v.typ.lang)
	return &shape{kind: KindMap, style: styleMap, count: int64(count),
		key: func(i int64) *Variable {
			if at(i).Unreadable != nil {
				return at(i)
			}
			s := scalar{basicType: index.basic, i: intOf(taken[i])}
			return v.scope.make("key", "", index, location{data: s.bytes()})
		},
		elem: func(i int64) *Variable {
			e := at(i)
			e.Name, e.EvalName = "["+itoa(i)+"]", ""
			return e
		}}
}

func (v *Variable) rustBytes() *shape {
	p, n := v.fieldNamed("ptr"), v.fieldNamed("len")
	if p == nil || n == nil {
		return nil
	}
	addr, count, err := addressAndCount(p.rawPointer(), n)
	if err != nil {
		return &shape{err: err}
	}
	return v.sliceAt(v.scope.Types.basicNamed("u8", v.typ.lang), addr, count)
}

// lockOf shows what a lock holds, without the lock.
func lockOf(head string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		data := v.fieldNamed("data")
		if data == nil || v.fieldNamed("raw") == nil {
			return nil
		}
		in := data.core()
		if t := v.typ.arg("T"); t != nil {
			in = data.descend(t)
		}
		if in == nil {
			return nil
		}
		in.Name = "data"
		return &shape{kind: KindStruct, style: styleFields, head: head, fields: []*Variable{in}, more: true}
	}
}

// lockGuard shows what a guard gives access to.
func lockGuard(field string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		lock := v.fieldNamed(field)
		if lock == nil {
			return nil
		}
		if s := lock.unwrapped().shape(); s.err == nil && len(s.fields) == 1 {
			return v.wrapper(s.fields[0])
		}
		return nil
	}
}

// mostDigits bounds the digits, in words, of a number that is shown as one.
const mostDigits = 1 << 10

// magnitude reads a BigUint.
func (v *Variable) magnitude() (*big.Int, error) {
	data := v.fieldNamed("data")
	if data == nil {
		return nil, unavailable("not a number")
	}
	p, n, t := data.vecParts()
	if p == nil || n == nil || t == nil || t.byteSize() != 4 && t.byteSize() != 8 {
		return nil, unavailable("not a number")
	}
	addr, count, err := addressAndCount(p, n)
	if err != nil {
		return nil, err
	}
	if count > mostDigits {
		return nil, unavailable("not shown as a number")
	}
	s := v.sliceAt(t, addr, count)
	if s.err != nil {
		return nil, s.err
	}
	x := new(big.Int)
	for i := int64(count) - 1; i >= 0; i-- {
		d, err := s.elem(i).uint()
		if err != nil {
			return nil, err
		}
		x.Lsh(x, uint(8*t.byteSize())).Or(x, new(big.Int).SetUint64(d))
	}
	return x, nil
}

func (v *Variable) rustBigUint() *shape {
	x, err := v.magnitude()
	if err != nil {
		return v.notSo(err)
	}
	return &shape{kind: KindStruct, text: x.String(), fields: []*Variable{v.fieldNamed("data")}}
}

func (v *Variable) rustBigInt() *shape {
	sign, data := v.fieldNamed("sign"), v.fieldNamed("data")
	if sign == nil || data == nil {
		return nil
	}
	x, err := data.magnitude()
	if err != nil {
		return v.notSo(err)
	}
	if sign.String() == "Minus" {
		x.Neg(x)
	}
	return &shape{kind: KindStruct, text: x.String(), fields: []*Variable{sign, data}}
}

// chronoTime reads the dates and times of chrono. A date is a number: the year above 13 bits of its day in the year, a
// flag of which leap years are told by, and the weekday of the year's start.
func (v *Variable) chronoTime() (time.Time, error) {
	none := unavailable("not a time")
	number := func(name string) (int64, error) {
		f := v.fieldNamed(name)
		if f == nil {
			return 0, none
		}
		b, err := f.core().bytes()
		if err != nil {
			return 0, err
		}
		if len(b) != 4 {
			return 0, none
		}
		return int64(int32(binary.LittleEndian.Uint32(b))), nil
	}
	switch lastSegment(v.typ.name) {
	case "NaiveDate":
		name := "yof"
		if v.fieldNamed(name) == nil {
			name = "ymdf" // before 0.4.32
		}
		n, err := number(name)
		if err != nil {
			return time.Time{}, err
		}
		year, day := n>>13, n>>4&0x1ff
		if day < 1 || day > 366 {
			return time.Time{}, unavailable(fmt.Sprintf("corrupt: day %d of a year", day))
		}
		return time.Date(int(year), 1, int(day), 0, 0, 0, 0, time.UTC), nil
	case "NaiveTime":
		secs, err := number("secs")
		if err != nil {
			return time.Time{}, err
		}
		frac, err := number("frac")
		if err == nil && (secs < 0 || secs >= 86400 || frac < 0 || frac >= 1e9) { // a leap second shows as structure
			err = none
		}
		return time.Date(0, 1, 1, 0, 0, int(secs), int(frac), time.UTC), err
	case "NaiveDateTime":
		date, clock := v.fieldNamed("date"), v.fieldNamed("time")
		if date == nil || clock == nil {
			return time.Time{}, none
		}
		d, err := date.chronoTime()
		if err != nil {
			return time.Time{}, err
		}
		t, err := clock.chronoTime()
		return time.Date(d.Year(), d.Month(), d.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), err
	}
	in, offset := v.fieldNamed("datetime"), v.fieldNamed("offset")
	if in == nil || offset == nil || offset.typ.strip() == nil || lastSegment(offset.typ.strip().name) != "Utc" {
		return time.Time{}, none
	}
	return in.chronoTime()
}

func chronoText(layout string) func(*Variable) *shape {
	return func(v *Variable) *shape {
		if strings.HasPrefix(lastSegment(v.typ.name), "NaiveDate") && len(v.typ.load().fields) == 0 {
			return nil
		}
		t, err := v.chronoTime()
		if err != nil {
			return v.notSo(err)
		}
		s := &shape{kind: KindStruct, text: t.Format(layout)}
		for i := range v.typ.load().fields {
			s.fields = append(s.fields, v.field(&v.typ.load().fields[i]))
		}
		return s
	}
}

func (v *Variable) rustUUID() *shape {
	b, err := v.bytes()
	if err != nil {
		return &shape{err: err}
	}
	if len(b) != 16 {
		return nil
	}
	return &shape{kind: KindStruct, text: fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}
}

// rustSemverIdentifier shows an identifier that stands in its own eight bytes, as short ones do.
func (v *Variable) rustSemverIdentifier() *shape {
	b, err := v.bytes()
	if err != nil {
		return &shape{err: err}
	}
	if len(b) != 8 || v.fieldNamed("head") == nil {
		return nil
	}
	n := int64(0)
	if binary.LittleEndian.Uint64(b) != 1<<64-1 { // of none, all bits are set
		if b[7]&0x80 != 0 {
			return nil
		}
		for n < 8 && b[n] != 0 {
			n++
		}
	}
	return &shape{kind: KindString, str: &text{loc: v.loc.at(0, n), n: n, width: 1}}
}
