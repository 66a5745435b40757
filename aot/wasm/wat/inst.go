package wat

import (
	"math/bits"
	"strconv"

	"sphex/aot/wasm"
)

// Printer prints the instructions of one body after the other, with the names of its module.
type Printer struct {
	*Names
	m      *wasm.Module
	locals []string
	given  map[uint32]string // names of labels
	taken  map[string]bool
	labels []string // of the open blocks
	blocks int      // that were begun
}

// NewPrinter returns a printer of m's instructions.
func NewPrinter(m *wasm.Module) *Printer { return newPrinter(m, NewNames(m)) }

func newPrinter(m *wasm.Module, n *Names) *Printer { return &Printer{Names: n, m: m} }

// Begin makes the printer stand before the first instruction of the body m.Code[i].
func (p *Printer) Begin(i int) {
	p.locals = p.Names.Locals(i)
	p.given = p.Names.given.Labels(uint32(p.m.NumImportedFuncs + i))
	p.taken = nil
	if len(p.given) > 0 {
		p.taken = map[string]bool{}
	}
	p.labels, p.blocks = p.labels[:0], 0
}

// LocalNames are the identifiers of the locals of the body at hand, parameters first.
func (p *Printer) LocalNames() []string { return p.locals }

// Depth is the number of blocks that are open.
func (p *Printer) Depth() int { return len(p.labels) }

// manyTargets is from how many labels on a br_table gives them as numbers.
const manyTargets = 64

// Append appends an instruction, without indentation. The instructions of a body must come in
// their order, since blocks give the labels their names. depth is the number of blocks that
// the instruction stands in; that of else and end counts without their own block.
func (p *Printer) Append(dst []byte, in *wasm.Inst) (text []byte, depth int) {
	depth = len(p.labels)
	switch in.Op {
	case wasm.OpElse:
		return append(dst, "else"...), max(0, depth-1)
	case wasm.OpCatch, wasm.OpCatchAll:
		dst = append(dst, in.Op.String()...)
		if in.Op == wasm.OpCatch {
			dst = ident(dst, p.in(tags, in.Index))
		}
		return dst, max(0, depth-1)
	case wasm.OpDelegate:
		p.labels = p.labels[:max(0, depth-1)]
		return p.label(append(dst, "delegate"...), in.Index), len(p.labels)
	case wasm.OpEnd:
		p.labels = p.labels[:max(0, depth-1)]
		return append(dst, "end"...), len(p.labels)
	}
	start := len(dst)
	dst = append(dst, in.Op.String()...)
	switch in.Op.Imm() {
	case wasm.ImmNone:
	case wasm.ImmBlock:
		dst = p.block(dst, in, nil)
	case wasm.ImmTryTable:
		dst = p.block(dst, in, in.Catches)
	case wasm.ImmTag:
		dst = ident(dst, p.in(tags, in.Index))
	case wasm.ImmLabel:
		dst = p.label(dst, in.Index)
	case wasm.ImmLabels:
		for _, l := range in.Targets {
			if len(in.Targets) > manyTargets {
				dst = strconv.AppendUint(append(dst, ' '), uint64(l), 10)
			} else {
				dst = p.label(dst, l)
			}
		}
		dst = p.label(dst, in.Index)
	case wasm.ImmType:
		dst = ident(dst, p.in(types, in.Index))
	case wasm.ImmFunc:
		dst = ident(dst, p.Func(in.Index))
	case wasm.ImmCallIndirect:
		if in.Index2 != 0 {
			dst = ident(dst, p.in(tables, in.Index2))
		}
		dst = p.typeUse(dst, in.Index)
	case wasm.ImmLocal:
		if int64(in.Index) < int64(len(p.locals)) {
			dst = ident(dst, p.locals[in.Index])
		} else {
			dst = strconv.AppendUint(append(dst, ' '), uint64(in.Index), 10)
		}
	case wasm.ImmGlobal:
		dst = ident(dst, p.Global(in.Index))
	case wasm.ImmTable:
		dst = ident(dst, p.in(tables, in.Index))
	case wasm.ImmLane:
		dst = strconv.AppendUint(append(dst, ' '), uint64(in.Index), 10)
	case wasm.ImmShuffle, wasm.ImmV128:
		dst = in.AppendText(dst[:start])
	case wasm.ImmMem, wasm.ImmMemLane:
		if i := in.Memory(); i != 0 {
			dst = ident(dst, p.in(memories, i))
		}
		if in.Value != 0 {
			dst = strconv.AppendUint(append(dst, " offset="...), in.Value, 10)
		}
		if w := in.Op.Width(); w != 0 && int(in.Align) != bits.TrailingZeros32(uint32(w)) {
			dst = strconv.AppendUint(append(dst, " align="...), 1<<in.Align, 10)
		}
		if in.Op.Imm() == wasm.ImmMemLane {
			dst = strconv.AppendUint(append(dst, ' '), uint64(in.Index), 10)
		}
	case wasm.ImmMemory:
		if in.Index != 0 {
			dst = ident(dst, p.in(memories, in.Index))
		}
	case wasm.ImmMemoryMemory:
		if in.Index != 0 || in.Index2 != 0 {
			dst = ident(dst, p.in(memories, in.Index))
			dst = ident(dst, p.in(memories, in.Index2))
		}
	case wasm.ImmDataMemory:
		if in.Index2 != 0 {
			dst = ident(dst, p.in(memories, in.Index2))
		}
		dst = ident(dst, p.in(datas, in.Index))
	case wasm.ImmData:
		dst = ident(dst, p.in(datas, in.Index))
	case wasm.ImmElemTable:
		dst = ident(dst, p.in(tables, in.Index2))
		dst = ident(dst, p.in(elems, in.Index))
	case wasm.ImmElem:
		dst = ident(dst, p.in(elems, in.Index))
	case wasm.ImmTableTable:
		dst = ident(dst, p.in(tables, in.Index))
		dst = ident(dst, p.in(tables, in.Index2))
	case wasm.ImmI32:
		dst = appendConst(append(dst, ' '), wasm.I32, in.Value)
	case wasm.ImmI64:
		dst = appendConst(append(dst, ' '), wasm.I64, in.Value)
	case wasm.ImmF32:
		dst = appendConst(append(dst, ' '), wasm.F32, in.Value)
	case wasm.ImmF64:
		dst = appendConst(append(dst, ' '), wasm.F64, in.Value)
	case wasm.ImmRefType:
		dst = append(append(dst, ' '), in.Type.Heap()...)
	case wasm.ImmSelect:
		dst = append(append(append(dst, " (result "...), in.Type.String()...), ')')
	default:
		panic("wat: " + in.Op.String() + " has immediates that the printer does not know")
	}
	return dst, depth
}

