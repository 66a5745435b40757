package natvis

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a file. What it does not understand in an entry is a problem of the file, and is left out; an
// error, which is an *Error, means that the file as a whole can't be read.
func Parse(path string, b []byte) (*File, error) {
	root, err := readXML(path, b)
	if err != nil {
		return nil, err
	}
	if len(root.children) != 1 || root.children[0].name != "AutoVisualizer" {
		line := 1
		if len(root.children) > 0 {
			line = root.children[0].line
		}
		return nil, &Error{path, line, fmt.Errorf("no <AutoVisualizer>: this is no Natvis file")}
	}
	r := &reader{file: &File{Path: path}}
	for _, e := range root.children[0].children {
		switch e.name {
		case "Type":
			r.entry(e)
		case "Intrinsic":
			if f := r.intrinsic(e); f != nil {
				r.file.Intrinsics = append(r.file.Intrinsics, f)
			}
		case "Version", "UIVisualizer", "CustomVisualizer", "HResult", "LocalizedStrings":
			// of no use here
		default:
			r.unknown(e, root.children[0])
		}
	}
	return r.file, nil
}

type reader struct{ file *File }

// maxProblems bounds those of one file.
const maxProblems = 200

func (r *reader) problem(line int, format string, args ...any) {
	if len(r.file.Problems) < maxProblems {
		r.file.Problems = append(r.file.Problems, Problem{line, fmt.Sprintf(format, args...)})
	}
}

func (r *reader) unknown(e, in *element) {
	r.problem(e.line, "<%s> is not known inside of <%s>", e.name, in.name)
}

// entry reads a <Type>.
func (r *reader) entry(e *element) {
	t := &Type{File: r.file, Line: e.line, Inheritable: r.flag(e, "Inheritable", true), Views: r.views(e)}
	names := []string{e.attr("Name")}
	for _, c := range e.children {
		if c.name == "AlternativeType" {
			names = append(names, c.attr("Name"))
		}
	}
	for _, n := range names {
		p, err := ParsePattern(n)
		if err != nil {
			r.problem(e.line, "%v", err)
			continue
		}
		t.Names = append(t.Names, p)
	}
	if len(t.Names) == 0 {
		return
	}
	if p := e.attr("Priority"); p != "" {
		var ok bool
		if t.Priority, ok = map[string]int{"Low": -2, "MediumLow": -1, "Medium": 0, "MediumHigh": 1, "High": 2}[p]; !ok {
			r.problem(e.line, "Priority %q is none of Low, MediumLow, Medium, MediumHigh, High", p)
		}
	}
	for _, c := range e.children {
		switch c.name {
		case "AlternativeType", "UIVisualizer", "CustomVisualizer", "MostDerivedType":
		case "Version":
			if n := c.attr("Name"); n != "" {
				t.Modules = append(t.Modules, n)
			}
		case "Intrinsic":
			if f := r.intrinsic(c); f != nil {
				t.Intrinsics = append(t.Intrinsics, f)
			}
		case "DisplayString":
			r.display(c, &t.Displays)
		case "StringView":
			t.Strings = append(t.Strings, r.conditional(c))
		case "SmartPointer":
			if r.views(c).Shown("") {
				v := parseValue(c.body(), c.line)
				t.Smart = &v
			}
		case "Expand":
			t.Expand = r.expand(c)
		default:
			r.unknown(c, e)
		}
	}
	r.file.Types = append(r.file.Types, t)
}

// flag reads a truth; by default it is deflt.
func (r *reader) flag(e *element, name string, deflt bool) bool {
	switch v := e.attr(name); strings.ToLower(v) {
	case "":
		return deflt
	case "true", "1":
		return true
	case "false", "0":
		return false
	default:
		r.problem(e.line, "%s is %q, and neither true nor false", name, v)
		return deflt
	}
}

func (r *reader) views(e *element) Views {
	list := func(name string) []string {
		return strings.FieldsFunc(e.attr(name), func(c rune) bool { return c == ';' || c == ',' || c == ' ' })
	}
	return Views{list("IncludeView"), list("ExcludeView")}
}

func (r *reader) guardOf(e *element) Guard {
	return Guard{Line: e.line, Condition: e.attr("Condition"), Optional: r.flag(e, "Optional", false), Views: r.views(e)}
}

func (r *reader) display(e *element, to *[]Display) {
	parts, err := parseDisplay(e.body(), e.line)
	if err != nil {
		r.problem(e.line, "%v", err)
		return
	}
	*to = append(*to, Display{r.guardOf(e), parts})
}

func (r *reader) conditional(e *element) Conditional {
	return Conditional{r.guardOf(e), parseValue(e.body(), e.line)}
}

