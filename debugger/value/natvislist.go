package value

import (
	"strings"

	"sphex/debugger/natvis"
)

// Bounds of lists.
const (
	maxVisualNodes = 10_000 // of a list or tree that does not say how many it has
	maxVisualRank  = 8
)

// number makes the value of $i.
func (c *visContext) index(i int64) map[string]*Variable {
	ev := evaluator{scope: c.this.scope, vis: c}
	v := ev.basic(scalar{basicType: basicType{classInt, 64, true}, i: intOf(i)}, "long long")
	return map[string]*Variable{"$i": v}
}

// size is how many elements a list has; known is false if it does not say.
func (c *visContext) size(list []natvis.Conditional) (n int64, known bool, err error) {
	n, known, err = c.number(list)
	if err != nil || !known {
		return 0, false, err
	}
	if n < 0 || n > 1<<32 {
		return 0, false, &visError{line: list[0].Line, read: true, err: unavailable("corrupt: a length of " + itoa(n))}
	}
	return n, true, nil
}

// broken is a list of one child that tells why there is none.
func (c *visContext) broken(err error) (*visList, error) {
	if !unread(err) {
		return nil, err
	}
	return &visList{count: 1, elem: func(int64) *Variable { return c.unreadable("", err) }}, nil
}

// array makes the list of ArrayItems.
func (c *visContext) array(n *natvis.Array) (*visList, error) {
	dims := []int64{}
	rank := int64(1)
	if n.Rank != "" {
		v, err := c.eval(n.Rank, n.Line)
		if err != nil {
			return c.broken(err)
		}
		var ok bool
		if rank, ok = v.Int(); !ok || rank < 1 || rank > maxVisualRank {
			return c.broken(&visError{line: n.Line, read: true, err: unavailable("a Rank must be 1 to 8")})
		}
	}
	total := int64(1)
	for i := range rank {
		in := c
		if n.Rank != "" {
			in = c.with(c.index(i))
		}
		size, known, err := in.size(n.Sizes)
		if err != nil {
			return c.broken(err)
		}
		if !known {
			return nil, nil // no Size applies
		}
		if size > 0 && total > 1<<32/size {
			return c.broken(&visError{line: n.Line, read: true, err: unavailable("corrupt: the array exceeds memory")})
		}
		total *= size
		dims = append(dims, size)
	}
	if total == 0 {
		return &visList{}, nil
	}
	lower := make([]int64, rank)
	if n.Lower != "" {
		for i := range lower {
			v, err := c.with(c.index(int64(i))).eval(n.Lower, n.Line)
			if err != nil {
				return c.broken(err)
			}
			lower[i], _ = v.Int()
		}
	}
	p, err := c.first(n.Pointers)
	if p == nil || err != nil {
		if err != nil {
			return c.broken(err)
		}
		return nil, nil
	}
	p = p.unwrapped()
	var first *Variable
	if t := p.typ.strip(); t != nil && t.kind == typeArray {
		first = p.scope.make("", "", t.Elem(), p.loc)
	} else {
		to, err := c.follow(p, n.Line)
		if err == nil && to == nil {
			err = &visError{line: n.Line, read: true, err: unavailable("null pointer")}
		}
		if err != nil {
			return c.broken(err)
		}
		first = to
	}
	size := first.typ.byteSize()
	if size <= 0 {
		return nil, &visError{line: n.Line, err: unavailable("the size of " + first.typ.short() + " is unknown")}
	}
	_, mem := p.scope.Frame.Memory()
	if uint64(total) > mem/uint64(size) {
		return c.broken(&visError{line: n.Line, read: true, err: unavailable("corrupt: length " + itoa(total) + " exceeds memory")})
	}
	view, base := p.view, p.base
	l := &visList{count: total, elem: func(i int64) *Variable {
		at := i
		if n.Backward && rank > 1 { // i counts in the order of the indices, the last one the fastest
			at = 0
			for d, stride, rest := int64(0), int64(1), indices(i, dims); d < rank; d++ {
				at += rest[d] * stride
				stride *= dims[d]
			}
		}
		loc := first.loc
		if loc.inMemory {
			loc = loc.at(at*size, size)
			if a, ok := p.scope.linear(loc.addr); ok {
				loc = p.scope.pointee(a, size)
			}
		} else {
			loc = p.loc.at(at*size, size)
		}
		e := p.scope.make("", "", first.typ, loc)
		e.behind = loc.inMemory
		e.view, e.base = view, base
		return e
	}}
	if rank > 1 || lower[0] != 0 {
		l.label = func(i int64) string {
			var parts []string
			for d, k := range indices(i, dims) {
				parts = append(parts, itoa(k+lower[d]))
			}
			return "[" + strings.Join(parts, ", ") + "]"
		}
	}
	return l, nil
}

// indices are those of element i of an array of several dimensions, of which the last one counts the fastest.
func indices(i int64, dims []int64) []int64 {
	out := make([]int64, len(dims))
	for d := len(dims) - 1; d >= 0; d-- {
		out[d] = i % dims[d]
		i /= dims[d]
	}
	return out
}

// indexList makes the list of IndexListItems.
func (c *visContext) indexList(n *natvis.IndexList) (*visList, error) {
	size, known, err := c.size(n.Sizes)
	if err != nil {
		return c.broken(err)
	}
	if !known {
		return nil, nil
	}
	get := func(i int64) (*Variable, error) {
		v, err := c.with(c.index(i)).first(n.Nodes)
		if v == nil && err == nil {
			return c.unreadable("", unavailable("no ValueNode applies")), nil
		}
		return v, err
	}
	if size > 0 { // whether the expression makes sense
		if _, err := get(0); err != nil && !unread(err) {
			return nil, err
		}
	}
	return &visList{count: size, elem: func(i int64) *Variable {
		v, err := get(i)
		if err != nil {
			return c.unreadable("", err)
		}
		return v
	}}, nil
}

