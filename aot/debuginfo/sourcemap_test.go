package debuginfo

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
	"sphex/dwarf/line"
)

// mapModule is a module whose code section starts at file offset 0x20 and is 0x40 bytes long.
var mapModule = &wasm.Module{CodeSection: 0x20, CodeSize: 0x40}

// TestSourceMap reads maps whose mappings were encoded by hand: A is 0, C is 1, E is 2, D is -1; kC
// is 34: k has the sixth bit and 4, C has 2, and half of 4+2*32 is 34.
func TestSourceMap(t *testing.T) {
	a := mapSource{path: "a.ts"}
	for _, test := range []struct {
		name, text string
		sources    []mapSource
		segments   []segment
		err        error
	}{
		// 32+2 is code offset 2; then 1 further, in the second line; then 1 further, from nowhere.
		{"plain", `{"version":3,"sources":["a.ts"],"mappings":"kCAAA,CACC,C"}`, []mapSource{a},
			[]segment{{2, 0, 1, 1}, {3, 0, 2, 2}, {4, -1, 0, 0}}, nil},
		{"names", `{"version":3,"sources":["a.ts"],"names":["f"],"mappings":"kCAAAA"}`, []mapSource{a}, []segment{{2, 0, 1, 1}}, nil},
		{"root and text", `{"version":3,"sourceRoot":"/src/","sources":["a.ts",null,"/b.ts"],"sourcesContent":["x\u0000y",null],"mappings":""}`,
			[]mapSource{{"/src/a.ts", "x y", true}, {}, {path: "/b.ts"}}, nil, nil},
		{"not the code", `{"version":3,"sources":["a.ts"],"mappings":"CAAA,kCACA;kCAAA"}`, []mapSource{a}, []segment{{3, 0, 2, 1}}, nil},
		{"unordered", `{"version":3,"sources":["a.ts"],"mappings":"mCAAA,DACA"}`, []mapSource{a}, []segment{{2, 0, 2, 1}, {3, 0, 1, 1}}, nil},
		{"twice", `{"version":3,"sources":["a.ts"],"mappings":"kCAAA,AACA"}`, []mapSource{a}, []segment{{2, 0, 2, 1}}, nil},
		{"guard", ")]}'\n" + `{"version":3,"sources":["a.ts"],"mappings":"kCAAA"}`, []mapSource{a}, []segment{{2, 0, 1, 1}}, nil},
		{"sections", `{"version":3,"sections":[
			{"offset":{"line":0,"column":32},"map":{"version":3,"sources":["a.ts"],"mappings":"EAAA"}},
			{"offset":{"line":0,"column":40},"map":{"version":3,"sources":["b.ts"],"mappings":"CAAA"}},
			{"offset":{"line":1,"column":40},"map":{"version":3,"sources":["c.ts"],"mappings":"CAAA"}}]}`,
			[]mapSource{a, {path: "b.ts"}}, []segment{{2, 0, 1, 1}, {9, 1, 1, 1}}, nil},
		{"version", `{"version":2,"mappings":""}`, nil, nil, errMapVersion},
		{"no such source", `{"version":3,"sources":["a.ts"],"mappings":"kCAAA,CCAA"}`, []mapSource{a}, []segment{{2, 0, 1, 1}}, errVLQ},
		{"no digit", `{"version":3,"sources":["a.ts"],"mappings":"kCAAA,C!AA"}`, []mapSource{a}, []segment{{2, 0, 1, 1}}, errVLQ},
		{"cut number", `{"version":3,"sources":["a.ts"],"mappings":"k"}`, []mapSource{a}, nil, errVLQ},
		{"long number", `{"version":3,"sources":["a.ts"],"mappings":"ggggggggggggC"}`, []mapSource{a}, nil, errVLQ},
		{"line before the first", `{"version":3,"sources":["a.ts"],"mappings":"kCADA"}`, []mapSource{a}, nil, errVLQ},
	} {
		s, err := parseSourceMap(mapModule, []byte(test.text))
		if err != test.err {
			t.Errorf("%s: error %v, want %v", test.name, err, test.err)
		}
		if len(s.sources)+len(test.sources) > 0 && !reflect.DeepEqual(s.sources, test.sources) {
			t.Errorf("%s: sources %+v, want %+v", test.name, s.sources, test.sources)
		}
		if len(s.segments)+len(test.segments) > 0 && !reflect.DeepEqual(s.segments, test.segments) {
			t.Errorf("%s: segments %+v, want %+v", test.name, s.segments, test.segments)
		}
	}
	if _, err := parseSourceMap(mapModule, []byte("no JSON")); err == nil {
		t.Error("no JSON: no error")
	}
}

