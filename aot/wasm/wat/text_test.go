package wat

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot/wasm"
)

func TestConstants(t *testing.T) {
	for _, test := range []struct {
		typ  wasm.ValType
		bits uint64
		want string
	}{
		{wasm.I32, 0xffff_ffff, "-1"},
		{wasm.I64, 1 << 63, "-9223372036854775808"},
		{wasm.F32, uint64(math.Float32bits(0.1)), "0.1"},
		{wasm.F32, 0x7fc0_0000, "nan"},
		{wasm.F32, 0xffc0_0000, "-nan"},
		{wasm.F32, 0x7fa0_0000, "nan:0x200000"},
		{wasm.F32, 0xff80_0000, "-inf"},
		{wasm.F64, math.Float64bits(1e300), "1e+300"},
		{wasm.F64, 1 << 63, "-0"},
		{wasm.F64, 1, "5e-324"},
		{wasm.F64, 0x7ff0_0000_0000_0001, "nan:0x1"},
	} {
		if got := string(appendConst(nil, test.typ, test.bits)); got != test.want {
			t.Errorf("%s %#x: %s, want %s", test.typ, test.bits, got, test.want)
		}
	}
}

// module assembles a module from its sections: id, contents.
func module(sections ...string) []byte {
	b := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		b = append(append(b, s[0], byte(len(s)-1)), s[1:]...)
	}
	return b
}

// TestNames gives functions names that are no identifiers, are the same, or are those of others.
func TestNames(t *testing.T) {
	// Five functions of type () -> (), each with a parameterless empty body, and one import.
	m, err := wasm.Decode(module(
		"\x01\x01\x60\x00\x00",
		"\x02\x01\x03env\x01f\x00\x00",
		"\x03\x05\x00\x00\x00\x00\x00",
		"\x07\x01\x05start\x00\x05",
		"\x0a\x05\x02\x00\x0b\x02\x00\x0b\x02\x00\x0b\x02\x00\x0b\x02\x00\x0b",
		// 1 and 2 are "a b", 3 is "func4", 4 and 5 have none.
		"\x00\x04name\x01\x12\x03\x01\x03a b\x02\x03a b\x03\x05func4",
	))
	if err != nil {
		t.Fatal(err)
	}
	n := NewNames(m)
	for i, want := range []string{"env.f", "a_b", "a_b#2", "func4", "func4#4", "start"} {
		if got := n.Func(uint32(i)); got != want {
			t.Errorf("function %d is %s, want %s", i, got, want)
		}
	}
	if got := n.FuncName(2); got != "a b" {
		t.Errorf("the name of function 2 is %s", got)
	}
	if got := identifier(strings.Repeat("é(", 300), maxIdent); len(got) != maxIdent || strings.Trim(got, "_~") != "" {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

// TestParts has the text of a real program in pieces of every size around its boundaries.
func TestParts(t *testing.T) {
	b, err := os.ReadFile("../../../testdata/programs/wat_collatz/bin/collatz.wasm")
	if err != nil {
		t.Fatal(err)
	}
	m, err := wasm.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	parts(t, m, 1)
	text := NewText(m)
	lines := strings.Split(string(text.Append(nil, 1, text.Lines())), "\n")
	for i := range m.Code {
		if l := lines[text.FuncLine(i)-1]; !strings.HasPrefix(l, "  (func $"+text.Names().Func(uint32(m.NumImportedFuncs+i))+" ") {
			t.Errorf("function %d begins in line %d: %s", i, text.FuncLine(i), l)
		}
		var r wasm.Reader
		var in wasm.Inst
		r.Reset(m, &m.Code[i])
		if l := strings.TrimSpace(lines[text.CodeLine(i)-1]); !r.Next(&in) || strings.Fields(l)[0] != in.Op.String() {
			t.Errorf("function %d: the first instruction, %s, is in line %d: %s", i, in.Op, text.CodeLine(i), l)
		}
	}
}

// parts checks that pieces of the text make up the whole, and that it has as many lines as it says.
func parts(t *testing.T, m *wasm.Module, least int) {
	text := NewText(m)
	whole := text.Append(nil, 1, text.Lines())
	if n := bytes.Count(whole, []byte("\n")); n != text.Lines() {
		t.Fatalf("%d lines, not %d", n, text.Lines())
	}
	for size := least; size <= text.Lines(); size = size*3/2 + 1 {
		var b []byte
		for at := 1; at <= text.Lines(); at += size {
			b = text.Append(b, at, at+size-1)
		}
		if !bytes.Equal(b, whole) {
			t.Fatalf("pieces of %d lines give another text: %s", size, firstDifference(whole, b))
		}
	}
}

// FuzzText prints whatever is valid.
func FuzzText(f *testing.F) {
	files, err := filepath.Glob("../../../testdata/programs/*/bin/*.wasm")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) < 4<<10 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wasm.Decode(b)
		if err != nil || !valid(m) {
			return
		}
		text := NewText(m)
		if text.Lines() > 1<<16 {
			text.Append(nil, text.Lines()-100, text.Lines())
			return
		}
		parts(t, m, 7)
	})
}
