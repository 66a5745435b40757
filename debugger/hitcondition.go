package debugger

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/debugger/value"
)

// hitCondition is a parsed hit condition; the zero value is always true.
type hitCondition struct {
	op string
	n  int
}

// parseHitCondition parses "5" (the fifth hit, like "== 5"), "== 5", ">= 3",
// "> 3", "<= 3", "< 3", "!= 3" and "% 2" (every second one).
func parseHitCondition(s string) (hitCondition, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return hitCondition{}, nil
	}
	op := "=="
	for _, o := range []string{"==", ">=", "<=", "!=", ">", "<", "%", "="} {
		if rest, ok := strings.CutPrefix(s, o); ok {
			op, s = o, strings.TrimSpace(rest)
			break
		}
	}
	if op == "=" {
		op = "=="
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return hitCondition{}, fmt.Errorf("hit condition: %q is not a count", s)
	}
	if op == "%" && n == 0 {
		return hitCondition{}, fmt.Errorf("hit condition: %% 0 never holds")
	}
	return hitCondition{op, n}, nil
}

// holds tells whether the condition is true for the hits-th hit, counted from 1.
func (h hitCondition) holds(hits int) bool {
	switch h.op {
	case "==":
		return hits == h.n
	case "!=":
		return hits != h.n
	case ">=":
		return hits >= h.n
	case "<=":
		return hits <= h.n
	case ">":
		return hits > h.n
	case "<":
		return hits < h.n
	case "%":
		return hits%h.n == 0
	}
	return true
}

// logPart is a piece of a log message: text, or an expression.
type logPart struct {
	text string
	expr *value.Expr // nil: text
}

// parseLogMessage splits a log message into text and {expressions}; {{ and }} stand for
// braces.
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
		depth, end := 1, -1
		for k := i + 1; k < len(s) && end < 0; k++ {
			switch s[k] {
			case '{':
				depth++
			case '}':
				if depth--; depth == 0 {
					end = k
				}
			}
		}
		if end < 0 {
			return nil, fmt.Errorf("log message: { at column %d is not closed", i+1)
		}
		flush()
		expr := strings.TrimSpace(s[i+1 : end])
		if expr == "" {
			return nil, fmt.Errorf("log message: empty expression at column %d", i+1)
		}
		e, err := value.Parse(expr)
		if err != nil {
			return nil, fmt.Errorf("log message: %w", err)
		}
		parts = append(parts, logPart{text: expr, expr: e})
		i = end
	}
	flush()
	return parts, nil
}
