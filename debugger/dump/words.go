package dump

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// wording says what native DWARF expressions mean, in words: rbx, [cfa-24], memory[rbx+12], = 7.
// It is for reading only; what it can't follow it prints operation by operation.
type wording struct {
	target   codemap.Target
	register func(codemap.Reg) string
	// globals names the wasm globals by their offset from the context register.
	globals map[int64]string
	// frameBase is the function's DW_AT_frame_base, nil if there is none.
	frameBase []expr.Op
	depth     int
}

// term is a value on the expression's stack: base + off, and the address of linear memory if mem
// is set. Without a base it is a constant.
type term struct {
	base string
	off  int64
	mem  bool
}

func (t term) constant() bool { return t.base == "" && !t.mem }

func (t term) String() string {
	switch {
	case t.base == "" && t.mem:
		return fmt.Sprintf("%#x", t.off)
	case t.base == "":
		return fmt.Sprint(t.off)
	case t.off == 0:
		return t.base
	}
	return fmt.Sprintf("%s%+d", t.base, t.off)
}

// place is the term as a place in memory.
func (t term) place() string {
	if t.mem {
		return "memory[" + t.String() + "]"
	}
	return "[" + t.String() + "]"
}

// operand is the term as an operand of an operation that binds its operands.
func (t term) operand() string {
	s := t.String()
	if t.mem {
		s = "memory+" + s
	}
	if strings.ContainsAny(s, " +") || strings.Contains(s[1:], "-") {
		return "(" + s + ")"
	}
	return s
}

// location words a whole location expression; an empty one is the lack of a value.
func (w *wording) location(ops []expr.Op) string {
	if len(ops) == 0 {
		return optimizedOut
	}
	var pieces []string
	at, bits := uint64(0), false
	for start := 0; start < len(ops); {
		end := start
		for end < len(ops) && ops[end].Code != dwarf.OpPiece && ops[end].Code != dwarf.OpBitPiece {
			end++
		}
		text, ok := optimizedOut, true
		if end > start {
			text, ok = w.whole(ops[start:end])
		}
		if !ok {
			return raw(ops)
		}
		if end == len(ops) {
			if len(pieces) > 0 {
				return raw(ops) // an expression behind the last piece
			}
			return text
		}
		size := ops[end].A
		if bits = ops[end].Code == dwarf.OpBitPiece; !bits {
			size *= 8
		}
		if at%8 == 0 && size%8 == 0 {
			pieces = append(pieces, fmt.Sprintf("bytes %d–%d: %s", at/8, (at+size)/8-1, text))
		} else {
			pieces = append(pieces, fmt.Sprintf("bits %d–%d: %s", at, at+size-1, text))
		}
		at += size
		start = end + 1
	}
	return strings.Join(pieces, "; ")
}

// optimizedOut is what is said of a variable that has no value.
const optimizedOut = "optimized out"

