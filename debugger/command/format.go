package command

import (
	"fmt"
	"strings"

	"sphex/debugger/value"
)

// formats are the letters behind a slash, for the help of the commands that take them.
const formats = "/x, /o, /b and /d print integers in hexadecimal, octal, binary and decimal, /c as characters, /r the plain structure " +
	"of what is otherwise shown in a form of its own."

// cutFormat takes a format off the front of a command's arguments: /x, /rx. A command that has
// types may be asked for their full names with l.
func cutFormat(c *call, mayBeLong bool) (f value.Format, long bool, rest string, err error) {
	letters, rest := c.format, c.args
	if first, behind, _ := strings.Cut(rest, " "); strings.HasPrefix(first, "/") {
		letters, rest = first[1:], behind
	}
	kept := letters
	if mayBeLong {
		kept = strings.ReplaceAll(letters, "l", "")
	}
	kept = strings.Map(gdbLetter, kept)
	f, bad := value.ParseFormat(kept)
	if bad != 0 {
		also := ""
		if mayBeLong {
			also = ", and /l the types' full names"
		}
		return f, false, "", fmt.Errorf("unknown format /%c: %s%s", bad, strings.TrimSuffix(formats, "."), also)
	}
	return f, mayBeLong && strings.Contains(letters, "l"), strings.TrimSpace(rest), nil
}

// gdbLetter turns gdb's letters for formats into ours.
func gdbLetter(c rune) rune {
	switch c {
	case 'u', 'i':
		return 'd'
	case 'z', 'a':
		return 'x'
	case 's', 'f': // as declared
		return -1
	}
	return c
}

// withOptions puts what is set in the place of what a format leaves open.
func (in *Interp) withOptions(f value.Format) value.Format {
	o := &in.options.format
	if f.Base == value.AsDeclared && !f.Hex {
		f.Base = o.Base
	}
	if f == (value.Format{Base: f.Base}) {
		f.Plain = o.Plain
	}
	f.MaxString, f.MaxItems, f.MaxDepth, f.MaxText = o.MaxString, o.MaxItems, o.MaxDepth, o.MaxText
	return f
}