// block appends what stands behind the instruction that begins a block, and opens its label.
func (p *Printer) block(dst []byte, in *wasm.Inst, catches []wasm.Catch) []byte {
	name := unique(p.taken, p.given[uint32(p.blocks)], in.Op.String(), p.blocks, maxInner)
	dst = ident(dst, name)
	if i, ok := in.Block.Index(); ok {
		dst = p.typeUse(dst, i)
	} else if t := in.Block.Value(); t != 0 {
		dst = append(append(append(dst, " (result "...), t.String()...), ')')
	}
	for _, c := range catches { // whose labels are those outside
		dst = append(append(dst, " ("...), c.Keyword()...)
		if !c.All {
			dst = ident(dst, p.in(tags, c.Tag))
		}
		dst = append(p.label(dst, c.Label), ')')
	}
	p.labels = append(p.labels, name)
	p.blocks++
	return dst
}

// label appends the label of a branch. That of the function has no name.
func (p *Printer) label(dst []byte, i uint32) []byte {
	if int64(i) < int64(len(p.labels)) {
		return ident(dst, p.labels[len(p.labels)-1-int(i)])
	}
	return append(strconv.AppendUint(append(dst, ' '), uint64(i), 10), " (;return;)"...)
}

// typeUse appends a type by its index, and what it is.
func (p *Printer) typeUse(dst []byte, i uint32) []byte {
	dst = append(ident(append(dst, " (type"...), p.in(types, i)), ')')
	if int64(i) < int64(len(p.m.Types)) {
		t := &p.m.Types[i]
		dst = valTypes(dst, "param", t.Params)
		dst = valTypes(dst, "result", t.Results)
	}
	return dst
}

// valTypes appends parameters or results, if there are any.
func valTypes(dst []byte, what string, list []wasm.ValType) []byte {
	if len(list) == 0 {
		return dst
	}
	dst = append(append(dst, " ("...), what...)
	for _, t := range list {
		dst = append(append(dst, ' '), t.String()...)
	}
	return append(dst, ')')
}

// ident appends an identifier.
func ident(dst []byte, name string) []byte { return append(append(dst, " $"...), name...) }
