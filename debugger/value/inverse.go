package value

import (
	"encoding/binary"
	"errors"
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/dwarf"
	"sphex/dwarf/expr"
	"sphex/dwarf/info"
)

// Optimised code often has no place for a variable but one that it can be computed from: a local whose lowest bit is
// the boolean, a pointer one element ahead of the index. This file sets such variables, by setting what they are
// computed from to what gives the value.

// computation is a location expression with parts that compute.
type computation struct {
	unit *info.Unit
	code []byte
}

var errNoInverse = errors.New("it can't be set: it is computed, and nothing that it is computed from gives this value")

// source is the place that a computed value comes from, and the way from there.
type source struct {
	host  *host
	expr  expr.Format
	code  []byte // of the part
	ops   []expr.Op
	first int // of ops, behind the source
	reg   codemap.Reg
	inReg bool
	plus  uint64 // what the first operation adds to the register
	addr  abi.Addr
	size  int // bytes in memory
}

// source finds the place that part i of a computed location comes from.
func (c *computation) source(s *Scope, i int) (*source, bool) {
	if c == nil {
		return nil, false
	}
	f := c.unit.Format()
	ops, err := expr.Decode(nil, c.code, f)
	if err != nil {
		return nil, false
	}
	begin := 0
	for k := range ops { // the parts before
		if ops[k].Code == dwarf.OpPiece && i > 0 {
			begin, i = k+1, i-1
		}
		if ops[k].Code == dwarf.OpBra || ops[k].Code == dwarf.OpSkip {
			return nil, false
		}
	}
	if i > 0 {
		return nil, false
	}
	end := begin
	for end < len(ops) && ops[end].Code != dwarf.OpStackValue {
		end++
	}
	if end == len(ops) || end == begin {
		return nil, false
	}
	w := &source{host: &host{scope: s, unit: c.unit}, expr: f, ops: ops[begin:end], first: 1}
	from := ops[begin].Offset
	w.code = c.code[from:ops[end].Offset]
	op := &w.ops[0]
	switch {
	case op.Code >= dwarf.OpBreg0 && op.Code <= dwarf.OpBreg31:
		w.inReg, w.reg, w.plus = true, codemap.Reg(op.Code-dwarf.OpBreg0), op.A
	case op.Code == dwarf.OpBregx && op.A < 256:
		w.inReg, w.reg, w.plus = true, codemap.Reg(op.A), op.B
	case op.Code == dwarf.OpRegvalType && op.A < 256:
		w.inReg, w.reg = true, codemap.Reg(op.A)
	}
	for k := range w.ops { // else it is in memory, where the last access is
		size := 0
		switch w.ops[k].Code {
		case dwarf.OpDeref:
			size = int(f.AddrSize)
		case dwarf.OpDerefSize, dwarf.OpDerefType:
			size = int(w.ops[k].A)
		default:
			continue
		}
		at, err := w.before(k, from)
		if err != nil || size < 1 || size > 8 {
			return nil, false
		}
		w.inReg, w.plus, w.addr, w.size, w.first = false, 0, abi.Addr(at), size, k+1
	}
	if w.inReg && w.reg > 16 || !w.inReg && w.size == 0 {
		return nil, false
	}
	for k := range w.ops {
		w.ops[k].Offset -= from
	}
	return w, true
}

// before is the value that operation k works on; from is where the code begins in what the operations count from.
func (w *source) before(k int, from uint32) (uint64, error) {
	n := len(w.code)
	if k < len(w.ops) {
		n = int(w.ops[k].Offset - from)
	}
	v, err := expr.EvalValue(w.code[:n], w.expr, w.host)
	return v.Bits, err
}

