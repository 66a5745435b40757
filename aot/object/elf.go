package object

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"sphex/aot/abi"
)

// Section names of our own parts.
const (
	metaSection = ".sphex.meta"
	mapSection  = ".sphex.map"
	wasmSection = ".sphex.wasm"
	noteSection = ".sphex.notes" // optional
)

// Numbers of the ELF format ("System V Application Binary Interface", chapters 4 and 5).
const (
	elfHeaderSize     = 64
	programHeaderSize = 56
	sectionHeaderSize = 64
	symbolSize        = 24

	typeExec      = 2
	segmentLoad   = 1
	segmentStack  = 0x6474e551 // PT_GNU_STACK
	flagsRead     = 4
	flagsReadExec = 5

	sectionProgbits = 1
	sectionSymtab   = 2
	sectionStrtab   = 3

	flagAlloc     = 0x2
	flagExec      = 0x4
	flagMerge     = 0x10
	flagStrings   = 0x20
	symbolFunc    = 2 // STB_LOCAL<<4 | STT_FUNC
	symbolDefault = 0 // STV_DEFAULT
)

// textAlign is the alignment of the text in the file: the page size, so that it can be mapped.
const textAlign = 0x1000

// meta is the contents of .sphex.meta, little-endian. It stands at metaOffset of the file.
type meta struct {
	Magic           [8]byte
	Format          uint32 // of this file
	ABIVersion      uint32
	Text, Map, Wasm metaPart
}

// metaPart is where a section that the runtime trusts is in the file, and its CRC-32C.
type metaPart struct {
	Offset, Size uint64
	Sum          uint32
	_            uint32
}

var metaMagic = [8]byte{'S', 'P', 'H', 'E', 'X', 'O', 'B', 'J'}

