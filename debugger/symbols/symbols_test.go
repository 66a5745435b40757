package symbols

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
)

// wasmData is the DWARF of a module as it is, with the code section as the text: addresses are
// those that llvm-dwarfdump prints.
func wasmData(t testing.TB, name string) Data {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../testdata/programs", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	d := Data{TextSize: uint64(m.CodeSize)}
	for _, c := range m.Customs {
		d.Sections.Set(c.Name, c.Data)
	}
	for i, b := range m.Code {
		d.Funcs = append(d.Funcs, FuncRange{Index: uint32(m.NumImportedFuncs + i), Text: abi.TextOffset(b.Start), End: abi.TextOffset(b.End), Body: abi.TextOffset(b.Code)})
	}
	return d
}

func openWasm(t testing.TB, name string) *Table {
	t.Helper()
	tab := New(wasmData(t, name))
	if p := tab.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	return tab
}

const (
	rust = "rs_types/rs_types-debug.wasm"
	c5   = "c_types/c_types-O0-dw5.wasm"
	cpp  = "cpp_shapes/cpp_shapes-O0.wasm"
)

func TestFunctions(t *testing.T) {
	for _, c := range []struct{ program, query, want string }{
		{rust, "main::enums", "main::enums"},
		{rust, "enums", "main::enums"},
		{rust, "_ZN4main5enums17hfe669a2b74fe1d35E", "main::enums"},
		{rust, "num", ""},
		{rust, "lang_start", "std::rt::lang_start"},
		{rust, "__rust_begin_short_backtrace", "std::sys::backtrace::__rust_begin_short_backtrace"},
		{c5, "aggregates", "aggregates"},
		{c5, "main", "main"}, // its linkage name is __main_argc_argv
		{c5, "__main_argc_argv", "main"},
		{c5, "agg", ""},
		{cpp, "geo::Circle::area", "geo::Circle::area"},
		{cpp, "Circle::area", "geo::Circle::area"},
		{cpp, "area", "geo::Circle::area geo::LabelledSquare::area"},
		{cpp, "push", "geo::Ring<int, 3>::push"},
		{cpp, "Ring::push", "geo::Ring<int, 3>::push"},
		{cpp, "geo::Ring<int, 3>::push", "geo::Ring<int, 3>::push"},
		{cpp, "operator+", "geo::Point::operator+"},
		{cpp, "total", "total"},
	} {
		var got []string
		for _, f := range openWasm(t, c.program).Functions(c.query) {
			if len(f.Ranges) > 0 {
				got = append(got, f.Name)
			}
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: %s finds %q, want %q", c.program, c.query, g, c.want)
		}
	}
	_, err := openWasm(t, c5).FuncPlaces("agregates")
	var fe *FuncError
	if !errors.As(err, &fe) || len(fe.Nearest) == 0 || fe.Nearest[0] != "aggregates" {
		t.Errorf("error %v", err)
	}
}

