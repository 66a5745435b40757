package object

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// maxSymbolName bounds a symbol's name; a module's names may be of any length.
const maxSymbolName = 1 << 16

// Symbols makes the symbols of a module's text. name returns the name of a function of the
// function index space, or "" when there is none.
func Symbols(m *codemap.Map, name func(index uint32) string) []Symbol {
	symbols := make([]Symbol, 0, len(m.Funcs)+len(m.Thunks))
	for i := range m.Funcs {
		f := &m.Funcs[i]
		symbols = append(symbols, Symbol{nameOr(name(f.Index), "wasm-function", f.Index), f.Text, uint32(f.TextEnd - f.Text)})
	}
	for i := range m.Thunks {
		t := &m.Thunks[i]
		s := Symbol{Text: t.Text, Size: uint32(t.TextEnd - t.Text)}
		switch t.Kind {
		case codemap.ImportThunk:
			s.Name = nameOr(name(t.Index), "wasm-import", t.Index)
		case codemap.EntryThunk:
			s.Name = fmt.Sprintf("wasm-entry[%d]", t.Index)
		case codemap.ForeignThunk:
			s.Name = fmt.Sprintf("wasm-foreign[%d]", t.Index)
		default:
			s.Name = fmt.Sprintf("wasm-routine[%d]", t.Index)
		}
		symbols = append(symbols, s)
	}
	slices.SortStableFunc(symbols, func(a, b Symbol) int { return cmp.Compare(a.Text, b.Text) })
	return symbols
}

func nameOr(name, kind string, index uint32) string {
	if name == "" {
		return fmt.Sprintf("%s[%d]", kind, index)
	}
	return name
}

func encodeSymbols(symbols []Symbol, base uint64) (table, names []byte) {
	le := binary.LittleEndian
	table = make([]byte, symbolSize, symbolSize*(len(symbols)+1))
	names = []byte{0}
	for _, s := range symbols {
		table = le.AppendUint32(table, uint32(len(names)))
		table = append(table, symbolFunc, symbolDefault)
		table = le.AppendUint16(table, 1) // .text
		table = le.AppendUint64(table, base+uint64(s.Text))
		table = le.AppendUint64(table, uint64(s.Size))
		name := s.Name
		if len(name) > maxSymbolName {
			name = name[:maxSymbolName]
		}
		name = strings.ReplaceAll(name, "\x00", "?")
		names = append(append(names, name...), 0)
	}
	return table, names
}

func decodeSymbols(table, names []byte, textSize int) ([]Symbol, error) {
	if len(table)%symbolSize != 0 {
		return nil, fmt.Errorf(".symtab: %d bytes are no whole number of symbols", len(table))
	}
	if len(table) == 0 {
		return nil, nil
	}
	le := binary.LittleEndian
	all := unsafe.String(unsafe.SliceData(names), len(names)) // megabytes, of which few are ever read
	symbols := make([]Symbol, 0, len(table)/symbolSize-1)
	for p := symbolSize; p < len(table); p += symbolSize {
		row := table[p:]
		name, addr, size := le.Uint32(row), le.Uint64(row[8:]), le.Uint64(row[16:])
		if uint64(name) >= uint64(len(all)) {
			return nil, fmt.Errorf(".symtab at %#x: name at %#x is outside of .strtab", p, name)
		}
		if addr < TextBase || addr-TextBase > uint64(textSize) || size > uint64(textSize)-(addr-TextBase) {
			return nil, fmt.Errorf(".symtab at %#x: [%#x, +%#x) is outside of the text", p, addr, size)
		}
		s := all[name:]
		if i := strings.IndexByte(s[:min(len(s), maxSymbolName+1)], 0); i >= 0 {
			s = s[:i]
		} else {
			return nil, fmt.Errorf(".strtab at %#x: unterminated name", name)
		}
		symbols = append(symbols, Symbol{Name: s, Text: abi.TextOffset(addr - TextBase), Size: uint32(size)})
	}
	return symbols, nil
}
