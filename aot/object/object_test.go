package object

import (
	"bytes"
	"debug/elf"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/internal/testneeds"
)

// sample makes an object with a map of n functions, every kind of row in it.
func sample(n int) *File {
	rnd := rand.New(rand.NewSource(1))
	m := &codemap.Map{Target: codemap.Target{Machine: uint16(elf.EM_X86_64), SP: 7, RA: 16, Context: 15, Memory: 14}}
	text, at := abi.TextOffset(0), wasm.CodeOffset(2)
	for i := range n {
		f := codemap.Func{Index: uint32(i + 3), Body: at, Text: text, BodyText: text + 8}
		f.Frame = codemap.Frame{Size: 40, Rows: []codemap.CFARow{{Text: text, Offset: 8}, {Text: text + 4, Offset: 48}},
			Saved: []codemap.Saved{{Reg: 3, Offset: -16, Text: text + 6}, {Reg: 12, Offset: -24, Text: text + 5}}}
		f.Locals = []codemap.Home{{Kind: codemap.InReg, Type: wasm.I32, Reg: 3}, {Kind: codemap.IsConst, Type: wasm.I64}, {Kind: codemap.IsConst, Type: wasm.I64},
			{Kind: codemap.InSlot, Type: wasm.F64, Offset: -40}}
		at += 4
		text += 8
		for j := range 20 {
			f.Insts = append(f.Insts, codemap.Inst{Text: text, Wasm: at})
			if j%4 == 0 {
				f.Sites = append(f.Sites, codemap.Site{Text: text, Wasm: at, Size: 1})
			}
			if j%5 == 1 {
				f.Traps = append(f.Traps, codemap.Trap{Text: text, Wasm: at, Kind: abi.TrapMemory})
				f.Calls = append(f.Calls, codemap.Call{Return: text, Wasm: at})
			}
			text += abi.TextOffset(rnd.Intn(30))
			at += wasm.CodeOffset(rnd.Intn(30))
		}
		f.Insts = append(f.Insts, codemap.Inst{Text: text, Wasm: f.Body + 4})
		f.BodyEnd = at
		text += 2
		f.TextEnd = text
		m.Funcs = append(m.Funcs, f)
	}
	m.Thunks = []codemap.Thunk{
		{Kind: codemap.EntryThunk, Index: 1, Text: text, TextEnd: text + 9},
		{Kind: codemap.ImportThunk, Index: 2, Text: text + 9, TextEnd: text + 30,
			Rows: []codemap.CFARow{{Text: text + 9, Offset: 8}}, Calls: []codemap.Call{{Return: text + 20}}}}
	m.TextSize = text + 30
	f := &File{Notes: []string{"one", "two"}, Map: m, Text: bytes.Repeat([]byte{0x90}, int(m.TextSize)), Module: []byte("\x00asm\x01\x00\x00\x00"),
		Debug: map[string][]byte{".debug_str": []byte("a\x00b\x00"), ".debug_line_str": []byte("c\x00")}}
	f.Symbols = Symbols(m, func(i uint32) string {
		if i == 4 {
			return ""
		}
		return strings.Repeat("f", int(i)%7+1)
	})
	return f
}

func mustBytes(t testing.TB, f *File) []byte {
	t.Helper()
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 7, 2000} {
		f := sample(n)
		got, err := Read(mustBytes(t, f))
		if err != nil {
			t.Fatal(err)
		}
		f.ABIVersion = abi.Version
		if !reflect.DeepEqual(f, got) {
			for i := range f.Map.Funcs {
				if !reflect.DeepEqual(f.Map.Funcs[i], got.Map.Funcs[i]) {
					t.Fatalf("%d functions: function %d:\n%+v\n%+v", n, i, f.Map.Funcs[i], got.Map.Funcs[i])
				}
			}
			t.Fatalf("%d functions: read %+v\nwrote %+v", n, got.Map.Thunks, f.Map.Thunks)
		}
	}
}

// TestStandardReader reads the object with the standard library's ELF reader.
func TestStandardReader(t *testing.T) {
	f := sample(5)
	e, err := elf.NewFile(bytes.NewReader(mustBytes(t, f)))
	if err != nil {
		t.Fatal(err)
	}
	if e.Machine != elf.EM_X86_64 || e.Type != elf.ET_EXEC {
		t.Errorf("machine %v, type %v", e.Machine, e.Type)
	}
	text := e.Section(".text")
	if text.Addr != TextBase || text.Offset%textAlign != 0 {
		t.Errorf("text at %#x, file offset %#x", text.Addr, text.Offset)
	}
	if data, _ := text.Data(); !bytes.Equal(data, f.Text) {
		t.Error("text differs")
	}
	symbols, err := e.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	if len(symbols) != len(f.Symbols) {
		t.Fatalf("%d symbols, want %d", len(symbols), len(f.Symbols))
	}
	for i, s := range symbols {
		if s.Name != f.Symbols[i].Name || s.Value != TextBase+uint64(f.Symbols[i].Text) || elf.ST_TYPE(s.Info) != elf.STT_FUNC {
			t.Errorf("symbol %d: %+v, want %+v", i, s, f.Symbols[i])
		}
	}
}

