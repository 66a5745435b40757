package value

import (
	"encoding/binary"
	"math"
	"math/big"
)

// class is the sort of a scalar.
type class uint8

const (
	classNone class = iota
	classInt
	classFloat
	classBool
	classChar
)

// basicType is what a scalar's bits mean.
type basicType struct {
	class  class
	bits   int
	signed bool
}

// basicTypes are the types that a cast can name without any DWARF. Sizes are those of
// wasm32: int, long and pointers have 4 bytes.
var basicTypes = map[string]basicType{
	"i8": {classInt, 8, true}, "i16": {classInt, 16, true}, "i32": {classInt, 32, true}, "i64": {classInt, 64, true}, "i128": {classInt, 128, true}, "isize": {classInt, 32, true},
	"u8": {classInt, 8, false}, "u16": {classInt, 16, false}, "u32": {classInt, 32, false}, "u64": {classInt, 64, false}, "u128": {classInt, 128, false}, "usize": {classInt, 32, false},
	"f32": {classFloat, 32, true}, "f64": {classFloat, 64, true}, "bool": {classBool, 8, false}, "_Bool": {classBool, 8, false},
	"char": {classInt, 8, true}, "signed char": {classInt, 8, true}, "unsigned char": {classInt, 8, false},
	"short": {classInt, 16, true}, "short int": {classInt, 16, true}, "unsigned short": {classInt, 16, false}, "unsigned short int": {classInt, 16, false},
	"int": {classInt, 32, true}, "signed": {classInt, 32, true}, "signed int": {classInt, 32, true}, "unsigned": {classInt, 32, false}, "unsigned int": {classInt, 32, false},
	"long": {classInt, 32, true}, "long int": {classInt, 32, true}, "unsigned long": {classInt, 32, false}, "unsigned long int": {classInt, 32, false},
	"long long": {classInt, 64, true}, "long long int": {classInt, 64, true}, "unsigned long long": {classInt, 64, false}, "unsigned long long int": {classInt, 64, false},
	"__int128": {classInt, 128, true}, "unsigned __int128": {classInt, 128, false},
	"float": {classFloat, 32, true}, "double": {classFloat, 64, true}, "long double": {classFloat, 128, true},
	"size_t": {classInt, 32, false}, "ssize_t": {classInt, 32, true}, "ptrdiff_t": {classInt, 32, true}, "intptr_t": {classInt, 32, true}, "uintptr_t": {classInt, 32, false},
	"int8_t": {classInt, 8, true}, "int16_t": {classInt, 16, true}, "int32_t": {classInt, 32, true}, "int64_t": {classInt, 64, true},
	"uint8_t": {classInt, 8, false}, "uint16_t": {classInt, 16, false}, "uint32_t": {classInt, 32, false}, "uint64_t": {classInt, 64, false},
	"wchar_t": {classInt, 32, true}, "char8_t": {classInt, 8, false}, "char16_t": {classInt, 16, false}, "char32_t": {classInt, 32, false},
}

// addressSized are those of basicTypes that have eight bytes where addresses have.
var addressSized = map[string]bool{
	"isize": true, "usize": true, "long": true, "long int": true, "unsigned long": true, "unsigned long int": true,
	"size_t": true, "ssize_t": true, "ptrdiff_t": true, "intptr_t": true, "uintptr_t": true,
}

// scalar is a number, boolean or character of some width. i holds integers whatever their
// width; f holds floats, of 128 bits rounded to 64.
type scalar struct {
	basicType
	untyped bool // a literal: takes the other operand's type
	i       integer
	f       float64
}

