package native

// Access says what may be done with a page.
type Access uint8

const (
	ReadWrite Access = iota
	ReadOnly
	NoAccess
)

// PageSize is the unit of Protect.
const PageSize = 4096

// HardwareWatches is how many debug registers there are for data.
const HardwareWatches = 4

// TrapPerf is Context.Code of a hardware watchpoint's trap.
const TrapPerf = 6

// MaxInstruction is the length in bytes of the longest instruction.
const MaxInstruction = 15
