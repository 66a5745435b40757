package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Values of documents in Rust, whose type is found as a program runs: serde_json::Value, and those of toml and serde_yaml. They are
// enums with a variant for each kind. An expression may ask them as the program does, without its functions, most of which
// are inlined everywhere, and compare them with what they hold.

// documentMethods are the methods that ask for a kind, as_x and is_x, with the variants that are of it.
var documentMethods = map[string][]string{
	"null": {"Null"}, "bool": {"Bool", "Boolean"}, "boolean": {"Bool", "Boolean"},
	"number": {"Number"}, "i64": {"Number"}, "u64": {"Number"}, "f64": {"Number"}, "integer": {"Integer"}, "float": {"Float"},
	"str": {"String"}, "string": {"String"}, "datetime": {"Datetime"},
	"array": {"Array"}, "sequence": {"Sequence"}, "object": {"Object"}, "table": {"Table"}, "mapping": {"Mapping"},
}

// document is the variant of a document's value and what is in it, nil if nothing is. ok is false for other values.
func (v *Variable) document() (variant string, in *Variable, ok bool) {
	u := v.unwrapped()
	if u.Unreadable != nil {
		return "", nil, false
	}
	t := u.typ.strip()
	if t == nil || t.kind != typeStruct || t.lang != symbols.LangRust || lastSegment(t.nameOrNone()) != "Value" ||
		!t.hasVariant("String") || !t.hasVariant("Array") && !t.hasVariant("Sequence") {
		return "", nil, false
	}
	variant, err := u.variantName()
	if err != nil {
		return "", nil, false
	}
	if f := u.shape().fields; len(f) == 1 {
		in = f[0]
	}
	return variant, in, true
}

// number is the number in what a document's Number holds, and the name of its variant there: PosInt, NegInt or Float.
func (v *Variable) documentNumber() (number *Variable, variant string) {
	for range 4 {
		v = v.unwrapped()
		if _, err := v.scalar(); err == nil && v.variant == "" && len(v.typ.strip().load().variants) == 0 {
			return v, variant
		}
		if name, err := v.variantName(); err == nil {
			variant = name
		} else if n := v.fieldNamed("n"); n != nil {
			v = n
			continue
		}
		f := v.shape().fields
		if len(f) != 1 {
			break
		}
		v = f[0]
	}
	return nil, ""
}

// documentMethod evaluates a method of a document's value.
func (ev *evaluator) documentMethod(n callExpr, x *Variable) (v *Variable, ok bool, err error) {
	way, kind, cut := strings.Cut(n.name, "_")
	want := documentMethods[kind]
	asks := cut && (way == "as" || way == "is") && len(want) > 0 && len(n.args) == 0
	if !asks && (n.name != "get" || len(n.args) != 1) {
		return nil, false, nil
	}
	variant, in, ok := x.document()
	if !ok {
		return nil, false, nil
	}
	if !asks {
		return ev.documentElement(n, in)
	}
	is := false
	for _, w := range want {
		is = is || w == variant
	}
	var number *Variable
	var of string
	if is && (kind == "i64" || kind == "u64" || kind == "f64") {
		number, of = in.documentNumber()
		if number == nil {
			return nil, false, nil
		}
		s, err := number.scalar()
		if err != nil {
			return nil, true, ev.wrapErr(n, err)
		}
		switch {
		case kind == "f64" && way == "is":
			is = of == "Float"
		case kind == "f64":
			number = ev.basic(s.convert(basicType{classFloat, 64, true}), "f64")
		case of == "Float":
			is = false
		default:
			is = s.i.fits(basicType{classInt, 64, kind == "i64"})
			number = ev.basic(s.convert(basicType{classInt, 64, kind == "i64"}), kind)
		}
		in = number
	}
	switch {
	case way == "is":
		return ev.truthVariable(is), true, nil
	case !is:
		return ev.none(), true, nil
	case in == nil: // as_null
		return ev.some(ev.list(nil)), true, nil
	}
	return ev.some(in), true, nil
}

// documentElement evaluates v.get(key) and v.get(0).
func (ev *evaluator) documentElement(n callExpr, in *Variable) (v *Variable, ok bool, err error) {
	i, err := ev.eval(n.args[0])
	if err != nil {
		return nil, true, err
	}
	if in == nil || in.unwrapped().shape().elem == nil || (i.unwrapped().shape().str != nil) != (in.unwrapped().shape().key != nil) {
		return ev.none(), true, nil
	}
	if sh := in.unwrapped().shape(); sh.key != nil {
		e, found, err := ev.find(n, sh, knownExpr{at(n.args[0].column()), i})
		if err != nil || !found {
			return ev.none(), true, err
		}
		return ev.some(e), true, nil
	}
	if at, err := i.uint(); err != nil || at >= uint64(in.unwrapped().shape().count) {
		return ev.none(), true, nil
	}
	e, err := ev.index(indexExpr{at: n.at, x: knownExpr{n.at, in}, i: knownExpr{at(n.args[0].column()), i}})
	if err != nil {
		return nil, true, err
	}
	return ev.some(e), true, nil
}

// documentEquals compares a document's value with what one may hold. ok is false when it is another comparison.
func (ev *evaluator) documentEquals(n binaryExpr, x, y *operand) (eq, ok bool, err error) {
	if y.v != nil && x.v != nil {
		if _, _, is := y.v.document(); is {
			if _, _, both := x.v.document(); both {
				return false, false, nil
			}
		}
	}
	for range 2 {
		if x.v != nil {
			if variant, in, is := x.v.document(); is {
				if in == nil {
					return false, true, nil
				}
				return ev.holds(n, variant, in, y)
			}
		}
		x, y = y, x
	}
	return false, false, nil
}

// holds compares what is in a variant of a document's value with another value, which is of another kind if it can't be compared.
func (ev *evaluator) holds(n binaryExpr, variant string, in *Variable, y *operand) (eq, ok bool, err error) {
	s, isNumber := y.scalar, ev.isNumber(y)
	if isNumber {
		s = y.scalar
	}
	isText := y.v != nil && y.v.unwrapped().shape().str != nil
	switch variant {
	case "Bool", "Boolean", "Integer", "Float", "Number":
		number, _ := in.documentNumber()
		if number == nil || !isNumber || (s.class == classBool) != (variant[0] == 'B') {
			return false, true, nil
		}
		held, err := number.scalar()
		if err != nil {
			return false, true, ev.wrapErr(n, err)
		}
		eq, err = ev.sameNumber(n.at, held, s)
		return eq, true, err
	case "String":
		if !isText {
			return false, true, nil
		}
	default:
		if isNumber || isText {
			return false, true, nil
		}
	}
	eq, err = ev.equal(n, in, ev.variable(*y))
	return eq, true, err
}