// set makes the part have the size bytes of want.
func (w *source) set(want uint64, size int64, signed bool) error {
	was, err := w.before(len(w.ops), 0)
	if err != nil {
		return err
	}
	want = narrow(was, want, size, signed)
	for k := len(w.ops) - 1; k >= w.first; k-- {
		op := &w.ops[k]
		switch op.Code {
		case dwarf.OpPlusUconst:
			want -= op.A
			continue
		case dwarf.OpNeg:
			want = -want
			continue
		case dwarf.OpNot:
			want = ^want
			continue
		case dwarf.OpConvert, dwarf.OpReinterpret:
			if op.A != 0 {
				t, err := w.host.BaseType(op.A)
				if err != nil || t.Encoding == dwarf.EncFloat || t.Size > 8 {
					return errNoInverse
				}
				old, err := w.before(k, 0)
				if err != nil {
					return err
				}
				want = narrow(old, want, int64(t.Size), t.Encoding == dwarf.EncSigned || t.Encoding == dwarf.EncSignedChar)
			}
			continue
		}
		c, ok := w.constant(k - 1)
		if k-1 < w.first || !ok {
			return errNoInverse
		}
		old, err := w.before(k-1, 0)
		if err != nil {
			return err
		}
		switch op.Code {
		case dwarf.OpPlus:
			want -= c
		case dwarf.OpMinus:
			want += c
		case dwarf.OpXor:
			want ^= c
		case dwarf.OpAnd:
			want = old&^c | want&c
		case dwarf.OpOr:
			want = old&c | want&^c
		case dwarf.OpShl:
			want = want>>(c&63) | old&^(^uint64(0)>>(c&63))
		case dwarf.OpShr, dwarf.OpShra:
			want = want<<(c&63) | old&(1<<(c&63)-1)
		case dwarf.OpMul:
			if c == 0 {
				return errNoInverse
			}
			want = uint64(int64(want) / int64(c))
		case dwarf.OpDiv:
			if c == 0 {
				return errNoInverse
			}
			want = want*c + uint64(int64(old)%int64(c))
		default:
			return errNoInverse
		}
		k--
	}
	return w.write(want)
}

// narrow is a number of which only the lowest bytes count, after them what was there.
func narrow(was, want uint64, size int64, signed bool) uint64 {
	if size >= 8 {
		return want
	}
	bits := uint(8 * size)
	mask := uint64(1)<<bits - 1
	extended := func(n uint64) uint64 { return uint64(int64(n<<(64-bits)) >> (64 - bits)) }
	if signed && was == extended(was) {
		return extended(want)
	}
	return was&^mask | want&mask
}

// constant is what operation k pushes, if that is always the same.
func (w *source) constant(k int) (uint64, bool) {
	if k < 0 {
		return 0, false
	}
	op := &w.ops[k]
	switch {
	case op.Code >= dwarf.OpLit0 && op.Code <= dwarf.OpLit31:
		return uint64(op.Code - dwarf.OpLit0), true
	case op.Code >= dwarf.OpConst1u && op.Code <= dwarf.OpConsts:
		return op.A, true
	}
	return 0, false
}

// write sets the place so that the first value of the computation is n.
func (w *source) write(n uint64) error {
	b := binary.LittleEndian.AppendUint64(nil, n-w.plus)
	if !w.inReg {
		return w.host.scope.Frame.WriteNative(w.addr, b[:w.size])
	}
	old, err := w.host.scope.Frame.Register(w.reg)
	if err == nil && len(old) == 8 && binary.LittleEndian.Uint32(old[4:]) == 0 { // an i32 has a zero upper half
		clear(b[4:])
	}
	if err != nil {
		return err
	}
	return w.host.scope.Frame.SetRegister(w.reg, b)
}

func (w *source) read() (uint64, error) { return w.before(w.first, 0) }

// setComputed makes part i of the value, of which some bytes are given, come out as wished.
func (v *Variable) setComputed(i int, size, skip int64, part []byte) error {
	w, ok := v.loc.computed.source(v.scope, i)
	if !ok || size > 8 {
		return errNoInverse
	}
	was, err := w.read()
	if err != nil {
		return err
	}
	now, err := w.before(len(w.ops), 0)
	if err != nil {
		return err
	}
	b := binary.LittleEndian.AppendUint64(nil, now)
	copy(b[skip:], part)
	want := binary.LittleEndian.Uint64(b)
	t := v.typ.strip()
	signed := t != nil && t.kind == typeBase && t.basic.signed
	if want == now {
		return nil
	}
	if err := w.set(want, size, signed); err != nil {
		return err
	}
	mask := ^uint64(0) >> (64 - 8*uint(size))
	if got, err := w.before(len(w.ops), 0); err != nil || (got^want)&mask != 0 {
		return errors.Join(errNoInverse, w.write(was))
	}
	return nil
}

// invertible reports whether part i of a computed location has a source that could be set.
func (c *computation) invertible(s *Scope, i int) bool {
	_, ok := c.source(s, i)
	return ok
}

// place says in words where part i comes from.
func (c *computation) place(s *Scope, i int) string {
	switch w, ok := c.source(s, i); {
	case !ok:
		return "a constant"
	case w.inReg:
		return fmt.Sprintf("computed from register %d", w.reg)
	default:
		return fmt.Sprintf("computed from memory at %#x", uint64(w.addr))
	}
}
