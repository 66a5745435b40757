package debugger

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Instruction is a machine instruction and what it was made from.
type Instruction struct {
	Text   abi.TextOffset
	Bytes  []byte
	Asm    string
	Code   wasm.CodeOffset // wasm instruction that it belongs to; 0 in thunks and prologues
	Offset wasm.FileOffset
	File   string // set where a line starts
	Line   int
	Func   string // function that holds it
}

// machine decodes instructions of one processor.
type machine interface {
	// decode returns the length of the instruction at the start of code, 0 if there is none.
	decode(code []byte) int
	// format renders an instruction that stands at pc; name gives the function that starts at a text offset, "" if none does.
	format(code []byte, pc abi.TextOffset, name func(abi.TextOffset) string) string
	// call tells whether the instruction is a call, and of what.
	call(code []byte, pc abi.TextOffset) (kind callKind, target abi.TextOffset)
	// refers returns the address that the instruction names relative to itself, jumps and calls aside.
	refers(code []byte, pc abi.TextOffset) (target abi.TextOffset, ok bool)
	// registers names the general registers by DWARF number in the usual order, with the
	// instruction pointer and flags apart.
	registers() []codemap.Reg
	registerName(codemap.Reg) string
	// parameters tells in which registers parameters of these types arrive; ok is false if some don't.
	parameters(types []wasm.ValType) (regs []codemap.Reg, ok bool)
	// result tells in which register a function returns its first result.
	result(wasm.ValType) codemap.Reg
	// dividend is the register that a division which trapped would have divided.
	dividend() codemap.Reg
	// accessed computes the address of the memory operand of the instruction at the start of code.
	accessed(code []byte, register func(codemap.Reg) (uint64, bool)) (addr uint64, ok bool)
	// epilogue returns where the code begins that gives a frame back before the return instruction at ret.
	epilogue(text []byte, ret abi.TextOffset) (at abi.TextOffset, ok bool)
	// checkedIndex finds the register that the code of an indirect call compares with the table's size.
	checkedIndex(code []byte) (codemap.Reg, bool)
}

type callKind uint8

const (
	noCall   callKind = iota
	direct            // to a known function or thunk
	indirect          // through a table
	outward           // to the host: a builtin
)

// machineFor returns the decoder for an ELF machine number, or nil.
func machineFor(number uint16) machine {
	if number == x86Machine {
		return x86{}
	}
	return nil
}

// callSite is a call instruction.
type callSite struct {
	text   abi.TextOffset // of the instruction
	ret    abi.TextOffset // behind it
	kind   callKind
	target abi.TextOffset // direct
}

// functionCalls returns the calls of f that may enter guest code, ascending.
func (im *image) functionCalls(f *codemap.Func) []callSite {
	im.mu.Lock()
	defer im.mu.Unlock()
	if c, ok := im.calls[f.Text]; ok {
		return c
	}
	var list []callSite
	if m := machineFor(im.object.Map.Target.Machine); m != nil {
		for _, c := range f.Read().Calls {
			if site, ok := im.callBefore(m, f, c.Return); ok && site.kind != outward {
				list = append(list, site)
			}
		}
	}
	im.calls[f.Text] = list
	return list
}

// callBefore finds the call instruction that ends at ret, decoding from the start of the
// code of its wasm instruction.
func (im *image) callBefore(m machine, f *codemap.Func, ret abi.TextOffset) (callSite, bool) {
	text := im.object.Text
	pc := f.Text
	insts := f.Read().Insts
	for i := len(insts) - 1; i >= 0; i-- {
		if insts[i].Text < ret {
			pc = insts[i].Text
			break
		}
	}
	for pc < ret && int(ret) <= len(text) {
		n := m.decode(text[pc:ret])
		if n == 0 {
			break
		}
		if pc+abi.TextOffset(n) == ret {
			kind, target := m.call(text[pc:ret], pc)
			return callSite{pc, ret, kind, target}, kind != noCall
		}
		pc += abi.TextOffset(n)
	}
	return callSite{}, false
}

