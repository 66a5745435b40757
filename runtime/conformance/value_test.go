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
	Values   []value // either of them
}

func (v *value) text() (string, error) {
	var s string
	err := json.Unmarshal(v.Value, &s)
	return s, err
}

// lane is one lane of a vector: a number, or a NaN pattern.
type lane struct {
	value
	lane string
}

// lanes takes a vector apart.
func (v *value) lanes() ([]lane, error) {
	var texts []string
	if err := json.Unmarshal(v.Value, &texts); err != nil || len(texts) == 0 {
		return nil, fmt.Errorf("%s is not a vector: %w", v.Value, err)
	}
	list := make([]lane, len(texts))
	for i, s := range texts {
		list[i] = lane{value{Type: v.LaneType, Value: json.RawMessage(strconv.Quote(s))}, s}
	}
	return list, nil
}

// matchVector compares the two words of a vector, lane by lane.
func (v *value) matchVector(low, high uint64) error {
	lanes, err := v.lanes()
	if err != nil {
		return err
	}
	bits := 128 / len(lanes)
	for i := range lanes {
		w := low
		if i*bits >= 64 {
			w = high
		}
		w = w >> (i * bits % 64) & (math.MaxUint64 >> (64 - bits))
		if v.LaneType[0] != 'f' {
			if want, err := parse(lanes[i].lane, bits); err != nil || want != w {
				return fmt.Errorf("lane %d is %#x, want %s: %w", i, w, lanes[i].lane, err)
			}
		} else if err := lanes[i].match(w); err != nil {
			return fmt.Errorf("lane %d: %w", i, err)
		}
	}
	return nil
}

// handle is the word of external reference n: 0 is null.
func handle(n uint64) uint64 { return n + 1 }

// words gives an argument's words.
func (v *value) words() ([]uint64, error) {
	if v.Type == "v128" {
		lanes, err := v.lanes()
		if err != nil {
			return nil, err
		}
		words, bits := []uint64{0, 0}, 128/len(lanes)
		for i := range lanes {
			w, err := parse(lanes[i].lane, bits)
			if err != nil {
				return nil, err
			}
			words[i*bits/64] |= w << (i * bits % 64)
		}
		return words, nil
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
	default:
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
	words := 0
	for i := range want {
		words += want[i].size()
	}
	if len(got) != words {
		return fmt.Errorf("%d result words %x, want %d", len(got), got, words)
	}
	k := 0
	for i := range want {
		err := want[i].matchWords(got[k:])
		k += want[i].size() - 1
		if err != nil {
			return fmt.Errorf("result %d: %w", i, err)
		}
		k++
	}
	return nil
}

// size is how many words the value has.
func (v *value) size() int {
	if v.Type == "v128" || v.Type == "either" && v.Values[0].Type == "v128" {
		return 2
	}
	return 1
}

// matchWords compares the first words of got.
func (v *value) matchWords(got []uint64) (err error) {
	switch v.Type {
	case "v128":
		return v.matchVector(got[0], got[1])
	case "either":
		for i := range v.Values {
			if err = v.Values[i].matchWords(got); err == nil {
				break
			}
		}
		return err
	}
	return v.match(got[0])
}

// match compares one word.
func (v *value) match(got uint64) error {
	if len(v.Value) == 0 && v.Type == "refnull" {
		v.Value = json.RawMessage(`"null"`)
	}
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
