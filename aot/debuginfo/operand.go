package debuginfo

import (
	"bytes"
	"errors"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/expr"
)

// Reasons why an expression cannot be translated.
var (
	errNotInFunction = errors.New("names a local or operand outside of a function with code")
	errNoLocal       = errors.New("names a local that the function does not have")
	errNoGlobal      = errors.New("names a global that the module does not have")
	errNoOperand     = errors.New("names an operand that the stack does not have there")
	errFloatOperand  = errors.New("computes with a value for which the unit has no type")
	errNoFrameBase   = errors.New("needs a frame base that the function does not have")
	errFloatUse      = errors.New("takes a floating-point number for an integer or an address")
	errFrameBases    = errors.New("is not the same in all of the function")
	errUnderflow     = errors.New("takes more from the stack than is there")
	errEntryValue    = errors.New("needs a value from the function's entry that nobody knows any more")
	errRegister      = errors.New("names a machine register, which WebAssembly does not have")
	errIndex         = errors.New("names an address or constant that .debug_addr does not have")
	errBranches      = errors.New("branches to one place with different values on the stack")
	errTooLong       = errors.New("grows too long, since it calls others")
	errNoEntry       = errors.New("calls an entry that is not there")
	errCallList      = errors.New("calls an entry whose location depends on the address")
	errNoAddress     = errors.New("goes on from the value of a variable that has no address")
	errSpaces        = errors.New("names an address space, of which WebAssembly has one")
	errThreads       = errors.New("is relative to thread-local data, whose base the module does not have")
	errPointerEntry  = errors.New("points to an entry that is not there")
	errCFA           = errors.New("uses the canonical frame address, which WebAssembly does not have")
	errNoType        = errors.New("reinterprets an address, whose native size is another")
	errRecursive     = errors.New("calls itself")
	errUnsupported   = errors.New("uses an operation that is not translated")
	errDeadData      = errors.New("is about data that the linker removed")
	errDamaged       = errors.New("cannot be decoded")
)

// local returns the place of a wasm local of the function.
func (f *function) local(i uint64) (codemap.Place, error) {
	if f == nil {
		return codemap.Place{}, errNotInFunction
	}
	if i >= uint64(len(f.Locals)) {
		return codemap.Place{}, errNoLocal
	}
	h := f.Locals[i]
	return codemap.Place{Kind: h.Kind, Type: h.Type, Reg: h.Reg, Offset: h.Offset}, nil
}

// operand returns the place of an operand stack entry at a text offset.
func (f *function) operand(depth uint64, at abi.TextOffset) (codemap.Place, error) {
	if f == nil {
		return codemap.Place{}, errNotInFunction
	}
	moves := f.moves()
	i := movesUpTo(moves, at)
	for i--; i >= 0; i-- {
		if m := &moves[i]; concerns(m, depth) {
			return f.placeOf(m)
		}
	}
	return codemap.Place{}, errNoOperand
}

// placeOf returns the place of an operand of which m is the last move.
func (f *function) placeOf(m *codemap.StackMove) (codemap.Place, error) {
	switch {
	case m == nil, m.Place.Kind == codemap.Nowhere:
		return codemap.Place{}, errNoOperand // not computed yet, or dead with all above it
	case m.Place.Kind == codemap.IsLocal:
		return f.local(uint64(m.Place.Index))
	}
	return m.Place, nil
}

// concerns tells whether a move has to do with an operand: it is that one's, or that one and all above it die.
func concerns(m *codemap.StackMove, depth uint64) bool {
	return uint64(m.Depth) == depth || uint64(m.Depth) < depth && m.Place.Kind == codemap.Nowhere
}

// moveMemory is movesUpTo for one function at a time, for places near to each other.
type moveMemory struct {
	f *function
	n int // the last answer
}

func (w *moveMemory) upTo(f *function, moves []codemap.StackMove, at abi.TextOffset) int {
	if w.f != f {
		*w = moveMemory{f: f}
	}
	lo, hi := 0, len(moves)
	if n := min(w.n, hi); n == 0 || moves[n-1].Text <= at {
		lo = n
	} else {
		hi = n
	}
	w.n = lo + movesUpTo(moves[lo:hi], at)
	return w.n
}

// operandAlone returns the number of the operand that is all that a short expression says.
func operandAlone(code []byte) (depth uint64, ok bool) {
	if len(code) == 4 && code[0] == byte(dwarf.OpWASMLocation) && code[1] == 2 && code[2] < 0x80 && code[3] == byte(dwarf.OpStackValue) {
		return uint64(code[2]), true
	}
	return 0, false
}

