package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// assign evaluates x = y and x += y. Its value is x as it is then.
func (ev *evaluator) assign(n assignExpr) (*Variable, error) {
	if ev.pure {
		return nil, ev.fail(n, "= assigns, and this expression must not change anything; == compares")
	}
	y := n.y
	if n.op != "" {
		y = binaryExpr(n)
	}
	if d, ok := n.x.(dollarRef); ok && !ev.hasPlace(d) {
		v, err := ev.eval(y)
		if err != nil {
			return nil, err
		}
		return v, ev.keepNamed(n, d, v)
	}
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if err := ev.store(n.x, x, y); err != nil {
		return nil, err
	}
	return ev.eval(n.x)
}

// hasPlace reports whether $name is a register, a local or another place of the machine.
func (ev *evaluator) hasPlace(d dollarRef) bool {
	if m, ok := ev.scope.Frame.(Machine); ok {
		if _, ok, _ := m.Place(d.name); ok {
			return true
		}
	}
	return false
}

func (ev *evaluator) keepNamed(n node, d dollarRef, v *Variable) error {
	if d.name == "" || d.name[0] == '$' || d.name[0] >= '0' && d.name[0] <= '9' || d.name == "_" {
		return ev.fail(d, "the history can't be changed")
	}
	if ev.scope.Vars == nil {
		return ev.fail(n, "nothing can be kept here")
	}
	if err := ev.scope.Vars.Keep(d.name, v); err != nil {
		return ev.wrapErr(n, err)
	}
	return nil
}

// increment evaluates ++x and x--. In Rust, --x is a number negated twice.
func (ev *evaluator) increment(n stepExpr) (*Variable, error) {
	if !isCLike(ev.lang()) {
		if n.op == "-" && !n.post {
			o, err := ev.unary(unaryExpr{n.at, "-", unaryExpr{n.at, "-", n.x}})
			return ev.variable(o), err
		}
		return nil, ev.fail(n, "Rust has no %s%s; += 1 is there", n.op, n.op)
	}
	before, err := ev.operand(n.x)
	if err != nil {
		return nil, err
	}
	after, err := ev.assign(assignExpr{n.at, n.op, n.x, intLit{at: n.at, val: intOf(1)}})
	if err != nil || !n.post {
		return after, err
	}
	before.v = nil
	return ev.variable(before), nil
}

// store puts the value of an expression into a place.
func (ev *evaluator) store(place node, v *Variable, n node) error {
	if v.Unreadable != nil {
		return ev.wrapErr(place, v.Unreadable)
	}
	if a, ok := n.(assignExpr); ok {
		return ev.fail(a, "one assignment at a time")
	}
	if v.function != nil {
		return ev.fail(place, "a function can't be set")
	}
	n, err := ev.literalOf(n, v.unwrapped())
	if err != nil {
		return err
	}
	// A reference, a Box: what it shows is meant, unless another one is given.
	if u := v.unwrapped(); u != v {
		val, err := ev.constructed(n, u)
		if err != nil {
			return err
		}
		if val == nil || val.typ == nil || v.typ == nil || val.typ.strip() != v.typ.strip() && !bothPointers(val.typ, v.typ) || u.typ.strip() == v.typ.strip() {
			return ev.store(place, u, n)
		}
		return ev.copyInto(place, v, val)
	}
	t := v.typ.strip()
	if t == nil {
		return ev.fail(place, "the type is unknown")
	}
	if len(t.load().variants) > 0 {
		return ev.storeVariant(place, v, n)
	}
	switch l := n.(type) {
	case listLit:
		return ev.storeList(place, v, l)
	case structLit:
		return ev.storeStruct(place, v, l)
	case invokeExpr: // a tuple structure
		if ev.constructs(v, l) {
			return ev.storeList(place, v, listLit{at: l.at, list: l.args, tuple: true})
		}
	}
	val, err := ev.constructed(n, v)
	if err != nil {
		return err
	}
	if val == nil {
		return ev.fail(n, "%s can't be set to this", v.typ.short())
	}
	if val.made != nil && val.shape().str != nil || v.shape().str != nil && v.shape().kind == KindString && t.kind != typePointer {
		if !(t.kind == typeArray && val.typ.strip() == t && val.made == nil) {
			return ev.storeText(place, v, val)
		}
	}
	switch {
	case t.kind == typeMemberPointer:
		return ev.storeMemberPointer(place, n, v, val)
	case t.isScalar() || t.kind == typeEnum || t.kind == typePointer || t.kind == typeReference:
		return ev.storeScalar(place, n, v, val)
	}
	if in := v.contained(); in != nil && val != nil && !sameType(val.typ, v.typ) {
		return ev.store(place, in, n)
	}
	return ev.copyInto(place, v, val)
}

