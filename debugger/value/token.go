package value

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind classifies a token of an expression.
type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokInt
	tokFloat
	tokChar
	tokString
	tokQuoted // 'more than one character': the name of a file or a function, as gdb has it
	tokDollar // $name, $1, $
	tokOp
)

// token is one token. text is the operator, the name, or the decoded literal.
type token struct {
	kind   tokenKind
	col    int
	text   string
	num    *big.Int // tokInt, tokChar
	float  float64
	suffix string
	bytes  bool // tokChar, tokString: Rust's b'c', b"s"
}

// maxExpr bounds the length of an expression in bytes.
const maxExpr = 16 << 10

var operators = []string{
	"<<=", ">>=", "...", "..=",
	"::", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "..", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
	"+", "-", "*", "/", "%", "&", "|", "^", "!", "~", "<", ">", "=", "(", ")", "[", "]", ".", ",", "?", ":", "{", "}", "#", "@", ";",
}

// lex splits an expression into tokens, ending with a tokEnd.
func lex(src string) ([]token, error) {
	fail := func(col int, format string, args ...any) ([]token, error) {
		return nil, &EvalError{Expr: src, Column: col, Msg: fmt.Sprintf(format, args...)}
	}
	if len(src) > maxExpr {
		return fail(maxExpr, "expression is longer than %d bytes", maxExpr)
	}
	var toks []token
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRuneInString(src[i:])
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			i += n
		case r >= '0' && r <= '9', r == '.' && i+1 < len(src) && src[i+1] >= '0' && src[i+1] <= '9' && !endsValue(toks):
			t, end, msg := lexNumber(src, i, len(toks) > 0 && toks[len(toks)-1].kind == tokOp && toks[len(toks)-1].text == ".")
			if msg != "" {
				return fail(i, "%s", msg)
			}
			toks = append(toks, t)
			i = end
		case r == '"':
			s, end, msg := lexQuoted(src, i+1, '"')
			if msg != "" {
				return fail(i, "%s", msg)
			}
			toks = append(toks, token{kind: tokString, col: i, text: s})
			i = end
		case r == '\'':
			t, end, msg := lexChar(src, i, toks)
			if msg != "" {
				return fail(i, "%s", msg)
			}
			if t.kind != tokEnd {
				toks = append(toks, t)
			}
			i = end
		case r == '$':
			j := i + 1
			for j < len(src) && (src[j] == '$' && j == i+1 || isNamePart(src[j])) {
				j++
			}
			toks = append(toks, token{kind: tokDollar, col: i, text: src[i+1 : j]})
			i = j
		case r == '_' || unicode.IsLetter(r):
			if t, end, msg := lexPrefixed(src, i); msg != "" {
				return fail(i, "%s", msg)
			} else if end > i {
				toks = append(toks, t)
				i = end
				break
			}
			j := i
			for j < len(src) {
				r, n := utf8.DecodeRuneInString(src[j:])
				if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				j += n
			}
			toks = append(toks, token{kind: tokName, col: i, text: src[i:j]})
			i = j
		default:
			op := ""
			for _, o := range operators {
				if strings.HasPrefix(src[i:], o) {
					op = o
					break
				}
			}
			if op == "" {
				return fail(i, "unexpected character %q", r)
			}
			toks = append(toks, token{kind: tokOp, col: i, text: op})
			i += len(op)
		}
	}
	return append(toks, token{kind: tokEnd, col: len(src)}), nil
}

// endsValue reports whether a dot behind the tokens selects a field.
func endsValue(toks []token) bool {
	if len(toks) == 0 {
		return false
	}
	t := &toks[len(toks)-1]
	return t.kind != tokOp || t.text == ")" || t.text == "]" || t.text == "." || t.text == "}"
}

// lexChar reads a character, a quoted name, or passes over a lifetime of Rust, which comes back
// as a tokEnd.
func lexChar(src string, i int, toks []token) (t token, end int, msg string) {
	if n := len(toks); n > 0 && toks[n-1].kind == tokOp && (toks[n-1].text == "&" || toks[n-1].text == "<" || toks[n-1].text == ",") {
		j := i + 1
		for j < len(src) && isNamePart(src[j]) {
			j++
		}
		if j > i+1 && (j == len(src) || src[j] != '\'') {
			return token{}, j, ""
		}
	}
	s, end, msg := lexQuoted(src, i+1, '\'')
	if msg != "" {
		return t, end, msg
	}
	c, size := utf8.DecodeRuneInString(s)
	t = token{kind: tokChar, col: i, text: s, num: big.NewInt(int64(c))}
	switch {
	case size == 0:
		return t, end, "a character literal holds exactly one character"
	case size != len(s):
		t.kind, t.num = tokQuoted, nil
	case c == utf8.RuneError && size == 1:
		t.num = big.NewInt(int64(s[0]))
	}
	return t, end, ""
}

