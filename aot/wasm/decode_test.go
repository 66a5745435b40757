package wasm_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"sphex/aot/wasm"
)

const header = "\x00asm\x01\x00\x00\x00"

// section encodes a section shorter than 128 bytes.
func section(id byte, contents string) string {
	return string([]byte{id, byte(len(contents))}) + contents
}

// body is a module with one function of type [] -> [] whose body, local declarations
// included, is code, beside a memory and a table.
func body(code string) string {
	return header + section(1, "\x01\x60\x00\x00") + section(3, "\x01\x00") + section(4, "\x01\x70\x00\x00") + section(5, "\x01\x00\x00") +
		section(10, "\x01"+string([]byte{byte(len(code))})+code)
}

// TestRefused has modules that are refused, each with where and why.
func TestRefused(t *testing.T) {
	const code = 0x21 // file offset of body's code
	tests := []struct {
		name, module string
		offset       wasm.FileOffset
		msg          string
	}{
		{"huge type count", header + section(1, "\xff\xff\xff\xff\x0f"), 10, "type section: unexpected end of section or function: length out of bounds (at 0xa)"},
		{"huge section", header + "\x01\xff\xff\xff\xff\x0f", 8, "type section: unexpected end of section or function: length out of bounds (at 0x8)"},
		{"huge name", header + section(0, "\xff\xff\xff\x0fx"), 10, "custom section: unexpected end of section or function: length out of bounds (at 0xa)"},
		{"many locals", body("\x01\xff\xff\xff\xff\x0f\x7f\x0b"), code + 1, "code section: too many locals: more than 50000 (at 0x22)"},
		{"empty", "", 0, "unexpected end: magic header not detected: the file is empty (at 0x0)"},
		{"packed", "\x1f\x8b\x08\x00", 0, "magic header not detected: the file is packed by gzip: unpack it first (at 0x0)"},
		{"text", " \n(module)", 0, "magic header not detected: the file is a module's text: wat2wasm makes a module of it (at 0x0)"},
		{"something else", "#!/bin/sh\n", 0, "magic header not detected: the file is no WebAssembly (at 0x0)"},
		{"component", "\x00asm\x0d\x00\x01\x00", 4, "unknown binary version: this is a component, not a core module (at 0x4)"},
		{"struct type", header + section(1, "\x01\x5f\x00"), 11, "garbage collection struct type at 0xb is not supported yet"},
		{"shared memory without bounds", header + section(5, "\x01\x02\x01"), 10, "memory section: shared memory must have maximum (at 0xa)"},
		{"large 64-bit memory", header + section(5, "\x01\x04\x81\x80\x80\x80\x80\x80\x40"), 10, "memory section: memory size must be at most 281474976710656 pages of 65536 bytes (at 0xa)"},
		{"page size", header + section(5, "\x01\x08\x01\x01"), 13, "memory section: invalid custom page size: 2 bytes, of 1 and 65536 (at 0xd)"},
		{"huge page size", header + section(5, "\x01\x08\x01\x41"), 13, "memory section: invalid custom page size: 2^65 bytes (at 0xd)"},
		{"second memory too large", header + section(5, "\x02\x00\x00\x00\x81\x80\x04"), 10, "memory section: memory size must be at most 65536 pages (4GiB) (at 0xa)"},
		{"shared table", header + section(4, "\x01\x70\x03\x01\x01"), 12, "table section: malformed limits flags of a table (at 0xc)"},
		{"vector constant cut off", body("\x00\xfd\x0c\x01\x02\x0b"), code + 6, "code section: unexpected end of section or function (at 0x27)"},
		{"atomic", body("\x00\xfe\x10\x02\x00\x0b"), code + 1, "code section: type mismatch: i32.atomic.load needs an operand of type i32, but the stack is empty (at 0x22)"},
		{"struct.new", body("\x00\xfb\x00\x00\x0b"), code + 1, "garbage collection instruction struct.new at 0x22 is not supported yet"},
		{"call_ref", body("\x00\x41\x00\x14\x00\x0b"), code + 3, "code section: type mismatch: call_ref expects (ref null 0), found i32 (at 0x24)"},
		{"type of a local", body("\x01\x01\x64\x01\x0b"), code + 2, "code section: unknown type 1 (at 0x23)"},
		{"local without a value", body("\x01\x01\x64\x00\x20\x00\x1a\x0b"), code + 4, "code section: uninitialized local: local 0 (at 0x25)"},
		{"resume", body("\x00\xe3\x00\x00\x0b"), code + 1, "stack switching instruction resume at 0x22 is not supported yet"},
		{"add128", body("\x00\x42\x00\x42\x00\x41\x00\x42\x00\xfc\x13\x0b"), code + 9, "code section: type mismatch: i64.add128 expects i64, found i32 (at 0x2a)"},
		{"memory index", body("\x00\x41\x00\x28\x42\x01\x00\x1a\x0b"), code + 3, "code section: unknown memory 1 (at 0x24)"},
		{"no such opcode", body("\x00\x27\x0b"), code + 1, "code section: illegal opcode 0x27 (at 0x22)"},
		{"no such prefixed opcode", body("\x00\xfd\x9a\x01\x0b"), code + 1, "code section: illegal opcode 0xfd 0x9a (at 0x22)"},
		{"prefixed opcode out of range", body("\x00\xfc\xff\xff\x03\x0b"), code + 1, "code section: illegal opcode (at 0x22)"},
		{"mismatch", body("\x00\x42\x00\x41\x01\x6a\x1a\x0b"), code + 5, "code section: type mismatch: i32.add expects i32, found i64 (at 0x26)"},
		{"empty stack", body("\x00\x45\x0b"), code + 1, "code section: type mismatch: i32.eqz needs an operand of type i32, but the stack is empty (at 0x22)"},
		{"left over", body("\x00\x41\x00\x0b"), code + 3, "code section: type mismatch: 1 values remain on the stack at the end of the block (at 0x24)"},
		{"no end", body("\x00\x01"), code + 2, "code section: unexpected end of section or function: END opcode expected (at 0x23)"},
		{"behind the end", body("\x00\x0b\x01"), code + 2, "code section: section size mismatch: code behind the function's end (at 0x23)"},
		{"unknown local", body("\x01\x02\x7f\x20\x02\x1a\x0b"), code + 3, "code section: unknown local 2 (at 0x24)"},
		{"too many words", header + "\x01\xfa\x03\x01\x60\xf5\x03" + strings.Repeat("\x7b", 501) + "\x00", 13, "type section: too many parameters or results: 1002, where vectors count twice (at 0xd)"},
		{"unknown local far away", body("\x01\xd0\x86\x03\x7f\x20\xd0\x86\x03\x1a\x0b"), code + 5, "code section: unknown local 50000 (at 0x26)"},
		{"else without if", body("\x00\x02\x40\x05\x0b\x0b"), code + 3, "code section: else without if (at 0x24)"},
	}
	for _, test := range tests {
		_, err := load([]byte(test.module))
		var e *wasm.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want a *wasm.Error", test.name, err)
			continue
		}
		if e.Offset != test.offset || e.Error() != test.msg {
			t.Errorf("%s:\n got %v (offset 0x%x)\nwant %s", test.name, err, e.Offset, test.msg)
		}
	}
}

