package runtime

import (
	"fmt"
	"slices"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/native"
)

// This file is the way of a watched access: from the signal that it causes to the stop.

// watching returns what the thread watches, nil if nothing.
func (a *activation) watching() *watchSet {
	if d := a.thread.debug.Load(); d != nil && d.watch != nil && len(d.watch.list) > 0 {
		return d.watch
	}
	return nil
}

// enter runs guest code, with the watches armed, and sees to it that changes of the text are seen.
func (a *activation) enter(stub native.Stub) {
	if w := a.watching(); w != nil {
		w.arm()
	}
	m := a.in.mod
	if !m.unseen.Load() {
		a.in.run(stub)
		return
	}
	switch stub {
	case native.StubResume:
		stub = native.StubStep
	case native.StubEnter, native.StubReturn:
		native.SyncCores()
	}
	a.in.run(stub)
	if a.in.ctx.Reason != abi.ReasonRetry {
		m.unseen.Store(false)
	}
}

// openWatched lets Go code read what is watched, and write if it says so.
func (a *activation) openWatched(write bool) {
	if w := a.watching(); w != nil {
		w.open(write)
	}
}

// watchSignal serves a signal if an access of something watched caused it, or if it comes behind
// such an access.
func (a *activation) watchSignal() (stub native.Stub, err error, ok bool) {
	w, c := a.watching(), a.in.ctx
	if c.Sig == native.SigSegv {
		if m := a.in.sharedAt(abi.Addr(c.Fault)); m != nil {
			stub, err = a.accessed(w, m)
			return stub, err, true
		}
	}
	if w == nil {
		return 0, nil, false
	}
	var hits []WatchHit
	if c.Sig == native.SigTrap {
		w.open(false) // a debug register's bytes may be on a page that another watch has closed
	}
	switch {
	case c.Sig == native.SigSegv && w.covers(abi.Addr(c.Fault)):
		stub, err = a.accessed(w, nil)
		return stub, err, true
	case c.Sig == native.SigTrap && int64(c.Code) == native.TrapPerf:
		hits = w.trapped(c.PerfData, a.before())
		if len(hits) == 0 {
			if a.goesOn() {
				return a.again(), nil, true
			}
			stub, err = a.stepped()
			return stub, err, true
		}
	case c.Sig == native.SigTrap && int64(c.Code) == native.TrapTrace:
		// Of two traps of one instruction, the kernel may keep only this one.
		if hits = w.trapped(^uint64(0), a.before()); len(hits) == 0 {
			return 0, nil, false
		}
	default:
		return 0, nil, false
	}
	stub, err = a.watchStop(a.behindRoutine(w, hits))
	return stub, err, true
}

// before is an address in the instruction that has just run.
func (a *activation) before() abi.TextOffset {
	pc, ok := a.in.mod.TextOffset(abi.Addr(a.in.ctx.PC) - 1)
	if !ok {
		return 0
	}
	return pc
}

// here is where the guest stands, 0 if not in its text.
func (a *activation) here() abi.TextOffset {
	pc, _ := a.in.mod.TextOffset(abi.Addr(a.in.ctx.PC))
	return pc
}

// accessed carries out the instruction that stands before an access of a closed page, and serves what
// comes of it. m is the memory if that is mapped twice.
func (a *activation) accessed(w *watchSet, m *Memory) (native.Stub, error) {
	in, c := a.in, a.in.ctx
	start, fault, write := c.PC, abi.Addr(c.Fault), native.IsWrite(c.ErrCode)
	pc, ok := in.mod.TextOffset(abi.Addr(start))
	if !ok {
		return a.fault()
	}
	var hits []WatchHit
	if w != nil {
		w.open(true)
	}
	if m != nil {
		if hits, ok = a.stepShared(m, pc); !ok {
			return a.again(), nil
		}
	} else {
		var code [native.MaxInstruction]byte
		size := native.AccessSize(code[:in.mod.ReadText(pc, code[:])])
		a.stepOne(pc)
		if c.PC != start || c.Reason == abi.ReasonSignal && c.Sig == native.SigTrap {
			hits = touched(w.list, fault, size, write, pc)
		}
	}
	if len(hits) > 0 && (c.Reason != abi.ReasonSignal || c.Sig == native.SigTrap || c.Sig == native.SigUrgent) {
		if c.Reason == abi.ReasonSignal && c.Sig == native.SigUrgent {
			native.PreemptPoint()
		}
		return a.watchStop(a.behindRoutine(w, hits))
	}
	switch {
	case c.Reason == abi.ReasonSignal && c.Sig == native.SigUrgent, c.Reason == abi.ReasonRetry:
		native.PreemptPoint()
		if atomic.LoadUint32(&c.Pause) != 0 {
			return a.attend()
		}
		return a.again(), nil
	case c.Reason == abi.ReasonSignal && c.Sig == native.SigTrap:
		if atomic.LoadUint32(&c.Pause) != 0 && a.goesOn() {
			return a.attend()
		}
		return a.stepped()
	case c.Reason == abi.ReasonSignal:
		return a.signalled()
	}
	return a.serve(native.StubStep)
}

