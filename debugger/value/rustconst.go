package value

import (
	"math"
	"math/big"
	"strings"

	"sphex/debugger/symbols"
)

// rustConstants are the constants of f64 and its module consts; f32 has them rounded.
var rustConstants = map[string]float64{
	"MAX": math.MaxFloat64, "MIN": -math.MaxFloat64, "MIN_POSITIVE": 0x1p-1022, "EPSILON": 0x1p-52,
	"INFINITY": math.Inf(1), "NEG_INFINITY": math.Inf(-1), "NAN": math.NaN(),
	"consts::PI": math.Pi, "consts::TAU": 2 * math.Pi, "consts::E": math.E, "consts::SQRT_2": math.Sqrt2, "consts::LN_2": math.Ln2, "consts::LN_10": math.Ln10,
}

// rustF32 are those that f32 has of its own.
var rustF32 = map[string]float64{"MAX": math.MaxFloat32, "MIN": -math.MaxFloat32, "MIN_POSITIVE": 0x1p-126, "EPSILON": 0x1p-23}

// numberConstant finds an associated constant of one of Rust's numbers, i32::MAX or std::f64::consts::PI, which no debug
// information has; nil if path is none.
func (ev *evaluator) numberConstant(path string) *Variable {
	if ev.lang() != symbols.LangRust {
		return nil
	}
	for _, crate := range []string{"std::", "core::"} {
		path = strings.TrimPrefix(path, crate)
	}
	typ, name, ok := strings.Cut(path, "::")
	if !ok {
		return nil
	}
	t := ev.scope.Types.basicNamed(typ, symbols.LangRust)
	if t == nil || t.name != typ || strings.Contains(typ, "_") {
		return nil
	}
	s := scalar{basicType: t.basic}
	switch t.basic.class {
	case classInt:
		bits := t.basic.bits
		if t.basic.signed {
			bits--
		}
		most := new(big.Int).Lsh(big.NewInt(1), uint(bits))
		switch name {
		case "MAX":
			s.i = integerOf(most.Sub(most, big.NewInt(1)))
		case "MIN":
			if t.basic.signed {
				s.i = integerOf(most.Neg(most))
			}
		case "BITS":
			s.basicType, typ = basicType{classInt, 32, false}, "u32"
			s.i = intOf(int64(t.basic.bits))
		default:
			return nil
		}
	case classFloat:
		f, ok := rustConstants[name]
		if own, is := rustF32[name]; is && typ == "f32" {
			f = own
		}
		if !ok || typ != "f32" && typ != "f64" {
			return nil
		}
		s.f = f
	case classChar:
		if name != "MAX" {
			return nil
		}
		s.i = intOf(0x10ffff)
	default:
		return nil
	}
	return ev.basic(s, typ)
}
