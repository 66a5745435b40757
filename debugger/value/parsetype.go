package value

import "strings"

// parseType parses a type that stands alone.
func parseType(src string) (typeRef, error) {
	toks, err := lex(src)
	if err != nil {
		return typeRef{}, err
	}
	p := &parser{src: src, toks: toks}
	ref := p.typeName()
	if p.err == nil && p.tok().kind != tokEnd {
		p.fail(p.tok().col, "unexpected %s", p.describe())
	}
	if p.err != nil {
		return ref, p.err
	}
	return ref, nil
}

// castPrefix reads `(type)` where that can't be an expression in parentheses.
func (p *parser) castPrefix() (typeRef, bool) {
	save := p.pos
	p.next()
	start := p.tok()
	if start.kind == tokName || start.kind == tokQuoted {
		plain := basicTypes[start.text] != (basicType{}) || cTypeWords[start.text] || tagWords[start.text]
		ref := p.typeName()
		if p.err == nil && p.isOp(")") && (plain || ref.stars > 0 || p.castBefore()) {
			p.next()
			return ref, true
		}
		p.err = nil
	}
	p.pos = save
	return typeRef{}, false
}

// castBefore reports whether what stands behind `(name)` can only be what is cast.
func (p *parser) castBefore() bool {
	switch t := p.ahead(1); t.kind {
	case tokInt, tokFloat, tokChar, tokString, tokDollar:
		return true
	case tokName:
		return t.text != "as" && t.text != "is"
	case tokOp:
		return t.text == "~" || t.text == "!"
	}
	return false
}

var tagWords = map[string]bool{"struct": true, "union": true, "enum": true, "class": true}

var cTypeWords = map[string]bool{
	"unsigned": true, "signed": true, "long": true, "short": true, "int": true, "char": true, "double": true, "const": true, "volatile": true,
}

// typeName reads a type of C or Rust: words of a basic type, a path with template arguments, stars.
func (p *parser) typeName() typeRef {
	var ref typeRef
	if !p.enter() {
		return ref
	}
	defer p.leave()
	before := 0 // Rust: *const T, &T
	for p.isOp("*") || p.isOp("&") || p.isOp("&&") {
		if name, ok := p.fatReference(); ok {
			ref.name = name
			ref.stars += before
			return ref
		}
		before += len(strings.ReplaceAll(p.tok().text, "*", "&"))
		p.next()
		if !p.acceptName("const") {
			p.acceptName("mut")
		}
	}
	if p.isOp("[") { // [T; 4]
		p.next()
		elem := p.typeName()
		p.expect(";")
		ref.elem = &elem
		if t := p.tok(); t.kind == tokInt && t.num.IsInt64() && t.num.Int64() < 1<<40 {
			ref.count = t.num.Int64()
			p.next()
		} else {
			p.fail(t.col, "expected the length of an array, found %s", p.describe())
		}
		p.expect("]")
	} else if p.isOp("(") && p.ahead(1).isOp(")") {
		p.next()
		p.next()
		ref.name = "()"
	} else {
		p.typeWords(&ref)
	}
	p.declarator(&ref)
	ref.stars += before
	if ref.stars > 8 {
		p.fail(p.tok().col, "too many pointers")
	}
	return ref
}

// fatReference reads references to what has no size of its own, which are types by their names:
// &str, &[T], &dyn Trait.
func (p *parser) fatReference() (string, bool) {
	n := 1
	name := "&"
	if p.isOp("*") {
		name = "*"
	}
	if t := p.ahead(n); t.isName("mut") || t.isName("const") {
		name += t.text + " "
		n++
	}
	switch t := p.ahead(n); {
	case t.isName("str"):
		for range n + 1 {
			p.next()
		}
		return name + "str", true
	case t.isName("dyn") || t.isOp("["):
		first := n
		text := ""
		for depth := 0; ; n++ {
			t := p.ahead(n)
			if t.kind == tokEnd || t.isOp(";") && depth == 1 { // [T; 4] is an array
				return "", false
			}
			if t.isOp("[") || t.isOp("<") || t.isOp("(") {
				depth++
			}
			if (t.isOp("]") || t.isOp(">") || t.isOp(")")) && depth == 0 || depth == 0 && (t.isOp(",") || n > first && t.kind == tokOp && t.text != "::" && t.text != "+") {
				break
			}
			if t.isOp("]") || t.isOp(">") || t.isOp(")") {
				depth--
			}
			if t.kind == tokName && strings.HasSuffix(text, "dyn") {
				text += " "
			}
			text += t.text
			if depth == 0 && t.isOp("]") {
				n++
				break
			}
		}
		for range n {
			p.next()
		}
		return name + text, true
	}
	return "", false
}

