package debuginfo

import (
	"fmt"
	"math/rand"
	"testing"

	"sphex/dwarf/info"
)

// TestAscending looks up every address in lists with overlaps: the first entry of the input's order must be found.
func TestAscending(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	lists := [][]info.LocEntry{
		nil,
		{{Low: 5, High: 9, Code: []byte{0}}},
		{{Low: 5, High: 9, Code: []byte{0}}, {Low: 9, High: 12, Code: []byte{1}}},
		{{Low: 9, High: 12, Code: []byte{0}}, {Low: 5, High: 9, Code: []byte{1}}},
	}
	for range 300 {
		var l []info.LocEntry
		for i := range rnd.Intn(7) {
			lo := uint64(rnd.Intn(30))
			l = append(l, info.LocEntry{Low: lo, High: lo + 1 + uint64(rnd.Intn(12)), Code: []byte{byte(i)}})
		}
		lists = append(lists, l)
	}
	find := func(l []info.LocEntry, addr uint64) int {
		for _, e := range l {
			if e.Low <= addr && addr < e.High {
				return int(e.Code[0])
			}
		}
		return -1
	}
	for _, l := range lists {
		want := map[uint64]int{}
		for addr := range uint64(50) {
			want[addr] = find(l, addr)
		}
		name := fmt.Sprint(l)
		got := ascending(l)
		for i := range got {
			if got[i].Low >= got[i].High || i > 0 && got[i-1].High > got[i].Low {
				t.Errorf("%s became %v, which does not ascend", name, got)
			}
		}
		for addr, w := range want {
			if g := find(got, addr); g != w {
				t.Errorf("%s became %v: entry %d at %d, want %d", name, got, g, addr, w)
			}
		}
	}
	inside := []info.LocEntry{{Low: 20, High: 22, Code: []byte{0}}, {Low: 10, High: 30, Code: []byte{1}}} // as binaryen has them
	if got := ascending(inside); len(got) != 3 || find(got, 20) != 0 || find(got, 19) != 1 || find(got, 22) != 1 {
		t.Errorf("an entry inside another became %v", got)
	}
}
