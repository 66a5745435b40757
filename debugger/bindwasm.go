package debugger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// wasmFunction reads a function's name in WebAssembly's own terms: $name as in the text format, and
// func[12] or $12 for an index. ok is false for another kind of name.
func (im *image) wasmFunction(name string) (index uint32, ok bool) {
	digits, isID := strings.CutPrefix(name, "$")
	if !isID {
		digits, ok = strings.CutPrefix(name, "func[")
		if !ok || !strings.HasSuffix(digits, "]") {
			return 0, false
		}
		digits = strings.TrimSuffix(digits, "]")
	}
	if n, err := strconv.ParseUint(digits, 0, 32); err == nil {
		return uint32(n), true
	}
	if !isID {
		return 0, false
	}
	names := im.text().Names()
	for i := range im.module.Funcs {
		if names.Func(uint32(i)) == digits {
			return uint32(i), true
		}
	}
	return 0, false
}

// bindIndex finds the place of a breakpoint on a function of the index space.
func (im *image) bindIndex(index uint32) ([]BreakPlace, string) {
	if int64(index) >= int64(len(im.module.Funcs)) {
		return nil, fmt.Sprintf("there is no function %d: the module has %s", index, count(len(im.module.Funcs), "function"))
	}
	if int(index) < im.module.NumImportedFuncs {
		return nil, fmt.Sprintf("function %d is the import %s, which has no code", index, im.importName(index))
	}
	for _, f := range im.funcs {
		if f.Index != index {
			continue
		}
		text := f.BodyText
		if fn := im.table.Function(text); fn != nil {
			text = im.entryPlace(im.table.PrologueEnd(fn))
		}
		return im.places([]symbols.Place{im.placeAt(text)}), ""
	}
	return nil, fmt.Sprintf("function %d has no code", index)
}

// endingIn returns the names of functions that end in name as those of languages do that write
// neither :: nor debug information: Go's main.run, AssemblyScript's src/game/Player#hit.
func (im *image) endingIn(name string) []string {
	const most = 20
	var names []string
	for _, f := range im.table.SyntheticFunctions() {
		head, ok := strings.CutSuffix(f.Name, name)
		if ok && head != "" && name != "" && strings.ContainsAny(head[len(head)-1:], "/#.") && len(names) < most && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// exported returns the function that the module exports under a name: it may call itself something else.
func (im *image) exported(name string) (index uint32, ok bool) {
	for i := range im.module.Exports {
		if e := &im.module.Exports[i]; e.Kind == wasm.ExternFunc && e.Name == name {
			return e.Index, true
		}
	}
	return 0, false
}
