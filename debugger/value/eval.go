package value

import (
	"errors"
	"fmt"
	"strings"

	"sphex/debugger/symbols"
)

// EvalError says what is wrong with an expression, and where.
type EvalError struct {
	Expr   string
	Column int // in bytes, from 0
	Msg    string
	value  bool // the expression is well: it is a value that can't be read

	needsCall bool
}

// NeedsCall reports whether an expression failed since it would have to run a function of the program.
func NeedsCall(err error) bool {
	var e *EvalError
	return errors.As(err, &e) && e.needsCall
}

// Error names the place by its column, counted from 1.
func (e *EvalError) Error() string {
	if len(e.Expr) <= 1 {
		return e.Msg
	}
	return fmt.Sprintf("%s (column %d)", e.Msg, e.Column+1)
}

// Eval evaluates an expression. Errors are *EvalError.
func (s *Scope) Eval(src string) (*Variable, error) {
	e, err := Parse(src)
	if err == nil {
		return s.EvalExpr(e)
	}
	text, failed := s.Expand(src) // what stands for a macro need not be an expression: container_of(p, struct list, link)
	if failed != nil || text == src {
		return nil, err
	}
	if e, err = Parse(text); err != nil {
		return nil, inExpansion(err, text)
	}
	v, err := s.EvalExpr(e)
	if err != nil {
		return nil, inExpansion(err, text)
	}
	v.Name, v.EvalName = strings.TrimSpace(src), ""
	return v, nil
}

// Truth evaluates a condition: the same as EvalExpr and then Bool, but fit for conditions
// that are evaluated at each of a million stops. A condition does not change the program.
func (s *Scope) Truth(e *Expr) (bool, error) {
	return s.truth(e, evaluator{scope: s, src: e.src, nameless: true, pure: true})
}

// TruthCalling is Truth for conditions that run functions of the program.
func (s *Scope) TruthCalling(e *Expr) (bool, error) {
	return s.truth(e, evaluator{scope: s, src: e.src, nameless: true, pure: true, calls: true})
}

func (s *Scope) truth(e *Expr, ev evaluator) (bool, error) {
	e, err := ev.unfolded(e)
	if err != nil {
		return false, err
	}
	ev.src = e.src
	root := e.tree(ev.lang())
	if on, ok, err := ev.handleTruth(root); ok {
		return on, err
	}
	switch root.(type) {
	case unaryExpr, binaryExpr, boolLit, intLit, nameRef:
		o, err := ev.operand(root)
		return err == nil && o.truth(), err
	}
	v, err := ev.eval(root)
	if err != nil {
		return false, err
	}
	return v.Bool()
}

// EvalExpr evaluates a parsed expression. Errors are *EvalError.
func (s *Scope) EvalExpr(e *Expr) (*Variable, error) {
	ev := evaluator{scope: s, src: e.src}
	return ev.whole(e)
}

// EvalPure is EvalExpr for expressions that must not change the program: assignments and calls of
// its functions are errors.
func (s *Scope) EvalPure(e *Expr) (*Variable, error) {
	ev := evaluator{scope: s, src: e.src, pure: true}
	return ev.whole(e)
}

// EvalCalling is EvalPure for expressions that may run functions of the program.
func (s *Scope) EvalCalling(e *Expr) (*Variable, error) {
	ev := evaluator{scope: s, src: e.src, pure: true, calls: true}
	return ev.whole(e)
}

// Lookup finds the values of names that are none of the program's.
type Lookup func(name string) (*Variable, bool)

// EvalIn evaluates an expression among the members of a value: names are those first, `this` and
// `self` are the value. What is no member is sought where the value came from. The program does
// not change.
func EvalIn(e *Expr, this *Variable) (*Variable, error) { return EvalWith(e, this, nil) }

// EvalWith is EvalIn with names that come before all others.
func EvalWith(e *Expr, this *Variable, names Lookup) (*Variable, error) {
	ev := evaluator{scope: this.scope, src: e.src, pure: true, this: this, names: names}
	return ev.whole(e)
}

