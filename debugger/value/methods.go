package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// call evaluates x.name(args): a method that needs no code to run, since the value is known here
// as the program knows it, or else one of the program's functions.
func (ev *evaluator) call(n callExpr) (*Variable, error) {
	if file, ok := n.x.(nameRef); ok && strings.Contains(n.name, "::") { // file.c::f()
		if list := ev.functionsOfFile(file.path + "." + n.name); len(list) > 0 {
			args, err := ev.arguments(n.args)
			if err != nil {
				return nil, err
			}
			return ev.callOneOf(n, list, args)
		}
	}
	if ev.lang() == symbols.LangRust {
		if l, ok := n.x.(listLit); ok && !l.tuple { // [1, 2].contains(&x)
			x, err := ev.listOf(l)
			if err != nil {
				return nil, err
			}
			n.x = knownExpr{l.at, x}
		}
		v, x, err := ev.sequenceCall(n)
		if v != nil || err != nil {
			return v, err
		}
		if x != nil { // which has been evaluated
			return ev.callOn(n, x)
		}
	}
	return ev.callPlain(n)
}

// callPlain is call for what is no method of iterators.
func (ev *evaluator) callPlain(n callExpr) (*Variable, error) {
	x, err := ev.eval(n.x)
	if err != nil {
		return nil, err
	}
	if x.Unreadable != nil {
		return nil, ev.wrapErr(n, x.Unreadable)
	}
	if from, ok := n.x.(callExpr); ok && ev.lang() == symbols.LangRust && (n.name == "unwrap" || n.name == "expect") {
		switch from.name {
		case "get", "lock", "read", "write", "try_borrow", "try_lock": // here, they give the value itself, or an error
			if x.madeVariant() == "" {
				return x, nil
			}
		}
	}
	n.x = knownExpr{at(n.x.column()), x}
	if f := x.member(n.name); f != nil { // a field that is a pointer to a function
		if t := f.typ.strip(); t != nil && t.kind == typePointer && f.depth == 0 {
			if e := t.Elem().strip(); e != nil && e.kind == typeFunc {
				return ev.callPointer(n, f, n.args)
			}
		}
	}
	if ev.vis != nil {
		if v, ok, err := ev.visCall(n, x); ok || err != nil {
			return v, err
		}
	}
	if ev.lang() == symbols.LangRust {
		if v, ok, err := ev.optionMethod(n, x); ok || err != nil {
			return v, err
		}
		if v, ok, err := ev.documentMethod(n, x); ok || err != nil {
			return v, err
		}
		if v, ok, err := ev.flagsMethod(n, x); ok || err != nil {
			return v, err
		}
		if v, ok, err := ev.partialMethod(n, x); ok || err != nil {
			return v, err
		}
		if c := borrowed(x); c != x && !strings.HasPrefix(n.name, "is_borrowed") && !strings.HasPrefix(n.name, "is_owned") {
			n.x, x = knownExpr{at(n.x.column()), c}, c
		}
		if len(n.args) == 0 {
			u := x.unwrapped()
			if v, ok, err := ev.rustPlainMethod(n, u, u.shape()); ok || err != nil {
				return v, err
			}
		}
	}
	if v, ok, err := ev.known(n, x); ok || err != nil {
		return v, err
	}
	if ev.lang() == symbols.LangCPP && len(n.args) == 0 {
		if v, ok, err := ev.cppPlainMethod(n, x, x.unwrapped()); ok || err != nil {
			return v, err
		}
	}
	switch x.madeVariant() {
	case "Some", "Ok": // a person may leave unwrap out
		return ev.call(callExpr{n.at, knownExpr{at(n.column()), x.spared()}, n.name, n.args})
	case "None":
		return nil, ev.fail(n, "the value is None")
	}
	if t := x.typ.strip(); t != nil && t.kind == typePointer && t.Elem() != nil && x.made == nil { // (&x).len(), p->size()
		if y := x.as(t).deref(t.Elem()); y.Unreadable == nil {
			if v, ok, err := ev.known(n, y); ok || err != nil {
				return v, err
			}
		}
	}
	return ev.callMethod(n, x)
}

func (ev *evaluator) truthVariable(b bool) *Variable { return ev.variable(truthValue(b)) }

func (ev *evaluator) length(count int64) *Variable {
	s := scalar{basicType: basicType{classInt, 32, false}, i: intOf(count)}
	return ev.basic(s, map[bool]string{true: "usize", false: "size_t"}[ev.lang() == symbols.LangRust])
}