// TestFarLocals reaches locals that a few bytes declare, of several types.
func TestFarLocals(t *testing.T) {
	// 20000 i32, 20000 i64, 10000 f32; local 19999, 20000, 49999.
	code := "\x03\xa0\x9c\x01\x7f\xa0\x9c\x01\x7e\x90\x4e\x7d" +
		"\x20\x9f\x9c\x01\x45\x1a" + // i32.eqz
		"\x20\xa0\x9c\x01\x50\x1a" + // i64.eqz
		"\x20\xcf\x86\x03\x8c\x1a\x0b" // f32.neg
	if _, err := load([]byte(body(code))); err != nil {
		t.Error(err)
	}
}

// TestHostileMemory decodes small modules that claim to be large, and functions that pile up
// values, in memory that fits their size.
func TestHostileMemory(t *testing.T) {
	claims := []string{}
	for id := byte(1); id <= 12; id++ {
		for _, count := range []string{"\xff\xff\xff\xff\x0f", "\xff\xff\x3f"} {
			claims = append(claims, header+section(id, count+strings.Repeat("\x00", 100)))
		}
	}
	// A function that returns 1000 values, called again and again.
	leb := func(n int) string { return string([]byte{byte(n) | 0x80, byte(n>>7) | 0x80, byte(n >> 14)}) }
	long := func(id byte, s string) string { return string([]byte{id}) + leb(len(s)) + s }
	calls := "\x00" + strings.Repeat("\x10\x00", 100000) + "\x00\x0b"
	claims = append(claims, header+
		long(1, "\x02\x60\x00"+leb(1000)+strings.Repeat("\x7f", 1000)+"\x60\x00\x00")+
		section(2, "\x01\x00\x00\x00\x00")+section(3, "\x01\x01")+
		long(10, "\x01"+leb(len(calls))+calls))
	for _, c := range claims {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := load([]byte(c)); err == nil {
			t.Errorf("accepted: %x", c[:min(len(c), 40)])
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 64<<10+16*uint64(len(c)) {
			t.Errorf("%d bytes allocated for a module of %d: %x", n, len(c), c[:min(len(c), 40)])
		}
	}
}

// TestInstText prints one instruction of each form.
func TestInstText(t *testing.T) {
	tests := []struct{ code, text string }{
		{"\x01", "nop"},
		{"\x02\x40", "block"},
		{"\x03\x7e", "loop (result i64)"},
		{"\x04\x85\x01", "if (type 133)"},
		{"\x0c\x02", "br 2"},
		{"\x0e\x02\x01\x80\x01\x00", "br_table 1 128 0"},
		{"\x10\x83\x02", "call 259"},
		{"\x11\x03\x00", "call_indirect (type 3)"},
		{"\x11\x03\x01", "call_indirect 1 (type 3)"},
		{"\x1b", "select"},
		{"\x1c\x01\x6f", "select (result externref)"},
		{"\x20\x05", "local.get 5"},
		{"\x25\x00", "table.get"},
		{"\x28\x02\x08", "i32.load offset=8"},
		{"\x2d\x00\x00", "i32.load8_u"},
		{"\x37\x00\x80\x80\x04", "i64.store offset=65536 align=1"},
		{"\x3f\x00", "memory.size"},
		{"\x41\x7f", "i32.const -1"},
		{"\x41\x80\x80\x80\x80\x78", "i32.const -2147483648"},
		{"\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", "i64.const -9223372036854775808"},
		{"\x43\x00\x00\x80\x3f", "f32.const 1"},
		{"\x43\x00\x00\xc0\x7f", "f32.const nan"},
		{"\x43\x01\x00\x80\xff", "f32.const -nan:0x1"},
		{"\x43\xcd\xcc\xcc\x3d", "f32.const 0.1"},
		{"\x44\x00\x00\x00\x00\x00\x00\xf0\xff", "f64.const -inf"},
		{"\x44\x00\x00\x00\x00\x00\x00\x00\x80", "f64.const -0"},
		{"\x6a", "i32.add"},
		{"\xc4", "i64.extend32_s"},
		{"\xd0\x70", "ref.null func"},
		{"\xd2\x07", "ref.func 7"},
		{"\xfc\x07", "i64.trunc_sat_f64_u"},
		{"\xfc\x08\x04\x00", "memory.init 4"},
		{"\xfc\x0a\x00\x00", "memory.copy"},
		{"\xfc\x0c\x04\x01", "table.init 1 4"},
		{"\xfc\x0e\x00\x01", "table.copy 0 1"},
		{"\xfc\x11\x01", "table.fill 1"},
	}
	var all bytes.Buffer
	for _, test := range tests {
		all.WriteString(test.code)
	}
	long := "\x00" + all.String()
	if len(long) > 0x3fff {
		t.Fatal("too long for two bytes of size")
	}
	size := func(n int) string { return string([]byte{byte(n) | 0x80, byte(n >> 7)}) }
	code := "\x01" + size(len(long)) + long
	m, err := wasm.Decode([]byte(header + section(1, "\x01\x60\x00\x00") + section(3, "\x01\x00") + "\x0a" + size(len(code)) + code))
	if err != nil {
		t.Fatal(err)
	}
	var r wasm.Reader
	var in wasm.Inst
	r.Reset(m, &m.Code[0])
	for _, test := range tests {
		if !r.Next(&in) {
			t.Fatalf("%s: %v", test.text, r.Err())
		}
		if got := in.String(); got != test.text {
			t.Errorf("%x: got %q, want %q", test.code, got, test.text)
		}
		if n := int(r.Offset() - in.Offset); n != len(test.code) {
			t.Errorf("%s: %d bytes long, want %d", test.text, n, len(test.code))
		}
	}
	if r.Next(&in) {
		t.Errorf("unexpected %s at the end", in.String())
	}
}
