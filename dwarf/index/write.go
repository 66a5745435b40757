package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"sphex/dwarf"
)

// UnitNames is what one unit has to say in .debug_names.
type UnitNames struct {
	Offset uint64 // of the unit in .debug_info
	Type   bool   // it is a type unit
	Names  []Name
}

// Name is a name of an entry of .debug_info.
type Name struct {
	Str uint32 // offset of the name in .debug_str; equal names may stand at several
	DIE uint32 // from the start of the unit
	// Parent is the place in the unit's Names of a name of the entry's parent, or ParentUnit,
	// or ParentUnknown.
	Parent int32
	Tag    dwarf.Tag
}

const (
	ParentUnit    = -1 // the entry stands at the top of its unit
	ParentUnknown = -2 // the parent has no name in the index
)

// augmentation tells LLDB and others that the index is complete in LLVM's sense.
const augmentation = "LLVM0700"

// partitions is the number of parts of .debug_str whose names are sorted independently.
const partitions = 256

// namesWriter makes one index in the 32-bit format, on all processors: the output depends on
// the input only.
type namesWriter struct {
	str     []byte
	units   []UnitNames
	workers func() int
	first   []int // number of each unit's first record, and of all at the end
	// unitIndex is a unit's place in the list of compilation units or in that of type units.
	unitIndex []uint32

	recs    []record  // by name
	names   []nameRun // by bucket and hash
	buckets uint32
	starts  []int    // where each bucket starts in names
	codes   []uint16 // abbreviation codes by shape.number
	poolAt  []uint32 // of each record that is a parent, by its number
}

// record is a Name with what the pool says of it. Names are read in the order of units once and
// then only in that of the index: there are millions, and none is where the one before is.
type record struct {
	str, die uint32
	number   uint32
	parent   int32 // a record's number, or -1
	unit     uint32
	code     uint16
	isParent bool // of another record
}

// nameRun is the records of one name.
type nameRun struct {
	hash  uint32
	str   uint32
	first uint32 // in recs
	count uint32
	pool  uint32
	// same says that the run before has the same name, which stands in .debug_str twice.
	same bool
}

// WriteNames makes .debug_names for units, of which the offsets must ascend; str is .debug_str.
// There may be at most 2^31 names. workers tells how many processors may work on it, and is asked again
// and again.
func WriteNames(str []byte, units []UnitNames, workers func() int) []byte {
	w := &namesWriter{str: str, units: units, workers: workers}
	w.number()
	abbrevs := w.abbreviations()
	w.sort()
	w.forget()
	w.bucket()
	return w.write(abbrevs)
}

// number gives records and units their numbers.
func (w *namesWriter) number() {
	w.first = make([]int, len(w.units)+1)
	w.unitIndex = make([]uint32, len(w.units))
	count := [2]uint32{}
	for i := range w.units {
		u := &w.units[i]
		w.first[i+1] = w.first[i] + len(u.Names)
		kind := 0
		if u.Type {
			kind = 1
		}
		w.unitIndex[i] = count[kind]
		count[kind]++
	}
}

