package value

import (
	"fmt"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Runner is what a Frame is that can run functions of the program where it stands.
type Runner interface {
	// Signature is the type of the function whose code begins at entry.
	Signature(entry abi.TextOffset) (params, results []wasm.ValType, ok bool)
	// Invoke runs a function and puts everything back to how it stood; what the function wrote to
	// memory stays.
	Invoke(c *Invocation) error
}

// Invocation is a call of a function of the program.
type Invocation struct {
	Entry abi.TextOffset
	Room  int64 // bytes wanted on the program's stack in linear memory
	// Args makes the arguments, one word each, and may write to the room.
	Args func(room wasm.MemAddr) ([]uint64, error)
	// Done takes the results, while the room is still there.
	Done func(results []uint64) error
}

// invoke evaluates f(args).
func (ev *evaluator) invoke(n invokeExpr) (*Variable, error) {
	if ev.vis != nil {
		return ev.visInvoke(n)
	}
	if name, ok := n.f.(nameRef); ok {
		if v, err := ev.name(name); err == nil && v.function == nil { // a pointer to a function, a closure
			return ev.callPointer(n, v, n.args)
		}
		if v, ok, err := ev.ofThis(n, name); ok {
			return v, err
		}
		if v, ok, err := ev.standard(n, name.path); ok {
			return v, err
		}
		if v, ok, err := ev.countOf(n, name.path); ok {
			return v, err
		}
		list := ev.functions(ev.absolute(name.path))
		if len(list) == 0 {
			list = ev.functionsOfFile(name.path)
		}
		if len(list) == 0 {
			if v, ok, err := ev.functionalCast(n, name); ok {
				return v, err
			}
			if v, ok, err := ev.choose(n, name.path); ok {
				return v, err
			}
			return nil, ev.fail(n, "no function %s", name.path)
		}
		args, err := ev.arguments(n.args)
		if err != nil {
			return nil, err
		}
		return ev.callOneOf(n, list, args)
	}
	if star, ok := n.f.(unaryExpr); ok && star.op == "*" { // (*f)(x) of C
		if v, err := ev.eval(star.x); err == nil {
			if t := v.typ.strip(); t != nil && t.kind == typePointer && t.Elem().strip() != nil && t.Elem().strip().kind == typeFunc {
				return ev.callPointer(n, v, n.args)
			}
		}
	}
	if m, ok := n.f.(binaryExpr); ok && m.op == ".*" {
		if v, ok, err := ev.callMember(n, m); ok || err != nil {
			return v, err
		}
	}
	v, err := ev.eval(n.f)
	if err != nil {
		return nil, err
	}
	return ev.callPointer(n, v, n.args)
}

func (ev *evaluator) noCalls(n node, name string) error {
	return &EvalError{Expr: ev.src, Column: n.column(), Msg: fmt.Sprintf("functions of the program can't be called here (%s)", name), needsCall: true}
}

func (ev *evaluator) arguments(list []node) ([]*Variable, error) {
	var args []*Variable
	for _, a := range list {
		v, err := ev.eval(a)
		if err != nil {
			return nil, err
		}
		if v.Unreadable != nil {
			return nil, ev.wrapErr(a, v.Unreadable)
		}
		if v.function != nil { // its name stands for a pointer to it
			v = ev.functionAddress(v)
		}
		args = append(args, v)
	}
	return args, nil
}

// callPointer calls what a pointer to a function points at.
func (ev *evaluator) callPointer(n node, v *Variable, list []node) (*Variable, error) {
	args, err := ev.arguments(list)
	if err != nil {
		return nil, err
	}
	if v.function != nil {
		return ev.callOneOf(n, []*symbols.Function{v.function}, args)
	}
	whole := v
	v = ev.callable(v, len(list))
	t := v.typ.strip()
	if fs := ev.closures(v, len(list)); len(fs) > 0 {
		return ev.callOneOf(n, fs, append([]*Variable{v}, args...))
	}
	for _, name := range v.callNames() {
		if len(ev.methods(name, v, len(list))) > 0 {
			return ev.callMethod(callExpr{at(n.column()), n, name, list}, v)
		}
	}
	if !v.isFunctionPointer() {
		if strings.HasPrefix(lastSegment(v.typ.fullTypeName()), environment) {
			return nil, ev.fail(n, "%s can't be called: the compiler has put its code into its callers", v.typ.short())
		}
		return nil, ev.fail(n, "%s can't be called", whole.typ.short())
	}
	if v.item {
		return nil, ev.fail(n, "which function this is, the debug information does not tell; call it by its own name")
	}
	i, err := v.as(t).uint()
	if err != nil {
		return nil, ev.wrapErr(n, err)
	}
	table, ok := v.scope.Frame.(functionTable)
	if ok {
		if text, ok := table.FuncText(0, i); ok {
			if f := ev.scope.Table.Function(text); f != nil {
				if result, ok, err := ev.callAs(n, f, v, t.Elem().strip(), args); ok {
					return result, err
				}
				return ev.callOneOf(n, []*symbols.Function{f}, args)
			}
		}
	}
	return nil, ev.fail(n, "the pointer %#x points at no function of the program", i)
}

// callMethod calls x.name(args) of the program.
func (ev *evaluator) callMethod(n callExpr, x *Variable) (*Variable, error) {
	if ev.pure && !ev.calls {
		return nil, ev.noCalls(n, n.name)
	}
	for _, a := range n.args {
		if _, closure := a.(closureExpr); closure {
			return nil, ev.fail(n, "%s of %s is none of the methods that are known to take a closure", n.name, x.typ.short())
		}
	}
	args, err := ev.arguments(n.args)
	if err != nil {
		return nil, err
	}
	for this := x; ; { // as the value is given, and then as what it shows
		if fit := ev.methods(n.name, this, len(args)); len(fit) > 0 {
			return ev.callOneOf(n, fit, append([]*Variable{this}, args...))
		}
		if whole := this.dynamic(); whole != nil { // what the declared class has no code for
			if fit := ev.methods(n.name, whole, len(args)); len(fit) > 0 {
				return ev.callOneOf(n, fit, append([]*Variable{whole}, args...))
			}
		}
		t := this.typ.strip()
		if sh := this.shape(); sh.style == styleInner && sh.inner != nil {
			this = sh.inner
		} else if t != nil && (t.kind == typePointer || t.kind == typeReference) && this.depth <= maxWrapped && t.Elem() != nil {
			this = this.as(t).deref(t.Elem())
		} else {
			break
		}
		if this.Unreadable != nil {
			return nil, ev.wrapErr(n, this.Unreadable)
		}
	}
	if len(ev.functions(n.name)) == 0 {
		return nil, ev.fail(n, "%s can't be called: the program has no such function", n.name)
	}
	if takes := ev.takes(n.name, x); takes != "" {
		return nil, ev.fail(n, "%s takes %s, not %d; what the source gives by default must be written", n.name, takes, len(args))
	}
	if lost := x.unwrapped().lostPart(); lost != nil {
		return nil, ev.fail(n, "%s can't be called on %s, a part of which is %v", n.name, x.typ.short(), lost)
	}
	return nil, ev.fail(n, "%s can't be called on %s with %s", n.name, x.typ.short(), plural(len(args), "argument"))
}

// takes says what a member function of a value's class takes, "" if there is none of that name.
func (ev *evaluator) takes(name string, x *Variable) string {
	t := x.typ.strip()
	for range maxWrapped {
		if t == nil || t.kind != typePointer && t.kind != typeReference {
			break
		}
		t = t.Elem().strip()
	}
	if t == nil || !isCLike(ev.lang()) {
		return ""
	}
	for _, f := range ev.functions(name) {
		params := ev.scope.Types.Params(f)
		if len(params) < 2 || params[0].strip() == nil || params[0].strip().kind != typePointer || params[0].strip().Elem().strip() == nil {
			continue
		}
		if _, of := baseOffset(t, params[0].strip().Elem().strip(), 0); !of && !sameType(params[0].strip().Elem(), t) {
			continue
		}
		var list []string
		for _, p := range params[1:] {
			list = append(list, p.short())
		}
		return plural(len(list), "argument") + " (" + strings.Join(list, ", ") + ")"
	}
	return ""
}

// receives reports whether a method's first parameter takes v or a pointer to it.
func (ev *evaluator) receives(p *Type, v *Variable) bool {
	t := p.strip()
	if t == nil || v.typ == nil {
		return false
	}
	if sameType(t, v.typ) {
		return true
	}
	if t.kind != typePointer && t.kind != typeReference {
		return false
	}
	if sameType(t.Elem(), v.typ) {
		return true
	}
	return v.typ.strip().hasBase(t.Elem().strip(), 0)
}

// callOneOf calls the one of several functions whose parameters take the arguments best.
func (ev *evaluator) callOneOf(n node, list []*symbols.Function, args []*Variable) (*Variable, error) {
	run, ok := ev.scope.Frame.(Runner)
	if !ok || ev.pure && !ev.calls {
		return nil, ev.noCalls(n, list[0].Short)
	}
	type candidate struct {
		c    *callee
		cost int
	}
	var best []candidate
	var why error
	for i, f := range list {
		if i == maxArguments {
			break
		}
		c, cost, err := ev.callee(n, run, f, args)
		if err != nil {
			why = err
			continue
		}
		best = append(best, candidate{c, cost})
	}
	if len(best) == 0 {
		return nil, why
	}
	slices.SortStableFunc(best, func(a, b candidate) int { return a.cost - b.cost })
	c := best[0].c
	c.entry = ev.overrider(n, run, c)
	return ev.once(effect{n.column(), c.entry, '('}, func() (*Variable, error) { return ev.run(n, run, c) })
}

// callee is a function with the way that its parameters and its result travel.
type callee struct {
	f      *symbols.Function
	entry  abi.TextOffset // of the code that is run
	params []*Type
	args   []*Variable
	ways   []passing
	result *Type // nil: none
	sret   bool  // the result is written to memory that the first parameter points at
	caller bool  // the last word is where the call stands in the source
	// variadic: the last word is the address of more.
	variadic bool
	more     []variadicArg
	words    []wasm.ValType
	out      []wasm.ValType
}

// callee finds out how f is called with args; cost tells how well the arguments fit.
func (ev *evaluator) callee(n node, run Runner, f *symbols.Function, args []*Variable) (*callee, int, error) {
	if len(f.Ranges) == 0 {
		return nil, 0, ev.fail(n, "%s has no code of its own: the compiler has put it into its callers", f.Name)
	}
	c := &callee{f: f, args: args, params: ev.scope.Types.Params(f), result: ev.scope.Types.Result(f)}
	var ok bool
	if c.words, c.out, ok = run.Signature(f.Entry); !ok {
		return nil, 0, ev.fail(n, "%s is no function of this module", f.Name)
	}
	if f.Unit == nil {
		return nil, 0, ev.fail(n, "%s has no debug information: its parameters are not known", f.Name)
	}
	if len(args) == len(c.params)+1 && len(args) > 0 && args[0].typ.strip() != nil && ev.runs(f, args[0].typ.strip()) {
		env, ok := ev.environmentParam(c, args[0].typ)
		if !ok {
			return nil, 0, ev.fail(n, "%s can't be called: nothing tells how it takes what it has captured", f.Name)
		}
		c.params = append([]*Type{env}, c.params...)
	}
	if err := ev.variadic(n, c); err != nil {
		return nil, 0, err
	}
	cost, err := ev.fitArguments(n, c)
	if err != nil {
		return nil, 0, err
	}
	if !c.fit() {
		return nil, 0, ev.fail(n, "%s can't be called: the compiler has changed how its arguments or its result are passed", f.Name)
	}
	return c, cost, nil
}

// fitArguments checks the arguments of a call against the parameters; cost tells how well they fit.
func (ev *evaluator) fitArguments(n node, c *callee) (cost int, err error) {
	if len(c.params) != len(c.args) {
		return 0, ev.fail(n, "%s takes %s, not %d", c.f.Name, plural(len(c.params), "argument"), len(c.args))
	}
	for i, p := range c.params {
		k := ev.fitCost(p, c.args[i])
		if k < 0 {
			return 0, ev.fail(n, "argument %d of %s must be %s, not %s", i+1, c.f.Name, p.short(), c.args[i].typ.short())
		}
		cost += k
	}
	return cost, nil
}

// fitCost tells how far an argument is from a parameter's type, -1 if it does not fit.
func (ev *evaluator) fitCost(p *Type, a *Variable) int {
	t, at := p.strip(), a.typ.strip()
	if t == nil || at == nil {
		return -1
	}
	pointer := t.kind == typePointer || t.kind == typeReference
	switch {
	case sameType(t, at) && a.made == nil:
		return 0
	case a.made != nil && a.shape().str != nil:
		if pointer && t.Elem() != nil && t.Elem().byteSize() == 1 || strings.HasPrefix(t.name, "&str") {
			return 1
		}
		return -1
	case isSlice(t):
		if _, _, ok := a.contiguous(t); ok {
			return 2
		}
		return -1
	case pointer && (at.kind == typePointer || at.kind == typeReference):
		if sameType(t.Elem(), at.Elem()) || t.Elem() == nil || at.Elem() == nil {
			return 0
		}
		to, from := t.Elem().strip(), at.Elem().strip()
		if to == nil || from == nil || isCLike(t.lang) && (to.byteSize() == 1 || from.byteSize() == 1) {
			return 4
		}
		if from.hasBase(to, 0) {
			return 3
		}
		return -1
	case pointer && sameType(t.Elem(), a.typ):
		return 1
	case pointer && at.kind == typeArray:
		return 2
	case pointer && at.kind == typeStruct:
		if at.hasBase(t.Elem().strip(), 0) {
			return 3
		}
		return -1
	}
	u := a.unwrapped()
	if sameType(t, u.typ) {
		return 1
	}
	s, err := u.scalar()
	bt, ok := t.scalarType()
	if err != nil || !ok {
		return -1
	}
	switch {
	case s.basicType == bt:
		return 1
	case s.class == bt.class:
		return 2
	}
	return 3
}

// run carries out a call.
func (ev *evaluator) run(n node, run Runner, c *callee) (*Variable, error) {
	var result *Variable
	room := int64(16)
	size := c.result.byteSize()
	resultAt := int64(0)
	if c.sret {
		room += size + 16
	}
	place := make([]int64, len(c.args)) // of copies in the room
	for i, a := range c.args {
		place[i] = room
		switch {
		case a.made != nil && a.shape().str != nil:
			room += a.shape().str.n + 1
		default:
			room += max(a.typ.byteSize(), c.params[i].byteSize())
		}
		room = (room + 15) &^ 15
	}
	copies := make([]int64, len(c.more))
	for i := range c.more {
		copies[i] = room
		if a := c.more[i].value; a.made != nil && a.shape().str != nil {
			room += a.shape().str.n + 1
		} else {
			room += a.typ.byteSize()
		}
		room = (room + 15) &^ 15
	}
	moreAt := room
	if k := len(c.more); k > 0 {
		room = (moreAt + c.more[k-1].off + c.more[k-1].size + 15) &^ 15
	}
	callerAt := room
	if c.caller {
		room += callerRoom
	}
	if room > maxKept {
		return nil, ev.fail(n, "arguments of %d bytes are too large", room)
	}
	resultAt = 16
	call := &Invocation{Entry: c.entry, Room: room}
	var at wasm.MemAddr
	call.Args = func(base wasm.MemAddr) ([]uint64, error) {
		at = base
		var words []uint64
		if c.sret {
			words = append(words, uint64(base)+uint64(resultAt))
		}
		for i, a := range c.args {
			w, err := ev.passed(n, c.params[i], a, c.ways[i], base+wasm.MemAddr(place[i]))
			if err != nil {
				return nil, err
			}
			words = append(words, w...)
		}
		if c.variadic {
			at := make([]wasm.MemAddr, len(copies))
			for i := range copies {
				at[i] = base + wasm.MemAddr(copies[i])
			}
			if err := ev.writeVariadic(n, c, base+wasm.MemAddr(moreAt), at); err != nil {
				return nil, err
			}
			words = append(words, uint64(base)+uint64(moreAt))
		}
		if c.caller {
			at := base + wasm.MemAddr(callerAt)
			if err := ev.writeCaller(at); err != nil {
				return nil, ev.wrapErr(n, err)
			}
			words = append(words, uint64(at))
		}
		return words, nil
	}
	call.Done = func(results []uint64) error {
		result = ev.returned(c, results, at+wasm.MemAddr(resultAt))
		return result.Unreadable
	}
	ev.called = true
	if err := run.Invoke(call); err != nil {
		return nil, ev.wrapErr(n, fmt.Errorf("%s: %w", c.f.Name, err))
	}
	return result, nil
}

// nothing is what a function without a result returns.
func (ev *evaluator) nothing() *Variable {
	t := &Type{kind: typeVoid, name: map[bool]string{true: "()", false: "void"}[ev.lang() == symbols.LangRust], lang: ev.lang(), types: ev.scope.Types, count: -1}
	t.once.Do(func() {})
	v := ev.scope.make("", "", t, location{data: []byte{}})
	v.made = func() *shape { return &shape{kind: KindUnit, text: t.name} }
	return v
}

// returned makes the value of what a function returned.
func (ev *evaluator) returned(c *callee, results []uint64, at wasm.MemAddr) *Variable {
	if c.result == nil || c.result.strip() == nil || c.result.byteSize() == 0 {
		return ev.nothing()
	}
	size := c.result.byteSize()
	if c.sret {
		b, err := ev.scope.read(ev.scope.pointee(at, size), size)
		if err != nil {
			return ev.scope.unreadable("", c.result, err)
		}
		return ev.scope.make("", "", c.result, location{data: b})
	}
	b := make([]byte, 0, 16)
	for _, w := range results {
		for i := range 8 {
			b = append(b, byte(w>>(8*i)))
		}
	}
	if int64(len(b)) < size {
		return ev.scope.unreadable("", c.result, unavailable("the result is not all there"))
	}
	return ev.scope.make("", "", c.result, location{data: b[:size:size]})
}
