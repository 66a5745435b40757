package info

import (
	"bytes"
	"encoding/binary"

	"sphex/dwarf"
)

// Action is what becomes of an attribute when entries of one abbreviation are copied.
type Action uint8

const (
	Copy Action = iota // constants, blocks, flags, strings and references go over as they are
	Drop
	Ask     // Copier.Write is called
	FileNum // a constant that is the number of a file
)

// Copier copies the entries of one unit to a UnitWriter: DWARF 5 of any input. Most entries
// describe types; they are copied by a plan that is made once for each abbreviation. What depends
// on where code and variables went is the caller's to write.
type Copier struct {
	In  *Unit
	Out *UnitWriter
	// Decide says what becomes of an attribute. Forms that are not known are not asked for:
	// the Action of theirs is Ask.
	Decide func(tag dwarf.Tag, v Value) Action
	// Write writes an attribute for which the Action is Ask.
	Write func(e *Entry, v Value)
	// File gives the number of a file in the output; ok is false if there is no such.
	File func(n uint64) (file uint64, ok bool)
	// Lost is told a reference or string of which the target is not there.
	Lost func(e *Entry, v Value)
	// StrBase is where the unit's strings start in the output's .debug_str.
	StrBase uint32
	// End, if it is not 0, is where the unit's entries end: references from there on are to none.
	End Offset
	// PointerSize is written as DW_AT_byte_size of pointer types that have none: the output's
	// addresses may be wider than theirs.
	PointerSize uint8

	plans    []Plan          // by abbreviation
	unit     uint32          // counts units
	refEnd   Offset          // see End
	end      int             // behind the entry that was copied last, in Unit.bytes
	steps    []step          // of all plans
	specs    []byte          // of all steps: attributes and forms for the abbreviations of the output
	mix      []uint64        // what specs add to a hash
	sections *dwarf.Sections // of the unit; what follows is about them
	strEnd   uint64          // offsets of strings from here on are none
	lineEnd  uint64
	long     longStrings // of .debug_str
}

// Plan is how the entries of an abbreviation are copied.
type Plan struct {
	// Whole says that all of the entry is copied, so that its abbreviation in the output is
	// known beforehand.
	Whole bool
	// Code says that the entry has the address of code: DW_AT_low_pc or DW_AT_ranges.
	Code bool

	made  uint32 // Copier.unit of the unit that it is for
	tag   dwarf.Tag
	steps [2]uint32 // in Copier.steps; the last adds what the input has not
	specs [2]uint32 // in Copier.specs
	hash  uint64    // of specs
	codes [2]uint32 // of entries without and with children; 0 if there was none yet
}

type stepKind uint8

const (
	stepBytes   stepKind = iota // n bytes as they are
	stepSkip                    // n bytes less
	stepSkipAny                 // the value less
	stepLEB                     // a LEB128 number as it is
	stepString                  // text in the entry
	stepStrp                    // an offset in .debug_str
	stepLineStrp
	stepStrx
	stepRef
	stepRefAddr
	stepFile
	stepBlock
	stepAsk
)

type step struct {
	kind       stepKind
	form       dwarf.Form
	n          int32
	attr       *attrSpec
	specs, mix [2]uint32 // in Copier.specs and mix
}

// Start prepares for a unit. The functions and Out must be set.
func (c *Copier) Start(u *Unit) error {
	if err := u.load(); err != nil {
		return err
	}
	c.In = u
	c.refEnd = u.End
	if c.End != 0 {
		c.refEnd = min(c.refEnd, c.End)
	}
	n := u.abbrevs.count
	if cap(c.plans) < n {
		c.plans = make([]Plan, n)
	}
	c.plans = c.plans[:n]
	// Plans are not cleared: many small units may share a large table.
	if c.unit++; c.unit == 0 {
		clear(c.plans[:cap(c.plans)])
		c.unit = 1
	}
	c.steps, c.specs, c.mix = c.steps[:0], c.specs[:0], c.mix[:0]
	if c.sections != u.sections {
		c.sections = u.sections
		c.strEnd = stringsEnd(u.sections.Str)
		c.lineEnd = stringsEnd(u.sections.LineStr)
		c.long = u.data.longStrings(u.sections.Str)
	}
	return nil
}

// stringsEnd is where strings of the section may start: before its last zero byte, or on it.
func stringsEnd(section []byte) uint64 {
	return uint64(bytes.LastIndexByte(section, 0) + 1)
}

