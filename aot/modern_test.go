package aot

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/interp"
)

var modernRuns = flag.Int("modern", 300, "random modules for TestModern")

// runInterp runs a generated module in the interpreter, which is the judge of what wazero does not know.
func runInterp(module []byte, types []wasm.FuncType, seed uint64) (*outcome, error) {
	m, err := wasm.Decode(module)
	if err != nil {
		return nil, err
	}
	machine, err := interp.New(m)
	if err != nil {
		return nil, err
	}
	var out outcome
	args := rand.New(rand.NewPCG(seed, 3))
	for range rounds {
		for i := range types {
			machine.Budget = 50_000_000
			machine.Call(uint32(i), arguments(args, types[i].Params)...)
			err := machine.Run()
			var trap interp.Trap
			if err != nil && !errors.As(err, &trap) {
				return nil, err
			}
			if err != nil {
				out.note(nil, nil, string(trap))
			} else {
				var words []uint64
				for _, v := range machine.Results() {
					if words = append(words, v.Bits); v.Type == wasm.V128 {
						words = append(words, v.High)
					}
				}
				out.note(types[i].Results, words, "")
			}
			machine.Globals[fuelGlobal].Bits = 100
		}
	}
	for i := range out.globals {
		out.globals[i] = machine.Globals[i].Bits
	}
	out.memory = bytes.Join(machine.Memories, nil)
	return &out, nil
}

// compareModern runs a module of everything that 3.0 and later proposals brought here and in the interpreter.
func compareModern(t *testing.T, seed uint64) {
	module, types, _ := generateWith(seed, true)
	got, err := runHere(module, types, seed, freely)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	want, err := runInterp(module, types, seed)
	if err != nil {
		t.Fatalf("seed %d: interpreter: %v", seed, err)
	}
	if diff := got.difference(want, len(types)); diff != "" {
		t.Errorf("seed %d: %s", seed, diff)
		if dir := os.Getenv("SPHEX_KEEP"); dir != "" {
			if err := os.WriteFile(fmt.Sprintf("%s/modern%d.wasm", dir, seed), module, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestModern compares random modules with the interpreter.
func TestModern(t *testing.T) {
	skipWithoutGuest(t)
	compareModern(t, 5500010) // was no valid module: a branch to a block that is left with a reference
	for seed := range uint64(*modernRuns) {
		compareModern(t, *firstSeed+seed)
	}
}

func FuzzModern(f *testing.F) {
	skipWithoutGuest(f)
	f.Add(uint64(1 << 40))
	f.Fuzz(compareModern)
}

// TestModernReused has a pool's instance run a module again, which must go as the first time, whatever memories it has.
func TestModernReused(t *testing.T) {
	skipWithoutGuest(t)
	ctx := context.Background()
	for seed := range uint64(*modernRuns / 4) {
		module, types, _ := generateWith(seed, true)
		m, err := load(module, seed)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		pool, err := runtime.NewPool(ctx, m, runtime.NewImports(), runtime.PoolConfig{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var first *outcome
		for round := range 3 {
			in, err := pool.Get(ctx, nil)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			got, err := observe(ctx, in, types, seed, freely)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if round == 0 {
				first = got
			} else if diff := got.difference(first, len(types)); diff != "" {
				t.Errorf("seed %d: the %d. time: %s", seed, round+1, diff)
			}
			pool.Put(in)
		}
		pool.Close()
		m.Close()
	}
}

// TestModernCovers checks that the generator makes what it is for.
func TestModernCovers(t *testing.T) {
	ops := map[wasm.Op]int{}
	kinds := map[wasm.MemoryType]int{} // without limits
	several := map[wasm.Op]int{}       // on another memory than the first
	for seed := range uint64(200) {
		module, _, _ := generateWith(seed, true)
		m, err := wasm.Decode(module)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, k := range m.Memories {
			k.Limits = wasm.Limits{}
			kinds[k]++
		}
		var r wasm.Reader
		var in wasm.Inst
		for i := range m.Code {
			for r.Reset(m, &m.Code[i]); r.Next(&in); {
				ops[in.Op]++
				if in.Op.Width() != 0 && in.Memory() != 0 {
					several[in.Op]++
				}
			}
		}
	}
	for _, op := range []wasm.Op{
		wasm.OpI64Add128, wasm.OpI64Sub128, wasm.OpI64MulWideS, wasm.OpI64MulWideU, wasm.OpCallRef, wasm.OpReturnCallRef, wasm.OpReturnCall,
		wasm.OpRefAsNonNull, wasm.OpBrOnNull, wasm.OpBrOnNonNull, wasm.OpRefFunc, wasm.OpRefNull, wasm.OpSelectT, wasm.OpTryTable, wasm.OpThrow,
		wasm.OpMemoryInit, wasm.OpDataDrop, wasm.OpMemoryCopy, wasm.OpMemoryFill, wasm.OpMemorySize, wasm.OpMemoryGrow,
		wasm.OpTableGet, wasm.OpTableSet, wasm.OpTableSize, wasm.OpTableGrow, wasm.OpTableCopy,
	} {
		if ops[op] < 5 {
			t.Errorf("%d times %v", ops[op], op)
		}
	}
	for op := wasm.OpI32Load; op <= wasm.OpI64Store32; op++ {
		if several[op] < 5 {
			t.Errorf("%d times %v on a memory other than the first", several[op], op)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("memories of the types %v", kinds)
	}
}
