package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// value is an argument or an expected result: a number's bits in decimal, a NaN pattern, an
// external reference's number, or null.
type value struct {
	Type     string
	LaneType string `json:"lane_type"`
	Value    json.RawMessage
}

func (v *value) text() (string, error) {
	var s string
	err := json.Unmarshal(v.Value, &s)
	return s, err
}

// handle is the word of external reference n: 0 is null.
func handle(n uint64) uint64 { return n + 1 }

// words gives an argument's words.
func (v *value) words() ([]uint64, error) {
	if v.Type == "v128" {
		return nil, fmt.Errorf("no vectors yet")
	}
	s, err := v.text()
	if err != nil {
		return nil, err
	}
	switch v.Type {
	case "i32", "f32":
		n, err := parse(s, 32)
		return []uint64{n}, err
	case "i64", "f64":
		n, err := parse(s, 64)
		return []uint64{n}, err
	case "externref", "funcref":
		if s == "null" {
			return []uint64{0}, nil
		}
		if v.Type == "externref" {
			n, err := strconv.ParseUint(s, 10, 64)
			return []uint64{handle(n)}, err
		}
	}
	return nil, fmt.Errorf("cannot make a %s of %q", v.Type, s)
}

func parse(s string, bits int) (uint64, error) {
	if len(s) > 0 && s[0] == '-' {
		n, err := strconv.ParseInt(s, 10, bits)
		return uint64(n) & (math.MaxUint64 >> (64 - bits)), err
	}
	return strconv.ParseUint(s, 10, bits)
}

// matchAll compares results with what is expected.
func matchAll(got []uint64, want []value) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d results %x, want %d", len(got), got, len(want))
	}
	for i := range want {
		if err := want[i].match(got[i]); err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
	}
	return nil
}

// match compares one word.
func (v *value) match(got uint64) error {
	if len(v.Value) == 0 { // any reference but null
		if got == 0 {
			return fmt.Errorf("null, want a %s", v.Type)
		}
		return nil
	}
	s, err := v.text()
	if err != nil {
		return err
	}
	// Of a NaN, the pattern says: canonical, only the quiet bit is set; arithmetic, it is.
	quiet, infinity := uint64(1<<51), uint64(0x7ff<<52)
	sign := uint64(1 << 63)
	if v.Type == "f32" {
		quiet, infinity, sign = 1<<22, 0xff<<23, 1<<31
	}
	ok := false
	switch s {
	case "nan:canonical":
		ok = got&^sign == infinity|quiet
	case "nan:arithmetic":
		ok = got&(infinity|quiet) == infinity|quiet && (v.Type == "f64" || got>>32 == 0)
	default:
		w, err := v.words()
		if err != nil {
			return err
		}
		ok = w[0] == got
	}
	if !ok {
		return fmt.Errorf("%#x, want %s %s", got, v.Type, s)
	}
	return nil
}
