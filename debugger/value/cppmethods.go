package value

import "strings"

// cppPlainMethod evaluates methods of C++'s library that only some types have and that need nothing but the value.
func (ev *evaluator) cppPlainMethod(n callExpr, x, u *Variable) (v *Variable, ok bool, err error) {
	t := x.typ.strip()
	if t != nil && t.kind == typeReference {
		t = t.Elem().strip()
	}
	if t == nil {
		return nil, false, nil
	}
	name := inlineStd.Replace(t.name)
	is := func(prefix string) bool { return strings.HasPrefix(name, "std::"+prefix+"<") }
	sh := u.shape()
	switch n.name {
	case "count":
		switch {
		case is("bitset"):
			count := int64(0)
			for i := range sh.count {
				if err := ev.step(n); err != nil {
					return nil, true, err
				}
				if b, err := sh.elem(i).uint(); err == nil && b != 0 {
					count++
				}
			}
			return ev.length(count), true, nil
		case is("chrono::duration"):
			if f := x.find("__rep_", 2); f != nil {
				return f, true, nil
			}
		}
	case "any", "all", "none":
		if !is("bitset") {
			break
		}
		set := int64(0)
		for i := range sh.count {
			if err := ev.step(n); err != nil {
				return nil, true, err
			}
			if b, err := sh.elem(i).uint(); err == nil && b != 0 {
				set++
			}
		}
		return ev.truthVariable(map[string]bool{"any": set > 0, "all": set == sh.count, "none": set == 0}[n.name]), true, nil
	case "top":
		if sh.elem == nil || !is("stack") && !is("priority_queue") {
			break
		}
		if sh.count == 0 {
			return nil, true, ev.fail(n, "it is empty")
		}
		if is("stack") {
			return sh.elem(sh.count - 1), true, nil
		}
		return sh.elem(0), true, nil
	case "has_value":
		if is("expected") {
			if has := x.find("__has_val_", 8); has != nil {
				on, err := has.uint()
				return ev.truthVariable(on != 0), true, err
			}
		}
		if is("any") || name == "std::any" {
			return ev.truthVariable(sh.text != "empty"), true, nil
		}
	case "lock": // of one that has expired
		if is("weak_ptr") {
			return x, true, nil
		}
	case "expired":
		if is("weak_ptr") {
			use, _, ok := x.counted()
			return ev.truthVariable(!ok || use == 0), true, nil
		}
	case "string", "native", "u8string", "generic_string":
		if sh.str != nil && strings.HasSuffix(name, "::path") {
			return u, true, nil
		}
	case "index":
		if is("variant") {
			if f := x.find("__index", 14); f != nil {
				i, err := f.uint()
				if err != nil {
					return nil, true, ev.wrapErr(n, err)
				}
				return ev.length(int64(i)), true, nil
			}
		}
	case "real", "imag":
		if is("complex") {
			if f := x.fieldNamed(map[string]string{"real": "__re_", "imag": "__im_"}[n.name]); f != nil {
				return f, true, nil
			}
		}
	}
	return nil, false, nil
}
