package command

import (
	"fmt"
	"strings"
)

// cutQuoted takes a word off the front of a text, without the quotes that it may stand in.
func cutQuoted(text string) (word, rest string) {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		if i := strings.IndexByte(text[1:], text[0]); i >= 0 {
			return text[1 : i+1], text[i+2:]
		}
	}
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// splitArguments splits what a shell would: at blanks, but for those in quotes or behind a backslash.
func splitArguments(text string) (args []string, err error) {
	var word strings.Builder
	quote, in := byte(0), false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quote != '\'' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
			in = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, in = c, true
		case quote == 0 && (c == ' ' || c == '\t'):
			if in {
				args = append(args, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quotation %c does not end", quote)
	}
	if in {
		args = append(args, word.String())
	}
	return args, nil
}

// joinArguments is the other way round.
func joinArguments(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		if out[i] = a; a == "" || strings.ContainsAny(a, " \t\"'\\") {
			out[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}
