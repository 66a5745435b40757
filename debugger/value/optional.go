package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Options of Rust that an expression makes: what v.first() or map.get("key") answer. They have a type of their
// own, since the program need not have one.

// optionType is the type of a choice whose variant called head has something of a type in it.
func (ev *evaluator) optionType(head string, of *Type) *Type {
	name := "_"
	if of != nil {
		name = of.fullTypeName()
	}
	t := &Type{kind: typeStruct, size: -1, lang: symbols.LangRust, types: ev.scope.Types, count: -1}
	names := [2]string{"None", "Some"}
	switch head {
	case "Ok":
		names, t.name = [2]string{"Ok", "Err"}, "core::result::Result<"+name+", _>"
	case "Err":
		names, t.name = [2]string{"Ok", "Err"}, "core::result::Result<_, "+name+">"
	default:
		t.name = "core::option::Option<" + name + ">"
	}
	t.members.variants = []variantPart{{variants: []variant{{name: names[0]}, {name: names[1]}}}}
	return t
}

// some is Some(x).
func (ev *evaluator) some(x *Variable) *Variable { return ev.chosen("Some", x) }

// chosen is Some(x), Ok(x) or Err(x).
func (ev *evaluator) chosen(head string, x *Variable) *Variable {
	c := *x
	c.Name = "0"
	v := ev.scope.make("", "", ev.optionType(head, x.typ), location{})
	v.made = func() *shape {
		return &shape{kind: KindEnum, style: styleTuple, head: head, fields: []*Variable{&c}, smart: x}
	}
	return v
}

// choose evaluates Some(x), Ok(x) and Err(x). ok is false for other names.
func (ev *evaluator) choose(n invokeExpr, name string) (v *Variable, ok bool, err error) {
	if ev.lang() != symbols.LangRust || len(n.args) != 1 || name != "Some" && name != "Ok" && name != "Err" {
		return nil, false, nil
	}
	x, err := ev.eval(n.args[0])
	if err != nil {
		return nil, true, err
	}
	return ev.chosen(name, x), true, nil
}

// none is None.
func (ev *evaluator) none() *Variable {
	v := ev.scope.make("", "", ev.optionType("None", nil), location{})
	v.made = func() *shape { return &shape{kind: KindEnum, text: "None"} }
	return v
}

// option is Some(x), or None for nil.
func (ev *evaluator) option(x *Variable) *Variable {
	if x == nil {
		return ev.none()
	}
	return ev.some(x)
}

// madeVariant is the variant of an Option or a Result that an expression made, "" if v is something else.
func (v *Variable) madeVariant() string {
	if v == nil || v.made == nil || v.variant != "" || v.typ == nil || v.typ.off != 0 || len(v.typ.members.variants) == 0 {
		return ""
	}
	if sh := v.shape(); len(sh.fields) == 1 {
		return sh.head
	}
	return "None"
}

// spared is what is in an Option that an expression made, where a person may leave unwrap out; otherwise v itself.
func (v *Variable) spared() *Variable {
	if m := v.madeVariant(); m == "Some" || m == "Ok" {
		return v.shape().fields[0]
	}
	return v
}

// choice is the variant of an Option or a Result, and what is in it; ok is false for other values.
func (ev *evaluator) choice(n node, x *Variable) (u *Variable, name string, in *Variable, ok bool, err error) {
	u = x.unwrapped()
	t := u.typ.strip()
	if t == nil || t.kind != typeStruct || !t.hasVariant("Some") && !t.hasVariant("Ok") {
		return u, "", nil, false, nil
	}
	if name, err = u.variantName(); err != nil {
		return u, "", nil, true, ev.wrapErr(n, err)
	}
	if f := u.shape().fields; len(f) == 1 {
		in = f[0]
	}
	return u, name, in, true, nil
}

