//go:build linux && amd64

package runtime_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"testing"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// access is an instruction on memory with an offset: a function of its own.
type access struct {
	op     wasm.Op
	offset uint64
}

// memoryOps are all instructions that load or store, but for those that wait.
func memoryOps() (ops []wasm.Op) {
	for _, r := range [...][2]wasm.Op{
		{wasm.OpI32Load, wasm.OpI64Store32}, {wasm.OpV128Load, wasm.OpV128Load64Zero}, {wasm.OpAtomicNotify, wasm.OpI64AtomicRmw32CmpxchgU},
	} {
		for op := r[0]; op <= r[1]; op++ {
			if op.Width() > 0 && op != wasm.OpAtomicWait32 && op != wasm.OpAtomicWait64 {
				ops = append(ops, op)
			}
		}
	}
	return ops
}

// accessModule has one function for each access, whose only parameter is the address, and one memory of a page.
func accessModule(list []access, is64 bool) []byte {
	u := func(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }
	m := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, n int, body []byte) {
		body = append(u(nil, uint64(n)), body...)
		m = append(u(append(m, id), uint64(len(body))), body...)
	}
	address, limits := byte(wasm.I32), byte(0)
	if is64 {
		address, limits = byte(wasm.I64), 4
	}
	section(1, 1, []byte{0x60, 1, address, 0})
	section(3, len(list), make([]byte, len(list)))
	section(5, 1, []byte{limits, 1})
	section(7, 1, []byte{1, 'm', 2, 0})
	var bodies []byte
	for _, a := range list {
		code := []byte{0, 0x20, 0} // no locals; the address
		params, results, _ := a.op.Signature()
		for _, p := range params[1:] {
			switch p {
			case wasm.I32:
				code = append(code, 0x41, 0x7f)
			case wasm.I64:
				code = append(code, 0x42, 0x7f)
			case wasm.F32:
				code = append(code, 0x43, 1, 2, 3, 4)
			case wasm.F64:
				code = append(code, 0x44, 1, 2, 3, 4, 5, 6, 7, 8)
			case wasm.V128:
				code = append(append(code, 0xfd, 12), bytes.Repeat([]byte{0xee}, 16)...)
			}
		}
		prefix, n := a.op.Encoding()
		if prefix != 0 {
			code = append(code, prefix)
		}
		code = u(code, uint64(n))
		align := byte(0)
		if a.op.Atomic() { // theirs must be the natural one
			align = byte(bits.TrailingZeros(uint(a.op.Width())))
		}
		code = u(append(code, align), a.offset)
		if a.op.Imm() == wasm.ImmMemLane {
			code = append(code, 0)
		}
		for range results {
			code = append(code, 0x1a)
		}
		code = append(code, 0x0b)
		bodies = append(u(bodies, uint64(len(code))), code...)
	}
	section(10, len(list), bodies)
	return m
}

// A function whose frame is larger than the guard below the stack, and than the stack, does not reach over them.
func TestHostileFrames(t *testing.T) {
	for _, locals := range []uint64{10, 1000, 2500, 8000, 9000, 20000, 45000} {
		u := func(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }
		code := u([]byte{1}, locals)
		code = append(code, byte(wasm.I64))
		for i := range locals {
			code = u(append(code, 0x42, 5, 0x21), i) // all are in use, before the call and behind
		}
		code = append(code, 0x10, 0)
		for i := range locals {
			code = append(u(append(code, 0x20), i), 0x1a)
		}
		code = append(code, 0x0b)
		body := append(u([]byte{1}, uint64(len(code))), code...)
		m := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a")
		f, err := aot.Compile(append(u(m, uint64(len(body))), body...), aot.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mod, err := runtime.Load(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []uint64{4 << 10, 60 << 10, 64 << 10, 100 << 10, 400 << 10} {
			in := instantiate(t, mod, nil, runtime.Config{StackSize: size})
			_, err := in.CallIndex(context.Background(), 0)
			var trap *runtime.TrapError
			if !errors.As(err, &trap) || trap.Kind != abi.TrapStack {
				t.Errorf("%d locals on a stack of %d bytes: %v", locals, size, err)
			}
			in.Close()
		}
		mod.Close()
	}
}

// Every load and store, vectors and atomics included, at every kind of offset and address: what does not lie in the memory as a
// whole traps, and writes nothing; the rest does not. In memories of 32 bits, which have guards, and of 64, which are checked.
func TestHostileAccesses(t *testing.T) {
	const size = wasmPage
	for _, is64 := range []bool{false, true} {
		var list []access
		for _, op := range memoryOps() {
			w := uint64(op.Width())
			offsets := []uint64{0, 1, w, size - w, size - w + 1, size, 1<<31 - 1, 1 << 31, 1<<32 - w, 1<<32 - 1}
			if is64 {
				offsets = append(offsets, 1<<32, 1<<63, -w, 1<<64-1)
			}
			for _, o := range offsets {
				list = append(list, access{op, o})
			}
		}
		t.Run(fmt.Sprintf("is64=%v", is64), func(t *testing.T) {
			f, err := aot.Compile(accessModule(list, is64), aot.Options{})
			if err != nil {
				t.Fatal(err)
			}
			m, err := runtime.Load(f)
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			in := instantiate(t, m, nil, runtime.Config{})
			memory := in.Memory(0).All()
			clean := make([]byte, size)
			trapped, passed := 0, 0
			for i, a := range list {
				w := uint64(a.op.Width())
				addresses := []uint64{0, 1, size - w, size - w + 1, size - 1, size, 1<<31 - 1, 1 << 31, 1<<32 - w, 1<<32 - 1}
				if a.offset <= size {
					addresses = append(addresses, size-a.offset) // exactly behind
					if a.offset+w <= size {
						addresses = append(addresses, size-a.offset-w) // the last that fits
					}
				}
				if is64 {
					addresses = append(addresses, 1<<32, 1<<63, -w, 1<<64-1, -a.offset) // the last wraps to 0
				}
				for _, at := range addresses {
					at = at & mask(is64)
					end, carry := bits.Add64(at, a.offset, 0)
					last, more := bits.Add64(end, w, 0)
					inside := carry == 0 && more == 0 && last <= size
					unaligned := a.op.Atomic() && end%w != 0
					_, err := in.CallIndex(context.Background(), uint32(i), at)
					var trap *runtime.TrapError
					errors.As(err, &trap)
					switch {
					case inside && !unaligned && err != nil:
						t.Errorf("%v offset %#x at %#x: %v", a.op, a.offset, at, err)
					case inside && unaligned && (trap == nil || trap.Kind != abi.TrapUnaligned):
						t.Errorf("%v offset %#x at %#x: %v, want: unaligned", a.op, a.offset, at, err)
					case !inside && (trap == nil || trap.Kind != abi.TrapMemory && !(unaligned && trap.Kind == abi.TrapUnaligned)):
						t.Errorf("%v offset %#x at %#x: %v, want: out of bounds", a.op, a.offset, at, err)
					}
					if err == nil {
						passed++
						clear(memory)
					} else if trapped++; !bytes.Equal(memory, clean) {
						t.Errorf("%v offset %#x at %#x trapped and wrote", a.op, a.offset, at)
						clear(memory)
					}
				}
			}
			t.Logf("%d instructions with %d offsets: %d accesses inside, %d trapped", len(memoryOps()), len(list), passed, trapped)
			if passed < 1000 || trapped < 5000 {
				t.Error("that is too few")
			}
		})
	}
}

func mask(is64 bool) uint64 {
	if is64 {
		return 1<<64 - 1
	}
	return 1<<32 - 1
}
