package debugger

import (
	"strconv"
	"strings"
)

// CutLine splits FILE:LINE, and FILE:LINE:COLUMN, which means the line. A function's `::` is no line.
func CutLine(text string) (file string, line int, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i <= 0 || text[i-1] == ':' {
		return "", 0, false
	}
	line, err := strconv.Atoi(text[i+1:])
	if err != nil || line <= 0 {
		return "", 0, false
	}
	if f, l, more := CutLine(text[:i]); more {
		return f, l, true
	}
	return text[:i], line, true
}
