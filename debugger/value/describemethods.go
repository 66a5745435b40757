package value

import (
	"fmt"
	"strings"

	"sphex/debugger/symbols"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// methods writes the member functions that a class of C++ declares, without those that the compiler has added. The library's classes
// have too many to be of use.
func (d *description) methods(t *Type, indent int) {
	if d.offsets || t.lang != symbols.LangCPP || t.kind == typeEnum || strings.HasPrefix(t.name, "std::") || strings.HasPrefix(t.name, "__") {
		return
	}
	e, err := t.types.tab.Info().Entry(info.Offset(t.off))
	if err != nil {
		return
	}
	n := 0
	for c := range e.Children() {
		if c.Tag() != dwarf.TagSubprogram || c.Flag(dwarf.AttrArtificial) || c.Name() == "" {
			continue
		}
		if n == maxDescribedMembers || d.full() {
			d.plain(indent, "… more member functions")
			return
		}
		n++
		d.plain(indent, t.types.methodDeclaration(t, &c)+";")
	}
}

// methodDeclaration writes the declaration of a member function as the source has it.
func (ts *Types) methodDeclaration(t *Type, e *info.Entry) string {
	var params []string
	object, unchanging := false, false
	for p := range e.Children() {
		switch p.Tag() {
		case dwarf.TagFormalParameter:
			var of *Type
			if r, ok := p.Ref(dwarf.AttrType); ok {
				of = ts.at(uint64(r))
			}
			if p.Flag(dwarf.AttrArtificial) {
				if !object && of != nil {
					object = true
					this := of.strip()
					unchanging = this != nil && this.kind == typePointer && this.Elem() != nil && this.Elem().kind == typeQualified && strings.Contains(this.Elem().qual, "const")
				}
				continue
			}
			if of != nil && len(params) < maxArguments {
				params = append(params, of.short())
			}
		case dwarf.TagUnspecifiedParameters:
			params = append(params, "...")
		}
	}
	name := e.Name()
	text := fmt.Sprintf("%s(%s)", name, strings.Join(params, ", "))
	own, _ := cutArguments(lastSegment(t.name))
	plainName, _ := cutArguments(name)
	switch r, returns := e.Ref(dwarf.AttrType); {
	case returns:
		text = ts.at(uint64(r)).member(text)
	case plainName != own && !strings.HasPrefix(name, "~"):
		text = "void " + text
	}
	virtuality, _ := e.Uint(dwarf.AttrVirtuality)
	switch {
	case virtuality > 0:
		text = "virtual " + text
	case !object:
		text = "static " + text
	case e.Flag(dwarf.AttrExplicit):
		text = "explicit " + text
	}
	if unchanging {
		text += " const"
	}
	switch {
	case virtuality == 2: // DW_VIRTUALITY_pure_virtual
		text += " = 0"
	case e.Flag(dwarf.AttrDeleted):
		text += " = delete"
	}
	return text
}
