package runtime

import (
	"sort"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/runtime/native"
)

// A breakpoint from which the guest went on once becomes a call of the site stub, which
// comes to Go without a signal. The call takes more bytes than the site's nop: the instructions
// behind it run from a copy, the detour, from then on. It is the compiler that keeps branches and
// returns out of these bytes (codemap.SiteRoom); the debugger's own business is:
//
//   - Nobody stands inside of them when the call is written: the module has one instance, and
//     its thread is the one that is at the site.
//   - Who comes to stand there in the module's terms (a step, a changed program counter) goes on
//     in the copy: Module.physical.
//   - Whatever looks at an address of the copy sees the original's: Module.TextOffset.
//   - A breakpoint inside of them takes the call away.
//
// Copies stay for as long as the module does: frames may return into them. The same copies, of one
// instruction each, are how to go on from a breakpoint that stands at no site.

// detour is a copy of the instructions at a place.
type detour struct {
	addr  abi.Addr // of the copy
	moved []native.Moved
	size  abi.TextOffset            // bytes of the original that it has
	was   [native.SiteCallSize]byte // of the original, if there are as many
}

// mostDetoured is more than the bytes that a detour may have: four and the longest instruction.
const mostDetoured = 4 + 16

// padSize is how much room for copies is taken at a time.
const padSize = 64 << 10

// pad is a piece of executable memory with copies.
type pad struct {
	text *native.Text
	lo   abi.Addr
	used abi.TextOffset
	rows atomic.Pointer[[]padRow] // ascending; only ever appended to
}

// padRow says what the code of a pad from an offset on is.
type padRow struct {
	at   abi.TextOffset // in the pad
	of   abi.TextOffset // in the module's text
	back bool           // the jump back to it
}

// TextOffset converts an address in this process; ok is false if it is not in the text. An address in
// a copy of instructions stands for that of the original.
func (m *Module) TextOffset(a abi.Addr) (o abi.TextOffset, ok bool) {
	if d := a - m.text.Addr(); d < abi.Addr(m.cm.TextSize) {
		return abi.TextOffset(d), true
	}
	r, ok := m.padRowAt(a)
	return r.of, ok
}

func (m *Module) padRowAt(a abi.Addr) (r padRow, ok bool) {
	pads := m.pads.Load()
	if pads == nil {
		return r, false
	}
	for _, p := range *pads {
		if a < p.lo || a-p.lo >= padSize {
			continue
		}
		rows := *p.rows.Load()
		off := abi.TextOffset(a - p.lo)
		if i := sort.Search(len(rows), func(i int) bool { return rows[i].at > off }); i > 0 {
			return rows[i-1], true
		}
	}
	return r, false
}

// detourAt returns the copy of n bytes at least at pc, made when it is asked for first; nil if
// there can't be one. skip bytes are left out. m.mu is held.
func (m *Module) detourAt(pc abi.TextOffset, skip, n int) *detour {
	if d := m.detours[pc]; d != nil {
		return d // a place is always asked for in the same way
	}
	var code [mostDetoured + native.SiteCallSize]byte
	got := m.readText(pc, code[:])
	for {
		p := m.roomyPad()
		if p == nil {
			return nil
		}
		to := p.lo + abi.Addr(p.used)
		out, moved, err := native.Relocate(code[:got], skip, n, m.addr(pc), to)
		if err != nil {
			return nil
		}
		if int(p.used)+len(out) > padSize {
			p.used = padSize // the next one has room
			continue
		}
		p.text.Write(p.used, out)
		last := moved[len(moved)-1]
		d := &detour{addr: to, moved: moved, size: abi.TextOffset(last.From)}
		copy(d.was[:], code[:])
		rows := []padRow(nil)
		if r := p.rows.Load(); r != nil {
			rows = *r
		}
		for i, w := range moved {
			rows = append(rows, padRow{p.used + abi.TextOffset(w.To), pc + abi.TextOffset(w.From), i == len(moved)-1})
		}
		p.rows.Store(&rows)
		p.used += abi.TextOffset(len(out))
		m.detours[pc] = d
		return d
	}
}

