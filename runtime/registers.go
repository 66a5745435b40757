package runtime

import (
	"errors"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// ErrNotStanding is a question about a guest that does not stand at a stop.
var ErrNotStanding = errors.New("the guest does not stand at a stop")

// standing returns the context of the activation that stands, or an error.
func (in *Instance) standing() (*activation, error) {
	if d := in.debug; d != nil && d.final == nil {
		if a := d.standing.Load(); a != nil {
			return a, nil
		}
	}
	return nil, ErrNotStanding
}

// SetPC makes the guest go on at another place of the function that stands. It is up to the
// caller that the code there finds what it expects.
func (in *Instance) SetPC(pc abi.TextOffset) error {
	a, err := in.standing()
	if err != nil {
		return err
	}
	if a.in.mod.FuncAt(pc) == nil {
		return fmt.Errorf("%#x is in no function", pc)
	}
	a.in.ctx.PC = uint64(a.in.mod.addr(pc))
	a.thread.debug.Load().moved = true
	return nil
}

// Flags returns the processor's flags where the guest stands.
func (in *Instance) Flags() (uint64, error) {
	a, err := in.standing()
	if err != nil {
		return 0, err
	}
	return a.in.ctx.Flags &^ native.TrapFlag, nil
}

// SetFlags changes the arithmetic flags where the guest stands.
func (in *Instance) SetFlags(v uint64) error {
	a, err := in.standing()
	if err != nil {
		return err
	}
	a.in.ctx.Flags = a.in.ctx.Flags&^native.ArithmeticFlags | v&native.ArithmeticFlags
	return nil
}

// RegionError is an access of native memory outside of what belongs to the instance.
type RegionError struct {
	Addr abi.Addr
	Len  int
	// Of an access behind the end of a linear memory: its offset there, and the memory's size;
	// otherwise 0.
	Offset, Size uint64
}

func (e *RegionError) Error() string {
	if e.Offset > 0 {
		return fmt.Sprintf("%d bytes at %#x are outside of linear memory (size %#x)", e.Len, e.Offset, e.Size)
	}
	return fmt.Sprintf("%d bytes at native address %#x do not belong to the instance", e.Len, uint64(e.Addr))
}

// ReadNative copies from an address of this process if all of it belongs to the instance: its
// memories, stack, context with globals, tables, or text (as compiled, without breakpoints).
// It never faults.
func (in *Instance) ReadNative(a abi.Addr, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if o, ok := in.mod.TextOffset(a); ok {
		if in.mod.ReadText(o, b) < len(b) {
			return in.outside(a, len(b))
		}
		return nil
	}
	r := in.region(a, len(b))
	if r == nil {
		return in.outside(a, len(b))
	}
	copy(b, r)
	return nil
}

// WriteNative is the reverse of ReadNative, without the text.
func (in *Instance) WriteNative(a abi.Addr, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	r := in.region(a, len(b))
	if r == nil {
		return in.outside(a, len(b))
	}
	copy(r, b)
	for _, m := range in.memories {
		if m.mirror != 0 {
			m.shared.wrote(a, uint64(len(b)))
		}
	}
	return nil
}

// outside is the error for n bytes at a that are in no region. The reach of a linear memory is that of
// an instruction: 2^32 and an offset of as much.
func (in *Instance) outside(a abi.Addr, n int) error {
	e := &RegionError{Addr: a, Len: n}
	for _, m := range in.memories {
		if off := uint64(a - m.desc.Base); a >= m.desc.Base && off < 1<<33 && off > 0 {
			e.Offset, e.Size = off, m.desc.Size
			break
		}
	}
	return e
}

// region returns the n bytes at a if they belong to the instance.
func (in *Instance) region(a abi.Addr, n int) []byte {
	inside := func(lo, size abi.Addr) bool {
		return a >= lo && a-lo <= size && abi.Addr(n) <= size-(a-lo)
	}
	found := inside(in.addr, abi.Addr(in.mod.layout.Size)) ||
		inside(in.stack.Lo+native.GuardSize, in.stack.Hi-in.stack.Lo-native.GuardSize)
	for _, m := range in.memories {
		if inside(m.desc.Base, abi.Addr(m.Size())) {
			return native.Bytes(m.bytes()+(a-m.desc.Base), uint64(n))
		}
	}
	for _, t := range in.tables {
		found = found || inside(t.desc.Base, abi.Addr(8*t.desc.Len))
	}
	for _, g := range in.globals {
		size := abi.Addr(8)
		if g.typ.Type == wasm.V128 {
			size = 16
		}
		found = found || inside(g.Addr(), size)
	}
	if !found {
		return nil
	}
	return native.Bytes(a, uint64(n))
}
