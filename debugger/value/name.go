package value

import (
	"fmt"
	"slices"
	"strings"

	"sphex/dwarf"

	"sphex/debugger/symbols"
)

// name looks a name up: locals from the innermost block out, members of `this`, statics of
// the unit, of all units, enumerators, functions.
func (ev *evaluator) name(n nameRef) (*Variable, error) {
	s := ev.scope
	if ev.names != nil || ev.this != nil {
		if v, err := ev.given(n); v != nil || err != nil {
			return v, err
		}
	}
	if ev.vis != nil {
		return ev.visName(n)
	}
	if m := s.names[n.path]; m != nil {
		if ev.nameless {
			return s.make("", "", m.typ, m.locate(s)), nil
		}
		return m.variable(s), nil
	}
	if why := s.missing[n.path]; why != "" {
		return nil, ev.fail(n, "%s", why)
	}
	simple := !strings.Contains(n.path, "::")
	if s.Sym != nil && simple {
		for _, sc := range s.Table.Scopes(s.Sym, s.Frame.PC()) {
			for i := len(sc.Vars) - 1; i >= 0; i-- {
				if sc.Vars[i].Name == n.path && !s.isGone(sc.Vars[i]) {
					return s.remember(n.path, s.meaning(sc.Vars[i])).variable(s), nil
				}
			}
		}
		if n.path == "this" && ev.lang() == symbols.LangCPP { // a word of the language: nothing else has this name
			return nil, ev.fail(n, "no variable this here")
		}
		if ev.lang() == symbols.LangCPP {
			if this, err := ev.name(nameRef{n.at, "this"}); err == nil {
				if f := this.member(n.path); f != nil {
					return f, nil
				}
			}
		}
	}
	path := ev.absolute(n.path)
	gs := ev.statics(path)
	for _, g := range gs {
		m := s.meaning(g)
		if v := m.variable(s); v.Unreadable == nil {
			m.eval = n.path
			return s.remember(n.path, m).variable(s), nil
		}
	}
	if len(gs) > 0 {
		return s.variable(gs[0]), nil
	}
	if v := ev.enumerator(path); v != nil {
		return v, nil
	}
	if v := ev.inFile(path); v != nil {
		return v, nil
	}
	if list := ev.functionsOfFile(path); len(list) > 0 {
		return ev.functionValue(list[0]), nil
	}
	if v := ev.inFunction(path); v != nil {
		return v, nil
	}
	if v := ev.threadLocal(path); v != nil {
		return v, nil
	}
	if v := ev.numberConstant(path); v != nil {
		return v, nil
	}
	if ev.lang() == symbols.LangCPP && strings.HasPrefix(path, "std::") && strings.HasSuffix(path, "::npos") {
		return ev.length(noPosition), nil
	}
	if n.path == "this" || n.path == "self" || s.Sym == nil {
		return nil, ev.fail(n, "no variable %s here", n.path)
	}
	if v := ev.function(path); v != nil {
		return v, nil
	}
	if n.path == "None" && ev.lang() == symbols.LangRust {
		return ev.none(), nil
	}
	return nil, ev.fail(n, "%s", s.miss(n.path))
}

// miss says that a name means nothing here, and remembers that: conditions ask for variants of enums, which are no
// names of their own, again and again.
func (s *Scope) miss(name string) (why string) {
	why = "no variable " + name + " is visible here"
	if v := s.Table.Elsewhere(s.Sym, name); v != nil {
		if line, ok := v.Attr(dwarf.AttrDeclLine); ok {
			if n, ok := line.Uint(); ok && n > 0 {
				why += fmt.Sprintf(": the one of line %d is in another block", n)
			}
		}
	}
	if s.missing == nil {
		s.missing = map[string]string{}
	}
	if len(s.missing) < maxArguments {
		s.missing[name] = why
	}
	return why
}

// given finds a name among those of the caller and the members of the value that the expression is about.
func (ev *evaluator) given(n nameRef) (*Variable, error) {
	if ev.names != nil {
		if v, ok := ev.names(n.path); ok {
			return v, nil
		}
	}
	if ev.this == nil {
		return nil, nil
	}
	if n.path == "this" || n.path == "self" {
		if a, ok := ev.this.Addr(); ok && n.path == "this" {
			return ev.pointer(ev.this.typ, uint64(a)), nil
		}
		return ev.this, nil
	}
	x := ev.this
	for range maxWrapped {
		if f := x.member(n.path); f != nil {
			return f, nil
		}
		sh := x.shape()
		if sh.style != styleInner || sh.inner == nil {
			break
		}
		x = sh.inner
	}
	return nil, nil
}

// absolute takes off what a path of Rust or C++ begins with and names of DWARF don't.
func (ev *evaluator) absolute(path string) string {
	if rest, ok := strings.CutPrefix(path, "Self::"); ok {
		if prefix, _, ok := cutLast(ev.functionName()); ok && !strings.HasPrefix(prefix, "<") {
			return prefix + "::" + rest
		}
	}
	for {
		first, rest, ok := strings.Cut(path, "::")
		if !ok || first != "crate" && first != "self" && first != "super" && first != "" {
			return path
		}
		path = rest
	}
}

