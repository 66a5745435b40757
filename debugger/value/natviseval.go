package value

import (
	"errors"
	"strconv"
	"strings"

	"sphex/debugger/natvis"
	"sphex/debugger/symbols"
)

// wrong places an error in the entry's file.
func (c *visContext) wrong(line int, err error) error {
	var v *visError
	if errors.As(err, &v) {
		return err
	}
	var e *EvalError
	var n notNumber
	read := !errors.As(err, &n)
	if errors.As(err, &e) {
		read = e.value
	}
	return &visError{line: line, read: read, err: err}
}

var errVisualWork = unavailable("the rendering takes too long")

// eval evaluates an expression of the entry.
func (c *visContext) eval(src string, line int) (*Variable, error) {
	st := c.this.scope.visual()
	if st.work++; st.work > maxVisualWork {
		return nil, &visError{line: line, read: true, err: errVisualWork}
	}
	e, err := c.vis.parse(src)
	if err != nil {
		return nil, &visError{line: line, err: err}
	}
	v, err := c.evaluator(e).whole(e)
	if err != nil {
		return nil, c.wrong(line, err)
	}
	v.EvalName = ""
	return v, nil
}

// condition evaluates an expression that may have commas, as in "(void)member, true": what stands in front of
// them is only to make sense.
func (c *visContext) condition(src string, line int) (*Variable, error) {
	if before, behind, ok := natvis.CutComma(src); ok {
		if _, err := c.condition(before, line); err != nil && !unread(err) {
			return nil, err
		}
		src = behind
	}
	return c.eval(src, line)
}

func (c *visContext) evaluator(e *Expr) *evaluator {
	return &evaluator{scope: c.this.scope, src: e.src, pure: true, this: c.this, names: c.name, vis: c}
}

// name finds $i, $T1 and the names that a part of an entry gives.
func (c *visContext) name(name string) (*Variable, bool) {
	v, ok := c.locals[name]
	return v, ok
}

// parse parses an expression, in which $T1 stands for what the name of the type has in its place.
func (vis *visual) parse(src string) (*Expr, error) {
	vis.mu.Lock()
	defer vis.mu.Unlock()
	p, ok := vis.exprs[src]
	if !ok {
		text := vis.arguments(src)
		if vis.typ.lang == symbols.LangRust {
			text = rustTypes(text)
		}
		p.expr, p.err = Parse(text)
		vis.exprs[src] = p
	}
	return p.expr, p.err
}

