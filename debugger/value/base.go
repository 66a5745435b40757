package value

import (
	"math/big"
	"unicode/utf8"

	"sphex/debugger/symbols"
)

// Base is how numbers are written.
type Base byte

const (
	AsDeclared  Base = 0 // as the language writes a value of the type
	Hexadecimal Base = 'x'
	Octal       Base = 'o'
	Binary      Base = 'b'
	Decimal     Base = 'd' // characters and addresses too
	Character   Base = 'c' // numbers that are one
)

// inBase writes an integer, a character, an enum or an address in a base. Negative ones are their
// bits, but in decimal. ok is false for what is no such number.
func (v *Variable) inBase(b Base) (text string, ok bool) {
	s, err := v.scalar()
	if err != nil || s.class == classFloat || s.class == classBool {
		return "", false
	}
	n := wrap(s.i.bigInt(), basicType{classInt, s.bits, false})
	switch b {
	case Hexadecimal:
		return "0x" + n.Text(16), true
	case Binary:
		return "0b" + n.Text(2), true
	case Octal:
		if v.typ.lang == symbols.LangRust {
			return "0o" + n.Text(8), true
		}
		if n.Sign() == 0 {
			return "0", true
		}
		return "0" + n.Text(8), true
	case Decimal:
		if s.signed {
			n = wrap(n, basicType{classInt, s.bits, true})
		}
		return n.String(), true
	case Character:
		if t := v.typ.strip(); t.kind == typeEnum || t.kind == typePointer || t.kind == typeReference {
			return "", false
		}
		return asCharacter(n), true
	}
	return "", false
}

// asCharacter writes a number with the character that it is, if it is one.
func asCharacter(n *big.Int) string {
	if !n.IsInt64() || n.Int64() > utf8.MaxRune || !utf8.ValidRune(rune(n.Int64())) {
		return n.String()
	}
	return n.String() + " '" + rustEscape(string(rune(n.Int64())), '\'') + "'"
}

// ParseFormat reads the letters of a format: x, o, b (or t), d, c for the base, r for the plain
// structure of everything; bad is the first letter that is none of them, 0 if all are.
func ParseFormat(letters string) (f Format, bad rune) {
	for _, c := range letters {
		switch c {
		case 'x', 'o', 'b', 'd', 'c':
			f.Base = Base(c)
		case 't':
			f.Base = Binary
		case 'r':
			f.Plain = true
		default:
			return f, c
		}
	}
	return f, 0
}
