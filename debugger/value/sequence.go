package value

import (
	"strings"
	"unicode/utf8"

	"sphex/debugger/symbols"
)

// Iterators of Rust in expressions: order.lines.iter().map(|l| l.qty).sum(). They are drawn here, element by
// element, from the containers as they are shown; no code of the program runs for them.

// sequence gives one value after the other, nil at its end.
type sequence func() (*Variable, error)

// drawn methods make a sequence of a sequence, or of a container; ended ones make one value of it. The numbers
// are those of their arguments.
var (
	drawnMethods = map[string]int{
		"iter": 0, "into_iter": 0, "iter_mut": 0, "by_ref": 0, "cloned": 0, "copied": 0, "fuse": 0, "peekable": 0,
		"map": 1, "filter": 1, "filter_map": 1, "flat_map": 1, "take_while": 1, "skip_while": 1, "map_while": 1, "flatten": 0,
		"enumerate": 0, "rev": 0, "skip": 1, "take": 1, "step_by": 1, "zip": 1, "chain": 1, "cycle": 0, "windows": 1, "chunks": 1,
		"keys": 0, "values": 0, "values_mut": 0, "into_keys": 0, "into_values": 0, "chars": 0, "bytes": 0, "char_indices": 0, "lines": 0, "split": 1, "split_whitespace": 0,
		"sorted": 0,
	}
	endedMethods = map[string]int{
		"sum": 0, "product": 0, "count": 0, "min": 0, "max": 0, "min_by_key": 1, "max_by_key": 1, "any": 1, "all": 1, "find": 1, "find_map": 1,
		"position": 1, "fold": 2, "next": 0, "peek": 0, "last": 0, "first": 0, "front": 0, "back": 0, "nth": 1, "get": 1, "collect": 0, "to_vec": 0, "collect_vec": 0, "join": 1, "concat": 0,
	}
)

// sequenceCall evaluates a method of iterators and slices. When x.name() is none, x is what n.x is.
func (ev *evaluator) sequenceCall(n callExpr) (v, x *Variable, err error) {
	if want, ended := endedMethods[n.name]; ended && want == len(n.args) {
		s, x, err := ev.sequence(n.x)
		if err != nil || s == nil {
			return nil, x, err
		}
		if x != nil { // a container itself, whose methods of the name are others
			switch n.name {
			case "get", "first", "last", "front", "back", "nth":
				v, err = ev.elementOf(n, x)
				return v, x, err
			case "count", "next", "find":
				return nil, x, nil
			}
		}
		v, err = ev.once(effect{column: n.column(), kind: '|'}, func() (*Variable, error) { return ev.end(n, s) })
		return v, x, err
	}
	if want, drawn := drawnMethods[n.name]; !drawn || want != len(n.args) {
		return nil, nil, nil
	}
	switch n.name {
	case "iter", "into_iter", "iter_mut", "keys", "values", "into_keys", "into_values", "values_mut":
		s, x, err := ev.sequence(n.x)
		if err != nil || s == nil {
			return nil, x, err
		}
		if x != nil && ev.isContainer(n, x) {
			return ev.wholeBy(n, x), x, nil
		}
	}
	s, x, err := ev.sequence(n)
	if err != nil {
		return nil, nil, err
	}
	if x != nil { // a method of something else
		return x, nil, nil
	}
	v, err = ev.once(effect{column: n.column(), kind: '|'}, func() (*Variable, error) { return ev.collected(n, s) })
	return v, nil, err
}

// wholeBy is a container by an iterator over all of it, nil if it has none of that name. It is read when it is shown.
func (ev *evaluator) wholeBy(n callExpr, x *Variable) *Variable {
	u := x.unwrapped()
	sh := u.shape()
	at := sh.elem
	switch {
	case n.name == "iter" || n.name == "into_iter" || n.name == "iter_mut":
		return u
	case sh.key == nil:
		return nil
	case n.name == "keys" || n.name == "into_keys":
		at = sh.key
	}
	v := ev.list(nil)
	v.made = func() *shape {
		return &shape{kind: KindArray, style: styleList, count: sh.count, elem: func(i int64) *Variable {
			c := *at(i)
			c.Name = "[" + itoa(i) + "]"
			return &c
		}}
	}
	return v
}

