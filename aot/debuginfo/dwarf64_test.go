package debuginfo_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"sphex/aot"
	"sphex/aot/debuginfo"
	"sphex/dwarf"
	"sphex/internal/testneeds"
)

// No compiler writes the 64-bit format of DWARF (DWARF 5, 7.4) for WebAssembly: LLVM refuses. So these tests
// rewrite what a compiler wrote, with code that shares nothing with our readers, LLVM's reader judges that it
// still says the same, and the translation of both must be the same, byte by byte.

// TestDWARF64 translates programs in the 64-bit format.
func TestDWARF64(t *testing.T) {
	dwarfdump := testneeds.Tool(t, "llvm-dwarfdump-22")
	for _, program := range []string{
		"c_types/c_types-O0-dw4.wasm", "c_types/c_types-O0-dw5.wasm", "c_multi/c_multi-O2-dw5.wasm",
	} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			m := debuginfo.ReadModule(t, program)
			w := widener{T: t, in: m.Custom, out: map[string][]byte{}, moved: map[string]map[uint64]uint64{}}
			w.widen()
			module := withCustoms(t, m.Bytes, w.out)
			if before, after := dumped(t, dwarfdump, m.Bytes), dumped(t, dwarfdump, module); before != after {
				t.Fatal("the rewritten DWARF says something else:\n" + firstDifference(before, after))
			}
			want, err := aot.Compile(m.Bytes, aot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := aot.Compile(module, aot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for name, data := range want.Debug {
				if len(data) == 0 || !bytes.Equal(got.Debug[name], data) {
					t.Errorf("%s: the translations differ: %d bytes, want %d", name, len(got.Debug[name]), len(data))
				}
			}
			if len(got.Debug) != len(want.Debug) {
				t.Errorf("%d sections, want %d", len(got.Debug), len(want.Debug))
			}
		})
	}
}

// offsets are what must differ: headers, where entries, lists and tables stand, and references.
var offsets = regexp.MustCompile(`(?m)^0x[0-9a-f]+:|\(0x[0-9a-f]+[: ]*$|\(0x[0-9a-f]+ "|list = 0x[0-9a-f]+|DW_AT_ranges\t\(0x[0-9a-f]+|(DW_AT_(?:count|object_pointer|type|abstract_origin|specification|call_origin|import|containing_type|sibling))\t\(0x[0-9a-f]+\)|0x[0-9a-f]{16}|` +
	`(_base|DW_AT_stmt_list)\t.*|debug_line\[.*|(length|format|abbr_offset)(: *| = )[0-9a-zA-Z]+|next unit at .*|\n *(total_length|prologue_length|format): .*`)

// dumped is what LLVM reads, without offsets.
func dumped(t *testing.T, dwarfdump string, module []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.wasm"), module, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(dwarfdump, "--debug-info", "--debug-line", "x.wasm")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) < 1000 || bytes.Contains(out, []byte("error:")) || bytes.Contains(out, []byte("warning:")) {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	return offsets.ReplaceAllString(string(out), "$1$2")
}

func firstDifference(a, b string) string {
	x, y := bytes.Split([]byte(a), []byte("\n")), bytes.Split([]byte(b), []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return fmt.Sprintf("line %d: %q, was %q", i, y[i], x[i])
		}
	}
	return fmt.Sprintf("%d lines, were %d", len(y), len(x))
}

// withCustoms is a module with other contents of custom sections.
func withCustoms(t *testing.T, module []byte, customs map[string][]byte) []byte {
	out := bytes.Clone(module[:8])
	for at := 8; at < len(module); {
		id := module[at]
		size, n := binary.Uvarint(module[at+1:])
		body := module[at+1+n:][:size]
		at += 1 + n + int(size)
		if id == 0 {
			length, k := binary.Uvarint(body)
			name := body[:k+int(length)]
			if data, ok := customs[string(name[k:])]; ok {
				body = append(bytes.Clone(name), data...)
			}
		}
		out = append(binary.AppendUvarint(append(out, id), uint64(len(body))), body...)
	}
	return out
}

// widener rewrites sections of the 32-bit format.
type widener struct {
	*testing.T
	in    func(name string) []byte
	out   map[string][]byte
	moved map[string]map[uint64]uint64 // by section: where something is now
}

func (w *widener) widen() {
	w.lines()
	w.tables(".debug_str_offsets", 8, func(b []byte) int { return len(b) / 4 })
	w.tables(".debug_addr", 8, func([]byte) int { return 0 })
	lists := func(b []byte) int { return int(binary.LittleEndian.Uint32(b[8:])) }
	w.tables(".debug_rnglists", 12, lists)
	w.tables(".debug_loclists", 12, lists)
	w.info()
}

