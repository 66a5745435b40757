package symbols

import (
	"sort"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/object"
	"sphex/dwarf"
)

// Open opens the DWARF of an object.
func Open(f *object.File) *Table {
	d := Data{TextBase: object.TextBase, TextSize: uint64(len(f.Text)), Indexed: true}
	for name, b := range f.Debug {
		d.Sections.Set(name, b)
	}
	names := make(map[abi.TextOffset]string, len(f.Symbols))
	for _, s := range f.Symbols {
		if !strings.HasPrefix(s.Name, "wasm-function[") { // the linker's name for one that has none
			names[s.Text] = dwarf.Printable([]byte(s.Name))
		}
	}
	if f.Map != nil {
		for i := range f.Map.Funcs {
			fn := &f.Map.Funcs[i]
			d.Funcs = append(d.Funcs, FuncRange{Index: fn.Index, Text: fn.Text, End: fn.TextEnd, Body: fn.BodyText, Name: names[fn.Text]})
		}
	}
	sort.Slice(d.Funcs, func(i, j int) bool { return d.Funcs[i].Text < d.Funcs[j].Text })
	return New(d)
}
