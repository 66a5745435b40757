package amd64

import "math/bits"

// Division by a constant becomes a multiplication by its scaled reciprocal ("Division by
// Invariant Integers using Multiplication", Granlund and Montgomery, 1994; Hacker's Delight,
// chapter 10).

// reciprocal divides unsigned numbers of n bits: x / d = (x * m) >> (n + shift). If wide, m
// stands for 2^n + m, which takes n+1 bits.
type reciprocal struct {
	m     uint64
	shift uint8
	wide  bool
}

// unsignedReciprocal finds the reciprocal of d, which is neither zero nor a power of two.
func unsignedReciprocal(n uint, d uint64) reciprocal {
	floor := uint8(bits.Len64(d)) - 1 // of the logarithm of d
	for s := uint8(0); s <= floor; s++ {
		if m, err := scaled(n, 1<<s, d); err <= 1<<s {
			return reciprocal{m: m, shift: s}
		}
	}
	// One bit more always does; its highest one is left out.
	m, _ := scaled(n, 1<<(floor+1)-d, d)
	return reciprocal{m: m, shift: floor + 1, wide: true}
}

// scaled returns k * 2^n / d, rounded up, and what that adds times d. k is less than d.
func scaled(n uint, k, d uint64) (m, err uint64) {
	var q, r uint64
	if n == 64 {
		q, r = bits.Div64(k, 0, d)
	} else {
		q, r = (k<<n)/d, (k<<n)%d
	}
	return q + 1, d - r
}

// signedReciprocal finds m and shift so that x / d = (x * m) >> (n + shift), plus one if x is
// negative, for signed numbers of n bits and d from 3 to 2^(n-1), no power of two. m takes n
// bits and is unsigned.
func signedReciprocal(n uint, d uint64) (m uint64, shift uint8) {
	// 2^(n-1+s)/d with 2^s the power of two above d has an error that n-1 bits of x never see.
	s := uint8(bits.Len64(d))
	// 2^(n-1+s) = 2^(s-1) * 2^n
	m, _ = scaled(n, 1<<(s-1), d)
	return m, s - 1
}