// typeWords reads the name of a type.
func (p *parser) typeWords(ref *typeRef) {
	var words []string
	for p.tok().kind == tokName || p.tok().kind == tokQuoted {
		w := p.tok().text
		if len(words) > 0 && !cTypeWords[words[len(words)-1]] {
			break
		}
		if w == "as" || w == "is" {
			break
		}
		p.next()
		if (w == "const" || w == "volatile" || tagWords[w] || w == "typename") && len(words) == 0 {
			ref.tag = ref.tag || tagWords[w]
			continue
		}
		if w == "dyn" && p.tok().kind == tokName {
			w += " " + p.tok().text
			p.next()
		}
		if p.isOp("<") && basicTypes[w] == (basicType{}) && !cTypeWords[w] {
			w += p.templateArgs()
		}
		for p.isOp("::") && (p.ahead(1).kind == tokName || p.ahead(1).isOp("<")) {
			p.next()
			if p.tok().kind == tokName {
				w += "::" + p.tok().text
				p.next()
			}
			if p.isOp("<") {
				w += p.templateArgs()
			}
		}
		words = append(words, w)
	}
	if len(words) == 0 {
		p.fail(p.tok().col, "expected a type, found %s", p.describe())
		return
	}
	ref.name = strings.Join(words, " ")
}

// declarator reads what stands behind a type in C: stars, [4], (*), (*)[4].
func (p *parser) declarator(ref *typeRef) {
	for {
		if t := p.tok(); t.isName("const") || t.isName("volatile") {
			p.next()
			continue
		}
		if p.isOp("&") && (p.ahead(1).isOp(")") || p.ahead(1).isOp(">") || p.ahead(1).kind == tokEnd) {
			p.next() // C++: the value itself
			continue
		}
		if !p.isOp("*") || p.multiplies() {
			break
		}
		p.next()
		ref.stars++
	}
	outer := 0
	if p.isOp("(") && p.ahead(1).isOp("*") {
		p.next()
		for p.accept("*") {
			outer++
		}
		p.expect(")")
	}
	var counts []int64
	for p.isOp("[") && p.ahead(1).kind == tokInt && p.ahead(2).isOp("]") && len(counts) < 8 {
		p.next()
		n := p.tok().num
		if !n.IsInt64() || n.Int64() > 1<<40 {
			p.fail(p.tok().col, "an array of %v", n)
			return
		}
		counts = append(counts, n.Int64())
		p.next()
		p.next()
	}
	for i := len(counts) - 1; i >= 0; i-- {
		elem := *ref
		*ref = typeRef{elem: &elem, count: counts[i]}
	}
	ref.stars += outer
}

// multiplies reports whether the star behind a type is an operator: x as u32 * 2.
func (p *parser) multiplies() bool {
	n := 0
	for p.ahead(n).isOp("*") || p.ahead(n).isName("const") || p.ahead(n).isName("volatile") {
		n++
	}
	switch t := p.ahead(n); t.kind {
	case tokInt, tokFloat, tokChar, tokString, tokDollar:
		return true
	case tokName:
		return t.text != "as" && t.text != "is"
	case tokOp:
		return t.text == "(" || t.text == "-" || t.text == "!" || t.text == "&"
	}
	return false
}

// templateArgs reads <…> as text, spaces normalised to one behind each comma.
func (p *parser) templateArgs() string {
	depth := 0
	var b strings.Builder
	word := false
	for {
		t := p.tok()
		if t.kind == tokEnd {
			p.fail(t.col, "missing >")
			return ""
		}
		switch t.text {
		case "<":
			depth++
		case ">":
			depth--
		case ">>":
			depth -= 2
		}
		if word && t.kind != tokOp {
			b.WriteByte(' ')
		}
		word = t.kind == tokName
		if t.kind == tokString || t.kind == tokDollar {
			p.fail(t.col, "unexpected %s", p.describe())
			return ""
		}
		b.WriteString(t.text)
		if t.text == "," || t.text == ";" {
			b.WriteByte(' ')
		}
		p.next()
		if depth <= 0 {
			return b.String()
		}
	}
}
