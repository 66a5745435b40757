package macro

import (
	"errors"
	"fmt"

	"sphex/dwarf"
)

// Kind says what an entry tells.
type Kind uint8

// The numbers are those of .debug_macro (DWARF 5, 7.23) and of .debug_macinfo.
const (
	Define    Kind = 1
	Undef     Kind = 2
	StartFile Kind = 3 // what follows is in File, included at Line
	EndFile   Kind = 4
)

// Entry is one entry of macro information.
type Entry struct {
	Kind Kind
	Line uint64 // none in EndFile
	File uint64 // of StartFile: its number in the unit's line table
	// Text is the macro's name with its parameters, a space and what it stands for; of Undef
	// the name. It aliases a section. Shared: it is at Str in .debug_str.
	Text   []byte
	Shared bool
	Str    uint64
}

// Context is what a unit contributes to the meaning of its macro information.
type Context struct {
	// Strx resolves an index into .debug_str_offsets to an offset in .debug_str; nil: there is
	// none.
	Strx func(index uint64) (offset uint64, err error)
	// Budget bounds the bytes of entries and of the strings in them, those of imported parts
	// included.
	Budget int
}

var (
	errBudget  = errors.New("there are too many entries")
	errDeep    = errors.New("parts import each other too deeply")
	errKind    = errors.New("unknown kind of entry")
	errString  = errors.New("no string at that offset")
	errIndex   = errors.New("no string with that index")
	errVersion = errors.New("unsupported version")
)

// maxDepth bounds how deeply parts import each other.
const maxDepth = 32

// ReadMacinfo calls yield for each entry at an offset of .debug_macinfo. The entry is valid
// until yield returns. On an error the entries before it have been told.
func ReadMacinfo(s *dwarf.Sections, off uint64, ctx *Context, yield func(*Entry)) error {
	c := dwarf.CursorAt(".debug_macinfo", s.Macinfo, off)
	budget := ctx.Budget
	for {
		kind := c.U8()
		if kind == 0 {
			return c.Err()
		}
		e := Entry{Kind: Kind(kind)}
		switch kind {
		case byte(Define), byte(Undef):
			e.Line, e.Text = c.ULEB(), c.CString()
		case byte(StartFile):
			e.Line, e.File = c.ULEB(), c.ULEB()
		case byte(EndFile):
		case 0xff: // of a producer's own
			c.ULEB()
			c.CString()
			continue
		default:
			c.Fail(fmt.Errorf("%w 0x%x", errKind, kind))
		}
		if budget -= 1 + len(e.Text); budget < 0 {
			c.Fail(errBudget)
		}
		if c.Err() != nil {
			return c.Err()
		}
		yield(&e)
	}
}

// Kinds of entries that only .debug_macro has.
const (
	defineStrp = 0x05
	undefStrp  = 0x06
	importPart = 0x07
	defineSup  = 0x08
	importSup  = 0x0a
	defineStrx = 0x0b
	undefStrx  = 0x0c
)

// Read calls yield for each entry at an offset of .debug_macro, those of the parts that it
// imports in their places. What is in a supplementary file is left out; the error says so when
// all else has been told. The entry is valid until yield returns. On any other error the
// entries before it have been told.
func Read(s *dwarf.Sections, off uint64, ctx *Context, yield func(*Entry)) error {
	r := reader{s: s, ctx: ctx, budget: ctx.Budget, yield: yield}
	if err := r.part(off, 0); err != nil {
		return err
	}
	return r.left
}

// reader reads one unit's macro information.
type reader struct {
	s      *dwarf.Sections
	ctx    *Context
	budget int
	yield  func(*Entry)
	left   error // what was left out
}