// whole evaluates an expression and names its value.
func (ev *evaluator) whole(e *Expr) (*Variable, error) {
	u, err := ev.unfolded(e)
	if err != nil {
		return nil, err
	}
	ev.src = u.src
	root := u.tree(ev.lang())
	v, err := ev.eval(root)
	if err != nil && u != e {
		return nil, inExpansion(err, u.src)
	}
	if err != nil {
		return nil, err
	}
	if v.Unreadable == nil {
		c := *v
		v = &c
	}
	v.Name = strings.TrimSpace(e.src)
	if _, isName := root.(nameRef); !isName || v.EvalName == "" {
		v.EvalName = v.Name
	}
	switch root.(type) {
	case binaryExpr, castExpr, condExpr, elemExpr, isExpr:
		v.EvalName = "(" + v.Name + ")"
	case assignExpr, stepExpr:
		v.EvalName = ""
	}
	if ev.called { // it would be called again
		v.EvalName = ""
	}
	return v, nil
}

type evaluator struct {
	scope    *Scope
	src      string
	nameless bool        // values need not know their names: nobody will see them
	pure     bool        // nothing may change
	calls    bool        // but by functions of the program
	this     *Variable   // whose members are names
	names    Lookup      // further names, or nil
	vis      *visContext // the expression is one of a Natvis entry: nil: it is not
	steps    int
	granted  int // steps beside the first maxSteps
	done     map[effect]*Variable
	called   bool // a function of the program has run
}

// maxSteps bounds the work for one expression: nodes, and elements that it looks through. Those of containers that the
// program has in memory add to it, elementSteps each, up to mostSteps: an iterator goes through all of a vector, but an
// expression that never ends does.
const (
	maxSteps     = 100_000
	elementSteps = 32
	mostSteps    = 400_000_000
)

// step counts work.
func (ev *evaluator) step(n node) error {
	if ev.steps++; ev.steps <= maxSteps {
		return nil
	}
	if ev.steps > maxSteps+ev.granted {
		return ev.fail(n, "the expression takes more than %d steps", ev.steps-1)
	}
	if ev.steps%4096 == 0 && ev.scope.Table.Ended() {
		return ev.fail(n, "interrupted after %d steps", ev.steps)
	}
	return nil
}

// grant lets the expression go through count elements of a container.
func (ev *evaluator) grant(count int64) {
	_, size := ev.scope.Frame.Memory()
	count = min(max(count, 0), int64(min(size, mostSteps)))
	ev.granted = int(min(int64(ev.granted)+count*elementSteps, mostSteps))
}

func (ev *evaluator) fail(n node, format string, args ...any) error {
	return &EvalError{Expr: ev.src, Column: n.column(), Msg: cutWords(fmt.Sprintf(format, args...))}
}

// cutWords shortens what is too long to be read, since the names in it are.
func cutWords(msg string) string {
	const head, tail = 300, 100
	if len(msg) <= 2*head {
		return msg
	}
	return strings.ToValidUTF8(msg[:head], "") + " … " + strings.ToValidUTF8(msg[len(msg)-tail:], "")
}

// failValue is fail for what is wrong with the present values only.
func (ev *evaluator) failValue(n node, format string, args ...any) error {
	return &EvalError{Expr: ev.src, Column: n.column(), Msg: fmt.Sprintf(format, args...), value: true}
}

// wrapErr places an error that came from a value.
func (ev *evaluator) wrapErr(n node, err error) error {
	var e *EvalError
	if errors.As(err, &e) {
		return err
	}
	var no notNumber
	return &EvalError{Expr: ev.src, Column: n.column(), Msg: err.Error(), value: !errors.As(err, &no)}
}

// lang is the language whose rules hold: that of the frame.
func (ev *evaluator) lang() symbols.Language {
	if ev.vis != nil {
		return symbols.LangCPP // which Natvis files are written in
	}
	if f := ev.scope.Sym; f != nil && f.Func != nil && f.Func.Unit != nil && f.Func.Unit.Language != symbols.LangUnknown {
		return f.Func.Unit.Language
	}
	return symbols.LangC
}