// movesUpTo is the number of stack moves up to a text offset. There are thousands of moves in a large
// function, each place that is looked at is far from all memory that was used before, and moves are spread
// evenly over the code: so it guesses.
func movesUpTo(moves []codemap.StackMove, at abi.TextOffset) int {
	const near = 8 // to the guess, as is hoped
	lo, hi := 0, len(moves)
	for try := 0; hi-lo > 2*near && try < 4; try++ {
		first, last := moves[lo].Text, moves[hi-1].Text
		switch {
		case at < first:
			return lo
		case at >= last:
			return hi
		}
		m := lo + int(uint64(at-first)*uint64(hi-1-lo)/uint64(last-first))
		if moves[m].Text > at {
			hi = m
			if k := m - near; k > lo && moves[k].Text <= at {
				lo = k + 1
			}
		} else {
			lo = m + 1
			if k := m + near; k < hi && moves[k].Text > at {
				hi = k
			}
		}
	}
	for lo < hi { // as sort.Search; see inst
		if m := int(uint(lo+hi) >> 1); moves[m].Text > at {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return lo
}

// operandChanges appends the text offsets in (lo, hi) where the place of an operand stack
// entry of the expression changes.
func (f *function) operandChanges(dst []abi.TextOffset, ops []expr.Op, lo, hi abi.TextOffset) []abi.TextOffset {
	moves := f.moves()
	i := movesUpTo(moves, lo)
	for ; i < len(moves) && moves[i].Text < hi; i++ {
		m := &moves[i]
		for k := range ops {
			if isOperand(&ops[k]) && concerns(m, ops[k].B) {
				if n := len(dst); n == 0 || dst[n-1] != m.Text {
					dst = append(dst, m.Text)
				}
				break
			}
		}
	}
	return dst
}

func isOperand(o *expr.Op) bool { return o.Code == dwarf.OpWASMLocation && o.A == 2 }

// usesOperands says whether an expression names entries of the operand stack, whose places
// change from instruction to instruction.
func usesOperands(ops []expr.Op) bool {
	for i := range ops {
		if isOperand(&ops[i]) {
			return true
		}
	}
	return false
}

// localFacts is what a look at a body tells about its locals.
type localFacts struct {
	written []bool // set somewhere
	// shadow is the local that holds the shadow stack pointer behind the prologue, or -1.
	shadow int
}

// shadowLocal is localFacts.shadow.
func shadowLocal(m *wasm.Module, f *function, global uint64) int {
	if f.body == nil {
		return -1
	}
	// A function without a frame of its own never reads the global, which shows at once.
	for rest := f.body.Bytes; ; {
		i := bytes.IndexByte(rest, byte(wasm.OpGlobalGet))
		if i < 0 || i+1 == len(rest) {
			return -1
		}
		if rest = rest[i+1:]; rest[0]&0x7f == byte(global&0x7f) {
			return readLocals(m, f, global).shadow
		}
	}
}

// readLocals reads a body for localFacts. The global is the shadow stack pointer.
func readLocals(m *wasm.Module, f *function, global uint64) localFacts {
	facts := localFacts{written: make([]bool, len(f.Locals)), shadow: -1}
	if f.body == nil {
		return facts
	}
	count := make([]int, len(f.Locals))
	// The prologue is global.get SP, i32.const n, i32.sub, local.tee or local.set; a function
	// without a frame of its own may keep the pointer as it is.
	state, candidate := 0, -1
	var r wasm.Reader
	r.Reset(m, f.body)
	var in wasm.Inst
	for r.Next(&in) {
		switch in.Op {
		case wasm.OpLocalSet, wasm.OpLocalTee:
			if int(in.Index) < len(count) {
				count[in.Index]++
				facts.written[in.Index] = true
				if candidate < 0 && state == 3 {
					candidate = int(in.Index)
				}
			}
			state = 0
		case wasm.OpGlobalGet:
			state = 0
			if uint64(in.Index) == global {
				state = 1
			}
		case wasm.OpI32Const, wasm.OpI64Const:
			if state == 1 {
				state = 2
			} else {
				state = 0
			}
		case wasm.OpI32Sub, wasm.OpI64Sub:
			if state == 2 {
				state = 3
			} else {
				state = 0
			}
		default:
			state = 0
		}
	}
	if candidate >= 0 && count[candidate] == 1 {
		facts.shadow = candidate
	}
	return facts
}
