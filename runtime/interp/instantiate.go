package interp

import (
	"fmt"

	"sphex/aot/wasm"
)

// New makes a machine of a valid module. Functions that it imports are Host's; memories and tables
// are new ones, as small as they may be. Its start function has not run.
func New(m *wasm.Module) (*Machine, error) {
	for i := range m.Imports {
		if im := &m.Imports[i]; im.Kind == wasm.ExternGlobal {
			return nil, fmt.Errorf("import %s.%s is a global", im.Module, im.Name)
		}
	}
	v := &Machine{Module: m, funcs: make([]*function, len(m.Code)), dropped: make([]bool, len(m.Datas)), gone: make([]bool, len(m.Elems))}
	for i := range m.Memories {
		t := &m.Memories[i]
		if t.Limits.Min > maxMemory>>t.PageLog2() {
			return nil, fmt.Errorf("memory %d is too large", i)
		}
		v.Memories = append(v.Memories, make([]byte, t.Limits.Min<<t.PageLog2()))
	}
	for i := range m.Globals {
		init := &m.Globals[i].Init
		v.Globals = append(v.Globals, Value{v.constant(init), m.Globals[i].Type, init.High})
	}
	for i := range m.Tables {
		t := make([]uint64, m.Tables[i].Limits.Min)
		if init, ok := m.TableInits[uint32(i)]; ok {
			for k := range t {
				t[k] = v.constant(&init)
			}
		}
		v.Tables = append(v.Tables, t)
	}
	for i := range m.Elems {
		e := &m.Elems[i]
		if e.Mode == wasm.Active {
			if err := v.tableInit(i, e.Table, v.offset(&e.Offset), 0, uint64(len(e.Init))); err != nil {
				return nil, err
			}
		}
		v.gone[i] = e.Mode != wasm.Passive
	}
	for i := range m.Datas {
		d := &m.Datas[i]
		if d.Mode == wasm.Active {
			if err := v.memoryInit(i, d.Memory, v.offset(&d.Offset), 0, uint64(len(d.Init))); err != nil {
				return nil, err
			}
		}
		v.dropped[i] = d.Mode == wasm.Active
	}
	return v, nil
}

// offset is where a segment goes.
func (m *Machine) offset(c *wasm.ConstExpr) uint64 {
	if v := m.constant(c); c.Type == wasm.I64 {
		return v
	} else {
		return uint64(uint32(v))
	}
}

func (m *Machine) constant(c *wasm.ConstExpr) uint64 {
	switch c.Kind {
	case wasm.ConstGlobal:
		return m.Globals[c.Value].Bits
	case wasm.ConstFunc:
		return c.Value + 1
	case wasm.ConstNull:
		return 0
	case wasm.ConstTerms:
		return c.Eval(func(i uint32) uint64 { return m.Globals[i].Bits })
	}
	return c.Value
}
