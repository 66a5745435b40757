package value

import "fmt"

// referenceFrame is a Frame that knows what WebAssembly's references refer to.
type referenceFrame interface {
	// FuncOfRef names the function that a funcref refers to, "" if it is not known.
	FuncOfRef(ref uint64) string
}

// isReference reports whether a base type is one of WebAssembly's reference types, as modules without debug information
// have them.
func isReference(name string) bool {
	return name == "funcref" || name == "externref" || name == "exnref"
}

// reference shows a value of a reference type: by the name of the function, or by a handle that means something to the host
// alone.
func (v *Variable) reference() *shape {
	ref, err := v.uint()
	if err != nil {
		return &shape{err: err}
	}
	s := &shape{kind: KindInt, text: "null"}
	if f, ok := v.scope.Frame.(referenceFrame); ok && v.typ.name == "funcref" {
		s.kind = KindFunc
		if ref != 0 {
			s.text = fmt.Sprintf("<%s>", f.FuncOfRef(ref))
		}
	} else if ref != 0 {
		s.text = fmt.Sprintf("%s %#x", v.typ.name, ref)
	}
	if s.text == "<>" {
		s.text = "<a function that is not known>"
	}
	return s
}
