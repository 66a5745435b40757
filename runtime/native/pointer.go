package native

import (
	"unsafe"

	"sphex/aot/abi"
)

// pointer turns an address outside of Go's heap into a pointer; go vet can not know that
// such a conversion is sound.
func pointer(a uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&a)) }

// Word returns the word at an address outside of Go's heap.
func Word(a abi.Addr) *uint64 { return (*uint64)(pointer(uintptr(a))) }

// Half returns the word of 32 bits at an address outside of Go's heap.
func Half(a abi.Addr) *uint32 { return (*uint32)(pointer(uintptr(a))) }

// Bytes returns n bytes at an address outside of Go's heap.
func Bytes(a abi.Addr, n uint64) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(pointer(uintptr(a))), n)
}

// ContextAt returns the context whose head is at a.
func ContextAt(a abi.Addr) *abi.Context { return (*abi.Context)(pointer(uintptr(a))) }

// Address returns the address of a context.
func Address(c *abi.Context) abi.Addr { return abi.Addr(uintptr(unsafe.Pointer(c))) }

// Memory returns the description of a linear memory at a.
func Memory(a abi.Addr) *abi.Memory { return (*abi.Memory)(pointer(uintptr(a))) }

// Table returns the description of a table at a.
func Table(a abi.Addr) *abi.Table { return (*abi.Table)(pointer(uintptr(a))) }

// FuncRef returns the function reference at a.
func FuncRef(a abi.Addr) *abi.FuncRef { return (*abi.FuncRef)(pointer(uintptr(a))) }

// PreemptPoint lets the scheduler or the collector have the goroutine if they asked: its
// prologue checks the stack bound, which is how they ask. runtime.Gosched would not do: it
// does not stop for the collector. Every preemption that hit guest code must come here.
//
//go:noinline
func PreemptPoint() { preemptPoint() }

//go:noinline
func preemptPoint() {}

// Vector returns the two words of a vector register's place.
func Vector(p *uint64) *[2]uint64 { return (*[2]uint64)(unsafe.Pointer(p)) }

// PointerAddress returns the address of something outside of Go's heap, or that lives as long
// as the guest that is told.
func PointerAddress[T any](p *T) abi.Addr { return abi.Addr(uintptr(unsafe.Pointer(p))) }

// Global returns the words of a global at a; the second one only exists for a vector.
func Global(a abi.Addr) *[2]uint64 { return (*[2]uint64)(pointer(uintptr(a))) }
