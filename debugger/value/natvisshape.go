package value

import (
	"strings"

	"sphex/debugger/natvis"
	"sphex/debugger/symbols"
)

// visContext is what expressions of an entry are about.
type visContext struct {
	vis    *visual
	of     *Variable // the value that is shown
	this   *Variable // whose members are names: the value, a base of it, a node of a list
	locals map[string]*Variable
	left   *int // parts that were left out since they make no sense for the type
}

// with is the context of a part that has names of its own.
func (c *visContext) with(names map[string]*Variable) *visContext {
	d := *c
	d.locals = names
	return &d
}

// about is the context of a node.
func (c *visContext) about(node *Variable) *visContext {
	d := *c
	d.this = unrendered(node)
	return &d
}

// unrendered is v without a person's own rendering, which is what renderings are made of.
func unrendered(v *Variable) *Variable {
	r := *v
	r.raw, r.sh = true, nil
	return &r
}

// render makes the shape of v by the entry.
func (vis *visual) render(v *Variable) (*shape, error) {
	this := v.as(v.typ.strip())
	for _, f := range vis.bases {
		this = this.field(f)
		this = this.as(this.typ.strip())
	}
	c := &visContext{vis: vis, of: v, this: unrendered(this), left: new(int)}
	e := vis.entry
	text, has, err := c.display(e.Displays)
	if err != nil {
		return nil, err
	}
	var str *Variable
	if !has && len(e.Strings) > 0 {
		if str, err = c.first(e.Strings); err != nil {
			return nil, err
		}
	}
	var out *shape
	switch {
	case e.Expand != nil:
		if out, err = c.expand(e.Expand); err != nil {
			return nil, err
		}
	case e.Smart != nil:
		target, err := c.pointee(*e.Smart)
		if err != nil {
			return nil, err
		}
		if target == nil {
			out = &shape{kind: KindPointer, text: "nullptr"}
			break
		}
		target.Name = v.Name
		out = v.wrapper(target)
		if has { // the text of the pointer, the children of what it points at
			target.Name = "*" + v.Name
			out = &shape{kind: KindPointer, style: styleCFields, fields: []*Variable{target}, smart: target}
		}
	case str != nil:
		str.Name = v.Name
		out = v.wrapper(str)
	default:
		own := *unrendered(v.as(v.typ.strip())).ownShape()
		out = &own
	}
	if !has && *c.left > 0 && out.style != styleInner && len(out.fields) == 0 && out.elem == nil && out.text == "" {
		return nil, &visError{line: e.Line, err: unavailable("nothing of it makes sense for " + v.typ.short())}
	}
	out.rendered = e.Expand == nil || !e.Expand.HideRawView
	if !has {
		return out, nil
	}
	shown := *out
	shown.style, shown.text, shown.head, shown.inner, shown.str = styleText, text, "", nil, nil
	shown.kind = KindStruct
	if e.Expand != nil {
		shown.listing = out
	}
	return &shown, nil
}

// applies tells whether a part is used.
func (c *visContext) applies(g *natvis.Guard) (bool, error) {
	if !g.Views.Shown(c.of.view) {
		return false, nil
	}
	ok, err := c.truth(g.Condition, g.Line)
	if err != nil && (g.Optional || unread(err)) {
		c.leave(err)
		return false, nil
	}
	return ok, err
}

// leave counts a part that is left out.
func (c *visContext) leave(err error) {
	if c.left != nil && !unread(err) {
		*c.left++
	}
}

// truth evaluates a condition; none is true.
func (c *visContext) truth(condition string, line int) (bool, error) {
	if condition == "" {
		return true, nil
	}
	v, err := c.condition(condition, line)
	if err != nil {
		return false, err
	}
	ok, err := v.Bool()
	if err != nil {
		return false, c.wrong(line, err)
	}
	return ok, nil
}

// display is the text of the first of several that applies.
func (c *visContext) display(list []natvis.Display) (text string, ok bool, err error) {
	for i := range list {
		d := &list[i]
		use, err := c.applies(&d.Guard)
		if err == nil && use {
			text, err = c.text(d.Parts)
		}
		switch {
		case err != nil && d.Optional:
			c.leave(err)
		case err != nil:
			return "", false, err
		case use:
			return text, true, nil
		}
	}
	return "", false, nil
}

// maxVisualText bounds the text of one value, in bytes.
const maxVisualText = 4096

// text fills in the values of a text.
func (c *visContext) text(parts []natvis.Part) (string, error) {
	var b strings.Builder
	for _, p := range parts {
		if p.Value == nil {
			b.WriteString(p.Text)
			continue
		}
		v, err := c.value(*p.Value)
		switch {
		case err != nil && !unread(err):
			return "", err
		case err != nil:
			var why error = err
			if e, ok := err.(*visError); ok {
				why = e.err
			}
			b.WriteString("<" + reason(why) + ">")
		default:
			b.WriteString(v.Format(Format{Summary: true, MaxItems: 16, MaxDepth: 3, MaxText: 1000}))
		}
		if b.Len() > maxVisualText {
			return b.String()[:maxVisualText] + "…", nil
		}
	}
	return b.String(), nil
}

// reason is an error's text without the place in an expression that nobody has typed.
func reason(err error) string {
	if e, ok := err.(*EvalError); ok {
		return e.Msg
	}
	return err.Error()
}

// first is the value of the first of several that applies; nil if none does.
func (c *visContext) first(list []natvis.Conditional) (*Variable, error) {
	for i := range list {
		l := &list[i]
		use, err := c.applies(&l.Guard)
		var v *Variable
		if err == nil && use {
			v, err = c.value(l.Value)
		}
		switch {
		case err != nil && l.Optional:
			c.leave(err)
		case err != nil:
			return nil, err
		case use:
			return v, nil
		}
	}
	return nil, nil
}

// number is the first of several that applies as an integer; ok is false if there is none.
func (c *visContext) number(list []natvis.Conditional) (n int64, ok bool, err error) {
	v, err := c.first(list)
	if v == nil || err != nil {
		return 0, false, err
	}
	n, ok = v.Int()
	if !ok {
		err := v.Err()
		if err == nil {
			err = unavailable("it is no integer")
		}
		return 0, false, c.wrong(list[0].Line, err)
	}
	return n, true, nil
}

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
