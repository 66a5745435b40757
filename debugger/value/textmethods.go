package value

import (
	"strconv"
	"strings"
	"unicode"

	"sphex/debugger/symbols"
)

// rustPlainMethod evaluates methods of Rust's texts, characters, times and containers that need nothing but the value.
func (ev *evaluator) rustPlainMethod(n callExpr, u *Variable, sh *shape) (v *Variable, ok bool, err error) {
	switch n.name {
	case "to_uppercase", "to_lowercase", "to_ascii_uppercase", "to_ascii_lowercase", "trim", "trim_start", "trim_end":
		if sh.str == nil {
			break
		}
		text, err := ev.textOf(n, u)
		if err != nil {
			return nil, true, err
		}
		switch n.name {
		case "to_uppercase":
			text = strings.ToUpper(text)
		case "to_lowercase":
			text = strings.ToLower(text)
		case "to_ascii_uppercase":
			text = strings.Map(func(r rune) rune {
				if 'a' <= r && r <= 'z' {
					r -= 'a' - 'A'
				}
				return r
			}, text)
		case "to_ascii_lowercase":
			text = strings.Map(func(r rune) rune {
				if 'A' <= r && r <= 'Z' {
					r += 'a' - 'A'
				}
				return r
			}, text)
		case "trim":
			text = strings.TrimSpace(text)
		case "trim_start":
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
		case "trim_end":
			text = strings.TrimRightFunc(text, unicode.IsSpace)
		}
		return ev.madeText(text), true, nil
	case "display", "to_path_buf", "as_path", "as_os_str", "to_string_lossy", "into_owned", "into_string", "into_boxed_str", "into_bytes":
		if sh.str != nil {
			return u, true, nil
		}
	case "is_alphabetic", "is_numeric", "is_alphanumeric", "is_whitespace", "is_uppercase", "is_lowercase":
		s, err := u.scalar()
		if err != nil || s.class != classChar {
			break
		}
		c, _ := s.i.int64()
		is := map[string]func(rune) bool{
			"is_alphabetic": unicode.IsLetter, "is_numeric": unicode.IsNumber, "is_whitespace": unicode.IsSpace,
			"is_uppercase": unicode.IsUpper, "is_lowercase": unicode.IsLower,
			"is_alphanumeric": func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) },
		}[n.name]
		return ev.truthVariable(is(rune(c))), true, nil
	case "to_string":
		if s, err := u.scalar(); err == nil && u.typ.isNumber() && u.typ.strip().kind == typeBase {
			switch s.class {
			case classInt, classBool:
				return ev.madeText(u.String()), true, nil
			case classChar:
				c, _ := s.i.int64()
				return ev.madeText(string(rune(c))), true, nil
			case classFloat: // as Display does: never with an exponent, whole numbers without a point
				return ev.madeText(strconv.FormatFloat(s.f, 'f', -1, map[bool]int{true: 32, false: 64}[s.bits == 32])), true, nil
			}
		}
	case "as_secs", "as_millis", "as_micros", "as_nanos", "subsec_millis", "subsec_micros", "subsec_nanos", "as_secs_f64", "as_secs_f32":
		t := u.typ.strip()
		if t == nil || lastSegment(t.name) != "Duration" || t.rustRow() == nil {
			break
		}
		secs, nanos, err := u.as(t).seconds()
		if err != nil {
			return nil, true, ev.wrapErr(n, err)
		}
		number := func(i integer, name string) (*Variable, bool, error) {
			b := basicTypes[name]
			return ev.basic(scalar{basicType: b, i: i}, name), true, nil
		}
		whole, part := intOf(secs).wrap(basicTypes["u64"]), intOf(int64(nanos))
		switch n.name {
		case "as_secs":
			return number(whole, "u64")
		case "as_millis":
			return number(whole.mul(intOf(1e3)).add(intOf(int64(nanos)/1e6)), "u128")
		case "as_micros":
			return number(whole.mul(intOf(1e6)).add(intOf(int64(nanos)/1e3)), "u128")
		case "as_nanos":
			return number(whole.mul(intOf(1e9)).add(part), "u128")
		case "subsec_millis":
			return number(intOf(int64(nanos)/1e6), "u32")
		case "subsec_micros":
			return number(intOf(int64(nanos)/1e3), "u32")
		case "subsec_nanos":
			return number(part, "u32")
		}
		name := map[bool]string{true: "f32", false: "f64"}[n.name == "as_secs_f32"]
		return ev.basic(scalar{basicType: basicTypes[name], f: float64(uint64(secs)) + float64(nanos)/1e9}, name), true, nil
	case "capacity":
		if sh.elem == nil && sh.str == nil {
			break
		}
		if c := u.withField("cap", 0); c != nil {
			return c.fieldNamed("cap").core(), true, nil
		}
	}
	return nil, false, nil
}

// borrowed is what a Cow holds, borrowed or owned; otherwise x itself.
func borrowed(x *Variable) *Variable {
	u := x.unwrapped()
	t := u.typ.strip()
	if t == nil || t.lang != symbols.LangRust || !strings.HasPrefix(t.name, "alloc::borrow::Cow<") {
		return x
	}
	if f := u.shape().fields; len(f) == 1 {
		return f[0]
	}
	return x
}