// Disassemble returns before instructions in front of at, and after from at on. Addresses
// outside of the text give none.
func (s *Session) Disassemble(at abi.TextOffset, before, after int) ([]Instruction, error) {
	im := s.image
	m := machineFor(im.object.Map.Target.Machine)
	if m == nil {
		return nil, fmt.Errorf("no disassembler for ELF machine %d", im.object.Map.Target.Machine)
	}
	var list []Instruction
	for start := at; before > 0; {
		lo, _, ok := im.piece(start - 1)
		if start == 0 || !ok {
			break
		}
		part := im.disassemble(m, lo, start, -1)
		if len(part) > before {
			part = part[len(part)-before:]
		}
		list = append(part, list...)
		before -= len(part)
		start = lo
	}
	for after > 0 {
		_, hi, ok := im.piece(at)
		if !ok {
			break
		}
		part := im.disassemble(m, at, hi, after)
		if len(part) == 0 {
			break
		}
		list = append(list, part...)
		after -= len(part)
		at = hi
	}
	return list, nil
}

// DisassembleFunction returns the instructions of the function that holds at.
func (s *Session) DisassembleFunction(at abi.TextOffset) ([]Instruction, error) {
	m := machineFor(s.image.object.Map.Target.Machine)
	if m == nil {
		return nil, fmt.Errorf("no disassembler for ELF machine %d", s.image.object.Map.Target.Machine)
	}
	lo, hi, ok := s.image.piece(at)
	if !ok {
		return nil, fmt.Errorf("no code at text offset %#x", uint32(at))
	}
	return s.image.disassemble(m, lo, hi, -1), nil
}

// piece returns the bounds of the function, the thunk or the gap that holds at.
func (im *image) piece(at abi.TextOffset) (lo, hi abi.TextOffset, ok bool) {
	if int(at) >= len(im.object.Text) {
		return 0, 0, false
	}
	if f := im.function(at); f != nil {
		return f.Text, f.TextEnd, true
	}
	if t := im.thunk(at); t != nil {
		return t.Text, t.TextEnd, true
	}
	hi = abi.TextOffset(len(im.object.Text))
	bound := func(text, end abi.TextOffset) {
		if end <= at && end > lo {
			lo = end
		}
		if text > at && text < hi {
			hi = text
		}
	}
	for _, f := range im.funcs {
		bound(f.Text, f.TextEnd)
	}
	for i := range im.object.Map.Thunks {
		bound(im.object.Map.Thunks[i].Text, im.object.Map.Thunks[i].TextEnd)
	}
	return lo, hi, true
}

// disassemble decodes [lo, hi), at most limit instructions unless that is negative. What
// is no instruction comes as single bytes.
func (im *image) disassemble(m machine, lo, hi abi.TextOffset, limit int) []Instruction {
	var list []Instruction
	f := im.function(lo)
	name := im.pieceName(lo)
	lines := map[abi.TextOffset]int{}
	var files []string
	if f != nil {
		if fn := im.table.Function(f.BodyText); fn != nil {
			rows := im.table.Rows(fn)
			last := -1
			for i := range rows {
				if r := &rows[i]; r.Line > 0 && (last < 0 || rows[last].Line != r.Line || rows[last].File != r.File) {
					last = i
					lines[r.Text] = len(files)
					files = append(files, r.File)
				}
			}
		}
	}
	data := im.dataIn(m, f)
	for pc := lo; pc < hi && limit != 0; limit-- {
		code := im.object.Text[pc:min(int(hi), len(im.object.Text))]
		in := Instruction{Text: pc, Func: name}
		for len(data) > 0 && pc >= data[0].Hi {
			data = data[1:]
		}
		n := m.decode(code)
		if len(data) > 0 && (pc >= data[0].Lo || zero(code[:min(int(data[0].Lo-pc), len(code))])) {
			n = min(4, int(data[0].Hi-pc))
			in.Asm = fmt.Sprintf(".byte %#02x", code[:n])
			if n == 4 {
				in.Asm = fmt.Sprintf(".long %#08x", binary.LittleEndian.Uint32(code))
			}
		} else if n == 0 {
			n = 1
			in.Asm = fmt.Sprintf(".byte %#02x", code[0])
		} else {
			in.Asm = m.format(code[:n], pc, im.startName)
		}
		in.Bytes = code[:n]
		if f != nil {
			if c, ok := wasmOffset(f, pc); ok {
				in.Code, in.Offset = c, im.module.FileOffset(c)
			}
			if i, ok := lines[pc]; ok {
				if r, ok := im.table.Row(pc); ok {
					in.File, in.Line = files[i], r.Line
				}
			}
		}
		list = append(list, in)
		pc += abi.TextOffset(n)
	}
	return list
}

