package value

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sphex/debugger/symbols"
)

// cShape classifies a C or C++ value, or one of a language that is not treated specially.
func (v *Variable) cShape() *shape {
	t := v.typ
	switch t.kind {
	case typeVoid:
		return &shape{kind: KindUnit, text: "void"}
	case typeBase:
		if isReference(t.name) {
			return v.reference()
		}
		return v.cScalar()
	case typeEnum:
		return v.enumShape(false)
	case typePointer:
		return v.cPointer()
	case typeReference:
		p, err := v.uint()
		if err != nil {
			return &shape{err: err}
		}
		if p == 0 {
			return corrupt("a reference is null")
		}
		if e := t.Elem().strip(); e != nil && e.kind == typeFunc {
			return v.funcPointer()
		}
		return v.wrapper(v.deref(t.Elem()))
	case typeArray:
		return v.cArray()
	case typeStruct:
		if t.decl && len(t.load().fields) == 0 && t.byteSize() == 0 {
			return &shape{kind: KindStruct, err: unavailable("incomplete type " + t.short())}
		}
		return v.structShape(KindStruct, styleCFields, "")
	case typeUnion:
		return v.structShape(KindUnion, styleCFields, "")
	case typeFunc:
		return &shape{kind: KindFunc, text: t.short()}
	case typeMemberPointer:
		return v.memberPointer()
	case typeUnspecified:
		if strings.Contains(t.name, "nullptr") {
			return &shape{kind: KindPointer, text: "nullptr"}
		}
	}
	return &shape{err: unavailable("a type that is not known here: " + t.short())}
}

func (v *Variable) cScalar() *shape {
	t := v.typ
	if t.qual == floatComplex || t.qual == integerComplex {
		return v.complexShape()
	}
	if t.basic.class == classNone {
		return &shape{err: unavailable("an unknown base type " + t.name)}
	}
	s, err := v.scalar()
	if err != nil {
		return &shape{err: err}
	}
	switch t.basic.class {
	case classBool:
		if s.i.bitLen() > 1 {
			return &shape{kind: KindBool, text: s.i.String()}
		}
		return &shape{kind: KindBool, text: strconv.FormatBool(s.i.sign() != 0)}
	case classFloat:
		if t.basic.bits == 128 {
			return &shape{kind: KindFloat, text: v.quadText()}
		}
		return &shape{kind: KindFloat, text: cFloat(s.f, t.basic.bits)}
	}
	if t.char {
		r := s.i.n
		if t.basic.bits == 8 {
			r &= 0xff
		}
		if r >= 0 && (r < 0x80 && t.basic.bits == 8 || t.basic.bits > 8 && r <= utf8.MaxRune && utf8.ValidRune(rune(r))) {
			return &shape{kind: KindChar, text: s.i.String() + " '" + cEscape(string(rune(r)), '\'') + "'"}
		}
		if t.basic.bits == 8 {
			return &shape{kind: KindChar, text: s.i.String() + fmt.Sprintf(` '\%o'`, r)}
		}
		return &shape{kind: KindChar, text: s.i.String()}
	}
	return &shape{kind: KindInt, text: s.i.String()}
}

