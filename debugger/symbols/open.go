package symbols

import (
	"cmp"
	"slices"
	"strings"

	"sphex/aot/debuginfo"
	"sphex/aot/object"
	"sphex/dwarf"
)

// Open opens the DWARF of an object.
func Open(f *object.File) *Table {
	d := Data{TextBase: object.TextBase, TextSize: uint64(len(f.Text)), Indexed: true}
	d.Later, _ = f.Later.(*debuginfo.Later)
	for name, b := range f.Debug {
		d.Sections.Set(name, b)
	}
	if f.Map != nil {
		d.Funcs = make([]FuncRange, len(f.Map.Funcs))
		for i := range f.Map.Funcs {
			fn := &f.Map.Funcs[i]
			d.Funcs[i] = FuncRange{Index: fn.Index, Text: fn.Text, End: fn.TextEnd, Body: fn.BodyText}
		}
	}
	byText := func(a, b FuncRange) int { return cmp.Compare(a.Text, b.Text) }
	if !slices.IsSortedFunc(d.Funcs, byText) {
		slices.SortFunc(d.Funcs, byText)
	}
	nameFuncs(d.Funcs, f.Symbols)
	return New(d)
}

// nameFuncs gives the functions, which ascend by Text, the names of symbols, which commonly do, too.
func nameFuncs(funcs []FuncRange, list []object.Symbol) {
	i := 0
	for k := range list {
		s := &list[k]
		if k > 0 && s.Text < list[k-1].Text {
			i = 0
		}
		for i < len(funcs) && funcs[i].Text < s.Text {
			i++
		}
		if i == len(funcs) || funcs[i].Text != s.Text || strings.HasPrefix(s.Name, "wasm-function[") { // the linker's name for one that has none
			continue
		}
		funcs[i].Name = dwarf.PrintableText(s.Name)
	}
}
