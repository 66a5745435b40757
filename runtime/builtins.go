package runtime

import (
	"fmt"
	"math"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// builtin serves a call of one of the abi.Host… functions. Sizes and offsets are of the type of the memory's or table's
// addresses; those of segments are i32.
func (a *activation) builtin(n uint32) error {
	in, args := a.in, &a.in.ctx.Args
	index := func(i int) int { return int(uint32(args[i])) }
	size := func(i int, is64 bool) uint64 {
		if is64 {
			return args[i]
		}
		return uint64(uint32(args[i]))
	}
	// slice is the n bytes of a memory at addr, which are both arguments.
	slice := func(m *Memory, addr, n int, is64 bool) ([]byte, bool) {
		return m.Slice(wasm.MemAddr(size(addr, m.typ.Is64)), size(n, is64))
	}
	trap := abi.TrapNone
	check := func(ok bool, t abi.Trap) {
		if !ok {
			trap = t
		}
	}
	switch n {
	case abi.HostMemoryGrow:
		m := in.memories[index(0)]
		old, err := m.grow(&a.ctx, size(1, m.typ.Is64))
		in.refuse(err)
		args[0] = grown(old, err == nil, m.typ.Is64)
	case abi.HostMemoryInit:
		to, ok := slice(in.memories[index(0)], 2, 4, false)
		from, fits := within(in.datas[index(1)], size(3, false), size(4, false))
		check(ok && fits, abi.TrapMemory)
		if ok && fits {
			copy(to, from)
		}
	case abi.HostDataDrop:
		in.datas[index(0)] = nil
	case abi.HostMemoryCopy:
		dst, src := in.memories[index(0)], in.memories[index(1)]
		is64 := dst.typ.Is64 && src.typ.Is64
		to, ok := slice(dst, 2, 4, is64)
		from, fits := slice(src, 3, 4, is64)
		check(ok && fits, abi.TrapMemory)
		if ok && fits {
			return a.copyBytes(to, from)
		}
	case abi.HostMemoryFill:
		m := in.memories[index(0)]
		to, ok := slice(m, 1, 3, m.typ.Is64)
		if check(ok, abi.TrapMemory); ok {
			return a.fillBytes(to, byte(args[2]))
		}
	case abi.HostTableInit:
		at := size(2, in.tables[index(0)].typ.Is64)
		check(in.tableInit(index(0), index(1), at, size(3, false), size(4, false)), abi.TrapTable)
	case abi.HostElemDrop:
		in.elems[index(0)] = nil
	case abi.HostTableCopy:
		dst, src := in.tables[index(0)], in.tables[index(1)]
		n := size(4, dst.typ.Is64 && src.typ.Is64)
		to, ok := within(dst.elems, size(2, dst.typ.Is64), n)
		from, fits := within(src.elems, size(3, src.typ.Is64), n)
		check(ok && fits, abi.TrapTable)
		if ok && fits {
			copy(to, from)
		}
	case abi.HostTableGrow:
		t := in.tables[index(0)]
		old, err := t.grow(&a.ctx, size(2, t.typ.Is64), args[1])
		in.refuse(err)
		args[0] = grown(old, err == nil, t.typ.Is64)
	case abi.HostTableFill:
		t := in.tables[index(0)]
		to, ok := within(t.elems, size(1, t.typ.Is64), size(3, t.typ.Is64))
		check(ok, abi.TrapTable)
		for i := range to {
			to[i] = args[2]
		}
	case abi.HostForeignCall:
		ref := native.FuncRef(abi.Addr(args[0]))
		owner := instanceAt(ref.Context)
		if owner == nil {
			panic(fmt.Sprintf("runtime: foreign call: no instance at %#x", uint64(ref.Context)))
		}
		f := owner.Func(uint32(ref.Index))
		return a.callOut(f, args[1:])
	case abi.HostAtomicNotify:
		return a.atomicNotify(args[:])
	case abi.HostAtomicWait:
		return a.atomicWait(args[:])
	case abi.HostThrow:
		return a.throw(args[:])
	case abi.HostThrowRef:
		return a.throwRef(args[0])
	default:
		panic(fmt.Sprintf("runtime: host call: there is no builtin %#x", n))
	}
	if trap != abi.TrapNone {
		return &TrapError{Kind: trap}
	}
	return nil
}

// bulkPiece is how much of a memory is worked on at once: between two pieces the guest can be killed, and Go's collector can
// work.
const bulkPiece = 1 << 20

// copyBytes is memory.copy.
func (a *activation) copyBytes(to, from []byte) error {
	n := len(to)
	backward := n > 0 && uintptr(native.PointerAddress(&to[0])) > uintptr(native.PointerAddress(&from[0]))
	for done := 0; done < n; {
		piece := min(n-done, bulkPiece)
		at := done
		if backward {
			at = n - done - piece
		}
		copy(to[at:at+piece], from[at:at+piece])
		if done += piece; done < n {
			if err := a.thread.killError(); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillBytes is memory.fill.
func (a *activation) fillBytes(to []byte, v byte) error {
	for len(to) > 0 {
		piece := to[:min(len(to), bulkPiece)]
		if v == 0 {
			clear(piece)
		} else {
			for i := range piece {
				piece[i] = v
			}
		}
		if to = to[len(piece):]; len(to) > 0 {
			if err := a.thread.killError(); err != nil {
				return err
			}
		}
	}
	return nil
}

// grown is the result of a grow instruction: the old size or -1.
func grown(old uint64, ok, is64 bool) uint64 {
	switch {
	case ok:
		return old
	case is64:
		return math.MaxUint64
	}
	return math.MaxUint32
}

// within returns s[at:at+n] if that is inside.
func within[T any](s []T, at, n uint64) ([]T, bool) {
	if at > uint64(len(s)) || n > uint64(len(s))-at {
		return nil, false
	}
	return s[at : at+n], true
}

// tableInit copies n elements of a segment into a table.
func (in *Instance) tableInit(table, segment int, dst, src, n uint64) bool {
	to, ok := within(in.tables[table].elems, dst, n)
	from, fits := within(in.elems[segment], src, n)
	if ok && fits {
		copy(to, from)
	}
	return ok && fits
}
