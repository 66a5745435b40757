package value

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/dwarf"
)

// rustShape classifies a Rust value. Standard types are known by name and read by the names
// of their fields, whose order differs between compilers; what has another shape than expected
// is shown as the structure that it is.
func (v *Variable) rustShape() *shape {
	t := v.typ
	switch t.kind {
	case typeVoid:
		return &shape{kind: KindUnit, text: "()"}
	case typeBase:
		return v.rustScalar()
	case typeEnum:
		return v.enumShape(true)
	case typePointer, typeReference:
		return v.rustPointer()
	case typeArray:
		return v.arrayShape(styleList)
	case typeUnion:
		if s := v.rustLibrary(); s != nil {
			return s
		}
		return v.structShape(KindUnion, styleFields, lastSegment(t.name))
	case typeStruct:
		if s := v.rustStruct(); s != nil && !v.lacks(s) {
			s.rendered = true
			return s
		}
		return v.rustPlain()
	case typeFunc:
		return &shape{kind: KindFunc, text: t.short()}
	}
	return &shape{err: unavailable("a type that is not known here: " + t.short())}
}

// rustStruct knows fat pointers and the types of Rust's library; nil for any other structure.
func (v *Variable) rustStruct() *shape {
	if v.typ.isFat() {
		if v.typ.fieldNamed("vtable") != nil {
			return v.rustDyn()
		}
		if s := v.rustFat(); s != nil {
			return s
		}
	}
	if s := v.rustCrate(); s != nil {
		return s
	}
	return v.rustLibrary()
}

func (v *Variable) rustScalar() *shape {
	t := v.typ
	if t.basic.class == classNone {
		if t.byteSize() == 0 {
			return &shape{kind: KindUnit, text: t.name} // () and !
		}
		return &shape{err: unavailable("an unknown base type " + t.name)}
	}
	s, err := v.scalar()
	if err != nil {
		return &shape{err: err}
	}
	switch t.basic.class {
	case classBool:
		if s.i.bitLen() > 1 {
			return corrupt("bool is %v", s.i)
		}
		return &shape{kind: KindBool, text: strconv.FormatBool(s.i.sign() != 0)}
	case classChar:
		if s.i.big != nil || s.i.n > unicode.MaxRune || !utf8.ValidRune(rune(s.i.n)) {
			return corrupt("char is %#x", s.i.bigInt())
		}
		return &shape{kind: KindChar, text: "'" + rustEscape(string(rune(s.i.n)), '\'') + "'"}
	case classFloat:
		return &shape{kind: KindFloat, text: rustFloat(s.f, t.basic.bits)}
	}
	return &shape{kind: KindInt, text: s.i.String()}
}

// rustFloat writes a float as Rust's Debug does: the shortest digits that read back the same,
// with an exponent from 1e16 up and below 1e-4.
func rustFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if bits != 32 {
		bits = 64
	}
	a := math.Abs(f)
	if a != 0 && (a >= 1e16 || a < 1e-4) {
		s := strconv.FormatFloat(f, 'e', -1, bits)
		mant, exp, _ := strings.Cut(s, "e")
		n, _ := strconv.Atoi(exp)
		return mant + "e" + strconv.Itoa(n)
	}
	s := strconv.FormatFloat(f, 'f', -1, bits)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// rustEscape escapes text as Rust's Debug does.
func rustEscape(s string, quote rune) string {
	return escape(s, quote, func(r rune) string { return fmt.Sprintf(`\u{%x}`, r) })
}

func (v *Variable) rustPointer() *shape {
	t := v.typ
	e := t.Elem()
	switch {
	case strings.HasPrefix(t.name, "&"), strings.HasPrefix(t.name, "alloc::boxed::Box<"):
		if s := e.strip(); s != nil && s.kind == typeFunc {
			return v.funcPointer()
		}
		p, err := v.uint()
		if err != nil {
			return &shape{err: err}
		}
		if p == 0 {
			return corrupt("a reference is null")
		}
		if e != nil {
			return v.wrapper(v.deref(e))
		}
	case strings.HasPrefix(t.name, "fn(") || strings.Contains(t.name, " fn(") || strings.HasPrefix(t.name, "for<"):
		return v.funcPointer()
	}
	if s := e.strip(); s != nil && s.kind == typeFunc {
		return v.funcPointer()
	}
	return v.pointerShape(styleFields)
}

// funcPointer shows an index into the function table.
func (v *Variable) funcPointer() *shape {
	if v.item {
		return &shape{kind: KindFunc, text: "a function item: its own type, which is not described, says which function"}
	}
	i, err := v.uint()
	if err != nil {
		return &shape{err: err}
	}
	name := v.scope.Frame.FuncAt(0, i)
	if name == "" && v.typ.lang == symbols.LangRust {
		// A function as a value of its own type has no bytes, but is described like a pointer.
		name = "no function of the table: null, or a function item"
	}
	text := fmt.Sprintf("%#x", i)
	if name != "" {
		text += " <" + name + ">"
	}
	return &shape{kind: KindFunc, text: text}
}

// isFunctionItem reports whether a variable is a function as a value of its own type. That has no bytes, and is described
// as a pointer to a function is; but rustc tells how variables are aligned, and pointers are to their size.
func isFunctionItem(sv *symbols.Variable, t *Type) bool {
	a, ok := sv.Attr(dwarf.AttrAlignment)
	if !ok {
		return false
	}
	n, ok := a.Uint()
	return ok && n == 1 && t.isFunctionItem()
}

