package debuginfo

import (
	"cmp"
	"slices"
	"sort"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/wasm"
)

// function is what the translation knows of one function with code.
type function struct {
	*codemap.Func
	body *wasm.Body
	// main is the number of Insts before the out-of-line code; their wasm offsets ascend.
	main int
	// mainEnd is where the out-of-line code starts.
	mainEnd abi.TextOffset
	calls   int            // the number of Calls in the main code; their wasm offsets ascend
	cold    []coldCode     // the out-of-line code, ascending by wasm offset
	lines   owner          // the sequence that tells its lines: the unit's number and the sequence's
	entry   owner          // the subprogram that describes it: the unit's number and the subprogram's
	memory  *operandMemory // nil if the code map has recorded its operands
}

// coldCode is a piece of out-of-line code.
type coldCode struct {
	wasm wasm.CodeOffset
	text textRange
}

// textRange is [lo, hi) of the text.
type textRange struct{ lo, hi abi.TextOffset }

// places answers where wasm code went.
type places struct {
	module *wasm.Module
	funcs  []function        // ascending by Body
	ends   []wasm.CodeOffset // of the bodies of funcs
	starts []abi.TextOffset  // of all pieces of the text, ascending
}

func newPlaces(m *wasm.Module, cm *codemap.Map, operands Operands) *places {
	p := &places{module: m, funcs: make([]function, len(cm.Funcs)), starts: pieceStarts(cm)}
	for i := range cm.Funcs {
		f := function{Func: &cm.Funcs[i], lines: owner{unit: nobody}, entry: owner{unit: nobody}}
		f.main = len(f.Insts)
		f.mainEnd = f.TextEnd
		for k := 1; k < len(f.Insts); k++ {
			if f.Insts[k].Wasm < f.Insts[k-1].Wasm {
				f.main, f.mainEnd = k, f.Insts[k].Text
				break
			}
		}
		f.calls = sort.Search(len(f.Calls), func(i int) bool { return f.Calls[i].Return >= f.mainEnd })
		for k := f.main; k < len(f.Insts); k++ {
			f.cold = append(f.cold, coldCode{f.Insts[k].Wasm, textRange{f.Insts[k].Text, f.instEnd(k)}})
		}
		slices.SortStableFunc(f.cold, func(a, b coldCode) int { return cmp.Compare(a.wasm, b.wasm) })
		if n := int(f.Index) - m.NumImportedFuncs; n >= 0 && n < len(m.Code) {
			f.body = &m.Code[n]
		}
		p.funcs[i] = f
	}
	slices.SortFunc(p.funcs, func(a, b function) int { return cmp.Compare(a.Body, b.Body) })
	if operands != nil {
		p.remember(operands)
	}
	p.ends = make([]wasm.CodeOffset, len(p.funcs))
	for i := range p.funcs {
		p.ends[i] = p.funcs[i].BodyEnd
	}
	return p
}

// own tells the functions their owners, which are those of the module's bodies.
func (p *places) own(owners []owner, to func(*function) *owner) {
	for i := range p.funcs {
		f := &p.funcs[i]
		if n := int(f.Index) - p.module.NumImportedFuncs; n >= 0 && n < len(owners) {
			*to(f) = owners[n]
		}
	}
}

// byText lists the functions in the order of the text, which commonly is that of the bodies.
func (p *places) byText() []int32 {
	order := make([]int32, len(p.funcs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(p.funcs[a].Text, p.funcs[b].Text) })
	return order
}

// at returns the function whose body holds the code offset.
func (p *places) at(off uint64) *function {
	lo, hi := 0, len(p.funcs)
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); uint64(p.ends[m]) > off {
			hi = m
		} else {
			lo = m + 1
		}
	}
	if lo == len(p.funcs) || uint64(p.funcs[lo].Body) > off {
		return nil
	}
	return &p.funcs[lo]
}

// inst returns the index of the first instruction at or behind off that has code; main if
// there is none.
func (f *function) inst(off uint64) int {
	// As sort.Search, in the hottest place of the translation.
	insts := f.Insts
	lo, hi := 0, f.main
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); uint64(insts[m].Wasm) >= off {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return lo
}

// start is where the code from off on starts, its stop site included; the end of the main code
// if there is none.
func (f *function) start(off uint64) abi.TextOffset {
	i := f.inst(off)
	if i == f.main {
		return f.mainEnd
	}
	text, at := f.Insts[i].Text, f.Insts[i].Wasm
	if k, ok := f.siteOf(at); ok {
		text = min(text, f.Sites[k].Text)
	}
	return text
}

// siteOf returns the index of the stop site before the instruction at off.
func (f *function) siteOf(off wasm.CodeOffset) (i int, ok bool) {
	sites := f.Sites
	hi := len(sites)
	for i < hi {
		if m := int(uint(i+hi) >> 1); sites[m].Wasm >= off {
			hi = m
		} else {
			i = m + 1
		}
	}
	return i, i < len(f.Sites) && f.Sites[i].Wasm == off
}

// site returns where the stop site before the instruction at off is; without one, where its code
// starts.
func (f *function) site(off wasm.CodeOffset) (at abi.TextOffset, ok bool) {
	if i, ok := f.siteOf(off); ok {
		return f.Sites[i].Text, true
	}
	return f.start(uint64(off)), false
}

