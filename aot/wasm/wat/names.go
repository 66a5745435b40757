package wat

import (
	"strconv"

	"sphex/aot/wasm"
)

// Names has the names of a module's functions, globals and so on as a person sees them: those
// that the module gives, else one from the index. Identifiers are without their $.
type Names struct {
	m      *wasm.Module
	given  *wasm.Names
	funcs  []string // identifiers, unique
	spaces [numSpaces][]string
}

// space is an index space whose members are seldom many.
type space int

const (
	tables space = iota
	memories
	globals
	elems
	datas
	types
	tags
	numSpaces
)

// maxIdent bounds identifiers, in bytes: a long name that is used often must not make the text
// grow out of proportion to the module. maxInner does so for those within a function.
const (
	maxIdent = 400
	maxInner = 80
)

// NewNames reads the names of a module.
func NewNames(m *wasm.Module) *Names {
	n := &Names{m: m, given: m.Names(), funcs: make([]string, len(m.Funcs))}
	taken := make(map[string]bool, len(m.Funcs))
	imported, exported := external(m, wasm.ExternFunc)
	for i := range n.funcs {
		name := n.given.Funcs[uint32(i)]
		if name == "" {
			name = imported[uint32(i)]
		}
		if name == "" {
			name = exported[uint32(i)]
		}
		n.funcs[i] = unique(taken, name, "func", i, maxIdent)
	}
	for s, from := range [...]struct {
		kind  wasm.ExternKind
		given map[uint32]string
		name  string
		size  int
	}{
		tables:   {wasm.ExternTable, n.given.Tables, "table", len(m.Tables)},
		memories: {wasm.ExternMemory, n.given.Memories, "memory", len(m.Memories)},
		globals:  {wasm.ExternGlobal, n.given.Globals, "global", len(m.Globals)},
		elems:    {noKind, n.given.Elems, "elem", len(m.Elems)},
		datas:    {noKind, n.given.Datas, "data", len(m.Datas)},
		types:    {noKind, n.given.Types, "type", len(m.Types)},
		tags:     {wasm.ExternTag, n.given.Tags, "tag", len(m.Tags)},
	} {
		taken := make(map[string]bool, from.size)
		imported, exported := external(m, from.kind)
		n.spaces[s] = make([]string, from.size)
		for i := range n.spaces[s] {
			name := from.given[uint32(i)]
			if name == "" {
				name = imported[uint32(i)]
			}
			if name == "" {
				name = exported[uint32(i)]
			}
			n.spaces[s][i] = unique(taken, name, from.name, i, maxIdent)
		}
	}
	return n
}

// noKind is that of what can be neither imported nor exported.
const noKind wasm.ExternKind = 0xff

// external returns the names under which a module imports and exports what is of a kind.
func external(m *wasm.Module, kind wasm.ExternKind) (imported, exported map[uint32]string) {
	imported, exported = map[uint32]string{}, map[uint32]string{}
	if kind == noKind {
		return imported, exported
	}
	for i := range m.Imports {
		if im := &m.Imports[i]; im.Kind == kind {
			imported[uint32(len(imported))] = im.Module + "." + im.Name
		}
	}
	for i := range m.Exports {
		if e := &m.Exports[i]; e.Kind == kind && exported[e.Index] == "" {
			exported[e.Index] = e.Name
		}
	}
	return imported, exported
}

// Module is the name that the module gives itself, "" if it gives none.
func (n *Names) Module() string { return n.given.Module }

// FuncName returns the name of a function: as the module gives it, which need not be an
// identifier, or Func.
func (n *Names) FuncName(i uint32) string {
	if name := n.given.Funcs[i]; name != "" {
		return name
	}
	return n.Func(i)
}

// Func returns the identifier of a function.
func (n *Names) Func(i uint32) string {
	if int64(i) < int64(len(n.funcs)) {
		return n.funcs[i]
	}
	return strconv.FormatUint(uint64(i), 10)
}

// Global returns the identifier of a global.
func (n *Names) Global(i uint32) string { return n.in(globals, i) }

func (n *Names) in(s space, i uint32) string {
	if names := n.spaces[s]; int64(i) < int64(len(names)) {
		return names[i]
	}
	return strconv.FormatUint(uint64(i), 10)
}

// Locals returns the identifiers of all locals of the body m.Code[i], parameters first.
func (n *Names) Locals(i int) []string {
	f := uint32(n.m.NumImportedFuncs + i)
	params := 0
	if t := n.m.Funcs[f]; int64(t) < int64(len(n.m.Types)) {
		params = len(n.m.Types[t].Params)
	}
	size := params
	for _, r := range n.m.Code[i].Locals {
		size += int(r.Count)
	}
	names := make([]string, size)
	given := n.given.Locals(f)
	var taken map[string]bool
	if len(given) > 0 {
		taken = make(map[string]bool, size)
	}
	for k := range names {
		kind := "l"
		if k < params {
			kind = "p"
		}
		names[k] = unique(taken, given[uint32(k)], kind, k, maxInner)
	}
	return names
}

// unique makes an identifier that is not taken yet of a name, or of a kind and an index if there
// is no name. A nil map says that nothing collides.
func unique(taken map[string]bool, name, kind string, index, most int) string {
	id := identifier(name, most)
	number := strconv.Itoa(index)
	if id == "" {
		id = kind + number
	}
	if taken == nil {
		return id
	}
	for base := id; taken[id]; {
		base += "#"
		id = base + number
	}
	taken[id] = true
	return id
}

// identifier makes an identifier of a name: other characters become underscores.
func identifier(name string, most int) string {
	if len(name) > most {
		name = name[:most-1] + "~"
	}
	for i := 0; i < len(name); i++ {
		if !idChar[name[i]] {
			b := []byte(name)
			for ; i < len(b); i++ {
				if !idChar[b[i]] {
					b[i] = '_'
				}
			}
			return string(b)
		}
	}
	return name
}

// idChar are the characters of identifiers (core specification, 6.3.5).
var idChar = func() (is [256]bool) {
	for c := '0'; c <= 'z'; c++ {
		is[c] = c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a'
	}
	for _, c := range "!#$%&'*+-./:<=>?@\\^_`|~" {
		is[c] = true
	}
	return is
}()