// optionMethod evaluates the methods of Option and Result that take closures, or change one into the other.
func (ev *evaluator) optionMethod(n callExpr, x *Variable) (v *Variable, ok bool, err error) {
	switch n.name {
	case "map", "and_then", "map_or", "map_or_else", "map_err", "filter", "is_some_and", "is_none_or", "is_ok_and", "is_err_and",
		"unwrap_or_else", "or", "or_else", "ok", "err", "ok_or", "ok_or_else", "flatten", "unwrap_or_default", "iter", "into_iter":
	default:
		return nil, false, nil
	}
	u, name, in, ok, err := ev.choice(n, x)
	if !ok || err != nil {
		return nil, ok, err
	}
	good := name == "Some" || name == "Ok"
	want := 1
	switch n.name {
	case "ok", "err", "flatten", "unwrap_or_default", "iter", "into_iter":
		want = 0
	case "map_or", "map_or_else":
		want = 2
	}
	if len(n.args) != want {
		return nil, false, nil
	}
	if good && in == nil {
		in = ev.scope.make("", "", nil, location{})
		in.made = func() *shape { return &shape{kind: KindUnit, text: "()"} }
	}
	otherwise := func(f node) (*Variable, bool, error) { // the closure of None gets nothing, that of Err the error
		var args []*Variable
		if in != nil {
			args = append(args, in)
		}
		v, err := ev.apply(f, args...)
		return v, true, err
	}
	truth := func(when, otherwise bool) (*Variable, bool, error) {
		if !when {
			return ev.truthVariable(otherwise), true, nil
		}
		yes, err := ev.applyTruth(n.args[0], in)
		return ev.truthVariable(yes), true, err
	}
	switch n.name {
	case "iter", "into_iter":
		return x, true, nil
	case "map":
		if !good {
			return u, true, nil
		}
		if v, err = ev.apply(n.args[0], in); err != nil {
			return nil, true, err
		}
		return ev.chosen(name, v), true, nil
	case "and_then":
		if !good {
			return u, true, nil
		}
		v, err = ev.apply(n.args[0], in)
		return v, true, err
	case "map_or", "map_or_else":
		switch {
		case good:
			v, err = ev.apply(n.args[1], in)
		case n.name == "map_or":
			v, err = ev.eval(n.args[0])
		default:
			return otherwise(n.args[0])
		}
		return v, true, err
	case "map_err":
		if good || in == nil {
			return u, true, nil
		}
		if v, err = ev.apply(n.args[0], in); err != nil {
			return nil, true, err
		}
		return ev.chosen(name, v), true, nil
	case "filter":
		if !good {
			return u, true, nil
		}
		if yes, err := ev.applyTruth(n.args[0], in); err != nil || !yes {
			return ev.none(), true, err
		}
		return u, true, nil
	case "is_some_and", "is_ok_and":
		return truth(good, false)
	case "is_none_or":
		return truth(good, true)
	case "is_err_and":
		return truth(name == "Err", false)
	case "unwrap_or_else":
		if good {
			return in, true, nil
		}
		return otherwise(n.args[0])
	case "or":
		if good {
			return u, true, nil
		}
		v, err = ev.eval(n.args[0])
		return v, true, err
	case "or_else":
		if good {
			return u, true, nil
		}
		return otherwise(n.args[0])
	case "ok", "err":
		if (n.name == "ok") == (name == "Ok") && in != nil {
			return ev.some(in), true, nil
		}
		return ev.none(), true, nil
	case "ok_or", "ok_or_else":
		switch {
		case good:
			return ev.chosen("Ok", in), true, nil
		case n.name == "ok_or":
			v, err = ev.eval(n.args[0])
		default:
			v, err = ev.apply(n.args[0])
		}
		if err != nil {
			return nil, true, err
		}
		return ev.chosen("Err", v), true, nil
	case "flatten":
		if _, _, _, is, _ := ev.choice(n, in.orSelf(u)); good && is {
			return in, true, nil
		}
		return u, true, nil
	}
	if good { // unwrap_or_default
		return in, true, nil
	}
	return nil, false, nil
}

func (v *Variable) orSelf(other *Variable) *Variable {
	if v == nil {
		return other
	}
	return v
}

// applyTruth is apply for closures that decide.
func (ev *evaluator) applyTruth(f node, args ...*Variable) (bool, error) {
	for i, a := range args { // filter, find and the like lend what they ask about
		if !a.lent {
			c := *a
			c.lent = true
			args[i] = &c
		}
	}
	v, err := ev.apply(f, args...)
	if err != nil {
		return false, err
	}
	return ev.truth(knownExpr{at(f.column()), v})
}

// upgraded is what upgrade gives of a Weak: nil when nobody holds the value any more.
func (v *Variable) upgraded(sh *shape) (in *Variable, is bool) {
	if v.typ == nil || v.typ.lang != symbols.LangRust || !strings.HasPrefix(lastSegment(v.typ.name), "Weak") {
		return nil, false
	}
	if sh.err == nil && len(sh.fields) > 0 {
		return sh.fields[0], true
	}
	return nil, sh.err == nil
}

// sameOption compares where one side is an Option that an expression made: with another Option, or, since a person may
// leave unwrap out, with what is in it.
func (ev *evaluator) sameOption(n node, x, y *Variable) (bool, error) {
	if x.variant != "" {
		x, y = y, x
	}
	_, a, inA, isA, err := ev.choice(n, x)
	if err != nil || y.variant != "" { // None as a name
		return a == y.variant, err
	}
	_, b, inB, isB, err := ev.choice(n, y)
	if err != nil {
		return false, err
	}
	switch {
	case isA && isB && (a != b || inA == nil || inB == nil):
		return a == b, nil
	case isA && isB:
		return ev.equal(n, inA, inB)
	case isA && inA != nil:
		return ev.equal(n, inA, y)
	case isB && inB != nil:
		return ev.equal(n, x, inB)
	}
	return false, nil
}
