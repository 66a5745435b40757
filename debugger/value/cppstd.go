package value

import (
	"slices"
	"strconv"
	"strings"

	"sphex/debugger/symbols"
)

// standard evaluates the functions of C++'s library that only look into a value, and of which
// programs rarely have code: std::get, std::get_if, std::holds_alternative, std::size, std::empty.
// ok is false for any other.
func (ev *evaluator) standard(n invokeExpr, path string) (v *Variable, ok bool, err error) {
	if ev.lang() != symbols.LangCPP || len(n.args) != 1 {
		return nil, false, nil
	}
	name, which, _ := strings.Cut(strings.TrimPrefix(path, "std::"), "<")
	which = strings.TrimSpace(strings.TrimSuffix(which, ">"))
	switch name {
	case "size", "empty", "ssize":
		if which != "" || !strings.HasPrefix(path, "std::") {
			return nil, false, nil
		}
		x, err := ev.eval(n.args[0])
		if err != nil {
			return nil, true, err
		}
		method := map[bool]string{true: "empty", false: "size"}[name == "empty"]
		v, err := ev.call(callExpr{n.at, knownExpr{n.at, x}, method, nil})
		return v, true, err
	case "get", "get_if", "holds_alternative":
	default:
		return nil, false, nil
	}
	if which == "" {
		return nil, false, nil
	}
	x, err := ev.eval(deborrowed(n.args[0]))
	if err != nil {
		return nil, true, err
	}
	if x.Unreadable != nil {
		return nil, true, ev.wrapErr(n, x.Unreadable)
	}
	if in, at, is := x.alternative(); is {
		switch holds := in != nil && isAlternative(in, at, which); {
		case name == "holds_alternative":
			return ev.truthVariable(holds), true, nil
		case holds && name == "get_if":
			v, err := ev.addressOf(unaryExpr{n.at, "&", knownExpr{n.at, in}})
			return v, true, err
		case holds:
			return in, true, nil
		case in == nil:
			return nil, true, ev.fail(n, "the variant has no value")
		}
		return nil, true, ev.fail(n, "the variant holds alternative %d, %s", at, in.typ.short())
	}
	if name != "get" {
		return nil, true, ev.fail(n, "%s is no variant", x.typ.short())
	}
	if t := x.typ.strip(); t == nil || !hasPrefixOf(inlineStd.Replace(t.name), "std::tuple<", "std::pair<", "std::array<") {
		return nil, true, ev.fail(n, "%s is no tuple, pair, array or variant", x.typ.short())
	}
	sh := x.shape()
	parts := int64(len(sh.fields))
	if sh.elem != nil && sh.key == nil { // std::array
		parts = sh.count
	}
	part := func(i int64) *Variable {
		if sh.elem != nil {
			return sh.elem(i)
		}
		return sh.fields[i]
	}
	if i, err := strconv.ParseInt(which, 0, 32); err == nil {
		if i < 0 || i >= parts {
			return nil, true, ev.fail(n, "%s has %d parts", x.typ.short(), parts)
		}
		return part(i), true, nil
	}
	if sh.elem == nil {
		for i := range parts {
			if isType(part(i).typ, which) {
				return part(i), true, nil
			}
		}
	}
	return nil, true, ev.fail(n, "%s has no part of type %s", x.typ.short(), which)
}

// alternative is what a std::variant holds, and its number; nil when it has no value. is tells
// whether v is a variant that can be read.
func (v *Variable) alternative() (in *Variable, at int64, is bool) {
	t := v.typ.strip()
	if t == nil || !strings.HasPrefix(inlineStd.Replace(t.name), "std::variant<") {
		return nil, 0, false
	}
	index := v.find("__index", 14)
	sh := v.shape()
	if index == nil || sh.err != nil {
		return nil, 0, false
	}
	if sh.style != styleInner {
		return nil, 0, sh.text == "valueless"
	}
	n, err := index.uint()
	return sh.inner, int64(n), err == nil
}

func isAlternative(in *Variable, at int64, which string) bool {
	if i, err := strconv.ParseInt(which, 0, 32); err == nil {
		return i == at
	}
	return isType(in.typ, which)
}

// isType compares a type with how a person writes it: in full, or without namespaces.
func isType(t *Type, name string) bool {
	return t.short() == ShortTypeName(name) || t.strip().short() == ShortTypeName(name)
}

func hasPrefixOf(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}