// roomyPad returns a pad that is not full, nil if there is no more memory.
func (m *Module) roomyPad() *pad {
	var pads []*pad
	if p := m.pads.Load(); p != nil {
		pads = *p
	}
	if n := len(pads); n > 0 && pads[n-1].used < padSize {
		return pads[n-1]
	}
	text, err := native.MapText(make([]byte, padSize), m.private)
	if err != nil {
		return nil
	}
	p := &pad{text: text, lo: text.Addr()}
	p.rows.Store(&[]padRow{})
	pads = append(pads[:len(pads):len(pads)], p)
	m.pads.Store(&pads)
	return p
}

// unmapPads frees the copies with the module.
func (m *Module) unmapPads() {
	if pads := m.pads.Load(); pads != nil {
		for _, p := range *pads {
			p.text.Unmap()
		}
	}
}

// detoured returns the breakpoint whose call stands over pc. m.mu is held.
func (m *Module) detoured(pc abi.TextOffset) (site abi.TextOffset, ok bool) {
	if m.calls == 0 {
		return 0, false
	}
	for d := abi.TextOffset(1); d < mostDetoured && d <= pc; d++ {
		if p := m.patches[pc-d]; p != nil && p.call {
			return pc - d, p.detour.size > d
		}
	}
	return 0, false
}

// uncall makes an int3 of the call at pc. m.mu is held.
func (m *Module) uncall(pc abi.TextOffset) {
	p := m.patches[pc]
	was := p.detour.was
	was[0] = 0xcc
	m.text.ClearSiteCall(pc, was)
	p.call = false
	m.calls--
	m.generation.Add(1)
}

// physical returns where to go on for an address that a call may stand over.
func (m *Module) physical(a abi.Addr) abi.Addr {
	pc := abi.TextOffset(a - m.text.Addr())
	if a < m.text.Addr() || pc >= m.cm.TextSize {
		return a
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	site, ok := m.detoured(pc)
	if !ok {
		return a
	}
	d := m.patches[site].detour
	for _, w := range d.moved {
		if abi.TextOffset(w.From) == pc-site {
			return d.addr + abi.Addr(w.To)
		}
	}
	return a
}

// settle takes a program counter at the end of a copy back to the text: an instruction ends there, and
// the next one is the original's.
func (a *activation) settle() {
	c := a.in.ctx
	if a.in.mod.pads.Load() == nil {
		return
	}
	if r, ok := a.in.mod.padRowAt(abi.Addr(c.PC)); ok && r.back {
		c.PC = uint64(a.in.mod.addr(r.of))
	}
}

// aside returns where to go on behind a breakpoint at no site; 0 if that takes a step.
func (m *Module) aside(pc abi.TextOffset) abi.Addr {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.patches[pc]
	if p == nil || p.refused {
		return 0
	}
	if p.detour = m.detourAt(pc, 0, 1); p.detour == nil {
		p.refused = true
		return 0
	}
	return p.detour.addr
}

// hasten makes the breakpoint at pc, from which the guest goes on, a call if it can be one: at a stop site, or over
// an instruction that is large enough. The only thread that could run the module's text stands at
// pc, and goes on in the copy.
func (m *Module) hasten(pc abi.TextOffset) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.patches[pc]
	if p == nil || p.call || p.refused || m.live != 1 {
		return
	}
	n := codemap.SiteRoom
	if p.nop == 0 {
		n = 1
	}
	if p.detour = m.detourAt(pc, int(p.nop), n); p.detour == nil {
		p.refused = true
		return
	}
	if p.detour.size < native.SiteCallSize {
		return
	}
	for d := abi.TextOffset(1); d < p.detour.size; d++ {
		if m.patches[pc+d] != nil {
			return
		}
	}
	if _, under := m.detoured(pc); under {
		return
	}
	p.call = true
	m.calls++
	m.text.SetSiteCall(pc)
	m.generation.Add(1)
}

// Hit is a guest at a breakpoint, as a hook sees it. It is only good during the call of the hook.
type Hit struct {
	Instance *Instance
	PC       abi.TextOffset
	ctx      *abi.Context
}

// HitHere is what a hook would see of the guest, which stands at a stop; ok is false if it does not
// stand in this instance.
func (in *Instance) HitHere() (h Hit, ok bool) {
	a, err := in.standing()
	if err != nil || a.in != in {
		return h, false
	}
	pc, ok := in.mod.TextOffset(abi.Addr(in.ctx.PC))
	return Hit{in, pc, in.ctx}, ok
}