// bigBits makes the n-byte little-endian integer b.
func bigBits(b []byte, signed bool) *big.Int {
	if len(b) <= 8 {
		var w [8]byte
		copy(w[:], b)
		u := binary.LittleEndian.Uint64(w[:])
		if !signed {
			return new(big.Int).SetUint64(u)
		}
		sh := uint(64 - 8*len(b))
		return big.NewInt(int64(u<<sh) >> sh)
	}
	r := make([]byte, len(b))
	for i, c := range b {
		r[len(b)-1-i] = c
	}
	n := new(big.Int).SetBytes(r)
	if signed && b[len(b)-1] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// wrap reduces i to the width and sign of t, as the processor would.
func wrap(i *big.Int, t basicType) *big.Int {
	if t.bits <= 0 {
		return i
	}
	if t.signed && i.BitLen() < t.bits || !t.signed && i.Sign() >= 0 && i.BitLen() <= t.bits {
		return i
	}
	mod := new(big.Int).Lsh(big.NewInt(1), uint(t.bits))
	r := new(big.Int).And(i, new(big.Int).Sub(mod, big.NewInt(1)))
	if t.signed && r.Bit(t.bits-1) == 1 {
		r.Sub(r, mod)
	}
	return r
}

// decodeScalar reads b as t.
func decodeScalar(b []byte, t basicType) scalar {
	s := scalar{basicType: t}
	switch t.class {
	case classFloat:
		switch len(b) {
		case 2:
			s.f = float16(binary.LittleEndian.Uint16(b))
		case 4:
			s.f = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		case 8:
			s.f = math.Float64frombits(binary.LittleEndian.Uint64(b))
		case 16:
			s.f, _ = quad(b).Float64()
			if special, f := quadSpecial(b); special {
				s.f = f
			}
		}
	case classBool, classChar:
		s.i = decodeInteger(b, false)
	default:
		s.i = decodeInteger(b, t.signed)
	}
	return s
}

// bytes encodes s in its own width.
func (s scalar) bytes() []byte {
	n := (s.bits + 7) / 8
	out := make([]byte, n)
	if s.class == classFloat {
		switch n {
		case 4:
			binary.LittleEndian.PutUint32(out, math.Float32bits(float32(s.f)))
		case 8:
			binary.LittleEndian.PutUint64(out, math.Float64bits(s.f))
		case 16:
			putQuad(out, s.f)
		}
		return out
	}
	s.i.putBytes(out)
	return out
}

// float returns s as a float.
func (s scalar) float() float64 {
	if s.class == classFloat {
		return s.f
	}
	if n, ok := s.i.int64(); ok {
		return float64(n)
	}
	f, _ := new(big.Float).SetInt(s.i.bigInt()).Float64()
	return f
}

// convert casts s to t as C and Rust's `as` do for integers (wrapping); a float that does
// not fit saturates as in Rust.
func (s scalar) convert(t basicType) scalar {
	r := scalar{basicType: t}
	switch t.class {
	case classFloat:
		r.f = s.float()
		if t.bits == 32 {
			r.f = float64(float32(r.f))
		}
	case classBool:
		if s.truth() {
			r.i = intOf(1)
		}
	default:
		if s.class == classFloat {
			r.i = integerOf(floatToInt(s.f, t))
		} else {
			r.i = s.i.wrap(basicType{classInt, t.bits, t.signed})
		}
	}
	return r
}

func floatToInt(f float64, t basicType) *big.Int {
	if math.IsNaN(f) {
		return new(big.Int)
	}
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(t.bits))
	if t.signed {
		hi.Rsh(hi, 1)
		lo.Neg(hi)
	}
	hi.Sub(hi, big.NewInt(1))
	switch {
	case math.IsInf(f, 1):
		return hi
	case math.IsInf(f, -1):
		return lo
	}
	i, _ := big.NewFloat(f).Int(nil)
	if i.Cmp(hi) > 0 {
		return hi
	}
	if i.Cmp(lo) < 0 {
		return lo
	}
	return i
}

func (s scalar) truth() bool {
	if s.class == classFloat {
		return s.f != 0
	}
	return s.i.sign() != 0
}

// float16 decodes an IEEE 754 half.
func float16(u uint16) float64 {
	sign, exp, frac := 1.0, int(u>>10&31), float64(u&1023)
	if u>>15 == 1 {
		sign = -1
	}
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return sign * math.Inf(1)
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

// quadSpecial recognises infinities and NaNs of IEEE 754 binary128.
func quadSpecial(b []byte) (bool, float64) {
	if (uint16(b[15])<<8|uint16(b[14]))&0x7fff != 0x7fff {
		return false, 0
	}
	for _, c := range b[:14] {
		if c != 0 {
			return true, math.NaN()
		}
	}
	if b[15]&0x80 != 0 {
		return true, math.Inf(-1)
	}
	return true, math.Inf(1)
}

// quad decodes a finite IEEE 754 binary128, which is long double on WebAssembly.
func quad(b []byte) *big.Float {
	exp := int(uint16(b[15])<<8|uint16(b[14])) & 0x7fff
	frac := bigBits(b[:14], false)
	if exp == 0 {
		exp = 1
	} else {
		frac.SetBit(frac, 112, 1)
	}
	f := new(big.Float).SetPrec(113).SetInt(frac)
	f.SetMantExp(f, exp-16383-112)
	if b[15]&0x80 != 0 {
		f.Neg(f)
	}
	return f
}

// putQuad encodes f as binary128.
func putQuad(out []byte, f float64) {
	bits := math.Float64bits(f)
	exp, frac := int(bits>>52&0x7ff), bits&(1<<52-1)
	q := 0
	switch {
	case exp == 0x7ff:
		q = 0x7fff
	case exp != 0:
		q = exp - 1023 + 16383
	case frac != 0: // subnormal: normalise
		q = 1 - 1023 + 16383
		for frac>>52 == 0 {
			frac <<= 1
			q--
		}
		frac &= 1<<52 - 1
	}
	binary.LittleEndian.PutUint16(out[14:], uint16(q))
	for i := range 7 { // the fraction's 52 bits stand in bits 60 to 111
		out[7+i] = byte(frac << 4 >> (8 * i))
	}
	if bits>>63 == 1 {
		out[15] |= 0x80
	}
}