// lexPrefixed reads a literal with letters before its quote: b'c', b"s", c"s", r"s", r#"s"#, L"s",
// u8"s". Without one, end is i.
func lexPrefixed(src string, i int) (t token, end int, msg string) {
	j := i
	for j < len(src) && j < i+3 && isNamePart(src[j]) {
		j++
	}
	prefix := src[i:j]
	if j == len(src) {
		return t, i, ""
	}
	switch src[j] {
	case '"':
		switch prefix {
		case "b", "c", "L", "u", "U", "u8":
			s, end, msg := lexQuoted(src, j+1, '"')
			return token{kind: tokString, col: i, text: s, bytes: prefix == "b"}, end, msg
		case "r", "br", "cr":
			close := strings.IndexByte(src[j+1:], '"')
			if close < 0 {
				return t, i, "missing closing quote"
			}
			return token{kind: tokString, col: i, text: src[j+1 : j+1+close], bytes: prefix == "br"}, j + close + 2, ""
		}
	case '#':
		from := j
		for from < len(src) && src[from] == '#' {
			from++
		}
		hashes := src[j:from]
		if prefix != "r" && prefix != "br" || from >= len(src) || src[from] != '"' {
			return t, i, ""
		}
		close := strings.Index(src[from+1:], "\""+hashes)
		if close < 0 {
			return t, i, "missing closing quote"
		}
		return token{kind: tokString, col: i, text: src[from+1 : from+1+close], bytes: prefix == "br"}, from + 2 + close + len(hashes), ""
	case '\'':
		switch prefix {
		case "b", "L", "u", "U", "u8":
			t, end, msg := lexChar(src, j, nil)
			if msg == "" && t.kind != tokChar {
				msg = "a character literal holds exactly one character"
			}
			t.col, t.bytes = i, prefix == "b"
			return t, end, msg
		}
	}
	return t, i, ""
}

// lexNumber reads a number at src[i]. Behind a dot it is a tuple index, which has no fraction.
func lexNumber(src string, i int, index bool) (token, int, string) {
	base, j := 10, i
	if !index && src[i] == '0' && i+1 < len(src) {
		switch src[i+1] {
		case 'x', 'X':
			base, j = 16, i+2
		case 'o':
			base, j = 8, i+2
		case 'b', 'B':
			base, j = 2, i+2
		}
	}
	start := j
	digits := func() {
		for j < len(src) && (src[j] == '_' && !index || digitValue(src[j]) < base ||
			src[j] == '\'' && j > start && j+1 < len(src) && digitValue(src[j+1]) < base && !index) {
			j++
		}
	}
	digits()
	float := false
	if base == 10 && !index {
		if j < len(src) && src[j] == '.' && (j+1 == len(src) || src[j+1] != '.' && !isNameStart(src[j+1])) {
			float = true
			j++
			digits()
		}
		if j < len(src) && (src[j] == 'e' || src[j] == 'E') {
			k := j + 1
			if k < len(src) && (src[k] == '+' || src[k] == '-') {
				k++
			}
			if k < len(src) && src[k] >= '0' && src[k] <= '9' {
				float = true
				j = k
				digits()
			}
		}
	}
	text := noSeparators.Replace(src[start:j])
	sfx := j
	for j < len(src) && isNamePart(src[j]) {
		j++
	}
	suffix := src[sfx:j]
	t := token{kind: tokInt, col: i, text: text, suffix: suffix}
	if suffix == "f32" || suffix == "f64" || float {
		if base != 10 {
			return t, j, "a floating-point literal is decimal"
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(f, 0) {
			return t, j, fmt.Sprintf("bad number %q", src[i:j])
		}
		switch suffix {
		case "", "f32", "f64", "f", "F", "l", "L":
		default:
			return t, j, fmt.Sprintf("unknown suffix %q of a number", suffix)
		}
		t.kind, t.float = tokFloat, f
		return t, j, ""
	}
	if index && suffix != "" {
		return t, j, fmt.Sprintf("bad field index %q", src[i:j])
	}
	if len(text) > 400 {
		return t, j, "number is too long"
	}
	n, ok := new(big.Int).SetString(text, base)
	if !ok || n.BitLen() > 128 {
		return t, j, fmt.Sprintf("bad number %q", src[i:j])
	}
	t.num = n
	return t, j, ""
}

// noSeparators removes what stands between digits in Rust and in C++.
var noSeparators = strings.NewReplacer("_", "", "'", "")

func digitValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return 99
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func isNamePart(c byte) bool { return isNameStart(c) || c >= '0' && c <= '9' }

// lexQuoted reads up to the closing quote and decodes the escapes of C and Rust.
func lexQuoted(src string, i int, quote byte) (text string, end int, msg string) {
	var b strings.Builder
	for i < len(src) {
		c := src[i]
		i++
		if c == quote {
			return b.String(), i, ""
		}
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		if i == len(src) {
			break
		}
		c = src[i]
		i++
		switch c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r':
			b.WriteByte('\r')
		case 'a':
			b.WriteByte(7)
		case 'b':
			b.WriteByte(8)
		case 'f':
			b.WriteByte(12)
		case 'v':
			b.WriteByte(11)
		case 'e':
			b.WriteByte(27)
		case '0', '1', '2', '3', '4', '5', '6', '7':
			v := int(c - '0')
			for k := 0; k < 2 && i < len(src) && src[i] >= '0' && src[i] <= '7'; k++ {
				v = v*8 + int(src[i]-'0')
				i++
			}
			b.WriteByte(byte(v))
		case 'x':
			v, k := 0, 0
			for k < 2 && i < len(src) && digitValue(src[i]) < 16 {
				v = v*16 + digitValue(src[i])
				i++
				k++
			}
			if k == 0 {
				return "", i, `\x without digits`
			}
			b.WriteByte(byte(v))
		case 'u':
			close := strings.IndexByte(src[i:], '}')
			if i >= len(src) || src[i] != '{' || close < 2 || close > 7 {
				return "", i, `\u needs {digits}`
			}
			v := 0
			for _, d := range []byte(src[i+1 : i+close]) {
				if digitValue(d) > 15 {
					return "", i, `\u needs {digits}`
				}
				v = v*16 + digitValue(d)
			}
			b.WriteRune(rune(v))
			i += close + 1
		case '\\', '\'', '"':
			b.WriteByte(c)
		default:
			return "", i, fmt.Sprintf(`unknown escape \%c`, c)
		}
	}
	return "", i, "missing closing quote"
}