// known evaluates the methods of standard types. ok is false when the value is of no type that has it.
func (ev *evaluator) known(n callExpr, x *Variable) (v *Variable, ok bool, err error) {
	u := x.unwrapped()
	sh := u.shape()
	if v, ok, err := ev.cppTextMethod(n, u); ok || err != nil {
		return v, ok, err
	}
	if len(n.args) == 0 {
		return ev.knownPlain(n, x, u, sh)
	}
	if len(n.args) != 1 {
		return nil, false, nil
	}
	isMap, isList, isText := sh.key != nil, sh.elem != nil && sh.key == nil, sh.str != nil
	switch n.name {
	case "contains", "contains_key", "count", "starts_with", "ends_with", "find":
		switch {
		case isText && n.name != "contains_key" && n.name != "count":
			return ev.textMethod(n, u)
		case isMap && n.name != "starts_with" && n.name != "ends_with" && n.name != "find":
			_, found, err := ev.find(n, sh, n.args[0])
			return ev.countOrTruth(n, found), true, err
		case isList && (n.name == "contains" || n.name == "count"):
			_, found, err := ev.find(n, sh, n.args[0])
			return ev.countOrTruth(n, found), true, err
		case isList && (n.name == "starts_with" || n.name == "ends_with"):
			l, ok := deborrowed(n.args[0]).(listLit)
			if !ok || int64(len(l.list)) > sh.count {
				return ev.truthVariable(false), ok, nil
			}
			from := int64(0)
			if n.name == "ends_with" {
				from = sh.count - int64(len(l.list))
			}
			for i, m := range l.list {
				if eq, err := ev.sameAs(sh.elem(from+int64(i)), m, n); !eq || err != nil {
					return ev.truthVariable(false), true, err
				}
			}
			return ev.truthVariable(true), true, nil
		}
	case "get", "at", "nth":
		switch {
		case isMap:
			v, found, err := ev.find(n, sh, n.args[0])
			if err == nil && !found {
				err = ev.fail(n.args[0], "no such key")
			}
			return v, true, err
		case isList || isText:
			v, err := ev.index(indexExpr{n.at, n.x, n.args[0]})
			return v, true, err
		}
	case "expect":
		return ev.knownPlain(callExpr{n.at, n.x, "unwrap", nil}, x, u, sh)
	case "eq", "ne", "min", "max":
		if s, err := u.scalar(); err == nil && s.class != classNone {
			return ev.numberMethod(n)
		}
		if n.name == "eq" || n.name == "ne" {
			o, err := ev.equality(binaryExpr{n.at, map[string]string{"eq": "==", "ne": "!="}[n.name], n.x, deborrowed(n.args[0])})
			return ev.variable(o), true, err
		}
	case "unwrap_or", "value_or":
		if _, err := u.variantName(); err == nil || sh.kind == KindEnum {
			if v, ok, err := ev.knownPlain(callExpr{n.at, n.x, "unwrap", nil}, x, u, sh); ok && err == nil {
				return v, true, nil
			}
			v, err := ev.eval(n.args[0])
			return v, true, err
		}
	case "pow", "wrapping_add", "wrapping_sub", "wrapping_mul":
		if s, err := u.scalar(); err == nil && s.class == classInt {
			return ev.numberMethod(n)
		}
	}
	return nil, false, nil
}

func (ev *evaluator) countOrTruth(n callExpr, found bool) *Variable {
	if n.name == "count" {
		return ev.length(map[bool]int64{true: 1}[found])
	}
	return ev.truthVariable(found)
}

// deborrowed takes the & off an argument that a method wants by reference.
func deborrowed(n node) node {
	if u, ok := n.(unaryExpr); ok && u.op == "&" {
		return u.x
	}
	return n
}

