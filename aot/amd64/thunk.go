package amd64

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// thunk builds thunks.
type thunk struct {
	encoder
	code codemap.ThunkCode
}

// Thunks makes the thunks of a module.
func (Backend) Thunks(m *wasm.Module, l *abi.Layout, funcs []codemap.Code) []codemap.ThunkCode {
	foreign := make([]bool, len(m.Types))
	var routines [2]bool
	for i := range funcs {
		for _, r := range funcs[i].Refs {
			if r.Kind != codemap.RefThunk {
				continue
			}
			switch i := r.Index & 0xffffff; codemap.ThunkKind(r.Index >> 24) {
			case codemap.ForeignThunk:
				foreign[i] = true
			case codemap.RoutineThunk:
				routines[i] = true
			}
		}
	}
	entries := make([]bool, len(m.Types))
	for _, f := range l.Escaping {
		entries[m.Funcs[f]] = true
	}
	if m.Start != nil {
		entries[m.Funcs[*m.Start]] = true
	}
	for f := m.NumImportedFuncs; f < len(m.Funcs); f++ { // a debugger calls any function
		entries[m.Funcs[f]] = true
	}
	var ts []codemap.ThunkCode
	for i, yes := range entries {
		if yes {
			ts = append(ts, entryThunk(m, l, uint32(i)))
		}
	}
	for i := range m.NumImportedFuncs {
		ts = append(ts, outThunk(codemap.ImportThunk, &m.Types[m.Funcs[i]], uint32(i)))
	}
	for i, yes := range foreign {
		if yes {
			ts = append(ts, outThunk(codemap.ForeignThunk, &m.Types[i], uint32(i)))
		}
	}
	for i, yes := range routines {
		if yes {
			ts = append(ts, routine(uint32(i)))
		}
	}
	return ts
}

// arg is the word of the context for argument or result i.
func arg(i int) mem { return at(regContext, abi.OffArgs+8*int32(i)) }

func (t *thunk) rows(offset int32) {
	t.code.Thunk.Rows = append(t.code.Thunk.Rows, codemap.CFARow{Text: abi.TextOffset(t.pos()), Offset: uint32(offset)})
}

func (t *thunk) finish() codemap.ThunkCode {
	t.code.Text = t.buf
	t.code.Thunk.TextEnd = abi.TextOffset(t.pos())
	return t.code
}

// loadWord and storeWord copy a register of a value's class.
func (t *thunk) loadWord(r reg, m mem) {
	if r.isXMM() {
		t.rm(opMovss.double(true), r, m)
		return
	}
	t.rm(opMovLoad|rexW, r, m)
}

func (t *thunk) storeWord(vt wasm.ValType, r reg, m mem) {
	switch {
	case vt == wasm.F32:
		t.rm(opMovssTo, r, m)
		m.disp += 4
		t.movMI(4, m, 0)
	case r.isXMM():
		t.rm(opMovssTo.double(true), r, m)
	default:
		t.rm(opMovStore|rexW, r, m)
	}
}

// entryThunk is the way from Go to functions of a type. It returns to nobody: its CFA is
// that of a caller that does not exist.
func entryThunk(m *wasm.Module, l *abi.Layout, index uint32) codemap.ThunkCode {
	t := &thunk{code: codemap.ThunkCode{Thunk: codemap.Thunk{Kind: codemap.EntryThunk, Index: index}}}
	ft := &m.Types[index]
	s := newSignature(ft)
	t.rows(8)
	if len(l.Memories) > 0 {
		p := l.Memories[0]
		t.rm(opMovLoad|rexW, regMemory, at(regContext, p.Off))
		if p.Indirect {
			t.rm(opMovLoad|rexW, regMemory, at(regMemory, baseOffset))
		}
	}
	size := 8 * s.words
	if size > 0 {
		t.aluRI(aluSub, true, rsp, size)
	}
	t.rows(size + 8)
	for i, p := range s.params {
		if p.reg == noReg {
			t.loadWord(regScratch, arg(i))
			t.rm(opMovStore|rexW, regScratch, at(rsp, 8*p.slot))
			continue
		}
		t.loadWord(p.reg, arg(i))
	}
	t.callMem(at(regContext, abi.OffEntryFn))
	t.code.Thunk.Calls = append(t.code.Thunk.Calls, codemap.Call{Return: abi.TextOffset(t.pos())})
	for i, p := range s.results {
		if p.reg == noReg {
			t.loadWord(regScratch, at(rsp, 8*p.slot))
			t.rm(opMovStore|rexW, regScratch, arg(i))
			continue
		}
		t.storeWord(ft.Results[i], p.reg, arg(i))
	}
	if size > 0 {
		t.aluRI(aluAdd, true, rsp, size)
	}
	t.rows(8)
	t.jmpMem(at(regContext, abi.OffDoneStub))
	return t.finish()
}

// outThunk is the way out of the guest: to an import or to a function of another instance.
// The outbound stub keeps the callee-saved registers.
func outThunk(k codemap.ThunkKind, ft *wasm.FuncType, index uint32) codemap.ThunkCode {
	t := &thunk{code: codemap.ThunkCode{Thunk: codemap.Thunk{Kind: k, Index: index}}}
	s := newSignature(ft)
	t.rows(8)
	first, number := 0, uint64(index)
	if k == codemap.ForeignThunk {
		t.rm(opMovStore|rexW, regScratch, arg(0))
		first, number = 1, abi.HostForeignCall
	}
	for i, p := range s.params {
		if p.reg == noReg { // above the return address
			t.loadWord(regScratch, at(rsp, 8+8*p.slot))
			t.rm(opMovStore|rexW, regScratch, arg(first+i))
			continue
		}
		t.storeWord(ft.Params[i], p.reg, arg(first+i))
	}
	t.movRI(regScratch, number)
	t.rm(opMovStore|rexW, regScratch, at(regContext, abi.OffHostFunc))
	t.callMem(at(regContext, abi.OffHostStub))
	t.code.Thunk.Calls = append(t.code.Thunk.Calls, codemap.Call{Return: abi.TextOffset(t.pos())})
	for i, p := range s.results {
		if p.reg == noReg {
			t.loadWord(regScratch, arg(i))
			t.rm(opMovStore|rexW, regScratch, at(rsp, 8+8*p.slot))
			continue
		}
		t.loadWord(p.reg, arg(i))
	}
	t.ret()
	return t.finish()
}
