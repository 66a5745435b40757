package dwarf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable is a name as it may be shown. Names come from files that nobody vouches for, and a
// terminal obeys the control characters in them: those, what turns the direction of the text, and
// bytes that are not UTF-8 become U+FFFD.
func Printable(name []byte) string {
	return PrintableText(string(name))
}

// PrintableText is Printable for a string, which it returns as it is if it can.
func PrintableText(name string) string {
	const ones = 0x0101010101010101
	i := 0
	for ; i+8 <= len(name); i += 8 { // there are megabytes of names, nearly all of them plain
		s := name[i : i+8]
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if (w|(w+ones)|(w-' '*ones))&(0x80*ones) != 0 { // some byte is above '~' or below ' '
			return printable(name)
		}
	}
	for ; i < len(name); i++ {
		if b := name[i]; b < ' ' || b > '~' {
			return printable(name)
		}
	}
	return name
}

func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return utf8.RuneError
		}
		return r // bytes that are not UTF-8 are that already
	}, name)
}
