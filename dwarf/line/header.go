package line

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"sphex/dwarf"
)

const section = ".debug_line"

// Content types of a version 5 header's tables (DWARF 5, 7.22).
const (
	lnctPath           = 1
	lnctDirectoryIndex = 2
	lnctTimestamp      = 3
	lnctSize           = 4
	lnctMD5            = 5
	lnctLLVMSource     = 0x2001
)

// File is an entry of a program's file table.
type File struct {
	Name      string
	Dir       uint64 // index into Dirs
	Time      uint64
	Size      uint64
	MD5       [16]byte
	HasMD5    bool
	Source    string // embedded text
	HasSource bool
}

// Program is the header of a line number program. Its rows are computed on demand.
type Program struct {
	Offset   uint64 // in .debug_line
	End      uint64 // in .debug_line, behind the program
	Version  uint16
	AddrSize uint8
	Is64     bool
	// Dirs[0] is the compilation directory: from the header in version 5, else from the unit.
	Dirs  []string
	Files []File // entry 0 of versions before 5 is empty

	minInst     uint64
	maxOps      uint8
	defaultStmt bool
	lineBase    int8
	lineRange   uint8
	opcodeBase  uint8
	opcodeLens  []byte
	code        dwarf.Cursor
	defined     int // files defined in the operations before this place are in Files
	budget      int // bytes of strings that the tables may still take
}

var (
	errNoPath  = errors.New("entries without a path")
	errStrings = errors.New("strings of the tables are too long")
	errForm    = errors.New("unsupported form")
)

// Parse reads the header at off of .debug_line. addrSize and compDir are the unit's; s is
// for the strings.
func Parse(s *dwarf.Sections, off uint64, addrSize uint8, compDir string) (*Program, error) {
	c := dwarf.CursorAt(section, s.Line, off)
	p := &Program{Offset: off, AddrSize: addrSize}
	n, is64 := c.InitialLength()
	c.Limit(n)
	p.End = c.Offset() + n
	p.Is64 = is64
	p.Version = c.U16()
	if c.Err() == nil && (p.Version < 2 || p.Version > 5) {
		return nil, dwarf.Errorf(section, off, "line number program of unsupported version %d", p.Version)
	}
	if p.Version >= 5 {
		p.AddrSize = c.U8()
		if segment := c.U8(); segment != 0 {
			return nil, dwarf.Errorf(section, off, "segment selectors are not supported")
		}
	}
	headerLen := c.Word(is64)
	if headerLen > uint64(c.Len()) {
		c.Fail(dwarf.ErrTruncated)
	}
	p.code = c // where the header ends, the program starts
	p.code.Skip(headerLen)
	p.minInst = uint64(c.U8())
	p.maxOps = 1
	if p.Version >= 4 {
		p.maxOps = max(c.U8(), 1) // some producers write 0
	}
	p.defaultStmt = c.U8() != 0
	p.lineBase = int8(c.U8())
	p.lineRange = c.U8()
	p.opcodeBase = c.U8()
	p.opcodeLens = c.Bytes(uint64(max(p.opcodeBase, 1)) - 1)
	if c.Err() != nil {
		return nil, c.Err()
	}
	if p.AddrSize == 0 || p.AddrSize > 8 {
		return nil, dwarf.Errorf(section, off, "addresses of %d bytes", p.AddrSize)
	}
	if p.Version >= 5 {
		// Entries may share long strings, but only hostile input does so at length.
		p.budget = 1<<20 + 64*int(headerLen) + 2*(len(s.Str)+len(s.LineStr))
		p.tables5(&c, s)
	} else {
		p.tables4(&c, compDir)
	}
	if c.Err() == nil && c.Offset() > p.code.Offset() {
		c.Fail(errors.New("tables are longer than the header"))
	}
	return p, c.Err()
}

// tables4 reads the tables of versions 2 to 4.
func (p *Program) tables4(c *dwarf.Cursor, compDir string) {
	p.Dirs = []string{compDir}
	for {
		dir := c.CString()
		if len(dir) == 0 {
			break
		}
		p.Dirs = append(p.Dirs, string(dir))
	}
	p.Files = []File{{}}
	for c.Err() == nil {
		name := c.CString()
		if len(name) == 0 {
			break
		}
		p.Files = append(p.Files, readFile4(c, name))
	}
}

func readFile4(c *dwarf.Cursor, name []byte) File {
	return File{Name: string(name), Dir: c.ULEB(), Time: c.ULEB(), Size: c.ULEB()}
}

// tables5 reads the tables of version 5.
func (p *Program) tables5(c *dwarf.Cursor, s *dwarf.Sections) {
	p.table5(c, s, func(n int) { p.Dirs = make([]string, 0, n) }, func(f *File) { p.Dirs = append(p.Dirs, f.Name) })
	p.table5(c, s, func(n int) { p.Files = make([]File, 0, n) }, func(f *File) { p.Files = append(p.Files, *f) })
}