// sequence is what n draws from. s is nil when n is no sequence; x is n's value, if it has one without being drawn.
func (ev *evaluator) sequence(n node) (s sequence, x *Variable, err error) {
	if err := ev.step(n); err != nil {
		return nil, nil, err
	}
	switch n := n.(type) {
	case listLit:
		if x, err = ev.listOf(n); err != nil {
			return nil, nil, err
		}
		return ev.drawn(n, x), x, nil
	case rangeExpr:
		if n.x == nil {
			s, err = ev.numbers(n, n.lo, n.hi, n.inclusive)
			return s, nil, err
		}
	case callExpr:
		if want, ok := drawnMethods[n.name]; ok && want == len(n.args) {
			if n.name == "rev" {
				if s, err := ev.backwards(n); s != nil || err != nil {
					return s, nil, err
				}
			}
			in, x, err := ev.sequence(n.x)
			if err != nil {
				return nil, nil, err
			}
			if in == nil && (x == nil || x.unwrapped().shape().str == nil) || x != nil && !ev.isContainer(n, x) {
				if x, err = ev.callOn(n, x); err != nil {
					return nil, nil, err
				}
				return ev.drawn(n, x), x, nil
			}
			if s, err = ev.adapt(n, in, x); err != nil || s != nil {
				return s, nil, err
			}
			if x, err = ev.callOn(n, x); err != nil {
				return nil, nil, err
			}
			return ev.drawn(n, x), x, nil
		}
	}
	if x, err = ev.eval(n); err != nil {
		return nil, nil, err
	}
	return ev.drawn(n, x), x, nil
}

// callOn is the value of a method that turned out not to be one of a sequence.
func (ev *evaluator) callOn(n callExpr, x *Variable) (*Variable, error) {
	if x != nil {
		n.x = knownExpr{at(n.x.column()), x}
	}
	return ev.callPlain(n)
}

// isContainer reports whether the methods of sequences may be meant: those of an Option have the same names.
func (ev *evaluator) isContainer(n callExpr, x *Variable) bool {
	if x.Unreadable != nil {
		return false
	}
	_, _, _, choice, _ := ev.choice(n, x)
	return !choice
}

// drawn is a value as a sequence, nil if it is none.
func (ev *evaluator) drawn(n node, x *Variable) sequence {
	if x.Unreadable != nil {
		return nil
	}
	u := x.unwrapped()
	sh := u.shape()
	switch {
	case sh.err != nil || sh.str != nil && sh.elem == nil:
		return nil
	case sh.elem != nil:
		ev.grant(sh.count)
	}
	switch {
	case sh.elem != nil && sh.key != nil:
		return ev.listed(n, sh.count, func(i int64) *Variable { return ev.tuple(sh.key(i), sh.elem(i)) })
	case sh.elem != nil:
		return ev.listed(n, sh.count, sh.elem)
	}
	t := u.typ.strip()
	if t == nil || t.kind != typeStruct || t.lang != symbols.LangRust {
		return nil
	}
	if name := lastSegment(t.name); strings.HasPrefix(name, "Range") && strings.Contains(t.name, "::range::") {
		lo, hi := u.fieldNamed("start"), u.fieldNamed("end")
		if lo != nil && (hi != nil || name == "RangeFrom") {
			var to node
			if hi != nil {
				to = knownExpr{at(n.column()), hi}
			}
			s, err := ev.numbers(n, knownExpr{at(n.column()), lo}, to, name == "RangeInclusive")
			if err == nil {
				return s
			}
		}
	}
	if _, _, in, ok, err := ev.choice(n, x); ok && err == nil {
		if name, _ := u.variantName(); in == nil || name != "Some" && name != "Ok" {
			return ev.listed(n, 0, nil)
		}
		return ev.listed(n, 1, func(int64) *Variable { return in })
	}
	return nil
}