// knownPlain evaluates the methods without arguments.
func (ev *evaluator) knownPlain(n callExpr, x, u *Variable, sh *shape) (v *Variable, ok bool, err error) {
	if n.name == "upgrade" {
		if in, is := u.upgraded(sh); is {
			return ev.option(in), true, nil
		}
	}
	switch n.name {
	case "borrow", "borrow_mut", "lock", "read", "write", "get", "get_mut", "try_borrow", "try_lock":
		if in, is := u.inCell(sh); in != nil {
			c := *in
			c.lent = n.name != "get" // but by Cell::get, which copies
			return &c, true, nil
		} else if is {
			return nil, true, ev.fail(n, "there is no value in %s", u)
		}
	}
	switch n.name {
	case "use_count":
		if use, _, ok := x.counted(); ok && ev.lang() == symbols.LangCPP {
			return ev.length(int64(use)), true, nil
		}
	case "strong_count", "weak_count": // of a Weak these are methods
		if v, err := ev.countIn(n, x, n.name); err == nil {
			return v, true, nil
		}
	case "iter", "into_iter", "iter_mut": // of which others are asked, as count and nth
		if sh.elem != nil && ev.lang() == symbols.LangRust {
			return u, true, nil
		}
	case "len", "size", "length", "is_empty", "empty", "count":
		if n.name == "count" && ev.lang() == symbols.LangCPP { // of a bitset, or of a duration
			if v, ok, err := ev.cppPlainMethod(n, x, u); ok || err != nil {
				return v, ok, err
			}
		}
		var count int64
		switch {
		case sh.str != nil && !sh.str.cstr:
			count = sh.str.n / int64(sh.str.width)
		case sh.elem != nil:
			count = sh.count
		default:
			return nil, false, nil
		}
		if strings.HasSuffix(n.name, "empty") {
			return ev.truthVariable(count == 0), true, nil
		}
		return ev.length(count), true, nil
	case "first", "front", "last", "back":
		if sh.elem == nil || sh.key != nil {
			return nil, false, nil
		}
		if sh.count == 0 {
			return nil, true, ev.fail(n, "it is empty")
		}
		if n.name == "first" || n.name == "front" {
			return sh.elem(0), true, nil
		}
		return sh.elem(sh.count - 1), true, nil
	case "is_some", "is_none", "is_ok", "is_err":
		want := map[string]string{"is_some": "Some", "is_none": "None", "is_ok": "Ok", "is_err": "Err"}[n.name]
		if t := u.typ.strip(); t == nil || !t.hasVariant(want) {
			return nil, false, nil
		}
		name, err := u.variantName()
		if err != nil {
			return nil, true, ev.wrapErr(n, err)
		}
		return ev.truthVariable(name == want), true, nil
	case "unwrap", "unwrap_err", "unwrap_unchecked", "value":
		if t := u.typ.strip(); t != nil && (t.hasVariant("Some") || t.hasVariant("Ok")) && n.name != "value" {
			name, err := u.variantName()
			if err != nil {
				return nil, true, ev.wrapErr(n, err)
			}
			good := name == "Some" || name == "Ok"
			if n.name == "unwrap_err" {
				good = name == "Err"
			}
			if good && len(sh.fields) == 1 {
				return sh.fields[0], true, nil
			}
			return nil, true, ev.fail(n, "the value is %s", name)
		}
		if n.name == "value" && isOptional(x) {
			if u.shape().text == "nullopt" {
				return nil, true, ev.fail(n, "the optional is empty")
			}
			return u, true, nil
		}
	case "has_value":
		if isOptional(x) {
			return ev.truthVariable(u.shape().text != "nullopt"), true, nil
		}
	case "get":
		if p := u.typ.strip(); x != u && ev.lang() == symbols.LangCPP && p != nil && p.kind == typePointer && x.ownsArray() {
			return u, true, nil
		}
		if x != u && ev.lang() == symbols.LangCPP { // a smart pointer, which * and -> go through
			return x, true, nil
		}
		if x != u { // a cell: what it holds
			return u, true, nil
		}
	case "as_ref", "as_mut", "as_str", "as_string", "as_slice", "as_bytes", "clone", "cloned", "copied", "borrow", "borrow_mut", "deref", "to_string", "to_owned", "lock", "read", "c_str", "data", "as_deref", "load":
		if n.name == "lock" && x != u && ev.lang() == symbols.LangCPP { // a weak_ptr
			return x, true, nil
		}
		standard := x != u || sh.str != nil || sh.elem != nil
		if s, err := u.scalar(); err == nil && s.class != classNone {
			standard = standard || n.name == "clone" || n.name == "to_owned" || n.name == "load"
		}
		if t := u.typ.strip(); t != nil && (t.hasVariant("Some") || t.hasVariant("Ok")) {
			standard = standard || n.name != "to_string"
		}
		if standard {
			return u, true, nil
		}
	case "abs", "unsigned_abs", "is_positive", "is_negative", "is_nan", "is_ascii_digit", "is_null", "is_infinite", "sqrt", "floor", "ceil", "to_bits", "count_ones", "leading_zeros", "trailing_zeros":
		if s, err := u.scalar(); err == nil && s.class != classNone {
			return ev.numberMethod(n)
		}
	}
	return nil, false, nil
}

// isOptional reports whether a value is an optional of C++.
func isOptional(x *Variable) bool {
	t := x.typ.strip()
	return t != nil && strings.HasPrefix(inlineStd.Replace(t.name), "std::optional<")
}

// textMethod evaluates the methods that look into a string.
func (ev *evaluator) textMethod(n callExpr, u *Variable) (*Variable, bool, error) {
	a, cut, err := u.scope.readText(u.shape().str, maxRead)
	if err != nil {
		return nil, true, ev.wrapErr(n, err)
	}
	arg, err := ev.eval(n.args[0])
	if err != nil {
		return nil, true, err
	}
	var b string
	if s, err := arg.unwrapped().scalar(); err == nil && s.class != classFloat {
		c, _ := s.i.int64()
		b = string(rune(c))
	} else if str := arg.unwrapped().shape().str; str != nil {
		if b, _, err = arg.scope.readText(str, maxRead); err != nil {
			return nil, true, ev.wrapErr(n, err)
		}
	} else {
		return nil, true, ev.fail(n.args[0], "%s is no text", arg.typ.short())
	}
	switch n.name {
	case "starts_with":
		return ev.truthVariable(strings.HasPrefix(a, b)), true, nil
	case "ends_with":
		if cut {
			break
		}
		return ev.truthVariable(strings.HasSuffix(a, b)), true, nil
	case "contains":
		if found := strings.Contains(a, b); found || !cut {
			return ev.truthVariable(found), true, nil
		}
	case "find":
		i := strings.Index(a, b)
		if i < 0 {
			return nil, true, ev.fail(n, "it does not contain %q", b)
		}
		return ev.length(int64(i)), true, nil
	}
	return nil, true, ev.fail(n, "the string is too long to look through")
}
