package runtime

import (
	"fmt"

	"sphex/aot/abi"
)

// StopReason says why Resume came back.
type StopReason uint8

const (
	StopNone       StopReason = iota
	StopReturned              // the function returned: Results. Final
	StopTrap                  // the guest stands at the instruction that trapped: Trap, Err
	StopBreakpoint            // the guest stands before the instruction at PC
	StopStep                  // one instruction, or a range of them, is done
	StopPaused                // Pause was called
	StopExited                // the program ended itself: ExitCode, Err. Final
	StopFault                 // the guest did what no trap explains: Err, a *FatalFault
	StopHostError             // the guest stands behind a call whose host function failed: Err
	StopHandler               // the guest stands where it catches an exception: see StopAtHandlers
	StopWatch                 // the guest stands behind an access of something watched: Watched
	StopFailed                // the call ended with Err: after StopTrap, StopFault, StopHostError or Kill. Final
)

var stopNames = [...]string{"none", "returned", "trap", "breakpoint", "step", "paused", "exited", "fault", "host error", "handler", "watch", "failed"}

func (r StopReason) String() string { return stopNames[r] }

// Stop is what Resume and the steps return.
type Stop struct {
	Reason   StopReason
	Instance *Instance      // that stands; another than the started one if that called it
	PC       abi.TextOffset // unless Final: in Instance's module
	InHost   bool           // StopPaused while a host function runs; PC is the return address of the call
	Idle     bool           // StopPaused while no call runs in an instance that a debugger is attached to
	Results  []uint64       // StopReturned: one word each, two for v128
	Trap     *TrapError     // StopTrap
	Watched  []WatchHit     // StopWatch
	ExitCode uint32         // StopExited
	Err      error          // StopTrap, StopHostError, StopExited, StopFailed
}

// Final reports whether the call is over: nothing stands any more.
func (s *Stop) Final() bool {
	return s.Reason == StopReturned || s.Reason == StopExited || s.Reason == StopFailed
}

func (s *Stop) String() string {
	switch {
	case s.Err != nil:
		return fmt.Sprintf("%v: %v", s.Reason, s.Err)
	case s.Final():
		return s.Reason.String()
	}
	return fmt.Sprintf("%v at text offset %#x", s.Reason, s.PC)
}