func TestLinePlaces(t *testing.T) {
	for _, c := range []struct {
		program, file string
		line          int
		path          string
		bound         int
		in            string // function of each place
	}{
		{c5, "main.c", 53, "/corpus/c_types/main.c", 53, "sub"},
		{c5, "c_types/main.c", 115, "/corpus/c_types/main.c", 115, "scopes"},
		{c5, "main.c", 109, "/corpus/c_types/main.c", 109, "aggregates"},       // the closing brace
		{c5, "main.c", 110, "/corpus/c_types/main.c", 114, "scopes"},           // an empty line: behind scopes' prologue
		{c5, "main.c", 54, "/corpus/c_types/main.c", 57, "scalars"},            // line 56 opens the function, whose first statement is on 57
		{rust, "main.rs", 126, "/corpus/rs_types/main.rs", 127, "main::enums"}, // fn enums
		{rust, "main.rs", 150, "/corpus/rs_types/main.rs", 150, "main::enums"},
		{rust, "rs_types/main.rs", 204, "/corpus/rs_types/main.rs", 204, "main::main main::main::{{closure}}"},
		{cpp, "main.cpp", 55, "", 57, ""},
	} {
		path, bound, places, err := openWasm(t, c.program).LinePlaces(c.file, c.line)
		if err != nil {
			t.Errorf("%s:%d: %v", c.file, c.line, err)
			continue
		}
		var in []string
		for _, p := range places {
			in = append(in, p.Func.Name)
		}
		if c.path == "" {
			continue
		}
		shown := places[0].Line
		if path != c.path || shown != c.bound || strings.Join(in, " ") != c.in {
			t.Errorf("%s:%d: %s:%d (bound to %d) in %s, want %s:%d in %s", c.file, c.line, path, shown, bound, strings.Join(in, " "), c.path, c.bound, c.in)
		}
	}
	tab := openWasm(t, c5)
	var le *LineError
	if _, _, _, err := tab.LinePlaces("main.c", 1000); !errors.As(err, &le) || le.Last != 144 {
		t.Errorf("behind the end: %v", err)
	}
	var fe *FileError
	if _, _, _, err := tab.LinePlaces("mein.c", 1); !errors.As(err, &fe) || fe.Ambiguous || len(fe.Files) == 0 || fe.Files[0] != "/corpus/c_types/main.c" {
		t.Errorf("wrong name: %v", err)
	}
	tab = openWasm(t, rust)
	if _, _, _, err := tab.LinePlaces("mod.rs", 1); !errors.As(err, &fe) || !fe.Ambiguous || len(fe.Files) < 2 {
		t.Errorf("ambiguous name: %v", err)
	}
	if fs := tab.FindFiles("rs_types/main.rs"); len(fs) != 1 {
		t.Errorf("suffix of a path: %v", fs)
	}
	if fs := tab.FindFiles("ain.rs"); len(fs) != 0 {
		t.Errorf("not at a slash: %v", fs)
	}
}

