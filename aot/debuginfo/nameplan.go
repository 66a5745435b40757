package debuginfo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"sphex/dwarf"
)

// nameKind says what must hold for an entry to be listed.
type nameKind uint8

const (
	notNamed nameKind = iota
	alwaysNamed
	codeNamed     // if it has an address
	variableNamed // if it has one place
	memberNamed   // if it has a value or a place
)

// namePlan is how to read the entries of one abbreviation.
type namePlan struct {
	tag      dwarf.Tag
	children bool
	kind     nameKind
	fixed    int // bytes of attributes, -1 if that is in the entry
	declares bool
	code     bool // has an address
	constant bool // has DW_AT_const_value
	attrs    []planAttr
}

// planAttr is an attribute that matters or that is not always of one size, with those before it which
// neither matter nor are.
type planAttr struct {
	role nameRole
	size int16 // formSize
	skip int32 // bytes of those before
	form dwarf.Form
}

// nameRole is what an attribute is for the index.
type nameRole uint8

const (
	passed nameRole = iota
	nameRead
	linkageRead
	originRead
	specificationRead
	placeRead
	rest // no attribute: it stands for those behind the last one
)

// roleOf is that of an attribute, passed if it does not matter.
func roleOf(a dwarf.Attr) nameRole {
	switch a {
	case dwarf.AttrName:
		return nameRead
	case dwarf.AttrLinkageName, dwarf.AttrMIPSLinkageName:
		return linkageRead
	case dwarf.AttrAbstractOrigin:
		return originRead
	case dwarf.AttrSpecification:
		return specificationRead
	case dwarf.AttrLocation:
		return placeRead
	}
	return passed
}

// table reads an abbreviation table.
func (x *nameIndexer) table(off uint32) []namePlan {
	if t, ok := x.tables[off]; ok {
		return t
	}
	plans, attrs := x.plans[:0], x.attrs[:0]
	c := dwarf.CursorAt(".debug_abbrev", x.abbrev, uint64(off))
	for {
		code := c.ULEB()
		if code == 0 || c.Err() != nil {
			break
		}
		if code != uint64(len(plans)+1) {
			panic(fmt.Sprintf("debuginfo: names: abbreviation %d follows %d", code, len(plans)))
		}
		p := namePlan{tag: dwarf.Tag(c.ULEB()), children: c.U8() != 0}
		first := len(attrs)
		named := false
		skip := int32(0)
		for {
			attr, form := dwarf.Attr(c.ULEB()), dwarf.Form(c.ULEB())
			if attr == 0 && form == 0 || c.Err() != nil {
				break
			}
			if form == dwarf.FormImplicitConst {
				c.SLEB()
			}
			p.learn(attr)
			size, role := formSize(form), roleOf(attr)
			named = named || role != passed && role != placeRead
			if size < 0 {
				p.fixed = -1
			} else if p.fixed >= 0 {
				p.fixed += size
			}
			if role == passed && size >= 0 {
				skip += int32(size)
				continue
			}
			attrs = append(attrs, planAttr{role, int16(size), skip, form})
			skip = 0
		}
		if skip > 0 {
			attrs = append(attrs, planAttr{role: rest, skip: skip})
		}
		p.attrs = attrs[first:]
		p.choose(named)
		plans = append(plans, p)
	}
	// All goes to memory of its own.
	x.plans, plans = plans, slices.Clone(plans)
	x.attrs, attrs = attrs, slices.Clone(attrs)
	for i := range plans {
		n := len(plans[i].attrs)
		plans[i].attrs, attrs = attrs[:n:n], attrs[n:]
	}
	x.tables[off] = plans
	return plans
}

// learn notes what an attribute says by being there.
func (p *namePlan) learn(a dwarf.Attr) {
	switch a {
	case dwarf.AttrDeclaration:
		p.declares = true
	case dwarf.AttrLowPC, dwarf.AttrRanges, dwarf.AttrEntryPC:
		p.code = true
	case dwarf.AttrConstValue:
		p.constant = true
	}
}

// choose finds out what must hold for an entry to be listed. named: it may have a name.
func (p *namePlan) choose(named bool) {
	switch p.tag {
	case dwarf.TagCompileUnit, dwarf.TagPartialUnit, dwarf.TagTypeUnit, dwarf.TagModule, dwarf.TagFormalParameter,
		dwarf.TagTemplateValueParameter, dwarf.TagTemplateTypeParameter, dwarf.TagGNUTemplateParameterPack,
		dwarf.TagGNUTemplateTemplateParam, dwarf.TagImportedDeclaration, dwarf.TagImportedModule, dwarf.TagLexicalBlock,
		dwarf.TagCallSite, dwarf.TagCallSiteParameter, dwarf.TagInheritance:
	case dwarf.TagMember:
		p.kind = memberNamed
	case dwarf.TagVariable:
		p.kind = variableNamed
	case dwarf.TagSubprogram, dwarf.TagInlinedSubroutine, dwarf.TagLabel:
		if p.code {
			p.kind = codeNamed
		}
	default: // GNU's call sites too, which LLVM's verifier asks for
		p.kind = alwaysNamed
		if p.tag != dwarf.TagNamespace && !named {
			p.kind = notNamed
		}
	}
	if p.declares && !(p.constant && (p.kind == memberNamed || p.kind == variableNamed)) {
		p.kind = notNamed
	}
}

// formSize is the size of a form that has always the same, else -1.
func formSize(f dwarf.Form) int {
	switch f {
	case dwarf.FormFlagPresent, dwarf.FormImplicitConst:
		return 0
	case dwarf.FormData1, dwarf.FormRef1, dwarf.FormFlag, dwarf.FormStrx1, dwarf.FormAddrx1:
		return 1
	case dwarf.FormData2, dwarf.FormRef2, dwarf.FormStrx2, dwarf.FormAddrx2:
		return 2
	case dwarf.FormStrx3, dwarf.FormAddrx3:
		return 3
	case dwarf.FormData4, dwarf.FormRef4, dwarf.FormRefAddr, dwarf.FormStrp, dwarf.FormLineStrp, dwarf.FormSecOffset,
		dwarf.FormStrx4, dwarf.FormAddrx4:
		return 4
	case dwarf.FormAddr, dwarf.FormData8, dwarf.FormRef8, dwarf.FormRefSig8:
		return 8
	case dwarf.FormData16:
		return 16
	}
	return -1
}

// skipForm returns the place behind a value of the output, where only forms occur that the
// writer makes.
func skipForm(b []byte, f dwarf.Form, pos int) int {
	switch f {
	case dwarf.FormUdata, dwarf.FormRefUdata, dwarf.FormAddrx, dwarf.FormStrx, dwarf.FormLoclistx, dwarf.FormRnglistx, dwarf.FormSdata:
		for b[pos] >= 0x80 {
			pos++
		}
		return pos + 1
	case dwarf.FormString:
		return pos + bytes.IndexByte(b[pos:], 0) + 1
	case dwarf.FormExprloc, dwarf.FormBlock:
		size, n := binary.Uvarint(b[pos:])
		return pos + n + int(size)
	case dwarf.FormBlock1:
		return pos + 1 + int(b[pos])
	case dwarf.FormBlock2:
		return pos + 2 + int(binary.LittleEndian.Uint16(b[pos:]))
	case dwarf.FormBlock4:
		return pos + 4 + int(binary.LittleEndian.Uint32(b[pos:]))
	}
	if n := formSize(f); n >= 0 {
		return pos + n
	}
	panic(fmt.Sprintf("debuginfo: names: the writer made form %v", f))
}