func TestReadelf(t *testing.T) {
	readelf := testneeds.Tool(t, "readelf")
	path := filepath.Join(t.TempDir(), "x.elf")
	f := sample(50)
	if err := os.WriteFile(path, mustBytes(t, f), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flags := range []string{"-aW", "-lSW"} {
		out, err := exec.Command(readelf, flags, path).CombinedOutput()
		if err != nil || bytes.Contains(bytes.ToLower(out), []byte("warning")) || bytes.Contains(bytes.ToLower(out), []byte("error")) {
			t.Errorf("readelf %s: %v\n%s", flags, err, out)
		}
	}
}

func TestStrip(t *testing.T) {
	custom := func(name, data string) string {
		body := string(rune(len(name))) + name + data
		return "\x00" + string(rune(len(body))) + body
	}
	head := "\x00asm\x01\x00\x00\x00"
	in := head + custom("name", "abc") + custom(".debug_info", "xyz") + "\x01\x01\x00" + custom(".debug_line", "") + custom("producers", "")
	want := head + custom("name", "abc") + "\x01\x01\x00" + custom("producers", "")
	if got := Strip([]byte(in)); string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDamaged checks that each kind of damage is named.
func TestDamaged(t *testing.T) {
	good := mustBytes(t, sample(20))
	find := func(s string) int { return bytes.Index(good, []byte(s)) }
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:n] } }
	set := func(at int, v byte) func([]byte) []byte { return func(b []byte) []byte { b[at] = v; return b } }
	for _, c := range []struct {
		name   string
		damage func([]byte) []byte
		want   string
	}{
		{"empty", cut(0), "truncated"},
		{"header only", cut(64), "truncated"},
		{"half", cut(len(good) / 2), "truncated"},
		{"last byte", cut(len(good) - 1), "truncated"},
		{"not ELF", set(0, 'X'), "no ELF file"},
		{"32 bit", set(4, 1), "64-bit"},
		{"magic", set(find("SPHEXOBJ"), 'X'), "not an object that sphex made"},
		{"format", set(find("SPHEXOBJ")+8, 99), "object format 99"},
		{"abi", set(find("SPHEXOBJ")+12, 250), "runtime version"},
		{"text", set(textAlign, 0xcc), ".text: checksum"},
		{"module", set(find("\x00asm")+4, 9), ".sphex.wasm: checksum"},
		{"map", set(find("\x00asm")-1, 9), ".sphex.map: checksum"},
	} {
		_, err := Read(c.damage(bytes.Clone(good)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	for n := range len(good) {
		if _, err := Read(good[:n]); err == nil {
			t.Fatalf("truncated to %d bytes: no error", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(mustBytes(f, sample(2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		Read(b)
	})
}

// FuzzMap reads mutated code maps past their checksum; what reads well must survive
// another round.
func FuzzMap(f *testing.F) {
	f.Add(encodeMap(sample(3).Map))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeMap(b, false)
		if err != nil {
			return
		}
		again, err := decodeMap(encodeMap(m), false)
		if err != nil || !reflect.DeepEqual(m, again) {
			t.Fatalf("%v: %+v, then %+v", err, m, again)
		}
	})
}

// TestReadSealed reads the lists of functions when they are asked for: they are those of Read.
func TestReadSealed(t *testing.T) {
	b, err := sample(300).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	now, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	later, err := ReadSealed(b)
	if err != nil {
		t.Fatal(err)
	}
	for i := range now.Map.Funcs {
		f, g := &now.Map.Funcs[i], &later.Map.Funcs[i]
		if g.Insts != nil || g.Sites != nil || g.Frame.Rows != nil || len(f.Insts) == 0 || len(f.Sites) == 0 {
			t.Fatalf("function %d: %v, later %v", i, f, g)
		}
		g.Read()
		g.ReadLater(nil)
		if !reflect.DeepEqual(f, g) {
			t.Fatalf("function %d: %v, later %v", i, f, g)
		}
	}
	if n, err := SealedLen(b); err != nil || n >= bytes.Index(b, []byte("a\x00b\x00")) {
		t.Errorf("%d bytes are under the seal, %v: debug information is among them", n, err)
	}
}
