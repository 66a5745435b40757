package value

// partialLength is the length of a slice, string or vector of which the optimiser has kept that, nil if it has not.
func (v *Variable) partialLength() *Variable {
	for range 4 {
		if v == nil || !v.loc.partial() {
			return nil
		}
		for _, name := range []string{"length", "len"} {
			if f := v.fieldNamed(name); f != nil && f.Err() == nil {
				return f
			}
		}
		v = v.fieldNamed("vec")
	}
	return nil
}

// lostPart is why a part of a value is not known, nil if all of it is.
func (v *Variable) lostPart() error {
	lost, _ := v.loc.gaps(0, int64(len(v.loc.data)))
	return lost
}

// partialMethod evaluates what can be asked of a value whose other parts are optimized out.
func (ev *evaluator) partialMethod(n callExpr, x *Variable) (v *Variable, ok bool, err error) {
	u := x.unwrapped()
	if len(n.args) > 0 || n.name != "len" && n.name != "is_empty" || u.Unreadable != nil || !u.loc.partial() {
		return nil, false, nil
	}
	length := u.partialLength()
	if length == nil {
		return nil, false, nil
	}
	count, err := length.core().uint()
	if err != nil {
		return nil, true, ev.wrapErr(n, err)
	}
	if n.name == "is_empty" {
		return ev.truthVariable(count == 0), true, nil
	}
	return ev.length(int64(count)), true, nil
}
