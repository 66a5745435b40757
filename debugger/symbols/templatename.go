package symbols

import (
	"math/big"
	"strconv"
	"strings"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// TemplateArg is an argument of a template: a type, or a value with its type.
type TemplateArg struct {
	Name  string // of the parameter, "" if it has none
	Type  info.Offset
	Value *big.Int // of an argument that is a number; nil of types and other values
	Text  string   // of an argument that is the name of a template
}

// TemplateArgs lists the template arguments of a type or subprogram, those of parameter packs among them.
func TemplateArgs(e *info.Entry) []TemplateArg {
	var out []TemplateArg
	for c := range e.Children() {
		if len(out) >= maxTemplateArgs {
			break
		}
		switch c.Tag() {
		case dwarf.TagTemplateTypeParameter, dwarf.TagTemplateValueParameter, dwarf.TagGNUTemplateTemplateParam:
			out = append(out, templateArg(&c))
		case dwarf.TagGNUTemplateParameterPack:
			for p := range c.Children() {
				if t := p.Tag(); t == dwarf.TagTemplateTypeParameter || t == dwarf.TagTemplateValueParameter {
					if len(out) < maxTemplateArgs {
						out = append(out, templateArg(&p))
					}
				}
			}
		}
	}
	return out
}

func templateArg(e *info.Entry) TemplateArg {
	a := TemplateArg{Name: e.Name()}
	a.Type, _ = e.Ref(dwarf.AttrType)
	switch e.Tag() {
	case dwarf.TagGNUTemplateTemplateParam:
		a.Text = e.Str(dwarf.AttrGNUTemplateName)
	case dwarf.TagTemplateValueParameter:
		if v, ok := e.Attr(dwarf.AttrConstValue); ok {
			if n, ok := v.Int(); ok {
				a.Value = big.NewInt(n)
			} else if n, ok := v.Uint(); ok {
				a.Value = new(big.Int).SetUint64(n)
			}
		}
	}
	return a
}

// maxTemplateArgs bounds the arguments of one template.
const maxTemplateArgs = 256

// TemplateArgs lists the template arguments of a function.
func (f *Function) TemplateArgs() []TemplateArg {
	e := f.entry
	for n := 0; n < 8; n++ {
		if args := TemplateArgs(&e); len(args) > 0 {
			return args
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return nil
}

// Class returns the entry of the class that a member function belongs to.
func (f *Function) Class() (info.Entry, bool) {
	e := f.entry
	for n := 0; n < 8; n++ {
		if p, ok := e.Parent(); ok {
			switch p.Tag() {
			case dwarf.TagStructureType, dwarf.TagClassType, dwarf.TagUnionType:
				return p, true
			}
		}
		next, ok := e.Follow(dwarf.AttrAbstractOrigin)
		if !ok {
			if next, ok = e.Follow(dwarf.AttrSpecification); !ok {
				break
			}
		}
		e = next
	}
	return info.Entry{}, false
}

// WholeName is the qualified name of a type with its template arguments. Producers may leave them
// out of DW_AT_name (clang's -gsimple-template-names), since they are among the type's children.
func WholeName(e info.Entry) string {
	n := templateNamer{budget: 400}
	return n.name(e, 0)
}

// templateNamer writes names of types in C++'s words, of limited length.
type templateNamer struct{ budget int }

// name is the qualified name of e.
func (n *templateNamer) name(e info.Entry, depth int) string {
	name := QualifiedName(e)
	if n.budget--; n.budget <= 0 || depth > 16 {
		return name
	}
	if last := e.Name(); last == "" || strings.Contains(last, "<") && !strings.HasPrefix(last, "operator") {
		return name
	}
	var args []string
	for _, a := range TemplateArgs(&e) {
		args = append(args, n.arg(&e, &a, depth+1))
	}
	if len(args) == 0 {
		if !emptyPack(&e) {
			return name
		}
		return name + "<>"
	}
	return name + "<" + strings.Join(args, ", ") + ">"
}

// emptyPack reports whether a template has no other arguments than an empty pack.
func emptyPack(e *info.Entry) bool {
	for c := range e.Children() {
		if c.Tag() == dwarf.TagGNUTemplateParameterPack {
			return true
		}
	}
	return false
}

func (n *templateNamer) arg(e *info.Entry, a *TemplateArg, depth int) string {
	switch {
	case a.Text != "":
		return a.Text
	case a.Value != nil:
		if t, err := e.Unit.Data().Entry(a.Type); err == nil {
			if t.Tag() == dwarf.TagBaseType && t.Name() == "bool" {
				return strconv.FormatBool(a.Value.Sign() != 0)
			}
			for c := range t.Children() { // an enumerator
				if v, ok := c.Int(dwarf.AttrConstValue); ok && c.Tag() == dwarf.TagEnumerator && a.Value.IsInt64() && a.Value.Int64() == v {
					return n.name(t, depth) + "::" + c.Name()
				}
			}
		}
		return a.Value.String()
	}
	return n.typ(e, a.Type, depth)
}

// typ names the type at off.
func (n *templateNamer) typ(from *info.Entry, off info.Offset, depth int) string {
	if off == 0 {
		return "void"
	}
	if n.budget--; n.budget <= 0 || depth > 16 {
		return "…"
	}
	e, err := from.Unit.Data().Entry(off)
	if err != nil {
		return "?"
	}
	inner := func() string {
		r, _ := e.Ref(dwarf.AttrType)
		return n.typ(&e, r, depth+1)
	}
	suffix := func(mark string) string {
		in := inner()
		if strings.HasSuffix(in, "*") || strings.HasSuffix(in, "&") {
			return in + mark
		}
		return in + " " + mark
	}
	switch e.Tag() {
	case dwarf.TagPointerType:
		return suffix("*")
	case dwarf.TagReferenceType:
		return suffix("&")
	case dwarf.TagRvalueReferenceType:
		return suffix("&&")
	case dwarf.TagConstType:
		return n.qualified("const", inner())
	case dwarf.TagVolatileType:
		return n.qualified("volatile", inner())
	case dwarf.TagArrayType:
		in := inner()
		for c := range e.Children() {
			if c.Tag() == dwarf.TagSubrangeType {
				count, _ := c.Uint(dwarf.AttrCount)
				if count == 0 {
					in += "[]"
				} else {
					in += "[" + strconv.FormatUint(count, 10) + "]"
				}
			}
		}
		return in
	case dwarf.TagSubroutineType:
		var params []string
		for c := range e.Children() {
			switch c.Tag() {
			case dwarf.TagFormalParameter:
				r, _ := c.Ref(dwarf.AttrType)
				params = append(params, n.typ(&e, r, depth+1))
			case dwarf.TagUnspecifiedParameters:
				params = append(params, "...")
			}
			if len(params) > maxTemplateArgs {
				break
			}
		}
		return inner() + " (" + strings.Join(params, ", ") + ")"
	}
	if name := n.name(e, depth+1); name != "" {
		return name
	}
	return "{…}"
}

// qualified puts a qualifier where C++ has it: before a name, behind a pointer.
func (n *templateNamer) qualified(q, name string) string {
	if strings.HasSuffix(name, "*") || strings.HasSuffix(name, "&") {
		return name + q
	}
	return q + " " + name
}
