package debugger

import (
	"fmt"
	"strconv"
	"strings"
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