// isFunctionItem reports whether that is what an unaligned value of the type is.
func (t *Type) isFunctionItem() bool {
	t = t.strip()
	return t != nil && t.kind == typePointer && t.lang == symbols.LangRust && t.Elem().strip() != nil && t.Elem().strip().kind == typeFunc
}

// rustPlain shows a structure, tuple or enum by its fields.
func (v *Variable) rustPlain() *shape {
	m := v.typ.load()
	if len(m.variants) > 0 {
		return v.rustEnum(&m.variants[0])
	}
	name := v.typ.name
	st := styleFields
	head := lastSegment(name)
	if v.typ.isFat() {
		head = v.typ.short()
	}
	kind := KindStruct
	if strings.HasPrefix(name, "(") {
		st, head, kind = styleTuple, "", KindTuple
		if len(m.fields) == 0 {
			return &shape{kind: KindUnit, text: "()"}
		}
	} else if strings.HasPrefix(head, "{closure") {
		head = "closure"
	}
	if len(m.fields) > 0 && st != styleTuple {
		st = styleTuple
		for _, f := range m.fields {
			if !isTupleName(f.name) {
				st = styleFields
			}
		}
	}
	s := &shape{kind: kind, style: st, head: head}
	for i := range m.fields {
		f := &m.fields[i]
		c := v.field(f)
		c.Name = tupleName(f.name)
		if head == "closure" {
			c.Name = strings.TrimPrefix(c.Name, "_ref__") // captured by reference
		}
		s.fields = append(s.fields, c)
	}
	sortTuple(s)
	return s
}

// sortTuple puts tuple fields, which rustc lists in memory order, into source order.
func sortTuple(s *shape) {
	if s.style != styleTuple {
		return
	}
	ordered := make([]*Variable, len(s.fields))
	for _, f := range s.fields {
		n, err := strconv.Atoi(f.Name)
		if err != nil || n >= len(ordered) || ordered[n] != nil {
			return
		}
		ordered[n] = f
	}
	s.fields = ordered
}

// enumShape shows a C-like enum.
func (v *Variable) enumShape(rust bool) *shape {
	s, err := v.scalar()
	if err != nil {
		return &shape{err: err}
	}
	m := v.typ.load()
	if v.typ.basic.signed {
		s.i = s.i.wrap(basicType{classInt, s.bits, true})
	}
	n := s.i.bigInt()
	for _, e := range m.enums {
		if wrap(e.value, basicType{classInt, s.bits, v.typ.basic.signed}).Cmp(n) == 0 {
			name := e.name
			if v.typ.class && !rust {
				name = lastSegment(v.typ.name) + "::" + name
			}
			return &shape{kind: KindEnum, text: name}
		}
	}
	if rust {
		return corrupt("%v is no %s", s.i, v.typ.short())
	}
	return &shape{kind: KindEnum, text: flagNames(m.enums, n, v.typ)}
}

// areFlags reports whether each of several enumerators is a bit, a union of such bits, or nothing.
func areFlags(enums []enumerator) bool {
	bits := new(big.Int)
	for _, e := range enums {
		if isPowerOfTwo(e.value) {
			bits.Or(bits, e.value)
		}
	}
	for _, e := range enums {
		if e.value.Sign() < 0 || new(big.Int).AndNot(e.value, bits).Sign() != 0 {
			return false
		}
	}
	return len(enums) > 1
}

// areCounted reports whether enumerators are numbers one behind the other, among which bits have no meaning of their own: 0 to 4 or
// more, or for the most part no single bits. 0 to 3 may be nothing, read, write, and both.
func areCounted(enums []enumerator) bool {
	values := map[string]bool{}
	bits, others := 0, 0
	for _, e := range enums {
		key := e.value.String()
		if values[key] || e.value.Sign() == 0 {
			continue
		}
		values[key] = true
		if isPowerOfTwo(e.value) {
			bits++
		} else {
			others++
		}
	}
	if others > bits {
		return true
	}
	for i := 1; i <= len(values); i++ {
		if !values[itoa(int64(i))] {
			return false
		}
	}
	return len(values) >= 4
}

// flagNames writes a value that no enumerator has as a union of those that it contains.
func flagNames(enums []enumerator, n *big.Int, t *Type) string {
	rest := new(big.Int).Set(n)
	var names []string
	if n.Sign() > 0 && !areCounted(enums) {
		for _, e := range enums {
			if e.value.Sign() > 0 && isPowerOfTwo(e.value) && rest.Bit(e.value.BitLen()-1) == 1 {
				names = append(names, e.name)
				rest.Sub(rest, e.value)
			}
		}
	}
	if len(names) > 0 && rest.Sign() == 0 {
		return strings.Join(names, " | ")
	}
	if len(names) > 1 || len(names) == 1 && areFlags(enums) {
		return strings.Join(names, " | ") + fmt.Sprintf(" | %#x", rest)
	}
	return "(" + t.short() + ") " + n.String()
}

func isPowerOfTwo(n *big.Int) bool {
	return n.BitLen() > 0 && int(n.TrailingZeroBits()) == n.BitLen()-1
}

// sliceAt shows n elements of type t at address p.
func (v *Variable) sliceAt(t *Type, p, n uint64) *shape {
	_, size := v.scope.Frame.Memory()
	es := t.byteSize()
	if es > 0 && n > size/uint64(es) || n > 1<<32 {
		return corrupt("length %d exceeds memory", n)
	}
	l := location{inMemory: true}
	if n > 0 && es > 0 {
		if l = v.scope.pointee(wasm.MemAddr(p), int64(n)*es); l.err != nil {
			return &shape{err: l.err}
		}
	}
	return v.elements(styleList, l, t, int64(n))
}
