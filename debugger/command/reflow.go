package command

import (
	"fmt"
	"strings"
)

// fullLine is how long a line of the table's texts is at least that goes on in the next: a shorter one ends where it should.
const fullLine = 60

// reflow breaks a text of help for a terminal of so many columns, between words; 0 leaves it as it is. Lines that were broken for the
// manual are joined; those that begin with blanks, and those that are short, stay lines of their own.
func reflow(text string, columns int) string {
	if columns <= 0 {
		return text
	}
	columns = max(columns-1, 20) // a terminal goes to the next line by itself behind the last column
	lines := strings.Split(text, "\n")
	var out []string
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(line, " ") || line == "" {
			out = append(out, broken(line, columns)...)
			continue
		}
		for last := line; len(last) >= fullLine && i+1 < len(lines) && lines[i+1] != "" && !strings.HasPrefix(lines[i+1], " "); i++ {
			last = lines[i+1]
			line += " " + last
		}
		out = append(out, broken(line, columns)...)
	}
	return strings.Join(out, "\n")
}

// broken breaks a line between words. The parts of one that begins with blanks do so, too.
func broken(line string, columns int) (parts []string) {
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if len([]rune(line)) <= columns || len(indent) > columns/2 {
		return []string{line}
	}
	part := indent
	for _, word := range strings.Fields(line) {
		if part != indent && len([]rune(part))+1+len([]rune(word)) > columns {
			parts = append(parts, part)
			part = indent
		}
		if part != indent {
			part += " "
		}
		part += word
	}
	return append(parts, part)
}

// prose prints a text of help, broken for the terminal, and ends the line.
func (in *Interp) prose(text string) {
	in.printf("%s\n", reflow(text, in.columns()))
}

// Broken breaks a message for a terminal of so many columns, between words; 0 leaves it as it is.
func Broken(message string, columns int) string {
	if columns <= 0 {
		return message
	}
	var out []string
	for line := range strings.SplitSeq(message, "\n") {
		out = append(out, broken(line, max(columns-1, 20))...)
	}
	return strings.Join(out, "\n")
}

func (in *Interp) columns() int {
	if in.Columns == nil {
		return 0
	}
	return in.Columns()
}

// helpRow is a row of a list: a name, and in a column of its own what it is, where there is room for that.
func helpRow(name, what string, columns int) string {
	row := fmt.Sprintf("  %-40s %s", name, what)
	if columns <= 0 || len(row) < columns {
		return row
	}
	indent := 27
	if 2*indent > columns {
		indent = 6
	}
	first := "  " + name
	parts := broken(strings.Repeat(" ", indent)+what, columns-1)
	if len(first) >= indent || indent == 6 {
		return strings.Join(append(broken(first, columns-1), parts...), "\n")
	}
	parts[0] = first + parts[0][len(first):]
	return strings.Join(parts, "\n")
}
