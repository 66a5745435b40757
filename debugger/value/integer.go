package value

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// integer is an integer of any size. Nearly all of a program fit into n; conditions of
// breakpoints are evaluated so often that the others alone pay for big numbers.
type integer struct {
	n   int64
	big *big.Int // the integer, if an int64 can't hold it; nil otherwise. Never changed.
}

func intOf(n int64) integer { return integer{n: n} }

func uintOf(n uint64) integer {
	if n > math.MaxInt64 {
		return integer{big: new(big.Int).SetUint64(n)}
	}
	return integer{n: int64(n)}
}

// integerOf takes b over.
func integerOf(b *big.Int) integer {
	if b.IsInt64() {
		return integer{n: b.Int64()}
	}
	return integer{big: b}
}

// bigInt returns i as a number that must not be changed.
func (i integer) bigInt() *big.Int {
	if i.big != nil {
		return i.big
	}
	return big.NewInt(i.n)
}

func (i integer) String() string {
	if i.big != nil {
		return i.big.String()
	}
	return strconv.FormatInt(i.n, 10)
}

// int64 returns i if it fits.
func (i integer) int64() (int64, bool) { return i.n, i.big == nil }

func (i integer) sign() int {
	switch {
	case i.big != nil:
		return i.big.Sign()
	case i.n < 0:
		return -1
	case i.n > 0:
		return 1
	}
	return 0
}

func (i integer) cmp(j integer) int {
	switch {
	case i.big != nil || j.big != nil:
		return i.bigInt().Cmp(j.bigInt())
	case i.n < j.n:
		return -1
	case i.n > j.n:
		return 1
	}
	return 0
}

// bitLen is the length of the absolute value in bits.
func (i integer) bitLen() int {
	switch {
	case i.big != nil:
		return i.big.BitLen()
	case i.n < 0:
		return bits.Len64(-uint64(i.n))
	}
	return bits.Len64(uint64(i.n))
}

func (i integer) neg() integer {
	if i.big == nil && i.n != math.MinInt64 {
		return integer{n: -i.n}
	}
	return integerOf(new(big.Int).Neg(i.bigInt()))
}

func (i integer) not() integer {
	if i.big == nil {
		return integer{n: ^i.n}
	}
	return integerOf(new(big.Int).Not(i.big))
}

func (i integer) add(j integer) integer {
	if i.big == nil && j.big == nil {
		if r := i.n + j.n; (r > i.n) == (j.n > 0) {
			return integer{n: r}
		}
	}
	return integerOf(new(big.Int).Add(i.bigInt(), j.bigInt()))
}

func (i integer) sub(j integer) integer {
	if i.big == nil && j.big == nil {
		if r := i.n - j.n; (r < i.n) == (j.n > 0) {
			return integer{n: r}
		}
	}
	return integerOf(new(big.Int).Sub(i.bigInt(), j.bigInt()))
}

func (i integer) mul(j integer) integer {
	if i.big == nil && j.big == nil && i.n == int64(int32(i.n)) && j.n == int64(int32(j.n)) {
		return integer{n: i.n * j.n}
	}
	return integerOf(new(big.Int).Mul(i.bigInt(), j.bigInt()))
}

// quo and rem truncate towards zero. j is not zero.
func (i integer) quo(j integer) integer {
	if i.big == nil && j.big == nil && !(i.n == math.MinInt64 && j.n == -1) {
		return integer{n: i.n / j.n}
	}
	return integerOf(new(big.Int).Quo(i.bigInt(), j.bigInt()))
}

func (i integer) rem(j integer) integer {
	if i.big == nil && j.big == nil {
		return integer{n: i.n % j.n}
	}
	return integerOf(new(big.Int).Rem(i.bigInt(), j.bigInt()))
}

// and, or and xor see a negative number as two's complement of unlimited length.
func (i integer) and(j integer) integer {
	if i.big == nil && j.big == nil {
		return integer{n: i.n & j.n}
	}
	return integerOf(new(big.Int).And(i.bigInt(), j.bigInt()))
}

func (i integer) or(j integer) integer {
	if i.big == nil && j.big == nil {
		return integer{n: i.n | j.n}
	}
	return integerOf(new(big.Int).Or(i.bigInt(), j.bigInt()))
}

func (i integer) xor(j integer) integer {
	if i.big == nil && j.big == nil {
		return integer{n: i.n ^ j.n}
	}
	return integerOf(new(big.Int).Xor(i.bigInt(), j.bigInt()))
}

func (i integer) shl(c uint) integer {
	if i.big == nil && i.bitLen()+int(c) < 64 {
		return integer{n: i.n << c}
	}
	return integerOf(new(big.Int).Lsh(i.bigInt(), c))
}

func (i integer) shr(c uint) integer {
	if i.big == nil {
		return integer{n: i.n >> c}
	}
	return integerOf(new(big.Int).Rsh(i.big, c))
}

// wrap reduces i to the width and sign of t, as the processor would.
func (i integer) wrap(t basicType) integer {
	if t.bits <= 0 {
		return i
	}
	if i.big == nil {
		switch {
		case t.bits > 64, t.bits == 64 && !t.signed:
			if t.signed || i.n >= 0 {
				return i
			}
			if t.bits == 64 {
				return uintOf(uint64(i.n))
			}
		case t.signed:
			sh := uint(64 - t.bits)
			return integer{n: i.n << sh >> sh}
		default:
			sh := uint(64 - t.bits)
			return integer{n: int64(uint64(i.n) << sh >> sh)}
		}
	}
	return integerOf(wrap(i.bigInt(), t))
}

// fits reports whether t holds i as it is.
func (i integer) fits(t basicType) bool {
	t.class = classInt
	return i.wrap(t).cmp(i) == 0
}

// putBytes stores the two's complement of i in as many bytes as there are.
func (i integer) putBytes(out []byte) {
	if i.big == nil {
		putInt(out, uint64(i.n), i.n < 0)
		return
	}
	u := wrap(i.big, basicType{classInt, 8 * len(out), false}).Bytes()
	for k, c := range u {
		out[len(u)-1-k] = c
	}
}

// decodeInteger reads the little-endian integer b.
func decodeInteger(b []byte, signed bool) integer {
	if len(b) > 8 {
		return integerOf(bigBits(b, signed))
	}
	var u uint64
	for k, c := range b {
		u |= uint64(c) << (8 * k)
	}
	if signed && len(b) > 0 {
		sh := uint(64 - 8*len(b))
		return integer{n: int64(u<<sh) >> sh}
	}
	return uintOf(u)
}
