package native

// Processor's numbers of registers with a role, as indices of Context.Regs.
const (
	RegSP      = 4
	RegScratch = 10
	RegMemory  = 14
	RegContext = 15
	RegFuel    = 11 // of metered code, when it comes from the guest or goes there
)

// Flags of the processor.
const (
	TrapFlag        = 0x100
	ArithmeticFlags = 0x8d5 // carry, parity, adjust, zero, sign, overflow
)

// dwarfGeneral maps DWARF's numbers of the general registers to the processor's (System V
// psABI, figure 3.36).
var dwarfGeneral = [16]uint8{0, 2, 1, 3, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15}

// GeneralIndex returns the index in Context.Regs of a general register by its DWARF number.
func GeneralIndex(dwarf uint8) int { return int(dwarfGeneral[dwarf]) }

// IsFlags reports whether a DWARF number is that of the flags register.
func IsFlags(dwarf uint8) bool { return dwarf == dwarfFlags }

// IsVector reports whether a DWARF number is that of a vector register.
func IsVector(dwarf uint8) bool { return dwarf >= dwarfVector && dwarf < dwarfVector+16 }
