// Package native is the machine under the runtime: all of its assembly and its unsafe.
//
// Guest code stands in one reservation of address space, the arena, so that two words that
// never change tell guest code from Go code. Page 0 of the arena holds the stubs, through
// which every entry and every exit passes: Go's own text never runs on a foreign stack. A
// context (abi.Context) belongs to one instance; while guest code runs, the pinned register
// holds its address.
//
// A signal handler, put before Go's own for the signals that matter, sorts by the interrupted
// program counter. In guest code a fault, a breakpoint, a single step and Go's preemption
// request are captured: the whole register state goes to the context, and the return from the
// signal lands behind Enter on the Go stack. Signals that are not the guest's doing are shown
// to Go's handler as if they had hit Enter itself. Everything else is Go's.
//
// It works on linux/amd64. On other platforms the package builds and Init returns an error.
package native
