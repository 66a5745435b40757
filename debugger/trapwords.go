package debugger

import (
	"fmt"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
)

// trapKindNames are the words by which `catch trap WORD` chooses.
var trapKindNames = [...]string{
	abi.TrapNone:            "",
	abi.TrapUnreachable:     "unreachable",
	abi.TrapMemory:          "memory",
	abi.TrapTable:           "table",
	abi.TrapDivideByZero:    "division",
	abi.TrapOverflow:        "overflow",
	abi.TrapConversion:      "conversion",
	abi.TrapConversionRange: "conversion",
	abi.TrapUninitialized:   "call null",
	abi.TrapSignature:       "call type",
	abi.TrapStack:           "stack",
	abi.TrapNullReference:   "null",
	abi.TrapIndirectBounds:  "call bounds",
	abi.TrapFuel:            "fuel",
}

func trapKindName(k abi.Trap) string {
	if int(k) >= len(trapKindNames) || trapKindNames[k] == "" {
		return "host"
	}
	return trapKindNames[k]
}

// TrapKinds lists the words for kinds of traps.
func TrapKinds() []string {
	var list []string
	for _, n := range append(trapKindNames[1:], "host") {
		if n, _, _ = strings.Cut(n, " "); n != "" && (len(list) == 0 || list[len(list)-1] != n) {
			list = append(list, n)
		}
	}
	return list
}

// explainTrap says what happened at a trap: the words of the specification, then the instruction with
// its operands where they are known.
func (s *Session) explainTrap(t *runtime.TrapError) string {
	top := s.stackNow().physical(0)
	if t.Instance != s.program.instance || top == nil || top.Func == nil {
		return trapText(t)
	}
	text := runtime.TrapWords(t.Kind)
	x := trapped{s: s, t: t, f: top.Func, frame: top}
	if !x.decode() {
		return text
	}
	if more := x.words(); more != "" {
		text += ": " + more
	}
	return text
}

// trapText says what happened without looking at the code.
func trapText(t *runtime.TrapError) string {
	text := runtime.TrapWords(t.Kind)
	if t.Kind == abi.TrapMemory && t.MemAddr != 0 {
		text += fmt.Sprintf(" at %#x", t.MemAddr)
	}
	return text
}

// trapped is an instruction that trapped.
type trapped struct {
	s     *Session
	t     *runtime.TrapError
	f     *codemap.Func
	frame *physicalFrame
	in    wasm.Inst
}

// decode reads the wasm instruction to blame.
func (x *trapped) decode() bool {
	m := x.s.image.module
	i := int(x.f.Index) - m.NumImportedFuncs
	code, ok := wasmOffset(x.f, x.frame.lookup())
	if !ok || i < 0 || i >= len(m.Code) || code < m.Code[i].Code || code >= m.Code[i].End {
		return false
	}
	var r wasm.Reader
	r.Reset(m, &m.Code[i])
	r.Seek(code)
	return r.Next(&x.in)
}

func (x *trapped) words() string {
	op := x.in.Op
	switch x.t.Kind {
	case abi.TrapMemory:
		return x.memory()
	case abi.TrapTable:
		return op.String()
	case abi.TrapDivideByZero, abi.TrapOverflow:
		text := op.String()
		if m := x.machine(); m != nil && !x.t.Return {
			if v, ok := x.frame.register(m.dividend()); ok {
				params, _, _ := op.Signature()
				if len(params) > 0 && params[0] == wasm.I32 {
					v = uint64(uint32(v))
				}
				signed := strings.HasSuffix(op.String(), "_s")
				switch {
				case !signed:
					text += fmt.Sprintf(" of %d", v)
				case len(params) > 0:
					text += " of " + renderWord(params[0], v)
				}
			}
		}
		if x.t.Kind == abi.TrapOverflow {
			return text + " by -1"
		}
		return text + " by 0"
	case abi.TrapConversion:
		return op.String() + " of NaN"
	case abi.TrapConversionRange:
		return op.String() + " of a number out of range"
	case abi.TrapUninitialized, abi.TrapSignature, abi.TrapIndirectBounds:
		return x.call()
	}
	return ""
}

func (x *trapped) machine() machine { return machineFor(x.s.image.object.Map.Target.Machine) }

// memory tells of an access outside of a linear memory.
func (x *trapped) memory() string {
	op, width := x.in.Op.String(), x.in.Op.Width()
	memory := x.t.Instance.Memory(int(x.in.Memory()))
	if memory == nil {
		return op
	}
	name := "the memory"
	if i := x.in.Memory(); i != 0 {
		name = fmt.Sprintf("memory %d", i)
	}
	beyond := fmt.Sprintf("beyond %s of %#x bytes", name, memory.Size())
	if width == 0 || x.t.Return { // memory.copy and the like
		return op + " " + beyond
	}
	what := "load"
	if strings.Contains(op, "store") {
		what = "store"
	}
	at := x.t.MemAddr
	// The processor names the first byte that it could not reach, which may be in the middle.
	if m := x.machine(); m != nil && x.t.Fault != 0 {
		base := memory.Base()
		code := x.s.image.object.Text[x.frame.pc:x.f.TextEnd]
		if a, ok := m.accessed(code, func(r codemap.Reg) (uint64, bool) { return x.frame.register(r) }); ok && a >= uint64(base) && a-uint64(base) <= at && at-(a-uint64(base)) < uint64(width) {
			at = a - uint64(base)
		}
	}
	return fmt.Sprintf("%s of %s at %#x, %s (%s)", what, count(width, "byte"), at, beyond, op)
}

// call tells of a call through a table.
func (x *trapped) call() string {
	table := x.s.program.instance.Table(int(x.in.Index2))
	if x.in.Op != wasm.OpCallIndirect || table == nil || x.machine() == nil {
		return ""
	}
	text := "indirect call"
	index, known := x.index()
	if known {
		text += fmt.Sprintf(" of element %d", index)
	}
	switch x.t.Kind {
	case abi.TrapIndirectBounds:
		return text + fmt.Sprintf(" of a table of %d", table.Len())
	case abi.TrapUninitialized:
		return text + ", which is null"
	}
	want := signature(&x.s.image.module.Types[x.in.Index])
	if !known || index >= uint64(table.Len()) {
		return text + ": the call expects " + want
	}
	name := x.s.program.tableFunc(uint64(x.in.Index2), index)
	has := ""
	if w, ok := table.Get(int(index)); ok {
		if f := runtime.FuncOfRef(w); f != nil {
			has = signature(f.Type())
		}
	}
	return fmt.Sprintf("%s: it is %s, %s, and the call expects %s", text, name, has, want)
}

// index finds the register that holds the index of an indirect call, where the code compares it
// with the table's size.
func (x *trapped) index() (uint64, bool) {
	insts := x.f.Read().Insts
	text := x.s.image.object.Text
	for i := range insts {
		if insts[i].Wasm != x.in.Offset {
			continue
		}
		end := x.f.TextEnd
		if i+1 < len(insts) {
			end = insts[i+1].Text
		}
		if r, ok := x.machine().checkedIndex(text[insts[i].Text:end]); ok {
			v, ok := x.frame.register(r)
			return uint64(uint32(v)), ok
		}
	}
	return 0, false
}

// signature renders a function type: (i32, i32) -> i32.
func signature(t *wasm.FuncType) string {
	list := func(types []wasm.ValType) string {
		var names []string
		for _, v := range types {
			names = append(names, v.String())
		}
		return strings.Join(names, ", ")
	}
	text := "(" + list(t.Params) + ")"
	if len(t.Results) > 0 {
		text += " -> " + list(t.Results)
	}
	return text
}
