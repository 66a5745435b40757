package aot

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/arch/x86/x86asm"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// TestSiteRoom looks for branches into the bytes behind a stop site that belong to it (codemap.SiteRoom), for calls that return
// into them, and for functions that end in them.
func TestSiteRoom(t *testing.T) {
	files, err := filepath.Glob("../testdata/programs/*/*.wasm")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	kernels, _ := filepath.Glob("../bench/kernels/*.wasm")
	sites, branches := 0, 0
	for _, file := range append(files, kernels...) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Compile(b, Options{})
		if err != nil {
			t.Fatal(file, err)
		}
		for i := range f.Map.Funcs {
			fn := f.Map.Funcs[i].Read()
			inside := map[abi.TextOffset]abi.TextOffset{} // bytes that belong to a site
			for _, s := range fn.Sites {
				sites++
				for d := abi.TextOffset(1); d < codemap.SiteRoom; d++ {
					inside[s.Text+d] = s.Text
				}
				if s.Text+codemap.SiteRoom > fn.TextEnd {
					t.Errorf("%s: function %d ends at %#x, in the room of the site at %#x", file, fn.Index, fn.TextEnd, s.Text)
				}
			}
			for _, s := range fn.Sites { // a site may stand in the room of another, which then has no call over it
				delete(inside, s.Text)
			}
			check := func(at, target abi.TextOffset) {
				branches++
				if site, ok := inside[target]; ok {
					t.Errorf("%s: function %d: %#x leads to %#x, in the room of the site at %#x", file, fn.Index, at, target, site)
				}
			}
			for _, c := range fn.Calls {
				check(c.Return, c.Return)
			}
			for k := range fn.Insts {
				at, end := fn.Insts[k].Text, fn.TextEnd
				if k+1 < len(fn.Insts) {
					end = fn.Insts[k+1].Text
				}
				reached := at // by branches of the same row, which go on behind what ends it otherwise
				for at < end {
					in, err := x86asm.Decode(f.Text[at:end], 64)
					if err != nil {
						break // constants, or a table of jumps
					}
					next := at + abi.TextOffset(in.Len)
					if rel, ok := in.Args[0].(x86asm.Rel); ok && in.Op != x86asm.CALL {
						to := next + abi.TextOffset(rel)
						check(at, to)
						if to < end {
							reached = max(reached, to)
						}
					}
					ends := in.Op == x86asm.JMP || in.Op == x86asm.RET || in.Op == x86asm.UD2
					if ends && next > reached {
						break // a table of jumps, constants, or code with a row of its own follows
					}
					at = next
				}
			}
		}
	}
	t.Logf("%d sites, %d branches and returns", sites, branches)
	if sites < 10000 || branches < 10000 {
		t.Errorf("only %d sites and %d branches", sites, branches)
	}
}
