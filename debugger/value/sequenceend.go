package value

import (
	"sort"
	"strings"
)

// end makes one value of a sequence.
func (ev *evaluator) end(n callExpr, s sequence) (*Variable, error) {
	switch n.name {
	case "sum", "product", "fold":
		return ev.folded(n, s)
	case "count":
		count := int64(0)
		for ; ; count++ {
			if v, err := s(); v == nil || err != nil {
				return ev.length(count), err
			}
		}
	case "min", "max", "min_by_key", "max_by_key":
		return ev.extreme(n, s)
	case "any", "all":
		for {
			v, err := s()
			if v == nil || err != nil {
				return ev.truthVariable(n.name == "all"), err
			}
			yes, err := ev.applyTruth(n.args[0], v)
			if err != nil || yes == (n.name == "any") {
				return ev.truthVariable(yes), err
			}
		}
	case "find", "position", "find_map":
		for i := int64(0); ; i++ {
			v, err := s()
			if v == nil || err != nil {
				return ev.none(), err
			}
			if n.name == "find_map" {
				r, err := ev.apply(n.args[0], v)
				if err != nil {
					return nil, err
				}
				if _, name, _, ok, err := ev.choice(n, r); err != nil || !ok || name == "Some" {
					return r, err
				}
				continue
			}
			yes, err := ev.applyTruth(n.args[0], v)
			switch {
			case err != nil:
				return nil, err
			case yes && n.name == "find":
				return ev.some(v), nil
			case yes:
				return ev.some(ev.length(i)), nil
			}
		}
	case "next", "peek", "first", "front":
		v, err := s()
		return ev.option(v), err
	case "last", "back":
		var last *Variable
		for {
			v, err := s()
			if v == nil || err != nil {
				return ev.option(last), err
			}
			last = v
		}
	case "nth", "get":
		k, err := ev.operand(n.args[0])
		if err != nil {
			return nil, err
		}
		at, ok := k.i.int64()
		if !ok || at < 0 {
			return nil, ev.fail(n.args[0], "%v is no index", k.i)
		}
		for i := int64(0); ; i++ {
			v, err := s()
			if v == nil || err != nil || i == at {
				return ev.option(v), err
			}
		}
	case "collect", "to_vec", "collect_vec":
		return ev.collected(n, s)
	}
	sep := "" // join, concat
	if len(n.args) > 0 {
		by, err := ev.eval(deborrowed(n.args[0]))
		if err != nil {
			return nil, err
		}
		if sep, err = ev.textOf(n.args[0], by); err != nil {
			return nil, err
		}
	}
	list, err := ev.drain(n, s)
	if err != nil {
		return nil, err
	}
	parts := make([]string, len(list))
	size := 0
	for i, v := range list {
		if parts[i], err = ev.textOf(n, v); err != nil {
			parts[i] = v.String()
		}
		if size += len(parts[i]) + len(sep); size > maxRead {
			return nil, ev.fail(n, "the string would be too long")
		}
	}
	return ev.madeText(strings.Join(parts, sep)), nil
}

// elementOf is first, last, nth and get of a container: an Option.
func (ev *evaluator) elementOf(n callExpr, x *Variable) (*Variable, error) {
	sh := x.unwrapped().shape()
	if sh.key != nil && n.name == "get" {
		v, found, err := ev.find(n, sh, n.args[0])
		if err == nil && !found {
			v = nil
		}
		if v != nil {
			c := *v
			c.lent, v = true, &c
		}
		return ev.option(v), err
	}
	if sh.elem == nil || sh.key != nil {
		return nil, nil
	}
	at := int64(0)
	switch n.name {
	case "last", "back":
		at = sh.count - 1
	case "get", "nth":
		if r, ok := n.args[0].(rangeExpr); ok && r.x == nil {
			r.x = knownExpr{n.at, x}
			v, err := ev.slice(r)
			if err != nil {
				return nil, err
			}
			return ev.some(v), nil
		}
		if sh.style == styleSet { // a set is asked for an equal element
			v, found, err := ev.find(n, sh, n.args[0])
			if err == nil && !found {
				v = nil
			}
			return ev.option(v), err
		}
		k, err := ev.operand(n.args[0])
		if err != nil {
			return nil, err
		}
		i, ok := k.i.int64()
		if !ok || i < 0 {
			return nil, ev.fail(n.args[0], "%v is no index", k.i)
		}
		at = i
	}
	if at < 0 || at >= sh.count {
		return ev.none(), nil
	}
	e := *sh.elem(at)
	e.lent = true
	return ev.some(&e), nil
}