// inParallel calls f for 0…n-1 on as many processors as it may.
func (w *namesWriter) inParallel(n int, f func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(w.workers(), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// groups splits the units into pieces with about the same number of records.
func (w *namesWriter) groups(n int) [][2]int {
	total := w.first[len(w.units)]
	var out [][2]int
	for lo := 0; lo < len(w.units); {
		hi := lo + 1
		for hi < len(w.units) && (w.first[hi]-w.first[lo]) < total/n {
			hi++
		}
		out = append(out, [2]int{lo, hi})
		lo = hi
	}
	return out
}

// sort sorts the records by the place of their name in .debug_str, and finds the runs.
func (w *namesWriter) sort() {
	w.recs = make([]record, w.first[len(w.units)])
	shift, parts := 0, min(partitions, len(w.recs)/64+1) // few names are not worth many
	for len(w.str)>>shift >= parts {
		shift++
	}
	groups := w.groups(4 * runtime.GOMAXPROCS(0))
	counts := make([][partitions]int, len(groups))
	parents := make([]bool, len(w.recs))
	w.inParallel(len(groups), func(g int) {
		for u := groups[g][0]; u < groups[g][1]; u++ {
			for i := range w.units[u].Names {
				n := &w.units[u].Names[i]
				counts[g][n.Str>>shift]++
				if n.Parent >= 0 {
					parents[w.first[u]+int(n.Parent)] = true
				}
			}
		}
	})
	var bounds [partitions + 1]int
	at := 0
	for p := range partitions {
		bounds[p] = at
		for g := range counts {
			n := counts[g][p]
			counts[g][p] = at
			at += n
		}
	}
	bounds[partitions] = at
	w.inParallel(len(groups), func(g int) {
		to := &counts[g]
		for k := groups[g][0]; k < groups[g][1]; k++ {
			u := &w.units[k]
			first := w.first[k]
			for i := range u.Names {
				n := &u.Names[i]
				r := record{
					str: n.Str, die: n.DIE, number: uint32(first + i), parent: -1, unit: w.unitIndex[k],
					code: w.codes[shapeOf(u, n).number()], isParent: parents[first+i],
				}
				if n.Parent >= 0 {
					r.parent = int32(first) + n.Parent
				}
				p := n.Str >> shift
				w.recs[to[p]] = r
				to[p]++
			}
		}
	})
	var runs [partitions][]nameRun
	w.inParallel(partitions, func(p int) {
		recs := w.recs[bounds[p]:bounds[p+1]]
		if len(recs) == 0 {
			return
		}
		keys := make([]uint64, len(recs))
		for i := range recs {
			keys[i] = uint64(recs[i].str)<<32 | uint64(i)
		}
		slices.Sort(keys)
		old := slices.Clone(recs)
		for i, key := range keys {
			recs[i] = old[uint32(key)]
		}
		for i := 0; i < len(recs); {
			n := i + 1
			for n < len(recs) && recs[n].str == recs[i].str {
				n++
			}
			text, _ := dwarf.String(w.str, uint64(recs[i].str))
			runs[p] = append(runs[p], nameRun{
				hash: hash(text), str: recs[i].str, first: uint32(bounds[p] + i), count: uint32(n - i),
			})
			i = n
		}
	})
	w.names = slices.Concat(runs[:]...)
}

// forget drops the names, which are in records now: there are millions.
func (w *namesWriter) forget() {
	w.units = slices.Clone(w.units)
	for i := range w.units {
		w.units[i].Names = nil
	}
}

// bucket sorts the runs by bucket and hash, and finds those that have the same name.
func (w *namesWriter) bucket() {
	// LLVM takes as many when there are more than a thousand names, and more when there are fewer, so that
	// the index of a small program would be larger than what it is about. Of so few, all hashes are read at once.
	w.buckets = 1
	if n := uint32(len(w.names)); n > 1<<10 {
		w.buckets = n / 4
	}
	w.starts = make([]int, w.buckets+1)
	for i := range w.names {
		w.starts[w.names[i].hash%w.buckets+1]++
	}
	for b := range w.buckets {
		w.starts[b+1] += w.starts[b]
	}
	sorted := make([]nameRun, len(w.names))
	next := slices.Clone(w.starts[:w.buckets])
	for i := range w.names {
		b := w.names[i].hash % w.buckets
		sorted[next[b]] = w.names[i]
		next[b]++
	}
	w.names = sorted
	w.eachBuckets(func(lo, hi uint32) {
		for b := lo; b < hi; b++ {
			runs := w.names[w.starts[b]:w.starts[b+1]]
			if len(runs) < 2 {
				continue
			}
			slices.SortFunc(runs, func(x, y nameRun) int {
				if c := cmp.Compare(x.hash, y.hash); c != 0 {
					return c
				}
				s, _ := dwarf.String(w.str, uint64(x.str))
				t, _ := dwarf.String(w.str, uint64(y.str))
				return cmp.Or(bytes.Compare(s, t), cmp.Compare(x.str, y.str))
			})
			for i := 1; i < len(runs); i++ {
				if runs[i].hash == runs[i-1].hash {
					s, _ := dwarf.String(w.str, uint64(runs[i].str))
					t, _ := dwarf.String(w.str, uint64(runs[i-1].str))
					runs[i].same = bytes.Equal(s, t)
				}
			}
		}
	})
}

// eachBuckets calls f for pieces of the buckets, on all processors.
func (w *namesWriter) eachBuckets(f func(lo, hi uint32)) {
	const piece = 4096
	w.inParallel(int(w.buckets+piece-1)/piece, func(i int) {
		f(uint32(i)*piece, min(uint32(i+1)*piece, w.buckets))
	})
}

// shape is what an abbreviation says.
type shape struct {
	tag    dwarf.Tag
	parent uint8 // 0 unknown, 1 the unit, 2 an entry
	typ    bool  // it is in a type unit
}

func shapeOf(u *UnitNames, n *Name) shape {
	s := shape{tag: n.Tag, typ: u.Type}
	switch {
	case n.Parent == ParentUnit:
		s.parent = 1
	case n.Parent >= 0:
		s.parent = 2
	}
	return s
}

// number is the shape's place in a table of all.
func (s shape) number() int {
	n := int(s.tag)<<3 | int(s.parent)<<1
	if s.typ {
		n++
	}
	return n
}

// abbreviations numbers all shapes, in an order of their own, and writes them.
func (w *namesWriter) abbreviations() []byte {
	found := make([]map[shape]bool, len(w.units))
	w.inParallel(len(w.units), func(i int) {
		u := &w.units[i]
		found[i] = map[shape]bool{}
		var last shape
		for k := range u.Names {
			if s := shapeOf(u, &u.Names[k]); s != last {
				found[i][s] = true
				last = s
			}
		}
	})
	all := map[shape]bool{}
	var list []shape
	for _, f := range found {
		for s := range f {
			if !all[s] {
				all[s] = true
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b shape) int {
		t := 0
		if a.typ != b.typ {
			t = -1
			if a.typ {
				t = 1
			}
		}
		return cmp.Or(t, cmp.Compare(a.tag, b.tag), cmp.Compare(a.parent, b.parent))
	})
	most := 0
	for _, s := range list {
		most = max(most, s.number())
	}
	w.codes = make([]uint16, most+1)
	var out []byte
	for i, s := range list {
		w.codes[s.number()] = uint16(i + 1)
		out = dwarf.AppendULEB(dwarf.AppendULEB(out, uint64(i+1)), uint64(s.tag))
		switch {
		case w.single():
		case s.typ:
			out = append(out, idxTypeUnit, byte(dwarf.FormUdata))
		default:
			out = append(out, idxCompileUnit, byte(dwarf.FormUdata))
		}
		out = append(out, idxDIEOffset, byte(dwarf.FormRefUdata))
		switch s.parent {
		case 1:
			out = append(out, idxParent, byte(dwarf.FormFlagPresent))
		case 2:
			out = append(out, idxParent, byte(dwarf.FormRef4))
		}
		out = append(out, 0, 0)
	}
	return append(out, 0)
}

// single says that there is one unit only, which entries then need not name (6.1.1.2).
func (w *namesWriter) single() bool { return len(w.units) == 1 && !w.units[0].Type }

// place gives every record its place in the pool and returns the pool's size.
func (w *namesWriter) place() uint32 {
	w.poolAt = make([]uint32, w.first[len(w.units)])
	// Sizes first, in every run's pool; then their sums.
	w.eachBuckets(func(lo, hi uint32) {
		for i := w.starts[lo]; i < w.starts[hi]; i++ {
			r := &w.names[i]
			r.pool = 0
			for k := range r.count {
				r.pool += w.size(&w.recs[r.first+k])
			}
		}
	})
	at := uint32(0)
	for i := range w.names {
		r := &w.names[i]
		size := r.pool
		r.pool = at
		at += size
		if i+1 == len(w.names) || !w.names[i+1].same {
			at++ // the end of the list
		}
	}
	w.eachBuckets(func(lo, hi uint32) {
		for i := w.starts[lo]; i < w.starts[hi]; i++ {
			r := &w.names[i]
			at := r.pool
			for k := range r.count {
				rec := &w.recs[r.first+k]
				if rec.isParent {
					w.poolAt[rec.number] = at
				}
				at += w.size(rec)
			}
		}
	})
	return at
}

// size is how much of the pool a record takes.
func (w *namesWriter) size(r *record) uint32 {
	n := uint32(dwarf.ULEBSize(uint64(r.code)) + dwarf.ULEBSize(uint64(r.die)))
	if !w.single() {
		n += uint32(dwarf.ULEBSize(uint64(r.unit)))
	}
	if r.parent >= 0 {
		n += 4
	}
	return n
}

// write writes the section.
func (w *namesWriter) write(abbrevs []byte) []byte {
	pool := w.place()
	count := 0
	for i := range w.names {
		if !w.names[i].same {
			count++
		}
	}
	types := 0
	for i := range w.units {
		if w.units[i].Type {
			types++
		}
	}
	header := 36 + len(augmentation)
	units := header
	buckets := units + 4*len(w.units)
	hashes := buckets + 4*int(w.buckets)
	strings := hashes + 4*count
	entries := strings + 4*count
	abbrevsAt := entries + 4*count
	poolAt := abbrevsAt + len(abbrevs)

	le := binary.LittleEndian
	b := make([]byte, poolAt+int(pool))
	le.PutUint32(b, uint32(len(b)-4))
	b[4] = 5
	for i, n := range []int{len(w.units) - types, types, 0, int(w.buckets), count, len(abbrevs), len(augmentation)} {
		le.PutUint32(b[8+4*i:], uint32(n))
	}
	copy(b[36:], augmentation)
	for i := range w.units {
		at := int(w.unitIndex[i])
		if w.units[i].Type {
			at += len(w.units) - types
		}
		le.PutUint32(b[units+4*at:], uint32(w.units[i].Offset))
	}
	n := 0
	for bucket := range w.buckets {
		for i := w.starts[bucket]; i < w.starts[bucket+1]; i++ {
			r := &w.names[i]
			if r.same {
				continue
			}
			if i == w.starts[bucket] {
				le.PutUint32(b[buckets+4*int(bucket):], uint32(n+1))
			}
			le.PutUint32(b[hashes+4*n:], r.hash)
			le.PutUint32(b[strings+4*n:], r.str)
			le.PutUint32(b[entries+4*n:], r.pool)
			n++
		}
	}
	copy(b[abbrevsAt:], abbrevs)
	w.eachBuckets(func(lo, hi uint32) {
		var buf []byte
		for i := w.starts[lo]; i < w.starts[hi]; i++ {
			r := &w.names[i]
			buf = buf[:0]
			for k := range r.count {
				rec := &w.recs[r.first+k]
				buf = dwarf.AppendULEB(buf, uint64(rec.code))
				if !w.single() {
					buf = dwarf.AppendULEB(buf, uint64(rec.unit))
				}
				buf = dwarf.AppendULEB(buf, uint64(rec.die))
				if rec.parent >= 0 {
					buf = le.AppendUint32(buf, w.poolAt[rec.parent])
				}
			}
			copy(b[poolAt+int(r.pool):], buf)
		}
	})
	return b
}
