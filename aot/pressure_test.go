package aot

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"testing"

	"sphex/aot/codemap"
	"sphex/aot/wasm"
	"sphex/runtime"
	"sphex/runtime/interp"
)

var pressureRuns = flag.Int("pressure", 4, "functions for each instruction, kind of module and form of code in TestPressure")

// TestPressure has every instruction meet every state of the compiler's operand stack: up to twenty entries below it, of
// both classes of registers, its operands of every kind (constants, locals in registers and in the frame, registers, sums,
// pending loads, pending flags), locals that live across it, and a local set by the next instruction that entries below
// stand for. What it computes and leaves is compared with the interpreter, for plain code, code that counts fuel, and code
// with stop sites between all instructions and a record of the operands.
func TestPressure(t *testing.T) {
	skipWithoutGuest(t)
	seen := map[wasm.Op]bool{}
	calls, traps := 0, 0
	for kind := range len(pressureKinds) {
		rows := pressureRows(kind)
		for start := 0; start < len(rows); start += 8 {
			some := rows[start:min(start+8, len(rows))]
			c, n := comparePressure(t, kind, some, *firstSeed, seen)
			calls += c
			traps += n
			if t.Failed() {
				return
			}
		}
	}
	for _, op := range knownOps() {
		if !seen[op] {
			t.Errorf("%v is in no function", op)
		}
	}
	if traps > calls/3 {
		t.Errorf("%d of %d calls trapped", traps, calls)
	}
	t.Logf("%d calls, %d of them trapped", calls, traps)
}

// pressureKinds are the modules' memories and whether the tables have addresses of 64 bits.
var pressureKinds = []struct {
	memories [2]wasm.MemoryType
	one      bool // the first memory alone
	table64  bool
}{
	{memories: [2]wasm.MemoryType{{}, {Is64: true}}, one: true},
	{memories: [2]wasm.MemoryType{{}, {Is64: true}}, table64: true},
	{memories: [2]wasm.MemoryType{{Is64: true}, {}}},
	{memories: [2]wasm.MemoryType{{BytePages: true}, {Is64: true, BytePages: true}}, table64: true},
}

// pressureRow is an instruction under test.
type pressureRow struct {
	name    string
	params  []wasm.ValType
	results []wasm.ValType
	label   []wasm.ValType // what the block around it carries away
	ends    bool           // nothing goes on behind it
	last    int            // how many of the operands may be pending in the flags
	emit    func(g *pressure)
}

// shown is what a call leaves and how it ended.
func shown(global uint64, trap string) string {
	if trap == "unaligned atomic" { // when an access is out of bounds, too, either may be said
		trap = "out of bounds memory access"
	}
	return fmt.Sprintf("%#x %s", global, trap)
}

// comparePressure compares the functions of some rows in all forms of code.
func comparePressure(t *testing.T, kind int, rows []pressureRow, seed uint64, seen map[wasm.Op]bool) (calls, traps int) {
	module, names := pressureModule(kind, rows, seed)
	decoded, err := wasm.Decode(module)
	if err == nil {
		err = decoded.Validate()
	}
	if err != nil {
		t.Fatalf("kind %d, %s: %v", kind, names[0], err)
	}
	var rd wasm.Reader
	var in wasm.Inst
	for i := range decoded.Code {
		for rd.Reset(decoded, &decoded.Code[i]); rd.Next(&in); {
			seen[in.Op] = true
		}
	}
	args := []uint64{16, 24, uint64(math.Float32bits(16)), math.Float64bits(24), 0x0000000500000006, 0x0000000700000004}
	machine, err := interp.New(decoded)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range names {
		machine.Budget = 1 << 30
		machine.Call(uint32(numFuncs+i), args...)
		err := machine.Run()
		var trap interp.Trap
		if err != nil && !errors.As(err, &trap) {
			t.Fatalf("kind %d, %s: interpreter: %v", kind, names[i], err)
		}
		if err != nil {
			traps++
		}
		want = append(want, shown(machine.Globals[0].Bits, string(trap)))
	}
	calls = len(names)
	all := func(m *wasm.Module) (at []wasm.CodeOffset) {
		for i := range m.Code {
			for rd.Reset(m, &m.Code[i]); rd.Next(&in); {
				at = append(at, in.Offset)
			}
		}
		return at
	}
	none := func(*wasm.Module) []wasm.CodeOffset { return nil }
	for name, o := range map[string]Options{
		"plain": {statements: none},
		"fuel":  {statements: none, Fuel: true, stackMoves: true},
		"sites": {statements: all, Sites: codemap.SiteByte, stackMoves: true},
	} {
		o.Workers = 1
		where := func(i int) string {
			return fmt.Sprintf("kind %d, %s code, %s (function %d)", kind, name, names[i], numFuncs+i)
		}
		f, err := Compile(module, o)
		if err != nil {
			t.Fatalf("%s: %v", where(0), err)
		}
		m, err := runtime.Load(f)
		if err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		instance, err := runtime.Instantiate(ctx, m, nil, runtime.Config{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range names {
			_, err := instance.CallIndex(ctx, uint32(numFuncs+i), args...)
			var trap *runtime.TrapError
			words := ""
			if errors.As(err, &trap) {
				words = trap.Error()
			} else if err != nil {
				t.Fatalf("%s: %v", where(i), err)
			}
			if got := shown(instance.Global(0).Get(), words); got != want[i] {
				t.Errorf("%s: got %s, the interpreter %s", where(i), got, want[i])
				break
			}
		}
		for i := range machine.Memories {
			if !t.Failed() && !bytes.Equal(instance.Memory(i).All(), machine.Memories[i]) {
				t.Errorf("%s and others: memory %d differs", where(0), i)
			}
		}
		instance.Close()
		m.Close()
	}
	return calls, traps
}
