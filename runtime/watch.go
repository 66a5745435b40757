package runtime

import (
	"bytes"
	"fmt"
	goruntime "runtime"
	"slices"

	"sphex/aot/abi"
	"sphex/runtime/native"
)

// A watch reports who accesses some bytes of the guest's. The processor does that by itself
// for up to four aligned words, where the kernel lets us. For all else, the pages that hold the bytes are
// closed while guest code runs: an access faults, is carried out as a single step with the pages
// open, and counts if it touched the bytes or changed them. What the host writes (host functions,
// and instructions that the runtime carries out in Go) is found by comparing. What a host function reads it asks
// a Memory for: bytes that were asked for and are as before were read. In a memory that several threads may share,
// pages stay closed: see mirror.go.

// WatchKind says which accesses of a watch count.
type WatchKind uint8

const (
	WatchWrite  WatchKind = iota // that change the value
	WatchRead                    // that read and do not write
	WatchAccess                  // any
)

func (k WatchKind) String() string { return [...]string{"write", "read", "access"}[k] }

// Watch is a range of native addresses in a linear memory or among an instance's globals.
type Watch struct {
	ID    int // the caller's own
	Addr  abi.Addr
	Len   uint64
	Kind  WatchKind
	Pages bool // protect pages even where a debug register would do
}

// WatchHit is one access that counts.
type WatchHit struct {
	ID    int
	Wrote bool // the value has changed
	// At is the address to look the accessing instruction up at, which need not be its start. The
	// instance is that of the stop.
	At abi.TextOffset
	// Host says who it was if it was no code of the guest's: a host function, or the instruction
	// that the runtime carried out. At is the call's then.
	Host string
}

// maxWatched bounds the bytes of one watch: they are compared.
const maxWatched = 16 << 20

// watchSet is what a debugger watches in a call.
type watchSet struct {
	list   []watched
	pages  []pageRange // to be closed, ascending
	closed bool        // they are closed now
	locked bool        // the goroutine is bound to its thread, whose debug registers are in use
}

type watched struct {
	Watch
	last []byte // contents when somebody last looked
	regs []native.HardwareWatch

	asked bool // the host function that runs has asked for some of the bytes

	// Of a memory that is mapped twice:
	by    *Instance // whose debugger watches: the one that has the breakpoints
	shift abi.Addr  // to the second mapping
}

// now returns n bytes at a, which the watch holds.
func (w *watched) now(a abi.Addr, n uint64) []byte { return native.Bytes(a+w.shift, n) }

// pageRange is some whole pages, which lie in one memory.
type pageRange struct {
	lo, hi abi.Addr
	access native.Access
}

// SetWatches replaces what is watched in the call that was started. The call must not be running. What
// can not be watched is an error, and nothing changes.
func (in *Instance) SetWatches(list []Watch) error {
	for _, w := range list {
		if w.Len == 0 || w.Len > maxWatched {
			return fmt.Errorf("%d bytes can not be watched: 1 to %d can", w.Len, maxWatched)
		}
		if w.Addr+abi.Addr(w.Len) < w.Addr || !in.watchable(w.Addr, w.Len) {
			return in.outside(w.Addr, int(w.Len))
		}
	}
	own := slices.DeleteFunc(slices.Clone(list), func(w Watch) bool { return in.sharedAt(w.Addr) != nil })
	if err := in.setWatches(own); err != nil {
		return err
	}
	for _, m := range in.memories {
		if m.mirror != 0 {
			m.setShared(in.owner(), slices.DeleteFunc(slices.Clone(list), func(w Watch) bool { return in.sharedAt(w.Addr) != m }))
		}
	}
	return nil
}

// setWatches replaces what is watched for the call alone.
func (in *Instance) setWatches(list []Watch) error {
	d := in.debug
	if len(list) == 0 && (d == nil || d.watch == nil || len(d.watch.list) == 0) {
		return nil
	}
	switch {
	case d == nil || d.final != nil:
		return errNotStarted
	case d.inHost && (!d.attached || d.current.Load() != nil):
		return ErrBusy
	}
	if d.watch == nil {
		if len(list) == 0 {
			return nil
		}
		d.watch = &watchSet{}
	}
	var next []watched
	for _, w := range list {
		next = append(next, watched{Watch: w, last: bytes.Clone(native.Bytes(w.Addr, w.Len))})
	}
	s := d.watch
	s.open(true)
	for i := range s.list {
		s.list[i].release()
	}
	s.list = next
	s.plan()
	return nil
}

