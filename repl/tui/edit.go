package tui

import (
	"strings"
	"unicode"
)

// line is a line that is being typed, with a history.
type line struct {
	text    []rune
	at      int // of the cursor
	history []string
	back    int    // how far back in the history; 0 is the line itself
	kept    []rune // the line itself, while the history is looked at

	searching bool // Ctrl-R: text is a part of what is looked for
	found     string
}

func (l *line) String() string { return string(l.text) }

func (l *line) set(text string) { l.text, l.at, l.back = []rune(text), len([]rune(text)), 0 }

func (l *line) insert(r rune) {
	l.text = append(l.text[:l.at], append([]rune{r}, l.text[l.at:]...)...)
	l.at++
}

// remove removes what is between the cursor and another place.
func (l *line) remove(to int) {
	from, to := min(l.at, to), max(l.at, to)
	from, to = max(from, 0), min(to, len(l.text))
	l.text = append(l.text[:from], l.text[to:]...)
	l.at = from
}

func (l *line) move(to int) { l.at = min(max(to, 0), len(l.text)) }

// word returns where the word before the cursor begins, or the one behind it ends.
func (l *line) word(backwards bool) int {
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	i := l.at
	if backwards {
		for i > 0 && !isWord(l.text[i-1]) {
			i--
		}
		for i > 0 && isWord(l.text[i-1]) {
			i--
		}
		return i
	}
	for i < len(l.text) && !isWord(l.text[i]) {
		i++
	}
	for i < len(l.text) && isWord(l.text[i]) {
		i++
	}
	return i
}

// earlier and later walk through the history.
func (l *line) earlier() {
	if l.back == len(l.history) {
		return
	}
	if l.back == 0 {
		l.kept = l.text
	}
	l.show(l.back + 1)
}

func (l *line) later() {
	if l.back > 0 {
		l.show(l.back - 1)
	}
}

func (l *line) show(back int) {
	l.back = back
	if back == 0 {
		l.text = l.kept
	} else {
		l.text = []rune(l.history[len(l.history)-back])
	}
	l.at = len(l.text)
}

// search finds the newest line of the history that has the text, before the one found already if older.
func (l *line) search(older bool) {
	start := len(l.history) - 1
	if older && l.found != "" {
		for start >= 0 && l.history[start] != l.found {
			start--
		}
		start--
	}
	for i := start; i >= 0; i-- {
		if strings.Contains(l.history[i], string(l.text)) && (!older || l.history[i] != l.found) {
			l.found = l.history[i]
			return
		}
	}
	if !older {
		l.found = ""
	}
}

// take ends the line and returns it.
func (l *line) take() string {
	text := string(l.text)
	if l.searching {
		text, l.searching = l.found, false
	}
	if strings.TrimSpace(text) != "" && (len(l.history) == 0 || l.history[len(l.history)-1] != text) {
		l.history = append(l.history, text)
	}
	l.set("")
	return text
}
