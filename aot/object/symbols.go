package object

import (
	"cmp"
	"fmt"
	"slices"

	"sphex/aot/codemap"
)

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