// drop ends the watches that gone tells, at a stop.
func (s *watchSet) drop(gone func(*Watch) bool) {
	s.list = slices.DeleteFunc(s.list, func(w watched) bool {
		if !gone(&w.Watch) {
			return false
		}
		w.release()
		return true
	})
	s.plan()
}

// watchable reports whether all of a range is in one linear memory or among the instance's own globals.
func (in *Instance) watchable(a abi.Addr, n uint64) bool {
	for _, m := range in.memories {
		if off, ok := m.contains(a); ok {
			return off <= m.Size() && n <= m.Size()-off
		}
	}
	lo := in.addr + abi.HeadSize
	return a >= lo && uint64(a-lo)+n <= uint64(in.mod.layout.Size)-abi.HeadSize
}

// OnWatch has f decide whether accesses that count stop a call that Resume runs, as OnBreakpoint does for
// breakpoints.
func (in *Instance) OnWatch(f func(s *Stop) (stop bool)) { in.onWatch = f }

func (w *Watch) overlaps(o *Watch) bool {
	return w.Addr < o.Addr+abi.Addr(o.Len) && o.Addr < w.Addr+abi.Addr(w.Len)
}

// words cuts a range into what debug registers hold.
func (w *Watch) words() (list []pageRange) {
	for a, end := w.Addr, w.Addr+abi.Addr(w.Len); a < end; {
		n := abi.Addr(8)
		for a%n != 0 || n > end-a {
			n /= 2
		}
		if list = append(list, pageRange{lo: a, hi: a + n}); len(list) > native.HardwareWatches {
			break
		}
		a += n
	}
	return list
}

// plan decides which pages are to be closed: those of the watches that get no debug register.
func (s *watchSet) plan() {
	free := native.HardwareWatches
	s.pages = nil
	for i := range s.list {
		w := &s.list[i]
		if n := len(w.words()); !w.Pages && n <= free {
			free -= n
			continue
		}
		w.Pages = true
		s.pages = append(s.pages, w.wholePages())
	}
	slices.SortFunc(s.pages, func(a, b pageRange) int {
		return int(min(max(int64(a.lo)-int64(b.lo), -1), 1))
	})
	s.pages = slices.CompactFunc(s.pages, func(a, b pageRange) bool { return a == b })
}

// wholePages are those that hold the bytes, with what they may still be used for.
func (w *Watch) wholePages() pageRange {
	const mask = native.PageSize - 1
	r := pageRange{w.Addr &^ mask, (w.Addr + abi.Addr(w.Len) + mask) &^ mask, native.ReadOnly}
	if w.Kind != WatchWrite {
		r.access = native.NoAccess
	}
	return r
}

// arm makes accesses come back; the goroutine is about to enter guest code.
func (s *watchSet) arm() {
	for i := range s.list {
		if w := &s.list[i]; !w.Pages && w.regs == nil {
			if !s.locked {
				goruntime.LockOSThread()
				s.locked = true
			}
			if !w.hardware(uint64(i)) { // forbidden here, or others use the registers
				w.Pages = true
				s.open(true)
				s.plan()
				s.arm()
				return
			}
		}
	}
	if s.closed || len(s.pages) == 0 {
		return
	}
	s.closed = true
	for _, r := range s.pages { // a page that two want keeps the stricter access: ReadOnly first
		if r.access == native.ReadOnly {
			protect(r)
		}
	}
	for _, r := range s.pages {
		if r.access == native.NoAccess {
			protect(r)
		}
	}
}

func protect(r pageRange) {
	if err := native.Protect(r.lo, uint64(r.hi-r.lo), r.access); err != nil {
		panic(fmt.Sprintf("runtime: watch: protecting pages: %v", err))
	}
}

// hardware takes debug registers for the watch, all or none.
func (w *watched) hardware(data uint64) bool {
	for _, r := range w.words() {
		h, err := native.WatchHardware(r.lo, uint64(r.hi-r.lo), w.Kind != WatchWrite, data)
		if err != nil {
			w.release()
			return false
		}
		w.regs = append(w.regs, h)
	}
	return true
}

func (w *watched) release() {
	for _, h := range w.regs {
		h.Close()
	}
	w.regs = nil
}

// open lets Go read the watched pages, and write if it says so.
func (s *watchSet) open(write bool) {
	if !s.closed || !write && !slices.ContainsFunc(s.pages, func(r pageRange) bool { return r.access == native.NoAccess }) {
		return
	}
	for _, r := range s.pages {
		r.access = native.ReadWrite
		protect(r)
	}
	s.closed = false
}

// leave ends the watching on the goroutine of the call.
func (s *watchSet) leave() {
	s.open(true)
	for i := range s.list {
		s.list[i].release()
	}
	s.unlock()
}

