package command

// Style is a role of text that a view may give a colour.
type Style string

const (
	StyleChanged  Style = "changed"  // a value that is another than before
	StylePlace    Style = "place"    // where the program stopped
	StyleCurrent  Style = "current"  // the mark of the current line
	StyleFunction Style = "function" // the name of a function
	StyleError    Style = "error"
)

// paint gives a text its role's colour, in views that have colours.
func (in *Interp) paint(s Style, text string) string {
	if in.Style == nil || text == "" {
		return text
	}
	return in.Style(s, text)
}
