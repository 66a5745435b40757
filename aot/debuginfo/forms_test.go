package debuginfo

import (
	"encoding/binary"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// formsUnit is a unit with one subprogram-less variable for each form of interest, in the 64-bit
// format, which no producer for WebAssembly chooses (LLVM refuses it).
func formsModule(t *testing.T, is64 bool) *wasm.Module {
	t.Helper()
	le := binary.LittleEndian
	word := func(b []byte, v uint64) []byte {
		if is64 {
			return le.AppendUint64(b, v)
		}
		return le.AppendUint32(b, uint32(v))
	}
	var abbrev, die []byte
	spec := func(attr dwarf.Attr, form dwarf.Form) {
		abbrev = dwarf.AppendULEB(dwarf.AppendULEB(abbrev, uint64(attr)), uint64(form))
	}
	begin := func(code byte, tag dwarf.Tag, children byte) {
		abbrev = append(abbrev, code, byte(tag), children)
		die = append(die, code)
	}
	end := func() { abbrev = append(abbrev, 0, 0) }

	begin(1, dwarf.TagCompileUnit, 1)
	spec(dwarf.AttrName, dwarf.FormLineStrp)
	die = word(die, 1)
	spec(dwarf.AttrStrOffsetsBase, dwarf.FormSecOffset)
	die = word(die, map[bool]uint64{false: 8, true: 16}[is64])
	spec(dwarf.AttrProducer, dwarf.FormStrx)
	die = append(die, 1)
	spec(dwarf.AttrLanguage, dwarf.FormIndirect)
	die = append(die, byte(dwarf.FormData2), byte(dwarf.LangC11), 0)
	end()
	begin(2, dwarf.TagVariable, 0)
	spec(dwarf.AttrName, dwarf.FormStrx1)
	die = append(die, 0)
	spec(dwarf.AttrConstValue, dwarf.FormData16)
	die = append(die, "sixteen bytes ok"...)
	spec(dwarf.AttrDeclLine, dwarf.FormImplicitConst)
	abbrev = append(abbrev, 0x2a)
	end()
	begin(3, dwarf.TagVariable, 0)
	spec(dwarf.AttrName, dwarf.FormStrp)
	die = word(die, 1)
	spec(dwarf.AttrType, dwarf.FormGNURefAlt)
	die = word(die, 77)
	spec(dwarf.AttrLinkageName, dwarf.FormGNUStrpAlt)
	die = word(die, 78)
	spec(dwarf.AttrSpecification, dwarf.FormRefSup4)
	die = append(die, 1, 0, 0, 0)
	end()
	die = append(die, 0)
	abbrev = append(abbrev, 0)

	head := []byte{5, 0, byte(dwarf.UnitCompile), 4}
	body := append(word(head, 0), die...)
	var unit, offsets []byte
	length := func(b []byte, n int) []byte {
		if is64 {
			return le.AppendUint64(append(b, 0xff, 0xff, 0xff, 0xff), uint64(n))
		}
		return le.AppendUint32(b, uint32(n))
	}
	unit = append(length(unit, len(body)), body...)
	table := word(word([]byte{5, 0, 0, 0}, 6), 1)
	offsets = append(length(offsets, len(table)), table...)
	return &wasm.Module{Customs: []wasm.Custom{
		{Name: ".debug_info", Data: unit}, {Name: ".debug_abbrev", Data: abbrev},
		{Name: ".debug_str", Data: []byte("\x00near\x00six\x00")}, {Name: ".debug_line_str", Data: []byte("\x00name.c\x00")},
		{Name: ".debug_str_offsets", Data: offsets},
	}}
}

// Forms that few producers choose come through in both formats, and what is in a supplementary file is
// refused by name.
func TestForms(t *testing.T) {
	for _, is64 := range []bool{false, true} {
		m := formsModule(t, is64)
		in := Open(m, nil)
		if in.damaged != nil {
			t.Fatal(in.damaged)
		}
		cm := fakeCode(m, nil)
		out, report := Translate(in, cm, abi.NewLayout(m))
		d, err := info.New(dwarf.SectionsOf(out))
		if err != nil || len(d.Units) != 1 {
			t.Fatalf("64 bits %t: %d units, %v", is64, len(d.Units), err)
		}
		root, err := d.Units[0].Root()
		if err != nil {
			t.Fatal(err)
		}
		if lang, _ := root.Uint(dwarf.AttrLanguage); root.Name() != "name.c" || root.Str(dwarf.AttrProducer) != "near" || lang != uint64(dwarf.LangC11) {
			t.Errorf("64 bits %t: root %q by %q in %d", is64, root.Name(), root.Str(dwarf.AttrProducer), lang)
		}
		var names []string
		for e := range root.Children() {
			names = append(names, e.Name())
			if e.Name() == "six" {
				v, _ := e.Attr(dwarf.AttrConstValue)
				b, _ := v.Block()
				if line, _ := e.Uint(dwarf.AttrDeclLine); string(b) != "sixteen bytes ok" || line != 42 {
					t.Errorf("64 bits %t: six is %q at line %d", is64, b, line)
				}
			}
		}
		if strings.Join(names, " ") != "six near" {
			t.Errorf("64 bits %t: variables %q", is64, names)
		}
		text := report.String()
		for _, form := range []string{"DW_FORM_GNU_ref_alt", "DW_FORM_GNU_strp_alt", "DW_FORM_ref_sup4"} {
			if !strings.Contains(text, "the form "+form+" is not read") {
				t.Errorf("64 bits %t: the report does not name %s:\n%s", is64, form, text)
			}
		}
	}
}
