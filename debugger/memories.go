package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// Debug information speaks of memory 0 alone. What other memories hold can be read and written by address.

// memoryNumbered returns where linear memory i is and its size.
func (p *program) memoryNumbered(i int) (base abi.Addr, size uint64, err error) {
	m := p.instance.Memory(i)
	if m == nil {
		return 0, 0, fmt.Errorf("the module has no memory %d", i)
	}
	return m.Base(), m.Size(), nil
}

// MemorySizeOf returns the size in bytes of linear memory i.
func (s *Session) MemorySizeOf(i int) (size uint64, err error) {
	err = s.whileStopped(func() error {
		_, size, err = s.program.memoryNumbered(i)
		return err
	})
	return size, err
}

// ReadMemoryOf reads linear memory i: see ReadMemory.
func (s *Session) ReadMemoryOf(i int, addr wasm.MemAddr, n int) (p []byte, err error) {
	err = s.whileStopped(func() error {
		base, size, err := s.program.memoryNumbered(i)
		if err != nil {
			return err
		}
		if n < 0 || uint64(addr) >= size {
			return fmt.Errorf("address %#x is outside of linear memory %d of %#x bytes", uint64(addr), i, size)
		}
		p = make([]byte, min(uint64(n), size-uint64(addr)))
		return s.program.read(base+abi.Addr(addr), p)
	})
	return p, err
}

// WriteMemoryOf writes linear memory i.
func (s *Session) WriteMemoryOf(i int, addr wasm.MemAddr, p []byte) error {
	return s.whileStopped(func() error {
		base, size, err := s.program.memoryNumbered(i)
		if err != nil {
			return err
		}
		if uint64(addr) > size || uint64(len(p)) > size-uint64(addr) {
			return fmt.Errorf("address %#x and %d bytes are outside of linear memory %d of %#x bytes", uint64(addr), len(p), i, size)
		}
		return s.program.write(base+abi.Addr(addr), p)
	})
}