// offset64 appends a number of 4 bytes as one of 8.
func offset64(dst, b []byte) []byte {
	return binary.LittleEndian.AppendUint64(dst, uint64(binary.LittleEndian.Uint32(b)))
}

// wide appends a contribution's length and then the contribution.
func wide(dst, body []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(append(dst, 0xff, 0xff, 0xff, 0xff), uint64(len(body)))
	return append(dst, body...)
}

// move notes where something of a section is now.
func (w *widener) move(section string, from, to int) {
	if w.moved[section] == nil {
		w.moved[section] = map[uint64]uint64{}
	}
	w.moved[section][uint64(from)] = uint64(to)
}

// tables rewrites a section of contributions with headers of the given size, their lengths included.
// Behind the header stand numbers of 4 bytes, as many as count says; for .debug_str_offsets it is told
// what is behind the header, for the others all.
func (w *widener) tables(section string, header int, count func([]byte) int) {
	in := w.in(section)
	var out []byte
	for at := 0; at < len(in); {
		b := in[at:][:4+binary.LittleEndian.Uint32(in[at:])]
		n := 0
		if section == ".debug_str_offsets" {
			n = count(b[header:])
		} else {
			n = count(b)
		}
		body := bytes.Clone(b[4:header])
		for i := range n {
			body = offset64(body, b[header+4*i:])
			if header == 12 { // it counts from here on, and what is between has grown
				le := binary.LittleEndian
				le.PutUint64(body[len(body)-8:], le.Uint64(body[len(body)-8:])+uint64(4*n))
			}
		}
		rest := header + 4*n
		w.move(section, at+header, len(out)+header+8)
		for i := rest; i < len(b); i++ { // any of it may be the start of a list
			w.move(section, at+i, len(out)+12+len(body)+i-rest)
		}
		out = wide(out, append(body, b[rest:]...))
		at += len(b)
	}
	if len(in) > 0 {
		w.out[section] = out
	}
}

// lines rewrites .debug_line.
func (w *widener) lines() {
	in := w.in(".debug_line")
	var out []byte
	le := binary.LittleEndian
	for at := 0; at < len(in); {
		b := in[at:][:4+le.Uint32(in[at:])]
		w.move(".debug_line", at, len(out))
		head := 6
		if le.Uint16(b[4:]) >= 5 {
			head = 8
		}
		end := head + 4 + int(le.Uint32(b[head:]))
		tables := b[head+4 : end]
		if head == 8 {
			tables = w.lineTables(tables)
		}
		body := bytes.Clone(b[4:head])
		body = le.AppendUint64(body, uint64(len(tables)))
		out = wide(out, append(append(body, tables...), b[end:]...))
		at += len(b)
	}
	w.out[".debug_line"] = out
}

// lineTables rewrites what is between the header's length and the program, in version 5.
func (w *widener) lineTables(b []byte) []byte {
	at := 6 + int(b[5]) - 1
	out := bytes.Clone(b[:at])
	for range 2 { // directories and files
		n := int(b[at])
		format := b[at+1:][:2*n] // of small numbers
		at += 1 + 2*n
		count, k := binary.Uvarint(b[at:])
		out = append(append(append(out, byte(n)), format...), b[at:at+k]...)
		at += k
		for range count {
			for i := range n {
				size := w.size(dwarf.Form(format[2*i+1]), b[at:], 4)
				switch dwarf.Form(format[2*i+1]) {
				case dwarf.FormLineStrp, dwarf.FormStrp:
					out = offset64(out, b[at:])
				default:
					out = append(out, b[at:at+size]...)
				}
				at += size
			}
		}
	}
	if at != len(b) {
		w.Fatalf("%d of %d bytes of a line table's header", at, len(b))
	}
	return out
}

// size is that of a value in the 32-bit format.
func (w *widener) size(f dwarf.Form, b []byte, addr int) int {
	block := func(n uint64, k int) int { return k + int(n) }
	switch f {
	case dwarf.FormFlagPresent, dwarf.FormImplicitConst:
		return 0
	case dwarf.FormData1, dwarf.FormRef1, dwarf.FormFlag, dwarf.FormStrx1, dwarf.FormAddrx1:
		return 1
	case dwarf.FormData2, dwarf.FormRef2, dwarf.FormStrx2, dwarf.FormAddrx2:
		return 2
	case dwarf.FormData4, dwarf.FormRef4, dwarf.FormStrp, dwarf.FormLineStrp, dwarf.FormSecOffset, dwarf.FormRefAddr:
		return 4
	case dwarf.FormData8, dwarf.FormRefSig8:
		return 8
	case dwarf.FormData16:
		return 16
	case dwarf.FormAddr:
		return addr
	case dwarf.FormString:
		return bytes.IndexByte(b, 0) + 1
	case dwarf.FormExprloc, dwarf.FormBlock:
		return block(binary.Uvarint(b))
	case dwarf.FormBlock1:
		return block(uint64(b[0]), 1)
	case dwarf.FormUdata, dwarf.FormSdata, dwarf.FormStrx, dwarf.FormAddrx, dwarf.FormLoclistx, dwarf.FormRnglistx, dwarf.FormRefUdata:
		_, k := binary.Uvarint(b)
		return k
	}
	w.Fatalf("a value in %v", f)
	return 0
}

