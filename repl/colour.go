package repl

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// paint colours source lines for the terminal. Lines that the lexer can't split again are
// returned as they were.
func paint(file string, lines []string) []string {
	lexer := lexers.Match(file)
	if lexer == nil {
		return lines
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, strings.Join(lines, "\n")+"\n")
	if err != nil {
		return lines
	}
	var out strings.Builder
	painted := make([]string, 0, len(lines))
	for _, row := range chroma.SplitTokensIntoLines(tokens.Tokens()) {
		out.Reset()
		if err := formatters.TTY256.Format(&out, styles.Get("monokai"), chroma.Literator(row...)); err != nil {
			return lines
		}
		painted = append(painted, strings.ReplaceAll(out.String(), "\n", ""))
	}
	if len(painted) < len(lines) {
		return lines
	}
	return painted[:len(lines)]
}
