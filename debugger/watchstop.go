package debugger

import (
	"fmt"
	"path"
	"slices"

	"sphex/aot/abi"
	"sphex/debugger/value"
	"sphex/runtime"
)

// Place is where something happened, in the terms of the source.
type Place struct {
	Function string
	File     string // "" if there is no source
	Line     int
	Column   int
	Code     string // "at offset 0x1234 of function 7", where there is no source
	Host     string // what it was, if it was not the program: a host function, an instruction
	Thread   int    // whose, if the program has several; else 0
}

func (p *Place) String() string {
	at := p.Code
	if p.File != "" {
		at = fmt.Sprintf("%s:%d", path.Base(p.File), p.Line)
		if p.Column > 0 {
			at += fmt.Sprintf(":%d", p.Column)
		}
	}
	if p.Function != "" {
		at += " in " + BriefName(p.Function)
	}
	if p.Thread != 0 {
		at += fmt.Sprintf(", thread %d", p.Thread)
	}
	if p.Host != "" {
		return fmt.Sprintf("%s, called by %s", p.Host, at)
	}
	return at
}

// placeOf describes the instruction at text; where that is no function's, the frame that called it.
func (s *Session) placeOf(text abi.TextOffset, host string) *Place {
	p := &Place{Host: host}
	if s.severalThreads() {
		p.Thread = s.threadNumber()
	}
	f := s.image.function(text)
	for k := 0; f == nil; k++ {
		fr := s.stackNow().physical(k)
		if fr == nil {
			return p
		}
		if fr.guest() {
			text = fr.lookup()
			f = s.image.function(text)
		}
	}
	if chain := s.image.table.Frames(text); len(chain) > 0 && !s.standsIn(chain[0].File) {
		at := chain[0]
		p.File, p.Line, p.Column = at.File, at.Line, at.Column
		if at.Func != nil {
			p.Function = at.Func.Name
		}
	}
	if p.File == "" {
		code, _ := wasmOffset(f, text)
		p.Code = fmt.Sprintf("offset %#x of wasm function %d", uint32(s.image.module.FileOffset(code)), f.Index)
	}
	if p.Function == "" {
		if fn := s.image.table.Function(text); fn != nil {
			p.Function = fn.Name
		}
	}
	return p
}

// watchRanges lists what the runtime is to watch.
func (s *Session) watchRanges() (list []runtime.Watch) {
	for _, b := range s.breakpoints {
		if b.watch != nil && !b.Disabled {
			list = append(list, b.watch.ranges...)
		}
	}
	return list
}

// armWatches makes the traps of watchpoints those of the enabled ones. The runtime learns of the rest at the
// next resume.
func (s *Session) armWatches() {
	clear(s.watchTraps)
	for _, b := range s.breakpoints {
		w := b.watch
		if w == nil || b.Disabled {
			continue
		}
		if w.back != 0 {
			s.watchTraps[w.back] = append(s.watchTraps[w.back], w)
		}
		for _, text := range w.statements {
			if text != w.back {
				s.watchTraps[text] = append(s.watchTraps[text], w)
			}
		}
	}
	s.watchesChanged = true
	if s.program != nil && s.traps != nil {
		setTraps(s.traps, watchTraps, s.watchTraps)
	}
}

// applyWatches tells the runtime what to watch, when the program is about to run.
func (s *Session) applyWatches() {
	if !s.watchesChanged {
		return
	}
	base, _ := s.program.memory()
	for _, b := range slices.Clone(s.breakpoints) {
		switch w := b.watch; {
		case w == nil || !w.stale:
		case w.im != s.image: // the program's file has changed
			s.remove(b.ID)
			s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
		default:
			w.move(s, base)
		}
	}
	list := s.watchRanges()
	if err := s.program.instance.SetWatches(list); err == nil || len(list) == 0 {
		s.watchesChanged = false
	}
}

// move makes the watchpoint one of another run, whose memory is elsewhere.
func (w *watch) move(s *Session, base abi.Addr) {
	by := base - w.base
	w.base, w.stale = base, false
	for i := range w.ranges {
		w.ranges[i].Addr += by
	}
	if w.v != nil {
		w.v = w.v.Again(nil, by)
	}
	if w.im != s.image { // what is shown there is of a program that has changed
		w.b.Watch.Shown = nil
		if w.b.Watch.Len > 0 {
			w.v = nil
		}
	}
	w.look(s)
}

// endWatchesOf forgets the watchpoints that belong to frames of a thread which has ended.
func (s *Session) endWatchesOf(t *thread) {
	for _, b := range slices.Clone(s.breakpoints) {
		if b.watch != nil && b.watch.thread == t {
			s.remove(b.ID)
			s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
		}
	}
}

// endWatches forgets the watchpoints that belong to frames of a run which is over.
func (s *Session) endWatches() {
	for _, b := range slices.Clone(s.breakpoints) {
		if b.watch == nil {
			continue
		}
		b.watch.stale = true
		if b.watch.cfa != 0 {
			s.remove(b.ID)
			s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
		}
	}
	s.watchesChanged = true
}

// filterWatched decides whether accesses of watched memory stop the program. It runs where filter does.
func (s *Session) filterWatched(ev *runtime.Stop) (stop bool) {
	s.memory.Unlock()
	defer s.memory.Lock()
	s.stack, s.topRead = nil, false
	s.hit = hit{}
	for i := range ev.Watched {
		if b := s.breakpointByID(ev.Watched[i].ID); b != nil && b.calls { // see filter
			return true
		}
	}
	if reasons := s.watched(ev); len(reasons) > 0 {
		if s.traps.planted[ev.PC] != 0 {
			s.decide(ev.PC)
		}
		s.hit.decided, s.hit.reasons = true, append(reasons, s.hit.reasons...)
	}
	s.applyWatches()
	return len(s.hit.reasons) > 0
}