// Every row of a function leads back to a frame of it, and inlined chains nest.
func TestFramesNest(t *testing.T) {
	for _, name := range []string{rust, c5, cpp, "rs_types/rs_types-release-dw5.wasm", "c_types/c_types-O2-dw4.wasm", "cpp_shapes/cpp_shapes-O2.wasm"} {
		tab := openWasm(t, name)
		rows, inlined := 0, 0
		for _, f := range tab.AllFunctions() {
			for _, r := range tab.Rows(f) {
				rows++
				if r.End <= r.Text {
					t.Fatalf("%s: row at %#x is empty", name, r.Text)
				}
				chain := tab.Frames(r.Text)
				if len(chain) == 0 {
					t.Fatalf("%s: no frame at %#x in %s", name, r.Text, f.Name)
				}
				last := chain[len(chain)-1]
				if last.Func != f || last.Inlined || chain[0].Line != r.Line || chain[0].File != r.File {
					t.Fatalf("%s: frames at %#x end in %s, want %s", name, r.Text, last.Func.Name, f.Name)
				}
				for i, fr := range chain[:len(chain)-1] {
					inlined++
					if !fr.Inlined || !contains(fr.Ranges, r.Text) || fr.Func.Name == "" {
						t.Fatalf("%s: frame %d at %#x", name, i, r.Text)
					}
				}
				for _, fr := range chain {
					tab.Scopes(fr, r.Text)
				}
			}
		}
		if rows == 0 || strings.Contains(name, "release") && inlined == 0 {
			t.Errorf("%s: %d rows, %d inlined", name, rows, inlined)
		}
		if p := tab.Problems(); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func TestScopesShadow(t *testing.T) {
	tab := openWasm(t, c5)
	_, _, places, err := tab.LinePlaces("main.c", 121) // snprintf in the innermost block of scopes
	if err != nil {
		t.Fatal(err)
	}
	pc := places[0].Text
	var got []string
	for _, s := range tab.Scopes(tab.Frames(pc)[0], pc) {
		for _, v := range s.Vars {
			got = append(got, v.Name)
		}
	}
	// int x = y + 100 | int y | for (int x | static calls, static last, n, x
	if g := strings.Join(got, " "); g != "x y x calls last n x" {
		t.Error(g)
	}
}

func TestGlobals(t *testing.T) {
	for _, c := range []struct{ program, name, full string }{
		{c5, "matrix", "matrix"}, {c5, "origin", "origin"},
		{rust, "COUNTER", "main::COUNTER"}, {rust, "main::GREETING", "main::GREETING"},
		{cpp, "Shape::count", "geo::Shape::count"},
	} {
		gs := openWasm(t, c.program).GlobalsNamed(c.name, nil)
		if len(gs) == 0 || gs[0].Full != c.full || !gs[0].Static {
			t.Errorf("%s: %v", c.name, gs)
		}
	}
}

func TestUnits(t *testing.T) {
	for program, want := range map[string]Language{rust: LangRust, c5: LangC, cpp: LangCPP} {
		tab := openWasm(t, program)
		f := tab.Functions("main")
		if len(f) == 0 || f[0].Unit.Language != want || f[0].Unit.Producer == "" {
			t.Errorf("%s: %v", program, f)
		}
	}
}

// TestFunctionInEnumeration has a function whose entry with code stands in DW_TAG_enumeration_type: an
// impl of a Rust enumeration, after LTO. The other has no linkage name; what it stands in has the part.
func TestFunctionInEnumeration(t *testing.T) {
	indexed, scanned := compiled(t, "../../testdata/programs/rs_panic/rs_panic-163-lto.wasm")
	for way, tab := range map[string]*Table{"index": indexed, "scan": scanned} {
		found := false
		for _, f := range tab.Functions("Fallibility::capacity_overflow") {
			if len(f.Ranges) == 0 {
				continue
			}
			found = true
			if g := tab.Function(f.Entry); f.Unit == nil || g != f {
				t.Errorf("%s: %s at %#x is %v", way, f.Name, f.Entry, g)
			}
		}
		if !found {
			t.Errorf("%s: there is no hashbrown::raw::Fallibility::capacity_overflow with code", way)
		}
		if names := tab.FunctionNames("alloc::__alloc_error"); !slices.Contains(names, "alloc::alloc::__alloc_error_handler::__rg_oom") {
			t.Errorf("%s: names with alloc::__alloc_error: %q", way, names)
		}
	}
}

func TestFunctionWithoutDWARF(t *testing.T) {
	tab := New(Data{TextSize: 100, Funcs: []FuncRange{{Index: 3, Text: 0, End: 40}, {Index: 4, Text: 40, End: 100, Name: "_ZN4main3foo17h0123456789abcdefE"}}})
	if f := tab.Function(39); f == nil || f.Name != "wasm function 3" || f.Index != 3 {
		t.Errorf("%+v", f)
	}
	if f := tab.Function(40); f == nil || f.Name != "main::foo" || len(tab.Functions("foo")) != 1 {
		t.Errorf("%+v", f)
	}
	if f := tab.Function(100); f != nil {
		t.Errorf("%+v", f)
	}
	if fs := tab.Frames(50); len(fs) != 1 || fs[0].Line != 0 {
		t.Errorf("%+v", fs)
	}
}

func TestPathMap(t *testing.T) {
	m := PathMap{{"/rustc/abc", "/src/rust"}, {"/rustc", "/wrong"}, {"/corpus/", "/home/me"}}
	for p, want := range map[string]string{
		"/rustc/abc/library/a.rs": "/src/rust/library/a.rs", "/corpus/x.c": "/home/me/x.c", "/corpusx/y.c": "/corpusx/y.c",
	} {
		if got := m.Apply(p); got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
	if got := m.Reverse("/home/me/x.c"); got != "/corpus/x.c" {
		t.Error(got)
	}
	got := m.Candidates("/corpus/p/x.c", "/tmp")
	if strings.Join(got, " ") != "/home/me/p/x.c /corpus/p/x.c /tmp/corpus/p/x.c /tmp/p/x.c /tmp/x.c" {
		t.Error(got)
	}
}

func TestStripArgs(t *testing.T) {
	for full, want := range map[string]string{
		"<main::Point as core::fmt::Debug>::fmt":             "main::Point::fmt",
		"alloc::vec::Vec<T,A>::push":                         "alloc::vec::Vec::push",
		"core::iter::fold::<i32, fn(i32) -> i32>":            "core::iter::fold",
		"geo::Ring<int, 3>::push(int)":                       "geo::Ring::push",
		"main(int, char**)::$_0::operator()(int) const":      "main::$_0::operator()",
		"std::operator<< <char>":                             "std::operator<< ",
		"(anonymous namespace)::f(int)":                      "(anonymous namespace)::f",
		"<alloc::vec::Vec<T> as core::ops::Index<I>>::index": "alloc::vec::Vec::index",
	} {
		if got := stripArgs(full); got != want {
			t.Errorf("%s: %q, want %q", full, got, want)
		}
	}
}

// Many readers at once; the race detector watches.
func TestConcurrent(t *testing.T) {
	tab := openWasm(t, "rs_types/rs_types-release-dw5.wasm")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for pc := abi.TextOffset(i); uint64(pc) < tab.data.TextSize; pc += 977 {
				for _, f := range tab.Frames(pc) {
					tab.Scopes(f, pc)
				}
			}
			tab.Functions("main")
			tab.LinePlaces("main.rs", 100)
			tab.TypeNamed("main::Shape")
		}()
	}
	wg.Wait()
}

// ask puts every question at some addresses.
func ask(tab *Table) {
	size := abi.TextOffset(tab.data.TextSize)
	for pc := abi.TextOffset(0); pc < size; pc += 1 + size/50 {
		tab.Row(pc)
		for _, f := range tab.Frames(pc) {
			tab.Scopes(f, pc)
			tab.PrologueEnd(f.Func)
			tab.FrameBase(f.Outer, pc)
		}
	}
	tab.FuncPlaces("main")
	tab.LinePlaces("main.c", 100)
	tab.Globals()
	tab.TypeNamed("point")
	tab.EnumOf("BLUE", nil)
}

// FuzzTable damages one place of a program's DWARF.
func FuzzTable(f *testing.F) {
	f.Add(uint8(0), uint32(100), uint32(0xffffffff))
	f.Add(uint8(1), uint32(30), uint32(0))
	f.Add(uint8(2), uint32(77), uint32(0x80808080))
	clean := wasmData(f, c5)
	f.Fuzz(func(t *testing.T, section uint8, at, val uint32) {
		d := clean
		names := dwarf.SectionNames
		s := d.Sections.Section(names[int(section)%len(names)])
		if len(*s) < 4 {
			return
		}
		b := append([]byte(nil), *s...)
		*s = b
		binary.LittleEndian.PutUint32(b[int(at)%(len(b)-3):], val)
		ask(New(d))
	})
}

func BenchmarkFramesRelease(b *testing.B) {
	tab := openWasm(b, "rs_types/rs_types-release-dw5.wasm")
	n := abi.TextOffset(tab.data.TextSize)
	for i := 0; b.Loop(); i++ {
		tab.Frames(abi.TextOffset(i*7919) % n)
	}
}

func BenchmarkOpenAndFind(b *testing.B) {
	d := wasmData(b, rust)
	for b.Loop() {
		tab := New(d)
		if _, err := tab.FuncPlaces("main::enums"); err != nil {
			b.Fatal(err)
		}
	}
}
