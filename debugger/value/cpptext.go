package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Texts of C++ are joined and cut by the debugger: that needs no function of the program, which seldom has those of
// std::string left, and no memory in it.

// textPart is the text that an operand of + contributes: a string, an array or a pointer of C, or a character. whole reports
// whether it is a string by itself, so that + joins.
func (ev *evaluator) textPart(n node, v *Variable) (text string, whole, ok bool) {
	u := v.unwrapped()
	if _, char := n.(charLit); char || u.typ.strip() != nil && u.typ.strip().char {
		if s, err := u.scalar(); err == nil && s.class == classInt {
			if c, fits := s.i.int64(); fits && c >= -128 && c < 256 {
				return string([]byte{byte(c)}), false, true
			}
		}
		return "", false, false
	}
	str := u.shape().str
	if str == nil {
		return "", false, false
	}
	text, cut, err := u.scope.readText(str, maxRead)
	if err != nil || cut {
		return "", false, false
	}
	t := u.typ.strip()
	return text, v.isObject() || u.isObject() || t != nil && v.made != nil && t.kind != typePointer, true
}

// joined evaluates + of texts; ok is false where it is something else.
func (ev *evaluator) joined(n binaryExpr) (v *Variable, ok bool) {
	if n.op != "+" || ev.lang() != symbols.LangCPP {
		return nil, false
	}
	x, err := ev.eval(n.x)
	if err != nil || x.Unreadable != nil {
		return nil, false
	}
	y, err := ev.eval(n.y)
	if err != nil || y.Unreadable != nil {
		return nil, false
	}
	a, left, ok := ev.textPart(n.x, x)
	if !ok {
		return nil, false
	}
	b, right, ok := ev.textPart(n.y, y)
	if !ok || !left && !right {
		return nil, false
	}
	return ev.madeText(a + b), true
}

// noPosition is std::string::npos.
const noPosition = 1<<32 - 1

// cppTextMethod evaluates the methods of std::string and std::string_view with arguments that find and cut.
func (ev *evaluator) cppTextMethod(n callExpr, u *Variable) (v *Variable, ok bool, err error) {
	str := u.shape().str
	if str == nil || ev.lang() != symbols.LangCPP || !isMethodOfText[n.name] || len(n.args) > 2 {
		return nil, false, nil
	}
	text, cut, err := u.scope.readText(str, maxRead)
	if err != nil {
		return nil, true, ev.wrapErr(n, err)
	}
	if cut {
		return nil, true, ev.fail(n, "the string is too long to look through")
	}
	position := func(i int, otherwise int64) (int64, error) {
		if i >= len(n.args) {
			return otherwise, nil
		}
		o, err := ev.operand(n.args[i])
		if err != nil {
			return 0, err
		}
		p, fits := o.i.int64()
		if o.class != classInt || !fits {
			return 0, ev.fail(n.args[i], "%s is no position", ev.typeOf(&o).short())
		}
		if p < 0 {
			p &= noPosition
		}
		return p, nil
	}
	if n.name == "substr" {
		from, err := position(0, 0)
		if err != nil {
			return nil, true, err
		}
		count, err := position(1, noPosition)
		if err != nil {
			return nil, true, err
		}
		if from > int64(len(text)) {
			return nil, true, ev.fail(n, "the string has %d bytes", len(text))
		}
		return ev.madeText(text[from:min(from+count, int64(len(text)))]), true, nil
	}
	if len(n.args) == 0 {
		return nil, false, nil
	}
	arg, err := ev.eval(n.args[0])
	if err != nil {
		return nil, true, err
	}
	what, _, ok := ev.textPart(n.args[0], arg)
	if !ok {
		return nil, true, ev.fail(n.args[0], "%s is no text", arg.typ.short())
	}
	if n.name == "compare" {
		if len(n.args) > 1 {
			return nil, false, nil
		}
		return ev.basic(scalar{basicType: basicType{classInt, 32, true}, i: intOf(int64(strings.Compare(text, what)))}, "int"), true, nil
	}
	at := int64(-1)
	switch n.name {
	case "find", "find_first_of", "find_first_not_of":
		from, err := position(1, 0)
		if err != nil {
			return nil, true, err
		}
		if from > int64(len(text)) {
			break
		}
		at = int64(finders[n.name](text[from:], what))
		if at >= 0 {
			at += from
		}
	default:
		until, err := position(1, noPosition)
		if err != nil {
			return nil, true, err
		}
		if n.name == "rfind" {
			until = min(until+int64(len(what)), int64(len(text)))
		} else {
			until = min(until+1, int64(len(text)))
		}
		at = int64(finders[n.name](text[:until], what))
	}
	if at < 0 {
		at = noPosition
	}
	return ev.length(at), true, nil
}

// finders are the methods that find a text, or one of its bytes, in another.
var finders = map[string]func(text, what string) int{
	"find":              strings.Index,
	"rfind":             strings.LastIndex,
	"find_first_of":     func(text, what string) int { return firstByte(text, what, true) },
	"find_first_not_of": func(text, what string) int { return firstByte(text, what, false) },
	"find_last_of":      func(text, what string) int { return lastByte(text, what, true) },
	"find_last_not_of":  func(text, what string) int { return lastByte(text, what, false) },
}

var isMethodOfText = map[string]bool{
	"substr": true, "compare": true, "find": true, "rfind": true, "find_first_of": true, "find_first_not_of": true, "find_last_of": true, "find_last_not_of": true,
}

func firstByte(text, what string, is bool) int {
	for i := range len(text) {
		if (strings.IndexByte(what, text[i]) >= 0) == is {
			return i
		}
	}
	return -1
}

func lastByte(text, what string, is bool) int {
	for i := len(text) - 1; i >= 0; i-- {
		if (strings.IndexByte(what, text[i]) >= 0) == is {
			return i
		}
	}
	return -1
}