// folded is sum, product and fold.
func (ev *evaluator) folded(n callExpr, s sequence) (*Variable, error) {
	var acc *Variable
	var err error
	if n.name == "fold" {
		if acc, err = ev.eval(n.args[0]); err != nil {
			return nil, err
		}
	}
	op := map[string]string{"sum": "+", "product": "*"}[n.name]
	for {
		v, err := s()
		if v == nil || err != nil {
			if acc == nil && err == nil {
				acc, err = ev.eval(intLit{at: n.at, val: intOf(map[string]int64{"product": 1}[n.name])})
			}
			return acc, err
		}
		switch {
		case n.name == "fold":
			acc, err = ev.apply(n.args[1], acc, v)
		case acc == nil:
			if _, err = ev.operand(knownExpr{n.at, v}); err != nil {
				if _, _, _, choice, _ := ev.choice(n, v); !choice && v.isObject() { // which may have an operator
					err = nil
				}
			}
			acc = v
		default:
			acc, err = ev.eval(binaryExpr{n.at, op, knownExpr{n.at, acc}, knownExpr{n.at, v}})
		}
		if err != nil {
			return nil, err
		}
	}
}

// extreme is the least or the greatest: of several that are equal, the first of the least and the last of the greatest.
func (ev *evaluator) extreme(n callExpr, s sequence) (*Variable, error) {
	var best, bestKey *Variable
	for {
		v, err := s()
		if v == nil || err != nil {
			return ev.option(best), err
		}
		key := v
		if len(n.args) > 0 {
			if key, err = ev.apply(n.args[0], v); err != nil {
				return nil, err
			}
		}
		if best != nil {
			c, err := ev.order(n, key, bestKey, 0)
			if err != nil {
				return nil, err
			}
			if greatest := strings.HasPrefix(n.name, "max"); greatest && c < 0 || !greatest && c >= 0 {
				continue
			}
		}
		best, bestKey = v, key
	}
}

// order compares two values: numbers, texts, enums without data, tuples and lists of them, and what has an operator for it.
func (ev *evaluator) order(n node, x, y *Variable, depth int) (int, error) {
	if err := ev.step(n); err != nil {
		return 0, err
	}
	x, y = x.unwrapped(), y.unwrapped()
	if sx, sy := x.shape(), y.shape(); depth < maxWrapped && sx.str == nil && sy.str == nil {
		parts := func(sh *shape) (int64, func(int64) *Variable) {
			if sh.style == styleTuple {
				return int64(len(sh.fields)), func(i int64) *Variable { return sh.fields[i] }
			}
			return sh.count, sh.elem
		}
		a, ax := parts(sx)
		b, by := parts(sy)
		if sx.head == sy.head && ax != nil && by != nil && sx.key == nil && sy.key == nil {
			if sx.head == "Reverse" {
				x, y, ax, by = y, x, by, ax
			}
			for i := int64(0); i < a && i < b; i++ {
				if c, err := ev.order(n, ax(i), by(i), depth+1); c != 0 || err != nil {
					return c, err
				}
			}
			switch {
			case a < b:
				return -1, nil
			case a > b:
				return 1, nil
			}
			return 0, nil
		}
	}
	a, b := knownExpr{at(n.column()), x}, knownExpr{at(n.column()), y}
	if xs, err := x.scalar(); err == nil {
		if ys, err := y.scalar(); err == nil {
			xs, ys, err = ev.common(n, xs, ys)
			c, _ := compare(xs, ys)
			return c, err
		}
	}
	for c, op := range []string{"==", "<"} {
		yes, err := ev.applyBinary(n, op, a, b)
		if err != nil {
			return 0, err
		}
		if yes {
			return -c, nil
		}
	}
	return 1, nil
}

func (ev *evaluator) applyBinary(n node, op string, a, b node) (bool, error) {
	v, err := ev.eval(binaryExpr{at(n.column()), op, a, b})
	if err != nil {
		return false, err
	}
	return ev.truth(knownExpr{at(n.column()), v})
}

// sort orders values; the first error ends it.
func (ev *evaluator) sort(n node, list []*Variable) error {
	var failed error
	sort.SliceStable(list, func(i, j int) bool {
		if failed != nil {
			return false
		}
		c, err := ev.order(n, list[i], list[j], 0)
		if err != nil {
			failed = err
		}
		return c < 0
	})
	return failed
}