const (
	formatVersion  = 3
	programHeaders = 2
	metaOffset     = elfHeaderSize + programHeaders*programHeaderSize
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// section is a section on its way to the file. Of the fields of a section header only those
// that differ from zero for some section are here.
type section struct {
	name             string
	kind             uint32
	flags            uint64
	addr             uint64
	link, info       uint32
	align, entrySize uint64
	data             []byte
	offset           uint64
	twin             string // the section that this one is another name for
}

// Write writes the object.
func Write(w io.Writer, f *File) error {
	if f.Map == nil {
		return fmt.Errorf("object without a code map")
	}
	if int(f.Map.TextSize) != len(f.Text) {
		return fmt.Errorf("code map for %d bytes of text, but there are %d", f.Map.TextSize, len(f.Text))
	}
	version := f.ABIVersion
	if version == 0 {
		version = abi.Version
	}
	mapData := encodeMap(f.Map)
	at := uint64(textAlign)
	part := func(b []byte) metaPart {
		p := metaPart{Offset: at, Size: uint64(len(b)), Sum: sum(b)}
		at += p.Size
		return p
	}
	var metaData bytes.Buffer
	binary.Write(&metaData, binary.LittleEndian, &meta{
		Magic: metaMagic, Format: formatVersion, ABIVersion: version,
		Text: part(f.Text), Map: part(mapData), Wasm: part(f.Module),
	})

	sections := []section{
		{},
		{name: ".text", kind: sectionProgbits, flags: flagAlloc | flagExec, addr: TextBase, align: textAlign, data: f.Text},
		{name: metaSection, kind: sectionProgbits, align: 8, data: metaData.Bytes(), offset: metaOffset},
		{name: mapSection, kind: sectionProgbits, align: 1, data: mapData},
		{name: wasmSection, kind: sectionProgbits, align: 1, data: f.Module},
	}
	if len(f.Notes) > 0 {
		sections = append(sections, section{name: noteSection, kind: sectionProgbits, align: 1, data: []byte(strings.Join(f.Notes, "\n"))})
	}
	sections = append(sections, debugSections(f.Sections())...)
	return writeELF(w, sections, f.Symbols, f.Map.Target.Machine)
}

// debugSections are the sections of debug information in the order of their names.
//
// gdb 13 takes names of .debug_names for qualified ones, as its own are, and then finds no
// function of a namespace. It is better off when it makes its own index, and that it does
// without a word when there is an empty .zdebug_names behind, the old name of a compressed one.
// LLVM's reader, for which all of these names are one and the last counts, is given the
// contents once more, as a header without bytes of its own.
func debugSections(debug map[string][]byte) []section {
	var sections []section
	for _, name := range slices.Sorted(maps.Keys(debug)) {
		s := section{name: name, kind: sectionProgbits, align: 1, data: debug[name]}
		switch name {
		case ".debug_str", ".debug_line_str":
			s.flags, s.entrySize = flagMerge|flagStrings, 1
		case ".debug_frame":
			s.align = 8
		}
		sections = append(sections, s)
	}
	if len(debug[".debug_names"]) > 0 {
		sections = append(sections,
			section{name: ".zdebug_names", kind: sectionProgbits, align: 1},
			section{name: "_debug_names", kind: sectionProgbits, align: 1, twin: ".debug_names"})
	}
	return sections
}

// writeELF writes a file of these sections, of which the second is the text, and of symbols
// in the text.
func writeELF(w io.Writer, sections []section, list []Symbol, machine uint16) error {
	text := &sections[1]
	base, size := text.addr, uint64(len(text.data))
	symbols, symbolNames := encodeSymbols(list, base)
	sections = append(sections,
		section{name: ".symtab", kind: sectionSymtab, link: uint32(len(sections) + 1), info: uint32(len(list) + 1),
			align: 8, entrySize: symbolSize, data: symbols},
		section{name: ".strtab", kind: sectionStrtab, align: 1, data: symbolNames},
		section{name: ".shstrtab", kind: sectionStrtab, align: 1})
	names := []byte{0}
	nameOffsets := make([]uint32, len(sections))
	for i := range sections {
		if i > 0 {
			nameOffsets[i] = uint32(len(names))
			names = append(append(names, sections[i].name...), 0)
		}
	}
	sections[len(sections)-1].data = names

	// Place them: headers, text on a page of its own, the rest behind it. What has a place
	// already has it before the text.
	pos := uint64(elfHeaderSize + programHeaders*programHeaderSize)
	for i := 1; i < len(sections); i++ {
		s := &sections[i]
		if s.offset != 0 {
			continue
		}
		if s.twin != "" {
			for k := range i {
				if sections[k].name == s.twin {
					s.offset, s.data = sections[k].offset, sections[k].data
				}
			}
			continue
		}
		pos = (pos + s.align - 1) &^ (s.align - 1)
		s.offset = pos
		pos += uint64(len(s.data))
	}
	table := (pos + 7) &^ 7

	le := binary.LittleEndian
	head := append(make([]byte, 0, textAlign), 0x7f, 'E', 'L', 'F', 2 /* 64-bit */, 1 /* little-endian */, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	head = le.AppendUint16(head, typeExec)
	head = le.AppendUint16(head, machine)
	head = le.AppendUint32(head, 1)
	head = le.AppendUint64(head, 0) // no entry point: the runtime enters through thunks
	head = le.AppendUint64(head, elfHeaderSize)
	head = le.AppendUint64(head, table)
	head = le.AppendUint32(head, 0)
	for _, v := range []int{elfHeaderSize, programHeaderSize, programHeaders, sectionHeaderSize, len(sections), len(sections) - 1} {
		head = le.AppendUint16(head, uint16(v))
	}
	head = appendProgramHeader(head, segmentLoad, flagsReadExec, sections[1].offset, base, size, textAlign)
	head = appendProgramHeader(head, segmentStack, flagsRead, 0, 0, 0, 16)

	for i := range sections {
		if s := &sections[i]; s.offset != 0 && s.offset < textAlign {
			head = append(head, make([]byte, int(s.offset)-len(head))...)
			head = append(head, s.data...)
		}
	}
	out := &offsetWriter{w: w}
	out.write(head)
	for i := 1; i < len(sections); i++ {
		if sections[i].offset < textAlign || sections[i].twin != "" {
			continue
		}
		out.pad(sections[i].offset)
		out.write(sections[i].data)
	}
	out.pad(table)
	headers := make([]byte, 0, len(sections)*sectionHeaderSize)
	for i := range sections {
		s := &sections[i]
		headers = le.AppendUint32(headers, nameOffsets[i])
		headers = le.AppendUint32(headers, s.kind)
		headers = le.AppendUint64(headers, s.flags)
		headers = le.AppendUint64(headers, s.addr)
		headers = le.AppendUint64(headers, s.offset)
		headers = le.AppendUint64(headers, uint64(len(s.data)))
		headers = le.AppendUint32(headers, s.link)
		headers = le.AppendUint32(headers, s.info)
		headers = le.AppendUint64(headers, s.align)
		headers = le.AppendUint64(headers, s.entrySize)
	}
	out.write(headers)
	return out.err
}

// Bytes returns the object as Write writes it.
func (f *File) Bytes() ([]byte, error) {
	var b bytes.Buffer
	n := len(f.Text) + len(f.Module) + len(f.Text)
	for _, s := range f.Sections() {
		n += len(s)
	}
	b.Grow(n)
	err := Write(&b, f)
	return b.Bytes(), err
}

func appendProgramHeader(b []byte, kind, flags uint32, offset, addr, size, align uint64) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, kind)
	b = le.AppendUint32(b, flags)
	for _, v := range []uint64{offset, addr, addr, size, size, align} {
		b = le.AppendUint64(b, v)
	}
	return b
}

