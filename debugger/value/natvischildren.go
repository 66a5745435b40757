package value

import (
	"strings"

	"sphex/debugger/natvis"
	"sphex/debugger/symbols"
)

// visList is a list among the children.
type visList struct {
	count int64
	more  bool // there may be more than count
	elem  func(i int64) *Variable
	label func(i int64) string // nil: the number
}

// expand makes the shape of children.
func (c *visContext) expand(x *natvis.Expand) (*shape, error) {
	out := &shape{kind: KindStruct}
	var lists []*visList
	for _, n := range x.Nodes {
		g := natvis.GuardOf(n)
		use, err := c.applies(g)
		if err == nil && use {
			var l *visList
			if l, err = c.node(n, out); l != nil {
				lists = append(lists, l)
			}
		}
		if err != nil {
			if !g.Optional {
				return nil, err
			}
			c.leave(err)
		}
	}
	c.join(out, lists)
	return out, nil
}

// node adds a child, or returns a list of them.
func (c *visContext) node(n natvis.Node, out *shape) (*visList, error) {
	switch n := n.(type) {
	case *natvis.Item:
		v, err := c.item(n.Name, n.Value)
		if err != nil {
			return nil, err
		}
		out.fields = append(out.fields, v)
	case *natvis.Synthetic:
		v, err := c.synthetic(n)
		if err != nil {
			return nil, err
		}
		out.fields = append(out.fields, v)
	case *natvis.Expanded:
		v, err := c.value(n.Value)
		if unread(err) {
			v, err = c.unreadable("", err), nil
			out.fields = append(out.fields, v)
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		s := v.unwrapped().shape()
		if s.err != nil {
			out.fields = append(out.fields, v)
			return nil, nil
		}
		out.fields = append(out.fields, s.fields...)
		if s.elem != nil && s.count > 0 {
			l := &visList{count: s.count, more: s.more, elem: s.elem, label: s.label}
			if s.key != nil {
				l.label = func(i int64) string { return "[" + s.key(i).Format(labelFormat) + "]" }
			}
			return l, nil
		}
	case *natvis.Array:
		return c.array(n)
	case *natvis.IndexList:
		return c.indexList(n)
	case *natvis.LinkedList:
		return c.linkedList(n)
	case *natvis.Tree:
		return c.tree(n)
	case *natvis.Custom:
		return c.custom(n)
	}
	return nil, nil
}

// labelFormat is that of a value in the name of a child.
var labelFormat = Format{Summary: true, MaxString: 60, MaxItems: 4, MaxText: 200}

// join makes one list of several, and chooses the punctuation.
func (c *visContext) join(out *shape, lists []*visList) {
	rust := c.of.Language() == symbols.LangRust
	labels := false
	for _, l := range lists {
		out.count += l.count
		out.more = out.more || l.more
		labels = labels || l.label != nil
	}
	find := func(i int64) (*visList, int64) {
		for _, l := range lists {
			if i < l.count {
				return l, i
			}
			i -= l.count
		}
		return nil, 0
	}
	switch {
	case rust && len(out.fields) > 0:
		out.style = styleFields
	case len(out.fields) > 0 || len(lists) == 0:
		out.style = styleCFields
	case labels:
		out.style, out.kind = styleMap, KindMap
	case rust:
		out.style, out.kind = styleList, KindArray
	default:
		out.style, out.kind = styleCList, KindArray
	}
	if len(lists) == 0 {
		return
	}
	eval := ""
	if c.of.EvalName != "" {
		eval = postfixable(c.of.EvalName)
	}
	out.elem = func(i int64) *Variable {
		l, at := find(i)
		if l == nil {
			return c.unreadable("", unavailable("there is no such element"))
		}
		e := *l.elem(at) // an element may be a value with a name of its own
		e.Name, e.EvalName = "["+itoa(i)+"]", ""
		index := e.Name
		if labels {
			index = out.label(i)
		}
		if eval != "" && e.Unreadable == nil && isIndex(index) {
			e.EvalName = eval + index
		}
		return &e
	}
	if labels {
		out.label = func(i int64) string {
			if l, at := find(i); l != nil && l.label != nil {
				return l.label(at)
			}
			return "[" + itoa(i) + "]"
		}
	}
}

// isIndex tells whether the name of an element finds it again: [7], ["ann"].
func isIndex(label string) bool {
	in, ok := strings.CutPrefix(label, "[")
	in, ok2 := strings.CutSuffix(in, "]")
	if !ok || !ok2 || in == "" {
		return false
	}
	if in[0] == '"' {
		return len(in) > 1 && in[len(in)-1] == '"' && !strings.ContainsAny(in[1:len(in)-1], "\"\\")
	}
	return strings.Trim(in, "0123456789") == ""
}

// labelled is the element of that name, as a person who reads the list would ask for it.
func (s *shape) labelled(index *Variable) *Variable {
	want := "[" + index.Format(labelFormat) + "]"
	for i := range min(s.count, maxVisualNodes) {
		if s.label(i) == want {
			return s.elem(i)
		}
	}
	return nil
}

// unreadable is a child that has no value.
func (c *visContext) unreadable(name string, err error) *Variable {
	why := reason(err)
	if e, ok := err.(*visError); ok {
		why = reason(e.err)
	}
	return c.this.scope.unreadable(name, nil, unavailable(why))
}

// item makes a child.
func (c *visContext) item(name []natvis.Part, val natvis.Value) (*Variable, error) {
	text, err := c.text(name)
	if err != nil {
		return nil, err
	}
	v, err := c.value(val)
	if unread(err) {
		return c.unreadable(text, err), nil
	}
	if err != nil {
		return nil, err
	}
	child := *v
	child.Name, child.EvalName = text, ""
	if m, ok := memberPath(val.Expr); ok && c.of.EvalName != "" && val.Spec == (natvis.Spec{}) && c.this.loc.inMemory && c.locals == nil && c.vis.typ == c.this.typ {
		child.EvalName = postfixable(c.of.EvalName) + "." + m
	}
	return &child, nil
}

// memberPath tells whether an expression only names a member: x, this->x.y.
func memberPath(expr string) (string, bool) {
	expr = strings.TrimPrefix(expr, "this->")
	word := ""
	for _, part := range strings.Split(strings.ReplaceAll(expr, "->", "."), ".") {
		if part == "" || !isNameStart(part[0]) || part == "this" {
			return "", false
		}
		for i := range len(part) {
			if !isNamePart(part[i]) {
				return "", false
			}
		}
		word = part
	}
	return expr, word != ""
}

// synthetic makes a child that is no value of the program.
func (c *visContext) synthetic(n *natvis.Synthetic) (*Variable, error) {
	name, err := c.text(n.Name)
	if err != nil {
		return nil, err
	}
	text, has, err := c.display(n.Displays)
	if err != nil {
		return nil, err
	}
	if !has && len(n.Strings) > 0 {
		v, err := c.first(n.Strings)
		if err != nil {
			return nil, err
		}
		if v != nil {
			text, has = v.Format(Format{Summary: true}), true
		}
	}
	out := &shape{kind: KindStruct, style: styleCFields}
	if n.Expand != nil {
		if out, err = c.expand(n.Expand); err != nil {
			return nil, err
		}
	}
	if has || n.Expand == nil {
		shown := *out
		shown.style, shown.text, shown.kind = styleText, text, KindStruct
		if n.Expand != nil {
			shown.listing = out
		}
		out = &shown
	}
	v := c.this.scope.make(name, "", c.vis.typ, location{data: []byte{}})
	v.made = func() *shape { return out }
	return v, nil
}

// pointee is what an expression points at; nil is a null pointer.
func (c *visContext) pointee(val natvis.Value) (*Variable, error) {
	p, err := c.value(val)
	if err != nil {
		return nil, err
	}
	return c.follow(p, val.Line)
}

// follow is what a pointer points at; nil if that is nothing. A structure or an enum of Rust around a pointer
// counts as one.
func (c *visContext) follow(p *Variable, line int) (*Variable, error) {
	for range maxWrapped {
		if p.Unreadable != nil {
			return nil, c.wrong(line, p.Unreadable)
		}
		t := p.typ.strip()
		if t == nil {
			return nil, c.wrong(line, unavailable("the type is unknown"))
		}
		switch t.kind {
		case typePointer, typeReference:
			a, err := p.as(t).uint()
			if err != nil {
				return nil, c.wrong(line, err)
			}
			if a == 0 {
				return nil, nil
			}
			to := p.as(t).deref(t.Elem())
			if to.Unreadable != nil {
				return nil, c.wrong(line, to.Unreadable)
			}
			return to, nil
		case typeStruct, typeUnion:
		default:
			s, err := p.scalar()
			if err == nil && s.i.sign() == 0 {
				return nil, nil
			}
			return nil, &visError{line: line, err: unavailable(p.typ.short() + " is no pointer")}
		}
		if m := t.load(); len(m.variants) > 0 { // Option<Box<Node>>
			fields := unrendered(p).shape().fields
			if len(fields) == 0 {
				return nil, nil
			}
			p = fields[0]
			continue
		}
		inner := p.as(t).onlyMember()
		if inner == nil {
			return nil, &visError{line: line, err: unavailable(p.typ.short() + " is no pointer")}
		}
		p = inner
	}
	return nil, &visError{line: line, err: unavailable("too many structures around a pointer")}
}

// onlyMember is the one member of a structure that takes room; nil if there are several.
func (v *Variable) onlyMember() *Variable {
	var found *field
	m := v.typ.load()
	for i := range m.fields {
		f := &m.fields[i]
		if v.typ.types.at(f.ref).byteSize() == 0 {
			continue
		}
		if found != nil {
			return nil
		}
		found = f
	}
	if found == nil {
		return nil
	}
	return v.field(found)
}