// basic makes a value of a basic type.
func (ev *evaluator) basic(s scalar, name string) *Variable {
	t := ev.scope.Types.basicNamed(name, ev.lang())
	return ev.scope.make("", "", t, location{data: s.convert(t.basic).bytes()})
}

// basicName is the language's name for a basic type.
func basicName(b basicType, l symbols.Language) string {
	rust := l == symbols.LangRust
	switch b.class {
	case classBool:
		return "bool"
	case classFloat:
		switch {
		case rust && b.bits == 32:
			return "f32"
		case rust:
			return "f64"
		case b.bits == 32:
			return "float"
		case b.bits == 128:
			return "long double"
		}
		return "double"
	}
	if rust {
		return map[bool]string{true: "i", false: "u"}[b.signed] + itoa(int64(b.bits))
	}
	name := map[int]string{8: "signed char", 16: "short", 32: "int", 64: "long long", 128: "__int128"}[b.bits]
	if name == "" {
		name = "long long"
	}
	if !b.signed {
		name = strings.TrimPrefix("unsigned "+strings.TrimPrefix(name, "signed "), " ")
	}
	return name
}

func (ev *evaluator) eval(n node) (*Variable, error) {
	if err := ev.step(n); err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case binaryExpr:
		if n.op == ".*" {
			return ev.memberPointer(n)
		}
		o, err := ev.compute(n)
		if err != nil {
			if v, ok, failed := ev.overloaded(n); ok {
				return v, failed
			}
			return nil, err
		}
		return ev.variable(o), nil
	case intLit, floatLit, charLit, boolLit, isExpr:
		o, err := ev.compute(n)
		if err != nil {
			return nil, err
		}
		return ev.variable(o), nil
	case knownExpr:
		return n.v, nil
	case stringLit:
		return ev.stringLit(n), nil
	case nameRef:
		return ev.name(n)
	case unaryExpr:
		switch n.op {
		case "*":
			return ev.deref(n)
		case "&":
			return ev.addressOf(n)
		}
		o, err := ev.unary(n)
		if err != nil {
			return nil, err
		}
		return ev.variable(o), nil
	case fieldExpr:
		if file, ok := n.x.(nameRef); ok && strings.Contains(n.name, "::") { // file.c::x
			if v := ev.inFile(file.path + "." + n.name); v != nil {
				return v, nil
			}
		}
		x, err := ev.eval(n.x)
		if err != nil {
			return nil, err
		}
		return ev.field(n, x, n.name)
	case indexExpr:
		return ev.index(n)
	case rangeExpr:
		if n.x != nil {
			return ev.slice(n)
		}
		s, _, err := ev.sequence(n)
		if err != nil {
			return nil, err
		}
		return ev.collected(n, s)
	case callExpr:
		return ev.call(n)
	case castExpr:
		return ev.cast(n)
	case sizeofExpr:
		return ev.sizeof(n)
	case dollarRef:
		return ev.dollar(n)
	case condExpr:
		c, err := ev.truth(n.c)
		switch {
		case err != nil:
			return nil, err
		case c:
			return ev.eval(n.x)
		}
		return ev.eval(n.y)
	case assignExpr:
		return ev.once(effect{column: n.column(), kind: '='}, func() (*Variable, error) { return ev.assign(n) })
	case stepExpr:
		return ev.once(effect{column: n.column(), kind: '+'}, func() (*Variable, error) { return ev.increment(n) })
	case elemExpr:
		return ev.elements(n)
	case memExpr:
		return ev.memory(n)
	case invokeExpr:
		return ev.invoke(n)
	case closureExpr:
		return nil, ev.fail(n, "a closure can only be given to a method, as in list.iter().any(|x| x > 1)")
	case listLit:
		return nil, ev.fail(n, "a list of values can only be stored and compared with")
	case structLit:
		return nil, ev.fail(n, "a structure made of its fields can only be stored and compared with")
	}
	panic(fmt.Sprintf("value: eval: %T", n))
}

