package symbols

import (
	"slices"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// Variable is a parameter, local, static or global.
type Variable struct {
	Name       string // simple name
	Full       string // namespace-qualified for statics and globals, else Name
	Param      bool
	Static     bool // has one place for the whole run
	Artificial bool // made by the compiler: this, …
	Unit       *Unit
	File       string // declaration
	Line       int

	entry       info.Entry // the entry itself
	decl        info.Entry // the entry that it completes, else itself
	declaration bool
	located     bool
	initial     bool // a class's declaration with the first value of a member that the program may change
}

// Entry is the variable's own entry. Attributes that it lacks may be at Decl.
func (v *Variable) Entry() info.Entry { return v.entry }

// Attr reads an attribute of the variable, or of the declaration that it completes.
func (v *Variable) Attr(a dwarf.Attr) (info.Value, bool) {
	e := v.entry
	for n := 0; n < 8; n++ {
		if x, ok := e.Attr(a); ok {
			return x, true
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return info.Value{}, false
}

// Type is the offset of the variable's type; ok is false for one without type.
func (v *Variable) Type() (info.Offset, bool) {
	x, ok := v.Attr(dwarf.AttrType)
	if !ok {
		return 0, false
	}
	return x.Ref()
}

// Decl is the entry that the variable's own entry completes, or itself.
func (v *Variable) Decl() info.Offset { return v.decl.Offset }

// VariableAt returns the variable or parameter whose entry is at off.
func (t *Table) VariableAt(off info.Offset) (*Variable, bool) {
	e, err := t.info.Entry(off)
	if err != nil || e.Tag() != dwarf.TagVariable && e.Tag() != dwarf.TagFormalParameter {
		return nil, false
	}
	return t.newVariable(&e), true
}

func (t *Table) newVariable(e *info.Entry) *Variable {
	v := &Variable{entry: *e, decl: *e, Unit: t.unitOf(e.Offset)}
	v.Param = e.Tag() == dwarf.TagFormalParameter
	d := *e
	for n := 0; n < 8; n++ {
		if v.Name == "" {
			v.Name = d.Name()
		}
		if v.Line == 0 {
			v.File, v.Line = t.declared(&d)
		}
		v.Artificial = v.Artificial || d.Flag(dwarf.AttrArtificial)
		v.declaration = v.declaration || d.Flag(dwarf.AttrDeclaration)
		v.located = v.located || d.Has(dwarf.AttrLocation) || d.Has(dwarf.AttrConstValue)
		v.decl = d
		next, ok := d.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = d.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		d = next
	}
	v.Full = v.Name
	return v
}

func (u *Unit) newGlobal(e *info.Entry) *Variable {
	v := u.table.newVariable(e)
	v.Static = true
	v.Full = qualified(v.decl, v.Name)
	v.initial = v.declaration && !e.Has(dwarf.AttrLocation) && e.Has(dwarf.AttrConstValue) && !isConst(e)
	v.declaration = false
	return v
}

// isConst tells whether the type of an entry says that it never changes.
func isConst(e *info.Entry) bool {
	t, ok := e.Follow(dwarf.AttrType)
	for n := 0; ok && n < 8; n++ {
		switch t.Tag() {
		case dwarf.TagConstType:
			return true
		case dwarf.TagArrayType, dwarf.TagVolatileType, dwarf.TagAtomicType:
			t, ok = t.Follow(dwarf.AttrType)
		default:
			return false
		}
	}
	return false
}

// withoutInitial leaves out declarations with a first value (C++: `static inline int n = 0;`)
// beside definitions of the same name: those have the value of now.
func withoutInitial(gs []*Variable) []*Variable {
	return slices.DeleteFunc(gs, func(g *Variable) bool {
		return g.initial && slices.ContainsFunc(gs, func(o *Variable) bool { return !o.initial && o.Full == g.Full })
	})
}

// Globals lists the statics and globals of the unit that have a place or a value. GlobalsNamed
// finds the others too.
func (u *Unit) Globals() []*Variable {
	out := make([]*Variable, 0, len(u.scanned().globals))
	for _, g := range u.globals {
		if g.Name != "" && g.located && !g.initial {
			out = append(out, g)
		}
	}
	return out
}

// Globals lists the statics and globals of all units.
func (t *Table) Globals() []*Variable {
	if !t.scanAll() {
		return nil
	}
	var out []*Variable
	for _, u := range t.units {
		out = append(out, u.Globals()...)
	}
	return out
}

// visible takes out of a C++ path what needs not be written: anonymous namespaces.
var visible = strings.NewReplacer("(anonymous namespace)::", "")

// pathEnds reports whether a qualified name is path or ends with it.
func pathEnds(full, path string) bool {
	head, ok := strings.CutSuffix(full, path)
	return ok && (head == "" || strings.HasSuffix(head, "::"))
}

// GlobalsNamed finds statics and globals by simple name or by a suffix of the qualified name.
// Those of unit first come first.
func (t *Table) GlobalsNamed(name string, first *Unit) []*Variable {
	var out []*Variable
	collect := func(globals []*Variable) {
		for _, g := range globals {
			if g.Name == name || pathEnds(g.Full, name) || pathEnds(visible.Replace(g.Full), name) {
				out = append(out, g)
			}
		}
	}
	if first != nil {
		collect(first.scanned().globals)
		if out = withoutInitial(out); slices.ContainsFunc(out, func(g *Variable) bool { return !g.initial }) {
			return out
		}
	}
	if globals, ok := t.globalsCalled(name); ok {
		out = nil
		collect(globals)
		return withoutInitial(out)
	}
	if !t.scanAll() {
		return nil
	}
	for _, u := range t.units {
		if u != first {
			collect(u.scanned().globals)
		}
	}
	return withoutInitial(out)
}
