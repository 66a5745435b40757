package debugger

import (
	"fmt"
	"slices"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
	"sphex/runtime"
)

// A watchpoint is a breakpoint on data. What it watches is an expression's place in linear memory, and
// the memory that led there (the pointer of p->x); the runtime reports who accesses it. A value that
// is in no memory, in a wasm local or computed from several, can only change while its own function runs:
// it is looked at again at each statement of that.
//
// An expression with a local belongs to a frame, which its CFA names. When that has returned,
// the watchpoint is over.

// WatchKind says which accesses stop the program.
type WatchKind = runtime.WatchKind

// Kinds of watchpoints.
const (
	WatchWrite  = runtime.WatchWrite  // that change the value
	WatchRead   = runtime.WatchRead   // that read
	WatchAccess = runtime.WatchAccess // both
)

// WatchSpec is what a user wants to watch: an expression in a frame, or a range of linear memory.
type WatchSpec struct {
	Expr    string
	Level   int // the frame that Expr belongs to
	Kind    WatchKind
	Address bool // the place that Expr has now, whatever becomes of its frame
	Pages   bool // protect pages even where a debug register would do
	Addr    wasm.MemAddr
	Len     uint64 // not 0: Addr and Len are watched, and not Expr
	// Shown, if not nil, is the variable that lies at Addr: Len bytes are shown as its value, by its name.
	Shown *value.Variable
}

// String renders what is watched.
func (w *WatchSpec) String() string {
	switch {
	case w.Shown != nil && w.Shown.EvalName != "":
		return w.Shown.EvalName
	case w.Shown != nil:
		return w.Shown.Name
	case w.Len > 0:
		return fmt.Sprintf("*%#x:%d", uint64(w.Addr), w.Len)
	}
	return w.Expr
}

// WatchInfo is what there is to say about a watchpoint.
type WatchInfo struct {
	WatchSpec
	Where string // what is watched, and how
	Scope string // the function whose frame it ends with; "": none
	Value string // as it was when somebody last looked
}

// watch is the session's own form of a watchpoint.
type watch struct {
	b     *breakpoint
	expr  *value.Expr
	sym   *symbols.Frame  // of the logical frame that it was set in
	v     *value.Variable // in memory; nil if the value is in none
	last  string
	bytes []byte // of a value that is in no memory, when somebody last looked

	base       abi.Addr        // of linear memory in the run that ranges and v are of
	stale      bool            // that run is over
	im         *image          // of the program that it was set in
	seen       abi.TextOffset  // the statement that looked last
	ranges     []runtime.Watch // the first is the value's own if v is not nil
	cfa        abi.Addr        // of the frame that it belongs to; 0: none
	thread     *thread         // whose frame that is; nil: there is one thread
	back       abi.TextOffset  // where that returns to, if to code of the guest
	outer      abi.Addr        // CFA of the frame there
	statements []abi.TextOffset
}

// SetWatch adds a watchpoint. Of spec, conditions, Temporary and Disabled count.
func (s *Session) SetWatch(what WatchSpec, spec BreakpointSpec) (Breakpoint, error) {
	b := &breakpoint{Breakpoint: Breakpoint{BreakpointSpec: spec, Watch: &WatchInfo{WatchSpec: what}}}
	if err := b.parse(); err != nil {
		return Breakpoint{}, err
	}
	if spec.LogMessage != "" {
		return Breakpoint{}, fmt.Errorf("a watchpoint prints no message")
	}
	var result Breakpoint
	err := s.whileReady(func() error {
		if s.program.core != nil {
			return errCore
		}
		if s.severalThreads() && !s.program.watchesThreads() {
			return fmt.Errorf("%s can't be watched: %w", what.String(), errThreads)
		}
		w, err := s.newWatch(b)
		if err != nil {
			return err
		}
		b.watch = w
		if s.State() != Loaded { // else it is done when the program is about to run
			if err := s.program.instance.SetWatches(append(s.watchRanges(), w.ranges...)); err != nil {
				return fmt.Errorf("%s can't be watched: %w", what.String(), err)
			}
		}
		s.lastID++
		b.ID = s.lastID
		for i := range w.ranges {
			w.ranges[i].ID = b.ID
		}
		s.breakpoints = append(s.breakpoints, b)
		s.armWatches()
		result = b.Breakpoint
		return nil
	})
	return result, err
}

