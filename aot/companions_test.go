package aot

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sphex/aot/debuginfo"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

const splitPrograms = "../testdata/programs/cpp_split/"

// compileFile compiles a module as the commands do.
func compileFile(t testing.TB, path string, dirs ...string) (debug *info.Data, notes []string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(b, Options{Companions: &Companions{Module: path, Dirs: dirs}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := info.New(dwarf.SectionsOf(f.Debug))
	if err != nil {
		t.Fatal(err)
	}
	return d, f.Notes
}

// units prints all entries in lines: their tags, names and all attributes but those that
// depend on where an entry is.
func units(t testing.TB, d *info.Data) []string {
	t.Helper()
	var lines []string
	for _, u := range d.Units {
		w := u.Walk()
		var e info.Entry
		for w.Next(&e) {
			var attrs []string
			for v := range e.Attrs() {
				attrs = append(attrs, v.Attr.String()+" "+attrText(&e, v))
			}
			slices.Sort(attrs)
			lines = append(lines, strings.Repeat(" ", e.Depth)+e.Tag().String()+" "+strings.Join(attrs, ", "))
		}
		if w.Err() != nil {
			t.Fatal(w.Err())
		}
	}
	return lines
}

func attrText(e *info.Entry, v info.Value) string {
	switch v.Class() {
	case info.ClassString:
		s, _ := v.Str()
		return s
	case info.ClassRef:
		if to, ok := e.Follow(v.Attr); ok {
			return to.Tag().String() + " " + to.Name()
		}
		return "nowhere"
	case info.ClassExpr:
		b, _ := v.Expr()
		return string(b)
	case info.ClassAddress:
		a, _ := v.Addr()
		return number(a)
	case info.ClassOffset:
		switch v.Attr {
		case dwarf.AttrLocation:
			locs, err := v.Locations(nil)
			var s []string
			for _, l := range locs {
				s = append(s, number(l.Low), number(l.High), string(l.Expr))
			}
			if err != nil {
				s = append(s, err.Error())
			}
			return strings.Join(s, " ")
		case dwarf.AttrRanges:
			rs, err := v.Ranges(nil)
			var s []string
			for _, r := range rs {
				s = append(s, number(r.Low), number(r.High))
			}
			if err != nil {
				s = append(s, err.Error())
			}
			return strings.Join(s, " ")
		}
		return "there"
	}
	return number(v.Raw())
}

func number(v uint64) string { return fmt.Sprintf("%#x", v) }

// A program whose units are split is the same for a debugger as one that was not: the
// optimised one has location and range lists, and entries for inlined calls.
func TestSplitUnitsAreWhole(t *testing.T) {
	for _, version := range []string{"O1-dw4", "O1-dw5"} {
		plain, notes := compileFile(t, splitPrograms+version+"/plain.wasm")
		if len(notes) > 0 {
			t.Errorf("%s: notes on the plain module: %q", version, notes)
		}
		want := units(t, plain)
		for _, kind := range []string{"split.wasm", "packed/split.wasm"} {
			split, notes := compileFile(t, splitPrograms+version+"/"+kind)
			if len(notes) > 0 {
				t.Errorf("%s/%s: %q", version, kind, notes)
			}
			got := units(t, split)
			if len(got) != len(want) {
				t.Errorf("%s/%s: %d entries, the plain module has %d", version, kind, len(got), len(want))
			}
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("%s/%s: entry %d:\n%s\nwithout splitting:\n%s", version, kind, i, got[i], want[i])
				}
			}
		}
	}
}

// Each .dwo file has its own copy of a type unit; the program has one.
func TestSplitTypeUnits(t *testing.T) {
	for _, path := range []string{"O0-dw4/split.wasm", "O0-dw4/packed/split.wasm", "O0-dw5/split.wasm", "O0-dw5/packed/split.wasm"} {
		d, notes := compileFile(t, splitPrograms+path)
		if len(notes) > 0 {
			t.Errorf("%s: %q", path, notes)
		}
		types := map[string]int{}
		for _, u := range d.Units {
			if u.Type != dwarf.UnitTypes {
				continue
			}
			e, err := d.Entry(u.TypeEntry)
			if err != nil {
				t.Fatal(err)
			}
			types[e.Name()]++
		}
		// All structs of the program and the enum, by the sources.
		for _, name := range []string{"List<int, 8>", "Item", "Text", "Mood"} {
			if types[name] != 1 {
				t.Errorf("%s: %d type units for %s", path, types[name], name)
			}
		}
	}
}

