package dump

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/debugger"
	"sphex/internal/testneeds"
)

const programs = "../../testdata/programs/"

func open(t testing.TB, module string) *Program {
	t.Helper()
	p, err := Open(context.Background(), debugger.Config{Program: programs + module})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// named dumps the one function that a selector names.
func named(t testing.TB, p *Program, selector string) *Function {
	t.Helper()
	sel, err := p.Select(selector)
	if err != nil {
		t.Fatal(err)
	}
	if len(sel.Functions) != 1 {
		t.Fatalf("%s names %d functions", selector, len(sel.Functions))
	}
	f, err := p.Function(sel.Functions[0])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every byte of native code and every instruction of every function is shown once, in order, with
// each stop site at the instruction whose it is.
func TestComplete(t *testing.T) {
	for _, module := range []string{"c_steps/c_steps-O0.wasm", "c_types/c_types-O2-dw5.wasm", "cpp_shapes/cpp_shapes-O2.wasm", "orders/orders-release.wasm"} {
		t.Run(filepath.Base(module), func(t *testing.T) {
			t.Parallel()
			p := open(t, module)
			for i := range p.Object().Map.Funcs {
				complete(t, p, i)
			}
		})
	}
}

func complete(t *testing.T, p *Program, i int) {
	code := &p.Object().Map.Funcs[i]
	f, err := p.Function(code)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Notes) > 0 {
		t.Errorf("%s: %v", f.Name, f.Notes)
	}
	sites := map[abi.TextOffset]wasm.CodeOffset{}
	for _, s := range code.Sites {
		sites[s.Text] = s.Wasm
	}
	var wasms []wasm.CodeOffset
	at := code.Text
	for _, st := range f.Statements {
		for _, in := range st.Insts {
			if in.Wasm != "" && st.Apart == "" {
				wasms = append(wasms, in.Code)
			}
			for _, n := range in.Native {
				b, err := hex.DecodeString(n.Bytes)
				if err != nil || n.Text != at || !bytes.Equal(b, p.Object().Text[at:int(at)+len(b)]) {
					t.Fatalf("%s: %06x %s follows what ends at %06x", f.Name, n.Text, n.Bytes, at)
				}
				at += abi.TextOffset(len(b))
				w, site := sites[n.Text]
				if site != n.Site || site && w != in.Code {
					t.Errorf("%s: %06x of %#x: site %v, is one of %#x: %v", f.Name, n.Text, in.Code, n.Site, w, site)
				}
			}
		}
	}
	if at != code.TextEnd {
		t.Errorf("%s: ends at %06x, not %06x", f.Name, at, code.TextEnd)
	}
	m := p.Module()
	var r wasm.Reader
	var in wasm.Inst
	r.Reset(m, &m.Code[i])
	for r.Next(&in) {
		if len(wasms) == 0 || wasms[0] != in.Offset {
			t.Fatalf("%s: %v at %#x is not where it should be", f.Name, &in, in.Offset)
		}
		wasms = wasms[1:]
	}
	if len(wasms) > 0 {
		t.Errorf("%s: %d instructions too many", f.Name, len(wasms))
	}
}

// In optimised code, the unrolled loop has i as a constant, and the inlined clamp its limits: the
// values are those of testdata/programs/c_steps/main.c.
func TestVariables(t *testing.T) {
	f := named(t, open(t, "c_steps/c_steps-O2.wasm"), "main")
	want := map[string]string{"i": "= 1; = 2; = 3; = 4", "lo": "= 0", "hi": "= 30", "argv": ""}
	for i := range f.Variables {
		v := &f.Variables[i]
		words, ok := want[v.Name]
		if !ok {
			continue
		}
		delete(want, v.Name)
		var places []string
		for _, p := range v.Places {
			places = append(places, p.Place)
		}
		if got := strings.Join(places, "; "); got != words {
			t.Errorf("%s: %s, want %s", v.Name, got, words)
		}
		if inlined := v.Name == "lo" || v.Name == "hi"; inlined != (v.Inlined == "clamp") {
			t.Errorf("%s is inlined: %q", v.Name, v.Inlined)
		}
	}
	if len(want) > 0 {
		t.Errorf("lacks %v", want)
	}
	clamp := 0
	for _, st := range f.Statements {
		if n := len(st.Inside); n > 0 {
			c := st.Inside[n-1]
			if c.Function != "clamp" || c.Line != 56 || st.Line < 7 || st.Line > 13 {
				t.Errorf("%s:%d is in %+v", st.File, st.Line, c)
			}
			clamp++
		}
		if st.Line == 55 && st.Source != "  total += fact(4);" {
			t.Errorf("line 55 is %q", st.Source)
		}
	}
	if clamp == 0 {
		t.Error("nothing of clamp")
	}
}

// A line's dump has the code of the line, here in an inlined copy, and nothing else.
func TestLine(t *testing.T) {
	p := open(t, "c_steps/c_steps-O2.wasm")
	sel, err := p.Select("main.c:8")
	if err != nil || len(sel.Functions) != 1 || sel.Line != 8 {
		t.Fatalf("%+v, %v", sel, err)
	}
	f, err := p.Function(sel.Functions[0])
	if err != nil {
		t.Fatal(err)
	}
	f.Narrow(sel.File, sel.Line)
	if len(f.Statements) == 0 {
		t.Fatal("no code")
	}
	for _, st := range f.Statements {
		if st.Line != 8 || len(st.Inside) != 1 || st.Inside[0].Function != "clamp" || st.Inside[0].Line != 56 {
			t.Errorf("%s:%d in %+v", st.File, st.Line, st.Inside)
		}
	}
	names := ""
	for _, v := range f.Variables {
		names += v.Name + " "
	}
	for _, want := range []string{"total", "lo", "hi", "argc"} {
		if !strings.Contains(names, want+" ") {
			t.Errorf("%s is not among %s", want, names)
		}
	}
}

func TestSelect(t *testing.T) {
	p := open(t, "c_steps/c_steps-O0.wasm")
	main := named(t, p, "main")
	for _, same := range []string{"*" + strconv.Itoa(int(main.Body)+8), "func[" + strconv.Itoa(int(main.Index)) + "]", "main.c:55", "c_steps/main.c:55:3"} {
		if f := named(t, p, same); f.Name != "main" {
			t.Errorf("%s is %s", same, f.Name)
		}
	}
	if sel, err := p.SelectOffset(main.Offset + 8); err != nil || sel.Functions[0].Index != main.Index {
		t.Errorf("%+v, %v", sel, err)
	}
	if list := p.Match(regexp.MustCompile("^is_")); len(list) != 2 {
		t.Errorf("%d functions", len(list))
	}
	for selector, words := range map[string]string{
		"mian": "did you mean", "main.c:9999": "no code", "nothere.c:3": "no source file", "*x": "no offset", "*0xffffff": "no function", "func[9999]": "9999",
	} {
		if _, err := p.Select(selector); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", selector, err)
		}
	}
}

