package debugger

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"sphex/aot/wasm"
)

// Values of WebAssembly's types as text: the arguments of an invoked function, and its results. What is read and
// written is what wasmtime reads and writes.

// parseArgs parses the arguments of a function as words, of which a v128 takes two.
func parseArgs(name string, params []wasm.ValType, args []string) ([]uint64, error) {
	if len(args) != len(params) {
		return nil, fmt.Errorf("%s takes %s, not %d", name, count(len(params), "argument"), len(args))
	}
	var words []uint64
	for i, t := range params {
		w, err := parseValue(args[i], t)
		if err != nil {
			return nil, fmt.Errorf("argument %d of %s: %w", i+1, name, err)
		}
		words = append(words, w...)
	}
	return words, nil
}

// parseValue parses a value. Integers are decimal or hexadecimal, signed or not; a reference can only be null.
func parseValue(s string, t wasm.ValType) ([]uint64, error) {
	switch {
	case t == wasm.I32:
		v, err := parseInteger(s, 32)
		return []uint64{v[0]}, err
	case t == wasm.I64:
		v, err := parseInteger(s, 64)
		return []uint64{v[0]}, err
	case t == wasm.V128:
		v, err := parseInteger(s, 128)
		return v[:], err
	case t == wasm.F32:
		v, err := strconv.ParseFloat(s, 32)
		if err != nil {
			return nil, fmt.Errorf("%q is no number", s)
		}
		return []uint64{uint64(math.Float32bits(float32(v)))}, nil
	case t == wasm.F64:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no number", s)
		}
		return []uint64{math.Float64bits(v)}, nil
	case t.Nullable() && s == "null":
		return []uint64{0}, nil
	case t.IsRef():
		return nil, fmt.Errorf("%q is no %s: of references only null can be given", s, t)
	}
	return nil, fmt.Errorf("a parameter of type %s can't be given as text", t)
}

// parseInteger parses an integer of so many bits, the low word first.
func parseInteger(s string, bits uint) (v [2]uint64, err error) {
	digits, base := strings.TrimPrefix(s, "-"), 10
	if hex, ok := strings.CutPrefix(strings.ToLower(digits), "0x"); ok {
		digits, base = hex, 16
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok || n.Sign() < 0 || strings.HasPrefix(digits, "+") {
		return v, fmt.Errorf("%q is no %d-bit integer", s, bits)
	}
	low := new(big.Int)
	if strings.HasPrefix(s, "-") {
		n.Neg(n)
		low.Neg(low.Lsh(big.NewInt(1), bits-1))
	}
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	if n.Cmp(low) < 0 || n.Cmp(limit) >= 0 {
		return v, fmt.Errorf("%q is no %d-bit integer", s, bits)
	}
	if n.Sign() < 0 {
		n.Add(n, limit)
	}
	var b [16]byte
	n.FillBytes(b[:])
	return [2]uint64{binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[:8])}, nil
}

// renderResults renders what the entry function returned.
func (p *program) renderResults(words []uint64) []string {
	var list []string
	for _, t := range p.entry.Type().Results {
		n := 1
		if t == wasm.V128 {
			n = 2
		}
		if len(words) < n {
			break
		}
		list = append(list, renderResult(t, words[:n]))
		words = words[n:]
	}
	return list
}

// renderResult renders a result: floating-point numbers without an exponent, vectors as one number.
func renderResult(t wasm.ValType, words []uint64) string {
	float := func(v float64, bits int) string {
		switch {
		case math.IsInf(v, 1):
			return "inf"
		case math.IsInf(v, -1):
			return "-inf"
		}
		return strconv.FormatFloat(v, 'f', -1, bits)
	}
	switch {
	case t == wasm.F32:
		return float(float64(math.Float32frombits(uint32(words[0]))), 32)
	case t == wasm.F64:
		return float(math.Float64frombits(words[0]), 64)
	case t == wasm.V128:
		v := new(big.Int).SetUint64(words[1])
		return v.Or(v.Lsh(v, 64), new(big.Int).SetUint64(words[0])).String()
	case t.IsRef() && words[0] == 0:
		return fmt.Sprintf("<null %s>", t)
	case t.IsRef():
		return fmt.Sprintf("<%s>", t)
	}
	return renderWord(t, words[0])
}

// renderWord renders a value of WebAssembly's for a debugger's eyes.
func renderWord(t wasm.ValType, w uint64) string {
	switch t {
	case wasm.I32:
		return strconv.FormatInt(int64(int32(w)), 10)
	case wasm.I64:
		return strconv.FormatInt(int64(w), 10)
	case wasm.F32:
		return strconv.FormatFloat(float64(math.Float32frombits(uint32(w))), 'g', -1, 32)
	case wasm.F64:
		return strconv.FormatFloat(math.Float64frombits(w), 'g', -1, 64)
	}
	return fmt.Sprintf("%#x", w)
}
