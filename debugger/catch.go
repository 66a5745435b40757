package debugger

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// A catchpoint is a breakpoint on a kind of event instead of a place. All but traps have places
// all the same, of which the user need not know: where a language's panics begin, where the
// program calls the host, where its entry function returns to.

// CatchKind is what a catchpoint waits for.
type CatchKind uint8

const (
	CatchNothing CatchKind = iota
	CatchPanic             // a Rust panic, C's abort and assert, C++'s terminate; before anything is unwound or printed
	CatchThrow             // a C++ exception
	CatchTrap              // a trap, or a host function that failed
	CatchHost              // a call of a host function
	CatchExit              // the program's end by itself
)

var catchNames = [...]string{"", "panic", "throw", "trap", "host", "exit"}

func (k CatchKind) String() string { return catchNames[k] }

// CatchKinds lists the words for kinds, in the order in which help names them.
func CatchKinds() []string { return slices.Clone(catchNames[1:]) }

// ParseCatch reads the word for a kind.
func ParseCatch(word string) (CatchKind, error) {
	if i := slices.Index(catchNames[:], word); i > 0 {
		return CatchKind(i), nil
	}
	return 0, fmt.Errorf("%q can't be caught; what can is %s", word, strings.Join(catchNames[1:], ", "))
}

// The numbers of the catchpoints that every session has. They are negative, so that the user's own
// begin with 1.
const (
	trapCatchpoint  = -1
	panicCatchpoint = -2
)

// addCatchpoints makes the catchpoints that are there from the start.
func (s *Session) addCatchpoints() {
	add := func(id int, kind CatchKind) {
		b := &breakpoint{Breakpoint: Breakpoint{ID: id, BreakpointSpec: BreakpointSpec{Catch: kind}}}
		b.Places, b.Message = s.image.bind(&b.BreakpointSpec)
		s.breakpoints = append(s.breakpoints, b)
	}
	add(trapCatchpoint, CatchTrap)
	if s.cfg.CatchPanics {
		add(panicCatchpoint, CatchPanic)
	}
	s.arm()
}

// Catchpoints lists the catchpoints, those that are there from the start included: their IDs are
// negative.
func (s *Session) Catchpoints() []Breakpoint {
	var list []Breakpoint
	_ = s.do(func() { // a closed session has none
		for _, b := range s.breakpoints {
			if b.Catch != CatchNothing {
				list = append(list, b.Breakpoint)
			}
		}
	})
	return list
}

// bindCatch finds the places of a catchpoint.
func (im *image) bindCatch(spec *BreakpointSpec) (places []BreakPlace, message string) {
	switch spec.Catch {
	case CatchTrap:
		return nil, "" // the processor finds it
	case CatchPanic, CatchThrow:
		for _, f := range im.panicFunctions() {
			if f.row.kind == spec.Catch {
				places = append(places, BreakPlace{Text: f.text, Code: f.code.Body, Offset: im.module.FileOffset(f.code.Body), Function: f.name})
			}
		}
		if len(places) == 0 {
			message = "the program has no function of those that begin a " + spec.Catch.String()
		}
	case CatchHost, CatchExit:
		for _, t := range im.importThunks() {
			name := im.importName(t.Index)
			if spec.Catch == CatchHost && hostMatches(spec.CatchName, name) || spec.Catch == CatchExit && strings.HasSuffix(name, ".proc_exit") {
				places = append(places, BreakPlace{Text: t.Text, Function: name})
			}
		}
		if spec.Catch == CatchExit {
			return append(places, im.entryReturns()...), ""
		}
		if len(places) == 0 {
			message = "the program imports no function"
			if spec.CatchName != "" {
				message += " " + spec.CatchName
			}
		}
	}
	return places, message
}

// hostMatches tells whether a host function has the name that the user gave, with its module or without.
func hostMatches(pattern, name string) bool {
	if pattern == "" || pattern == name {
		return true
	}
	_, short, _ := strings.Cut(name, ".")
	full, _ := path.Match(pattern, name)
	part, _ := path.Match(pattern, short)
	return full || part
}

func (im *image) importThunks() (list []*codemap.Thunk) {
	for i := range im.object.Map.Thunks {
		if t := &im.object.Map.Thunks[i]; t.Kind == codemap.ImportThunk {
			list = append(list, t)
		}
	}
	return list
}

