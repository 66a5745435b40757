package amd64

import (
	"encoding/binary"

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
		ps[i] = codemap.Place{Kind: codemap.InReg, Type: t.Params[i]}
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
}

func newSignature(t *wasm.FuncType) signature {
	var s signature
	var np, nr int32
	s.params, np = assign(t.Params, paramRegs[:], floatParamRegs[:])
	s.results, nr = assign(t.Results, resultRegs[:], floatResultRegs[:])
	s.words = max(np, nr)
	return s
}

func assign(types []wasm.ValType, general, float []reg) (ps []place, words int32) {
	ps = make([]place, len(types))
	for i, t := range types {
		rs := &general
		if isFloat(t) {
			rs = &float
		}
		if len(*rs) > 0 {
			ps[i] = place{reg: (*rs)[0]}
			*rs = (*rs)[1:]
			continue
		}
		ps[i] = place{reg: noReg, slot: words}
		words++
	}
	return ps, words
}

func isFloat(t wasm.ValType) bool { return t == wasm.F32 || t == wasm.F64 }

// isWide reports whether a value of type t takes 64 bits.
func isWide(t wasm.ValType) bool { return t != wasm.I32 && t != wasm.F32 }
