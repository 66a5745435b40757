package object

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// maxLocals is the number of locals that a function may have (the limit of the JavaScript
// embedding, which every producer keeps).
const maxLocals = 50000

// mapDecoder reads a piece of the map; the first error sticks.
type mapDecoder struct {
	b    []byte
	pos  int
	base int // of b in the section, for errors
	end  abi.TextOffset
	// homes is what is left of the number of locals that the whole map may have: runs make
	// their number independent of the bytes that they take.
	homes *atomic.Int64
	lists *mapLists
	err   error
}

func (d *mapDecoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%s at %#x: %s", mapSection, d.base+d.pos, fmt.Sprintf(format, args...))
		d.b = d.b[:d.pos]
	}
}

func (d *mapDecoder) byte() byte {
	if d.pos >= len(d.b) {
		d.fail("truncated")
		return 0
	}
	c := d.b[d.pos]
	d.pos++
	return c
}

func (d *mapDecoder) u(limit uint64) uint64 {
	v, n := binary.Uvarint(d.b[d.pos:])
	if n <= 0 {
		d.fail("bad number")
		return 0
	}
	if v > limit {
		d.fail("%d is above %d", v, limit)
		return 0
	}
	d.pos += n
	return v
}

func (d *mapDecoder) u32() uint32 { return uint32(d.u(1<<32 - 1)) }

func (d *mapDecoder) s32() int32 {
	v, n := binary.Varint(d.b[d.pos:])
	if n <= 0 || int64(int32(v)) != v {
		d.fail("bad number")
		return 0
	}
	d.pos += n
	return int32(v)
}

// count reads the length of a list whose elements take at least size bytes each.
func (d *mapDecoder) count(size int) int {
	return int(d.u(uint64((len(d.b) - d.pos) / size)))
}

// text reads a text offset as the difference to the one before.
func (d *mapDecoder) text(from abi.TextOffset) abi.TextOffset {
	v := uint64(from) + d.u(1<<32-1)
	if v > uint64(d.end) {
		d.fail("text offset %#x is behind the end %#x", v, d.end)
		return from
	}
	return abi.TextOffset(v)
}

func (d *mapDecoder) wasm(from wasm.CodeOffset) wasm.CodeOffset {
	v, n := binary.Varint(d.b[d.pos:])
	if n <= 0 {
		d.fail("bad number")
		return from
	}
	to := int64(from) + v
	if v < -1<<32 || v > 1<<32 || to < 0 || to >= 1<<32 {
		d.fail("wasm offset out of range")
		return from
	}
	d.pos += n
	return wasm.CodeOffset(to)
}

func (d *mapDecoder) reg() codemap.Reg { return codemap.Reg(d.u(255)) }

// decodeMap reads the map; later says that it is under a seal, so that it need not be checked
// wholly at once: the lists of a function are read when they are asked for.
func decodeMap(b []byte, later bool) (*codemap.Map, error) {
	var homes atomic.Int64
	homes.Store(1<<22 + 16*int64(len(b)))
	d := &mapDecoder{b: b, homes: &homes, lists: &mapLists{}}
	m := &codemap.Map{}
	m.Target.Machine = uint16(d.u(1<<16 - 1))
	m.Target.SP = d.reg()
	m.Target.RA = d.reg()
	m.Target.Context = d.reg()
	m.Target.Memory = d.reg()
	m.Metered = d.u(1) != 0
	m.TextSize = abi.TextOffset(d.u32())
	d.end = m.TextSize
	nfuncs := d.count(2)
	nthunks := d.count(1)
	starts := make([]int, nfuncs+1)
	for i := range nfuncs {
		starts[i+1] = starts[i] + d.count(1)
	}
	if d.err != nil {
		return nil, d.err
	}
	base := d.pos
	if starts[nfuncs] > len(b)-base {
		d.fail("truncated")
		return nil, d.err
	}
	if nfuncs > 0 {
		m.Funcs = make([]codemap.Func, nfuncs)
	}
	var lists *laterLists
	var pending []codemap.Pending
	if later {
		lists = &laterLists{b: b, base: base, starts: starts}
		pending = make([]codemap.Pending, nfuncs)
	}
	if err := eachFunc(nfuncs, func() func(int) error {
		shared := &mapLists{}
		return func(i int) error {
			f := &m.Funcs[i]
			fd := mapDecoder{b: b[base+starts[i] : base+starts[i+1]], base: base + starts[i], end: m.TextSize, homes: &homes, lists: shared}
			fd.offsets(f)
			if later {
				pending[i].From, pending[i].N = lists, i
				f.ReadLater(&pending[i])
				return fd.err
			}
			fd.rest(f)
			if fd.err == nil && fd.pos != len(fd.b) {
				fd.fail("bytes left over")
			}
			return fd.err
		}
	}); err != nil {
		return nil, err
	}
	d.pos += starts[nfuncs]
	for range nthunks {
		var t codemap.Thunk
		d.thunk(&t)
		if d.err != nil {
			return nil, d.err
		}
		m.Thunks = append(m.Thunks, t)
	}
	if d.pos != len(b) {
		d.fail("bytes left over")
	}
	return m, d.err
}