// contained is what a cell or a lock of Rust holds, nil for other values.
func (v *Variable) contained() *Variable {
	t, sh := v.typ.strip(), v.shape()
	if t == nil || t.lang != symbols.LangRust || sh.style != styleFields || len(sh.fields) == 0 {
		return nil
	}
	switch sh.head {
	case "Cell", "RefCell", "Mutex", "RwLock", "ReentrantLock":
		return sh.fields[0]
	}
	return nil
}

func bothPointers(a, b *Type) bool {
	x, y := a.strip(), b.strip()
	return x != nil && y != nil && (x.kind == typePointer || x.kind == typeReference) && (y.kind == typePointer || y.kind == typeReference)
}

// constructed evaluates what is to be stored in v; a name may be a constant of its enum. It is nil
// for what only v's type gives a meaning: Some(3).
func (ev *evaluator) constructed(n node, v *Variable) (*Variable, error) {
	switch f := n.(type) {
	case listLit, structLit:
		return nil, nil
	case invokeExpr:
		if ev.constructs(v, f) {
			return nil, nil
		}
	case nameRef:
		if m := ev.constantOf(f.path, v); m != nil {
			return m, nil
		}
	}
	return ev.eval(n)
}

// storeScalar stores a number, a boolean, a character, an enum or a pointer, if it fits.
func (ev *evaluator) storeScalar(place, n node, v, val *Variable) error {
	if err := v.unwritable(); err != nil {
		return ev.fail(place, "it can't be set: %v", err)
	}
	t := v.typ.strip()
	var s scalar
	var err error
	if val.function != nil && t.kind == typePointer {
		val = ev.functionAddress(val)
	}
	switch {
	case val.typ.strip() != nil && val.typ.strip().kind == typeMemberPointer:
		return ev.fail(n, "%s can't hold %s", v.typ.short(), val.typ.short())
	case val.function != nil:
		return ev.fail(n, "%s can't be stored: no element of the program's table refers to it", val.function.Name)
	case t.kind == typePointer && val.typ.strip() != nil && (val.typ.strip().kind == typeArray || val.typ.strip().kind == typeStruct):
		if val, err = ev.castTo(n, val, v.typ); err != nil {
			return err
		}
		s, err = val.scalar()
	case t.kind == typePointer && bothPointers(val.typ, v.typ):
		if val, err = ev.pointerFits(n, t, val); err != nil {
			return err
		}
		s, err = val.scalar()
	default:
		s, err = val.unwrapped().scalar()
		if err == nil && t.kind == typePointer && t.lang == symbols.LangRust {
			return ev.fail(n, "%s can't hold %s; a cast with as may", v.typ.short(), val.String())
		}
	}
	if err != nil {
		return ev.wrapErr(n, err)
	}
	out, err := ev.fitted(n, s, v, val)
	if err != nil {
		return err
	}
	if v.bits != nil {
		err = v.setBits(out)
	} else {
		err = v.writeScalar(out)
	}
	v.sh = nil
	if err != nil {
		return ev.wrapErr(place, err)
	}
	return nil
}

// fitted converts a number to the type of v, as an assignment of v's language would; what does not
// fit is an error.
func (ev *evaluator) fitted(n node, s scalar, v, val *Variable) (scalar, error) {
	t := v.typ.strip()
	t.load()
	bt := t.basic
	if t.kind != typeBase {
		bt = basicType{classInt, int(8 * t.byteSize()), bt.signed}
	}
	clike := isCLike(t.lang)
	switch {
	case bt.class == classBool && clike:
		s = truthValue(s.truth()).scalar
	case bt.class == classBool && s.class != classBool, bt.class != classBool && s.class == classBool && !clike,
		bt.class == classChar && !clike && s.class != classChar,
		bt.class == classInt && s.class == classChar && !clike,
		bt.class == classInt && s.class == classFloat && !clike:
		return s, ev.fail(n, "%s can't hold %s; a cast with as may", v.typ.short(), val.String())
	case bt.class == classInt && s.class != classFloat:
		signed, unsigned := bt, bt
		signed.signed, unsigned.signed = true, false
		if fits := s.i.fits(bt) || (clike || t.kind != typeBase) && (s.i.fits(signed) || s.i.fits(unsigned)); !fits {
			return s, ev.fail(n, "%v does not fit into %s", s.i, v.typ.short())
		}
	}
	return s.convert(bt), nil
}

