package debugger

import (
	"sphex/aot/wasm"
	"sphex/runtime/interp"
)

// Compilers that do not optimise keep a variable that never changes in a local of WebAssembly, and write it to the stack
// in linear memory once, for debuggers alone: rustc does so with arguments and with most of what let binds. Debug
// information names that place, a mirror. What is written there the program never sees. This file finds out which places
// are mirrors, and of what.

// mirrors is what a function does with its part of the stack in linear memory.
type mirrors struct {
	base    uint32 // a local that holds an address in it: the stack pointer at the function's begin, plus baseOff
	baseOff int64
	stores  []mirrorStore
	used    []span // what is read from it, of one byte where an address escapes
	defs    map[uint32]*mirrored
}

// mirrorStore writes to the stack.
type mirrorStore struct {
	span
	at    wasm.CodeOffset
	value *mirrored
}

// span is bytes of the stack, counted from the stack pointer at the function's begin.
type span struct{ off, size int64 }

func (s span) meets(o span) bool { return s.off < o.off+o.size && o.off < s.off+s.size }

// mirrored is how a value comes from locals: by steps that only change its width.
type mirrored struct {
	kind  mirroredKind
	op    wasm.Op
	x     *mirrored // of a step
	with  uint64    // the constant of a step that has one, or the constant
	local uint32
	off   int64 // of an address
	depth int
}

type mirroredKind uint8

const (
	otherValue mirroredKind = iota
	constValue
	localValue
	stackAddress
	stepValue
)

// maxMirrorDepth bounds the steps from a local to what is stored.
const maxMirrorDepth = 16

// widens tells which instructions are steps, and whether they have a constant.
var widens = map[wasm.Op]bool{
	wasm.OpI32WrapI64: false, wasm.OpI64ExtendI32S: false, wasm.OpI64ExtendI32U: false,
	wasm.OpI32Extend8S: false, wasm.OpI32Extend16S: false, wasm.OpI64Extend8S: false, wasm.OpI64Extend16S: false, wasm.OpI64Extend32S: false,
	wasm.OpI32ReinterpretF32: false, wasm.OpI64ReinterpretF64: false, wasm.OpF32ReinterpretI32: false, wasm.OpF64ReinterpretI64: false,
	wasm.OpI32And: true, wasm.OpI64And: true, wasm.OpI32Shl: true, wasm.OpI64Shl: true,
	wasm.OpI32ShrS: true, wasm.OpI32ShrU: true, wasm.OpI64ShrS: true, wasm.OpI64ShrU: true,
}

// findMirrors reads a function of the module, given by its index among those with a body. It is nil for one that has no
// part of the stack.
func findMirrors(m *wasm.Module, body int, stackPointer uint32) *mirrors {
	sets := map[uint32]int{}
	for i := range m.Types[m.Funcs[m.NumImportedFuncs+body]].Params {
		sets[uint32(i)]++
	}
	var r wasm.Reader
	var in wasm.Inst
	r.Reset(m, &m.Code[body])
	for r.Next(&in) {
		if in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee {
			sets[in.Index]++
		}
	}
	w := &mirrorReader{m: m, sets: sets, sp: stackPointer, found: &mirrors{defs: map[uint32]*mirrored{}}}
	var s wasm.Scratch
	if err := m.TraceFunc(body, &s, w.visit); err != nil || w.found.baseOff == 0 {
		return nil
	}
	return w.found
}

// mirrorReader follows the values of a function through its operand stack.
type mirrorReader struct {
	m     *wasm.Module
	sets  map[uint32]int // how often a local is set
	sp    uint32
	moved bool // the stack pointer has been set
	stack []*mirrored
	found *mirrors
}

var unknownValue = &mirrored{}

// visit follows one instruction.
func (w *mirrorReader) visit(in *wasm.Inst, o wasm.Operands) {
	height := len(o.Types)
	w.stack = w.stack[:min(height, len(w.stack))]
	for len(w.stack) < height {
		w.stack = append(w.stack, unknownValue)
	}
	params, results, fixed := in.Op.Signature()
	if in.Op.Imm() == wasm.ImmFunc && int(in.Index) < len(w.m.Funcs) {
		params, results, fixed = w.m.Types[w.m.Funcs[in.Index]].Params, nil, true // what it returns is not known
	}
	if in.Op == wasm.OpLocalSet || in.Op == wasm.OpLocalTee || in.Op == wasm.OpGlobalSet || in.Op == wasm.OpDrop {
		params, fixed = []wasm.ValType{0}, true
	} else if in.Op == wasm.OpLocalGet || in.Op == wasm.OpGlobalGet {
		params, fixed = nil, true
	}
	if !fixed || len(params) > height { // a block, a branch, …: all that is on the stack may come out elsewhere
		w.escape(w.stack...)
		clear(w.stack)
		for i := range w.stack {
			w.stack[i] = unknownValue
		}
		return
	}
	args := w.stack[height-len(params):]
	w.stack = w.stack[:height-len(params)]
	if v := w.follow(in, args); v != nil {
		w.stack = append(w.stack, v)
		return
	}
	for range results {
		w.stack = append(w.stack, unknownValue)
	}
}

