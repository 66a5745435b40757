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

// arg is word i of the context's for arguments and results.
func arg(i int32) mem { return at(regContext, abi.OffArgs+8*i) }

func (t *thunk) rows(offset int32) {
	t.code.Thunk.Rows = append(t.code.Thunk.Rows, codemap.CFARow{Text: abi.TextOffset(t.pos()), Offset: uint32(offset)})
}

func (t *thunk) finish() codemap.ThunkCode {
	t.code.Text = t.buf
	t.code.Thunk.TextEnd = abi.TextOffset(t.pos())
	return t.code
}

// loadWord and storeWord copy a register and the one or two words of a value.
func (t *thunk) loadWord(vt wasm.ValType, r reg, m mem) {
	switch {
	case vt == wasm.V128:
		t.rm(opMovups, r, m)
	case r.isXMM():
		t.rm(opMovss.double(true), r, m)
	default:
		t.rm(opMovLoad|rexW, r, m)
	}
}

func (t *thunk) storeWord(vt wasm.ValType, r reg, m mem) {
	if vt != wasm.F32 {
		t.rm(storeWordOf(vt), r, m)
		return
	}
	t.rm(opMovssTo, r, m)
	m.disp += 4
	t.movMI(4, m, 0)
}

// copyWords copies a value from memory to memory.
func (t *thunk) copyWords(vt wasm.ValType, to, from mem) {
	r, o := regScratch, storeWordOf(wasm.I64)
	if vt == wasm.V128 {
		r, o = xmmScratch, opMovupsTo
	}
	t.loadWord(vt, r, from)
	t.rm(o, r, to)
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
	word := int32(0)
	for i, p := range s.params {
		vt := ft.Params[i]
		if p.reg == noReg {
			t.copyWords(vt, at(rsp, 8*p.slot), arg(word))
		} else {
			t.loadWord(vt, p.reg, arg(word))
		}
		word += wordsOf(vt)
	}
	// Functions that do not count keep the register.
	t.rm(opMovLoad|rexW, regFuel, at(regContext, abi.OffFuel))
	t.callMem(at(regContext, abi.OffEntryFn))
	t.code.Thunk.Calls = append(t.code.Thunk.Calls, codemap.Call{Return: abi.TextOffset(t.pos())})
	t.rm(opMovStore|rexW, regFuel, at(regContext, abi.OffFuel))
	word = 0
	for i, p := range s.results {
		vt := ft.Results[i]
		if p.reg == noReg {
			t.copyWords(vt, arg(word), at(rsp, 8*p.slot))
		} else {
			t.storeWord(vt, p.reg, arg(word))
		}
		word += wordsOf(vt)
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
	word, number := int32(0), uint64(index)
	if k == codemap.ForeignThunk {
		t.rm(opMovStore|rexW, regScratch, arg(0))
		word, number = 1, abi.HostForeignCall
	}
	for i, p := range s.params {
		vt := ft.Params[i]
		if p.reg == noReg { // above the return address
			t.copyWords(vt, arg(word), at(rsp, 8+8*p.slot))
		} else {
			t.storeWord(vt, p.reg, arg(word))
		}
		word += wordsOf(vt)
	}
	t.movRI(regScratch, number)
	t.rm(opMovStore|rexW, regScratch, at(regContext, abi.OffHostFunc))
	t.callMem(at(regContext, abi.OffHostStub))
	t.code.Thunk.Calls = append(t.code.Thunk.Calls, codemap.Call{Return: abi.TextOffset(t.pos())})
	word = 0
	for i, p := range s.results {
		vt := ft.Results[i]
		if p.reg == noReg {
			t.copyWords(vt, at(rsp, 8+8*p.slot), arg(word))
		} else {
			t.loadWord(vt, p.reg, arg(word))
		}
		word += wordsOf(vt)
	}
	t.ret()
	return t.finish()
}
