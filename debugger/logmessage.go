package debugger

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/debugger/value"
	"sphex/runtime"
)

// logPart is a piece of a log message: text, or an expression and how its value is shown.
type logPart struct {
	text   string
	expr   *value.Expr // nil: text
	format byte        // 0, or one of logFormats
}

// logFormats are the letters that may stand behind an expression: those of print, and s for a string's
// contents without quotes.
const logFormats = "xdubotcs?"

// parseLogMessage splits a log message into text and {expressions}; {{ and }} stand for
// braces. {expression:x} is rendered in a format.
func parseLogMessage(s string) ([]logPart, error) {
	var parts []logPart
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, logPart{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c == '{' || c == '}') && i+1 < len(s) && s[i+1] == c {
			text.WriteByte(c)
			i++
			continue
		}
		if c != '{' {
			text.WriteByte(c)
			continue
		}
		end := closingBrace(s, i)
		if end < 0 {
			return nil, fmt.Errorf("log message: { at column %d is not closed", i+1)
		}
		flush()
		part, err := parseLogPart(strings.TrimSpace(s[i+1 : end]))
		if err != nil {
			return nil, fmt.Errorf("log message: at column %d: %w", i+1, err)
		}
		parts = append(parts, part)
		i = end
	}
	flush()
	return parts, nil
}

// closingBrace finds the brace that closes the one at i; -1 if there is none.
func closingBrace(s string, i int) int {
	depth := 0
	for k := i; k < len(s); k++ {
		switch s[k] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return k
			}
		}
	}
	return -1
}

// parseLogPart reads what stands in braces.
func parseLogPart(src string) (logPart, error) {
	if src == "" {
		return logPart{}, fmt.Errorf("empty expression")
	}
	if i := strings.LastIndexByte(src, ':'); i > 0 && src[i-1] != ':' {
		format := strings.TrimLeft(src[i+1:], "#")
		if len(format) == 1 && strings.Contains(logFormats, format) {
			if e, err := value.Parse(src[:i]); err == nil {
				return logPart{text: src[:i], expr: e, format: format[0]}, nil
			}
		}
	}
	e, err := value.Parse(src)
	return logPart{text: src, expr: e}, err
}

// render renders a value for a log message.
func (p *logPart) render(v *value.Variable) string {
	base := 0
	switch p.format {
	case 'x':
		return v.Format(value.Format{Hex: true})
	case 's':
		if text, ok := v.Text(1 << 10); ok {
			return Printable(text)
		}
	case 'b', 't':
		base = 2
	case 'o':
		base = 8
	case 'c':
		if n, ok := v.Int(); ok && n >= 0 && n <= 0x10ffff {
			return strconv.QuoteRune(rune(n))
		}
	}
	if base > 0 {
		if n, ok := v.Int(); ok {
			return strconv.FormatInt(n, base)
		}
	}
	return v.String()
}

// log writes the message of a log point at the present stop.
func (s *Session) log(x *armedSite, h *atPlace) {
	scope := s.scopeHere(h)
	var t strings.Builder
	for i := range h.b.log {
		p := &h.b.log[i]
		if p.expr == nil {
			t.WriteString(p.text)
			continue
		}
		eval := scope.EvalPure
		if s.deciding {
			eval = scope.EvalCalling
		}
		v, err := eval(p.expr)
		if err != nil {
			fmt.Fprintf(&t, "<%v>", err)
			continue
		}
		t.WriteString(p.render(v))
	}
	s.emit(&LogOutput{Breakpoint: h.b.ID, Text: t.String(), Frame: s.logFrame(h)})
	s.compileLog(x, h, scope)
}

// logFrame returns what log messages of a place show as theirs: the same each time.
func (s *Session) logFrame(h *atPlace) *Frame {
	if h.frame == nil {
		h.frame = s.topFrame()
		levels := s.image.levelsAt(h.place.Text)
		if hidden := len(levels) - h.place.shownAt(levels); hidden > 0 && s.shown == 0 { // what is inlined there is not meant
			if f, err := s.frameAt(hidden); err == nil {
				h.frame = f
			}
		}
	}
	return h.frame
}

// compileLog makes the fast form of a log message, if all of its values are integers.
func (s *Session) compileLog(x *armedSite, h *atPlace, scope *value.Scope) {
	f := &h.fast
	if f.log != nil || f.logAttempts >= mostAttempts || !x.hook {
		return
	}
	f.logAttempts++
	if !s.knowCFA(x) {
		return
	}
	var numbers []*value.Number
	for i := range h.b.log {
		p := &h.b.log[i]
		var n *value.Number
		if p.expr != nil {
			if strings.IndexByte("xsbotc", p.format) >= 0 && p.format != 0 {
				return
			}
			if n = scope.CompileNumber(p.expr, runtime.GeneralIndex); n == nil {
				return
			}
		}
		numbers = append(numbers, n)
	}
	f.log = numbers
}

// logFast writes the message of a log point from a hook; ok is false if that takes the slow way.
func (s *Session) logFast(h *atPlace) (ok bool) {
	b := s.logged[:0]
	for i, n := range h.fast.log {
		if n == nil {
			b = append(b, h.b.log[i].text...)
			continue
		}
		if b, ok = n.Append(b, &s.probe); !ok {
			return false
		}
	}
	s.logged = b
	s.emit(&LogOutput{Breakpoint: h.b.ID, Text: string(b), Frame: h.frame})
	return true
}
