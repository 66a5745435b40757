package value

import (
	"strings"

	"sphex/debugger/symbols"
)

// Macros finds what the preprocessor's names stand for where a scope is.
type Macros interface {
	// Macro finds a macro. sure reports that it is one there, so that the program itself can't mean anything else by the name;
	// else it is one if the name means nothing else. Without one, err may say what is known about the name.
	Macro(name string) (m *symbols.Macro, sure bool, err error)
}

// Expand replaces the macros in an expression by what they stand for.
func (s *Scope) Expand(src string) (string, error) {
	ev := evaluator{scope: s, src: src}
	return ev.expand(src)
}

// unfolded is the expression with its macros replaced; itself, if there are none.
func (ev *evaluator) unfolded(e *Expr) (*Expr, error) {
	s := ev.scope
	if s.Macros == nil || ev.this != nil || ev.names != nil || ev.vis != nil || !isCLike(ev.lang()) {
		return e, nil
	}
	if u := s.unfolded[e]; u != nil {
		return u, nil
	}
	text, err := ev.expand(e.src)
	if err != nil {
		return nil, err
	}
	u := e
	if text != e.src {
		if u, err = Parse(text); err != nil {
			return nil, inExpansion(err, text)
		}
	}
	if s.unfolded == nil {
		s.unfolded = map[*Expr]*Expr{}
	}
	s.unfolded[e] = u
	return u, nil
}

// inExpansion is an error in what a person has not written.
func inExpansion(err error, text string) error {
	if e, ok := err.(*EvalError); ok {
		c := *e
		if text == "" {
			text = "nothing, for which the macro stands"
		}
		c.Expr, c.Msg = "", e.Msg+" in "+cutWords(strings.TrimSpace(text))
		return &c
	}
	return err
}

// ppToken is a token of the preprocessor.
type ppToken struct {
	text  string
	col   int
	ident bool
	space bool // blanks stand before it
	hide  *hidden
}

// hidden are the macros from which a token comes: they are not expanded in it again.
type hidden struct {
	name  string
	outer *hidden
	depth int
}

// under hides a name, too.
func (h *hidden) under(name string) *hidden {
	n := &hidden{name: name, outer: h}
	if h != nil {
		n.depth = h.depth + 1
	}
	return n
}

func (h *hidden) has(name string) bool {
	for ; h != nil; h = h.outer {
		if h.name == name {
			return true
		}
	}
	return false
}

// ppTokens splits a text as the preprocessor does.
func ppTokens(src string) (list []ppToken) {
	space := false
	for i := 0; i < len(src); {
		c, from := src[i], i
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			space = true
			i++
			continue
		case isNameStart(c):
			for i++; i < len(src) && isNamePart(src[i]); i++ {
			}
		case c >= '0' && c <= '9' || c == '.' && i+1 < len(src) && src[i+1] >= '0' && src[i+1] <= '9':
			for i++; i < len(src) && (isNamePart(src[i]) || src[i] == '.' || (src[i] == '+' || src[i] == '-') && strings.IndexByte("eEpP", src[i-1]) >= 0 && !strings.HasPrefix(src[from:], "0x")); i++ {
			}
		case c == '"' || c == '\'':
			for i++; i < len(src) && src[i] != c; i++ {
				if src[i] == '\\' {
					i++
				}
			}
			i = min(i+1, len(src))
		case c == '$': // a name of the debugger's
			for i++; i < len(src) && (isNamePart(src[i]) || src[i] == '$'); i++ {
			}
		default:
			i++
			for _, op := range operators {
				if strings.HasPrefix(src[from:], op) {
					i = from + len(op)
					break
				}
			}
			if strings.HasPrefix(src[from:], "##") {
				i = from + 2
			}
		}
		list = append(list, ppToken{src[from:i], from, isNameStart(c), space, nil})
		space = false
	}
	return list
}

