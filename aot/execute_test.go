package aot

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// instance compiles and instantiates a module without imports.
func instance(t testing.TB, module []byte) *runtime.Instance {
	t.Helper()
	skipWithoutGuest(t)
	f, err := Compile(module, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	m, err := runtime.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	in, err := runtime.Instantiate(context.Background(), m, runtime.NewImports(), runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		m.Close()
	})
	return in
}

// function is one of a module that assemble makes; it is exported as its number.
type function struct {
	typ    wasm.FuncType
	locals []wasm.ValType
	code   []byte // without the final end
}

// assemble makes a module with a memory of one page, exported as "m".
func assemble(funcs []function) []byte {
	m := []byte("\x00asm\x01\x00\x00\x00")
	u := func(b []byte, v int) []byte { return binary.AppendUvarint(b, uint64(v)) }
	section := func(id byte, b []byte) {
		b = append(u(nil, len(funcs)), b...)
		m = append(u(append(m, id), len(b)), b...)
	}
	var types, decls, exports, bodies []byte
	for i, f := range funcs {
		types = append(types, 0x60)
		for _, ts := range [][]wasm.ValType{f.typ.Params, f.typ.Results} {
			types = u(types, len(ts))
			for _, t := range ts {
				types = append(types, byte(t))
			}
		}
		decls = u(decls, i)
		name := fmt.Sprint(i)
		exports = u(append(append(u(exports, len(name)), name...), 0), i)
		body := u(nil, len(f.locals))
		for _, t := range f.locals {
			body = append(body, 1, byte(t))
		}
		body = append(append(body, f.code...), 0x0b)
		bodies = append(u(bodies, len(body)), body...)
	}
	section(1, types)
	section(3, decls)
	m = append(m, 5, 3, 1, 0, 1)
	section(7, exports)
	section(10, bodies)
	return m
}

// TestDivisionByConstants compares the multiplications that stand for divisions with Go's.
func TestDivisionByConstants(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	divisors := []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 25, 28, 60, 64, 100, 125, 255, 256, 625, 641, 1000, 1024, 3600, 10000,
		65535, 65536, 65537, 1e6, 1e9, 6700417, 1<<31 - 1, 1 << 31, 1<<31 + 1, 1<<32 - 1}
	wide := []uint64{1 << 32, 1<<32 + 1, 1e10, 1e19, 274177, 67280421310721, 1<<62 + 1, 1<<63 - 1, 1 << 63, 1<<63 + 1, math.MaxUint64, math.MaxUint64 - 1}
	for range 60 {
		divisors = append(divisors, uint64(r.Uint32()>>r.IntN(31))|1)
		wide = append(wide, r.Uint64()>>r.IntN(63)|1)
	}
	var funcs []function
	add := func(t wasm.ValType, constOp byte, d uint64, op wasm.Op) {
		v := int64(d)
		if t == wasm.I32 {
			v = int64(int32(d))
		}
		code := appendSleb([]byte{0x20, 0, constOp}, v)
		funcs = append(funcs, function{typ: wasm.FuncType{Params: []wasm.ValType{t}, Results: []wasm.ValType{t}}, code: append(code, byte(op))})
	}
	all := append(append([]uint64(nil), divisors...), wide...)
	for _, d := range divisors {
		for op := wasm.OpI32DivS; op <= wasm.OpI32RemU; op++ {
			add(wasm.I32, 0x41, d, op)
		}
	}
	for _, d := range all {
		for op := wasm.OpI64DivS; op <= wasm.OpI64RemU; op++ {
			add(wasm.I64, 0x42, d, op)
		}
	}
	in := instance(t, assemble(funcs))
	call := func(i int, x uint64) uint64 {
		t.Helper()
		res, err := in.CallIndex(context.Background(), uint32(i), x)
		if err != nil {
			t.Fatalf("function %d of %#x: %v", i, x, err)
		}
		return res[0]
	}
	numbers := func(d uint64) []uint64 {
		ns := []uint64{0, 1, 2, math.MaxInt32, 1 << 31, math.MaxUint32, math.MaxInt64, 1 << 63, math.MaxUint64}
		for _, k := range []uint64{1, 2, 3, math.MaxUint32 / d, math.MaxInt32 / d, math.MaxUint64 / d, math.MaxInt64 / d, r.Uint64() / d} {
			ns = append(ns, k*d-1, k*d, k*d+1, -(k * d), -(k*d)+1, -(k*d)-1)
		}
		for range 10 {
			ns = append(ns, r.Uint64(), uint64(r.Uint32()))
		}
		return ns
	}
	i := 0
	for _, d := range divisors {
		for _, x := range numbers(d) {
			x, sx, sd := uint32(x), int32(uint32(x)), int32(uint32(d))
			if sx == math.MinInt32 && sd == -1 {
				continue // a trap
			}
			for k, want := range []uint32{uint32(sx / sd), x / uint32(d), uint32(sx % sd), x % uint32(d)} {
				if got := call(i+k, uint64(x)); got != uint64(want) {
					t.Fatalf("32 bits, operation %d of %#x by %#x: got %#x, want %#x", k, x, d, got, want)
				}
			}
		}
		i += 4
	}
	for _, d := range all {
		for _, x := range numbers(d) {
			if int64(x) == math.MinInt64 && int64(d) == -1 {
				continue
			}
			for k, want := range []uint64{uint64(int64(x) / int64(d)), x / d, uint64(int64(x) % int64(d)), x % d} {
				if got := call(i+k, x); got != want {
					t.Fatalf("64 bits, operation %d of %#x by %#x: got %#x, want %#x", k, x, d, got, want)
				}
			}
		}
		i += 4
	}
}