// mapped returns a module with its source map.
func mapped(t testing.TB) (*wasm.Module, []byte) {
	const name = "../../testdata/programs/asc_primes/bin/primes.wasm"
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err == nil {
		err = m.Validate()
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name + ".map")
	if err != nil {
		t.Fatal(err)
	}
	return m, text
}

// synthetic is the input that synthesise gives.
func synthetic(t testing.TB, m *wasm.Module, text []byte, shown bool) *Input {
	s, notes := synthesise(m, text, shown)
	if s == nil {
		s = &dwarf.Sections{}
	}
	in := &Input{Module: m, Sections: s, Synthetic: true, notes: notes}
	var err error
	if in.Data, err = info.New(s); err != nil {
		t.Fatal(err)
	}
	return in
}

// TestSynthesised reads what is made of a source map and of a module's text.
func TestSynthesised(t *testing.T) {
	m, text := mapped(t)
	for _, test := range []struct {
		name  string
		text  []byte
		shown bool
		note  string
		files []string // that have rows
	}{
		{"source map", text, false, "no debug information but a source map", []string{"./primes/primes.ts", "./primes/~lib/rt/stub.ts"}},
		{"text", nil, true, "no debug information: showing the module's own text, module.wat", []string{"wasm:/module.wat"}},
		{"both", text, true, "no debug information but a source map",
			[]string{"./primes/primes.ts", "./primes/~lib/rt/stub.ts", "wasm:/module.wat"}},
		{"damaged map", []byte("{"), true, "the module's source map is damaged", []string{"wasm:/module.wat"}},
		{"nothing", nil, false, "", nil},
	} {
		in := synthetic(t, m, test.text, test.shown)
		if notes := strings.Join(in.notes, "\n"); !strings.HasPrefix(notes, test.note) || test.note == "" && notes != "" {
			t.Errorf("%s: notes %q", test.name, notes)
		}
		var files []string
		functions := 0
		for _, u := range in.Data.Units {
			root, err := u.Root()
			if err != nil || !IsSynthetic(root.Str(dwarf.AttrProducer)) {
				t.Fatal(err)
			}
			w := u.Walk()
			var e info.Entry
			for w.Next(&e) {
				if e.Tag() == dwarf.TagSubprogram {
					functions++
				}
			}
			h, _ := lineHeaderOf(u)
			prog, err := line.Parse(in.Sections, h.off, h.addrSize, h.dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := prog.Rows(func(r *line.Row) bool {
				if p := prog.Path(uint64(r.File)); r.Line > 0 && r.Flags&line.EndSequence == 0 && !slices.Contains(files, p) {
					files = append(files, p)
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(files)
		for i := range files {
			if !strings.HasPrefix(files[i], "wasm:") {
				files[i] = "./" + files[i]
			}
		}
		slices.Sort(files)
		if !slices.Equal(files, test.files) {
			t.Errorf("%s: files %q, want %q", test.name, files, test.files)
		}
		if test.files != nil && functions != len(m.Code) {
			t.Errorf("%s: %d functions of %d", test.name, functions, len(m.Code))
		}
		cm := fakeCode(m, Statements(in))
		if _, report := Translate(in, cm, abi.NewLayout(m)); len(report.Losses()) > 0 {
			t.Errorf("%s: losses %+v", test.name, report.Losses())
		}
	}
}

// FuzzSourceMap looks for panics, and for segments that are not where they may be.
func FuzzSourceMap(f *testing.F) {
	m, text := mapped(f)
	f.Add(text)
	f.Add([]byte(`{"version":3,"sections":[{"offset":{"line":0,"column":32},"map":{"version":3,"sources":["a"],"mappings":"kHAAA,CACA,E"}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, _ := parseSourceMap(m, b)
		if s == nil {
			return
		}
		for i, g := range s.segments {
			if g.at == 0 || uint32(g.at) >= m.CodeSize || int(g.source) >= len(s.sources) || i > 0 && s.segments[i-1].at >= g.at {
				t.Fatalf("segment %d: %+v", i, g)
			}
		}
		in := synthetic(t, m, b, true)
		Translate(in, fakeCode(m, Statements(in)), abi.NewLayout(m))
	})
}
