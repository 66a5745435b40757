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

// CutFunction splits FILE:FUNCTION, or 'FILE'::FUNCTION; file is "" if the text names none. Either may stand in quotes.
func CutFunction(text string) (file, function string) {
	if whole, ok := unquote(text); ok {
		text = whole
	}
	for i := 1; i < len(text)-1; i++ {
		if text[i] == '<' || text[i] == '(' { // paths of types follow
			break
		}
		if text[i] != ':' {
			continue
		}
		name, quoted := unquote(text[:i])
		if text[i+1] != ':' {
			rest, _ := unquote(text[i+1:])
			return name, rest
		}
		if quoted || strings.Contains(name, ".") {
			rest, _ := unquote(text[i+2:])
			return name, rest
		}
		i++
	}
	return "", text
}

// unquote takes the quotes off a name.
func unquote(text string) (string, bool) {
	if n := len(text); n > 2 && (text[0] == '\'' || text[0] == '"') && strings.IndexByte(text[1:], text[0]) == n-2 {
		return text[1 : n-1], true
	}
	return text, false
}

// Unquoted takes the quotes off a location, or off the file in one: 'main.c':12.
func Unquoted(text string) string {
	if whole, ok := unquote(text); ok {
		return whole
	}
	if file, _, ok := CutLine(text); ok {
		if name, ok := unquote(file); ok {
			return name + text[len(file):]
		}
	}
	return text
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
