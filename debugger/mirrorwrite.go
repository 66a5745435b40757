package debugger

import (
	"encoding/binary"
	"errors"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// errMirror is why setting a variable would have no effect.
var errMirror = errors.New("it can't be set: the program never reads its place, which the compiler writes for debuggers alone")

// Mirror follows a write to a variable that the debug information has in linear memory, at addr, to the locals of
// WebAssembly that it mirrors. See value.Mirror.
func (v *valueFrame) Mirrored(m *value.MirrorWrite) error {
	f := v.s.image.function(v.p.lookup())
	module := v.s.image.module
	if f == nil || f.Index < uint32(module.NumImportedFuncs) {
		return nil
	}
	sp := v.s.stackPointerIndex()
	if sp < 0 {
		return nil
	}
	found := findMirrors(module, int(f.Index)-module.NumImportedFuncs, uint32(sp))
	if found == nil {
		return nil
	}
	base, ok := v.readLocal(found.base)
	memory, _ := v.Memory()
	if !ok {
		return nil
	}
	begin := memory + abi.Addr(uint32(base)) - abi.Addr(found.baseOff)
	at := span{int64(m.Low) - int64(begin), int64(m.High - m.Low)}
	if at.off >= 0 || at.off < found.baseOff || found.read(at) {
		return nil
	}
	now, _ := wasmOffset(f, v.p.lookup())
	w := mirrorWrite{v: v, found: found, begin: begin, now: now, old: map[uint32]uint64{}, set: map[uint32]uint64{}}
	for i := range found.stores {
		st := &found.stores[i]
		if !st.meets(span{int64(m.Addr) - int64(begin), int64(len(m.Now))}) {
			continue
		}
		if err := w.follow(st, m); err != nil {
			return err
		}
	}
	return w.write(at, m)
}

// mirrorWrite collects what the locals must hold.
type mirrorWrite struct {
	v        *valueFrame
	found    *mirrors
	begin    abi.Addr
	now      wasm.CodeOffset
	old, set map[uint32]uint64
}

// follow finds the local for one of the stores that make a mirror.
func (w *mirrorWrite) follow(st *mirrorStore, m *value.MirrorWrite) error {
	after := make([]byte, 8)
	place := after[:min(st.size, 8)]
	if st.size > 8 || w.v.ReadNative(abi.Addr(int64(w.begin)+st.off), place) != nil {
		return errMirror
	}
	want := binary.LittleEndian.Uint64(after)
	before := append([]byte(nil), after...)
	for i := range place { // what was written, undone
		if k := int64(w.begin) + st.off + int64(i) - int64(m.Addr); k >= 0 && k < int64(len(m.Was)) {
			before[i] = m.Was[k]
		}
	}
	mask := ^uint64(0) >> (64 - 8*st.size)
	if bits, ok := st.value.compute(w.local); !ok || bits&mask != binary.LittleEndian.Uint64(before) {
		if st.at >= w.now {
			return errors.New("it can't be set here: it has no value yet, and is going to be written")
		}
		return errMirror
	}
	if m.Signed && want>>(8*st.size-1)&1 == 1 {
		want |= ^mask
	}
	local, bits := st.value.solve(want)
	old, ok := w.local(local)
	if !ok {
		return errMirror
	}
	if old>>32 == 0 && w.is32(local) {
		bits = uint64(uint32(bits))
	}
	if was, ok := w.set[local]; ok && was != bits {
		return errMirror
	}
	w.set[local] = bits
	if got, ok := st.value.compute(w.new); !ok || (got^want)&mask != 0 {
		return errMirror
	}
	for { // the local may come from another, which the program goes on to use
		d := w.found.defs[local]
		if d == nil || d.kind != localValue && d.kind != stepValue {
			return nil
		}
		if was, ok := d.compute(w.local); !ok || was != w.old[local] {
			return nil
		}
		from, fromBits := d.solve(bits)
		if _, ok := w.local(from); !ok {
			return nil
		}
		if w.is32(from) {
			fromBits = uint64(uint32(fromBits))
		}
		w.set[from] = fromBits
		if got, ok := d.compute(w.new); !ok || got != bits {
			delete(w.set, from)
			return nil
		}
		local, bits = from, fromBits
	}
}

// write sets the locals, and those that came from them, unless they are another variable's as well.
func (w *mirrorWrite) write(own span, m *value.MirrorWrite) error {
	if len(w.set) == 0 {
		return nil
	}
	if err := m.Taken(m.Addr); err != nil {
		return err
	}
	others := map[uint32]bool{} // locals that are other variables' by now
	for i := range w.found.stores {
		st := &w.found.stores[i]
		if st.meets(own) || st.at >= w.now || w.found.read(st.span) || st.value.kind == constValue {
			continue
		}
		if local, ok := st.value.root(); ok {
			if _, ok := w.set[local]; ok {
				if err := m.Taken(abi.Addr(int64(w.begin) + st.off)); err != nil {
					return fmt.Errorf("%w; $local%d is what both are", err, local)
				}
			} else {
				others[local] = true
			}
		}
	}
	for again := true; again; {
		again = false
		for local, d := range w.found.defs {
			if _, done := w.set[local]; done || others[local] || d.kind != localValue && d.kind != stepValue {
				continue
			}
			from, _ := d.root()
			if _, ok := w.set[from]; !ok {
				continue
			}
			was, ok1 := d.compute(w.local)
			has, ok2 := w.local(local)
			bits, ok3 := d.compute(w.new)
			if ok1 && ok2 && ok3 && was == has {
				w.set[local], again = bits, true
			}
		}
	}
	for local, bits := range w.set {
		if err := w.v.writeLocal(local, bits); err != nil {
			for undo := range w.set {
				_ = w.v.writeLocal(undo, w.old[undo]) // as far as it goes
			}
			return err
		}
	}
	return nil
}

func (w *mirrorWrite) local(n uint32) (uint64, bool) {
	if bits, ok := w.old[n]; ok {
		return bits, true
	}
	bits, ok := w.v.readLocal(n)
	if ok {
		w.old[n] = bits
	}
	return bits, ok
}

// new is what a local is going to hold.
func (w *mirrorWrite) new(n uint32) (uint64, bool) {
	if bits, ok := w.set[n]; ok {
		return bits, true
	}
	return w.local(n)
}

func (w *mirrorWrite) is32(n uint32) bool {
	p, err := w.v.localPlace(int(n))
	return err == nil && (p.Type == "i32" || p.Type == "f32")
}

// readLocal reads a local of the frame's function, of up to 64 bits; ok is false for one that is not kept.
func (v *valueFrame) readLocal(n uint32) (bits uint64, ok bool) {
	p, err := v.localPlace(int(n))
	if err != nil || p.Const != nil || p.Type == "v128" {
		return 0, false
	}
	err = v.read(func() error {
		bits, ok = v.s.wasmLocal(v.p, int(n))
		return nil
	})
	if p.Type == "i32" || p.Type == "f32" {
		bits = uint64(uint32(bits))
	}
	return bits, ok && err == nil
}

func (v *valueFrame) writeLocal(n uint32, bits uint64) error {
	p, err := v.localPlace(int(n))
	if err != nil {
		return err
	}
	size := 8
	if p.Type == "i32" || p.Type == "f32" {
		size = 4
	}
	b := binary.LittleEndian.AppendUint64(nil, bits)
	switch {
	case p.Const != nil:
		return errMirror
	case !p.InReg:
		return v.WriteNative(p.Memory, b[:size])
	case p.Reg < firstVector:
		return v.SetRegister(p.Reg, b) // an i32 has a zero upper half
	}
	return v.SetRegister(p.Reg, b[:size])
}
