package tui

import (
	"bytes"
	"sync"
)

// mostKept bounds the lines that a pane keeps.
const mostKept = 5000

// record is what was printed into a pane: an io.Writer for any goroutine.
type record struct {
	changed func() // may be called often

	mu    sync.Mutex
	lines []string
	open  bool // the last line has no end yet
	muted bool
}

// mute has what is written forgotten, or no longer.
func (l *record) mute(on bool) {
	l.mu.Lock()
	l.muted = on
	l.mu.Unlock()
}

// Write implements io.Writer.
func (l *record) Write(p []byte) (int, error) {
	l.mu.Lock()
	if l.muted {
		l.mu.Unlock()
		return len(p), nil
	}
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte{'\n'})
		text := string(line)
		// What a carriage return goes back over is written over.
		if i := bytes.LastIndexByte(bytes.TrimRight(line, "\r"), '\r'); i >= 0 {
			text = string(line[i+1:])
			if l.open && len(l.lines) > 0 {
				l.lines[len(l.lines)-1] = ""
			}
		}
		if l.open && len(l.lines) > 0 {
			const longest = 1 << 16
			if last := &l.lines[len(l.lines)-1]; len(*last) < longest {
				*last += text
			}
		} else {
			l.lines = append(l.lines, text)
		}
		l.open = !ended
		rest = after
	}
	if n := len(l.lines) - mostKept; n > mostKept/4 {
		l.lines = append([]string(nil), l.lines[n:]...)
	}
	l.mu.Unlock()
	l.changed()
	return len(p), nil
}

// end ends a line that is open.
func (l *record) end() {
	l.mu.Lock()
	l.open = false
	l.mu.Unlock()
}

// last returns the last n lines, from back lines before the end.
func (l *record) last(n, back int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	to := max(len(l.lines)-back, 0)
	return append([]string(nil), l.lines[max(to-n, 0):to]...)
}

func (l *record) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}