// ppText writes tokens.
func ppText(list []ppToken) string {
	var b strings.Builder
	for i := range list {
		t := &list[i]
		if b.Len() > 0 && (t.space || i > 0 && joins(list[i-1].text, t.text)) {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// joins reports whether two tokens side by side would be read as another one.
func joins(a, b string) bool {
	x, y := a[len(a)-1], b[0]
	if isNamePart(x) && isNamePart(y) {
		return true
	}
	return x == y && strings.IndexByte("+-&|<>=:.", x) >= 0 || y == '=' && strings.IndexByte("+-*/%&|^!<>", x) >= 0 || x == '-' && y == '>'
}

// maxExpansion bounds the tokens of an expression whose macros are replaced, and how many are replaced.
const maxExpansion = 8 << 10

// expansion replaces the macros of one expression.
type expansion struct {
	ev   *evaluator
	work int
	fail error
}

// expand replaces the macros in a text.
func (ev *evaluator) expand(src string) (string, error) {
	if ev.scope.Macros == nil || len(src) > maxExpr || !isCLike(ev.lang()) {
		return src, nil
	}
	x := &expansion{ev: ev}
	list, changed := x.tokens(ppTokens(src))
	if x.fail == nil {
		x.lonely(list)
	}
	if x.fail != nil {
		return "", x.fail
	}
	if !changed {
		return src, nil
	}
	return ppText(list), nil
}

// lonely fails where a macro that takes arguments is left without.
func (x *expansion) lonely(list []ppToken) {
	for i := range list {
		t := &list[i]
		if !t.ident || t.hide.has(t.text) || ownWords[t.text] || i > 0 && (list[i-1].text == "." || list[i-1].text == "->") {
			continue
		}
		if m := x.find(t, false, false); m != nil && m.Function && (i+1 == len(list) || list[i+1].text != "(") && !x.ev.knows(t.text, false) {
			x.fail = x.ev.fail(at(t.col), "%s is a macro that takes arguments: %s", t.text, m.String())
			return
		}
	}
}

// tokens replaces the macros among tokens.
func (x *expansion) tokens(list []ppToken) (out []ppToken, changed bool) {
	for len(list) > 0 && x.fail == nil {
		t := list[0]
		if !t.ident || t.hide.has(t.text) || ownWords[t.text] {
			out, list = append(out, t), list[1:]
			continue
		}
		called := len(list) > 1 && list[1].text == "("
		member := len(out) > 0 && (out[len(out)-1].text == "." || out[len(out)-1].text == "->" || out[len(out)-1].text == "::")
		member = member || len(list) > 1 && list[1].text == "::"
		m := x.find(&t, called, member)
		if m == nil || m.Function && !called {
			out, list = append(out, t), list[1:]
			continue
		}
		if x.work++; x.work > maxExpansion || t.hide != nil && t.hide.depth > maxNesting {
			x.fail = x.ev.fail(at(t.col), "the macro %s stands for too much", t.text)
			return out, changed
		}
		changed = true
		var args [][]ppToken
		rest := list[1:]
		if m.Function {
			n := 0
			if args, n = arguments(rest); n == 0 {
				x.fail = x.ev.fail(at(t.col), "the arguments of the macro %s have no end", t.text)
				return out, changed
			}
			rest = rest[n:]
			if args = x.fitted(m, args, &t); x.fail != nil {
				return out, changed
			}
		}
		body := x.body(m, args)
		if len(out)+len(body)+len(rest) > maxExpansion {
			x.fail = x.ev.fail(at(t.col), "the macro %s stands for too much", t.text)
			return out, changed
		}
		for i := range body {
			body[i].hide = both(body[i].hide, t.hide).under(m.Name)
			body[i].col = t.col
		}
		if len(body) > 0 {
			body[0].space = t.space
		}
		list = append(body, rest...)
	}
	return out, changed
}

// both is what either hides. One comes from the arguments, the other from around the macro.
func both(a, b *hidden) *hidden {
	if a == nil {
		return b
	}
	for ; b != nil; b = b.outer {
		if !a.has(b.name) {
			a = a.under(b.name)
		}
	}
	return a
}

// ownWords are the words of expressions, which mean the same whatever headers define them as.
var ownWords = map[string]bool{
	"NULL": true, "true": true, "false": true, "bool": true, "sizeof": true, "alignof": true, "offsetof": true, "nullptr": true, "this": true, "as": true, "is": true,
	"if": true, "else": true, "struct": true, "union": true, "enum": true, "class": true, "static_cast": true, "reinterpret_cast": true, "const_cast": true, "dynamic_cast": true,
}

// find finds the macro that a name means, nil: it means none.
func (x *expansion) find(t *ppToken, called, member bool) *symbols.Macro {
	if cTypeWords[t.text] || basicTypes[t.text] != (basicType{}) {
		return nil
	}
	m, sure, err := x.ev.scope.Macros.Macro(t.text)
	switch {
	case sure:
		return m
	case m == nil && err == nil || member || x.ev.knows(t.text, called):
		return nil
	case m == nil:
		x.fail = x.ev.fail(at(t.col), "%v", err)
	}
	return m
}

// knows reports whether a name means something in the program.
func (ev *evaluator) knows(name string, called bool) bool {
	if called && len(ev.functions(name)) > 0 {
		return true
	}
	if _, err := ev.name(nameRef{0, name}); err == nil {
		return true
	}
	return ev.typeCalled(name) != nil
}

// arguments reads the arguments behind a macro's name and returns how many tokens they take with their parentheses, 0 if
// they have no end.
func arguments(list []ppToken) (args [][]ppToken, n int) {
	depth := 0
	var arg []ppToken
	for i, t := range list {
		switch t.text {
		case "(", "[", "{":
			if depth++; i == 0 {
				continue
			}
		case ")", "]", "}":
			if depth--; depth == 0 {
				return append(args, arg), i + 1
			}
		case ",":
			if depth == 1 {
				args, arg = append(args, arg), nil
				continue
			}
		}
		arg = append(arg, t)
	}
	return nil, 0
}

// fitted makes of arguments one for each parameter.
func (x *expansion) fitted(m *symbols.Macro, args [][]ppToken, t *ppToken) [][]ppToken {
	want := len(m.Params)
	if want == 0 && len(args) == 1 && len(args[0]) == 0 {
		return nil
	}
	if m.Variadic {
		if len(args) == want-1 {
			args = append(args, nil)
		}
		for len(args) > want {
			joined := append(append(args[want-1 : want : want][0], ppToken{text: ","}), args[want]...)
			args = append(append(args[:want-1:want-1], joined), args[want+1:]...)
		}
	}
	if len(args) != want {
		x.fail = x.ev.fail(at(t.col), "the macro %s takes %s, not %d", m.Name, plural(want, "argument"), len(args))
		return nil
	}
	return args
}

// body is what a macro stands for with these arguments.
func (x *expansion) body(m *symbols.Macro, args [][]ppToken) (out []ppToken) {
	toks := ppTokens(m.Text)
	param := func(i int) int {
		if m.Function && i < len(toks) && toks[i].ident {
			for k, p := range m.Params {
				if p == toks[i].text {
					return k
				}
			}
		}
		return -1
	}
	for i := 0; i < len(toks) && x.fail == nil; i++ {
		t := toks[i]
		if len(out) > maxExpansion {
			x.fail = x.ev.fail(at(0), "the macro %s stands for too much", m.Name)
			return nil
		}
		pasted := i+1 < len(toks) && toks[i+1].text == "##"
		switch k := param(i); {
		case m.Function && t.text == "#" && param(i+1) >= 0:
			i++
			out = append(out, ppToken{text: quoted(ppText(args[param(i)])), space: t.space})
		case t.text == "##" && len(out) > 0 && i+1 < len(toks):
			i++
			next := []ppToken{toks[i]}
			if k := param(i); k >= 0 {
				next = args[k]
				if out[len(out)-1].text == "," && m.Variadic && k == len(m.Params)-1 { // GNU C: without arguments no comma
					if len(next) == 0 {
						out = out[:len(out)-1]
					} else {
						more, _ := x.tokens(next)
						out = append(out, more...)
					}
					continue
				}
			}
			if len(next) > 0 {
				last := &out[len(out)-1]
				last.text += next[0].text
				last.ident = isNameStart(last.text[0])
				out = append(out, next[1:]...)
			}
		case k >= 0:
			arg := args[k]
			if !pasted {
				arg, _ = x.tokens(arg)
			}
			arg = append([]ppToken(nil), arg...)
			if len(arg) > 0 {
				arg[0].space = t.space
			} else if pasted { // nothing is joined to what follows
				i++
			}
			out = append(out, arg...)
		default:
			out = append(out, t)
		}
	}
	return out
}

// quoted is a text as a literal of C.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