// behindRoutine lets a routine of the compiler's, which may write the watched bytes piece by piece, come to its
// end: for a user it is one instruction.
func (a *activation) behindRoutine(w *watchSet, hits []WatchHit) []WatchHit {
	in, c := a.in, a.in.ctx
	pc, _ := in.mod.TextOffset(abi.Addr(c.PC))
	t := in.mod.ThunkAt(pc)
	if t == nil || t.Kind != codemap.RoutineThunk {
		return hits
	}
	if w != nil {
		w.open(true)
	}
	lo, hi := uint64(in.mod.addr(t.Text)), uint64(in.mod.addr(t.TextEnd))
	for c.PC >= lo && c.PC < hi {
		c.Flags |= native.TrapFlag
		c.StepOut, c.StepLo, c.StepHi = 0, lo, hi
		in.run(native.StubStep)
		c.Flags &^= native.TrapFlag
		if c.Reason == abi.ReasonSignal && c.Sig == native.SigTrap {
			continue
		}
		if c.Reason == abi.ReasonSignal && c.Sig == native.SigSegv {
			if m, at := in.sharedAt(abi.Addr(c.Fault)), a.here(); m != nil && at != 0 {
				more, _ := a.stepShared(m, at)
				hits = append(hits, more...)
				if c.Reason == abi.ReasonSignal && c.Sig == native.SigTrap {
					continue
				}
			}
		}
		native.PreemptPoint()
		if atomic.LoadUint32(&c.Pause) != 0 || c.Reason == abi.ReasonSignal && c.Sig != native.SigUrgent {
			return hits // the rest is found by what comes next
		}
	}
	at := a.before()
	rest := a.writtenShared(at)
	if w != nil {
		rest = append(rest, written(w.list, at)...)
	}
	for _, more := range rest {
		if !slices.ContainsFunc(hits, func(h WatchHit) bool { return h.ID == more.ID }) {
			hits = append(hits, more)
		}
	}
	for i := range hits {
		hits[i].At = at
	}
	return hits
}

// stepOne runs the instruction at pc, whatever breakpoint stands there.
func (a *activation) stepOne(pc abi.TextOffset) {
	in, c := a.in, a.in.ctx
	p := in.patchAt(pc)
	if p.patched && p.nop == 0 && c.PC == uint64(in.mod.addr(pc)) { // else it stands in a copy
		in.mod.stepMu.Lock()
		defer in.mod.stepMu.Unlock()
		in.mod.text.SetByte(pc, p.orig)
		defer in.mod.rearm(pc)
	}
	c.Flags |= native.TrapFlag
	c.StepOut, c.StepLo, c.StepHi = 0, 0, 0
	in.run(native.StubStep)
	c.Flags &^= native.TrapFlag
}

// watchStop reports accesses. The guest stands behind them.
func (a *activation) watchStop(hits []WatchHit) (native.Stub, error) {
	th := a.thread
	s := &Stop{Reason: StopWatch, Watched: hits}
	d := th.debug.Load()
	if d == nil { // it has just left
		return a.resumed()
	}
	if f := d.in.onWatch; f != nil && a.plan() == nil {
		a.openWatched(true)
		s.Instance = a.in
		s.PC, _ = a.in.mod.TextOffset(abi.Addr(a.in.ctx.PC))
		d.standing.Store(a)
		stop := f(s)
		d.standing.Store(nil)
		if !stop {
			if err := th.killError(); err != nil {
				return 0, err
			}
			return a.again(), nil
		}
	}
	if err := a.stop(s); err != nil {
		return 0, err
	}
	return a.resumed()
}

// hostTouched looks what a host function or a builtin has written and read. ok is false if nothing.
func (a *activation) hostTouched(n uint32) (stub native.Stub, err error, ok bool) {
	w, in := a.watching(), a.in
	if w == nil && !in.watchesShared() {
		return 0, nil, false
	}
	pc, _ := in.mod.TextOffset(abi.Addr(*native.Word(abi.Addr(in.ctx.HostSP))) - 1)
	hits := a.sharedByHost(pc, in.hostName(n))
	if w != nil {
		hits = append(hits, byHost(w.list, pc, in.hostName(n))...)
	}
	if len(hits) == 0 {
		return 0, nil, false
	}
	in.ctx.StepOut = 0
	in.materialize(native.StubReturn)
	stub, err = a.watchStop(hits)
	return stub, err, true
}

var builtinNames = map[uint32]string{
	abi.HostMemoryGrow: "memory.grow", abi.HostMemoryInit: "memory.init", abi.HostMemoryCopy: "memory.copy",
	abi.HostMemoryFill: "memory.fill", abi.HostForeignCall: "a call of another instance",
}

// hostName names what a host call does.
func (in *Instance) hostName(n uint32) string {
	if n < abi.HostBuiltin {
		if int(n) < len(in.imports) {
			if name := in.imports[n].Name(); name != "" {
				return name
			}
		}
		return fmt.Sprintf("import %d", n)
	}
	if name := builtinNames[n]; name != "" {
		return name
	}
	return fmt.Sprintf("builtin %#x", n)
}