// mapLists is where the lists of many functions are: there are hundreds of thousands, most of
// them short.
type mapLists struct {
	rows  mapList[codemap.CFARow]
	saved mapList[codemap.Saved]
	homes mapList[codemap.Home]
	sites mapList[codemap.Site]
	traps mapList[codemap.Trap]
	calls mapList[codemap.Call]
}

type mapList[T any] struct {
	free  []T
	chunk int // that is allocated next, if more than is asked for
}

// take returns a list of n.
func (l *mapList[T]) take(n int) []T {
	const chunk = 4096
	if n > chunk/8 {
		return make([]T, n)
	}
	if n > len(l.free) {
		l.free = make([]T, max(n, l.chunk))
		l.chunk = min(chunk, 2*l.chunk+n) // one function alone takes what it needs
	}
	list := l.free[:n:n]
	l.free = l.free[n:]
	return list
}

// eachFunc calls the functions that worker makes for 0…n-1 on all processors and returns the
// first error by index.
func eachFunc(n int, worker func() func(int) error) error {
	workers := min(runtime.GOMAXPROCS(0), n/256+1)
	if workers == 1 {
		f := worker()
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	failed, first := n, error(nil)
	for range workers {
		wg.Go(func() {
			f := worker()
			for {
				lo := int(next.Add(64)) - 64
				if lo >= n {
					return
				}
				for i := lo; i < min(lo+64, n); i++ {
					if err := f(i); err != nil {
						mu.Lock()
						if i < failed {
							failed, first = i, err
						}
						mu.Unlock()
					}
				}
			}
		})
	}
	wg.Wait()
	return first
}

// laterLists reads the lists of functions one by one.
type laterLists struct {
	b      []byte // the map
	base   int    // where the functions start
	starts []int  // from there, of each
}

// ReadFunc implements codemap.Reader.
func (l *laterLists) ReadFunc(n int, f *codemap.Func) {
	var homes atomic.Int64
	homes.Store(maxLocals)
	lo, hi := l.base+l.starts[n], l.base+l.starts[n+1]
	d := mapDecoder{b: l.b[lo:hi], base: lo, homes: &homes, lists: &mapLists{}, end: ^abi.TextOffset(0)}
	var again codemap.Func
	d.offsets(&again)
	d.rest(f)
	if d.err == nil && d.pos != len(d.b) {
		d.fail("bytes left over")
	}
	if d.err != nil {
		// What was written by us and is under a seal is not damaged.
		panic("object: reading the code map: " + d.err.Error())
	}
}

// offsets reads where a function is.
func (d *mapDecoder) offsets(f *codemap.Func) {
	f.Index = d.u32()
	f.Body = wasm.CodeOffset(d.u32())
	f.BodyEnd = f.Body + wasm.CodeOffset(d.u(uint64(^uint32(0)-uint32(f.Body))))
	f.Text = d.text(0)
	f.TextEnd = d.text(f.Text)
	d.end = f.TextEnd
	f.BodyText = d.text(f.Text)
}

// rest reads the lists behind the offsets.
func (d *mapDecoder) rest(f *codemap.Func) {
	f.Frame.Size = d.u32()
	f.Frame.Rows = d.rows(f.Text)
	if n := d.count(3); n > 0 {
		f.Frame.Saved = d.lists.saved.take(n)
		text := int64(f.Text)
		for i := range f.Frame.Saved {
			text += int64(d.s32())
			if text < int64(f.Text) || text > int64(f.TextEnd) {
				d.fail("text offset %#x is outside of the function", text)
				return
			}
			f.Frame.Saved[i] = codemap.Saved{Text: abi.TextOffset(text), Reg: d.reg(), Offset: d.s32()}
		}
	}
	f.Locals = d.locals()

	d.insts(f)
	if n := d.count(3); n > 0 {
		f.Sites = d.lists.sites.take(n)
		text, at := f.Text, f.Body
		for i := range f.Sites {
			text, at = d.text(text), d.wasm(at)
			f.Sites[i] = codemap.Site{Text: text, Wasm: at, Size: uint8(d.u(15))}
		}
	}
	if n := d.count(3); n > 0 {
		f.Traps = d.lists.traps.take(n)
		text, at := f.Text, f.Body
		for i := range f.Traps {
			text, at = d.text(text), d.wasm(at)
			f.Traps[i] = codemap.Trap{Text: text, Wasm: at, Kind: abi.Trap(d.u(255))}
		}
	}
	f.Calls = d.calls(f.Text, f.Body)
	if n := d.count(6); n > 0 {
		f.Handlers = make([]codemap.Handler, n)
		for i := range f.Handlers {
			h := &f.Handlers[i]
			h.From = d.text(f.Text)
			h.To = d.text(h.From)
			if h.Kind = codemap.HandlerKind(d.u(uint64(codemap.Delegate))); h.Kind != codemap.Delegate {
				h.Pad = d.text(f.Text)
			}
			h.Index, h.Depth, h.Ref = d.u32(), d.u32(), d.u(1) != 0
		}
	}
}

// insts reads the instructions.
func (d *mapDecoder) insts(f *codemap.Func) {
	n := d.u(1 << 32)
	size := d.count(1)
	if d.err != nil {
		return
	}
	if n > uint64(size) {
		d.fail("%d instructions in %d bytes", n, size)
		return
	}
	list := mapDecoder{b: d.b[d.pos : d.pos+size], base: d.base + d.pos, end: d.end}
	d.pos += size
	if n == 0 {
		return
	}
	f.Insts = list.instList(int(n), f.Text, f.Body)
	if list.err == nil && list.pos != size {
		list.fail("bytes left over")
	}
	d.err = list.err
}

func (d *mapDecoder) instList(n int, text abi.TextOffset, at wasm.CodeOffset) []codemap.Inst {
	insts := make([]codemap.Inst, n)
	first := text
	for i := range insts {
		if c := d.byte(); c != 0 {
			text += abi.TextOffset(c>>4) - 1
			at += wasm.CodeOffset(c & 15)
			if text+1 < first+1 || text > d.end || c>>4 == 0 {
				d.fail("text offset %#x is outside of the function", text)
			}
		} else {
			text, at = d.text(text), d.wasm(at)
		}
		if d.err != nil {
			return nil
		}
		insts[i] = codemap.Inst{Text: text, Wasm: at}
	}
	return insts
}

func (d *mapDecoder) rows(text abi.TextOffset) []codemap.CFARow {
	n := d.count(2)
	if n == 0 {
		return nil
	}
	rows := d.lists.rows.take(n)
	for i := range rows {
		text = d.text(text)
		offset := d.u32()
		rows[i] = codemap.CFARow{Text: text, Offset: offset &^ 1, Tail: offset&1 != 0}
	}
	return rows
}

func (d *mapDecoder) calls(text abi.TextOffset, at wasm.CodeOffset) []codemap.Call {
	n := d.count(2)
	if n == 0 {
		return nil
	}
	calls := d.lists.calls.take(n)
	for i := range calls {
		text, at = d.text(text), d.wasm(at)
		calls[i] = codemap.Call{Return: text, Wasm: at}
	}
	return calls
}

func (d *mapDecoder) locals() []codemap.Home {
	total := int(d.u(maxLocals))
	if d.homes.Add(-int64(total)) < 0 {
		d.fail("too many locals in all")
		return nil
	}
	var ls []codemap.Home
	for len(ls) < total {
		n := int(d.u(uint64(total - len(ls))))
		h := codemap.Home{Kind: codemap.PlaceKind(d.byte()), Type: wasm.ValType(d.byte())}
		switch h.Kind {
		case codemap.IsConst:
		case codemap.InReg:
			h.Reg = codemap.Reg(d.byte())
		case codemap.InSlot:
			h.Offset = d.s32()
		default:
			d.fail("a local's home is of kind %d", h.Kind)
		}
		if n == 0 {
			d.fail("empty run of locals")
		}
		if d.err != nil {
			return nil
		}
		if ls == nil && total <= 64 {
			ls = d.lists.homes.take(total)[:0]
		}
		for range n {
			ls = append(ls, h)
		}
	}
	return ls
}

func (d *mapDecoder) thunk(t *codemap.Thunk) {
	t.Kind = codemap.ThunkKind(d.u(uint64(codemap.RoutineThunk)))
	t.Index = d.u32()
	t.Text = d.text(0)
	t.TextEnd = d.text(t.Text)
	t.Rows = d.rows(t.Text)
	t.Calls = d.calls(t.Text, 0)
}