// listed is a sequence of count elements.
func (ev *evaluator) listed(n node, count int64, elem func(int64) *Variable) sequence {
	i := int64(0)
	return func() (*Variable, error) {
		if i >= count {
			return nil, nil
		}
		if err := ev.step(n); err != nil {
			return nil, err
		}
		e := elem(i)
		i++
		if e.Unreadable != nil {
			return nil, ev.wrapErr(n, e.Unreadable)
		}
		c := *e
		c.lent = true
		return &c, nil
	}
}

// backwards is list.iter().rev(), which takes elements from the list's end and collects none. It is nil for what is no list.
func (ev *evaluator) backwards(n callExpr) (sequence, error) {
	from, ok := n.x.(callExpr)
	for ok && len(from.args) == 0 && (from.name == "copied" || from.name == "cloned") {
		from, ok = from.x.(callExpr)
	}
	if !ok || len(from.args) > 0 || from.name != "iter" && from.name != "iter_mut" && from.name != "into_iter" {
		return nil, nil
	}
	switch inner := from.x.(type) {
	case callExpr:
		if _, drawn := drawnMethods[inner.name]; drawn {
			return nil, nil
		}
	case listLit, rangeExpr:
		return nil, nil
	}
	x, err := ev.eval(from.x)
	if err != nil || x.Unreadable != nil || !ev.isContainer(from, x) {
		return nil, err
	}
	sh := x.unwrapped().shape()
	if sh.elem == nil || sh.key != nil || sh.err != nil {
		return nil, nil
	}
	ev.grant(sh.count)
	return ev.listed(n, sh.count, func(i int64) *Variable { return sh.elem(sh.count - 1 - i) }), nil
}

// numbers is lo..hi; without hi it has no end.
func (ev *evaluator) numbers(n, lo, hi node, inclusive bool) (sequence, error) {
	if lo == nil {
		return nil, ev.fail(n, "a range without a start gives no values")
	}
	a, err := ev.operand(lo)
	if err != nil {
		return nil, err
	}
	like := a
	var b operand
	if hi != nil {
		if b, err = ev.operand(hi); err != nil {
			return nil, err
		}
		if a.untyped {
			like = b
		}
	}
	if a.class == classFloat || hi != nil && b.class == classFloat {
		return nil, ev.fail(n, "a range of floats gives no values")
	}
	i := a.i
	return func() (*Variable, error) {
		if hi != nil {
			if c := i.cmp(b.i); c > 0 || c == 0 && !inclusive {
				return nil, nil
			}
		}
		if err := ev.step(n); err != nil {
			return nil, err
		}
		v := ev.variable(operand{scalar: scalar{basicType: like.basicType, i: i, untyped: a.untyped && b.untyped}, like: like.like})
		i = i.add(intOf(1))
		return v, nil
	}, nil
}

// tuple is (a, b).
func (ev *evaluator) tuple(parts ...*Variable) *Variable { return ev.scope.tuple(parts...) }

func (s *Scope) tuple(parts ...*Variable) *Variable {
	v := s.make("", "", nil, location{})
	v.typ = &Type{kind: typeStruct, size: -1, lang: symbols.LangRust, types: s.Types, count: -1}
	names := make([]string, len(parts))
	fields := make([]*Variable, len(parts))
	for i, p := range parts {
		c := *p
		c.Name, c.lent = itoa(int64(i)), true
		fields[i], names[i] = &c, p.typ.fullTypeName()
	}
	v.typ.name = "(" + strings.Join(names, ", ") + ")"
	v.made = func() *shape { return &shape{kind: KindTuple, style: styleTuple, fields: fields} }
	return v
}

// list is a list of values that an expression has made.
func (ev *evaluator) list(values []*Variable) *Variable {
	of := (*Type)(nil)
	if len(values) > 0 {
		of = values[0].typ
	}
	v := ev.scope.make("", "", nil, location{})
	v.typ = &Type{kind: typeStruct, name: "alloc::vec::Vec<" + of.fullTypeName() + ">", size: -1, lang: symbols.LangRust, types: ev.scope.Types, count: -1}
	v.made = func() *shape {
		return &shape{kind: KindArray, style: styleList, count: int64(len(values)), elem: func(i int64) *Variable {
			c := *values[i]
			c.Name = "[" + itoa(i) + "]"
			return &c
		}}
	}
	return v
}

