package debuginfo

import (
	"cmp"
	"container/heap"
	"slices"

	"sphex/dwarf/info"
)

// A location list may have entries that overlap: binaryen widens some when it moves code. The standard says that
// the variable is in all of these places. Readers, ours too, take the first entry that holds an address, so the
// list that is written must give the same one first, though it ascends by native addresses, unlike the input's.

// ascending sorts entries that are in the input's order. Of those that overlap, the first is kept whole.
func ascending(entries []info.LocEntry) []info.LocEntry {
	sorted, apart := true, true
	for i := 1; i < len(entries); i++ {
		if a, b := &entries[i-1], &entries[i]; a.High > b.Low {
			apart = false
			sorted = sorted && a.Low <= b.Low
		}
	}
	if apart {
		return entries
	}
	var first []info.LocEntry // in the input's order
	if !sorted {
		first = slices.Clone(entries)
		slices.SortStableFunc(entries, func(a, b info.LocEntry) int { return cmp.Compare(a.Low, b.Low) })
		apart = true
		for i := 1; apart && i < len(entries); i++ {
			apart = entries[i-1].High <= entries[i].Low
		}
		if apart {
			return entries
		}
	} else {
		first = entries
	}
	return untangled(first)
}

// untangled cuts from each entry what an earlier one holds, and returns what is left, ascending.
func untangled(entries []info.LocEntry) []info.LocEntry {
	starts := make([]int, len(entries)) // ascending by address
	var bounds []uint64
	for i := range entries {
		starts[i] = i
		bounds = append(bounds, entries[i].Low, entries[i].High)
	}
	slices.SortStableFunc(starts, func(a, b int) int { return cmp.Compare(entries[a].Low, entries[b].Low) })
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	var out []info.LocEntry
	var open firstOf // entries that begin at or before the bound; some are over
	last := -1       // the entry of which the last of out is a part
	for k := 0; k+1 < len(bounds); k++ {
		lo, hi := bounds[k], bounds[k+1]
		for len(starts) > 0 && entries[starts[0]].Low <= lo {
			heap.Push(&open, starts[0])
			starts = starts[1:]
		}
		for len(open) > 0 && entries[open[0]].High <= lo {
			heap.Pop(&open)
		}
		if len(open) == 0 {
			last = -1
			continue
		}
		if i := open[0]; i == last {
			out[len(out)-1].High = hi
		} else {
			e := entries[i]
			e.Low, e.High = lo, hi
			out, last = append(out, e), i
		}
	}
	return out
}

// firstOf is a heap of the numbers of entries, the first on top.
type firstOf []int

func (h firstOf) Len() int           { return len(h) }
func (h firstOf) Less(i, j int) bool { return h[i] < h[j] }
func (h firstOf) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *firstOf) Push(x any)        { *h = append(*h, x.(int)) }
func (h *firstOf) Pop() any {
	n := len(*h) - 1
	x := (*h)[n]
	*h = (*h)[:n]
	return x
}