// newWatch finds out what is to be watched.
func (s *Session) newWatch(b *breakpoint) (*watch, error) {
	base, size := s.program.memory()
	w, info := &watch{b: b, base: base, im: s.image}, b.Watch
	if info.Len > 0 {
		if uint64(info.Addr) > size || info.Len > size-uint64(info.Addr) {
			return nil, fmt.Errorf("%s is outside of the linear memory of %#x bytes", info.WatchSpec.String(), size)
		}
		w.ranges = []runtime.Watch{{Addr: base + abi.Addr(info.Addr), Len: info.Len, Kind: info.Kind, Pages: s.cfg.WatchPages || info.Pages}}
		info.Where = fmt.Sprintf("%s of linear memory at %#x", count(int(info.Len), "byte"), uint64(info.Addr))
		w.v = info.Shown
		w.look(s)
		return w, nil
	}
	var err error
	if w.expr, err = value.Parse(info.Expr); err != nil {
		return nil, err
	}
	if s.State() == Loaded {
		return w, w.locateStatic(s)
	}
	f, err := s.frameAt(info.Level)
	if err != nil {
		return nil, err
	}
	w.sym = f.Symbol
	if !info.Address && !s.isStatic(w.expr, f) {
		w.belong(s, f)
		if out := s.stackNow().physical(f.physical + 1); out != nil && out.Host == nil {
			w.back, w.outer = out.pc, out.cfa
		}
	}
	registers, err := w.locate(s, s.stackNow().physical(f.physical), f.physical)
	if err != nil {
		return nil, err
	}
	if w.v != nil {
		return w, nil
	}
	if info.Address || info.Kind != WatchWrite {
		return nil, fmt.Errorf("%s is in no memory: only its changes can be watched", info.Expr)
	}
	if p := s.stackNow().physical(f.physical); registers || w.cfa != 0 && p.guest() {
		if w.cfa == 0 {
			w.belong(s, f)
		}
		w.seen = p.pc
		for _, st := range s.image.functionStatements(p.pc) {
			w.statements = append(w.statements, st.text)
		}
		info.Where = fmt.Sprintf("looked at by each statement of %s", f.Short)
	} else if len(w.ranges) == 0 {
		return nil, fmt.Errorf("%s never changes", info.Expr)
	}
	return w, nil
}

// belong makes the watchpoint one of a frame.
func (w *watch) belong(s *Session, f *Frame) {
	w.cfa, w.b.Watch.Scope = f.CFA, f.Short
	if t := s.program.threads; t != nil {
		w.thread = t.at
	}
}

// here tells whether the watchpoint's frame is none, or one of the thread that the session looks at.
func (w *watch) here(s *Session) bool {
	return w.thread == nil || w.thread == s.program.threads.at
}

// isStatic tells whether an expression means the same in all frames.
func (s *Session) isStatic(e *value.Expr, f *Frame) bool {
	scope := s.scope(f)
	scope.Sym = nil
	outer, err := scope.EvalExpr(e)
	if err != nil {
		return false
	}
	inner, err := s.scope(f).EvalExpr(e)
	if err != nil {
		return false
	}
	a, ok := inner.NativeAddr()
	b, same := outer.NativeAddr()
	return ok == same && a == b && inner.Err() == nil
}

// maxChain bounds the places in memory that a watchpoint's expression may depend on.
const maxChain = 64

