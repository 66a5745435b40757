package symbols

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sphex/aot"
)

// customs splits a module: all but its sections of debug information, and these.
func customs(t testing.TB, name string) (rest []byte, names []string, contents [][]byte) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../testdata/programs", name))
	if err != nil {
		t.Fatal(err)
	}
	rest = append(rest, b[:8]...)
	for at := 8; at < len(b); {
		size, n := binary.Uvarint(b[at+1:])
		from, to := at+1+n, at+1+n+int(size)
		section := ""
		if b[at] == 0 {
			size, n := binary.Uvarint(b[from:])
			section = string(b[from+n : from+n+int(size)])
			from += n + int(size)
		}
		if strings.HasPrefix(section, ".debug_") {
			names, contents = append(names, section), append(contents, b[from:to])
		} else {
			rest = append(rest, b[at:to]...)
		}
		at = to
	}
	return rest, names, contents
}

// FuzzTranslated damages one section of a module, and asks what was translated of it.
func FuzzTranslated(f *testing.F) {
	type program struct {
		rest     []byte
		names    []string
		contents [][]byte
	}
	var programs []program
	for i, name := range []string{"ops/ops.wasm", "c_macros/dw4.wasm", "c_macros/dw5.wasm", "d_kinds/kinds-O0.wasm", "d_kinds/kinds-O2.wasm", "zig_kinds/kinds-ReleaseSmall.wasm"} {
		p := program{}
		p.rest, p.names, p.contents = customs(f, name)
		programs = append(programs, p)
		for k := range p.names {
			f.Add(uint8(i), uint8(k), uint32(10*k), []byte{0xff})
			f.Add(uint8(i), uint8(k), uint32(100), []byte{0x80, 0x80, 0x80, 0x80})
			f.Add(uint8(i), uint8(k), uint32(0), []byte{0xff, 0xff, 0xff, 0x7f})
		}
	}
	f.Fuzz(func(t *testing.T, which, section uint8, at uint32, raw []byte) {
		p := programs[int(which)%len(programs)]
		module := bytes.Clone(p.rest)
		for i, name := range p.names {
			data := p.contents[i]
			if i == int(section)%len(p.names) {
				data = bytes.Clone(data)
				if len(data) > 0 {
					copy(data[int(at)%len(data):], raw)
				}
			}
			content := append(append([]byte{byte(len(name))}, name...), data...)
			module = append(binary.AppendUvarint(append(module, 0), uint64(len(content))), content...)
		}
		o, err := aot.Compile(module, aot.Options{})
		if err != nil {
			t.Fatal(err) // the code is whole
		}
		tab := Open(o)
		ask(tab)
		for _, f := range tab.AllFunctions() {
			tab.Blocks(f)
			tab.Rows(f)
		}
		tab.FunctionNames("")
		tab.GlobalsEnding("a")
		if p := tab.Problems(); len(p) > 0 {
			t.Fatalf("what was translated is damaged: %q", p)
		}
	})
}