// cFloat writes a float with the shortest digits that read back the same.
func cFloat(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if bits != 32 {
		bits = 64
	}
	if a := math.Abs(f); a != 0 && (a >= 1e16 || a < 1e-4) {
		return strconv.FormatFloat(f, 'e', -1, bits)
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}

// quadText writes a binary128 with up to 33 digits, as many as tell all of them apart in most cases.
func (v *Variable) quadText() string {
	b, err := v.bytes()
	if err != nil || len(b) != 16 {
		return "?"
	}
	if special, f := quadSpecial(b); special {
		return cFloat(f, 64)
	}
	q := quad(b)
	if f, acc := q.Float64(); acc == 0 && !math.IsInf(f, 0) {
		return cFloat(f, 64)
	}
	return q.Text('g', 33)
}

func (v *Variable) complexShape() *shape {
	b, err := v.bytes()
	if err != nil {
		return &shape{err: err}
	}
	n := len(b) / 2
	if v.typ.qual == integerComplex {
		part := func(b []byte) integer { return integerOf(bigBits(b, true)) }
		re, im := part(b[:n]), part(b[n:])
		sign := "+"
		if im.sign() < 0 {
			sign, im = "-", im.neg()
		}
		return &shape{kind: KindInt, text: re.String() + " " + sign + " " + im.String() + "i"}
	}
	if n != 4 && n != 8 && n != 16 {
		return &shape{err: unavailable("a complex number of odd size")}
	}
	ft := basicType{classFloat, 8 * n, true}
	re, im := decodeScalar(b[:n], ft), decodeScalar(b[n:], ft)
	sign := "+"
	if math.Signbit(im.f) {
		sign = "-"
	}
	return &shape{kind: KindFloat, text: cFloat(re.f, 8*n) + " " + sign + " " + cFloat(math.Abs(im.f), 8*n) + "i"}
}

// cEscape escapes text as a C literal.
func cEscape(s string, quote rune) string {
	return escape(s, quote, func(r rune) string {
		if r < 0x20 || r == 0x7f {
			return fmt.Sprintf(`\x%02x`, r)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
}

// escape escapes text for a literal; other writes what has no form of its own and can't be printed.
func escape(s string, quote rune, other func(rune) string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == quote || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == 0:
			b.WriteString(`\0`)
		case !unicode.IsPrint(r):
			b.WriteString(other(r))
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// charWidth is the size of a character type's values; 0 for any other type.
func charWidth(t *Type) int {
	t = t.strip()
	if t == nil || t.kind != typeBase || !t.char {
		return 0
	}
	switch w := t.byteSize(); w {
	case 1, 2, 4:
		return int(w)
	}
	return 0
}

func (v *Variable) cPointer() *shape {
	e := v.typ.Elem()
	es := e.strip()
	if es != nil && es.kind == typeFunc {
		i, err := v.uint()
		if err != nil {
			return &shape{err: err}
		}
		if i == 0 {
			return &shape{kind: KindFunc, text: "0x0"}
		}
		return v.funcPointer()
	}
	if w := charWidth(e); w > 0 {
		p, err := v.uint()
		if err != nil {
			return &shape{err: err}
		}
		out := v.pointerShape(styleCFields)
		if p == 0 || out.err != nil {
			return out
		}
		_, size := v.scope.Frame.Memory()
		if p >= size {
			return out
		}
		l := v.deref(e).loc
		if l.err == nil {
			out.str = &text{loc: l, n: int64(size - p), width: w, cstr: true}
			out.head = out.text + " "
		}
		return out
	}
	return v.pointerShape(styleCFields)
}

// pointerShape shows an address; its child is what is there, or the fields of that.
func (v *Variable) pointerShape(st style) *shape {
	p, err := v.uint()
	if err != nil {
		return &shape{err: err}
	}
	out := &shape{kind: KindPointer, text: fmt.Sprintf("%#x", p)}
	_, size := v.scope.Frame.Memory()
	if p >= size {
		out.text += fmt.Sprintf(" <outside of linear memory (size %#x)>", size)
		return out
	}
	e := v.typ.Elem()
	if e == nil || p == 0 {
		return out
	}
	es := e.strip()
	if es == nil || es.kind == typeVoid || es.kind == typeFunc {
		return out
	}
	target := v.deref(e)
	if whole := target.dynamic(); whole != nil && st == styleCFields && !v.scope.plain {
		target, es = whole, whole.typ.strip()
	}
	if !v.scope.plain && v.scope.visual().depth < maxPointedDepth {
		if s := target.natvisShape(); s != nil { // a person's own text stands behind the address
			if s.style == styleText && s.err == nil && s.text != "" {
				out.text += " " + s.text
			}
			target.sh, out.fields = s, []*Variable{target}
			return out
		}
	}
	if es.kind == typeStruct || es.kind == typeUnion {
		if es.byteSize() == 0 && es.decl {
			return out
		}
		arrow := "->"
		if st == styleFields {
			arrow = ""
		}
		m := es.load()
		if len(m.variants) == 0 && target.Unreadable == nil && len(m.fields) > 0 {
			for i := range m.fields {
				c := target.as(es).field(&m.fields[i])
				if arrow != "" && v.EvalName != "" && c.Name != "" && !m.fields[i].base {
					c.EvalName = postfixable(v.EvalName) + arrow + c.Name
				}
				out.fields = append(out.fields, c)
			}
			return out
		}
	}
	out.fields = []*Variable{target}
	return out
}

func (v *Variable) cArray() *shape {
	t := v.typ
	s := v.arrayShape(styleCList)
	w := charWidth(t.Elem())
	if w == 0 || s.err != nil || s.count == 0 {
		return s
	}
	str := &text{loc: v.loc, n: s.count * int64(w), width: w, cstr: true, array: true, bytes: t.Elem().strip().name != "char"}
	if t.vector || str.bytes && w == 1 && !v.readable(str) {
		s.numbers = true
		return s
	}
	s.str, s.kind = str, KindString
	return s
}

// readable tells whether an array of small numbers is text as far as one sees. All zeros are none.
func (v *Variable) readable(str *text) bool {
	b, err := v.scope.read(str.loc, min(str.n, 256))
	if err != nil {
		return false
	}
	b = bytes.TrimRight(b, "\x00")
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 && len(b) >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
		if r == utf8.RuneError && n == 1 && str.n <= 256 {
			return false
		}
		b = b[n:]
	}
	return true
}

// arrayShape shows an array of known length.
func (v *Variable) arrayShape(st style) *shape {
	t := v.typ
	e := t.Elem()
	if e == nil {
		return &shape{err: unavailable("an array of nothing")}
	}
	n := t.count
	if t.vla != 0 {
		if n = v.scope.length(t); n < 0 {
			return &shape{err: unavailable("the length of the array is not known here")}
		}
	}
	if n < 0 { // a flexible array member: its length is not in the type
		n = 0
	}
	s := v.elements(st, v.loc, e, n)
	return s
}

// length is the number of elements of a variable-length array; -1 if it is not known.
func (s *Scope) length(t *Type) int64 {
	if c, err := s.atDecl(t.vla); err == nil {
		if n, err := c.scalar(); err == nil && n.class != classFloat && n.i.big == nil {
			return max(n.i.n, -1)
		}
	}
	return -1
}

// sizeOf is the size of a t in bytes, of arrays with the lengths that they have here.
func (s *Scope) sizeOf(t *Type) int64 {
	factor := int64(1)
	for n := 0; t != nil && t.kind == typeArray && n < 16; n++ {
		count := t.count
		if t.vla != 0 {
			count = s.length(t)
		}
		if count <= 0 || count > maxRead || factor > 1<<40/count {
			return t.byteSize()
		}
		factor *= count
		t = t.Elem()
	}
	return factor * t.byteSize()
}

// structShape shows the bases and fields of a structure or union.
func (v *Variable) structShape(k Kind, st style, head string) *shape {
	m := v.typ.load()
	s := &shape{kind: k, style: st, head: head}
	for i := range m.fields {
		f := &m.fields[i]
		if f.name == "" && !f.base {
			ft := v.typ.types.at(f.ref).strip()
			if ft == nil || f.bitSize > 0 {
				continue // padding
			}
			// Members of an anonymous member are the structure's own.
			in := v.field(f)
			in.EvalName = v.EvalName
			in.Name = "<anonymous " + map[bool]string{true: "union", false: "struct"}[ft.kind == typeUnion] + ">"
			s.fields = append(s.fields, in)
			continue
		}
		if f.artificial && strings.HasPrefix(f.name, "_vptr") {
			continue
		}
		if f.base && v.typ.types.at(f.ref).hollow(0) {
			continue
		}
		s.fields = append(s.fields, v.field(f))
	}
	return s
}

// hollow reports whether objects of a class have nothing to show: no members but pointers to tables, and bases of the same kind.
func (t *Type) hollow(depth int) bool {
	if t = t.strip(); t == nil || t.kind != typeStruct || t.decl || depth > 32 {
		return false
	}
	m := t.load()
	if m.err != nil {
		return false
	}
	for i := range m.fields {
		switch f := &m.fields[i]; {
		case f.base && t.types.at(f.ref).hollow(depth+1):
		case f.artificial && strings.HasPrefix(f.name, "_vptr"):
		default:
			return false
		}
	}
	return true
}

// isCLike reports whether C's rules of arithmetic hold.
func isCLike(l symbols.Language) bool { return l != symbols.LangRust }
