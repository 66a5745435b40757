package native

import (
	"unsafe"

	"sphex/aot/abi"
)

// State is a copy of what a nested entry overwrites of a context's head: all but the words
// that other goroutines write, and Args.
type State struct {
	regs [16]uint64
	low  [abi.OffPause - 16*8]byte
	high [abi.OffArgs - abi.OffMXCSR]byte
	c    *abi.Context
}

func head(c *abi.Context) *[abi.OffArgs]byte { return (*[abi.OffArgs]byte)(unsafe.Pointer(c)) }

// SaveState copies c's head.
func SaveState(c *abi.Context) *State {
	s := &State{regs: c.Regs, c: c}
	copy(s.low[:], head(c)[len(c.Regs)*8:])
	copy(s.high[:], head(c)[abi.OffMXCSR:])
	return s
}

// Restore puts the copy back.
func (s *State) Restore() {
	fuel := s.c.Fuel // what was spent meanwhile is spent
	defer func() { s.c.Fuel = fuel }()
	s.c.Regs = s.regs
	copy(head(s.c)[len(s.regs)*8:], s.low[:])
	copy(head(s.c)[abi.OffMXCSR:], s.high[:])
}

// HostSP returns Context.HostSP of the copy.
func (s *State) HostSP() uint64 {
	return *(*uint64)(unsafe.Pointer(&s.low[abi.OffHostSP-16*8]))
}

// PC returns the program counter and the stack pointer of the copy.
func (s *State) PC() (pc, sp uint64) {
	word := func(off uintptr) uint64 { return *(*uint64)(unsafe.Pointer(&s.low[off-16*8])) }
	return word(abi.OffPC), word(abi.OffSP)
}

// WholeRegisters returns where the registers of a captured state are in the copy of it.
func (s *State) WholeRegisters() (r Registers) {
	for d := range 16 {
		r[d] = &s.regs[GeneralIndex(uint8(d))]
	}
	for i := range 16 {
		r[dwarfVector+i] = (*uint64)(unsafe.Pointer(&s.high[abi.OffXMM-abi.OffMXCSR+16*i]))
	}
	r[dwarfReturn] = (*uint64)(unsafe.Pointer(&s.low[abi.OffFlags-16*8]))
	return r
}

// Registers is where the values of registers are, by DWARF number: the general ones and the
// 128-bit vector ones. The flags register stands at the number of the return address, which
// has no place. nil: nowhere.
type Registers [33]*uint64

const (
	dwarfReturn = 16
	dwarfVector = 17
	dwarfFlags  = 49
)

// At returns where a register is by its DWARF number, nil if nowhere.
func (r *Registers) At(dwarf uint8) *uint64 {
	switch {
	case dwarf == dwarfFlags:
		return r[dwarfReturn]
	case dwarf == dwarfReturn || int(dwarf) >= len(r):
		return nil
	}
	return r[dwarf]
}

// Called forgets what a caller's registers do not have in common with its callee's.
func (r *Registers) Called() { r[dwarfReturn] = nil }

// hostSaved are the registers, by the processor's numbers, that a host call keeps: those that
// compiled functions keep for their callers, and the base of memory 0.
var hostSaved = [...]int{3, 5, 6, 7, 11, 12, 13, RegMemory, RegContext}

const hostSavedVectors = 8 // from this one on

// WholeRegisters returns where the registers of a captured state are.
func WholeRegisters(c *abi.Context) (r Registers) {
	for d := range 16 {
		r[d] = &c.Regs[GeneralIndex(uint8(d))]
	}
	for i := range 16 {
		r[dwarfVector+i] = &c.XMM[i][0]
	}
	r[dwarfReturn] = &c.Flags
	return r
}

// HostRegisters returns where the registers are that c's host call keeps, or saved's if it is
// not nil: c's from before a nested entry. The stack pointer is not among them.
func HostRegisters(c *abi.Context, saved *State) (r Registers) {
	regs := &c.Regs
	if saved != nil {
		regs = &saved.regs
	}
	for d := range 16 {
		for _, i := range hostSaved {
			if GeneralIndex(uint8(d)) == i {
				r[d] = &regs[i]
			}
		}
	}
	for i := hostSavedVectors; i < 16; i++ {
		if saved != nil {
			r[dwarfVector+i] = (*uint64)(unsafe.Pointer(&saved.high[abi.OffXMM-abi.OffMXCSR+16*i]))
		} else {
			r[dwarfVector+i] = &c.XMM[i][0]
		}
	}
	return r
}