// TestBulkMemory copies and fills every short length with every overlap, at the start and the
// end of the memory.
func TestBulkMemory(t *testing.T) {
	three := wasm.FuncType{Params: []wasm.ValType{wasm.I32, wasm.I32, wasm.I32}}
	in := instance(t, assemble([]function{
		{typ: three, code: []byte{0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 10, 0, 0}},
		{typ: three, code: []byte{0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 11, 0}},
	}))
	mem, ok := in.Memory(0).Slice(0, abi.PageSize)
	if !ok {
		t.Fatal("no memory")
	}
	want := make([]byte, len(mem))
	r := rand.New(rand.NewPCG(3, 4))
	check := func(f int, a, b, n uint64, ok bool) {
		t.Helper()
		_, err := in.CallIndex(context.Background(), uint32(f), a, b, n)
		var trap *runtime.TrapError
		if ok != (err == nil) || !ok && (!errors.As(err, &trap) || trap.Kind != abi.TrapMemory) {
			t.Fatalf("function %d of %#x %#x %#x: %v", f, a, b, n, err)
		}
		if !bytes.Equal(mem, want) {
			for i := range mem {
				if mem[i] != want[i] {
					t.Fatalf("function %d of %#x %#x %#x: byte %#x is %#x, want %#x", f, a, b, n, i, mem[i], want[i])
				}
			}
		}
	}
	for _, base := range []uint64{1024, abi.PageSize - 1024} {
		for n := uint64(0); n < 300; n++ {
			for i := range mem {
				mem[i] = byte(r.Uint32())
			}
			copy(want, mem)
			for _, delta := range []int64{0, 1, -1, 7, -7, 16, -16, 33, -33, 63, -63, 64, -64, 65, -65, 300, -300} {
				src := uint64(int64(base) + delta)
				copy(want[base:base+n], want[src:src+n])
				check(0, base, src, n, true)
			}
			for i := range want[base : base+n] {
				want[base+uint64(i)] = byte(n)
			}
			check(1, base, n|0x5500, n, true)
			end := abi.PageSize - n
			for i := range want[end:] {
				want[end+uint64(i)] = 0xaa
			}
			check(1, end, 0xaa, n, true)
			copy(want[end:], want[5:5+n])
			check(0, end, 5, n, true)
			check(0, end+1, 0, n, false)
			check(0, 0, end+1, n, false)
			check(1, end+1, 0, n, false)
		}
	}
	check(0, 0, math.MaxUint32, math.MaxUint32, false)
	check(1, math.MaxUint32, 0, math.MaxUint32, false)
}

// TestLargeFrames calls functions whose frames are far larger than the guard of the stack.
func TestLargeFrames(t *testing.T) {
	const n = 20000
	code := []byte{0x20, 0, 0x21}
	code = binary.AppendUvarint(code, n)
	for i := uint64(1); i <= n; i++ { // a use of each keeps it in the frame
		code = append(code, 0x20)
		code = binary.AppendUvarint(code, i)
		code = append(code, 0x20, 0, 0x7c, 0x21)
		code = binary.AppendUvarint(code, i)
	}
	// Recursion as long as the parameter says, then the sum of the last local, which is twice
	// the parameter, on the way back.
	code = append(code, 0x20, 0, 0x50, 0x04, 0x7e, 0x42, 0, 0x05, 0x20, 0, 0x42, 1, 0x7d, 0x10, 0, 0x20)
	code = binary.AppendUvarint(code, n)
	code = append(code, 0x7c, 0x0b)
	locals := make([]wasm.ValType, n)
	for i := range locals {
		locals[i] = wasm.I64
	}
	one := wasm.FuncType{Params: []wasm.ValType{wasm.I64}, Results: []wasm.ValType{wasm.I64}}
	in := instance(t, assemble([]function{{typ: one, locals: locals, code: code}}))
	ctx := context.Background()
	res, err := in.CallIndex(ctx, 0, 3)
	if err != nil || res[0] != 12 {
		t.Fatalf("got %v %v, want 12", res, err)
	}
	var trap *runtime.TrapError
	if _, err = in.CallIndex(ctx, 0, 1e6); !errors.As(err, &trap) || trap.Kind != abi.TrapStack {
		t.Fatalf("got %v, want an exhausted stack", err)
	}
	if res, err = in.CallIndex(ctx, 0, 2); err != nil || res[0] != 6 {
		t.Fatalf("after that: got %v %v, want 6", res, err)
	}
}

// TestManyValues passes more parameters and results than there are registers.
func TestManyValues(t *testing.T) {
	types := []wasm.ValType{wasm.I32, wasm.F64, wasm.I64, wasm.F32}
	var many wasm.FuncType
	for i := range 40 {
		many.Params = append(many.Params, types[i%4])
		many.Results = append(many.Results, types[(39-i)%4])
	}
	// The one returns its parameters in reverse, the other calls it and returns what it gets.
	var reverse, forward []byte
	for i := range 40 {
		reverse = append(reverse, 0x20, byte(39-i))
		forward = append(forward, 0x20, byte(i))
	}
	forward = append(forward, 0x10, 0)
	in := instance(t, assemble([]function{{typ: many, code: reverse}, {typ: many, code: forward}}))
	args := make([]uint64, 40)
	for i := range args {
		args[i] = uint64(i + 1)
	}
	for f := range uint32(2) {
		res, err := in.CallIndex(context.Background(), f, args...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range res {
			if want := uint64(40 - i); res[i] != want {
				t.Errorf("function %d: result %d is %#x, want %#x", f, i, res[i], want)
			}
		}
	}
}