// unlock frees the goroutine from its thread.
func (s *watchSet) unlock() {
	if s.locked {
		s.locked = false
		goruntime.UnlockOSThread()
	}
}

// resumed goes on from a stop, on the goroutine of the call. It forgets what has changed by now: the
// debugger wrote it.
func (s *watchSet) resumed() {
	hardware := false
	for i := range s.list {
		w := &s.list[i]
		hardware = hardware || !w.Pages
		copy(w.last, native.Bytes(w.Addr, w.Len))
	}
	if !hardware {
		s.unlock()
	}
}

// changed looks for new contents between lo and hi and remembers them.
func (w *watched) changed(lo, hi abi.Addr) bool {
	lo, hi = max(lo, w.Addr), min(hi, w.Addr+abi.Addr(w.Len))
	if lo >= hi {
		return false
	}
	now, last := w.now(lo, uint64(hi-lo)), w.last[lo-w.Addr:hi-w.Addr]
	if bytes.Equal(now, last) {
		return false
	}
	copy(last, now)
	return true
}

// covers reports whether an access of the page at a comes back.
func (s *watchSet) covers(a abi.Addr) bool {
	if !s.closed {
		return false
	}
	return slices.ContainsFunc(s.pages, func(r pageRange) bool { return a >= r.lo && a < r.hi })
}

// written lists the watches whose contents are new, whoever wrote them.
func written(list []watched, at abi.TextOffset) (hits []WatchHit) {
	for i := range list {
		if w := &list[i]; w.changed(w.Addr, w.Addr+abi.Addr(w.Len)) && w.Kind != WatchRead {
			hits = append(hits, WatchHit{ID: w.ID, Wrote: true, At: at})
		}
	}
	return hits
}

// listen has the instance's memories tell what the host asks for, or ends that.
func (s *watchSet) listen(in *Instance, on bool) {
	told := s
	if !on || !slices.ContainsFunc(s.list, func(w watched) bool { return w.Kind != WatchWrite }) {
		told = nil
	}
	for _, m := range in.memories {
		m.watched.Store(told)
	}
}

// ask notes that the host has asked for n bytes at a.
func (s *watchSet) ask(a abi.Addr, n uint64) { ask(s.list, a, n) }

func ask(list []watched, a abi.Addr, n uint64) {
	for i := range list {
		if w := &list[i]; a < w.Addr+abi.Addr(w.Len) && w.Addr < a+abi.Addr(n) {
			w.asked = true
		}
	}
}

// byHost lists the watches that a host function concerns which has returned.
func byHost(list []watched, at abi.TextOffset, host string) (hits []WatchHit) {
	for i := range list {
		w := &list[i]
		changed, asked := w.changed(w.Addr, w.Addr+abi.Addr(w.Len)), w.asked
		w.asked = false
		if changed && w.Kind != WatchRead || !changed && asked && w.Kind != WatchWrite {
			hits = append(hits, WatchHit{ID: w.ID, Wrote: changed, At: at, Host: host})
		}
	}
	return hits
}

// touched lists the watches that an access of n bytes at a concerns. Its page and the next one are
// all that an instruction can have changed.
func touched(list []watched, a abi.Addr, n uint64, write bool, at abi.TextOffset) (hits []WatchHit) {
	const page = native.PageSize
	for i := range list {
		w := &list[i]
		h := WatchHit{ID: w.ID, At: at}
		h.Wrote = w.changed(a&^(page-1)-page, a+2*page)
		overlaps := a < w.Addr+abi.Addr(w.Len) && a+abi.Addr(n) > w.Addr
		switch {
		case w.Kind == WatchWrite && h.Wrote,
			w.Kind == WatchRead && overlaps && !write,
			w.Kind == WatchAccess && (overlaps || h.Wrote):
			hits = append(hits, h)
		}
	}
	return hits
}

// trapped lists the watches that debug registers have noticed: that of the number noticed, and those of the
// same bytes, for which the kernel keeps no signal of their own.
func (s *watchSet) trapped(noticed uint64, at abi.TextOffset) (hits []WatchHit) {
	for i := range s.list {
		w := &s.list[i]
		if w.Pages {
			continue
		}
		touched := uint64(i) == noticed || noticed < uint64(len(s.list)) && w.overlaps(&s.list[noticed].Watch)
		h := WatchHit{ID: w.ID, At: at}
		h.Wrote = w.changed(w.Addr, w.Addr+abi.Addr(w.Len))
		switch {
		case w.Kind != WatchRead && h.Wrote,
			w.Kind == WatchAccess && touched,
			w.Kind == WatchRead && touched && !h.Wrote:
			hits = append(hits, h)
		}
	}
	return hits
}
