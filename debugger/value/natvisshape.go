package value

import (
	"strings"

	"sphex/debugger/natvis"
)

// visContext is what expressions of an entry are about.
type visContext struct {
	vis    *visual
	of     *Variable // the value that is shown
	this   *Variable // whose members are names: the value, a base of it, a node of a list
	locals map[string]*Variable
	inside bool // this is a node of a list, which is another value than the one that is shown
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
	d.this, d.inside = unrendered(node), true
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
