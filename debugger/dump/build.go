package dump

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"sphex/aot"
	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger"
	"sphex/debugger/symbols"
)

// Program is a program to dump.
type Program struct {
	*debugger.Inspection
	name     string
	names    *wasm.Names
	operands *aot.Operands
	problem  error // why there are no operands
	globals  map[int64]string
}

// Open opens a module or an object.
func Open(ctx context.Context, cfg debugger.Config) (*Program, error) {
	in, err := debugger.Inspect(ctx, cfg)
	if err != nil {
		return nil, err
	}
	m := in.Module()
	p := &Program{Inspection: in, name: cfg.Program, names: m.Names(), globals: map[int64]string{}}
	p.operands, p.problem = aot.NewOperands(in.Object(), m)
	for i, g := range abi.NewLayout(m).Globals {
		name := fmt.Sprintf("global %d", i)
		if n := p.names.Globals[uint32(i)]; n != "" {
			name = "global " + n
		}
		if !g.Indirect {
			p.globals[int64(g.Off)] = name
		}
	}
	return p, nil
}

// Function says what became of the function with this code.
func (p *Program) Function(f *codemap.Func) (*Function, error) {
	b := &builder{Program: p, f: f.Read(), fn: p.Symbols().Function(f.BodyText)}
	b.words = wording{target: p.Object().Map.Target, register: p.RegisterName, globals: p.globals}
	b.describe()
	b.frame()
	b.locals()
	b.variables()
	b.nameLocals()
	if err := b.statements(); err != nil {
		return nil, err
	}
	return &b.out, nil
}

// builder makes one Function.
type builder struct {
	*Program
	f     *codemap.Func
	fn    *symbols.Function
	words wording
	out   Function
	homes map[string][]int // locals by their home in words
}

func (b *builder) describe() {
	m, f, out := b.Module(), b.f, &b.out
	out.Index = f.Index
	out.Body, out.BodyEnd, out.Offset = f.Body, f.BodyEnd, m.FileOffset(f.Body)
	out.Text, out.TextEnd, out.BodyText = f.Text, f.TextEnd, f.BodyText
	out.Type = signature(m.FuncType(f.Index))
	if b.fn == nil {
		out.Name = fmt.Sprintf("wasm function %d", f.Index)
		return
	}
	out.Name, out.File, out.Line = b.fn.Name, b.fn.File, b.fn.Line
	if b.fn.Linkage != b.fn.Name {
		out.Linkage = b.fn.Linkage
	}
	if u := b.fn.Unit; u != nil {
		out.Unit, out.Language, out.Producer = u.Name, u.Language.String(), u.Producer
	}
}

func signature(t *wasm.FuncType) string {
	list := func(types []wasm.ValType) string {
		var names []string
		for _, t := range types {
			names = append(names, t.String())
		}
		return "(" + strings.Join(names, " ") + ")"
	}
	return list(t.Params) + " → " + list(t.Results)
}

func (b *builder) frame() {
	b.out.FrameSize = b.f.Frame.Size
	for _, s := range b.f.Frame.Saved {
		b.out.Saved = append(b.out.Saved, fmt.Sprintf("%s at %s", b.RegisterName(s.Reg), term{base: "cfa", off: int64(s.Offset)}.place()))
	}
	slices.Sort(b.out.Saved)
	b.out.Saved = slices.Compact(b.out.Saved)
}

// maxLocals bounds the locals that are listed; a function may declare tens of thousands.
const maxLocals = 5000

func (b *builder) locals() {
	names := b.names.Locals(b.f.Index)
	params := len(b.Module().FuncType(b.f.Index).Params)
	b.homes = map[string][]int{}
	for i, h := range b.f.Locals {
		if i == maxLocals {
			b.note("%d more locals", len(b.f.Locals)-i)
			break
		}
		l := Local{Index: i, Param: i < params, Type: h.Type.String(), Name: names[uint32(i)]}
		switch h.Kind {
		case codemap.InReg:
			l.Home = b.RegisterName(h.Reg)
		case codemap.InSlot:
			l.Home = term{base: "cfa", off: int64(h.Offset)}.place()
		default:
			l.Home = "0: never used"
		}
		if h.Kind != codemap.IsConst {
			b.homes[l.Home] = append(b.homes[l.Home], i)
		}
		b.out.Locals = append(b.out.Locals, l)
	}
}

