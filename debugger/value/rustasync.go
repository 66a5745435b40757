package value

import "strings"

// An async function's future is an enum of its states: each has what lives on while it waits
// there. rustc names the structures behind the variants by what they are, and gives to those of
// waiting the line of the await.

// stateOf shows the state a of the future v; nil if v is none.
func (a *variant) stateOf(v *Variable) *shape {
	t := v.typ.types.at(a.payload.ref).strip()
	if t == nil || t.kind != typeStruct {
		return nil
	}
	name := futureName(v.typ.name)
	if name == "" {
		return nil
	}
	out := &shape{kind: KindEnum, style: styleFields}
	switch state := lastSegment(t.name); {
	case state == "Returned":
		out.head = name + " (finished)"
		return out
	case state == "Panicked":
		out.head = name + " (panicked)"
		return out
	case state == "Unresumed":
		out.head = name + " (not started)"
	case strings.HasPrefix(state, "Suspend"):
		out.head = name + " (waiting"
		if a.line > 0 {
			out.head += " at line " + itoa(int64(a.line))
		}
		out.head += ")"
	default:
		return nil
	}
	s := v.payload(a).rustPlain()
	if s.style == styleText {
		return s
	}
	// What was passed in and has been moved since is listed behind the local that it was moved to.
	seen := map[string]bool{}
	for _, f := range s.fields {
		if !seen[f.Name] {
			seen[f.Name] = true
			out.fields = append(out.fields, f)
		}
	}
	return out
}

// futureName is what a future's type is called after: async fn outer of
// main::outer::{async_fn_env#0}, "" if it is no future.
func futureName(name string) string {
	path, last, ok := cutGeneric(name)
	if !ok {
		return ""
	}
	kind := ""
	switch {
	case strings.HasPrefix(last, "{async_fn_env#"):
		kind = "async fn "
	case strings.HasPrefix(last, "{async_block_env#"):
		kind = "async block in "
	case strings.HasPrefix(last, "{async_closure_env#"), strings.HasPrefix(last, "{async_closure#"):
		kind = "async closure in "
	case strings.HasPrefix(last, "{generator_env#"), strings.HasPrefix(last, "{coroutine_env#"):
		kind = "coroutine in "
	case strings.HasPrefix(last, "{gen_"), strings.HasPrefix(last, "{async_gen_"):
		kind = "generator in "
	default:
		return ""
	}
	for strings.HasSuffix(path, "}") { // inside of a closure or an impl: the function around it
		outer, _, ok := cutGeneric(path)
		if !ok {
			break
		}
		path = outer
	}
	_, fn, _ := cutGeneric(path)
	return kind + fn
}

// cutGeneric splits a qualified name at its last :: outside of generic arguments, which it leaves out.
func cutGeneric(name string) (path, last string, ok bool) {
	last = lastSegment(name)
	depth := 0
	for i := 0; i+1 < len(name); i++ {
		switch c := name[i]; {
		case c == '<':
			depth++
		case c == '>' && depth > 0 && name[i-1] != '-':
			depth--
		case c == ':' && depth == 0 && name[i+1] == ':':
			path, ok = name[:i], true
		}
	}
	return path, last, ok
}

// IsFuture reports whether a type is what rustc makes of an async function or block, by its name in DWARF.
func IsFuture(name string) bool {
	kind := futureName(name)
	return strings.HasPrefix(kind, "async ") || strings.HasPrefix(kind, "coroutine in ")
}

// Variant is the name of the variant that an enum of Rust has now; "" if the value is none, or can't be read.
func (v *Variable) Variant() string {
	name, _ := v.variantName() // which says why there is none
	return name
}
