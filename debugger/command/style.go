package command

// Style is a role of text that a view may give a colour.
type Style string

const (
	styleChanged  Style = "changed"  // a value that is another than before
	stylePlace    Style = "place"    // where the program stopped
	styleCurrent  Style = "current"  // the mark of the current line
	styleFunction Style = "function" // the name of a function
	styleError    Style = "error"
)

// paint gives a text its role's colour, in views that have colours.
func (in *Interp) paint(s Style, text string) string {
	if in.Style == nil || text == "" {
		return text
	}
	return in.Style(s, text)
}