// Plan returns the plan for an entry.
func (c *Copier) Plan(e *Entry) *Plan {
	p := &c.plans[e.abbrev.number]
	if p.made != c.unit {
		c.make(p, e.abbrev)
	}
	return p
}

func (c *Copier) make(p *Plan, a *abbrev) {
	*p = Plan{made: c.unit, Whole: true, tag: a.tag}
	first, specs, mix := len(c.steps), len(c.specs), len(c.mix)
	p.steps[0] = uint32(first)
	sized := false
	for i := range a.attrs {
		s := &a.attrs[i]
		switch s.attr {
		case dwarf.AttrLowPC, dwarf.AttrRanges:
			p.Code, p.Whole = true, false
		case dwarf.AttrByteSize:
			sized = true
		}
		c.plan(p, a.tag, s)
	}
	switch a.tag {
	case dwarf.TagPointerType, dwarf.TagReferenceType, dwarf.TagRvalueReferenceType, dwarf.TagPtrToMemberType:
		if !sized && c.PointerSize != 0 {
			c.step(p, stepBytes, nil, 0)
			c.spec(dwarf.AttrByteSize, dwarf.FormImplicitConst, int64(c.PointerSize))
		}
	}
	p.steps[1] = uint32(len(c.steps))
	p.specs = [2]uint32{uint32(specs), uint32(len(c.specs))}
	for i := range c.steps[first:] {
		if c.steps[first+i].kind == stepAsk {
			p.Whole = false
		}
	}
	for _, m := range c.mix[mix:] {
		p.hash = addHash(p.hash, m)
	}
}

// spec adds an attribute of the output to the last step.
func (c *Copier) spec(a dwarf.Attr, f dwarf.Form, implicit int64) {
	c.specs = dwarf.AppendULEB(dwarf.AppendULEB(c.specs, uint64(a)), uint64(f))
	c.mix = append(c.mix, uint64(a)<<16|uint64(f))
	if f == dwarf.FormImplicitConst {
		c.specs = dwarf.AppendSLEB(c.specs, implicit)
		c.mix = append(c.mix, uint64(implicit))
	}
	s := &c.steps[len(c.steps)-1]
	s.specs[1], s.mix[1] = uint32(len(c.specs)), uint32(len(c.mix))
}

// step appends a step, or makes the one before longer.
func (c *Copier) step(p *Plan, kind stepKind, s *attrSpec, n int) *Copier {
	if k := len(c.steps); k > int(p.steps[0]) && (kind == stepBytes || kind == stepSkip) && c.steps[k-1].kind == kind {
		c.steps[k-1].n += int32(n)
		return c
	}
	specs, mix := uint32(len(c.specs)), uint32(len(c.mix))
	st := step{kind: kind, n: int32(n), attr: s, specs: [2]uint32{specs, specs}, mix: [2]uint32{mix, mix}}
	if s != nil {
		st.form = s.form
	}
	c.steps = append(c.steps, st)
	return c
}

// plan adds the steps for an attribute.
func (c *Copier) plan(p *Plan, tag dwarf.Tag, s *attrSpec) {
	u := c.In
	size, fixed := u.formSize(s.form)
	v := Value{Attr: s.attr, Form: s.form, unit: u}
	action := Ask
	if s.form != dwarf.FormIndirect {
		action = c.Decide(tag, v)
	}
	switch action {
	case Drop:
		if fixed {
			c.step(p, stepSkip, s, size)
		} else {
			c.step(p, stepSkipAny, s, 0)
		}
		return
	case Ask:
		c.step(p, stepAsk, s, 0)
		return
	case FileNum:
		if s.form == dwarf.FormImplicitConst {
			if n, ok := c.File(uint64(s.implicit)); ok {
				c.step(p, stepBytes, s, 0).spec(s.attr, s.form, int64(n))
			}
			return
		}
		if s.form == dwarf.FormSdata {
			c.step(p, stepAsk, s, 0)
			return
		}
		c.step(p, stepFile, s, size).spec(s.attr, s.form, 0)
		return
	}
	switch s.form {
	case dwarf.FormUdata, dwarf.FormSdata:
		c.step(p, stepLEB, s, 0).spec(s.attr, s.form, 0)
	case dwarf.FormString:
		c.step(p, stepString, s, 0).spec(s.attr, s.form, 0)
	case dwarf.FormStrp:
		c.step(p, stepStrp, s, size).spec(s.attr, s.form, 0)
	case dwarf.FormLineStrp:
		c.step(p, stepLineStrp, s, size).spec(s.attr, s.form, 0)
	case dwarf.FormStrx, dwarf.FormStrx1, dwarf.FormStrx2, dwarf.FormStrx3, dwarf.FormStrx4, dwarf.FormGNUStrIndex:
		c.step(p, stepStrx, s, size).spec(s.attr, dwarf.FormStrp, 0)
	case dwarf.FormRef1, dwarf.FormRef2, dwarf.FormRef4, dwarf.FormRef8, dwarf.FormRefUdata:
		c.step(p, stepRef, s, size).spec(s.attr, dwarf.FormRef4, 0)
	case dwarf.FormRefAddr:
		c.step(p, stepRefAddr, s, size).spec(s.attr, s.form, 0)
	case dwarf.FormBlock, dwarf.FormBlock1, dwarf.FormBlock2, dwarf.FormBlock4:
		c.step(p, stepBlock, s, 0).spec(s.attr, dwarf.FormBlock, 0)
	case dwarf.FormData1, dwarf.FormData2, dwarf.FormData4, dwarf.FormData8, dwarf.FormData16, dwarf.FormFlag,
		dwarf.FormFlagPresent, dwarf.FormImplicitConst, dwarf.FormRefSig8:
		c.step(p, stepBytes, s, size).spec(s.attr, s.form, s.implicit)
	default:
		c.step(p, stepAsk, s, 0)
	}
}

