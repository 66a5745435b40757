package wasm

import "unicode/utf8"

// Names holds what the name section says (core specification, appendix "Name Section", and
// the extended-name-section proposal). Maps are keyed by index; an entity without a name is
// absent.
type Names struct {
	Module   string
	Funcs    map[uint32]string
	Types    map[uint32]string
	Tables   map[uint32]string
	Memories map[uint32]string
	Globals  map[uint32]string
	Elems    map[uint32]string
	Datas    map[uint32]string
	Tags     map[uint32]string

	text   string // the section's contents, which all names share
	locals map[uint32]span
	labels map[uint32]span
}

// span is an undecoded name map in Names.text.
type span struct{ from, to uint32 }

// Names parses the name section. Local and label names are parsed when they are asked for.
// What cannot be read is left out: the result is never nil, and holds everything before the
// first error. The module does not keep the result.
func (m *Module) Names() *Names {
	n := &Names{text: string(m.Custom("name"))}
	limits := [...]struct {
		to   *map[uint32]string
		size int
	}{
		1:  {&n.Funcs, len(m.Funcs)},
		4:  {&n.Types, len(m.Types)},
		5:  {&n.Tables, len(m.Tables)},
		6:  {&n.Memories, len(m.Memories)},
		7:  {&n.Globals, len(m.Globals)},
		8:  {&n.Elems, len(m.Elems)},
		9:  {&n.Datas, len(m.Datas)},
		11: {&n.Tags, len(m.Tags)},
	}
	c := nameCursor{text: n.text, end: len(n.text)}
	for c.pos < c.end {
		id := c.text[c.pos]
		c.pos++
		sub := c.sub()
		if c.bad {
			break
		}
		switch id {
		case 0:
			n.Module = sub.name()
		case 2:
			n.locals = sub.indirect(len(m.Funcs))
		case 3:
			n.labels = sub.indirect(len(m.Funcs))
		default:
			if int(id) < len(limits) && limits[id].to != nil {
				*limits[id].to = sub.nameMap(limits[id].size)
			}
		}
	}
	return n
}

// Locals returns the names of function f's locals, parameters included.
func (n *Names) Locals(f uint32) map[uint32]string { return n.inner(n.locals[f]) }

// Labels returns the names of function f's labels, numbered in the order of their blocks.
func (n *Names) Labels(f uint32) map[uint32]string { return n.inner(n.labels[f]) }

func (n *Names) inner(s span) map[uint32]string {
	c := nameCursor{text: n.text, pos: int(s.from), end: int(s.to)}
	return c.nameMap(maxLocals + MaxWords)
}

// nameCursor reads a part of the name section. Once bad, it has no more to give.
type nameCursor struct {
	text     string
	pos, end int
	bad      bool
}

// u32 reads an unsigned LEB128 number.
func (c *nameCursor) u32() uint32 {
	var v uint32
	for shift := uint(0); !c.bad; shift += 7 {
		if c.pos >= c.end || shift > 28 {
			c.bad = true
			break
		}
		b := c.text[c.pos]
		c.pos++
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	return 0
}

// sub cuts out the next length-prefixed part.
func (c *nameCursor) sub() nameCursor {
	n := c.u32()
	if c.bad || uint64(n) > uint64(c.end-c.pos) {
		c.bad = true
		return nameCursor{bad: true}
	}
	c.pos += int(n)
	return nameCursor{text: c.text, pos: c.pos - int(n), end: c.pos}
}

// name reads a name.
func (c *nameCursor) name() string {
	s := c.sub()
	if s.bad {
		return ""
	}
	name := s.text[s.pos:s.end]
	if !utf8.ValidString(name) {
		c.bad = true
		return ""
	}
	return name
}

// nameMap reads a vector of (index, name). Indices from size on are left out.
func (c *nameCursor) nameMap(size int) map[uint32]string {
	n := c.u32()
	names := make(map[uint32]string, min(int64(n), int64(size), int64(c.end-c.pos)/2))
	for ; n > 0 && !c.bad; n-- {
		i := c.u32()
		name := c.name()
		if !c.bad && uint64(i) < uint64(size) {
			names[i] = name
		}
	}
	return names
}

// indirect reads a vector of (function index, name map), and notes where the maps are.
func (c *nameCursor) indirect(size int) map[uint32]span {
	spans := map[uint32]span{}
	for n := c.u32(); n > 0 && !c.bad; n-- {
		f := c.u32()
		from := c.pos
		for k := c.u32(); k > 0 && !c.bad; k-- {
			c.u32()
			c.sub()
		}
		if uint64(f) < uint64(size) {
			spans[f] = span{uint32(from), uint32(c.pos)}
		}
	}
	return spans
}