// table5 reads a table. grow is told how many entries follow.
func (p *Program) table5(c *dwarf.Cursor, s *dwarf.Sections, grow func(int), yield func(*File)) {
	type column struct{ content, form uint64 }
	columns := make([]column, c.U8())
	// Without its path an entry takes much room for nothing, and with it at least a byte of
	// the table.
	sized, named := false, false
	for i := range columns {
		columns[i] = column{c.ULEB(), c.ULEB()}
		sized = sized || columns[i].form != uint64(dwarf.FormFlagPresent)
		named = named || columns[i].content == lnctPath
	}
	n := c.ULEB()
	if c.Err() != nil {
		return
	}
	if n > 0 && !(sized && named) {
		c.Fail(errNoPath)
		return
	}
	if n > uint64(c.Len()) {
		c.Fail(dwarf.ErrTruncated)
		return
	}
	grow(int(n))
	for range n {
		var f File
		for _, col := range columns {
			u, b := p.field(c, s, dwarf.Form(min(col.form, 0xffff)))
			switch col.content {
			case lnctPath:
				f.Name = string(b)
			case lnctDirectoryIndex:
				f.Dir = u
			case lnctTimestamp:
				f.Time = u
			case lnctSize:
				f.Size = u
			case lnctMD5:
				f.HasMD5 = copy(f.MD5[:], b) == 16
			case lnctLLVMSource:
				f.Source, f.HasSource = string(b), len(b) > 0
			}
		}
		if p.budget -= len(f.Name) + len(f.Source); p.budget < 0 {
			c.Fail(errStrings)
		}
		if c.Err() != nil {
			return
		}
		yield(&f)
	}
}

// field reads a value of a version 5 table: a number, or bytes.
func (p *Program) field(c *dwarf.Cursor, s *dwarf.Sections, form dwarf.Form) (u uint64, b []byte) {
	str := func(section []byte) []byte {
		at := *c
		b, ok := dwarf.String(section, c.Word(p.Is64))
		if !ok && c.Err() == nil {
			*c = at
			c.Fail(fmt.Errorf("no string at the offset of a %v", form))
		}
		return b
	}
	switch form {
	case dwarf.FormString:
		return 0, c.CString()
	case dwarf.FormLineStrp:
		return 0, str(s.LineStr)
	case dwarf.FormStrp:
		return 0, str(s.Str)
	case dwarf.FormStrpSup:
		return c.Word(p.Is64), nil
	case dwarf.FormUdata, dwarf.FormStrx:
		return c.ULEB(), nil
	case dwarf.FormData1, dwarf.FormStrx1:
		return uint64(c.U8()), nil
	case dwarf.FormData2, dwarf.FormStrx2:
		return uint64(c.U16()), nil
	case dwarf.FormStrx3:
		return uint64(c.U24()), nil
	case dwarf.FormData4, dwarf.FormStrx4:
		return uint64(c.U32()), nil
	case dwarf.FormData8:
		return c.U64(), nil
	case dwarf.FormData16:
		return 0, c.Bytes(16)
	case dwarf.FormBlock:
		return 0, c.Bytes(c.ULEB())
	case dwarf.FormBlock1:
		return 0, c.Bytes(uint64(c.U8()))
	case dwarf.FormBlock2:
		return 0, c.Bytes(uint64(c.U16()))
	case dwarf.FormBlock4:
		return 0, c.Bytes(uint64(c.U32()))
	}
	c.Fail(fmt.Errorf("%w %v in a table", errForm, form))
	return 0, nil
}

// File returns the file that a row or a DW_AT_decl_file names; ok is false if there is none.
func (p *Program) File(i uint64) (f *File, ok bool) {
	if i >= uint64(len(p.Files)) || i == 0 && p.Version < 5 {
		return nil, false
	}
	return &p.Files[i], true
}

// Path joins the file's name with its directory and the compilation directory; "" if there
// is no such file. It may be shown (dwarf.Printable).
func (p *Program) Path(i uint64) string {
	f, ok := p.File(i)
	if !ok {
		return ""
	}
	return dwarf.Printable([]byte(p.path(f)))
}

func (p *Program) path(f *File) string {
	name := f.Name
	if isAbs(name) {
		return name
	}
	if f.Dir < uint64(len(p.Dirs)) && p.Dirs[f.Dir] != "" {
		name = join(p.Dirs[f.Dir], name)
	}
	if !isAbs(name) && len(p.Dirs) > 0 && f.Dir != 0 && p.Dirs[0] != "" {
		name = join(p.Dirs[0], name)
	}
	return name
}

// isAbs knows the absolute paths of Unix and of Windows, on every machine.
func isAbs(name string) bool {
	return strings.HasPrefix(name, "/") || strings.HasPrefix(name, `\`) ||
		len(name) > 2 && name[1] == ':' && (name[2] == '\\' || name[2] == '/')
}

func join(dir, name string) string {
	if strings.Contains(dir, `\`) && isAbs(dir) {
		return strings.TrimRight(dir, `\`) + `\` + name
	}
	return path.Join(dir, name)
}
