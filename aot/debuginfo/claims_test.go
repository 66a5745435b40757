package debuginfo

import (
	"testing"

	"sphex/aot/wasm"
)

func TestSettle(t *testing.T) {
	m := &wasm.Module{Code: []wasm.Body{{Start: 2, Code: 3, End: 10}, {Start: 11, Code: 12, End: 20}, {Start: 21, Code: 23, End: 30}, {Start: 31, Code: 32, End: 40}}}
	for _, c := range []struct {
		name   string
		claims []claim
		want   [4]int // the unit that owns each body
	}{
		{"nothing", nil, [4]int{-1, -1, -1, -1}},
		{"one each", []claim{{lo: 2, hi: 10}, {lo: 21, hi: 30, unit: 1}}, [4]int{0, -1, 1, -1}},
		{"the first of equals", []claim{{lo: 11, hi: 20, unit: 4}, {lo: 11, hi: 20, unit: 5}}, [4]int{-1, 4, -1, -1}},
		{"the one that ends right", []claim{{lo: 11, hi: 18, unit: 4}, {lo: 11, hi: 20, unit: 5}, {lo: 11, hi: 25, unit: 6}}, [4]int{-1, 5, -1, -1}},
		{"a copy that is too long spoils no other", []claim{{lo: 11, hi: 25, unit: 4}}, [4]int{-1, 4, -1, -1}},
		{"one for several", []claim{{lo: 2, hi: 30, unit: 7}}, [4]int{7, 7, 7, -1}},
		{"from the first instruction on", []claim{{lo: 24, hi: 30, unit: 1}, {lo: 23, hi: 29, unit: 3}, {lo: 23, hi: 30, unit: 2}}, [4]int{-1, -1, 1, -1}},
		{"stale", []claim{{lo: 5, hi: 9}, {lo: 12, hi: 19, unit: 1}, {lo: 24, hi: 29, unit: 1}}, [4]int{-1, 1, -1, -1}},
		{"stale but for one by chance", []claim{
			{lo: 5, hi: 9}, {lo: 6, hi: 9}, {lo: 7, hi: 9}, {lo: 8, hi: 9}, {lo: 13, hi: 15}, {lo: 14, hi: 15}, {lo: 15, hi: 16},
			{lo: 24, hi: 25}, {lo: 25, hi: 26}, {lo: 31, hi: 35},
		}, [4]int{-1, -1, -1, -1}},
		{"between bodies", []claim{{lo: 10, hi: 20, unit: 1}, {lo: 40, hi: 50, unit: 1}, {lo: 0, hi: 99, unit: 1}}, [4]int{-1, -1, -1, -1}},
	} {
		owners, _, _ := settle(m, c.claims)
		for i, o := range owners {
			if o.unit != c.want[i] {
				t.Errorf("%s: body %d belongs to unit %d, want %d", c.name, i, o.unit, c.want[i])
			}
		}
	}
}
