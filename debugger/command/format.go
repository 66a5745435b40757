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
	f, bad := value.ParseFormat(kept)
	if bad != 0 {
		also := ""
		if mayBeLong {
			also = ", and /l the types' full names"
		}
		return f, false, "", fmt.Errorf("unknown format /%c: %s%s", bad, strings.TrimSuffix(formats, "."), also)
	}
	return f, kept != letters, strings.TrimSpace(rest), nil
}
