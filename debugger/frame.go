package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// Frame is a logical frame of a stopped program: a physical frame, an inlined call in one, or the
// boundary to the host.
type Frame struct {
	Level    int    // 0 is the innermost
	Function string // demangled, qualified; wasm function N when it has no name
	Short    string // last part of the name
	File     string // path as in DWARF, "" if there is no source; see FrameText
	Line     int
	Column   int
	Inlined  bool // an inlined call: shares the physical frame with the next one
	Host     bool // the boundary to the host: no code of the guest, no variables
	// Machinery marks frames of panic and abort machinery above the first frame that a
	// user wants to see.
	Machinery bool

	PC     abi.TextOffset // next instruction of this frame
	Lookup abi.TextOffset // address to look symbols up at: PC, or PC-1 behind a call
	CFA    abi.Addr
	Index  uint32          // wasm function index
	Code   wasm.CodeOffset // wasm instruction
	Offset wasm.FileOffset

	Symbol *symbols.Frame // nil for host frames and thunks

	physical int // index of the physical frame
	outer    int // how many logical frames of it are this one and outside of it
}

// HasSource tells whether the frame has a source line.
func (f *Frame) HasSource() bool { return f.File != "" && f.Line > 0 }

// stack is the stack of one stop, unwound as far as was asked for.
type stack struct {
	s      *Session
	phys   []*physicalFrame
	done   bool // phys is complete
	frames []*Frame
	built  int // physical frames that frames has
	marked bool
}

// stackNow returns the stack of the present stop.
func (s *Session) stackNow() *stack {
	if s.stack == nil {
		s.stack = &stack{s: s}
	}
	return s.stack
}

// physical returns physical frame n, 0 the innermost, or nil behind the last.
func (k *stack) physical(n int) *physicalFrame {
	if len(k.phys) <= n && !k.done {
		k.unwind(n + 1)
	}
	if n >= len(k.phys) {
		return nil
	}
	return k.phys[n]
}

// unwind makes phys hold at least n frames if there are as many. It starts over each time,
// and so asks for twice as many as before. Steps need two.
func (k *stack) unwind(n int) {
	if n > 2 {
		n = max(n, 2*len(k.phys), 16)
	}
	have := k.phys
	all, more := k.s.program.walkTo(n)
	copy(all, have) // keep the frames that others point to
	k.phys, k.done = all, !more
}

// frame returns logical frame n, or nil behind the last.
func (k *stack) frame(n int) *Frame {
	for len(k.frames) <= n {
		p := k.physical(k.built)
		if p == nil {
			return nil
		}
		k.add(p)
		k.built++
	}
	return k.frames[n]
}

// locate returns the physical frame of a logical one and how many of its logical frames are
// this one and outside of it.
func (k *stack) locate(n int) (physical, outer int) {
	f := k.frame(n)
	if f == nil {
		return len(k.phys), 0
	}
	return f.physical, f.outer
}

// add appends the logical frames of a physical one.
func (k *stack) add(p *physicalFrame) {
	im := k.s.image
	base := Frame{PC: p.pc, Lookup: p.lookup(), CFA: p.cfa, physical: k.built}
	if !p.guest() {
		base.Host = true
		base.Function = p.hostName(im)
		base.Short = base.Function
		k.append(base)
		return
	}
	f := im.function(base.Lookup)
	base.Index = f.Index
	base.Code, _ = wasmOffset(f, base.Lookup)
	base.Offset = im.module.FileOffset(base.Code)
	chain := im.chain(base.Lookup)
	if len(chain) == 0 {
		base.Function = fmt.Sprintf("wasm function %d", f.Index)
		if fn := im.table.Function(base.Lookup); fn != nil && fn.Name != "" {
			base.Function = fn.Name
		}
		base.Short = base.Function
		k.append(base)
		return
	}
	if k.built == 0 && k.s.shown > 0 && k.s.shown < len(chain) {
		chain = chain[len(chain)-k.s.shown:]
	}
	for i, fr := range chain {
		l := base
		l.Symbol = fr
		l.outer = len(chain) - i
		l.Inlined = fr.Inlined
		if !k.s.standsIn(fr.File) { // else its place in the code says more; see FrameText
			l.File, l.Line, l.Column = fr.File, fr.Line, fr.Column
		}
		if fr.Func != nil {
			l.Function, l.Short = fr.Func.Name, fr.Func.Short
		}
		if l.Function == "" {
			l.Function = fmt.Sprintf("wasm function %d", f.Index)
		}
		if l.Short == "" {
			l.Short = l.Function
		}
		k.append(l)
	}
}