// entryReturns lists the places that functions which the host calls return to.
func (im *image) entryReturns() (list []BreakPlace) {
	for i := range im.object.Map.Thunks {
		t := &im.object.Map.Thunks[i]
		for _, c := range t.Calls {
			if t.Kind == codemap.EntryThunk {
				list = append(list, BreakPlace{Text: c.Return, Function: "(host)"})
			}
		}
	}
	return list
}

// catchesTrap tells whether the user wants to see a trap of a kind before the program ends.
func (s *Session) catchesTrap(kind abi.Trap) *breakpoint {
	for _, b := range s.breakpoints {
		if b.Catch == CatchTrap && !b.Disabled && (b.CatchName == "" || strings.Contains(trapKindName(kind), b.CatchName)) {
			return b
		}
	}
	return nil
}

// trapStop makes the stop of a trap, nil if the user does not want to see it.
func (s *Session) trapStop() *Stop {
	b := s.catchesTrap(s.trapped.Trap)
	if b == nil {
		s.trapped = nil // it ends the program with an error like any other
		return nil
	}
	stop := &Stop{Reasons: []Reason{*s.trapped}}
	if b.Hits++; b.ID > 0 {
		stop.Reasons = append(stop.Reasons, Reason{Kind: ReasonBreakpoint, Breakpoint: b.ID})
	}
	return stop
}

// caught says what a catchpoint's place means at this stop; ok is false if it is no event of its kind.
func (s *Session) caught(h *atPlace) (r Reason, ok bool) {
	r = Reason{Kind: ReasonCatch, Catch: h.b.Catch}
	switch h.b.Catch {
	case CatchPanic, CatchThrow:
		text, ok := s.panicNow(h.place.Text)
		if h.b.Catch == CatchPanic {
			r.Kind = ReasonPanic
		}
		r.Text = text
		return r, ok
	case CatchHost:
		r.Text = "call of " + s.hostCall(h.place)
	case CatchExit:
		if h.place.Function == "(host)" {
			if !s.leaving() {
				return r, false
			}
			r.Text = "the program ends"
			break
		}
		r.Text = "the program exits"
		if t := s.image.thunk(h.place.Text); t != nil {
			if args := s.hostArguments(t); len(args) == 1 {
				r.Text += fmt.Sprintf(" with status %d", int32(args[0]))
			}
		}
	}
	return r, true
}

// leaving tells whether the program stands behind its entry function, and not behind another
// that the host called while the program waited.
func (s *Session) leaving() bool {
	n := 0
	for f := range s.program.instance.Frames() {
		if n++; n > 1 || f.Func != nil {
			return false
		}
	}
	return s.program.start == nil // else it is the module's start function
}

// hostCall renders the call of a host function that the program stands at the beginning of.
func (s *Session) hostCall(p *BreakPlace) string {
	t := s.image.thunk(p.Text)
	if t == nil {
		return p.Function
	}
	ft := s.image.module.FuncType(t.Index)
	var list []string
	for i, w := range s.hostArguments(t) {
		list = append(list, renderWord(ft.Params[i], w))
	}
	return p.Function + "(" + strings.Join(list, ", ") + ")"
}

// hostArguments reads the arguments of an import where its thunk begins. It is empty when some
// travel in memory.
func (s *Session) hostArguments(t *codemap.Thunk) (words []uint64) {
	m := machineFor(s.image.object.Map.Target.Machine)
	top := s.innermost()
	if m == nil || top == nil {
		return nil
	}
	ft := s.image.module.FuncType(t.Index)
	regs, ok := m.parameters(ft.Params)
	if !ok {
		return nil
	}
	for i, r := range regs {
		v, ok := top.register(r)
		if !ok {
			return nil
		}
		if ft.Params[i] == wasm.I32 || ft.Params[i] == wasm.F32 {
			v = uint64(uint32(v))
		}
		words = append(words, v)
	}
	return words
}

// wasmLocal reads a local of the innermost function, behind its prologue.
func (s *Session) wasmLocal(p *physicalFrame, i int) (uint64, bool) {
	if p == nil || p.Func == nil {
		return 0, false
	}
	locals := p.Func.Read().Locals
	if i >= len(locals) {
		return 0, false
	}
	h := &locals[i]
	switch h.Kind {
	case codemap.InReg:
		return p.register(h.Reg)
	case codemap.InSlot:
		var b [8]byte
		if err := s.program.read(p.cfa+abi.Addr(int64(h.Offset)), b[:]); err != nil {
			return 0, false
		}
		return word(b[:]), true
	}
	return 0, true // never touched, and no parameter
}

func word(b []byte) (w uint64) {
	for i, c := range b {
		w |= uint64(c) << (8 * i)
	}
	return w
}
