package info

import (
	"math"
	"math/bits"
	"slices"
	"sort"
)

// Keys is a set of keys, those that references may name, with the places of their entries. A
// Writer that knows them before its first unit finds an entry in constant time; keys are best
// dense, as the offsets of another section's entries are.
type Keys struct {
	set   []uint64 // a bit for each key
	ranks []uint32 // keys before each word of set
	offs  []uint32 // of the entries, in their units; 0 until the entry is begun
}

// NewKeys takes the set, a bit for each key, which must not change any more.
func NewKeys(set []uint64) *Keys {
	k := &Keys{set: set, ranks: make([]uint32, len(set))}
	n := uint32(0)
	for i, w := range set {
		k.ranks[i] = n
		n += uint32(bits.OnesCount64(w))
	}
	k.offs = make([]uint32, n)
	return k
}

// NewKeySet takes the set only: for Writer.OnlyKeys.
func NewKeySet(set []uint64) *Keys { return &Keys{set: set} }

func (k *Keys) has(key uint64) bool {
	return key/64 < uint64(len(k.set)) && k.set[key/64]>>(key%64)&1 != 0
}

// rank is the number of keys in the set before key; ok is false if key is not in it.
func (k *Keys) rank(key uint64) (n uint32, ok bool) {
	if key/64 >= uint64(len(k.set)) {
		return 0, false
	}
	w, bit := k.set[key/64], uint64(1)<<(key%64)
	return k.ranks[key/64] + uint32(bits.OnesCount64(w&(bit-1))), w&bit != 0
}

// lookup returns the offset of the entry in its unit.
func (k *Keys) lookup(key uint64) (off uint32, ok bool) {
	n, ok := k.rank(key)
	if !ok || k.offs[n] == 0 {
		return 0, false
	}
	return k.offs[n], true
}

// keyTable maps keys to offsets in a unit.
type keyTable struct {
	keys   []uint64
	offs   []uint32
	sorted bool
}

func (t *keyTable) add(key uint64, off uint32) {
	t.keys, t.offs = append(t.keys, key), append(t.offs, off)
}

func (t *keyTable) Len() int           { return len(t.keys) }
func (t *keyTable) Less(i, j int) bool { return t.keys[i] < t.keys[j] }
func (t *keyTable) Swap(i, j int) {
	t.keys[i], t.keys[j] = t.keys[j], t.keys[i]
	t.offs[i], t.offs[j] = t.offs[j], t.offs[i]
}

func (t *keyTable) sort() {
	if !t.sorted && !slices.IsSorted(t.keys) {
		sort.Stable(t)
	}
	t.sorted = true
}

func (t *keyTable) min() uint64 {
	if len(t.keys) == 0 {
		return math.MaxUint64
	}
	return t.keys[0]
}

func (t *keyTable) lookup(key uint64) (uint32, bool) {
	i, ok := slices.BinarySearch(t.keys, key)
	if !ok {
		return 0, false
	}
	return t.offs[i], true
}