// functionName is the qualified name of the frame's function.
func (ev *evaluator) functionName() string {
	if f := ev.scope.Sym; f != nil && f.Func != nil {
		return f.Func.Name
	}
	return ""
}

// statics finds statics and globals by their name, those of the namespaces around the frame's function
// first, the innermost before.
func (ev *evaluator) statics(path string) []*symbols.Variable {
	gs := ev.scope.Table.GlobalsNamed(path, ev.unit())
	for _, p := range ev.spelled(path, len(gs) > 0) {
		gs = append(gs, ev.scope.Table.GlobalsNamed(p, ev.unit())...)
	}
	if len(gs) < 2 {
		return gs
	}
	for prefix, _, ok := cutLast(ev.functionName()); ok; prefix, _, ok = cutLast(prefix) {
		if near := slices.DeleteFunc(slices.Clone(gs), func(g *symbols.Variable) bool { return g.Full != prefix+"::"+path }); len(near) > 0 {
			return near
		}
	}
	if exact := slices.DeleteFunc(slices.Clone(gs), func(g *symbols.Variable) bool { return g.Full != path }); len(exact) > 0 {
		return exact
	}
	return gs
}

// spelled lists further names that a path of C++ may mean that was not found: those with inline namespaces in it.
func (ev *evaluator) spelled(path string, found bool) []string {
	u := ev.unit()
	if found || u == nil || u.Language != symbols.LangCPP || !strings.Contains(path, "::") {
		return nil
	}
	s := ev.scope
	if !s.inlineKnown {
		s.inlineKnown, s.inline = true, u.InlineNamespaces()
	}
	return symbols.Spelled(path, s.inline)
}

// inFile finds file.c::name.
func (ev *evaluator) inFile(path string) *Variable {
	file, name, ok := strings.Cut(path, "::")
	if !ok || !strings.Contains(file, ".") {
		return nil
	}
	var found *Variable
	for _, g := range ev.scope.Table.GlobalsNamed(name, nil) {
		if g.InFile(file) && (found == nil || g.Full == name) {
			found = ev.scope.variable(g)
		}
	}
	return found
}

// functionsOfFile finds the functions that file.c::name means.
func (ev *evaluator) functionsOfFile(path string) []*symbols.Function {
	file, name, ok := strings.Cut(path, "::")
	if !ok || !strings.Contains(file, ".") {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ev.functions(name)), func(f *symbols.Function) bool { return !f.InFile(file) })
}

// inFunction finds f::name, a static of a function.
func (ev *evaluator) inFunction(path string) *Variable {
	prefix, name, ok := cutLast(path)
	if !ok {
		return nil
	}
	for _, f := range ev.functions(prefix) {
		for _, sv := range f.Statics(name) {
			if v := ev.scope.variable(sv); v.Unreadable == nil {
				v.EvalName = path
				return v
			}
		}
	}
	return nil
}

// function is the value of a function's name: it can be called and compared with pointers to functions.
func (ev *evaluator) function(path string) *Variable {
	list := ev.functions(path)
	if len(list) == 0 {
		return nil
	}
	base, _ := cutArguments(path)
	if name := list[0].Name; name != path && name != base { // a method is none by its last name alone
		prefix, _, ok := cutLast(ev.functionName())
		for ; ok && name != prefix+"::"+path; prefix, _, ok = cutLast(prefix) {
		}
		if !ok {
			return nil
		}
	}
	return ev.functionValue(list[0])
}

func (ev *evaluator) functionValue(f *symbols.Function) *Variable {
	t := &Type{kind: typeFunc, name: f.Name, lang: ev.lang(), types: ev.scope.Types, size: 0, count: -1}
	t.once.Do(func() {})
	v := ev.scope.make(f.Short, "", t, location{data: []byte{}})
	v.function = f
	text := "fn " + f.Name
	if isCLike(ev.lang()) {
		text = f.Name
	}
	v.made = func() *shape { return &shape{kind: KindFunc, text: text} }
	return v
}

// functions finds the functions of a name that have code, or else those without; those of the namespaces
// around the frame's function come first.
func (ev *evaluator) functions(path string) []*symbols.Function {
	list := ev.scope.Table.Functions(path)
	for _, p := range ev.spelled(path, len(list) > 0) {
		list = append(list, ev.scope.Table.Functions(p)...)
	}
	if len(list) == 0 {
		if base, args := cutArguments(path); args != "" {
			list = ev.scope.Table.Functions(base)
		}
	}
	coded := slices.DeleteFunc(slices.Clone(list), func(f *symbols.Function) bool { return len(f.Ranges) == 0 })
	if len(coded) == 0 {
		return list
	}
	for prefix, _, ok := cutLast(ev.functionName()); ok; prefix, _, ok = cutLast(prefix) {
		near := slices.DeleteFunc(slices.Clone(coded), func(f *symbols.Function) bool { return f.Name != prefix+"::"+path })
		if len(near) > 0 {
			return near
		}
	}
	return coded
}

// pointer makes a pointer to a t.
func (ev *evaluator) pointer(t *Type, a uint64) *Variable {
	p := ev.scope.Types.pointerTo(t, ev.lang())
	s := scalar{basicType: basicType{classInt, int(8 * p.byteSize()), false}, i: uintOf(a)}
	return ev.scope.make("", "", p, location{data: s.bytes()})
}
