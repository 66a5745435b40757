package wasm

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// ImportPolicy is an allow-list of imports: what a module may ask its host for. A nil policy allows
// everything, one without patterns nothing.
//
// A pattern is MODULE.NAME, where * stands for any characters, none included; the first dot parts the two.
// A backslash takes the meaning from the character behind it: wasi:io/streams@0\.2\.0.* allows a module whose name
// has dots.
type ImportPolicy struct {
	patterns []importPattern
}

type importPattern struct{ module, name glob }

// glob is a text with wildcards: the pieces between them.
type glob []string

// Allow adds a pattern.
func (p *ImportPolicy) Allow(pattern string) error {
	module, rest, err := parseGlob(pattern, true)
	if err != nil {
		return err
	}
	name, _, err := parseGlob(rest, false)
	if err != nil {
		return err
	}
	if module == nil || rest == "" {
		return fmt.Errorf("import pattern %q: want MODULE.NAME", pattern)
	}
	p.patterns = append(p.patterns, importPattern{module, name})
	return nil
}

// parseGlob reads a glob, which ends at the first dot if there is to be one; without it the glob is nil.
func parseGlob(s string, dot bool) (g glob, rest string, err error) {
	var piece strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i == len(s) {
				return nil, "", fmt.Errorf("import pattern %q: nothing stands behind the backslash", s)
			}
			piece.WriteByte(s[i])
		case c == '*':
			g = append(g, piece.String())
			piece.Reset()
		case c == '.' && dot:
			return append(g, piece.String()), s[i+1:], nil
		default:
			piece.WriteByte(c)
		}
	}
	if dot {
		return nil, "", nil
	}
	return append(g, piece.String()), "", nil
}

func (g glob) matches(s string) bool {
	first, last := g[0], g[len(g)-1]
	if len(g) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, piece := range g[1 : len(g)-1] {
		i := strings.Index(s, piece)
		if i < 0 {
			return false
		}
		s = s[i+len(piece):]
	}
	return true
}

// Read adds the patterns of a file: one on each line; empty lines and what stands behind # don't count.
func (p *ImportPolicy) Read(r io.Reader) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if err := p.Allow(text); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

// Allows tells whether an import may be asked for.
func (p *ImportPolicy) Allows(module, name string) bool {
	if p == nil {
		return true
	}
	for _, a := range p.patterns {
		if a.module.matches(module) && a.name.matches(name) {
			return true
		}
	}
	return false
}

// ImportRefused says which imports of a module its policy does not allow, each as a pattern that would.
type ImportRefused struct{ Patterns []string }

func (e *ImportRefused) Error() string {
	const most = 20
	list, more := e.Patterns, ""
	if len(list) > most {
		more = fmt.Sprintf(" and %d more", len(list)-most)
		list = list[:most]
	}
	return "the policy does not allow to import " + strings.Join(list, ", ") + more
}

// Check returns an *ImportRefused if the module imports what is not allowed.
func (p *ImportPolicy) Check(m *Module) error {
	if p == nil {
		return nil
	}
	var refused []string
	for i := range m.Imports {
		if im := &m.Imports[i]; !p.Allows(im.Module, im.Name) {
			refused = append(refused, quoteModule.Replace(im.Module)+"."+quoteName.Replace(im.Name))
		}
	}
	if refused != nil {
		return &ImportRefused{refused}
	}
	return nil
}

var (
	quoteModule = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `.`, `\.`)
	quoteName   = strings.NewReplacer(`\`, `\\`, `*`, `\*`)
)
