package runtime

import (
	"context"
	"fmt"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Table is a table of references. An element is the address of an abi.FuncRef or the host's
// handle of an external reference; 0 is null.
type Table struct {
	desc  *abi.Table
	elems []uint64 // what desc describes; Go's collector does not move it
	typ   wasm.TableType
	owner *Instance // nil: the host
	index int       // in the owner
}

// maxElements bounds a table.
const maxElements = 10_000_000

func (*Table) externKind() wasm.ExternKind { return wasm.ExternTable }

// NewTable makes a table of the host's, for import.
func NewTable(t wasm.TableType) (*Table, error) { return newTable(t, new(abi.Table)) }

func newTable(t wasm.TableType, desc *abi.Table) (*Table, error) {
	if t.Limits.Min > maxElements {
		return nil, fmt.Errorf("a table of %d elements is larger than the limit of %d", t.Limits.Min, maxElements)
	}
	tab := &Table{desc: desc, typ: t}
	tab.set(make([]uint64, t.Limits.Min))
	return tab, nil
}

func (t *Table) set(e []uint64) {
	t.elems = e
	t.desc.Len = uint64(len(e))
	t.desc.Base = 0
	if len(e) > 0 {
		t.desc.Base = native.PointerAddress(&e[0])
	}
}

// fill sets all elements.
func (t *Table) fill(v uint64) {
	for i := range t.elems {
		t.elems[i] = v
	}
}

// Type returns the declared type.
func (t *Table) Type() wasm.TableType { return t.typ }

// Len returns the number of elements.
func (t *Table) Len() int { return len(t.elems) }

// Get returns an element's word.
func (t *Table) Get(i int) (uint64, bool) {
	if i < 0 || i >= len(t.elems) {
		return 0, false
	}
	return t.elems[i], true
}

// Set replaces an element's word, which must be valid for the table's type.
func (t *Table) Set(i int, v uint64) bool {
	if i < 0 || i >= len(t.elems) {
		return false
	}
	t.elems[i] = v
	return true
}

// Grow appends n elements and returns the old length. ok is false, and nothing happens, when the type, a limit or the limiter
// refuses: see Instance.Refused.
func (t *Table) Grow(n, v uint64) (old uint64, ok bool) {
	old, err := t.grow(context.Background(), n, v)
	t.owner.refuse(err)
	return old, err == nil
}

func (t *Table) grow(ctx context.Context, n, v uint64) (old uint64, err error) {
	old = uint64(len(t.elems))
	limit := uint64(maxElements)
	if t.typ.Limits.HasMax {
		limit = min(limit, t.typ.Limits.Max)
	}
	if n > limit || old > limit-n {
		return old, errFull
	}
	if t.owner != nil {
		if err := t.owner.addElements(ctx, t.index, old, old+n); err != nil {
			return old, err
		}
	}
	e := slices.Grow(t.elems, int(n))[:old+n]
	for i := range e[old:] {
		e[old+uint64(i)] = v
	}
	t.set(e)
	return old, nil
}

// Global is a global variable.
type Global struct {
	typ   wasm.GlobalType
	word  *[2]uint64 // the second word only of a v128
	owner *Instance  // nil: the host
}

func (*Global) externKind() wasm.ExternKind { return wasm.ExternGlobal }

// NewGlobal makes a global of the host's, for import.
func NewGlobal(t wasm.GlobalType, v uint64) *Global {
	return &Global{typ: t, word: &[2]uint64{v, 0}}
}

// Type returns the declared type.
func (g *Global) Type() wasm.GlobalType { return g.typ }

// Get returns the value; upper halves of i32 and f32 are zero.
func (g *Global) Get() uint64 {
	if g.typ.Type == wasm.I32 || g.typ.Type == wasm.F32 {
		return uint64(uint32(g.word[0]))
	}
	return g.word[0]
}

// Vector returns the value of a v128.
func (g *Global) Vector() [2]uint64 { return *g.word }

// Set replaces the value, mutable or not: a debugger may.
func (g *Global) Set(v uint64) {
	if g.typ.Type == wasm.I32 || g.typ.Type == wasm.F32 {
		v = uint64(uint32(v))
	}
	g.word[0] = v
}

// Addr returns where the value is in this process.
func (g *Global) Addr() abi.Addr { return native.PointerAddress(g.word) }