// objectFile writes the program's object for other tools.
func objectFile(t *testing.T, p *Program) string {
	t.Helper()
	b, err := p.Object().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "object.elf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Another disassembler sees the same instructions.
func TestDisassembly(t *testing.T) {
	objdump := testneeds.Tool(t, "llvm-objdump-22")
	p := open(t, "c_steps/c_steps-O2.wasm")
	file := objectFile(t, p)
	out, err := exec.Command(objdump, "-d", "--disassemble-symbols=main,fact,classify,printf_core", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[abi.TextOffset]string{}
	for _, m := range regexp.MustCompile(`(?m)^ *([0-9a-f]+): ((?:[0-9a-f]{2}[ \t])+)`).FindAllStringSubmatch(string(out), -1) {
		n, _ := strconv.ParseUint(m[1], 16, 64)
		theirs[abi.TextOffset(n-abi.TextBase)] = strings.Join(strings.Fields(m[2]), "")
	}
	compared, lost := 0, 0
	for _, name := range []string{"main", "fact", "classify", "printf_core"} {
		for _, st := range named(t, p, name).Statements {
			for _, in := range st.Insts {
				for _, n := range in.Native {
					if strings.HasPrefix(n.Asm, ".long") {
						continue // a jump table or a constant
					}
					if theirs[n.Text] == "" {
						lost++ // it reads on in a jump table, and needs some bytes to find back
						continue
					}
					compared++
					if theirs[n.Text] != n.Bytes {
						t.Errorf("%s: %06x is %s, not %s", name, n.Text, theirs[n.Text], n.Bytes)
					}
				}
			}
		}
	}
	if compared < 1000 || lost > 50 {
		t.Errorf("compared only %d instructions, %d were not there", compared, lost)
	}
}

// llvm-dwarfdump names the same registers in the same ranges.
func TestPlacesAsDwarfdump(t *testing.T) {
	dwarfdump := testneeds.Tool(t, "llvm-dwarfdump-22")
	p := open(t, "c_steps/c_steps-O2.wasm")
	file := objectFile(t, p)
	out, err := exec.Command(dwarfdump, "--debug-info", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string]bool{}
	for _, m := range regexp.MustCompile(`\[(0x[0-9a-f]+), (0x[0-9a-f]+)\)[^:]*: DW_OP_reg\d+ (R\w+)\W`).FindAllStringSubmatch(string(out), -1) {
		lo, _ := strconv.ParseUint(m[1], 0, 64)
		hi, _ := strconv.ParseUint(m[2], 0, 64)
		theirs[strings.ToLower(m[3])+" in "+Range{abi.TextOffset(lo - abi.TextBase), abi.TextOffset(hi - abi.TextBase)}.String()] = true
	}
	compared := 0
	for i := range p.Object().Map.Funcs {
		f, err := p.Function(&p.Object().Map.Funcs[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range f.Variables {
			for k, pl := range v.Places {
				joined := k > 0 && v.Places[k-1].Place == pl.Place || k+1 < len(v.Places) && v.Places[k+1].Place == pl.Place
				if v.Whole(f) || joined || !regexp.MustCompile(`^r\w+$`).MatchString(pl.Place) || len(v.Places) < 2 {
					continue
				}
				compared++
				if s := pl.Place + " in " + pl.Range.String(); !theirs[s] {
					t.Errorf("%s: %s: %s is not in the list", f.Name, v.Name, s)
				}
			}
		}
	}
	if compared < 100 {
		t.Errorf("compared only %d places", compared)
	}
}

// Text keeps to its width, whatever that is, and has no escape sequences unless they are wanted.
func TestText(t *testing.T) {
	f := named(t, open(t, "orders/orders.wasm"), "main::Till::take")
	for _, width := range []int{100, 120, 160, 240} {
		var b strings.Builder
		if err := WriteFunction(&b, f, Layout{Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("width %d: %d: %s", width, n, line)
			}
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Error("it has escape sequences")
		}
		for _, want := range []string{"self", "due", "call main", "● nop", "source"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("width %d: no %q", width, want)
			}
		}
	}
	var coloured, narrow strings.Builder
	WriteFunction(&coloured, f, Layout{Width: 160, Colour: true})
	WriteFunction(&narrow, f, Layout{Width: 160, Columns: []string{ColumnSource, ColumnVariables}})
	if !strings.Contains(coloured.String(), "\x1b[32m") || strings.Contains(narrow.String(), "global.get") {
		t.Error("colours or columns are not as asked for")
	}
}

// The page is well-formed, needs nothing from elsewhere, has each machine instruction, and shows names
// as they are, whatever characters they have.
func TestHTML(t *testing.T) {
	f := named(t, open(t, "c_steps/c_steps-O2.wasm"), "main")
	evil := *f
	evil.Name = `<script>alert("1")</script>&\x00]]>` + "\x00\xff"
	evil.Variables = append([]Variable{{Name: "</script><b>", Type: "a<b>&c", Places: []VariablePlace{{Range{f.Text, f.TextEnd}, "</script>]]>"}}, Scope: []Range{{f.Text, f.TextEnd}}}}, f.Variables...)
	evil.Statements = append([]Statement{{File: `"/><i>.c`, Line: 1, Source: "if (a < b && c) \x1b[31m", Insts: []Inst{{Wasm: "<x>"}}}}, f.Statements...)
	var page bytes.Buffer
	if err := WriteHTML(&page, []*Function{f, &evil}); err != nil {
		t.Fatal(err)
	}
	native := 0
	for _, st := range f.Statements {
		for _, in := range st.Insts {
			native += len(in.Native)
		}
	}
	rows, scripts := 0, 0
	d := xml.NewDecoder(bytes.NewReader(page.Bytes()))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "script":
			scripts++
		case "b", "i":
			if e.Name.Local == "i" {
				t.Error("a file's name became an element")
			}
		}
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "src", "href", "action":
				t.Errorf("<%s %s=%q>", e.Name.Local, a.Name.Local, a.Value)
			case "data-t":
				rows++
			}
		}
	}
	if rows != 2*native || scripts != 3 {
		t.Errorf("%d rows for 2 × %d instructions, %d scripts", rows, native, scripts)
	}
	if s := page.String(); strings.Contains(s, "http:") || strings.Contains(s, "https:") || strings.Contains(s, "@import") {
		t.Error("it refers to something elsewhere")
	}
	if _, err := json.Marshal(f); err != nil {
		t.Error(err)
	}
}

// Debug information that is damaged at random costs answers, no more.
func TestDamaged(t *testing.T) {
	module, err := os.ReadFile(programs + "c_steps/c_steps-O2.wasm")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := aot.Compile(module, aot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := *whole
		o.Debug = map[string][]byte{}
		for name, b := range whole.Debug {
			b = bytes.Clone(b)
			for range 1 + len(b)/400 {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
			o.Debug[name] = b
		}
		cfg := debugger.Config{Program: programs + "c_steps/c_steps-O2.wasm",
			Compile: func([]byte, *aot.Companions) (*object.File, error) { return &o, nil }}
		p, err := Open(context.Background(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		p.Overview()
		for i := range o.Map.Funcs {
			f, err := p.Function(&o.Map.Funcs[i])
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if err := WriteFunction(io.Discard, f, Layout{Width: 160}); err != nil {
				t.Fatal(err)
			}
			if err := WriteHTML(io.Discard, []*Function{f}); err != nil {
				t.Fatal(err)
			}
		}
		d := &Dwarf{Program: "damaged"}
		d.object(&o)
		if err := WriteDwarf(io.Discard, d, Layout{Width: 160}, true); err != nil {
			t.Fatal(err)
		}
	}
}