// writeScalar writes a number. Where a number of less than four bytes lives in a local of WebAssembly, the
// rest of the local is what compilers expect there: the number's sign, or zeros.
func (v *Variable) writeScalar(s scalar) error {
	b := s.bytes()
	if len(b) >= 4 || v.loc.inMemory || v.loc.off != 0 || len(v.loc.pieces) != 1 || v.loc.pieces[0].kind != pieceRegister {
		return v.write(b)
	}
	wide := s.convert(basicType{classInt, 32, s.class == classInt && s.signed})
	r, err := v.scope.Frame.Register(v.loc.pieces[0].reg)
	if err != nil {
		return err
	}
	r = append([]byte(nil), r...)
	clear(r[:min(8, len(r))])
	copy(r, wide.bytes())
	if err := v.alone(func() error { return v.scope.Frame.SetRegister(v.loc.pieces[0].reg, r) }); err != nil {
		return err
	}
	v.loc.data = append([]byte(nil), b...)
	return nil
}

// copyInto copies a whole value of the same type.
func (ev *evaluator) copyInto(place node, v, val *Variable) error {
	if val == nil {
		return ev.fail(place, "%s can't be set to this", v.typ.short())
	}
	if u := val.unwrapped(); u != val && sameType(u.typ, v.typ) {
		val = u
	}
	if val.Unreadable != nil {
		return ev.wrapErr(place, val.Unreadable)
	}
	if !sameType(val.typ, v.typ) || val.made != nil || v.made != nil {
		return ev.fail(place, "%s can't hold a value of type %s", v.typ.short(), val.typ.short())
	}
	if err := v.unwritable(); err != nil {
		return ev.fail(place, "it can't be set: %v", err)
	}
	b, err := val.bytes()
	if err == nil {
		err = v.write(append([]byte(nil), b...))
	}
	v.sh = nil
	if err != nil {
		return ev.wrapErr(place, err)
	}
	return nil
}

// sameType reports whether two types are one, or have one name and size in different units.
func sameType(a, b *Type) bool {
	x, y := a.strip(), b.strip()
	if x == nil || y == nil {
		return false
	}
	return x == y || x.kind == y.kind && x.byteSize() == y.byteSize() && x.byteSize() > 0 && x.fullTypeName() == y.fullTypeName()
}

// storeText replaces the characters of a string by as many others.
func (ev *evaluator) storeText(place node, v, val *Variable) error {
	sh, from := v.shape(), val.unwrapped().shape().str
	if from == nil {
		return ev.copyInto(place, v, val)
	}
	if sh.str == nil {
		return ev.fail(place, "%s can't hold a text", v.typ.short())
	}
	text, cut, err := val.scope.readText(from, maxRead)
	if err != nil || cut {
		return ev.fail(place, "the text can't be read")
	}
	if sh.str.width != 1 {
		return ev.fail(place, "only strings of bytes can be set")
	}
	if !sh.str.loc.inMemory {
		return ev.fail(place, "it can't be set: it is in %s", v.Place())
	}
	old, _, err := v.scope.readText(sh.str, maxRead)
	if err != nil {
		return ev.wrapErr(place, err)
	}
	b := []byte(text)
	switch {
	case sh.str.array && isCLike(v.typ.lang): // an array has room
		if int64(len(b)) > sh.str.n-1 {
			return ev.fail(place, "the text has %d bytes, the array room for %d", len(b), sh.str.n-1)
		}
		b = append(b, 0)
	case len(b) != len(old):
		if capacity, length, ok := v.room(); ok {
			if int64(len(b)) > capacity {
				return ev.fail(place, "the text has %d bytes, the String room for %d: more would have to be allocated", len(b), capacity)
			}
			size := scalar{basicType: basicType{classInt, 32, false}, i: intOf(int64(len(b)))}
			if err := length.write(size.bytes()); err != nil {
				return ev.wrapErr(place, err)
			}
			break
		}
		return ev.fail(place, "the text has %d bytes, the string %d: in place only a text of the same length fits", len(b), len(old))
	}
	if err := v.scope.Frame.WriteNative(sh.str.loc.addr, b); err != nil {
		return ev.wrapErr(place, err)
	}
	v.sh = nil
	return nil
}

