package native

// Numbers of the signals that come back in Context.Sig, and of a single step in Context.Code.
const (
	SigIll    = 4
	SigTrap   = 5
	SigBus    = 7
	SigFPE    = 8
	SigSegv   = 11
	SigUrgent = 23

	TrapTrace = 2
)
