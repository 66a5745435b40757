package value

import (
	"strings"

	"sphex/debugger/symbols"
)

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

// element evaluates x[i] of an object: by the program's operator, or as it is known to work. literal is i as it is written,
// if it is given by its parts. ok is false if neither can.
func (ev *evaluator) element(n indexExpr, x, i *Variable, literal node) (v *Variable, ok bool, err error) {
	name := operatorName("[]", ev.lang())
	if name == "" || ev.vis != nil || !x.isObject() {
		return nil, false, nil
	}
	if literal != nil {
		v, ok, err = ev.indexBy(n, name, x, literal)
	} else {
		v, ok, err = ev.callOperator(n, name, x, i)
	}
	if t := v.typeOrNil().strip(); err == nil && ok && t != nil && t.kind == typePointer && ev.lang() == symbols.LangRust { // a reference
		v = v.as(t).deref(t.Elem())
	}
	if !ok && literal == nil {
		v, ok, err = ev.rustElement(n, x, i)
	}
	return v, ok, err
}

// indexBy is element for an index that is given by its parts, as in grid[(1, 2)]: it becomes a value of what a function takes.
func (ev *evaluator) indexBy(n indexExpr, name string, x *Variable, literal node) (v *Variable, ok bool, err error) {
	for _, f := range ev.functions(name) {
		params := ev.scope.Types.Params(f)
		if len(params) != 2 || !ev.receives(params[0], x) || params[1].strip() == nil || params[1].strip().kind != typeStruct {
			continue
		}
		b, err := ev.partsBytes(literal, params[1], 0)
		if err != nil {
			return nil, true, err
		}
		i := ev.scope.make("", "", params[1], location{data: b})
		return ev.callOperator(n, name, x, i)
	}
	return nil, false, nil
}

// rustElement is x[i] of types whose operator is known: enums that hold a container, as serde_json::Value does, and
// petgraph's graphs.
func (ev *evaluator) rustElement(n indexExpr, x, i *Variable) (v *Variable, ok bool, err error) {
	t := x.typ.strip()
	if t.lang != symbols.LangRust {
		return nil, false, nil
	}
	if part, of := graphParts[lastSegment(i.typ.strip().nameOrNone())]; of && lastSegment(t.name) == "Graph" && x.fieldNamed(part) != nil {
		list := x.fieldNamed(part)
		e, err := ev.index(indexExpr{at: n.at, x: knownExpr{n.at, list}, i: knownExpr{at(n.i.column()), i.core()}})
		if err != nil {
			return nil, true, err
		}
		if w := e.fieldNamed("weight"); w != nil {
			return w, true, nil
		}
	}
	if len(t.load().variants) == 0 {
		return nil, false, nil
	}
	fields := x.shape().fields
	if len(fields) != 1 || fields[0].Unreadable != nil {
		return nil, false, nil
	}
	if sh := fields[0].unwrapped().shape(); sh.elem == nil {
		return nil, false, nil
	}
	v, err = ev.index(indexExpr{at: n.at, x: knownExpr{n.at, fields[0]}, i: knownExpr{at(n.i.column()), i}})
	return v, true, err
}

// graphParts are the lists of a Graph of petgraph that its indexes count in.
var graphParts = map[string]string{"NodeIndex": "nodes", "EdgeIndex": "edges"}

// nameOrNone is the full name of a type, "" if there is none.
func (t *Type) nameOrNone() string {
	if t == nil {
		return ""
	}
	name, _, _ := strings.Cut(t.name, "<")
	return name
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