// locate evaluates the expression in a frame, and finds the memory that it depends on. registers says that it
// depends on more than memory.
func (w *watch) locate(s *Session, p *physicalFrame, level int) (registers bool, err error) {
	frame := &watchFrame{valueFrame: valueFrame{s: s, epoch: s.epoch.Load(), p: p, level: level}}
	frame.base, frame.size = s.program.memory()
	scope := &value.Scope{Table: s.image.table, Types: s.image.types, Frame: frame, Sym: w.sym, Macros: s.macrosFor(w.sym)}
	v, err := scope.EvalExpr(w.expr)
	if err == nil && v.Unreadable != nil {
		err = v.Unreadable
	}
	if err != nil {
		return false, err
	}
	info := w.b.Watch
	w.v, w.ranges = nil, nil
	addr, inMemory := v.NativeAddr()
	size := uint64(max(v.Size(), 0))
	if inMemory && !frame.linear(addr, size) {
		inMemory, frame.registers = false, true // a slot of the frame
	}
	if inMemory && size == 0 {
		return false, fmt.Errorf("%s has no bytes", info.Expr)
	}
	if inMemory {
		w.v = v.Again(&valueFrame{s: s, epoch: frame.epoch, p: p, level: level}, 0)
		w.ranges = []runtime.Watch{{Addr: addr, Len: size, Kind: info.Kind}}
		info.Where = fmt.Sprintf("%s of linear memory at %#x", count(int(size), "byte"), uint64(addr-frame.base))
	} else {
		if w.bytes, err = v.Bytes(); err != nil {
			return false, err
		}
		info.Where = "the memory that it is computed from"
	}
	if !info.Address && len(frame.reads) <= maxChain {
		for _, r := range frame.reads {
			if !inMemory || r.Addr+abi.Addr(r.Len) <= addr || r.Addr >= addr+abi.Addr(size) {
				w.ranges = append(w.ranges, r)
			}
		}
	}
	for i := range w.ranges {
		w.ranges[i].ID, w.ranges[i].Pages = w.b.ID, s.cfg.WatchPages || info.Pages
	}
	w.last = v.String()
	info.Value = w.last
	return frame.registers, nil
}

// look renders the present value. It reports whether the value is another than last time.
func (w *watch) look(s *Session) bool {
	info := w.b.Watch
	before := w.last
	switch {
	case info.Len > 0 && w.v == nil:
		b := make([]byte, min(info.Len, 32))
		if s.program.read(w.ranges[0].Addr, b) != nil {
			return false
		}
		w.last = strings.TrimSpace(fmt.Sprintf("% x", b))
		if info.Len > uint64(len(b)) {
			w.last += " …"
		}
	case w.v != nil:
		w.v = w.v.Again(&valueFrame{s: s, epoch: s.epoch.Load(), p: s.innermost()}, 0)
		w.last = w.v.String()
	}
	info.Value = w.last
	return w.last != before
}

// again evaluates the expression anew in its frame, which the present stop may have further out.
// It reports whether the value is another than last time.
func (w *watch) again(s *Session) bool {
	p, level := s.innermost(), 0
	if w.cfa != 0 {
		p, level = s.frameWithCFA(w.cfa)
	}
	if p == nil {
		return false
	}
	text, bytes, ranges, v := w.last, w.bytes, w.ranges, w.v
	if _, err := w.locate(s, p, level); err != nil { // it has no value here
		w.last, w.bytes, w.ranges, w.v = text, bytes, ranges, v
		return false
	}
	if !slices.Equal(ranges, w.ranges) {
		s.watchesChanged = true
	}
	return w.last != text || !slices.Equal(bytes, w.bytes)
}

// watchFrame notes what an evaluation reads.
type watchFrame struct {
	valueFrame
	base      abi.Addr
	size      uint64
	reads     []runtime.Watch
	registers bool // it read something else than linear memory
}

func (f *watchFrame) linear(a abi.Addr, n uint64) bool {
	return a >= f.base && uint64(a-f.base) <= f.size && n <= f.size-uint64(a-f.base)
}

func (f *watchFrame) Register(r codemap.Reg) ([]byte, error) {
	if t := &f.s.image.object.Map.Target; r != t.Memory && r != t.Context {
		f.registers = true
	}
	return f.valueFrame.Register(r)
}

func (f *watchFrame) ReadNative(a abi.Addr, b []byte) error {
	r := runtime.Watch{Addr: a, Len: uint64(len(b))}
	switch {
	case !f.linear(a, r.Len):
		f.registers = true
	case !slices.Contains(f.reads, r) && len(f.reads) <= maxChain && r.Len > 0:
		f.reads = append(f.reads, r)
	}
	return f.valueFrame.ReadNative(a, b)
}
