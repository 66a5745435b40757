package value

import (
	"strconv"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/natvis"
	"sphex/dwarf"
)

// value evaluates an expression and applies its format specifiers.
func (c *visContext) value(val natvis.Value) (*Variable, error) {
	v, err := c.eval(val.Expr, val.Line)
	if err != nil {
		return nil, err
	}
	if v, err = c.specify(v, &val); err != nil {
		return nil, c.wrong(val.Line, err)
	}
	return v, nil
}

// specify applies format specifiers to a value.
func (c *visContext) specify(v *Variable, val *natvis.Value) (*Variable, error) {
	spec := &val.Spec
	if *spec == (natvis.Spec{}) {
		return v, nil
	}
	out := *v
	v = &out
	if spec.NoDerived {
		v.behind, v.sh = false, nil
	}
	if spec.View != "" {
		v.view, v.raw, v.sh = spec.View, false, nil
	}
	if spec.Raw {
		v = v.Plain()
	}
	if spec.Count != "" {
		n, err := c.eval(spec.Count, val.Line)
		if err != nil {
			return nil, err
		}
		count, ok := n.Int()
		if !ok {
			return nil, notNumber{n.typ}
		}
		if v, err = v.firstElements(count); err != nil {
			return nil, err
		}
	}
	switch {
	case spec.Text != "":
		s, err := c.characters(v, spec.Text)
		if err != nil {
			return nil, err
		}
		return s, nil
	case spec.NumberOnly:
		if s, err := v.scalar(); err == nil && s.class != classFloat {
			v = v.showing(s.i.String())
		}
	case spec.NoAddress:
		return c.withoutAddress(v), nil
	case spec.Float != 0:
		if s, err := v.scalar(); err == nil && s.class == classFloat {
			v = v.showing(strconv.FormatFloat(s.f, spec.Float, -1, s.bits))
		}
	}
	if spec.Base != 0 {
		if text, ok := v.inBase(Base(spec.Base)); ok && spec.BarePrefix {
			return v.showing(strings.TrimPrefix(strings.TrimPrefix(text, "0x"), "0b")), nil
		}
		v.base = Base(spec.Base)
	}
	return v, nil
}

// showing is v with a text of its own.
func (v *Variable) showing(text string) *Variable {
	out := *v
	sh := *v.shape()
	sh.style, sh.text = styleText, text
	out.made = func() *shape { return &sh }
	out.sh = nil
	return &out
}

// firstElements is the array of n elements that begins at v, or where v points at.
func (v *Variable) firstElements(n int64) (*Variable, error) {
	t := v.typ.strip()
	if t == nil {
		return nil, unavailable("the type is unknown")
	}
	if n < 0 {
		return nil, unavailable("a length of " + itoa(n))
	}
	var elem *Type
	var l location
	switch t.kind {
	case typePointer:
		elem = t.Elem()
		if elem == nil || elem.byteSize() <= 0 {
			return nil, unavailable(v.typ.short() + " has no elements")
		}
		p, err := v.as(t).uint()
		if err != nil {
			return nil, err
		}
		if n == 0 {
			l = location{data: []byte{}}
			break
		}
		if n > 1<<32/elem.byteSize() {
			return nil, unavailable("length " + itoa(n) + " exceeds memory")
		}
		l = v.scope.pointee(wasm.MemAddr(p), n*elem.byteSize())
	case typeArray:
		elem = t.Elem()
		if elem.byteSize() > 0 && n > 1<<32/elem.byteSize() {
			return nil, unavailable("length " + itoa(n) + " exceeds memory")
		}
		l = v.loc
		if !l.inMemory {
			l = l.at(0, n*elem.byteSize())
		}
	default:
		u := v.unwrapped()
		if s := u.shape(); s.elem != nil && s.key == nil { // the first of a container
			part := *s
			part.count = min(n, s.count)
			out := *u
			out.Name, out.sh, out.made = v.Name, nil, func() *shape { return &part }
			return &out, nil
		}
		return v, nil // a number of characters of what has none
	}
	if l.err != nil {
		return nil, l.err
	}
	r := v.scope.make(v.Name, "", v.scope.Types.arrayOf(elem, n, t.lang), l)
	r.view, r.base = v.view, v.base
	return r, nil
}

// characters is what a pointer to characters, or an array of them, is as a string. The letters are those of
// the format specifier.
func (c *visContext) characters(v *Variable, letters string) (*Variable, error) {
	u := v.unwrapped()
	t := u.typ.strip()
	if t == nil {
		return nil, unavailable("the type is unknown")
	}
	width := map[string]int{"su": 2, "s32": 4}[strings.TrimSuffix(letters, "b")]
	if width == 0 {
		width = 1
	}
	str := u.shape().str
	switch {
	case u.made != nil && str != nil:
	case t.kind == typePointer || t.kind == typeReference:
		if w := charWidth(t.Elem()); w > 0 { // wchar_t has 4 bytes here
			width = w
		}
		p, err := u.as(t).uint()
		if err != nil {
			return nil, err
		}
		l := u.scope.pointee(wasm.MemAddr(p), int64(width))
		if l.err != nil {
			return nil, l.err
		}
		_, size := u.scope.Frame.Memory()
		str = &text{loc: l, n: int64(size - p), width: width, cstr: true}
	case t.kind == typeArray:
		if w := charWidth(t.Elem()); w > 0 {
			width = w
		} else if w := t.Elem().byteSize(); w == 1 || w == 2 || w == 4 {
			width = int(w)
		}
		n := u.typ.byteSize()
		if t.vla != 0 || n <= 0 {
			n = 0
		}
		str = &text{loc: u.loc, n: n, width: width, cstr: true, array: true}
	case str == nil:
		return nil, notNumber{t} // no text either
	}
	out := *u
	out.Name, out.EvalName, out.view, out.sh = v.Name, v.EvalName, v.view, nil
	if !strings.HasSuffix(letters, "b") {
		out.made = func() *shape { return &shape{kind: KindString, str: str} }
		return &out, nil
	}
	out.made = func() *shape {
		s, cut, err := u.scope.readText(str, 1000)
		if err != nil {
			return &shape{err: err}
		}
		if cut {
			s += "…"
		}
		return &shape{kind: KindString, text: printable(s)}
	}
	return &out, nil
}

// printable keeps a text on one line.
func printable(s string) string {
	return dwarf.PrintableText(strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`, "\x1b", `\e`).Replace(s))
}

// withoutAddress is a pointer that is shown as what it points at.
func (c *visContext) withoutAddress(v *Variable) *Variable {
	t := v.typ.strip()
	if t == nil || t.kind != typePointer || t.Elem() == nil {
		return v
	}
	if s := v.shape(); s.str != nil {
		return v.withHead("")
	}
	if e := t.Elem().strip(); e == nil || e.kind == typeVoid || e.kind == typeFunc {
		return v
	}
	if p, err := v.as(t).uint(); err != nil || p == 0 {
		return v
	}
	to := v.as(t).deref(t.Elem())
	to.Name, to.EvalName, to.view, to.base = v.Name, v.EvalName, v.view, v.base
	return to
}

// withHead is a string with another text in front of it.
func (v *Variable) withHead(head string) *Variable {
	out := *v
	sh := *v.shape()
	sh.head = head
	out.made = func() *shape { return &sh }
	out.sh = nil
	return &out
}
