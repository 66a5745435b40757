package aot

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"sphex/aot/codemap"
	"sphex/aot/object"
	"sphex/aot/wasm"
	"sphex/runtime"
)

var (
	differentialRuns = flag.Int("differential", 400, "random modules for TestDifferential")
	firstSeed        = flag.Uint64("first", 0, "the first of the random modules: several processes can share a long run")
)

// outcome is all that a module can show: what each call returns or how it traps, and what it
// leaves in globals and memory.
type outcome struct {
	calls   []string
	globals [numGlobals]uint64
	memory  []byte
}

func (o *outcome) note(types []wasm.ValType, values []uint64, trap string) {
	if trap != "" {
		o.calls = append(o.calls, "trap: "+trap)
		return
	}
	var b strings.Builder
	for _, t := range types {
		v := values[0]
		values = values[1:]
		switch t {
		case wasm.V128:
			fmt.Fprintf(&b, "%#x ", values[0])
			values = values[1:]
		case wasm.I32:
			v = uint64(uint32(v))
		case wasm.F32:
			if v = uint64(uint32(v)); v&0x7fffffff > 0x7f800000 {
				v = 0x7fc00000
			}
		case wasm.F64:
			if v<<1 > 0x7ff0000000000000<<1 {
				v = 0x7ff8000000000000
			}
		}
		fmt.Fprintf(&b, "%v %#x; ", t, v)
	}
	o.calls = append(o.calls, b.String())
}

// arguments are the same for both engines.
func arguments(r *rand.Rand, types []wasm.ValType) []uint64 {
	var args []uint64
	for _, t := range types {
		small := uint64(int64(r.IntN(200) - 100))
		switch t {
		case wasm.I32:
			a := uint64(uint32(small))
			if r.IntN(4) == 0 {
				a = uint64(r.Uint32())
			}
			args = append(args, a)
		case wasm.I64:
			a := small
			if r.IntN(4) == 0 {
				a = r.Uint64()
			}
			args = append(args, a)
		case wasm.F32:
			args = append(args, uint64(math.Float32bits(float32(int64(small))/4)))
		case wasm.V128:
			args = append(args, r.Uint64(), small)
		default:
			args = append(args, math.Float64bits(float64(int64(small))/8))
		}
	}
	return args
}

// rounds is how often each function is called.
const rounds = 3

// load compiles with stop sites at some of the instructions.
func load(module []byte, seed uint64) (*runtime.Module, error) {
	r := rand.New(rand.NewPCG(seed, 2))
	o := Options{Workers: 1, Sites: codemap.SiteForm(r.IntN(3)), stackMoves: r.IntN(2) == 0}
	density := []int{0, 1, 3, 20}[r.IntN(4)]
	o.statements = func(m *wasm.Module) (at []wasm.CodeOffset) {
		var rd wasm.Reader
		var in wasm.Inst
		for i := range m.Code {
			rd.Reset(m, &m.Code[i])
			for rd.Next(&in) {
				if density > 0 && r.IntN(density) == 0 {
					at = append(at, in.Offset)
				}
			}
		}
		return at
	}
	f, err := Compile(module, o)
	if err != nil {
		return nil, err
	}
	b, err := f.Bytes()
	if err != nil {
		return nil, err
	}
	if f, err = object.Read(b); err != nil {
		return nil, err
	}
	return runtime.Load(f)
}

// caller calls a function of an instance.
type caller func(ctx context.Context, in *runtime.Instance, f uint32, args []uint64) ([]uint64, error)

// freely lets a call run without stops.
func freely(ctx context.Context, in *runtime.Instance, f uint32, args []uint64) ([]uint64, error) {
	return in.CallIndex(ctx, f, args...)
}

// runHere runs a generated module.
func runHere(module []byte, types []wasm.FuncType, seed uint64, call caller) (*outcome, error) {
	m, err := load(module, seed)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	ctx := context.Background()
	in, err := runtime.Instantiate(ctx, m, runtime.NewImports(), runtime.Config{})
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return observe(ctx, in, types, seed, call)
}

// observe calls the functions of an instance and says what came of it.
func observe(ctx context.Context, in *runtime.Instance, types []wasm.FuncType, seed uint64, call caller) (*outcome, error) {
	var out outcome
	args := rand.New(rand.NewPCG(seed, 3))
	for range rounds {
		for i := range types {
			res, err := call(ctx, in, uint32(i), arguments(args, types[i].Params))
			var trap *runtime.TrapError
			if err != nil && !errors.As(err, &trap) {
				return nil, err
			}
			if trap != nil {
				out.note(nil, nil, trap.Error())
			} else {
				out.note(types[i].Results, res, "")
			}
			in.Global(fuelGlobal).Set(100)
		}
	}
	for i := range out.globals {
		out.globals[i] = in.Global(i).Get()
		if globalTypes[i] == wasm.I32 || globalTypes[i] == wasm.F32 {
			out.globals[i] &= math.MaxUint32
		}
	}
	for i := range in.Module().Wasm().Memories {
		out.memory = append(out.memory, in.Memory(i).All()...)
	}
	return &out, nil
}

