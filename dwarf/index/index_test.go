package index_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sphex/dwarf"
	"sphex/dwarf/index"
	"sphex/dwarf/internal/dwarftest"
)

// TestHash holds hashes computed by hand, and names that differ only in case.
func TestHash(t *testing.T) {
	for _, c := range []struct {
		name string
		hash uint32
	}{
		{"", 5381},
		{"f", 177675}, // 5381*33 + 'f'
		{"F", 177675},
		{"ı", 177678}, // dotless i, as i
		{"İ", 177678},
	} {
		if got := index.Hash(c.name); got != c.hash {
			t.Errorf("%q: %d, want %d", c.name, got, c.hash)
		}
	}
	for _, pair := range [][2]string{{"ÄÖÜ", "äöü"}, {"Σ", "ς"}, {"ſ", "s"}, {"K", "k"}, {"µ", "μ"}} {
		if index.Hash(pair[0]) != index.Hash(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	if index.Hash("a\xff") == index.Hash("a\xfe") {
		t.Error("bytes that are no UTF-8 are not distinguished")
	}
}

// TestNames writes an index with parents, reads it, and has llvm-dwarfdump print it.
func TestNames(t *testing.T) {
	strs := dwarf.NewStringTable(nil)
	name := func(text string, die uint32, tag dwarf.Tag, parent int32) index.Name {
		return index.Name{Str: strs.Add(text), DIE: die, Tag: tag, Parent: parent}
	}
	units := []index.UnitNames{
		{Offset: 0, Names: []index.Name{
			name("ns", 0x20, dwarf.TagNamespace, index.ParentUnit),
			name("main", 0x30, dwarf.TagSubprogram, 0),
		}},
		{Offset: 0x800, Type: true, Names: []index.Name{name("T", 0x23, dwarf.TagStructureType, index.ParentUnit)}},
		{Offset: 0x1000, Names: []index.Name{
			name("main", 0x40, dwarf.TagSubprogram, index.ParentUnit),
			name("Main", 0x50, dwarf.TagVariable, index.ParentUnknown), // its hash collides with that of main
			name("count", 0x60, dwarf.TagVariable, index.ParentUnknown),
		}},
	}
	// The same name once more, at another place of .debug_str.
	str := append(strs.Bytes(), "count\x00"...)
	units[2].Names = append(units[2].Names, index.Name{Str: uint32(len(str) - 6), DIE: 0x70, Tag: dwarf.TagVariable, Parent: index.ParentUnit})
	s := dwarf.Sections{Names: index.WriteNames(str, units, func() int { return 2 }), Str: str}
	n, err := index.ParseNames(&s)
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(name string) (es []index.Entry) {
		if err := n.Lookup(name, func(e index.Entry) bool { es = append(es, e); return true }); err != nil {
			t.Fatal(err)
		}
		return es
	}
	for name, want := range map[string][]index.Entry{
		"ns":    {{Unit: 0, DIE: 0x20, Tag: dwarf.TagNamespace, ParentKnown: true}},
		"main":  {{Unit: 0, DIE: 0x30, Tag: dwarf.TagSubprogram, Parent: 0x20, ParentKnown: true}, {Unit: 0x1000, DIE: 0x40, Tag: dwarf.TagSubprogram, ParentKnown: true}},
		"Main":  {{Unit: 0x1000, DIE: 0x50, Tag: dwarf.TagVariable}},
		"count": {{Unit: 0x1000, DIE: 0x60, Tag: dwarf.TagVariable}, {Unit: 0x1000, DIE: 0x70, Tag: dwarf.TagVariable, ParentKnown: true}},
		"T":     {{Unit: 0x800, DIE: 0x23, Tag: dwarf.TagStructureType, ParentKnown: true}},
		"none":  nil,
		"MAIN":  nil,
	} {
		if got := lookup(name); !slices.Equal(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	names := map[string]int{}
	if err := n.All(func(name []byte, es []index.Entry) bool { names[string(name)] += len(es); return true }); err != nil || len(names) != 5 || names["main"] != 2 {
		t.Errorf("%v, %v", names, err)
	}

	file := filepath.Join(t.TempDir(), "names.o")
	dwarftest.WriteELF(t, file, map[string][]byte{".debug_names": s.Names, ".debug_str": s.Str})
	out, err := exec.Command(dwarftest.Tool(t, "llvm-dwarfdump-22"), "--debug-names", file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "rror") || strings.Count(string(out), "String: 0x") != 5 || strings.Count(string(out), "Entry @ ") != 7+1 {
		t.Errorf("%v\n%s", err, out) // the eighth mention is that of a parent
	}
}

func TestAranges(t *testing.T) {
	b := index.AppendAranges(nil, 0x20, []index.Arange{{Low: 0x1000, High: 0x1100}, {Low: 5, High: 5}, {Low: 0x2000, High: 0x2001}})
	b = index.AppendAranges(b, 0x99, nil)
	b = index.AppendAranges(b, 0x100, []index.Arange{{Low: 1 << 40, High: 1<<40 + 1}})
	got, err := index.Aranges(b)
	want := []index.Arange{{0x1000, 0x1100, 0x20}, {0x2000, 0x2001, 0x20}, {1 << 40, 1<<40 + 1, 0x100}}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "aranges.o")
	dwarftest.WriteELF(t, file, map[string][]byte{".debug_aranges": b})
	out, err := exec.Command(dwarftest.Tool(t, "llvm-dwarfdump-22"), "--debug-aranges", file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "rror") || !strings.Contains(string(out), "[0x0000010000000000, 0x0000010000000001)") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := index.Aranges(b[:len(b)-20]); err == nil {
		t.Error("no error for truncated data")
	}
}

func FuzzNames(f *testing.F) {
	strs := dwarf.NewStringTable(nil)
	names := []index.Name{
		{Str: strs.Add("main"), DIE: 0x30, Tag: dwarf.TagSubprogram, Parent: index.ParentUnit},
		{Str: strs.Add("x"), DIE: 0x40, Tag: dwarf.TagVariable, Parent: 0},
	}
	f.Add(index.WriteNames(strs.Bytes(), []index.UnitNames{{Names: names}}, func() int { return 2 }), strs.Bytes())
	f.Fuzz(func(t *testing.T, data, str []byte) {
		s := dwarf.Sections{Names: data, Str: str}
		n, _ := index.ParseNames(&s)
		total := 0
		_ = n.All(func(name []byte, es []index.Entry) bool { total += len(es); return true })
		if total > len(data) {
			t.Fatalf("%d entries from %d bytes", total, len(data))
		}
		_ = n.Lookup("main", func(index.Entry) bool { return true })
		_, _ = index.Aranges(data)
	})
}