// Whole copies an entry whose plan is Whole, as Begin and the methods for attributes would. It
// returns the entry's offset from the start of the unit.
func (c *Copier) Whole(e *Entry, p *Plan, key uint64) uint32 {
	u := c.Out
	if n := len(u.stack); n > 0 {
		u.stack[n-1].kids = true
	}
	u.flush(true)
	off := u.name(key)
	// Whether children follow is known but for those that are left out.
	kids := 0
	if e.abbrev.children && c.hasChild(e) {
		kids = 1
	}
	code := p.codes[kids]
	if code == 0 {
		code = u.abbrevs.code(p.tag, kids == 1, c.specs[p.specs[0]:p.specs[1]], p.hash)
		p.codes[kids] = code
	}
	forward, near, far, lost := len(u.forward), len(u.near), len(u.far), len(u.lost)
	u.buf = dwarf.AppendULEB(u.buf, uint64(code))
	buf, ok := c.run(e, p, u.buf, false)
	if ok {
		u.buf = buf
		open := openEntry{at: off}
		if kids == 1 {
			open.plan, open.from = p, c
		}
		u.stack = append(u.stack, open)
		return off
	}
	// Something is not there: attribute by attribute, then.
	u.buf = u.buf[:off]
	u.forward, u.near, u.far, u.lost = u.forward[:forward], u.near[:near], u.far[:far], u.lost[:lost]
	u.open, u.tag = true, e.abbrev.tag
	u.firstForward, u.firstNear, u.firstFar, u.firstReloc = len(u.forward), len(u.near), len(u.far), len(u.relocs)
	u.stack = append(u.stack, openEntry{})
	c.Attrs(e, p)
	return off
}

// hasChild says whether an entry follows that may have children.
func (c *Copier) hasChild(e *Entry) bool {
	end := e.end
	if end == e.attrs { // it is not known yet, or there are no attributes
		for i := range e.abbrev.attrs {
			end, _ = c.In.pass(&e.abbrev.attrs[i], end)
		}
	}
	return end < len(c.In.bytes) && c.In.bytes[end] != 0
}

// Attrs copies the attributes of an entry that was begun, and asks for those that it cannot.
func (c *Copier) Attrs(e *Entry, p *Plan) {
	u := c.Out
	u.vals, _ = c.run(e, p, u.vals, true)
}

// also adds the step's attributes to the entry that is open.
func (c *Copier) also(s *step) {
	u := c.Out
	u.specs = append(u.specs, c.specs[s.specs[0]:s.specs[1]]...)
	for _, m := range c.mix[s.mix[0]:s.mix[1]] {
		u.hash = addHash(u.hash, m)
	}
}