// offsetWriter counts what it writes; the first error sticks.
type offsetWriter struct {
	w   io.Writer
	pos uint64
	err error
}

func (o *offsetWriter) write(b []byte) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
		o.pos += uint64(len(b))
	}
}

func (o *offsetWriter) pad(to uint64) {
	if o.pos < to {
		o.write(make([]byte, to-o.pos))
	}
}

// Read reads an object. The result aliases b. An error says what is damaged; an object of
// another version of the compiler is refused.
func Read(b []byte) (*File, error) { return read(b, true) }

// ReadSealed is Read for an object of which somebody has verified the first SealedLen bytes:
// nothing is summed up again, and what is not under the seal is not touched.
func ReadSealed(b []byte) (*File, error) { return read(b, false) }

// SealedLen returns the length of the start of an object that holds all that a runtime trusts:
// the text, the code map, the module, and where in the file they are. Debug information and
// symbols stand behind it.
func SealedLen(b []byte) (int, error) {
	m, err := readMeta(b)
	if err != nil {
		return 0, err
	}
	end := uint64(0)
	for _, p := range []*metaPart{&m.Text, &m.Map, &m.Wasm} {
		if p.Offset < textAlign || p.Offset > uint64(len(b)) || p.Size > uint64(len(b))-p.Offset {
			return 0, fmt.Errorf("%s: a section is outside of the file's %d bytes: truncated", metaSection, len(b))
		}
		end = max(end, p.Offset+p.Size)
	}
	return int(end), nil
}

// readMeta reads .sphex.meta at its place.
func readMeta(b []byte) (*meta, error) {
	m := &meta{}
	size := binary.Size(m)
	if len(b) < metaOffset+size {
		return nil, fmt.Errorf("an object of %d bytes: truncated", len(b))
	}
	if _, err := binary.Decode(b[metaOffset:], binary.LittleEndian, m); err != nil || m.Magic != metaMagic {
		return nil, fmt.Errorf("%s: not an object that sphex made", metaSection)
	}
	return m, nil
}

