package value

import (
	"strings"

	"sphex/debugger/symbols"
)

func (v *Variable) rustCell() *shape {
	in := v.path("value", "value")
	if in == nil {
		return nil
	}
	in.Name = "value"
	return &shape{kind: KindStruct, style: styleFields, head: "Cell", fields: []*Variable{in}}
}

// said is a field that the program has not: what is known of a value, in words.
func (v *Variable) said(name, text string) *Variable {
	c := v.scope.make(name, "", nil, location{data: []byte{}})
	c.made = func() *shape { return &shape{kind: KindUnknown, text: text} }
	return c
}

// flag is a field that the program has not: something that holds or does not.
func (v *Variable) flag(name string, is bool) *Variable {
	b := byte(0)
	if is {
		b = 1
	}
	return v.scope.make(name, "", v.scope.Types.basicNamed("bool", v.typ.lang), location{data: []byte{b}})
}

// signedCore reads the number in wrappers with its sign.
func (v *Variable) signedCore() (int64, bool) {
	c := v.core()
	if c == nil {
		return 0, false
	}
	s, err := c.scalar()
	if err != nil || s.class != classInt && s.class != classBool {
		return 0, false
	}
	return s.i.int64()
}

// rustRefCell shows what a RefCell holds, and who has borrowed it.
func (v *Variable) rustRefCell() *shape {
	in := v.path("value", "value")
	if in == nil {
		return nil
	}
	in.Name = "value"
	s := &shape{kind: KindStruct, style: styleFields, head: "RefCell", fields: []*Variable{in}}
	if b := v.fieldNamed("borrow"); b != nil {
		n, ok := b.signedCore()
		switch {
		case !ok:
		case n > 0:
			s.fields = append(s.fields, v.said("borrow", itoa(n)+" shared"))
		case n == -1:
			s.fields = append(s.fields, v.said("borrow", "mutable"))
		case n < 0:
			s.fields = append(s.fields, v.said("borrow", itoa(-n)+" mutable"))
		}
	}
	return s
}

// rustMutex shows a Mutex as Debug does, but what it holds even when it is locked.
func (v *Variable) rustMutex() *shape {
	in := v.path("data", "value")
	if in == nil {
		if in = v.fieldNamed("data"); in == nil {
			return nil
		}
	}
	in.Name = "data"
	s := &shape{kind: KindStruct, style: styleFields, head: lastSegment(v.typ.name), fields: []*Variable{in}, more: true}
	if l := v.fieldNamed("inner").core(); l != nil {
		if t := l.typ.strip(); t != nil && t.kind == typeBase {
			if n, err := l.uint(); err == nil && n != 0 {
				s.fields = append(s.fields, v.flag("locked", true))
			}
		}
	}
	if p := v.poisoned(); p != nil {
		s.fields = append(s.fields, p)
	}
	return s
}

// rustRwLock shows an RwLock with those who have it. Without threads its mode counts the readers,
// or is negative for a writer; with them a futex does, whose highest value means the writer.
func (v *Variable) rustRwLock() *shape {
	in := v.path("data", "value")
	if in == nil {
		return nil
	}
	in.Name = "data"
	s := &shape{kind: KindStruct, style: styleFields, head: "RwLock", fields: []*Variable{in}, more: true}
	if lock := v.fieldNamed("inner").within("RwLock", 0); lock != nil {
		n, ok := int64(0), false
		if m := lock.fieldNamed("mode"); m != nil {
			n, ok = m.signedCore()
		} else if m := lock.fieldNamed("state"); m != nil {
			if n, ok = m.signedCore(); ok {
				if n &= 1<<30 - 1; n == 1<<30-1 {
					n = -1
				}
			}
		}
		switch {
		case !ok:
		case n > 0:
			s.fields = append(s.fields, v.said("readers", itoa(n)))
		case n < 0:
			s.fields = append(s.fields, v.flag("writing", true))
		}
	}
	if p := v.poisoned(); p != nil {
		s.fields = append(s.fields, p)
	}
	return s
}

// poisoned tells whether a thread panicked with a Mutex locked. Where there are no threads the
// flag has no bytes, and is never set.
func (v *Variable) poisoned() *Variable {
	f := v.fieldNamed("poison")
	if f == nil {
		return nil
	}
	bt := v.scope.Types.basicNamed("bool", v.typ.lang)
	if f.Size() == 0 {
		return v.flag("poisoned", false)
	}
	if f.Size() != 1 {
		return nil
	}
	f = f.as(bt)
	f.Name = "poisoned"
	return f
}

// onceState is how far a Once is: incomplete, poisoned, running or complete; "" if it is not known.
func (v *Variable) onceState() string {
	if v == nil {
		return ""
	}
	if q := v.within("Once", 0).fieldOrNil("state_and_queue"); q != nil { // until 1.66
		if n, err := q.number(); err == nil {
			return []string{"incomplete", "poisoned", "running", "complete"}[n&3]
		}
	}
	in := v.fieldNamed("inner").fieldOrNil("state")
	if in == nil {
		return ""
	}
	for in != nil { // Cell<State>, or State
		if t := in.typ.strip(); t == nil || t.kind != typeStruct || len(t.load().variants) > 0 {
			break
		}
		in = in.fieldNamed("value")
	}
	if in == nil {
		return ""
	}
	switch s := strings.ToLower(in.String()); s {
	case "incomplete", "poisoned", "running", "complete":
		return s
	}
	return ""
}