// The sections of split DWARF may stand in the objects that were linked.
func TestSplitInObjects(t *testing.T) {
	plain, _ := compileFile(t, splitPrograms+"O0-dw5/plain.wasm")
	split, notes := compileFile(t, splitPrograms+"single/split.wasm")
	if len(notes) > 0 {
		t.Errorf("%q", notes)
	}
	if got, want := units(t, split), units(t, plain); !slices.Equal(got, want) {
		t.Errorf("%d entries, the plain module has %d others", len(got), len(want))
	}
}

func TestExternalDebugInfo(t *testing.T) {
	plain, _ := compileFile(t, splitPrograms+"O0-dw5/plain.wasm")
	want := units(t, plain)
	for path, dirs := range map[string][]string{
		"external/app.wasm": nil,
		"id/app.wasm":       {splitPrograms + "id/debug"},
	} {
		d, notes := compileFile(t, splitPrograms+path, dirs...)
		if got := units(t, d); !slices.Equal(got, want) || len(notes) > 0 {
			t.Errorf("%s: %d entries, the plain module has %d; %q", path, len(got), len(want), notes)
		}
	}
}

// copyTo copies files of the split program to a new folder.
func copyTo(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		b, err := os.ReadFile(splitPrograms + f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMissingCompanions(t *testing.T) {
	other, err := os.ReadFile(splitPrograms + "O1-dw5/main.dwo")
	if err != nil {
		t.Fatal(err)
	}
	type made struct{ name, contents string }
	for _, test := range []struct {
		what  string
		files []string
		made  []made
		note  string // a pattern
	}{
		{"no unit", []string{"O0-dw5/split.wasm"}, nil,
			`^the debug information of 2 units is in files of its own, and was not found: "main.dwo" is not there: looked for /src/cpp_split/main.dwo, .*/main.dwo$`},
		{"one of two units", []string{"O0-dw5/split.wasm", "O0-dw5/list.dwo"}, nil, `^the debug information of 1 unit .*"main.dwo" is not there`},
		{"another build's unit", []string{"O0-dw5/split.wasm", "O0-dw5/list.dwo"}, []made{{"main.dwo", string(other)}},
			`main.dwo: it belongs to another build of the unit`},
		{"no module at all", []string{"O0-dw5/split.wasm", "O0-dw5/list.dwo"}, []made{{"main.dwo", "secret text"}},
			`main.dwo: it is no file in WebAssembly's binary format`},
		{"no file of debug information", []string{"external/app.wasm"}, nil,
			`^the module's debug information is in a file of its own, "app.debug.wasm", which is not there: looked for .*/app.debug.wasm$`},
		{"another build's debug information", []string{"external/app.wasm"}, []made{{"app.debug.wasm", read1(t, "O1-dw5/plain.wasm")}},
			`app.debug.wasm: it belongs to another build of the module`},
		{"a file without any", []string{"external/app.wasm"}, []made{{"app.debug.wasm", read1(t, "external/app.wasm")}},
			`app.debug.wasm: there is no DWARF in it`},
	} {
		dir := copyTo(t, test.files...)
		for _, m := range test.made {
			if err := os.WriteFile(filepath.Join(dir, m.name), []byte(m.contents), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, notes := compileFile(t, filepath.Join(dir, filepath.Base(test.files[0])))
		text := strings.Join(notes, "\n")
		if !regexp.MustCompile(test.note).MatchString(text) {
			t.Errorf("%s: notes %q, want %s", test.what, text, test.note)
		}
		if strings.Contains(text, "secret") {
			t.Errorf("%s: the notes tell what is in a file", test.what)
		}
	}
}

func read1(t *testing.T, name string) string { return string(read(t, splitPrograms+name)) }

func TestCandidates(t *testing.T) {
	for _, test := range []struct {
		c    Companions
		want debuginfo.Companion
		list string
	}{
		{Companions{Module: "/p/app.wasm"}, debuginfo.Companion{Kind: debuginfo.External, Name: "app.debug.wasm"}, "/p/app.debug.wasm"},
		{Companions{Module: "/p/app.wasm", Dirs: []string{"/d"}}, debuginfo.Companion{Kind: debuginfo.External, Name: "/build/out/app.debug.wasm"},
			"/d/app.debug.wasm /build/out/app.debug.wasm /p/app.debug.wasm"},
		{Companions{Module: "/p/app.wasm"}, debuginfo.Companion{Kind: debuginfo.External, Name: "file:///x/a%20b.wasm"}, "/x/a b.wasm /p/a b.wasm"},
		{Companions{Module: "/p/app.wasm"}, debuginfo.Companion{Kind: debuginfo.External, Name: "https://example.org/app.debug.wasm"}, "nothing is fetched"},
		{Companions{Module: "/p/app.wasm"}, debuginfo.Companion{Kind: debuginfo.External, Name: "a\x00b"}, "the name is empty or broken"},
		{Companions{Module: "/p/app.wasm", Dirs: []string{"/d"}}, debuginfo.Companion{Kind: debuginfo.SplitUnit, Name: "obj/main.dwo", Dir: "/build"},
			"/d/obj/main.dwo /d/main.dwo /build/obj/main.dwo /p/obj/main.dwo /p/main.dwo"},
		{Companions{Module: "/p/app.wasm"}, debuginfo.Companion{Kind: debuginfo.SplitUnit, Name: "obj/main.dwo", Dir: "."},
			"/p/obj/main.dwo /p/main.dwo"},
		{Companions{Module: "/p/app.wasm", Dirs: []string{"/d"}}, debuginfo.Companion{Kind: debuginfo.SplitPackage},
			"/d/app.wasm.dwp /d/app.dwp /p/app.wasm.dwp /p/app.dwp"},
		{Companions{Module: "/p/app.wasm", Dirs: []string{"/d"}}, debuginfo.Companion{Kind: debuginfo.ByBuildID, BuildID: []byte{0xab, 0xcd, 0xef}},
			"/d/ab/cdef.debug /d/ab/cdef /d/.build-id/ab/cdef.debug /d/.build-id/ab/cdef /d/abcdef.debug /d/abcdef.wasm /d/abcdef " +
				"/d/app.debug.wasm /d/app.wasm.debug /d/app.debug /d/app.wasm.debug.wasm " +
				"/p/app.debug.wasm /p/app.wasm.debug /p/app.debug /p/app.wasm.debug.wasm"},
	} {
		list, err := test.c.candidates(&test.want)
		got := strings.Join(list, " ")
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, test.list) || err == nil && got != test.list {
			t.Errorf("%+v:\n%s\nwant\n%s", test.want, got, test.list)
		}
	}
}

// What a companion says may change while its module stays the same.
func TestCacheAsksForCompanions(t *testing.T) {
	dir := copyTo(t, "O0-dw5/split.wasm", "O0-dw5/list.dwo")
	path := filepath.Join(dir, "split.wasm")
	module := read(t, path)
	c := &Cache{Dir: filepath.Join(t.TempDir(), "cache"), Key: Key{1}}
	compile := func(want bool, notes int) {
		t.Helper()
		f, hit, err := c.Compile(module, Options{Companions: &Companions{Module: path}})
		if err != nil || hit != want || len(f.Notes) != notes {
			t.Errorf("hit %t, %d notes, %v; want %t, %d", hit, len(f.Notes), err, want, notes)
		}
		c.Wait()
	}
	compile(false, 1)
	compile(true, 1)
	dwo := filepath.Join(dir, "main.dwo")
	if err := os.WriteFile(dwo, read(t, splitPrograms+"O0-dw5/main.dwo"), 0o600); err != nil {
		t.Fatal(err)
	}
	compile(false, 0)
	compile(true, 0)
	if err := os.WriteFile(dwo, []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	compile(false, 1)
	compile(true, 1)
}

// readelf and llvm-dwarfdump see in the output the macros that are in the input.
func TestMacros(t *testing.T) {
	if _, err := exec.LookPath("llvm-dwarfdump-22"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("llvm-dwarfdump-22 is missing")
		}
		t.Skip("llvm-dwarfdump-22 is missing")
	}
	macros := func(path string) []string {
		out, err := exec.Command("llvm-dwarfdump-22", "--debug-macro", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, l := range regexp.MustCompile(`DW_MAC\w+_(define|undef|start_file|end_file)(?:_str[px])?( - lineno: \d+)?( filenum| macro: .*)?`).FindAllSubmatch(out, -1) {
			list = append(list, string(bytes.Join(l[1:], []byte(" "))))
		}
		return list
	}
	for _, name := range []string{"dw4.wasm", "dw5.wasm", "split.wasm"} {
		path := "../testdata/programs/c_macros/" + name
		b := read(t, path)
		f, err := Compile(b, Options{Companions: &Companions{Module: path}})
		if err != nil {
			t.Fatal(err)
		}
		elf, err := f.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		object := filepath.Join(t.TempDir(), "object.elf")
		if err := os.WriteFile(object, elf, 0o600); err != nil {
			t.Fatal(err)
		}
		if name == "split.wasm" {
			path = "../testdata/programs/c_macros/main.dwo"
		}
		want, got := macros(path), macros(object)
		if len(want) < 10 || !slices.Equal(got, want) {
			t.Errorf("%s: %d macros in the object, %d in the module:\n%q\n%q", name, len(got), len(want), got, want)
		}
	}
}
