package natvis

import (
	"fmt"
	"strings"
)

// Pattern is the name of a type in an entry, in which a * may stand for a template argument.
type Pattern struct {
	src  string
	toks []word
	wild int // how many *
}

func (p *Pattern) String() string { return p.src }

// Wildcards is how many * there are: the fewer, the more exact is the name.
func (p *Pattern) Wildcards() int { return p.wild }

// word is a part of a type's name, and where it stands.
type word struct {
	text     string
	at, ends int
	wild     bool
}

const maxName = 8192

// ParsePattern reads the name of a type.
func ParsePattern(src string) (Pattern, error) {
	src = strings.TrimSpace(src)
	if src == "" || len(src) > maxName {
		return Pattern{}, fmt.Errorf("a type's name is missing, or longer than %d bytes", maxName)
	}
	p := Pattern{src: src, toks: words(src)}
	depth := 0
	for i := range p.toks {
		t := &p.toks[i]
		switch t.text {
		case "<":
			depth++
		case ">":
			depth--
		case "*": // not that of a pointer
			before := i == 0 || p.toks[i-1].text == "<" || p.toks[i-1].text == ","
			behind := i == len(p.toks)-1 || p.toks[i+1].text == ">" || p.toks[i+1].text == ","
			if before && behind {
				t.wild = true
				p.wild++
			}
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		return p, fmt.Errorf("the brackets of %s do not match", src)
	}
	return p, nil
}

// Head is the name in front of the template arguments, by which entries are found; "" fits all.
func (p *Pattern) Head() string { return head(p.toks) }

// Name is the name of a type that entries are to fit.
type Name struct {
	src  string
	toks []word
}

// ParseName reads a type's name, as debug information has it.
func ParseName(src string) Name {
	if len(src) > maxName {
		src = ""
	}
	return Name{src, words(src)}
}

// Head is as that of Pattern.
func (n *Name) Head() string { return head(n.toks) }

func head(toks []word) string {
	var b strings.Builder
	for _, t := range toks {
		if t.text == "<" || t.wild {
			break
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// Match tells whether the pattern fits a name. What its wildcards stand for are $T1, $T2, …: the last one of a
// list of arguments takes all that remain, each of which is one.
func (p *Pattern) Match(n *Name) (args []string, ok bool) {
	i, j := 0, 0
	for i < len(p.toks) {
		t := p.toks[i]
		if !t.wild {
			if j >= len(n.toks) || n.toks[j].text != t.text {
				return nil, false
			}
			i, j = i+1, j+1
			continue
		}
		last := i == len(p.toks)-1 || p.toks[i+1].text == ">"
		i++
		for {
			end := argument(n.toks, j)
			if end == j {
				return nil, false
			}
			args = append(args, n.src[n.toks[j].at:n.toks[end-1].ends])
			j = end
			if !last || j >= len(n.toks) || n.toks[j].text != "," {
				break
			}
			j++
		}
	}
	return args, j == len(n.toks)
}

// argument is the index behind the template argument that begins at j.
func argument(toks []word, j int) int {
	depth := 0
	for ; j < len(toks); j++ {
		switch toks[j].text {
		case "<", "(", "[":
			depth++
		case ">", ")", "]":
			if depth == 0 {
				return j
			}
			depth--
		case ",":
			if depth == 0 {
				return j
			}
		}
	}
	return j
}

// words takes a name apart. Different spellings of one name become the same words.
func words(src string) []word {
	var out []word
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case part(c):
			j := i
			for j < len(src) && part(src[j]) {
				j++
			}
			out = append(out, word{text: src[i:j], at: i, ends: j})
			i = j
		case strings.HasPrefix(src[i:], "->"), strings.HasPrefix(src[i:], "::"):
			out = append(out, word{text: src[i : i+2], at: i, ends: i + 2})
			i += 2
		default:
			out = append(out, word{text: src[i : i+1], at: i, ends: i + 1})
			i++
		}
	}
	return alike(out)
}

func part(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// alike gives words one spelling: Microsoft's names of types are those of the standard, keywords in front of
// names, the namespaces of library versions and the suffixes of numbers are left out.
func alike(in []word) []word {
	out := in[:0:0]
	for i := 0; i < len(in); i++ {
		w := in[i]
		next := ""
		if i+1 < len(in) {
			next = in[i+1].text
		}
		switch w.text {
		case "struct", "class", "union", "enum", "typename":
			if next != "" && part(next[0]) {
				continue
			}
		case "__int64":
			out = append(out, word{text: "long", at: w.at, ends: w.ends})
			w.text = "long"
		case "__int32":
			w.text = "int"
		case "__1", "__2", "__ndk1", "__cxx11":
			if next == "::" && len(out) >= 2 && out[len(out)-1].text == "::" && out[len(out)-2].text == "std" {
				i++
				continue
			}
		}
		if c := w.text[0]; c >= '0' && c <= '9' {
			w.text = strings.TrimRight(w.text, "uUlL")
		}
		out = append(out, w)
	}
	return out
}