func (b *builder) note(format string, args ...any) {
	b.out.Notes = append(b.out.Notes, fmt.Sprintf(format, args...))
}

// nameLocals notes at each local which variables live there.
func (b *builder) nameLocals() {
	add := func(home, name string) {
		for _, i := range b.homes[home] {
			if l := &b.out.Locals[i]; !slices.Contains(l.Variables, name) && len(l.Variables) < 8 {
				l.Variables = append(l.Variables, name)
			}
		}
	}
	for i := range b.out.Variables {
		for _, p := range b.out.Variables[i].Places {
			add(p.Place, b.out.Variables[i].Name)
		}
	}
	if base, ok := strings.CutPrefix(b.out.FrameBase, "memory["); ok {
		add(strings.TrimSuffix(base, "]"), "(frame base)")
	}
}

// statements lists the code in the order of the text.
func (b *builder) statements() error {
	m, f := b.Module(), b.f
	body := m.Code[int(f.Index)-m.NumImportedFuncs]
	insts, err := b.instructions(&body)
	if err != nil {
		return err
	}
	native, err := b.native()
	if err != nil {
		b.note("%v", err)
	}
	b.stack(insts)
	lines := b.lineTable()
	take := func(to abi.TextOffset) []Native {
		n := sort.Search(len(native), func(i int) bool { return native[i].Text >= to })
		out := native[:n]
		native = native[n:]
		return out
	}
	start := f.TextEnd
	if len(insts) > 0 {
		start = insts[0].start
	}
	if code := take(start); len(code) > 0 {
		b.out.Statements = append(b.out.Statements, Statement{Apart: "prologue", Insts: []Inst{{Native: code}}})
	}
	outside := false
	for i := range insts {
		in := &insts[i]
		end := f.TextEnd
		if i+1 < len(insts) {
			end = insts[i+1].start
		}
		in.Native = take(end)
		if in.outOfLine && !outside {
			outside = true
			b.out.Statements = append(b.out.Statements, Statement{Apart: "out of line"})
		}
		n := len(b.out.Statements)
		if st := lines.at(in); outside {
			if len(in.Native) > 0 {
				b.out.Statements[n-1].Insts = append(b.out.Statements[n-1].Insts, in.Inst)
			}
		} else if n > 0 && b.out.Statements[n-1].goesOn(&st, in) {
			b.out.Statements[n-1].Insts = append(b.out.Statements[n-1].Insts, in.Inst)
		} else {
			st.Insts = []Inst{in.Inst}
			b.out.Statements = append(b.out.Statements, st)
		}
	}
	return nil
}

// goesOn reports whether an instruction of statement b belongs to a too: it comes from the same
// line, or there is no code that could tell.
func (a *Statement) goesOn(b *Statement, in *inst) bool {
	if a.Apart != "" {
		return false
	}
	return b.File == "" && len(in.Native) == 0 || a.File == b.File && a.Line == b.Line && slices.Equal(a.Inside, b.Inside)
}

// inst is an Inst with where its code starts, its stop site included.
type inst struct {
	Inst
	start     abi.TextOffset
	text      abi.TextOffset // its row in the code map
	coded     bool           // there is such a row
	outOfLine bool
}