// storeVariant sets an enum of Rust: to another value of its type, or to a variant whose parts are given.
func (ev *evaluator) storeVariant(place node, v *Variable, n node) error {
	t := v.typ.strip()
	name, args := "", []node(nil)
	var given *structLit
	switch n := n.(type) {
	case structLit:
		if _, last, _ := cutLast(n.path); t.hasVariant(last) {
			name, given = last, &n
		} else {
			return ev.fail(n, "%s has no variant %s", v.typ.short(), last)
		}
	case listLit:
		return ev.fail(n, "%s is an enum: name the variant", v.typ.short())
	case nameRef:
		if m := ev.constantOf(n.path, v); m != nil {
			name = m.variant
		}
	case invokeExpr:
		if ev.constructs(v, n) {
			_, name, _ = cutLast(n.f.(nameRef).path)
			args = n.args
		}
	}
	if name == "" {
		val, err := ev.eval(n)
		if err != nil {
			return err
		}
		return ev.copyInto(place, v, val)
	}
	if err := v.unwritable(); err != nil {
		return ev.fail(place, "it can't be set: %v", err)
	}
	part := &t.load().variants[0]
	w := part.named(name)
	payload := v.as(t).field(&w.payload)
	fields := payload.shape().fields
	if given != nil {
		parts, values, err := ev.named(payload, fields, *given, false)
		if err != nil {
			return err
		}
		fields, args = parts, values
	}
	if given == nil && len(fields) != len(args) {
		return ev.fail(n, "%s has %s, not %d", name, plural(len(fields), "part"), len(args))
	}
	old, err := v.bytes()
	if err != nil {
		return ev.wrapErr(place, err)
	}
	old = append([]byte(nil), old...)
	err = ev.storeParts(place, v.as(t), part, w, fields, args)
	if v.sh = nil; err == nil {
		var now string
		if now, err = v.again().variantName(); err == nil && now != name {
			err = ev.fail(n, "the bits of %s can't be told from those of %s here", name, now)
		}
	}
	if err != nil {
		_ = v.write(old) // it could be written a moment ago
		v.sh = nil
	}
	return err
}

// again is the same place, read anew.
func (v *Variable) again() *Variable {
	c := *v
	c.sh = nil
	return &c
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return itoa(int64(n)) + " " + what + "s"
}

func (p *variantPart) named(name string) *variant {
	for i := range p.variants {
		if p.variants[i].name == name {
			return &p.variants[i]
		}
	}
	return nil
}

// storeParts writes the discriminant of a variant, where it has one of its own, and then its parts: in a
// niche, the parts are what tells the variant.
func (ev *evaluator) storeParts(place node, v *Variable, part *variantPart, w *variant, fields []*Variable, args []node) error {
	if part.discr != nil && len(w.ranges) == 1 && w.ranges[0].lo.Cmp(w.ranges[0].hi) == 0 {
		d := v.field(part.discr)
		if d.Unreadable != nil {
			return ev.wrapErr(place, d.Unreadable)
		}
		bits := int(8 * d.typ.byteSize())
		s := scalar{basicType: basicType{classInt, bits, false}, i: integerOf(w.ranges[0].lo).wrap(basicType{classInt, bits, false})}
		if err := d.write(s.bytes()); err != nil {
			return ev.wrapErr(place, err)
		}
	} else if part.discr != nil && len(args) == 0 {
		return ev.fail(place, "%s has no bits of its own that could be set", w.name)
	}
	for i, a := range args {
		f := fields[i]
		if t := f.typ.strip(); t != nil && t.lang == symbols.LangRust && strings.HasPrefix(t.name, "alloc::") {
			if _, literal := a.(stringLit); literal {
				return ev.fail(a, "a %s can't be made: it owns memory", f.typ.short())
			}
		}
		f.sh = nil
		if err := ev.store(place, f, a); err != nil {
			return err
		}
	}
	return nil
}