func (r *reader) intrinsic(e *element) *Intrinsic {
	f := &Intrinsic{Line: e.line, Name: e.attr("Name"), Expr: e.attr("Expression"), Optional: r.flag(e, "Optional", false)}
	if f.Name == "" || f.Expr == "" {
		r.problem(e.line, "<Intrinsic> needs a Name and an Expression")
		return nil
	}
	for _, c := range e.children {
		switch c.name {
		case "Parameter":
			name := c.attr("Name")
			if name == "" { // by its number
				name = fmt.Sprintf("Param%d", len(f.Params)+1)
			}
			f.Params = append(f.Params, Param{name, c.attr("Type")})
		case "Version":
		default:
			r.unknown(c, e)
		}
	}
	return f
}

// name reads the Name of a child, which may have values in it.
func (r *reader) name(e *element) []Part {
	n := e.attr("Name")
	if !strings.ContainsAny(n, "{}") {
		return []Part{{Text: n}}
	}
	parts, err := parseDisplay(n, e.line)
	if err != nil {
		r.problem(e.line, "%v", err)
		return []Part{{Text: n}}
	}
	return parts
}

func (r *reader) expand(e *element) *Expand {
	x := &Expand{HideRawView: r.flag(e, "HideRawView", false)}
	for _, c := range e.children {
		if c.name == "HideRawView" {
			x.HideRawView = true
			continue
		}
		if n := r.node(c, e); n != nil {
			x.Nodes = append(x.Nodes, n)
		}
	}
	return x
}

// node reads a part of Expand; nil if it has no use.
func (r *reader) node(e, in *element) Node {
	g := r.guardOf(e)
	switch e.name {
	case "Item":
		return &Item{Guard: g, Name: r.name(e), Value: parseValue(e.body(), e.line)}
	case "ExpandedItem":
		return &Expanded{Guard: g, Value: parseValue(e.body(), e.line)}
	case "Synthetic":
		s := &Synthetic{Guard: g, Name: r.name(e)}
		for _, c := range e.children {
			switch c.name {
			case "DisplayString":
				r.display(c, &s.Displays)
			case "StringView":
				s.Strings = append(s.Strings, r.conditional(c))
			case "Expand":
				s.Expand = r.expand(c)
			case "CustomVisualizer":
			default:
				r.unknown(c, e)
			}
		}
		return s
	case "ArrayItems":
		return r.array(e, g)
	case "IndexListItems":
		l := &IndexList{Guard: g}
		for _, c := range e.children {
			switch c.name {
			case "Size":
				l.Sizes = append(l.Sizes, r.conditional(c))
			case "ValueNode":
				l.Nodes = append(l.Nodes, r.conditional(c))
			default:
				r.unknown(c, e)
			}
		}
		if r.lacks(e, "Size", len(l.Sizes) > 0) || r.lacks(e, "ValueNode", len(l.Nodes) > 0) {
			return nil
		}
		return l
	case "LinkedListItems":
		l := &LinkedList{Guard: g}
		for _, c := range e.children {
			switch c.name {
			case "Size":
				l.Sizes = append(l.Sizes, r.conditional(c))
			case "HeadPointer":
				l.Head = c.body()
			case "NextPointer":
				l.Next = c.body()
			case "ValueNode":
				l.Value, l.NodeName = r.nodeValue(c)
			default:
				r.unknown(c, e)
			}
		}
		if r.lacks(e, "HeadPointer", l.Head != "") || r.lacks(e, "NextPointer", l.Next != "") {
			return nil
		}
		if l.Value.Expr == "" {
			l.Value.Expr = "this"
		}
		return l
	case "TreeItems":
		t := &Tree{Guard: g}
		for _, c := range e.children {
			switch c.name {
			case "Size":
				t.Sizes = append(t.Sizes, r.conditional(c))
			case "HeadPointer":
				t.Head = c.body()
			case "LeftPointer":
				t.Left = c.body()
			case "RightPointer":
				t.Right = c.body()
			case "ValueNode":
				t.Value, t.NodeName = r.nodeValue(c)
				t.NodeCondition = c.attr("Condition")
			default:
				r.unknown(c, e)
			}
		}
		if r.lacks(e, "HeadPointer", t.Head != "") || r.lacks(e, "LeftPointer", t.Left != "") || r.lacks(e, "RightPointer", t.Right != "") {
			return nil
		}
		if t.Value.Expr == "" {
			t.Value.Expr = "this"
		}
		return t
	case "CustomListItems":
		return r.custom(e, g)
	}
	r.unknown(e, in)
	return nil
}

func (r *reader) nodeValue(e *element) (Value, []Part) {
	var name []Part
	if e.attr("Name") != "" {
		name = r.name(e)
	}
	return parseValue(e.body(), e.line), name
}

