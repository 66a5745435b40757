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
	for i := 0; i < len(name); i++ {
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