// intLit is an integer literal as a number.
func (ev *evaluator) intLit(n intLit) (scalar, error) {
	if n.octal != nil && isCLike(ev.lang()) {
		n.val = *n.octal
	}
	b, ok := basicTypes[n.suffix]
	s := scalar{i: n.val}
	switch {
	case n.suffix == "":
		s.untyped = true
		b = smallest(n.val)
	case ok && b.class == classInt:
	default:
		switch strings.ToLower(n.suffix) {
		case "u":
			b = basicType{classInt, 32, false}
			if n.val.bitLen() > 32 {
				b.bits = 64
			}
		case "l":
			b = basicType{classInt, 32, true}
			if n.val.bitLen() > 31 {
				b.bits = 64
			}
		case "ul", "lu":
			b = basicType{classInt, 32, false}
			if n.val.bitLen() > 32 {
				b.bits = 64
			}
		case "ll":
			b = basicType{classInt, 64, true}
		case "ull", "llu":
			b = basicType{classInt, 64, false}
		default:
			return s, ev.fail(n, "unknown suffix %q of a number", n.suffix)
		}
	}
	s.basicType = b
	if n.val.wrap(b).cmp(n.val) != 0 {
		return s, ev.fail(n, "%v does not fit into %s", n.val, basicName(b, ev.lang()))
	}
	return s, nil
}

// smallest is the type of an integer literal: the first of 32, 64 and 128 bits that holds it.
func smallest(n integer) basicType {
	for _, b := range [...]basicType{{classInt, 32, true}, {classInt, 64, true}, {classInt, 64, false}, {classInt, 128, true}} {
		if n.fits(b) {
			return b
		}
	}
	return basicType{classInt, 128, false}
}

func (ev *evaluator) stringLit(n stringLit) *Variable {
	t := ev.scope.Types.arrayOf(ev.scope.Types.basicNamed("char8_t", ev.lang()), int64(len(n.val)), ev.lang())
	v := ev.scope.make("", "", t, location{data: []byte(n.val)})
	str := &text{loc: v.loc, n: int64(len(n.val)), width: 1}
	v.made = func() *shape { return &shape{kind: KindString, str: str} }
	return v
}

// enumerator finds a constant of an enum: Color::Green, GREEN.
func (ev *evaluator) enumerator(path string) *Variable {
	if prefix, last, ok := cutLast(path); ok {
		if t := ev.scope.Types.Lookup(prefix).strip(); t != nil && t.kind == typeEnum {
			return ev.enumValue(t, last)
		}
		return ev.enumeratorIn(prefix, last, false)
	}
	if isCLike(ev.lang()) { // classes of one program may each have a None: that of the function's own comes first
		for prefix, _, ok := cutLast(ev.functionName()); ok; prefix, _, ok = cutLast(prefix) {
			if v := ev.enumeratorIn(prefix, path, true); v != nil {
				return v
			}
		}
		if v := ev.enumeratorIn("", path, true); v != nil {
			return v
		}
	}
	if off, ok := ev.scope.Table.EnumOf(path, ev.unit()); ok {
		if t := ev.scope.Types.at(uint64(off)); t != nil && t.kind == typeEnum {
			return ev.enumValue(t, path)
		}
	}
	return nil
}

// enumeratorIn finds a constant that is a name of a class or namespace.
func (ev *evaluator) enumeratorIn(scope, name string, exact bool) *Variable {
	if !isCLike(ev.lang()) {
		return nil
	}
	off, ok := ev.scope.Table.EnumIn(scope, name, exact, ev.unit())
	if !ok {
		return nil
	}
	if t := ev.scope.Types.at(uint64(off)); t != nil && t.kind == typeEnum {
		return ev.enumValue(t, name)
	}
	return nil
}

func (ev *evaluator) unit() *symbols.Unit {
	if ev.scope.Sym != nil && ev.scope.Sym.Outer != nil {
		return ev.scope.Sym.Outer.Unit
	}
	return nil
}