// instructions lists the instructions of the body with their places in the text, those of out-of-line
// code again behind them. Those that the compiler left out as unreachable have no code.
func (b *builder) instructions(body *wasm.Body) ([]inst, error) {
	m, f := b.Module(), b.f
	var list []inst
	at := map[wasm.CodeOffset]int{}
	var r wasm.Reader
	r.Reset(m, body)
	var in wasm.Inst
	depth := 0
	for r.Next(&in) {
		d := depth
		switch in.Op {
		case wasm.OpBlock, wasm.OpLoop, wasm.OpIf, wasm.OpTry, wasm.OpTryTable:
			depth++
		case wasm.OpElse, wasm.OpCatch, wasm.OpCatchAll, wasm.OpDelegate, wasm.OpEnd:
			d--
			if in.Op == wasm.OpEnd || in.Op == wasm.OpDelegate {
				depth--
			}
		}
		at[in.Offset] = len(list)
		list = append(list, inst{Inst: Inst{Code: in.Offset, Offset: m.FileOffset(in.Offset), Wasm: b.text(&in), Depth: max(d, 0)}})
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	sites := map[wasm.CodeOffset]abi.TextOffset{}
	for _, s := range f.Sites {
		if _, ok := sites[s.Wasm]; !ok {
			sites[s.Wasm] = s.Text
		}
	}
	main, last, before := len(list), wasm.CodeOffset(0), f.Text
	outside := false
	for _, row := range f.Insts {
		outside = outside || row.Wasm < last
		last = row.Wasm
		i, ok := at[row.Wasm]
		if !ok {
			continue
		}
		if outside {
			list = append(list, inst{Inst: list[i].Inst, start: row.Text, text: row.Text, coded: true, outOfLine: true})
			continue
		}
		if list[i].coded {
			continue // more code of the same instruction
		}
		start := row.Text
		if s, ok := sites[row.Wasm]; ok && s >= before && s < start {
			start = s
		}
		before = row.Text
		list[i].start, list[i].text, list[i].coded = start, row.Text, true
	}
	// What has no row stands where the next one that has starts.
	next := f.TextEnd
	if main < len(list) {
		next = list[main].start
	}
	for i := main - 1; i >= 0; i-- {
		if list[i].coded {
			next = list[i].start
		} else {
			list[i].start = next
		}
	}
	return list, nil
}

// text prints an instruction, with the names of functions and globals.
func (b *builder) text(in *wasm.Inst) string {
	s := in.String()
	switch in.Op {
	case wasm.OpCall, wasm.OpRefFunc:
		if n := b.functionName(in.Index); n != "" {
			s = in.Op.String() + " " + n
		}
	case wasm.OpGlobalGet, wasm.OpGlobalSet:
		if n := b.names.Globals[in.Index]; n != "" {
			s = in.Op.String() + " $" + n
		}
	}
	return s
}

// native decodes the function's machine code.
func (b *builder) native() ([]Native, error) {
	f := b.f
	code, err := b.Disassemble(f.Text, f.TextEnd)
	if err != nil {
		return nil, err
	}
	sites := map[abi.TextOffset]bool{}
	for _, s := range f.Sites {
		sites[s.Text] = true
	}
	traps := map[abi.TextOffset]abi.Trap{}
	for _, t := range f.Traps {
		traps[t.Text] = t.Kind
	}
	out := make([]Native, len(code))
	for i := range code {
		n := &out[i]
		*n = Native{Text: code[i].Text, Bytes: fmt.Sprintf("%x", code[i].Bytes), Asm: tidy(code[i].Asm), Site: sites[code[i].Text]}
		if t, ok := traps[n.Text]; ok {
			n.Trap = trapText(t)
		}
	}
	return out, nil
}

// tidy leaves out the blanks at the end of an instruction and doubled ones in it.
func tidy(asm string) string { return strings.Join(strings.Fields(asm), " ") }

// stack finds the places of the operand stack behind each instruction: of several that stand at one
// place in the text, the last one has what holds there.
func (b *builder) stack(insts []inst) {
	if b.operands == nil {
		b.note("no places of operands: %v", b.problem)
		return
	}
	moves, pairs, err := b.operands.Moves(b.f)
	if err != nil {
		b.note("no places of operands: %v", err)
		return
	}
	local := func(i uint32) string {
		if h := b.out.Locals; int(i) < len(h) && b.f.Locals[i].Kind != codemap.Nowhere {
			if b.f.Locals[i].Kind == codemap.IsConst {
				return "0"
			}
			return h[i].Home
		}
		return fmt.Sprintf("local %d", i)
	}
	var stack []string
	for i := range insts {
		in := &insts[i]
		if !in.coded || in.outOfLine {
			continue
		}
		for len(moves) > 0 && moves[0].Text <= in.text {
			mv := &moves[0]
			stack = stack[:min(int(mv.Depth), len(stack))]
			if mv.Place != (codemap.Place{}) {
				stack = append(stack, b.words.operandPlace(&mv.Place, pairs, local))
			}
			moves = moves[1:]
		}
		next := i + 1
		for next < len(insts) && !insts[next].coded {
			next++
		}
		if next == len(insts) || insts[next].start > in.text || insts[next].outOfLine {
			in.Operands = slices.Clone(stack)
		}
	}
}
