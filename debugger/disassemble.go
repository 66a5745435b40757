package debugger

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Instruction is a machine instruction and what it was made from.
type Instruction struct {
	Text   abi.TextOffset
	Bytes  []byte
	Asm    string
	Code   wasm.CodeOffset // wasm instruction that it belongs to; 0 in thunks and prologues
	Offset wasm.FileOffset
	File   string // set where a line starts
	Line   int
	Func   string // function that holds it
}

// Disassemble returns before instructions in front of at, and after from at on. Addresses
// outside of the text give none.
func (s *Session) Disassemble(at abi.TextOffset, before, after int) ([]Instruction, error) {
	return nil, ErrClosed
}

// DisassembleFunction returns the instructions of the function that holds at.
func (s *Session) DisassembleFunction(at abi.TextOffset) ([]Instruction, error) {
	return nil, ErrClosed
}
