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

// CutPosition splits FILE:LINE:COLUMN and FILE:LINE, whose column is 0.
func CutPosition(text string) (file string, line, column int, ok bool) {
	if file, line, ok = CutLine(text); !ok {
		return "", 0, 0, false
	}
	if rest := text[len(file)+1:]; strings.Contains(rest, ":") {
		_, col, _ := strings.Cut(rest, ":")
		column, _ = strconv.Atoi(col) // CutLine has read it
	}
	return file, line, column, true
}