// enumValue makes the value of an enum's constant; nil if there is none of that name.
func (ev *evaluator) enumValue(t *Type, name string) *Variable {
	for _, e := range t.load().enums {
		if e.name == name {
			size := t.byteSize()
			if size <= 0 || size > 16 {
				return nil
			}
			s := scalar{basicType: basicType{classInt, int(8 * size), false}, i: integerOf(e.value)}
			return ev.scope.make(name, "", t, location{data: s.bytes()})
		}
	}
	return nil
}

func cutLast(path string) (prefix, last string, ok bool) {
	i := strings.LastIndex(path, "::")
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+2:], true
}

// field selects a field as the language would, through pointers, references and smart pointers.
func (ev *evaluator) field(n node, x *Variable, name string) (*Variable, error) {
	for range maxWrapped {
		if x.Unreadable != nil && x.loc.points == nil && (!x.loc.null || x.typ.strip() == nil || x.typ.strip().kind == typePointer) {
			return nil, ev.wrapErr(n, x.Unreadable)
		}
		if f := x.member(name); f != nil {
			return f, nil
		}
		t := x.typ.strip()
		sh := x.shape()
		switch {
		case sh.style == styleInner && sh.inner != nil:
			x = sh.inner
		case sh.smart != nil:
			x = sh.smart
		case t != nil && (t.kind == typePointer || t.kind == typeReference):
			x = x.deref(t.Elem())
		default:
			if sh.err != nil && !x.loc.null {
				return nil, ev.wrapErr(n, sh.err)
			}
			return nil, ev.fail(n, "%s has no field %s", x.typ.short(), name)
		}
	}
	return nil, ev.fail(n, "too many pointers")
}

// member finds a field by its name in the source: of the structure itself, of what is shown in
// its place (the payload of an enum's variant), of bases and of anonymous members.
func (v *Variable) member(name string) *Variable {
	t := v.typ.strip()
	if t == nil || v.Unreadable != nil && v.loc.points == nil && !v.loc.null {
		return nil
	}
	if t.kind == typePointer && v.depth == 0 {
		if e := t.Elem().strip(); e != nil && (e.kind == typeStruct || e.kind == typeUnion) && t.lang != symbols.LangRust {
			return v.deref(e).memberOf(name, nil)
		}
		return nil
	}
	if f := v.memberOf(name, nil); f != nil {
		return f
	}
	for _, f := range v.shape().fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// nesting is the structures that a search for a member is inside of.
type nesting struct {
	outer *nesting
	t     *Type
}

func (v *Variable) memberOf(name string, outer *nesting) *Variable {
	t := v.typ.strip()
	if t == nil || t.kind != typeStruct && t.kind != typeUnion {
		return nil
	}
	in := nesting{outer, t}
	depth := 0
	for o := outer; o != nil; o = o.outer {
		if depth++; o.t == t || depth > 32 {
			return nil
		}
	}
	v = v.as(t)
	if prefix, last, ok := cutLast(name); ok { // Base::x
		m := t.load()
		for i := range m.fields {
			if f := &m.fields[i]; f.base && lastSegment(t.types.at(f.ref).fullTypeName()) == lastSegment(prefix) {
				return v.field(f).memberOf(last, &in)
			}
		}
	}
	m := t.load()
	for i := range m.fields {
		f := &m.fields[i]
		if !f.base && f.name != "" && (f.name == name || tupleName(f.name) == name) {
			r := v.field(f)
			r.Name = tupleName(f.name)
			return r
		}
	}
	for i := range m.fields {
		if f := &m.fields[i]; f.base || f.name == "" && f.bitSize == 0 {
			if r := v.field(f).memberOf(name, &in); r != nil {
				return r
			}
		}
	}
	for i := range m.statics {
		if m.statics[i].name != name || t.name == "" {
			continue
		}
		for _, g := range v.scope.Table.GlobalsNamed(t.name+"::"+name, nil) {
			return v.scope.variable(g)
		}
	}
	return nil
}