// follow returns what an instruction leaves, nil if that is nothing or unknown.
func (w *mirrorReader) follow(in *wasm.Inst, args []*mirrored) *mirrored {
	f := w.found
	switch in.Op {
	case wasm.OpDrop:
		return nil
	case wasm.OpI32Const, wasm.OpI64Const:
		return &mirrored{kind: constValue, with: in.Value}
	case wasm.OpLocalGet:
		if w.sets[in.Index] != 1 {
			return unknownValue
		}
		if d := f.defs[in.Index]; d != nil && (d.kind == constValue || d.kind == stackAddress) {
			return d
		}
		return &mirrored{kind: localValue, local: in.Index}
	case wasm.OpLocalSet, wasm.OpLocalTee:
		v := args[0]
		if w.sets[in.Index] != 1 {
			w.escape(v)
			v = unknownValue
		} else {
			f.defs[in.Index] = v
			if v.kind == stackAddress && v.off < 0 && f.baseOff == 0 {
				f.base, f.baseOff = in.Index, v.off
			}
		}
		if in.Op == wasm.OpLocalTee {
			return v
		}
		return nil
	case wasm.OpGlobalGet:
		if in.Index == w.sp && !w.moved {
			return &mirrored{kind: stackAddress}
		}
		return unknownValue
	case wasm.OpGlobalSet:
		if in.Index != w.sp {
			w.escape(args...)
		}
		w.moved = true
		return nil
	case wasm.OpI32Add, wasm.OpI32Sub:
		x, y := args[0], args[1]
		if in.Op == wasm.OpI32Add && x.kind == constValue {
			x, y = y, x
		}
		if x.kind == stackAddress && y.kind == constValue {
			by := int64(int32(y.with))
			if in.Op == wasm.OpI32Sub {
				by = -by
			}
			return &mirrored{kind: stackAddress, off: x.off + by}
		}
	}
	if width := int64(in.Op.Width()); width > 0 {
		if a := args[0]; a.kind == stackAddress {
			at := span{a.off + int64(in.Value), width}
			_, results, _ := in.Op.Signature()
			if len(results) > 0 || len(args) != 2 {
				f.used = append(f.used, at)
			} else {
				f.stores = append(f.stores, mirrorStore{at, in.Offset, args[1]})
			}
		}
		w.escape(args[1:]...)
		return nil
	}
	if constant, ok := widens[in.Op]; ok {
		x, with := args[0], uint64(0)
		if constant {
			y := args[1]
			if x.kind == constValue && (in.Op == wasm.OpI32And || in.Op == wasm.OpI64And) {
				x, y = y, x
			}
			if y.kind != constValue {
				w.escape(args...)
				return nil
			}
			with = y.with
		}
		if (x.kind == localValue || x.kind == stepValue) && x.depth < maxMirrorDepth {
			return &mirrored{kind: stepValue, op: in.Op, x: x, with: with, depth: x.depth + 1}
		}
	}
	w.escape(args...)
	return nil
}

// escape notes addresses of the stack that go where this reader does not follow them.
func (w *mirrorReader) escape(list ...*mirrored) {
	for _, v := range list {
		if v.kind == stackAddress {
			w.found.used = append(w.found.used, span{v.off, 1})
		}
	}
}

// read reports whether the program reads a place of the stack, or may do so by a pointer.
func (f *mirrors) read(s span) bool {
	for _, u := range f.used {
		if u.meets(s) {
			return true
		}
	}
	return false
}

// root is the local that a value comes from.
func (v *mirrored) root() (local uint32, ok bool) {
	for v.kind == stepValue {
		v = v.x
	}
	return v.local, v.kind == localValue
}

// compute is the value, given those of locals; ok is false where one is not known.
func (v *mirrored) compute(local func(uint32) (uint64, bool)) (bits uint64, ok bool) {
	switch v.kind {
	case constValue:
		return v.with, true
	case localValue:
		return local(v.local)
	case stepValue:
		x, ok := v.x.compute(local)
		if !ok {
			return 0, false
		}
		bits, err := interp.Compute(v.op, x, v.with)
		return bits, err == nil
	}
	return 0, false
}

// solve finds what the local must hold so that the value becomes bits. Whether that is so, compute tells.
func (v *mirrored) solve(bits uint64) (local uint32, value uint64) {
	for v.kind == stepValue {
		switch v.op {
		case wasm.OpI32Shl:
			bits = uint64(uint32(bits) >> (v.with & 31))
		case wasm.OpI64Shl:
			bits >>= v.with & 63
		case wasm.OpI32ShrS, wasm.OpI32ShrU:
			bits = uint64(uint32(bits) << (v.with & 31))
		case wasm.OpI64ShrS, wasm.OpI64ShrU:
			bits <<= v.with & 63
		case wasm.OpI64ExtendI32S, wasm.OpI64ExtendI32U:
			bits = uint64(uint32(bits))
		}
		v = v.x
	}
	return v.local, bits
}