// shapeOf is an abbreviation.
type shapeOf struct {
	children bool
	attrs    []dwarf.Attr
	forms    []dwarf.Form
}

// shapes reads the table of abbreviations at the start of b.
func shapes(b []byte) map[uint64]shapeOf {
	out := map[uint64]shapeOf{}
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		b = b[n:]
		return v
	}
	for {
		code := next()
		if code == 0 {
			return out
		}
		next() // the tag
		s := shapeOf{children: b[0] != 0}
		b = b[1:]
		for {
			a, f := next(), next()
			if a == 0 && f == 0 {
				break
			}
			if dwarf.Form(f) == dwarf.FormImplicitConst {
				next()
			}
			s.attrs, s.forms = append(s.attrs, dwarf.Attr(a)), append(s.forms, dwarf.Form(f))
		}
		out[code] = s
	}
}

// info rewrites .debug_info: once to find out where entries come to stand, and once more.
func (w *widener) info() {
	w.infoOnce()
	w.infoOnce()
}

func (w *widener) infoOnce() {
	in, le := w.in(".debug_info"), binary.LittleEndian
	at := w.moved[".debug_info"]
	var out []byte
	for start := 0; start < len(in); {
		b := in[start:][:4+le.Uint32(in[start:])]
		version, addr := le.Uint16(b[4:]), 0
		var body []byte
		pos := 11
		var table []byte
		if version >= 5 {
			pos, addr, table = 12, int(b[7]), b[8:]
			body = offset64(append(body, b[4:8]...), table)
		} else {
			addr, table = int(b[10]), b[6:]
			body = append(offset64(append(body, b[4:6]...), table), b[10])
		}
		codes := shapes(w.in(".debug_abbrev")[le.Uint32(table):])
		for pos < len(b) {
			w.move(".debug_info", start+pos, len(out)+12+len(body))
			code, n := binary.Uvarint(b[pos:])
			body = append(body, b[pos:pos+n]...)
			pos += n
			s := codes[code]
			for i, f := range s.forms {
				size := w.size(f, b[pos:], addr)
				v := b[pos : pos+size]
				pos += size
				switch f {
				case dwarf.FormStrp, dwarf.FormLineStrp:
					body = offset64(body, v)
				case dwarf.FormSecOffset:
					body = le.AppendUint64(body, w.place(s.attrs[i], version, uint64(le.Uint32(v))))
				case dwarf.FormRefAddr:
					body = le.AppendUint64(body, at[uint64(le.Uint32(v))])
				case dwarf.FormRef4:
					body = le.AppendUint32(body, uint32(at[uint64(start)+uint64(le.Uint32(v))]-uint64(len(out))))
				case dwarf.FormRef1, dwarf.FormRef2, dwarf.FormRefUdata:
					w.Fatalf("a reference in %v", f)
				default:
					body = append(body, v...)
				}
			}
		}
		out = wide(out, body)
		start += len(b)
	}
	w.out[".debug_info"] = out
}

// place is where what an attribute names has moved.
func (w *widener) place(a dwarf.Attr, version uint16, off uint64) uint64 {
	section := ""
	switch a {
	case dwarf.AttrStmtList:
		section = ".debug_line"
	case dwarf.AttrStrOffsetsBase:
		section = ".debug_str_offsets"
	case dwarf.AttrAddrBase:
		section = ".debug_addr"
	case dwarf.AttrRnglistsBase, dwarf.AttrRanges:
		section = ".debug_rnglists"
	case dwarf.AttrLoclistsBase, dwarf.AttrLocation, dwarf.AttrFrameBase:
		section = ".debug_loclists"
	default:
		w.Fatalf("%v is an offset", a)
	}
	if version < 5 && section != ".debug_line" {
		return off // the lists of before have no headers
	}
	to, ok := w.moved[section][off]
	if !ok {
		w.Fatalf("%v names %#x of %s", a, off, section)
	}
	return to
}