// zero reports whether all bytes are: those that align constants.
func zero(b []byte) bool {
	const most = 16
	return len(b) < most && len(bytes.TrimLeft(b, "\x00")) == 0
}

// dataIn finds the jump tables and constants among a function's code: its instructions refer to
// them, and they end where the code of an instruction begins.
func (im *image) dataIn(m machine, f *codemap.Func) []symbols.Range {
	if f == nil || int(f.TextEnd) > len(im.object.Text) {
		return nil
	}
	var list []symbols.Range
	for pc := f.Text; pc < f.TextEnd; {
		code := im.object.Text[pc:f.TextEnd]
		n := max(1, m.decode(code))
		to, ok := m.refers(code[:n], pc)
		pc += abi.TextOffset(n)
		if !ok || to < f.Text || to >= f.TextEnd || slices.ContainsFunc(list, func(r symbols.Range) bool { return to >= r.Lo && to < r.Hi }) {
			continue
		}
		end := f.TextEnd
		insts := f.Read().Insts
		if i := sort.Search(len(insts), func(i int) bool { return insts[i].Text > to }); i < len(insts) {
			end = insts[i].Text
		}
		if i := sort.Search(len(f.Sites), func(i int) bool { return f.Sites[i].Text > to }); i < len(f.Sites) {
			end = min(end, f.Sites[i].Text)
		}
		list = append(list, symbols.Range{Lo: to, Hi: end})
	}
	slices.SortFunc(list, func(a, b symbols.Range) int { return cmp.Compare(a.Lo, b.Lo) })
	return list
}

// noInstruction says why no instruction starts at an address in a function; "" if one does.
func (im *image) noInstruction(at abi.TextOffset) string {
	f, m := im.function(at), machineFor(im.object.Map.Target.Machine)
	if f == nil || m == nil {
		return ""
	}
	data := im.dataIn(m, f)
	pc := f.Text
	for pc < at {
		if len(data) > 0 && pc >= data[0].Lo {
			pc, data = data[0].Hi, data[1:]
			continue
		}
		n := abi.TextOffset(max(1, m.decode(im.object.Text[pc:f.TextEnd])))
		if pc+n > at && (len(data) == 0 || at < data[0].Lo) {
			return fmt.Sprintf("text offset %#x is inside of the instruction at %#x", uint32(at), uint32(pc))
		}
		pc += n
	}
	if pc > at || len(data) > 0 && at >= data[0].Lo {
		return fmt.Sprintf("text offset %#x holds a constant of %s, and no instruction", uint32(at), im.pieceName(f.BodyText))
	}
	return ""
}

// startName names the function or thunk that starts at pc.
func (im *image) startName(pc abi.TextOffset) string {
	if lo, _, ok := im.piece(pc); ok && lo == pc {
		return im.pieceName(pc)
	}
	return ""
}

// pieceName names the function or thunk that holds pc.
func (im *image) pieceName(pc abi.TextOffset) string {
	if fn := im.table.Function(pc); fn != nil {
		return fn.Name
	}
	if t := im.thunk(pc); t != nil {
		switch t.Kind {
		case codemap.ImportThunk:
			return im.importName(t.Index)
		case codemap.ForeignThunk:
			return fmt.Sprintf("call of type %d in another instance", t.Index)
		}
		return fmt.Sprintf("entry of type %d", t.Index)
	}
	return ""
}