// nodes are those of a list or tree, found as far as they were asked for.
type nodes struct {
	c     *visContext
	found []*Variable
	next  func() (*Variable, error) // nil at the end
	done  bool
	err   error
}

// upTo finds nodes until there are n.
func (l *nodes) upTo(n int64) {
	for int64(len(l.found)) < n && !l.done {
		v, err := l.next()
		if err != nil || v == nil {
			l.done, l.err = true, err
			break
		}
		l.found = append(l.found, v)
	}
}

// list makes the children of nodes.
func (l *nodes) list(sizes []natvis.Conditional, val natvis.Value, name []natvis.Part) (*visList, error) {
	c := l.c
	size, known, err := c.size(sizes)
	if err != nil {
		return c.broken(err)
	}
	out := &visList{count: size}
	if known {
		_, mem := c.this.scope.Frame.Memory()
		if uint64(size) > mem/4 {
			return c.broken(&visError{line: val.Line, read: true, err: unavailable("corrupt: length " + itoa(size) + " exceeds memory")})
		}
		l.upTo(min(size, 1))
	} else {
		l.upTo(maxVisualNodes)
		out.count, out.more = int64(len(l.found)), !l.done
		if l.err != nil && unread(l.err) {
			out.count++ // it tells why there are no more
		}
	}
	if l.err != nil && !unread(l.err) {
		return nil, l.err
	}
	value := func(i int64) (*Variable, error) {
		l.upTo(i + 1)
		if i < int64(len(l.found)) {
			node := c.about(l.found[i])
			v, err := node.value(val)
			if err == nil && val.Expr == "this" && v.typ.strip() == node.this.typ.strip() { // the node, as it is shown
				n := *v
				n.raw, n.sh = false, nil
				v = &n
			}
			return v, err
		}
		if l.err != nil {
			return nil, l.err
		}
		return nil, &visError{line: val.Line, read: true, err: unavailable("corrupt: fewer items than the container says")}
	}
	if out.count > 0 {
		if _, err := value(0); err != nil && !unread(err) {
			return nil, err
		}
	}
	out.elem = func(i int64) *Variable {
		v, err := value(i)
		if err != nil {
			return c.unreadable("", err)
		}
		return v
	}
	if len(name) > 0 {
		out.label = func(i int64) string {
			l.upTo(i + 1)
			if i < int64(len(l.found)) {
				if text, err := c.about(l.found[i]).text(name); err == nil {
					return text
				}
			}
			return "[" + itoa(i) + "]"
		}
	}
	return out, nil
}

// linkedList makes the list of LinkedListItems. It ends at a null pointer and at its head.
func (c *visContext) linkedList(n *natvis.LinkedList) (*visList, error) {
	head, err := c.pointee(natvis.Value{Expr: n.Head, Line: n.Line})
	if err != nil {
		return c.broken(err)
	}
	var last *Variable
	seen := map[uint64]bool{}
	l := &nodes{c: c}
	l.next = func() (*Variable, error) {
		at := head
		if last != nil {
			to, err := c.about(last).pointee(natvis.Value{Expr: n.Next, Line: n.Line})
			if err != nil {
				return nil, err
			}
			at = to
		}
		if at == nil {
			return nil, nil
		}
		if a, ok := at.Addr(); ok {
			if seen[uint64(a)] {
				return nil, nil // around
			}
			seen[uint64(a)] = true
		}
		last = at
		return at, nil
	}
	return l.list(n.Sizes, n.Value, n.NodeName)
}

// tree makes the list of TreeItems.
func (c *visContext) tree(n *natvis.Tree) (*visList, error) {
	head, err := c.pointee(natvis.Value{Expr: n.Head, Line: n.Line})
	if err != nil {
		return c.broken(err)
	}
	var stack []*Variable // nodes whose left side has been passed
	seen := map[uint64]bool{}
	down := func(at *Variable) error { // to the leftmost below
		for at != nil {
			a, _ := at.Addr()
			if seen[uint64(a)] || len(stack) > maxVisualNodes {
				return &visError{line: n.Line, read: true, err: unavailable("corrupt: the tree leads back to itself")}
			}
			node := c.about(at)
			if ok, err := node.truth(n.NodeCondition, n.Line); err != nil || !ok {
				return err
			}
			seen[uint64(a)] = true
			stack = append(stack, at)
			if at, err = node.pointee(natvis.Value{Expr: n.Left, Line: n.Line}); err != nil {
				return err
			}
		}
		return nil
	}
	started := false
	l := &nodes{c: c}
	l.next = func() (*Variable, error) {
		if !started {
			started = true
			if err := down(head); err != nil {
				return nil, err
			}
		}
		if len(stack) == 0 {
			return nil, nil
		}
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		right, err := c.about(at).pointee(natvis.Value{Expr: n.Right, Line: n.Line})
		if err == nil {
			err = down(right)
		}
		if err != nil && !unread(err) {
			return nil, err
		}
		if err != nil { // this one is well; the next one tells
			l.next = func() (*Variable, error) { return nil, err }
		}
		return at, nil
	}
	return l.list(n.Sizes, n.Value, n.NodeName)
}