// childless mends an entry that was to have children, which were all left out.
func (u *UnitWriter) childless(e *openEntry) {
	p := e.plan
	if p.codes[0] == 0 {
		p.codes[0] = u.abbrevs.code(p.tag, false, e.from.specs[p.specs[0]:p.specs[1]], p.hash)
	}
	old, now := dwarf.ULEBSize(uint64(p.codes[1])), dwarf.ULEBSize(uint64(p.codes[0]))
	values := bytes.Clone(u.buf[int(e.at)+old:])
	u.buf = append(dwarf.AppendULEB(u.buf[:e.at], uint64(p.codes[0])), values...)
	by := uint32(now - old) // wraps where it is less
	for i := len(u.forward) - 1; i >= 0 && u.forward[i] >= e.at; i-- {
		u.forward[i] += by
	}
	for i := len(u.near) - 1; i >= 0 && !u.near[i].loc && u.near[i].at >= e.at; i-- {
		u.near[i].at += by
	}
	for i := len(u.far) - 1; i >= 0 && !u.far[i].loc && u.far[i].at >= e.at; i-- {
		u.far[i].at += by
	}
}

// run carries out the steps of a plan and appends the values to dst, which is the writer's buf
// or, piecemeal, its vals. Whole, it gives up where something is not there; piecemeal it leaves
// that out and tells it.
func (c *Copier) run(e *Entry, p *Plan, dst []byte, piecemeal bool) ([]byte, bool) {
	in, out := c.In, c.Out
	b, pos := in.bytes, e.attrs
	le := binary.LittleEndian
	steps := c.steps[p.steps[0]:p.steps[1]]
	for i := range steps {
		s := &steps[i]
		good := true
		start := pos
		switch s.kind {
		case stepBytes:
			n := int(s.n)
			switch n { // appending bytes is a call
			case 0:
			case 1:
				dst = append(dst, b[pos])
			case 2:
				dst = append(dst, b[pos], b[pos+1])
			case 3:
				dst = append(dst, b[pos], b[pos+1], b[pos+2])
			default:
				dst = append(dst, b[pos:pos+n]...)
			}
			pos += n
		case stepSkip:
			pos += int(s.n)
			continue
		case stepSkipAny:
			pos, _ = in.skip(s.form, pos)
			continue
		case stepLEB:
			for b[pos] >= 0x80 {
				dst = append(dst, b[pos])
				pos++
			}
			dst = append(dst, b[pos])
			pos++
		case stepString:
			n := bytes.IndexByte(b[pos:], 0) + 1
			dst = append(dst, b[pos:pos+n]...)
			pos += n
		case stepStrp, stepLineStrp, stepStrx:
			var off uint64
			end, base := c.strEnd, c.StrBase
			if s.kind == stepStrp && s.n == 4 {
				off = uint64(le.Uint32(b[pos:]))
				pos += 4
			} else {
				var v Value
				pos = in.value(s.attr, pos, &v)
				off = v.u
				switch s.kind {
				case stepLineStrp:
					end, base = c.lineEnd, 0
				case stepStrx:
					off, good = v.StrOffset()
				}
			}
			if good = good && off < end && (c.long == nil || s.kind == stepLineStrp || !c.long.within(off)); good {
				dst = le.AppendUint32(dst, base+uint32(off))
			}
		case stepRef:
			var off Offset
			if s.n == 4 {
				off = Offset(le.Uint32(b[pos:]))
				pos += 4
			} else {
				var v Value
				pos = in.value(s.attr, pos, &v)
				off = Offset(v.u)
			}
			off += in.Offset
			if good = off >= in.First && off < c.refEnd; good {
				dst = out.appendRef(dst, uint64(off))
			}
		case stepRefAddr:
			var v Value
			pos = in.value(s.attr, pos, &v)
			var off Offset
			if off, good = v.Ref(); good {
				out.far = append(out.far, farRef{at: uint32(len(dst)), key: uint64(off)})
				dst = append(dst, 0, 0, 0, 0)
			}
		case stepFile:
			var v Value
			pos = in.value(s.attr, pos, &v)
			n, ok := c.File(v.u)
			switch {
			case !ok:
				if !piecemeal {
					return dst, false
				}
				continue // there is no such file, and the input does not say that there is
			case s.n == 0:
				dst = dwarf.AppendULEB(dst, n)
			default:
				dst = dwarf.AppendUint(dst, n, uint8(s.n))
			}
		case stepBlock:
			var v Value
			pos = in.value(s.attr, pos, &v)
			dst = append(dwarf.AppendULEB(dst, uint64(len(v.b))), v.b...)
		case stepAsk:
			var v Value
			pos = in.value(s.attr, pos, &v)
			out.vals = dst
			c.Write(e, v)
			dst = out.vals
			continue
		}
		if !good {
			if !piecemeal {
				return dst, false
			}
			var v Value
			in.value(s.attr, start, &v)
			c.Lost(e, v)
			continue
		}
		if piecemeal {
			c.also(s)
		}
	}
	c.end = pos
	return dst, true
}
