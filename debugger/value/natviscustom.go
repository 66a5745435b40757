package value

import (
	"slices"

	"sphex/debugger/natvis"
)

// maxVisualSteps bounds the operations of one CustomListItems.
const maxVisualSteps = 200_000

// machine runs the program of a CustomListItems, from one element to the next.
type machine struct {
	c     *visContext
	list  *natvis.Custom
	vars  map[string]*Variable
	pc    int
	steps int
}

// customItem is an element, with the variables as they were.
type customItem struct {
	value *Variable
	label string
}

// custom makes the list of CustomListItems.
func (c *visContext) custom(n *natvis.Custom) (*visList, error) {
	m := &machine{list: n, vars: map[string]*Variable{}}
	for k, v := range c.locals {
		m.vars[k] = v
	}
	m.c = c.with(m.vars)
	for _, v := range n.Variables {
		x, err := m.c.eval(v.Init, v.Line)
		if err != nil {
			return c.broken(err)
		}
		m.vars[v.Name] = x
	}
	size, known, err := m.c.size(n.Sizes)
	if err != nil {
		return c.broken(err)
	}
	var found []customItem
	done := false
	var failed error
	upTo := func(count int64) {
		for int64(len(found)) < count && !done {
			item, ok, err := m.next()
			if !ok || err != nil {
				done, failed = true, err
				break
			}
			found = append(found, item)
		}
	}
	out := &visList{count: size}
	if known {
		upTo(min(size, 1))
	} else {
		upTo(maxVisualNodes)
		out.count, out.more = int64(len(found)), !done
		if failed != nil && unread(failed) {
			out.count++
		}
	}
	if failed != nil && !unread(failed) {
		return nil, failed
	}
	out.elem = func(i int64) *Variable {
		upTo(i + 1)
		if i < int64(len(found)) {
			return found[i].value
		}
		if failed == nil {
			failed = unavailable("corrupt: fewer items than the container says")
		}
		return c.unreadable("", failed)
	}
	if slices.ContainsFunc(n.Code, func(op natvis.Op) bool { return len(op.Name) > 0 }) {
		out.label = func(i int64) string {
			upTo(i + 1)
			if i < int64(len(found)) && found[i].label != "" {
				return found[i].label
			}
			return "[" + itoa(i) + "]"
		}
	}
	return out, nil
}

// next runs to the next element; ok is false at the end.
func (m *machine) next() (item customItem, ok bool, err error) {
	for m.pc < len(m.list.Code) {
		op := &m.list.Code[m.pc]
		m.pc++
		if m.steps++; m.steps > maxVisualSteps {
			return item, false, &visError{line: op.Line, read: true, err: unavailable("the list takes more than " + itoa(maxVisualSteps) + " steps")}
		}
		switch op.Kind {
		case natvis.OpJump:
			m.pc = op.Target
		case natvis.OpUnless:
			ok, err := m.c.truth(op.Condition, op.Line)
			if err != nil {
				return item, false, err
			}
			if !ok {
				m.pc = op.Target
			}
		case natvis.OpExec:
			if err := m.exec(op); err != nil {
				return item, false, err
			}
		case natvis.OpItem:
			if item.value, err = m.c.value(op.Value); err != nil {
				if !unread(err) {
					return item, false, err
				}
				item.value = m.c.unreadable("", err)
			}
			if len(op.Name) > 0 {
				if item.label, err = m.c.text(op.Name); err != nil {
					return item, false, err
				}
			}
			return item, true, nil
		}
	}
	return item, false, nil
}

// exec runs an assignment to one of the program's variables; any other expression does nothing.
func (m *machine) exec(op *natvis.Op) error {
	e, err := m.c.vis.parse(op.Expr)
	if err != nil {
		return &visError{line: op.Line, err: err}
	}
	ev := m.c.evaluator(e)
	name, v, err := m.assigned(ev, e.tree(ev.lang()))
	if err != nil {
		return m.c.wrong(op.Line, err)
	}
	if name != "" {
		c := *v
		c.EvalName = ""
		m.vars[name] = &c
	}
	return nil
}

// assigned evaluates an assignment: which variable gets which value.
func (m *machine) assigned(ev *evaluator, n node) (name string, v *Variable, err error) {
	var to, from node
	switch n := n.(type) {
	case assignExpr:
		to, from = n.x, n.y
		if _, again := n.y.(assignExpr); again {
			var inner string
			if inner, v, err = m.assigned(ev, n.y); err != nil {
				return "", nil, err
			}
			m.vars[inner] = v
			from = nameRef{n.at, inner}
		}
		if n.op != "" {
			from = binaryExpr{n.at, n.op, n.x, from}
		}
	case stepExpr:
		to, from = n.x, binaryExpr{n.at, n.op, n.x, intLit{at: n.at, val: intOf(1)}}
	default:
		_, err = ev.eval(n)
		return "", nil, err
	}
	ref, ok := to.(nameRef)
	if !ok || m.vars[ref.path] == nil {
		return "", nil, ev.fail(to, "only variables of the list can be assigned to")
	}
	v, err = ev.eval(from)
	return ref.path, v, err
}