// arguments puts the template arguments of the type into an expression.
func (vis *visual) arguments(src string) string {
	if !strings.Contains(src, "$T") {
		return src
	}
	var b strings.Builder
	for i := 0; i < len(src); i++ {
		if src[i] != '$' || !strings.HasPrefix(src[i:], "$T") {
			b.WriteByte(src[i])
			continue
		}
		end := i + 2
		for end < len(src) && src[end] >= '0' && src[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(src[i+2 : end])
		if err != nil || n < 1 || n > len(vis.args) {
			b.WriteByte('$')
			continue
		}
		arg := vis.args[n-1]
		if strings.ContainsAny(arg, "({'&[") && !strings.ContainsAny(arg, `'\`) { // no words of an expression
			arg = "'" + arg + "'"
		}
		b.WriteString(arg)
		i = end - 1
	}
	return b.String()
}

// scopes are the names of the type and of what it is in, the innermost first.
func (vis *visual) scopes() []string {
	name := vis.typ.name
	var out []string
	for name != "" && len(out) < 32 {
		out = append(out, name)
		name = outerName(name)
	}
	return out
}

// outerName is what a type's name is in: the part before the last :: outside of template arguments.
func outerName(name string) string {
	depth := 0
	for i := len(name) - 1; i > 0; i-- {
		switch name[i] {
		case '>', ')':
			depth++
		case '<', '(':
			depth--
		case ':':
			if depth == 0 && name[i-1] == ':' {
				return name[:i-1]
			}
		}
	}
	return ""
}

// microsoftTypes are types of Microsoft's compiler and of Windows by the names that they have here.
var microsoftTypes = map[string]string{
	"__int8": "signed char", "__int16": "short", "__int32": "int", "__int64": "long long",
	"unsigned __int8": "unsigned char", "unsigned __int16": "unsigned short", "unsigned __int32": "unsigned int", "unsigned __int64": "unsigned long long",
	"BYTE": "unsigned char", "WORD": "unsigned short", "DWORD": "unsigned int",
}

// typeNamed finds a type by its name in an entry: a template argument, a type of the class or of a namespace
// around it. Nil leaves it to the program's other types.
func (c *visContext) typeNamed(name string) *Type {
	vis := c.vis
	vis.mu.Lock()
	t, known := vis.types[name]
	vis.mu.Unlock()
	if known {
		return t
	}
	t = c.findType(name)
	vis.mu.Lock()
	defer vis.mu.Unlock()
	vis.types[name] = t
	return t
}

func (c *visContext) findType(name string) *Type {
	ts := c.this.scope.Types
	if m, ok := microsoftTypes[name]; ok {
		return ts.basicNamed(m, c.vis.typ.lang)
	}
	want := squeeze(inlineStd.Replace(name))
	for _, a := range c.vis.typ.load().args {
		if t := ts.at(a.ref); a.typ && t != nil && squeeze(inlineStd.Replace(t.fullTypeName())) == want {
			return t
		}
	}
	for _, scope := range c.vis.scopes() {
		if t := ts.Lookup(scope + "::" + name); t != nil {
			return t
		}
	}
	// A type in a class template, whose name the debug information may spell otherwise.
	if t := c.vis.typ.mentioned(name, 0); t != nil {
		return t
	}
	return nil
}

// mentioned finds a type by its last name among those of the members.
func (t *Type) mentioned(name string, depth int) *Type {
	if strings.ContainsAny(name, ":<") || depth > 2 {
		return nil
	}
	m := t.load()
	for i := range m.fields {
		f := t.types.at(m.fields[i].ref)
		for n := 0; f != nil && n < 16; n++ {
			if lastSegment(f.name) == name && f.name != "" {
				return f
			}
			switch f.kind {
			case typePointer, typeReference, typeArray, typeTypedef, typeQualified:
				f = f.Elem()
				continue
			}
			break
		}
		if f != nil && f.kind == typeStruct && (m.fields[i].base || depth < 2) && f != t {
			if in := f.mentioned(name, depth+1); in != nil {
				return in
			}
		}
	}
	return nil
}

// visName finds what a name means in an entry that is no member: an enumerator or a static of the class, of a
// namespace around it, of the program. Variables of the frame are not meant.
func (ev *evaluator) visName(n nameRef) (*Variable, error) {
	if ev.vis.of != ev.vis.this { // an entry of a base may name members of the class that is made of it
		if f := unrendered(ev.vis.of).member(n.path); f != nil {
			return f, nil
		}
	}
	find := func(path string) *Variable {
		for _, g := range ev.statics(path) {
			if v := ev.scope.variable(g); v.Unreadable == nil {
				return v
			}
		}
		return ev.enumerator(path)
	}
	for _, scope := range ev.vis.vis.scopes() {
		if v := find(scope + "::" + n.path); v != nil {
			return v, nil
		}
		if prefix, last, ok := cutLast(n.path); ok { // an enum of the class
			if t := ev.vis.typeNamed(prefix).strip(); t != nil && t.kind == typeEnum {
				if v := ev.enumValue(t, last); v != nil {
					return v, nil
				}
			}
		}
	}
	if v := find(ev.absolute(n.path)); v != nil {
		return v, nil
	}
	return nil, ev.fail(n, "%s has no member %s", ev.vis.this.typ.short(), n.path)
}

// visInvoke evaluates f(args) in an entry: a function that the file defines, or one of Visual Studio's own.
func (ev *evaluator) visInvoke(n invokeExpr) (*Variable, error) {
	name, ok := n.f.(nameRef)
	if !ok {
		return nil, ev.fail(n, "functions of the program can't be called here")
	}
	args, err := ev.arguments(n.args)
	if err != nil {
		return nil, err
	}
	if f := ev.vis.vis.intrinsic(name.path, len(args)); f != nil {
		return ev.vis.run(f, args)
	}
	if v, ok, err := ev.builtin(n, name.path, args); ok || err != nil {
		return v, err
	}
	return nil, ev.fail(n, "there is no function %s with %d arguments", name.path, len(args))
}

// visCall evaluates x.f(args) for a function that the entry of x's type defines.
func (ev *evaluator) visCall(n callExpr, x *Variable) (v *Variable, ok bool, err error) {
	if t := x.typ.strip(); t != nil && (t.kind == typePointer || t.kind == typeReference) && t.Elem() != nil {
		x = x.as(t).deref(t.Elem())
	}
	set := ev.vis.vis.set
	for _, vis := range append(set.visuals(x.typ), ev.vis.vis) {
		if vis == ev.vis.vis && x.typ.strip() != vis.typ {
			continue
		}
		f := vis.intrinsic(n.name, len(n.args))
		if f == nil {
			continue
		}
		args, err := ev.arguments(n.args)
		if err != nil {
			return nil, true, err
		}
		c := &visContext{vis: vis, of: x, this: unrendered(x.as(x.typ.strip()))}
		v, err = c.run(f, args)
		return v, true, err
	}
	return nil, false, nil
}

// intrinsic finds a function that the entry or a file defines.
func (vis *visual) intrinsic(name string, args int) *natvis.Intrinsic {
	for _, list := range [][]*natvis.Intrinsic{vis.entry.Intrinsics, vis.set.global[name]} {
		for _, f := range list {
			if f.Name == name && len(f.Params) == args {
				return f
			}
		}
	}
	return nil
}

// run evaluates a function that a file defines.
func (c *visContext) run(f *natvis.Intrinsic, args []*Variable) (*Variable, error) {
	st := c.this.scope.visual()
	if st.depth >= maxVisualDepth*4 {
		return nil, &visError{line: f.Line, err: unavailable(f.Name + " calls itself too often")}
	}
	st.depth++
	defer func() { st.depth-- }()
	names := map[string]*Variable{}
	for i, p := range f.Params {
		v := args[i]
		if p.Type != "" {
			if ref, err := parseType(c.vis.arguments(p.Type)); err == nil {
				ev := c.evaluator(&Expr{src: p.Type})
				if t, err := ev.typeNamed(at(0), ref); err == nil {
					if w, err := ev.castTo(at(0), v, t); err == nil {
						v = w
					}
				}
			}
		}
		names[p.Name] = v
	}
	return c.with(names).eval(f.Expr, f.Line)
}

// maxBuiltin bounds what a function of Visual Studio's own looks through, in bytes.
const maxBuiltin = 64 << 10

// builtin evaluates the functions that Visual Studio knows.
func (ev *evaluator) builtin(n invokeExpr, name string, args []*Variable) (*Variable, bool, error) {
	text := func(i int) (string, error) {
		v, err := ev.vis.characters(args[i], "s")
		if err != nil {
			return "", ev.wrapErr(n.args[i], err)
		}
		s, _, err := v.scope.readText(v.shape().str, maxBuiltin)
		if err != nil {
			return "", ev.wrapErr(n.args[i], err)
		}
		return s, nil
	}
	number := func(i int) (int64, error) {
		k, ok := args[i].Int()
		if !ok {
			return 0, ev.fail(n.args[i], "it is no integer")
		}
		return k, nil
	}
	result := func(k int64) (*Variable, bool, error) {
		return ev.basic(scalar{basicType: basicType{classInt, 32, true}, i: intOf(k)}, "int"), true, nil
	}
	switch {
	case (name == "strlen" || name == "wcslen") && len(args) == 1:
		v, err := ev.vis.characters(args[0], "s")
		if err != nil {
			return nil, true, ev.wrapErr(n, err)
		}
		str := v.shape().str
		b, _ := v.scope.readCString(str.loc, min(str.n, maxBuiltin), str.width, false)
		return result(int64(len(b) / str.width))
	case (name == "strcmp" || name == "wcscmp") && len(args) == 2, (name == "strncmp" || name == "wcsncmp") && len(args) == 3:
		a, err := text(0)
		if err != nil {
			return nil, true, err
		}
		b, err := text(1)
		if err != nil {
			return nil, true, err
		}
		if len(args) == 3 {
			k, err := number(2)
			if err != nil {
				return nil, true, err
			}
			a, b = a[:max(0, min(int64(len(a)), k))], b[:max(0, min(int64(len(b)), k))]
		}
		return result(int64(strings.Compare(a, b)))
	case strings.EqualFold(name, "__findnonnull") && len(args) == 2:
		k, err := number(1)
		if err != nil {
			return nil, true, err
		}
		p, err := args[0].unwrapped().uint()
		if err != nil {
			return nil, true, ev.wrapErr(n, err)
		}
		for i := int64(0); i < k && i < maxBuiltin/4; i++ {
			w, ok := ev.scope.word(p + ev.scope.wordSize()*uint64(i))
			if !ok {
				break
			}
			if w != 0 {
				return result(i)
			}
		}
		return result(-1)
	case name == "__log2" && len(args) == 1:
		k, err := number(0)
		if err != nil {
			return nil, true, err
		}
		bits := int64(-1)
		for ; k > 0; k >>= 1 {
			bits++
		}
		return result(bits)
	}
	return nil, false, nil
}