// wazeroWords maps the words of wazero's traps to the specification's.
var wazeroWords = map[string]string{
	"unreachable":                   "unreachable",
	"out of bounds memory access":   "out of bounds memory access",
	"integer divide by zero":        "integer divide by zero",
	"integer overflow":              "integer overflow",
	"invalid conversion to integer": "invalid conversion to integer",
	"invalid table access":          "uninitialized element",
	"indirect call type mismatch":   "indirect call type mismatch",
	"stack overflow":                "call stack exhausted",
	"unaligned atomic":              "unaligned atomic",
	"expected shared memory":        "expected shared memory",
}

func runWazero(config wazero.RuntimeConfig, module []byte, types []wasm.FuncType, seed uint64) (*outcome, error) {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(api.CoreFeaturesV2|experimental.CoreFeaturesThreads))
	defer rt.Close(ctx)
	mod, err := rt.Instantiate(ctx, module)
	if err != nil {
		return nil, err
	}
	var out outcome
	args := rand.New(rand.NewPCG(seed, 3))
	for range rounds {
		for i := range types {
			res, err := mod.ExportedFunction(fmt.Sprint(i)).Call(ctx, arguments(args, types[i].Params)...)
			if err != nil {
				line, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "wasm error: "), "\n")
				words, ok := wazeroWords[line]
				if !ok {
					return nil, err
				}
				out.note(nil, nil, words)
			} else {
				out.note(types[i].Results, res, "")
			}
			mod.ExportedGlobal(fmt.Sprint("g", fuelGlobal)).(api.MutableGlobal).Set(100)
		}
	}
	for i := range out.globals {
		out.globals[i] = mod.ExportedGlobal(fmt.Sprint("g", i)).Get()
		if globalTypes[i] == wasm.I32 || globalTypes[i] == wasm.F32 {
			out.globals[i] &= math.MaxUint32
		}
	}
	mem := mod.ExportedMemory("m")
	out.memory, _ = mem.Read(0, mem.Size())
	out.memory = bytes.Clone(out.memory)
	return &out, nil
}

// difference says where two outcomes differ, "" if they do not.
func (o *outcome) difference(want *outcome, functions int) string {
	for i := range want.calls {
		if o.calls[i] != want.calls[i] {
			return fmt.Sprintf("call %d of function %d: got %s, want %s", i/functions, i%functions, o.calls[i], want.calls[i])
		}
	}
	if o.globals != want.globals {
		return fmt.Sprintf("globals: got %#x, want %#x", o.globals, want.globals)
	}
	if len(o.memory) != len(want.memory) {
		return fmt.Sprintf("memory has %d bytes, want %d", len(o.memory), len(want.memory))
	}
	for i := range want.memory {
		if o.memory[i] != want.memory[i] {
			return fmt.Sprintf("memory differs at %#x", i)
		}
	}
	return ""
}

// compare runs a generated module here and in wazero: in its compiler, and in its interpreter,
// which is slower but has fewer defects, when the compiler disagrees. It returns the number of calls.
func compare(t *testing.T, seed uint64) (calls int) {
	module, types := generate(seed)
	got, err := runHere(module, types, seed, freely)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	var diff string
	for _, config := range []wazero.RuntimeConfig{wazero.NewRuntimeConfigCompiler(), wazero.NewRuntimeConfigInterpreter()} {
		want, err := runWazero(config, module, types, seed)
		if err != nil {
			t.Fatalf("seed %d: wazero: %v", seed, err)
		}
		if diff = got.difference(want, len(types)); diff == "" {
			return len(got.calls)
		}
	}
	t.Errorf("seed %d: %s", seed, diff)
	if dir := os.Getenv("SPHEX_KEEP"); dir != "" {
		if err := os.WriteFile(fmt.Sprintf("%s/seed%d.wasm", dir, seed), module, 0o644); err != nil {
			t.Error(err)
		}
	}
	return len(got.calls)
}

// foundSeeds made modules that were compiled wrongly, or not at all.
var foundSeeds = []uint64{
	700171805, // select with all operand registers in its operands, and an entry that is the local which is set next
}

// TestDifferential compares random modules with wazero's compiler.
func TestDifferential(t *testing.T) {
	skipWithoutGuest(t)
	for _, seed := range foundSeeds {
		compare(t, seed)
	}
	calls := 0
	for seed := range uint64(*differentialRuns) {
		calls += compare(t, *firstSeed+seed)
	}
	t.Logf("%d modules, %d calls of their functions", *differentialRuns, calls)
}

func FuzzDifferential(f *testing.F) {
	skipWithoutGuest(f)
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) { compare(t, seed) })
}
