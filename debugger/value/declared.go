package value

import "sphex/debugger/symbols"

// Declared returns where the variable is declared whose value this is, as named in DWARF; line is 0 for what has no
// declaration that is known.
func (v *Variable) Declared() (file string, line int) {
	if v.decl == nil {
		return "", 0
	}
	return v.decl.File, v.decl.Line
}

// PointsTo returns the function that the value is or points at, nil if it is none or not known.
func (v *Variable) PointsTo() *symbols.Function {
	if v.function != nil {
		return v.function
	}
	v = v.unwrapped()
	if v.function != nil || v.Unreadable != nil || v.shape().kind != KindFunc || v.scope == nil {
		return v.function
	}
	i, err := v.uint()
	if err != nil {
		return nil
	}
	return v.scope.functionAt(i)
}
