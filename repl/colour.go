package repl

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"
)

// The sixteen colours are the terminal's own, so that they read well on its background; most
// of the text keeps the colour that text has there.
var colours = []struct {
	token chroma.TokenType // or a category of them
	code  string
}{
	{chroma.CommentPreproc, "35"},
	{chroma.CommentPreprocFile, "32"},
	{chroma.Comment, "90"},
	{chroma.KeywordType, "36"},
	{chroma.Keyword, "34"},
	{chroma.LiteralString, "32"},
	{chroma.LiteralNumber, "35"},
}

func colour(t chroma.TokenType) string {
	for _, c := range colours {
		if t == c.token || t.SubCategory() == c.token || t.Category() == c.token {
			return c.code
		}
	}
	return ""
}

// maxPainted bounds the files that are coloured, in lines.
const maxPainted = 50000

// painter colours whole source files, since a comment may begin far above what is shown.
type painter struct{ files map[string][]string }

// paint returns the lines of a file with colours, or as they are where they can't be split again.
func (p *painter) paint(file string, lines []string) []string {
	if done, ok := p.files[file]; ok {
		return done
	}
	if p.files == nil {
		p.files = map[string][]string{}
	}
	p.files[file] = paint(file, lines)
	return p.files[file]
}

func paint(file string, lines []string) []string {
	lexer := lexers.Match(file)
	if lexer == nil || len(lines) > maxPainted {
		return lines
	}
	tokens, err := chroma.Coalesce(lexer).Tokenise(nil, strings.Join(lines, "\n")+"\n")
	if err != nil {
		return lines
	}
	painted := make([]string, 0, len(lines))
	for _, row := range chroma.SplitTokensIntoLines(tokens.Tokens()) {
		var out strings.Builder
		for _, t := range row {
			text := strings.TrimRight(t.Value, "\n")
			if code := colour(t.Type); code != "" && text != "" {
				out.WriteString("\x1b[" + code + "m" + text + "\x1b[0m")
			} else {
				out.WriteString(text)
			}
		}
		painted = append(painted, out.String())
	}
	if len(painted) < len(lines) {
		return lines
	}
	return painted[:len(lines)]
}