func (k *stack) append(f Frame) {
	f.Level = len(k.frames)
	k.frames = append(k.frames, &f)
}

// OuterFrames returns the n outermost logical frames, or all if there are fewer.
func (s *Session) OuterFrames(n int) (frames []*Frame, err error) {
	err = s.whileStopped(func() error {
		k := s.stackNow()
		total := k.countPhysical()
		first, have := total, 0
		for first > 0 && have < n {
			first--
			have += k.logical(k.phys[first])
		}
		if first <= k.built || first < 64 { // near enough to build them all
			for k.frame(len(k.frames)) != nil {
			}
			frames = k.frames[max(len(k.frames)-n, 0):]
			return nil
		}
		level := 0
		for i, p := range k.phys[:first] {
			if i == 0 && s.shown > 0 {
				level += min(s.shown, k.logical(p))
				continue
			}
			level += k.logical(p)
		}
		bottom := &stack{s: s, built: first}
		for _, p := range k.phys[first:] {
			bottom.add(p)
			bottom.built++
		}
		for i, f := range bottom.frames {
			f.Level = level + i
		}
		frames = bottom.frames[max(len(bottom.frames)-n, 0):]
		return nil
	})
	return frames, err
}

// logical counts the logical frames of a physical one.
func (k *stack) logical(p *physicalFrame) int {
	if !p.guest() {
		return 1
	}
	return max(len(k.s.image.chain(p.lookup())), 1)
}

// countPhysical unwinds to the end.
func (k *stack) countPhysical() int {
	for !k.done {
		k.unwind(2*len(k.phys) + 16)
	}
	return len(k.phys)
}

// mark finds the frames of panic machinery when the innermost one is of that kind.
func (k *stack) mark() {
	if f := k.frame(0); k.marked || f == nil {
		return
	}
	k.marked = true
	k.frame(machineryDepth)
	markMachinery(k.frames)
}

// topFrame returns the innermost logical frame.
func (s *Session) topFrame() *Frame {
	k := s.stackNow()
	f := k.frame(0)
	if f != nil && (f.Machinery || isMachinery(f.Function)) {
		k.mark()
	}
	return f
}

// levelsAt returns the logical frames at pc, with what begins there if it is a statement.
func (im *image) levelsAt(pc abi.TextOffset) []level {
	if at := statementAt(im.functionStatements(pc), pc); at != nil {
		return at.levels
	}
	return im.levelsIn(pc)
}

// Frames returns count logical frames from level start, and whether there are more. Only
// as many as asked for are unwound.
func (s *Session) Frames(start, count int) (frames []*Frame, more bool, err error) {
	return s.ThreadFrames(0, start, count)
}

// Frame returns one logical frame.
func (s *Session) Frame(level int) (*Frame, error) {
	var f *Frame
	err := s.whileStopped(func() (err error) {
		f, err = s.frameAt(level)
		return err
	})
	return f, err
}

func (s *Session) frameAt(level int) (*Frame, error) {
	k := s.stackNow()
	if level < 0 || k.frame(level) == nil {
		return nil, fmt.Errorf("there is no frame %d", level)
	}
	return k.frame(level), nil
}

// Registers returns the general registers of the innermost frame, in the machine's usual order.
func (s *Session) Registers() ([]Register, error) {
	var list []Register
	err := s.whileStopped(func() error {
		m := machineFor(s.image.object.Map.Target.Machine)
		if m == nil {
			return fmt.Errorf("no register names for ELF machine %d", s.image.object.Map.Target.Machine)
		}
		p := s.stackNow().physical(0)
		for _, r := range m.registers() {
			v, _ := p.register(r)
			list = append(list, Register{Name: m.registerName(r), Value: v})
		}
		return nil
	})
	return list, err
}

// Register is a register's name and value.
type Register struct {
	Name  string
	Value uint64
}
