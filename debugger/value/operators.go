package value

import "sphex/debugger/symbols"

// What an operator means for a program's own types is a function of the program: operator+ of C++, add of Rust's trait Add.

// rustOperators are the methods of the traits in core::ops.
var rustOperators = map[string]string{"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "&": "bitand", "|": "bitor", "^": "bitxor",
	"<<": "shl", ">>": "shr", "[]": "index"}

// operatorName is the name of the function that an operator runs; "" if there can be none.
func operatorName(op string, lang symbols.Language) string {
	switch {
	case lang == symbols.LangCPP:
		return "operator" + op
	case lang == symbols.LangRust:
		return rustOperators[op]
	}
	return ""
}

// isObject reports whether the value is of a structure or an enum of the program's, for which operators may be defined.
func (v *Variable) isObject() bool {
	t := v.typ.strip()
	return t != nil && v.Unreadable == nil && v.made == nil && (t.kind == typeStruct || t.kind == typeUnion || t.kind == typeEnum)
}

// overloaded evaluates an operation on two values, one of which is an object. ok is false if the program has no function for it.
func (ev *evaluator) overloaded(n binaryExpr) (v *Variable, ok bool, err error) {
	name := operatorName(n.op, ev.lang())
	if name == "" || ev.vis != nil {
		return nil, false, nil
	}
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, false, nil
	}
	y, err := ev.eval(n.y)
	if err != nil || !x.isObject() && !y.isObject() {
		return nil, false, nil
	}
	return ev.callOperator(n, name, x, y)
}

// element evaluates x[i] of an object that has an operator for it.
func (ev *evaluator) element(n indexExpr, x, i *Variable) (v *Variable, ok bool, err error) {
	name := operatorName("[]", ev.lang())
	if name == "" || ev.vis != nil || !x.isObject() {
		return nil, false, nil
	}
	v, ok, err = ev.callOperator(n, name, x, i)
	if t := v.typeOrNil().strip(); err == nil && ok && t != nil && t.kind == typePointer && ev.lang() == symbols.LangRust { // a reference
		v = v.as(t).deref(t.Elem())
	}
	return v, ok, err
}

func (v *Variable) typeOrNil() *Type {
	if v == nil {
		return nil
	}
	return v.typ
}

// callOperator calls the function of an operator whose parameters take the two operands best.
func (ev *evaluator) callOperator(n node, name string, x, y *Variable) (v *Variable, ok bool, err error) {
	run, ok := ev.scope.Frame.(Runner)
	if !ok {
		return nil, false, nil
	}
	number := func(p *Type, v *Variable) bool { // where an object is wanted by its address
		t := p.strip()
		return t != nil && (t.kind == typePointer || t.kind == typeReference) && v.typ.strip().isScalar() && !ev.receives(p, v)
	}
	var fit []*symbols.Function
	for _, f := range ev.functions(name) {
		params := ev.scope.Types.Params(f)
		if len(params) != 2 || number(params[0], x) || number(params[1], y) {
			continue
		}
		if _, _, err := ev.callee(n, run, f, []*Variable{x, y}); err == nil {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return nil, false, nil
	}
	v, err = ev.callOneOf(n, fit, []*Variable{x, y})
	return v, true, err
}
