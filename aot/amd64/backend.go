package amd64

import (
	"encoding/binary"
	"slices"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// Backend is the code generator for x86-64. It implements codemap.Backend.
type Backend struct{}

const (
	elfMachine    = 62 // EM_X86_64
	functionAlign = 16
)

// Target names the registers.
func (Backend) Target() codemap.Target {
	return codemap.Target{
		Machine: elfMachine,
		SP:      rsp.dwarf(),
		RA:      dwarfReturnAddress,
		Context: regContext.dwarf(),
		Memory:  regMemory.dwarf(),
	}
}

// Align is the alignment of functions in the text.
func (Backend) Align() int { return functionAlign }

// Pad fills the gap behind a function with breakpoint instructions.
func (Backend) Pad(gap []byte) {
	for i := range gap {
		gap[i] = 0xcc
	}
}

// Patch makes the displacement field at text[at:] refer to target.
func (Backend) Patch(text []byte, at, target abi.TextOffset) {
	binary.LittleEndian.PutUint32(text[at:], uint32(target-(at+4)))
}

// Compiler returns a compiler for one goroutine.
func (Backend) Compiler(m *wasm.Module, l *abi.Layout, o codemap.Options) codemap.Compiler {
	return newCompiler(m, l, o)
}

// place is where a call passes a parameter or result: in a register, or, when reg is noReg,
// in word slot of the area at the caller's stack pointer.
type place struct {
	reg  reg
	slot int32
}

// Params returns where parameters arrive.
func (Backend) Params(t *wasm.FuncType) []codemap.Place {
	s := newSignature(t)
	ps := make([]codemap.Place, len(s.params))
	for i, p := range s.params {
		ps[i] = codemap.Place{Kind: codemap.InReg, Type: t.Params[i].Top()}
		if p.reg != noReg {
			ps[i].Reg = p.reg.dwarf()
		} else {
			ps[i].Kind, ps[i].Offset = codemap.InSlot, 8*p.slot
		}
	}
	return ps
}

// signature says how the values of a function type travel.
type signature struct {
	params, results []place
	words           int32 // of the area for those that have no register
	vectors         bool  // some of them are v128
}

func newSignature(t *wasm.FuncType) signature {
	var s signature
	var np, nr int32
	s.params, np = assign(t.Params, paramRegs[:], floatParamRegs[:])
	s.results, nr = assign(t.Results, resultRegs[:], floatResultRegs[:])
	s.words = max(np, nr)
	s.vectors = slices.Contains(t.Params, wasm.V128) || slices.Contains(t.Results, wasm.V128)
	return s
}

func assign(types []wasm.ValType, general, float []reg) (ps []place, words int32) {
	ps = make([]place, len(types))
	for i, t := range types {
		rs := &general
		if inXMM(t) {
			rs = &float
		}
		if len(*rs) > 0 {
			ps[i] = place{reg: (*rs)[0]}
			*rs = (*rs)[1:]
			continue
		}
		ps[i] = place{reg: noReg, slot: words}
		words += wordsOf(t)
	}
	return ps, words
}

// inXMM reports whether values of type t are in xmm registers.
func inXMM(t wasm.ValType) bool { return t == wasm.F32 || t == wasm.F64 || t == wasm.V128 }

// isWide reports whether a value of type t takes 64 bits, or more.
func isWide(t wasm.ValType) bool { return t != wasm.I32 && t != wasm.F32 }

// wordsOf is how many words of eight bytes a value of type t takes where it travels or lies in memory.
func wordsOf(t wasm.ValType) int32 {
	if t == wasm.V128 {
		return 2
	}
	return 1
}

// loadOf and storeOf return the instruction that moves a value of type t from or to memory.
func loadOf(t wasm.ValType) opcode {
	switch t {
	case wasm.V128:
		return opMovups
	case wasm.F32, wasm.F64:
		return opMovss.double(t == wasm.F64)
	}
	return opMovLoad.w(isWide(t))
}

func storeOf(t wasm.ValType) opcode {
	switch t {
	case wasm.V128:
		return opMovupsTo
	case wasm.F32, wasm.F64:
		return opMovssTo.double(t == wasm.F64)
	}
	return opMovStore.w(isWide(t))
}

// storeWordOf is storeOf for a whole word: what is narrower is stored with zeros above it.
func storeWordOf(t wasm.ValType) opcode {
	if t == wasm.V128 {
		return opMovupsTo
	}
	if inXMM(t) {
		return opMovssTo.double(true)
	}
	return opMovStore | rexW
}