// lacks notes that a list has no such part.
func (r *reader) lacks(e *element, part string, has bool) bool {
	if !has {
		r.problem(e.line, "<%s> needs a <%s>", e.name, part)
	}
	return !has
}

func (r *reader) array(e *element, g Guard) Node {
	a := &Array{Guard: g}
	for _, c := range e.children {
		switch c.name {
		case "Size":
			a.Sizes = append(a.Sizes, r.conditional(c))
		case "ValuePointer":
			a.Pointers = append(a.Pointers, r.conditional(c))
		case "Rank":
			a.Rank = c.body()
		case "LowerBound":
			a.Lower = c.body()
		case "Direction":
			switch d := c.body(); d {
			case "Forward":
			case "Backward":
				a.Backward = true
			default:
				r.problem(c.line, "Direction is %q, and neither Forward nor Backward", d)
			}
		default:
			r.unknown(c, e)
		}
	}
	if r.lacks(e, "Size", len(a.Sizes) > 0) || r.lacks(e, "ValuePointer", len(a.Pointers) > 0) {
		return nil
	}
	return a
}

func (r *reader) custom(e *element, g Guard) Node {
	l := &Custom{Guard: g}
	if n, err := strconv.ParseInt(e.attr("MaxItemsPerView"), 10, 64); err == nil && n > 0 {
		l.Max = n
	}
	p := program{r: r, list: l}
	p.block(e.children, e)
	for _, at := range p.breaks { // outside of loops: the end
		l.Code[at].Target = len(l.Code)
	}
	return l
}

// program translates the statements of a CustomListItems.
type program struct {
	r      *reader
	list   *Custom
	breaks []int // jumps that leave the loop
}

func (p *program) emit(op Op) int {
	p.list.Code = append(p.list.Code, op)
	return len(p.list.Code) - 1
}

// unless jumps over what comes, if there is a condition; patch it with land.
func (p *program) unless(condition string, line int) int {
	if condition == "" {
		return -1
	}
	return p.emit(Op{Kind: OpUnless, Condition: condition, Line: line})
}

func (p *program) land(at int) {
	if at >= 0 {
		p.list.Code[at].Target = len(p.list.Code)
	}
}

func (p *program) block(list []*element, in *element) {
	for i := 0; i < len(list); i++ {
		e := list[i]
		switch e.name {
		case "Variable":
			p.list.Variables = append(p.list.Variables, Variable{e.attr("Name"), e.attr("InitialValue"), e.line})
		case "Size":
			p.list.Sizes = append(p.list.Sizes, p.r.conditional(e))
		case "Skip":
			// only how Visual Studio goes to a later page
		case "Exec":
			over := p.unless(e.attr("Condition"), e.line)
			p.emit(Op{Kind: OpExec, Expr: e.body(), Line: e.line})
			p.land(over)
		case "Item":
			over := p.unless(e.attr("Condition"), e.line)
			op := Op{Kind: OpItem, Value: parseValue(e.body(), e.line), Line: e.line}
			if e.attr("Name") != "" {
				op.Name = p.r.name(e)
			}
			p.emit(op)
			p.land(over)
		case "Break":
			over := p.unless(e.attr("Condition"), e.line)
			p.breaks = append(p.breaks, p.emit(Op{Kind: OpJump, Line: e.line}))
			p.land(over)
		case "Loop":
			outer := p.breaks
			p.breaks = nil
			top := len(p.list.Code)
			over := p.unless(e.attr("Condition"), e.line)
			p.block(e.children, e)
			p.emit(Op{Kind: OpJump, Target: top, Line: e.line})
			p.land(over)
			for _, at := range p.breaks {
				p.land(at)
			}
			p.breaks = outer
		case "If":
			i = p.branches(list, i)
		case "Elseif", "Else":
			p.r.problem(e.line, "<%s> without an <If> in front of it", e.name)
		default:
			p.r.unknown(e, in)
		}
	}
}

// branches translates the If at list[i] with what belongs to it, and returns the index of the last of them.
func (p *program) branches(list []*element, i int) int {
	var ends []int
	for {
		e := list[i]
		over := p.unless(e.attr("Condition"), e.line)
		if over < 0 && e.name != "Else" {
			p.r.problem(e.line, "<%s> needs a Condition", e.name)
		}
		p.block(e.children, e)
		more := i+1 < len(list) && (list[i+1].name == "Elseif" || list[i+1].name == "ElseIf" || list[i+1].name == "Else") && e.name != "Else"
		if more {
			ends = append(ends, p.emit(Op{Kind: OpJump, Line: e.line}))
		}
		p.land(over)
		if !more {
			break
		}
		i++
	}
	for _, at := range ends {
		p.land(at)
	}
	return i
}
