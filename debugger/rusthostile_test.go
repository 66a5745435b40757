package debugger

import (
	"strings"
	"testing"
	"time"
)

// TestRustCorrupt writes nonsense into what Rust's types are made of: they say that they make no
// sense, and no more than that.
func TestRustCorrupt(t *testing.T) {
	for _, module := range []string{"163-debug", "196-debug"} {
		t.Run(module, func(t *testing.T) {
			s := silent(t, "rs_values/rs_values-"+module+".wasm")
			mustBreak(t, s, BreakpointSpec{Function: "main::stop"})
			for {
				if stop := mustStop(t, s.Continue); stop.Exited() {
					t.Fatal("the functions did not stop")
				}
				caller, err := s.Frame(1)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range []struct{ fn, place, value, show, want string }{
					{"sequences", "vec.len", "2147483648", "vec", "<corrupt: length 2147483648 exceeds memory>"},
					{"sequences", "points.len", "4294967295", "points", "<corrupt: length 4294967295 exceeds memory>"},
					{"sequences", "list.len", "5", "list", `["node 0", "node 1", "node 2", <corrupt: the list ends before its length>, <corrupt: the list ends before its length>]`},
					{"sequences", "list.len", "2147483648", "list", "<corrupt: length 2147483648 exceeds memory>"},
					{"sequences", "units.len", "4294967295", "units", "… 4294967231 more]"},
					{"sequences", "slice.length", "4294967295", "slice", "<corrupt: length 4294967295 exceeds memory>"},
					{"maps", "tree.length", "100", "tree", "<corrupt: 3 of 100 items found>"},
					{"maps", "tree_set.map.length", "4294967295", "tree_set", "<corrupt: length 4294967295 exceeds memory>"},
					{"maps", "one.base.table.table.items", "900", "one", "<corrupt: 900 items in 4 buckets>"},
					{"maps", "one.base.table.table.bucket_mask", "5", "one", "<corrupt: 1 items in 6 buckets>"},
					{"maps", "one.base.table.table.bucket_mask", "4294967295", "one", "<corrupt: 1 items in 4294967296 buckets>"},
					{"maps", "hash.base.table.table.items", "64", "hash", "<corrupt: fewer items than the table says>"},
				} {
					if !strings.HasSuffix(caller.Function, "::"+c.fn) {
						continue
					}
					old, err := s.Eval(1, c.place)
					if err != nil {
						t.Errorf("%s: %v", c.place, err)
						continue
					}
					was := old.String()
					if _, err := s.SetVariable(1, c.place, c.value); err != nil {
						t.Errorf("%s: %v", c.place, err)
						continue
					}
					v, err := s.Eval(1, c.show)
					if err != nil {
						t.Errorf("%s: %v", c.show, err)
						continue
					}
					start := time.Now()
					got := v.String()
					if took := time.Since(start); took > time.Second {
						t.Errorf("%s with %s = %s took %v", c.show, c.place, c.value, took)
					}
					if !strings.Contains(got, c.want) {
						t.Errorf("%s with %s = %s shows %s, want %s", c.show, c.place, c.value, got, c.want)
					}
					if _, err := s.SetVariable(1, c.place, was); err != nil {
						t.Error(err)
					}
				}
				if strings.HasSuffix(caller.Function, "::maps") {
					return
				}
			}
		})
	}
}

// TestRustPages holds that a part of anything that has elements can be had, and formats.
func TestRustPages(t *testing.T) {
	s := silent(t, "rs_values/rs_values-196-debug.wasm")
	mustBreak(t, s, BreakpointSpec{Function: "main::stop"})
	seen := 0
	for {
		if stop := mustStop(t, s.Continue); stop.Exited() {
			break
		}
		caller, err := s.Frame(1)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ fn, expr, want string }{
			{"sequences", "long[998..]", "[998, 999]"},
			{"sequences", "long[100..105]", "[100, 101, 102, 103, 104]"},
			{"sequences", "deque[1..3]", "[-1, 4]"},
			{"sequences", "list[1..]", `["node 1", "node 2"]`},
			{"sequences", "rc[1..2]", "[4]"},
			{"sequences", "drained[0..1]", "[1]"},
			{"maps", "one[0..1]", `{"key 1": 10}`},
			{"maps", "plain[10..13]", "{36: 36, 7: 7, 77: 77}"}, // as the same table shows them in its order
			{"maps", "big_tree[498..500]", "{498: 248004, 499: 249001}"},
			{"maps", "tree_set[1..2]", `{"b"}`},
		} {
			if !strings.HasSuffix(caller.Function, "::"+c.fn) {
				continue
			}
			seen++
			v, err := s.Eval(1, c.expr)
			if err != nil {
				t.Errorf("%s: %v", c.expr, err)
			} else if got := v.String(); got != c.want {
				t.Errorf("%s is %s, want %s", c.expr, got, c.want)
			}
		}
	}
	if seen != 10 {
		t.Errorf("%d expressions were evaluated", seen)
	}
}