func read(b []byte, sums bool) (*File, error) {
	sections, err := readSections(b)
	if err != nil {
		return nil, err
	}
	find := func(name string) ([]byte, error) {
		s, ok := sections[name]
		if !ok {
			return nil, fmt.Errorf("no section %s: not an object that sphex made", name)
		}
		return s, nil
	}
	if _, err := find(metaSection); err != nil {
		return nil, err
	}
	m, err := readMeta(b)
	if err != nil {
		return nil, err
	}
	if m.Format != formatVersion {
		return nil, fmt.Errorf("%s: object format %d, this is a reader of format %d: compile the module again", metaSection, m.Format, formatVersion)
	}
	if m.ABIVersion != abi.Version {
		return nil, fmt.Errorf("%s: code for runtime version %d, this is version %d: compile the module again", metaSection, m.ABIVersion, abi.Version)
	}
	f := &File{ABIVersion: m.ABIVersion, Debug: map[string][]byte{}}
	var mapData []byte
	for _, p := range []struct {
		name string
		part *metaPart
		to   *[]byte
	}{{".text", &m.Text, &f.Text}, {mapSection, &m.Map, &mapData}, {wasmSection, &m.Wasm, &f.Module}} {
		data, err := find(p.name)
		if err != nil {
			return nil, err
		}
		at, end := p.part.Offset, p.part.Offset+p.part.Size
		if end < at || end > uint64(len(b)) || uint64(len(data)) != p.part.Size || len(data) > 0 && &data[0] != &b[at] {
			return nil, fmt.Errorf("%s: is not where %s says: the object is damaged", p.name, metaSection)
		}
		if sums && sum(data) != p.part.Sum {
			return nil, fmt.Errorf("%s: checksum does not match: the object is damaged", p.name)
		}
		*p.to = data
	}
	if f.Map, err = decodeMap(mapData, !sums); err != nil {
		return nil, err
	}
	if int(f.Map.TextSize) != len(f.Text) {
		return nil, fmt.Errorf("%s: is for %d bytes of text, but there are %d", mapSection, f.Map.TextSize, len(f.Text))
	}
	if machine := binary.LittleEndian.Uint16(b[18:]); machine != f.Map.Target.Machine {
		return nil, fmt.Errorf("%s: is for machine %d, but the file for %d", mapSection, f.Map.Target.Machine, machine)
	}
	if f.Symbols, err = decodeSymbols(sections[".symtab"], sections[".strtab"], len(f.Text)); err != nil {
		return nil, err
	}
	if notes := sections[noteSection]; len(notes) > 0 {
		f.Notes = strings.Split(string(notes), "\n")
	}
	for name, data := range sections {
		if strings.HasPrefix(name, ".debug_") || name == ".eh_frame" {
			f.Debug[name] = data
		}
	}
	return f, nil
}

// readSections returns the contents of all sections that have any, by name.
func readSections(b []byte) (map[string][]byte, error) {
	le := binary.LittleEndian
	if len(b) < elfHeaderSize {
		return nil, fmt.Errorf("an object of %d bytes: truncated", len(b))
	}
	if string(b[:4]) != "\x7fELF" {
		return nil, fmt.Errorf("no ELF file")
	}
	if b[4] != 2 || b[5] != 1 {
		return nil, fmt.Errorf("no little-endian 64-bit ELF file")
	}
	table, entry, n, names := le.Uint64(b[40:]), le.Uint16(b[58:]), int(le.Uint16(b[60:])), int(le.Uint16(b[62:]))
	size := uint64(len(b))
	if entry != sectionHeaderSize || table > size || uint64(n)*sectionHeaderSize > size-table {
		return nil, fmt.Errorf("section headers at %#x are outside of the file's %d bytes: truncated", table, len(b))
	}
	if names >= n {
		return nil, fmt.Errorf("section %d of %d cannot hold the names", names, n)
	}
	contents := func(i int) ([]byte, error) {
		h := b[table+uint64(i)*sectionHeaderSize:]
		offset, length := le.Uint64(h[24:]), le.Uint64(h[32:])
		if offset > size || length > size-offset || length > math.MaxUint32 {
			return nil, fmt.Errorf("section %d: [%#x, +%#x) is outside of the file's %d bytes: truncated", i, offset, length, len(b))
		}
		return b[offset : offset+length : offset+length], nil
	}
	strtab, err := contents(names)
	if err != nil {
		return nil, err
	}
	sections := make(map[string][]byte, n)
	for i := 1; i < n; i++ {
		at := uint64(le.Uint32(b[table+uint64(i)*sectionHeaderSize:]))
		if at >= uint64(len(strtab)) {
			return nil, fmt.Errorf("section %d: name at %#x is outside of the names", i, at)
		}
		end := bytes.IndexByte(strtab[at:], 0)
		if end < 0 || end > 64 {
			return nil, fmt.Errorf("section %d: unterminated name", i)
		}
		name := string(strtab[at:][:end])
		if _, twice := sections[name]; twice {
			return nil, fmt.Errorf("section %s is there twice", name)
		}
		if sections[name], err = contents(i); err != nil {
			return nil, err
		}
	}
	return sections, nil
}
