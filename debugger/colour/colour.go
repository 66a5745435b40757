// Package colour gives the debugger's words and lines of source the colours of a terminal. It stands above debugger/command,
// for the views that write to terminals, here or at the other end of a connection.
package colour

import (
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"sphex/debugger/command"
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

// styles are the colours of the debugger's own words.
var styles = map[command.Style]string{
	command.StyleChanged:  "33",
	command.StylePlace:    "36",
	command.StyleCurrent:  "1;32",
	command.StyleFunction: "1",
	command.StyleError:    "31",
}

// Style gives a text the colour of its role.
func Style(s command.Style, text string) string {
	if code := styles[s]; code != "" {
		return "\x1b[" + code + "m" + text + "\x1b[0m"
	}
	return text
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

// Painter colours whole source files, since a comment may begin far above what is shown. Of a
// module's text it is given only a part, which is another each time. The zero Painter is ready.
type Painter struct{ files map[string]painted }

// painted is what was made of the lines of a file.
type painted struct{ from, to []string }

// Paint returns the lines of a file with colours, or as they are where they can't be split again.
func (p *Painter) Paint(file string, lines []string) []string {
	done := p.files[file]
	if len(lines) == 0 {
		return nil
	}
	if len(done.from) == len(lines) && &done.from[0] == &lines[0] {
		return done.to
	}
	if p.files == nil {
		p.files = map[string]painted{}
	}
	p.files[file] = painted{lines, paint(file, lines)}
	return p.files[file].to
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
	rows := make([]string, 0, len(lines))
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
		rows = append(rows, out.String())
	}
	if len(rows) < len(lines) {
		return lines
	}
	return rows[:len(lines)]
}
