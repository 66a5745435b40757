package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Compilers keep variables that have an address on a stack in linear memory, which grows down
// from a global's value. Linkers place it first, so that it runs out at address 0: the pointer
// wraps around, and the first access below 0 is one far behind the memory's end.

// stackPointerName is what the linkers of LLVM call the global.
const stackPointerName = "__stack_pointer"

// overflow is how many bytes below address 0 the program's stack reaches; 0 if it is sound, or
// if it is not known.
func (s *Session) overflow() uint32 {
	base, size := s.program.memory()
	below := func(pointer uint64) uint32 {
		p := int32(uint32(pointer))
		if pointer <= size || pointer>>32 != 0 || p >= 0 {
			return 0
		}
		return uint32(-p)
	}
	for i, name := range s.image.module.Names().Globals {
		if g := s.program.instance.Global(int(i)); name == stackPointerName && g != nil && g.Type().Type == wasm.I32 {
			if n := below(uint64(uint32(g.Get()))); n > 0 {
				return n
			}
		}
	}
	// A function that calls nothing leaves the global as it is.
	f := s.topFrame()
	if f == nil || f.Host || f.Symbol == nil {
		return 0
	}
	at, err := s.scope(f).FrameBase()
	if err != nil || at < base {
		return 0
	}
	return below(uint64(at - base))
}

// explainMemory adds to the text of a trap at an access to memory why it may have happened.
func (s *Session) explainMemory(r *Reason) {
	if r.Trap != abi.TrapMemory {
		return
	}
	if n := s.overflow(); n > 0 {
		r.Text += fmt.Sprintf(" (the program's stack has overflowed: it reaches %s below address 0)", count(int(n), "byte"))
	}
}
