package value

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"sphex/debugger/symbols"
)

// quoted renders a string in quotes, cut to max bytes.
func (v *Variable) quoted(s *text, max int) string {
	raw, cut, err := v.scope.readText(s, max)
	if err != nil {
		return "<" + err.Error() + ">"
	}
	q := ""
	if v.typ != nil && v.typ.lang == symbols.LangRust {
		q = `"` + rustEscape(raw, '"') + `"`
	} else {
		q = `"` + cEscape(raw, '"') + `"`
	}
	if cut {
		q += "…"
		if !s.cstr {
			q += " (" + itoa(s.n/int64(s.width)) + " bytes)"
		}
	}
	return q
}

// readText reads at most max bytes of a string as UTF-8; cut says that there is more.
func (s *Scope) readText(t *text, max int) (string, bool, error) {
	limit := int64(max)
	if t.width > 1 {
		limit *= int64(t.width)
	}
	n := t.n
	cut := false
	if n > limit {
		n, cut = limit, true
	}
	var b []byte
	var err error
	if t.cstr && !t.array && t.loc.inMemory {
		b, cut = s.readCString(t.loc, n, t.width, cut)
	} else if b, err = s.read(t.loc, n); err != nil {
		return "", false, err
	} else if t.cstr {
		if end := zeroUnit(b, t.width); end >= 0 {
			cut = false
			rest := bytes.TrimRight(b[end:], "\x00") // an array may go on behind the zero
			if (end == 0 || t.bytes) && t.width == 1 {
				b = b[:end+len(rest)] // then it is no text
			} else {
				b, cut = b[:end], len(rest) > 0
			}
		}
	}
	switch t.width {
	case 2:
		u := make([]uint16, len(b)/2)
		for i := range u {
			u[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
		return string(utf16.Decode(u)), cut, nil
	case 4:
		r := make([]rune, len(b)/4)
		for i := range r {
			c := binary.LittleEndian.Uint32(b[4*i:])
			if r[i] = rune(c); c > utf8.MaxRune {
				r[i] = utf8.RuneError
			}
		}
		return string(r), cut, nil
	}
	if cut { // not in the middle of a character
		for i := 1; i <= 3 && i <= len(b); i++ {
			if c := b[len(b)-i]; utf8.RuneStart(c) {
				if c >= 0x80 && !utf8.FullRune(b[len(b)-i:]) {
					b = b[:len(b)-i]
				}
				break
			}
		}
	}
	return string(b), cut, nil
}

// zeroUnit finds the first zero of a string whose units have that width; -1 if there is none.
func zeroUnit(b []byte, width int) int {
	if width == 1 {
		return bytes.IndexByte(b, 0)
	}
	for i := 0; i+width <= len(b); i += width {
		if bigBits(b[i:i+width], false).Sign() == 0 {
			return i
		}
	}
	return -1
}

// readCString reads up to a zero, at most max bytes, in parts: it may end at the end of memory.
func (s *Scope) readCString(l location, max int64, width int, cut bool) ([]byte, bool) {
	var out []byte
	for int64(len(out)) < max {
		n := min(64, max-int64(len(out)))
		b, err := s.read(l.at(int64(len(out)), n), n)
		for err != nil && n > int64(width) {
			n /= 2
			b, err = s.read(l.at(int64(len(out)), n), n)
		}
		if err != nil {
			return out, true
		}
		if end := zeroUnit(b, width); end >= 0 {
			return append(out, b[:end]...), false
		}
		out = append(out, b...)
	}
	return out, true
}