// General returns the general registers by the processor's numbers; see native.GeneralIndex.
func (h *Hit) General() *[16]uint64 { return &h.ctx.Regs }

// Vector returns the vector registers.
func (h *Hit) Vector() *[16][2]uint64 { return &h.ctx.XMM }

// SP returns the stack pointer.
func (h *Hit) SP() abi.Addr { return abi.Addr(h.ctx.SP) }

// Flags returns the processor's flags.
func (h *Hit) Flags() uint64 { return h.ctx.Flags }

// Memory returns linear memory 0, empty if there is none, and where it is.
func (h *Hit) Memory() (base abi.Addr, b []byte) {
	if len(h.Instance.memories) == 0 {
		return 0, nil
	}
	m := h.Instance.memories[0]
	return m.desc.Base, m.All()
}

// Stack returns the guest's stack and where it is.
func (h *Hit) Stack() (base abi.Addr, b []byte) {
	base = h.Instance.stack.Lo + native.GuardSize
	return base, native.Bytes(base, uint64(h.Instance.stack.Hi-base))
}

// Context returns the instance's context, with its globals, and where it is.
func (h *Hit) Context() (base abi.Addr, b []byte) {
	return h.Instance.addr, native.Bytes(h.Instance.addr, uint64(h.Instance.mod.layout.Size))
}

// GeneralIndex returns the index in what General returns of a register by its DWARF number; ok is
// false for one that is not there.
func GeneralIndex(r codemap.Reg) (i int, ok bool) {
	if r >= 16 {
		return 0, false
	}
	return native.GeneralIndex(uint8(r)), true
}

// siteCache is what an activation knows of the call-patched site that it came to last.
type siteCache struct {
	ret        uint64 // return address of the call
	generation uint32
	known      bool
	mine       bool
	pc         abi.TextOffset
	nop        uint8
	copy       abi.Addr
	hook       func(*Hit) bool
}

// lookup fills the cache for the call that returns to ret; false if there is none any more.
func (f *siteCache) lookup(in *Instance, ret uint64, generation uint32) bool {
	m := in.mod
	pc, _ := m.TextOffset(abi.Addr(ret) - native.SiteCallSize)
	m.mu.RLock()
	defer m.mu.RUnlock()
	*f = siteCache{ret: ret, generation: generation, pc: pc}
	p := m.patches[pc]
	if p == nil || !p.call {
		return false
	}
	f.known, f.nop, f.copy = true, p.nop, p.detour.addr
	if o := p.owners[in.owner()]; o != nil {
		f.mine, f.hook = true, o.hook
	}
	return true
}

// atSite serves a call-patched stop site.
func (a *activation) atSite() (native.Stub, error) {
	in := a.in
	c, f := in.ctx, &a.site
	native.PreemptPoint()
	if g := in.mod.generation.Load(); !f.known || f.ret != c.PC || f.generation != g {
		if !f.lookup(in, c.PC, g) { // taken away meanwhile
			c.PC = uint64(in.mod.addr(f.pc))
			return a.again(), nil
		}
	}
	if f.hook != nil && a.plan() == nil && a.thread.debug.Load() != nil {
		a.openWatched(false)
		a.hit = Hit{in, f.pc, c}
		if !f.hook(&a.hit) {
			c.PC = uint64(f.copy)
			c.Flags &^= native.TrapFlag
			return native.StubResume, nil
		}
	}
	if !f.mine || a.thread.debug.Load() == nil {
		c.PC = uint64(f.copy)
		return a.stepped()
	}
	return a.arrived(f.pc, f.nop)
}

// passes asks the hook of the instance's breakpoint at pc, if it has one, and reports whether it
// lets the guest go on.
func (a *activation) passes(pc abi.TextOffset) bool {
	if a.plan() != nil {
		return false
	}
	m := a.in.mod
	m.mu.RLock()
	var hook func(*Hit) bool
	if p := m.patches[pc]; p != nil {
		if o := p.owners[a.in.owner()]; o != nil {
			hook = o.hook
		}
	}
	m.mu.RUnlock()
	if hook == nil {
		return false
	}
	a.openWatched(false)
	a.hit = Hit{a.in, pc, a.in.ctx}
	if hook(&a.hit) {
		return false
	}
	m.hasten(pc)
	return true
}