// watchStop carries out a stop of the runtime's that accesses of watched memory made; nil: go on.
func (s *Session) watchStop(ev *runtime.Stop, stepping bool) *Stop {
	if !s.hit.decided {
		s.deciding = true
		s.hit = hit{decided: true, reasons: s.watched(ev)}
		s.deciding = false
	}
	if stepping && s.stepsHere() {
		s.deciding = true
		more, shown := s.checkBreakpoints(ev.PC)
		s.deciding = false
		s.hit.reasons, s.shown = append(s.hit.reasons, more...), shown
		if s.current.instruction {
			return &Stop{Reasons: append(s.hit.reasons, Reason{Kind: ReasonStep})}
		}
		s.entered(s.current, ev.PC)
	}
	if len(s.hit.reasons) > 0 {
		return &Stop{Reasons: s.hit.reasons}
	}
	return nil
}

// watched finds the watchpoints that accesses of memory make stop.
func (s *Session) watched(ev *runtime.Stop) (reasons []Reason) {
	seen := map[int]bool{}
	for i := range ev.Watched {
		h := &ev.Watched[i]
		b := s.breakpointByID(h.ID)
		if b == nil || b.watch == nil || seen[h.ID] {
			continue
		}
		seen[h.ID] = true
		w, old := b.watch, b.watch.last
		changed := false
		switch {
		case !w.here(s) && w.v == nil: // its own thread will find out
		case w.here(s) && (w.v == nil && b.Watch.Len == 0 || len(w.ranges) > 1):
			changed = w.again(s)
		default:
			changed = w.look(s)
		}
		if !changed && b.Watch.Kind == WatchWrite && (w.v == nil || len(w.ranges) > 1) {
			continue
		}
		if r, ok := s.watchReason(w, old); ok {
			r.Place, r.Wrote = s.placeOf(h.At, h.Host), h.Wrote
			reasons = append(reasons, r)
		}
	}
	return reasons
}

// watchReason counts a hit. ok is false if it does not stop the program.
func (s *Session) watchReason(w *watch, old string) (r Reason, ok bool) {
	b := w.b
	if b.Thread != 0 && b.Thread != s.threadNumber() {
		return r, false
	}
	r = Reason{Kind: ReasonWatch, Breakpoint: b.ID, Old: old, New: w.last, Wrote: true, Text: b.Watch.String()}
	if b.cond != nil {
		scope := s.watchScope(w)
		truth := scope.Truth
		if s.deciding {
			truth = scope.TruthCalling
		}
		holds, err := truth(b.cond)
		switch {
		case err != nil:
			r.Problem = fmt.Errorf("condition %q: %w", b.Condition, err)
		case !holds:
			return r, false
		}
	}
	b.Hits++
	if r.Problem == nil && b.Ignore > 0 {
		b.Ignore--
		return r, false
	}
	if r.Problem == nil && !b.hit.holds(b.Hits) {
		return r, false
	}
	if b.Temporary {
		s.remove(b.ID)
		s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
	}
	return r, true
}

// watchScope is where a watchpoint's condition is evaluated: in its frame, or else in the present one.
func (s *Session) watchScope(w *watch) *value.Scope {
	if w.cfa != 0 && w.here(s) {
		if p, level := s.frameWithCFA(w.cfa); p != nil {
			frame := &valueFrame{s: s, epoch: s.epoch.Load(), p: p, level: level}
			return &value.Scope{Table: s.image.table, Types: s.image.types, Frame: frame, Sym: w.sym, Macros: s.macrosFor(w.sym)}
		}
	}
	return s.scope(s.topFrame())
}

// frameWithCFA finds a function's frame, and how far out it is; nil if it is not there.
func (s *Session) frameWithCFA(cfa abi.Addr) (p *physicalFrame, level int) {
	if p = s.innermost(); p != nil && p.guest() && p.cfa == cfa {
		return p, 0
	}
	for ; ; level++ {
		f := s.stackNow().physical(level)
		if f == nil || f.cfa > cfa {
			return nil, 0
		}
		if f.cfa == cfa && f.guest() {
			return f, level
		}
	}
}

// Change says in words what happened to the value.
func (r *Reason) Change() string {
	if !r.Wrote {
		return fmt.Sprintf("%s was read: %s", r.Text, r.New)
	}
	return fmt.Sprintf("%s changed from %s to %s", r.Text, r.Old, r.New)
}

// checkWatchTraps looks at the watchpoints with a trap at pc: values that may have changed by now,
// and frames that have returned.
func (s *Session) checkWatchTraps(pc abi.TextOffset) (reasons []Reason) {
	at := s.watchTraps[pc]
	if len(at) == 0 {
		return nil
	}
	cfa := s.cfaNow()
	for _, w := range slices.Clone(at) {
		if !w.here(s) {
			continue
		}
		if cfa > w.cfa && (pc == w.back && cfa == w.outer || cfa > w.outer) {
			s.remove(w.b.ID)
			s.emit(&BreakpointChanged{Breakpoint: w.b.Breakpoint, Removed: true})
			reasons = append(reasons, Reason{Kind: ReasonWatchEnd, Breakpoint: w.b.ID, Old: w.last, Text: w.b.Watch.String(), Place: &Place{Function: w.b.Watch.Scope}})
			continue
		}
		if cfa != w.cfa || !slices.Contains(w.statements, pc) {
			continue
		}
		old, before := w.last, w.seen
		w.seen = pc
		if !w.again(s) {
			continue
		}
		if r, ok := s.watchReason(w, old); ok {
			if before != 0 {
				r.Place = s.placeOf(before, "")
			}
			reasons = append(reasons, r)
		}
	}
	s.applyWatches()
	return reasons
}
