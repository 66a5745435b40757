package native

// Stub is a way into guest code: an offset in page 0 of the arena. The inbound stubs only
// read the context until their last instruction, so that a signal may abort them.
type Stub uint32

const (
	StubEnter  Stub = 0x000 // jumps to Context.Entry with SP = StackTop
	StubReturn Stub = 0x100 // returns from a host call: results are in Args
	StubResume Stub = 0x200 // loads the whole state; the trap flag must be clear
	StubStep   Stub = 0x500 // loads the whole state, trap flag too

	stubHost = 0x800 // Context.HostStub
	stubDone = 0x900 // Context.DoneStub
	stubSite = 0xa00 // Context.SiteStub

	stubPage = 0x1000
)

// LowFault is the end of the addresses that are never mapped: a load through a null
// reference faults below it.
const LowFault = 0x1000

// ReservationSize is the address space of one linear memory: a 32-bit index plus a 32-bit
// offset plus the widest access stay inside.
const ReservationSize = 8<<30 + GuardSize

// GuardSize is the size of the unmapped pages behind a memory and under a stack.
const GuardSize = 64 << 10

// SiteCallSize is the size of the call that SetSiteCall makes.
const SiteCallSize = 5