// listOf is a list as it is written.
func (ev *evaluator) listOf(n listLit) (*Variable, error) {
	values := make([]*Variable, len(n.list))
	for i, m := range n.list {
		v, err := ev.eval(m)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return ev.list(values), nil
}

// madeText is a string that an expression has made.
func (ev *evaluator) madeText(s string) *Variable { return ev.stringLit(stringLit{val: s}) }

func (ev *evaluator) collected(n node, s sequence) (*Variable, error) {
	list, err := ev.drain(n, s)
	if err != nil {
		return nil, err
	}
	return ev.list(list), nil
}

// drain draws all of a sequence.
func (ev *evaluator) drain(n node, s sequence) ([]*Variable, error) {
	var list []*Variable
	for {
		v, err := s()
		if v == nil || err != nil {
			return list, err
		}
		if err := ev.step(n); err != nil {
			return nil, err
		}
		if list = append(list, v); len(list) > maxCollected {
			return nil, ev.fail(n, "more than %d values are not collected; sum, count, any and the like take them one by one", maxCollected)
		}
	}
}

// maxCollected is how many values an expression makes a list of.
const maxCollected = 50_000

// textParts is what the methods of a string give.
func (ev *evaluator) textParts(n callExpr, x *Variable) (sequence, error) {
	text, err := ev.textOf(n, x)
	if err != nil {
		return nil, err
	}
	strs := func(parts []string) sequence {
		return ev.listed(n, int64(len(parts)), func(i int64) *Variable { return ev.madeText(parts[i]) })
	}
	char := func(r rune) *Variable {
		return ev.basic(scalar{basicType: basicType{classChar, 32, false}, i: intOf(int64(r))}, "char")
	}
	switch n.name {
	case "chars":
		list := []rune(text)
		return ev.listed(n, int64(len(list)), func(i int64) *Variable { return char(list[i]) }), nil
	case "bytes":
		return ev.listed(n, int64(len(text)), func(i int64) *Variable {
			return ev.basic(scalar{basicType: basicType{classInt, 8, false}, i: intOf(int64(text[i]))}, "u8")
		}), nil
	case "char_indices":
		at := 0
		return func() (*Variable, error) {
			if at >= len(text) {
				return nil, nil
			}
			r, size := utf8.DecodeRuneInString(text[at:])
			v := ev.tuple(ev.length(int64(at)), char(r))
			at += size
			return v, ev.step(n)
		}, nil
	case "lines":
		if text == "" {
			return strs(nil), nil
		}
		return strs(strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n")), nil
	case "split_whitespace":
		return strs(strings.Fields(text)), nil
	case "split":
		if _, closure := n.args[0].(closureExpr); closure {
			return nil, nil
		}
		by, err := ev.eval(deborrowed(n.args[0]))
		if err != nil {
			return nil, err
		}
		sep, err := ev.textOf(n, by)
		if err != nil {
			return nil, err
		}
		parts := strings.Split(text, sep)
		if sep == "" { // matches before and behind each character
			parts = append(append([]string{""}, parts...), "")
		}
		return strs(parts), nil
	}
	return nil, nil
}

// textOf is the text of a string or a character.
func (ev *evaluator) textOf(n node, x *Variable) (string, error) {
	u := x.unwrapped()
	if s, err := u.scalar(); err == nil && s.class == classChar {
		c, _ := s.i.int64()
		return string(rune(c)), nil
	}
	str := u.shape().str
	if str == nil {
		return "", ev.fail(n, "%s is no text", x.typ.short())
	}
	text, cut, err := u.scope.readText(str, maxRead)
	if err != nil {
		return "", ev.wrapErr(n, err)
	}
	if cut {
		return "", ev.fail(n, "the string is too long to look through")
	}
	return text, nil
}