// stand is where execution stands before the instruction at off.
func (f *function) stand(off wasm.CodeOffset) abi.TextOffset {
	at, _ := f.site(off)
	return at
}

// ranges appends the native code of [lo, hi) of one function: a piece of the main code, and
// the out-of-line code that belongs to it. Ranges that touch are joined.
func (f *function) ranges(dst []textRange, lo, hi uint64) []textRange {
	if lo <= uint64(f.Body) && hi >= uint64(f.BodyEnd) {
		return appendRange(dst, f.Text, f.TextEnd)
	}
	from, to := f.Text, f.mainEnd
	if lo > uint64(f.Body) {
		from = f.start(lo)
	}
	if hi < uint64(f.BodyEnd) {
		to = f.start(hi)
	}
	return f.coldRanges(appendRange(dst, from, to), lo, hi)
}

// coldRanges appends the out-of-line code that belongs to [lo, hi).
func (f *function) coldRanges(dst []textRange, lo, hi uint64) []textRange {
	if len(f.cold) == 0 {
		return dst
	}
	i := sort.Search(len(f.cold), func(i int) bool { return uint64(f.cold[i].wasm) >= lo })
	for ; i < len(f.cold) && uint64(f.cold[i].wasm) < hi; i++ {
		dst = appendRange(dst, f.cold[i].text.lo, f.cold[i].text.hi)
	}
	return dst
}

func (f *function) instEnd(i int) abi.TextOffset {
	if i+1 < len(f.Insts) {
		return f.Insts[i+1].Text
	}
	return f.TextEnd
}

func appendRange(dst []textRange, lo, hi abi.TextOffset) []textRange {
	if lo >= hi {
		return dst
	}
	if n := len(dst); n > 0 && dst[n-1].hi == lo {
		dst[n-1].hi = hi
		return dst
	}
	return append(dst, textRange{lo, hi})
}

// ranges appends the native code of the part of [lo, hi) that lies in the function where it
// starts: no entry but a unit covers more than one. A range that does not start in a
// function is that of removed code and gives nothing.
func (p *places) ranges(dst []textRange, lo, hi uint64) []textRange {
	f := p.at(lo)
	if f == nil || hi <= lo {
		return dst
	}
	return f.ranges(dst, lo, hi)
}

// returnSite maps the address behind a call to the native return address.
func (f *function) returnSite(off uint64) (abi.TextOffset, bool) {
	ret, _, ok := f.callBefore(off)
	return ret, ok
}

// callBefore returns the native return address of the call that ends at a code offset, and where it
// is.
func (f *function) callBefore(off uint64) (ret abi.TextOffset, at wasm.CodeOffset, ok bool) {
	// Calls ascend with wasm offsets as long as they stand in the main code.
	i := sort.Search(f.calls, func(i int) bool { return uint64(f.Calls[i].Wasm) >= off })
	if i == 0 {
		return 0, 0, false
	}
	call := f.Calls[i-1]
	// The call must be the last instruction before off.
	k := f.inst(uint64(call.Wasm) + 1)
	if k < f.main && uint64(f.Insts[k].Wasm) < off {
		return 0, 0, false
	}
	return call.Return, call.Wasm, true
}

// pieceStarts lists where the pieces of the text start, ascending.
func pieceStarts(cm *codemap.Map) []abi.TextOffset {
	starts := make([]abi.TextOffset, 0, len(cm.Funcs)+len(cm.Thunks))
	for i := range cm.Funcs {
		starts = append(starts, cm.Funcs[i].Text)
	}
	for i := range cm.Thunks {
		starts = append(starts, cm.Thunks[i].Text)
	}
	slices.Sort(starts)
	return starts
}

// bridge joins ranges with nothing but padding between them. For a unit whose functions stand
// together that is one range in place of hundreds.
func bridge(rs []textRange, starts []abi.TextOffset) []textRange {
	out := rs[:0]
	for _, r := range rs {
		if n := len(out); n > 0 && onlyPadding(out[n-1].hi, r.lo, starts) {
			out[n-1].hi = r.hi
			continue
		}
		out = append(out, r)
	}
	return out
}

// onlyPadding reports whether the piece of the text that starts at next follows what ends at end.
func onlyPadding(end, next abi.TextOffset, starts []abi.TextOffset) bool {
	const longest = 64 // of a padding
	if next-end >= longest {
		return false
	}
	k, _ := slices.BinarySearch(starts, end)
	return k < len(starts) && starts[k] == next
}

// joinRanges sorts ranges and joins those that touch or overlap.
func joinRanges(rs []textRange) []textRange {
	slices.SortFunc(rs, func(a, b textRange) int { return cmp.Compare(a.lo, b.lo) })
	out := rs[:0]
	for _, r := range rs {
		if n := len(out); n > 0 && out[n-1].hi >= r.lo {
			out[n-1].hi = max(out[n-1].hi, r.hi)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// address is the virtual address of a text offset in the object.
func address(t abi.TextOffset) uint64 { return abi.TextBase + uint64(t) }
