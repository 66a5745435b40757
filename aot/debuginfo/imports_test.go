package debuginfo

import (
	"fmt"
	"slices"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/info"
)

// imports lists what using declarations and directives, imported units and template parameters
// say: who, and what they lead to.
func imports(t *testing.T, s *dwarf.Sections) []string {
	t.Helper()
	d, err := info.New(s)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			switch e.Tag() {
			case dwarf.TagImportedDeclaration, dwarf.TagImportedModule, dwarf.TagImportedUnit, dwarf.TagNamespace,
				dwarf.TagGNUTemplateParameterPack, dwarf.TagGNUTemplateTemplateParam:
				to, _ := e.Follow(dwarf.AttrImport)
				line, _ := e.Uint(dwarf.AttrDeclLine)
				list = append(list, fmt.Sprintf("%v %s %s line %d: %v %s", e.Tag(), e.Name(), e.Str(dwarf.AttrGNUTemplateName), line, to.Tag(), to.Name()))
			}
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
	}
	return list
}

// What is imported, and packs of template parameters, come through whole. llvm-dwarfdump counts the
// same entries in both.
func TestImports(t *testing.T) {
	m := readModule(t, "cpp_stl/cpp_stl-O0-dw4.wasm")
	object, _ := fakeObject(t, m)
	want, got := imports(t, sections(m)), imports(t, dwarf.SectionsOf(object.Debug))
	if len(want) < 500 || !slices.Equal(got, want) {
		t.Errorf("%d entries, the input has %d", len(got), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("the first other: %s, want %s", got[i], want[i])
			}
		}
	}
}