func raw(ops []expr.Op) string {
	const most = 50
	list := make([]string, min(len(ops), most))
	for i := range list {
		list[i] = strings.TrimPrefix(ops[i].String(), "DW_OP_")
	}
	if len(ops) > most {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}

// whole words an expression without pieces.
func (w *wording) whole(ops []expr.Op) (text string, ok bool) {
	first, last := &ops[0], &ops[len(ops)-1]
	switch c := first.Code; {
	case len(ops) == 1 && c >= dwarf.OpReg0 && c <= dwarf.OpReg0+31:
		return w.register(codemap.Reg(c - dwarf.OpReg0)), true
	case len(ops) == 1 && c == dwarf.OpRegx && first.A < 256:
		return w.register(codemap.Reg(first.A)), true
	case c == dwarf.OpImplicitValue:
		return "= " + bytesText(first.Data), true
	case c == dwarf.OpImplicitPointer || c == dwarf.OpGNUImplicitPointer:
		return "= pointer to what has no address", true
	}
	isValue := last.Code == dwarf.OpStackValue
	if isValue {
		ops = ops[:len(ops)-1]
	}
	t, ok := w.run(ops)
	switch {
	case !ok:
		return "", false
	case isValue && t.mem:
		return "= memory+" + t.String(), true
	case isValue:
		return "= " + t.String(), true
	}
	if t.base == "ctx" {
		if g := w.globals[t.off]; g != "" {
			return g, true
		}
	}
	return t.place(), true
}

func bytesText(b []byte) string {
	var word [8]byte
	if len(b) <= len(word) {
		copy(word[:], b)
		return fmt.Sprintf("%#x", binary.LittleEndian.Uint64(word[:]))
	}
	return fmt.Sprintf("bytes %x", b[:min(len(b), 32)])
}

// binaryWords are the signs of operations.
var binaryWords = map[dwarf.Op]string{
	dwarf.OpAnd: "&", dwarf.OpOr: "|", dwarf.OpXor: "^", dwarf.OpMul: "*", dwarf.OpDiv: "/", dwarf.OpMod: "%",
	dwarf.OpShl: "<<", dwarf.OpShr: ">>", dwarf.OpShra: ">>", dwarf.OpMinus: "-",
	dwarf.OpEq: "==", dwarf.OpNe: "!=", dwarf.OpLt: "<", dwarf.OpLe: "<=", dwarf.OpGt: ">", dwarf.OpGe: ">=",
}

// maxWords bounds the words for a value, in bytes.
const maxWords = 1000

// run words the value that operations leave.
func (w *wording) run(ops []expr.Op) (t term, ok bool) {
	var stack []term
	for i := range ops {
		stack, ok = w.op(stack, &ops[i])
		if n := len(stack); !ok || n > 64 || n > 0 && len(stack[n-1].base) > maxWords {
			return t, false // DW_OP_dup and DW_OP_plus double it each time
		}
	}
	if len(stack) == 0 {
		return t, false
	}
	return stack[len(stack)-1], true
}

func (w *wording) op(stack []term, o *expr.Op) ([]term, bool) {
	n := len(stack)
	need := func(k int) bool { return n >= k }
	switch c := o.Code; {
	case c >= dwarf.OpLit0 && c <= dwarf.OpLit0+31:
		return append(stack, term{off: int64(c - dwarf.OpLit0)}), true
	case c >= dwarf.OpConst1u && c <= dwarf.OpConsts:
		return append(stack, term{off: int64(o.A)}), true
	case c >= dwarf.OpBreg0 && c <= dwarf.OpBreg0+31:
		return append(stack, w.relative(codemap.Reg(c-dwarf.OpBreg0), int64(o.A))), true
	case c == dwarf.OpBregx && o.A < 256:
		return append(stack, w.relative(codemap.Reg(o.A), int64(o.B))), true
	case c == dwarf.OpCallFrameCFA:
		return append(stack, term{base: "cfa"}), true
	case c == dwarf.OpFbreg:
		if w.frameBase == nil || w.depth > 0 {
			return append(stack, term{base: "frame base", off: int64(o.A)}), true
		}
		w.depth++
		t, ok := w.run(w.frameBase)
		w.depth--
		t.off += int64(o.A)
		return append(stack, t), ok
	case c == dwarf.OpRegvalType || c == dwarf.OpGNURegvalType:
		return append(stack, w.relative(codemap.Reg(o.A), 0)), true
	case c == dwarf.OpConstType || c == dwarf.OpGNUConstType:
		return append(stack, term{base: bytesText(o.Data)}), true
	case c == dwarf.OpEntryValue || c == dwarf.OpGNUEntryValue:
		return append(stack, term{base: "value at entry"}), true
	case c == dwarf.OpConvert, c == dwarf.OpReinterpret, c == dwarf.OpGNUConvert, c == dwarf.OpGNUReinterpret, c == dwarf.OpNop:
		return stack, need(1)
	case c == dwarf.OpDup && need(1):
		return append(stack, stack[n-1]), true
	case c == dwarf.OpOver && need(2):
		return append(stack, stack[n-2]), true
	case c == dwarf.OpPick && uint64(n) > o.A:
		return append(stack, stack[n-1-int(o.A)]), true
	case c == dwarf.OpDrop && need(1):
		return stack[:n-1], true
	case c == dwarf.OpSwap && need(2):
		stack[n-1], stack[n-2] = stack[n-2], stack[n-1]
		return stack, true
	case c == dwarf.OpRot && need(3):
		stack[n-1], stack[n-2], stack[n-3] = stack[n-2], stack[n-3], stack[n-1]
		return stack, true
	case c == dwarf.OpPlusUconst && need(1):
		stack[n-1].off += int64(o.A)
		return stack, true
	case (c == dwarf.OpDeref || c == dwarf.OpDerefSize || c == dwarf.OpDerefType || c == dwarf.OpGNUDerefType) && need(1):
		stack[n-1] = term{base: stack[n-1].place()}
		return stack, true
	case c == dwarf.OpNeg && need(1):
		stack[n-1] = term{base: "-" + stack[n-1].operand()}
		return stack, true
	case c == dwarf.OpNot && need(1):
		stack[n-1] = term{base: "~" + stack[n-1].operand()}
		return stack, true
	case c == dwarf.OpPlus && need(2):
		stack[n-2] = sum(stack[n-2], stack[n-1])
		return stack[:n-1], true
	case binaryWords[c] != "" && need(2):
		stack[n-2] = binaryTerm(c, stack[n-2], stack[n-1])
		return stack[:n-1], true
	}
	return stack, false
}

// relative is a register's value plus an offset.
func (w *wording) relative(r codemap.Reg, off int64) term {
	switch r {
	case w.target.Memory:
		return term{off: off, mem: true}
	case w.target.Context:
		return term{base: "ctx", off: off}
	}
	return term{base: w.register(r), off: off}
}

func sum(a, b term) term {
	t := term{off: a.off + b.off, mem: a.mem || b.mem, base: a.base}
	switch {
	case a.base == "":
		t.base = b.base
	case b.base != "":
		t.base += "+" + b.base
	}
	if t.base != "" && t.off > math.MaxInt32 && t.off <= math.MaxUint32 {
		t.off -= 1 << 32 // linear addresses and i32 wrap there
	}
	return t
}

func binaryTerm(c dwarf.Op, a, b term) term {
	switch {
	case c == dwarf.OpMinus && b.constant():
		a.off -= b.off
		return a
	case c == dwarf.OpAnd && b.constant() && b.off == 0xffff_ffff && a.base != "":
		return a // cut to a linear address's width
	case c == dwarf.OpShra && b.constant() && b.off == 32 && strings.HasSuffix(a.base, " << 32"):
		return term{base: strings.TrimSuffix(a.base, " << 32")} // sign-extended from that width
	}
	return term{base: a.operand() + " " + binaryWords[c] + " " + b.operand()}
}

// operandPlace words where an entry of the operand stack is. Local i is named by local; pairs are
// codemap.Func.Pairs.
func (w *wording) operandPlace(p *codemap.Place, pairs [][2]codemap.Place, local func(uint32) string) string {
	switch p.Kind {
	case codemap.InReg:
		return w.register(p.Reg)
	case codemap.InSlot:
		return term{base: "cfa", off: int64(p.Offset)}.place()
	case codemap.IsConst:
		return constantText(p)
	case codemap.IsLocal:
		return local(p.Index)
	case codemap.IsAddend:
		return term{base: local(p.Index), off: addend(p)}.String()
	case codemap.IsSum:
		t := term{off: addend(p)}
		if p.Reg != codemap.NoReg {
			t.base = w.register(p.Reg)
		}
		if p.Reg2 != codemap.NoReg {
			index := w.register(p.Reg2)
			if p.Scale > 0 {
				index = fmt.Sprintf("%s*%d", index, 1<<p.Scale)
			}
			t = sum(t, term{base: index})
		}
		return t.String()
	}
	if p.Kind == codemap.IsLoad {
		return term{base: w.register(p.Reg), off: addend(p), mem: true}.place()
	}
	if p.Kind == codemap.IsFlags {
		return "flags" // of the comparison before
	}
	if p.Kind == codemap.IsPair && int(p.Index) < len(pairs) {
		pair := &pairs[p.Index]
		if pair[0].Kind != codemap.IsPair && pair[1].Kind != codemap.IsPair {
			return w.operandPlace(&pair[0], nil, local) + " " + pairWords[wasm.Op(p.Value)] + " " + w.operandPlace(&pair[1], nil, local)
		}
	}
	return "pending" // folded into the instruction that takes it
}

// pairWords are the operations of codemap.IsPair.
var pairWords = map[wasm.Op]string{wasm.OpI32Add: "+", wasm.OpI32Sub: "-", wasm.OpI32And: "&", wasm.OpI32Or: "|", wasm.OpI32Xor: "^"}

// addend is the constant part of a place, which wraps at the width of its type.
func addend(p *codemap.Place) int64 {
	if p.Type == wasm.I64 {
		return int64(p.Value)
	}
	return int64(int32(p.Value))
}

func constantText(p *codemap.Place) string {
	switch p.Type {
	case wasm.F32:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(p.Value))), 'g', -1, 32)
	case wasm.F64:
		return strconv.FormatFloat(math.Float64frombits(p.Value), 'g', -1, 64)
	case wasm.FuncRef, wasm.ExternRef:
		return fmt.Sprintf("%#x", p.Value)
	}
	return strconv.FormatInt(addend(p), 10)
}
