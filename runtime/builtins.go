package runtime

import (
	"fmt"
	"math"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// builtin serves a call of one of the abi.Host… functions. Sizes and offsets are i32.
func (a *activation) builtin(n uint32) error {
	in, args := a.in, &a.in.ctx.Args
	word := func(i int) uint64 { return uint64(uint32(args[i])) }
	index := func(i int) int { return int(uint32(args[i])) }
	trap := abi.TrapNone
	check := func(ok bool, t abi.Trap) {
		if !ok {
			trap = t
		}
	}
	switch n {
	case abi.HostMemoryGrow:
		args[0] = grown(in.memories[index(0)].Grow(word(1)))
	case abi.HostMemoryInit:
		to, ok := in.memories[index(0)].Slice(wasm.MemAddr(word(2)), word(4))
		from, fits := within(in.datas[index(1)], word(3), word(4))
		check(ok && fits, abi.TrapMemory)
		if ok && fits {
			copy(to, from)
		}
	case abi.HostDataDrop:
		in.datas[index(0)] = nil
	case abi.HostMemoryCopy:
		to, ok := in.memories[index(0)].Slice(wasm.MemAddr(word(2)), word(4))
		from, fits := in.memories[index(1)].Slice(wasm.MemAddr(word(3)), word(4))
		check(ok && fits, abi.TrapMemory)
		if ok && fits {
			copy(to, from)
		}
	case abi.HostMemoryFill:
		to, ok := in.memories[index(0)].Slice(wasm.MemAddr(word(1)), word(3))
		check(ok, abi.TrapMemory)
		if v := byte(args[2]); v == 0 {
			clear(to)
		} else {
			for i := range to {
				to[i] = v
			}
		}
	case abi.HostTableInit:
		check(in.tableInit(index(0), index(1), word(2), word(3), word(4)), abi.TrapTable)
	case abi.HostElemDrop:
		in.elems[index(0)] = nil
	case abi.HostTableCopy:
		to, ok := within(in.tables[index(0)].elems, word(2), word(4))
		from, fits := within(in.tables[index(1)].elems, word(3), word(4))
		check(ok && fits, abi.TrapTable)
		if ok && fits {
			copy(to, from)
		}
	case abi.HostTableGrow:
		args[0] = grown(in.tables[index(0)].Grow(word(2), args[1]))
	case abi.HostTableFill:
		to, ok := within(in.tables[index(0)].elems, word(1), word(3))
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

// grown is the result of a grow instruction: the old size or -1, as an i32.
func grown(old uint64, ok bool) uint64 {
	if !ok {
		return math.MaxUint32
	}
	return old
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
