package value

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// edges are integers around which a width ends.
func edges() []*big.Int {
	var list []*big.Int
	for _, bits := range []uint{0, 1, 7, 8, 15, 16, 31, 32, 33, 62, 63, 64, 65, 127, 128} {
		for _, d := range []int64{-1, 0, 1} {
			n := new(big.Int).Lsh(big.NewInt(1), bits)
			n.Add(n, big.NewInt(d))
			list = append(list, n, new(big.Int).Neg(n))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		list = append(list, big.NewInt(int64(r.Uint64())>>r.IntN(64)), new(big.Int).SetUint64(r.Uint64()))
	}
	return list
}

// integer computes as math/big does, and keeps in n whatever fits there.
func TestInteger(t *testing.T) {
	check := func(what string, got integer, want *big.Int) {
		t.Helper()
		if got.bigInt().Cmp(want) != 0 || (got.big == nil) != want.IsInt64() || got.String() != want.String() {
			t.Fatalf("%s is %v (big: %t), want %v", what, got, got.big != nil, want)
		}
	}
	types := []basicType{{classInt, 1, false}, {classInt, 5, true}, {classInt, 8, true}, {classInt, 8, false}, {classInt, 16, true}, {classInt, 16, false}, {classInt, 32, true}, {classInt, 32, false}, {classInt, 64, true}, {classInt, 64, false}, {classInt, 128, true}, {classInt, 128, false}}
	for _, a := range edges() {
		x := integerOf(a)
		check("x", x, a)
		check(fmt.Sprintf("-%v", a), x.neg(), new(big.Int).Neg(a))
		check(fmt.Sprintf("~%v", a), x.not(), new(big.Int).Not(a))
		if x.sign() != a.Sign() || x.bitLen() != a.BitLen() {
			t.Fatalf("%v: sign %d, %d bits", a, x.sign(), x.bitLen())
		}
		for _, c := range []uint{0, 1, 31, 63, 64, 127} {
			check(fmt.Sprintf("%v << %d", a, c), x.shl(c), new(big.Int).Lsh(a, c))
			check(fmt.Sprintf("%v >> %d", a, c), x.shr(c), new(big.Int).Rsh(a, c))
		}
		for _, b := range types {
			// The number that is equal modulo 2^bits and lies in the type's range.
			mod := new(big.Int).Lsh(big.NewInt(1), uint(b.bits))
			want := new(big.Int).Mod(a, mod)
			if half := new(big.Int).Rsh(mod, 1); b.signed && want.Cmp(half) >= 0 {
				want.Sub(want, mod)
			}
			check(fmt.Sprintf("%v in %d bits", a, b.bits), x.wrap(b), want)
			if x.fits(b) != (want.Cmp(a) == 0) {
				t.Fatalf("%v fits into %v: %t", a, b, x.fits(b))
			}
			if b.bits%8 == 0 {
				out := make([]byte, b.bits/8)
				x.putBytes(out)
				check(fmt.Sprintf("%v in %d bytes", a, len(out)), decodeInteger(out, b.signed), want)
			}
		}
		for _, b := range edges() {
			y := integerOf(b)
			if x.cmp(y) != a.Cmp(b) {
				t.Fatalf("%v compared with %v: %d", a, b, x.cmp(y))
			}
			what := fmt.Sprintf("%v and %v", a, b)
			check(what, x.add(y), new(big.Int).Add(a, b))
			check(what, x.sub(y), new(big.Int).Sub(a, b))
			check(what, x.mul(y), new(big.Int).Mul(a, b))
			check(what, x.and(y), new(big.Int).And(a, b))
			check(what, x.or(y), new(big.Int).Or(a, b))
			check(what, x.xor(y), new(big.Int).Xor(a, b))
			if b.Sign() != 0 {
				check(what, x.quo(y), new(big.Int).Quo(a, b))
				check(what, x.rem(y), new(big.Int).Rem(a, b))
			}
		}
	}
}

// Expressions of fixed-width numbers come out as the processor computes them.
func TestArithmetic(t *testing.T) {
	p := run(t, rsTypes, "10break_here17h")
	s := p.scope(t, "main.rs", 79, 0)
	r := rand.New(rand.NewPCG(3, 4))
	number := func() uint64 {
		n := r.Uint64() >> r.IntN(64)
		if r.IntN(2) == 0 {
			n = -n
		}
		return n
	}
	for range 300 {
		a, b := number(), number()
		checkArithmetic[int8](t, s, "i8", a, b)
		checkArithmetic[uint8](t, s, "u8", a, b)
		checkArithmetic[int16](t, s, "i16", a, b)
		checkArithmetic[uint32](t, s, "u32", a, b)
		checkArithmetic[int32](t, s, "i32", a, b)
		checkArithmetic[int64](t, s, "i64", a, b)
		checkArithmetic[uint64](t, s, "u64", a, b)
	}
	checkArithmetic[int64](t, s, "i64", 1<<63, math.MaxUint64)
}

func checkArithmetic[T int8 | uint8 | int16 | int32 | uint32 | int64 | uint64](t *testing.T, s *Scope, name string, a, b uint64) {
	t.Helper()
	x, y := T(a), T(b)
	numbers := map[string]T{"+": x + y, "-": x - y, "*": x * y, "&": x & y, "|": x | y, "^": x ^ y}
	if y != 0 {
		numbers["/"], numbers["%"] = x/y, x%y
	}
	truths := map[string]bool{"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y, "==": x == y, "!=": x != y}
	for op, want := range numbers {
		expr := fmt.Sprintf("(%d as %s) %s (%d as %s)", a, name, op, b, name)
		if v, err := s.Eval(expr); err != nil || v.String() != fmt.Sprint(want) || v.TypeName(true) != name {
			t.Fatalf("%s is %v %v, want %d", expr, v, err, want)
		}
		truths[fmt.Sprintf("%s (%d as %s) ==", op, b, name)] = numbers[op] == y
	}
	for op, want := range truths {
		expr := fmt.Sprintf("(%d as %s) %s (%d as %s)", a, name, op, b, name)
		e, err := Parse(expr)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Truth(e); err != nil || got != want {
			t.Fatalf("%s is %t %v, want %t", expr, got, err, want)
		}
	}
}