// part reads the entries at an offset up to the end of the part.
func (r *reader) part(off uint64, depth int) error {
	c := dwarf.CursorAt(".debug_macro", r.s.Macro, off)
	if depth > maxDepth {
		c.Fail(errDeep)
		return c.Err()
	}
	version, flags := c.U16(), c.U8()
	if c.Err() == nil && version != 4 && version != 5 {
		c.Fail(fmt.Errorf("%w %d", errVersion, version))
	}
	is64 := flags&1 != 0
	if flags&2 != 0 {
		c.Word(is64) // the line table: that of the unit
	}
	var forms map[byte][]dwarf.Form
	if flags&4 != 0 {
		forms = operandForms(&c)
	}
	for c.Err() == nil {
		at := c
		kind := c.U8()
		if kind == 0 {
			break
		}
		e := Entry{Kind: Kind(kind)}
		switch kind {
		case byte(Define), byte(Undef):
			e.Line, e.Text = c.ULEB(), c.CString()
			r.budget -= len(e.Text)
		case byte(StartFile):
			e.Line, e.File = c.ULEB(), c.ULEB()
		case byte(EndFile):
		case defineStrp, undefStrp:
			e.Line, e.Str = c.ULEB(), c.Word(is64)
			e.Kind -= defineStrp - Kind(Define)
			r.text(&e, &c, at)
		case defineStrx, undefStrx:
			e.Line = c.ULEB()
			i := c.ULEB()
			e.Kind -= defineStrx - Kind(Define)
			off, err := uint64(0), errIndex
			if r.ctx.Strx != nil {
				off, err = r.ctx.Strx(i)
			}
			if err != nil {
				c = at
				c.Fail(errIndex)
			}
			e.Str = off
			r.text(&e, &c, at)
		case importPart:
			target := c.Word(is64)
			if r.budget--; r.budget < 0 {
				c.Fail(errBudget)
			}
			if c.Err() == nil {
				if err := r.part(target, depth+1); err != nil {
					return err
				}
			}
			continue
		case defineSup, defineSup + 1, importSup:
			if kind != importSup {
				c.ULEB()
			}
			c.Word(is64)
			r.leave(&at, "a supplementary file, which is not read")
			continue
		default:
			operands, ok := forms[kind]
			if !ok {
				c = at
				c.Fail(fmt.Errorf("%w 0x%x", errKind, kind))
				break
			}
			for _, f := range operands {
				skip(&c, f, is64)
			}
			continue
		}
		if r.budget--; r.budget < 0 && c.Err() == nil {
			c = at
			c.Fail(errBudget)
		}
		if c.Err() == nil {
			r.yield(&e)
		}
	}
	return c.Err()
}

// text sets the text of an entry whose string is in .debug_str.
func (r *reader) text(e *Entry, c *dwarf.Cursor, at dwarf.Cursor) {
	if c.Err() != nil {
		return
	}
	text, ok := dwarf.String(r.s.Str, e.Str)
	if !ok {
		*c = at
		c.Fail(errString)
		return
	}
	e.Text, e.Shared = text, true
}

// leave notes what was left out.
func (r *reader) leave(at *dwarf.Cursor, where string) {
	if r.left == nil {
		r.left = dwarf.Errorf(".debug_macro", at.Offset(), "an entry is in %s", where)
	}
}

// operandForms reads the table of the forms that a producer's own kinds of entries have.
func operandForms(c *dwarf.Cursor) map[byte][]dwarf.Form {
	forms := map[byte][]dwarf.Form{}
	for n := c.U8(); n > 0 && c.Err() == nil; n-- {
		kind := c.U8()
		list := []dwarf.Form{}
		for k := c.ULEB(); k > 0 && c.Err() == nil; k-- {
			list = append(list, dwarf.Form(c.U8()))
		}
		forms[kind] = list
	}
	return forms
}

// skip skips an operand in one of the forms that DWARF 5, 6.3.1 allows.
func skip(c *dwarf.Cursor, f dwarf.Form, is64 bool) {
	switch f {
	case dwarf.FormData1, dwarf.FormFlag, dwarf.FormStrx1:
		c.Skip(1)
	case dwarf.FormData2, dwarf.FormStrx2:
		c.Skip(2)
	case dwarf.FormStrx3:
		c.Skip(3)
	case dwarf.FormData4, dwarf.FormStrx4:
		c.Skip(4)
	case dwarf.FormData8:
		c.Skip(8)
	case dwarf.FormData16:
		c.Skip(16)
	case dwarf.FormSdata, dwarf.FormUdata, dwarf.FormStrx:
		c.ULEB()
	case dwarf.FormBlock:
		c.Skip(c.ULEB())
	case dwarf.FormBlock1:
		c.Skip(uint64(c.U8()))
	case dwarf.FormBlock2:
		c.Skip(uint64(c.U16()))
	case dwarf.FormBlock4:
		c.Skip(uint64(c.U32()))
	case dwarf.FormString:
		c.CString()
	case dwarf.FormStrp, dwarf.FormLineStrp, dwarf.FormSecOffset, dwarf.FormStrpSup:
		c.Word(is64)
	default:
		c.Fail(fmt.Errorf("operand of unsupported form %v", f))
	}
}