func (v *Variable) fieldOrNil(name string) *Variable {
	if v == nil {
		return nil
	}
	return v.fieldNamed(name)
}

func (v *Variable) rustOnce() *shape {
	s := v.onceState()
	if s == "" {
		return nil
	}
	return &shape{kind: KindStruct, text: "Once(" + s + ")"}
}

// held is the shape of a cell or lock that holds in, or nothing for the reason why.
func held(head string, in *Variable, why string) *shape {
	if in == nil {
		return &shape{kind: KindStruct, text: head + "(<" + why + ">)"}
	}
	in.Name = "0"
	return &shape{kind: KindStruct, style: styleTuple, head: head, fields: []*Variable{in}}
}

func (v *Variable) rustOnceCell() *shape {
	option := v.path("inner", "value")
	if option == nil {
		return nil
	}
	in, _, ok := option.variantOf("Some")
	if !ok {
		return nil
	}
	return held("OnceCell", in, "uninit")
}

// variantOf is the only field of the variant called name, nil if another is active; ok is
// false if the value is no enum.
func (v *Variable) variantOf(name string) (in *Variable, active string, ok bool) {
	t := v.typ.strip()
	if t == nil || len(t.load().variants) == 0 {
		return nil, "", false
	}
	u := v.as(t)
	a, err := u.activeVariant(&t.load().variants[0])
	if err != nil {
		return nil, "", false
	}
	if a.name != name {
		return nil, a.name, true
	}
	in = u.payload(a).fieldNamed("__0")
	return in, a.name, in != nil
}

func (v *Variable) rustOnceLock() *shape {
	state := v.fieldNamed("once").onceState()
	if state == "" {
		return nil
	}
	if state != "complete" {
		return held("OnceLock", nil, strings.Replace(state, "incomplete", "uninit", 1))
	}
	in := v.fieldNamed("value")
	if in != nil {
		in = in.descend(v.typ.arg("T"))
	}
	if in == nil {
		return nil
	}
	return held("OnceLock", in, "")
}

func (v *Variable) rustLazyCell() *shape {
	state := v.path("state", "value")
	if state == nil {
		return nil
	}
	in, active, ok := state.variantOf("Init")
	if !ok {
		return nil
	}
	return held("LazyCell", in, strings.ToLower(active))
}

func (v *Variable) rustLazyLock() *shape {
	state := v.fieldNamed("once").onceState()
	if state == "" {
		return nil
	}
	if state != "complete" {
		return held("LazyLock", nil, strings.Replace(state, "incomplete", "uninit", 1))
	}
	data := v.path("data", "value", "value")
	if data == nil {
		return nil
	}
	in := data.descend(v.typ.arg("T"))
	if in == nil {
		return nil
	}
	return held("LazyLock", in, "")
}

// inCell is what a cell, a lock or a Weak of Rust gives access to: nil while there is nothing in
// it. is tells whether v is one of them.
func (v *Variable) inCell(sh *shape) (in *Variable, is bool) {
	if v.typ == nil || v.typ.lang != symbols.LangRust {
		return nil, false
	}
	switch lastSegment(v.typ.name) {
	case "Cell", "RefCell", "Mutex", "RwLock", "ReentrantLock", "OnceCell", "OnceLock", "LazyCell", "LazyLock", "LocalKey", "Weak":
	default:
		return nil, false
	}
	if sh.err == nil && len(sh.fields) > 0 {
		return sh.fields[0], true
	}
	return nil, sh.err == nil
}

// rustOpaque shows a type without anything that a person would ask for.
func (v *Variable) rustOpaque() *shape {
	return &shape{kind: KindStruct, style: styleFields, head: lastSegment(v.typ.name), more: true}
}

// rustLocalKey shows the thread's own value. The key holds only a function that finds it; where
// there is one thread, the value is a static beside that function.
func (v *Variable) rustLocalKey() *shape {
	f, t := v.fieldNamed("inner"), v.typ.arg("T")
	if f == nil || t == nil {
		return nil
	}
	i, err := f.uint()
	if err != nil {
		return nil
	}
	path := threadLocalOwner(v.scope.Frame.FuncAt(0, i))
	if path == "" {
		return nil
	}
	g := v.scope.threadLocal(func(owner string) bool { return owner == path })
	if g == nil {
		return nil
	}
	in := v.scope.variable(g).holder(t.strip(), 0)
	if in == nil {
		return held("LocalKey", nil, "uninit")
	}
	in.EvalName = g.Full
	return held("LocalKey", in, "")
}

// holder finds a value of type t in fields and in active variants.
func (v *Variable) holder(t *Type, depth int) *Variable {
	u := v.typ.strip()
	if u == nil || depth > 8 || v.Unreadable != nil {
		return nil
	}
	if u == t || u.name != "" && u.name == t.name {
		return v
	}
	if u.kind != typeStruct && u.kind != typeUnion {
		return nil
	}
	m := u.load()
	for i := range m.fields {
		if r := v.as(u).field(&m.fields[i]).holder(t, depth+1); r != nil {
			return r
		}
	}
	if len(m.variants) > 0 {
		if a, err := v.as(u).activeVariant(&m.variants[0]); err == nil {
			return v.as(u).payload(a).holder(t, depth+1)
		}
	}
	return nil
}
