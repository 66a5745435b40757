package value

// adapt is a method that makes a sequence of a sequence. x is the container that in draws from, or the string, if n stands
// directly behind it. The answer is nil when the method is none of what is drawn from.
func (ev *evaluator) adapt(n callExpr, in sequence, x *Variable) (sequence, error) {
	switch n.name {
	case "chars", "bytes", "char_indices", "lines", "split", "split_whitespace":
		if x == nil || x.unwrapped().shape().str == nil {
			return nil, nil
		}
		return ev.textParts(n, x)
	}
	if in == nil {
		return nil, nil
	}
	switch n.name {
	case "iter", "into_iter", "iter_mut", "by_ref", "cloned", "copied", "fuse", "peekable":
		return in, nil
	case "keys", "values", "values_mut", "into_keys", "into_values":
		if x == nil || x.unwrapped().shape().key == nil {
			return nil, nil
		}
		sh := x.unwrapped().shape()
		if n.name == "keys" || n.name == "into_keys" {
			return ev.listed(n, sh.count, sh.key), nil
		}
		return ev.listed(n, sh.count, sh.elem), nil
	case "map":
		return func() (*Variable, error) {
			v, err := in()
			if v == nil || err != nil {
				return nil, err
			}
			return ev.apply(n.args[0], v)
		}, nil
	case "filter", "skip_while":
		skipping := true
		return func() (*Variable, error) {
			for {
				v, err := in()
				if v == nil || err != nil {
					return nil, err
				}
				if n.name == "skip_while" && !skipping {
					return v, nil
				}
				yes, err := ev.applyTruth(n.args[0], v)
				if err != nil {
					return nil, err
				}
				if yes == (n.name == "filter") {
					skipping = false
					return v, nil
				}
			}
		}, nil
	case "take_while", "map_while", "filter_map":
		over := false
		return func() (*Variable, error) {
			for !over {
				v, err := in()
				if v == nil || err != nil {
					return nil, err
				}
				if n.name == "take_while" {
					yes, err := ev.applyTruth(n.args[0], v)
					if err != nil || yes {
						return v, err
					}
					break
				}
				r, err := ev.apply(n.args[0], v)
				if err != nil {
					return nil, err
				}
				_, name, part, ok, err := ev.choice(n, r)
				if err != nil || !ok {
					return r, err
				}
				if name == "Some" || name == "Ok" {
					return part, nil
				}
				if n.name == "map_while" {
					break
				}
			}
			over = true
			return nil, nil
		}, nil
	case "flat_map", "flatten":
		var part sequence
		return func() (*Variable, error) {
			for {
				if part != nil {
					if v, err := part(); v != nil || err != nil {
						return v, err
					}
				}
				v, err := in()
				if v == nil || err != nil {
					return nil, err
				}
				if n.name == "flat_map" {
					if v, err = ev.apply(n.args[0], v); err != nil {
						return nil, err
					}
				}
				if part = ev.drawn(n, v); part == nil {
					return nil, ev.fail(n, "%s gives no values", v.typ.short())
				}
			}
		}, nil
	case "enumerate":
		i := int64(-1)
		return func() (*Variable, error) {
			v, err := in()
			if v == nil || err != nil {
				return nil, err
			}
			i++
			return ev.tuple(ev.length(i), v), nil
		}, nil
	case "zip", "chain":
		second, y, err := ev.sequence(deborrowed(n.args[0]))
		if err != nil {
			return nil, err
		}
		if second == nil {
			return nil, ev.fail(n.args[0], "%s gives no values", y.typ.short())
		}
		if n.name == "zip" {
			return func() (*Variable, error) {
				a, err := in()
				if a == nil || err != nil {
					return nil, err
				}
				b, err := second()
				if b == nil || err != nil {
					return nil, err
				}
				return ev.tuple(a, b), nil
			}, nil
		}
		return func() (*Variable, error) {
			if v, err := in(); v != nil || err != nil {
				return v, err
			}
			return second()
		}, nil
	case "rev", "sorted", "cycle":
		return ev.reordered(n, in), nil
	case "skip", "take", "step_by", "windows", "chunks":
		k, err := ev.operand(n.args[0])
		if err != nil {
			return nil, err
		}
		by, ok := k.i.int64()
		if !ok || by < 0 || by == 0 && n.name != "skip" && n.name != "take" {
			return nil, ev.fail(n.args[0], "%v is no count", k.i)
		}
		if n.name == "windows" || n.name == "chunks" {
			return ev.grouped(n, in, by), nil
		}
		return spaced(n.name, in, by), nil
	}
	return nil, nil
}

// spaced is skip, take and step_by.
func spaced(name string, in sequence, by int64) sequence {
	i := int64(0)
	return func() (*Variable, error) {
		switch name {
		case "take":
			if i++; i > by {
				return nil, nil
			}
		case "skip":
			for ; i < by; i++ {
				if v, err := in(); v == nil || err != nil {
					return nil, err
				}
			}
		case "step_by":
			for k := int64(1); i > 0 && k < by; k++ {
				if v, err := in(); v == nil || err != nil {
					return nil, err
				}
			}
			i = 1
		}
		return in()
	}
}

// reordered is what needs all elements before the first is given.
func (ev *evaluator) reordered(n callExpr, in sequence) sequence {
	var all []*Variable
	began, i := false, 0
	return func() (*Variable, error) {
		if !began {
			list, err := ev.drain(n, in)
			if err != nil {
				return nil, err
			}
			switch n.name {
			case "rev":
				for a, b := 0, len(list)-1; a < b; a, b = a+1, b-1 {
					list[a], list[b] = list[b], list[a]
				}
			case "sorted":
				if err := ev.sort(n, list); err != nil {
					return nil, err
				}
			}
			all, began = list, true
		}
		if n.name == "cycle" && i == len(all) {
			i = 0
		}
		if i >= len(all) {
			return nil, nil
		}
		i++
		return all[i-1], ev.step(n)
	}
}

// grouped is windows and chunks.
func (ev *evaluator) grouped(n callExpr, in sequence, by int64) sequence {
	var window []*Variable
	return func() (*Variable, error) {
		if n.name == "chunks" {
			window = nil
		} else if len(window) > 0 {
			window = window[1:]
		}
		for int64(len(window)) < by {
			v, err := in()
			if err != nil {
				return nil, err
			}
			if v == nil {
				if n.name == "windows" || len(window) == 0 {
					return nil, nil
				}
				break
			}
			window = append(window, v)
		}
		return ev.list(append([]*Variable(nil), window...)), ev.step(n)
	}
}
