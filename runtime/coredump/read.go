package coredump

import (
	"encoding/binary"
	"fmt"
	"strings"

	"sphex/aot/wasm"
)

// Error says what is wrong with a dump, and where.
type Error struct {
	Section string
	Offset  int // in the file
	Msg     string
}

func (e *Error) Error() string {
	return fmt.Sprintf("core dump: %s at %#x: %s", e.Section, e.Offset, e.Msg)
}

// reader reads a part of the file; the first error sticks.
type reader struct {
	b       []byte
	at, end int
	section string
	err     error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = &Error{r.section, r.at, fmt.Sprintf(format, args...)}
		r.at = r.end
	}
}

func (r *reader) byte() byte {
	if r.at >= r.end {
		r.fail("it ends too early")
		return 0
	}
	r.at++
	return r.b[r.at-1]
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(r.end-r.at) {
		r.fail("%d bytes where %d are left", n, r.end-r.at)
		return nil
	}
	r.at += int(n)
	return r.b[r.at-int(n) : r.at]
}

func (r *reader) uleb(bits uint) uint64 {
	var v uint64
	for shift := uint(0); shift < bits; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c&0x80 == 0 {
			if shift+7 > bits && uint64(c)>>(bits-shift) != 0 {
				break
			}
			return v
		}
	}
	r.fail("a number of more than %d bits", bits)
	return 0
}

func (r *reader) u32() uint32 { return uint32(r.uleb(32)) }

func (r *reader) sleb() int64 {
	var v int64
	for shift := uint(0); shift < 70; shift += 7 {
		c := r.byte()
		v |= int64(c&0x7f) << shift
		if c&0x80 == 0 {
			if c&0x40 != 0 && shift+7 < 64 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.fail("a number of more than 64 bits")
	return 0
}

// count reads the length of a list whose elements have at least one byte.
func (r *reader) count() int {
	n := r.u32()
	if uint64(n) > uint64(r.end-r.at) {
		r.fail("a list of %d in %d bytes", n, r.end-r.at)
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	return strings.ToValidUTF8(string(r.bytes(uint64(r.u32()))), "\ufffd")
}

func (r *reader) zero(what string) {
	if c := r.byte(); c != 0 {
		r.fail("%s begins with %#x, not 0", what, c)
	}
}

func (r *reader) indices() []uint32 {
	var list []uint32
	for range r.count() {
		list = append(list, r.u32())
	}
	return list
}

// IsDump tells whether a file looks like a core dump: a module with a section called core.
func IsDump(b []byte) bool {
	d, err := Read(b)
	return err == nil && (d.Name != "" || len(d.Threads) > 0)
}

// Read decodes a dump. Its memory contents alias b.
func Read(b []byte) (*Dump, error) {
	d := &Dump{}
	r := &reader{b: b, end: len(b), section: "header"}
	if string(r.bytes(8)) != "\x00asm\x01\x00\x00\x00" {
		return nil, &Error{"header", 0, "this is no WebAssembly module, as a core dump is"}
	}
	found := false
	for r.at < r.end && r.err == nil {
		id := r.byte()
		n := r.uleb(32)
		start := r.at
		r.bytes(n)
		if r.err != nil {
			return nil, r.err
		}
		s := &reader{b: b, at: start, end: r.at, section: fmt.Sprintf("section %d", id)}
		switch id {
		case idCustom:
			found = d.custom(s) || found
		case idMemory:
			d.memories(s)
		case idGlobal:
			d.globals(s)
		case idData:
			d.data(s)
		}
		if s.err != nil {
			return nil, s.err
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if !found {
		return nil, &Error{"module", 0, "there is no section core or corestack: this is no core dump"}
	}
	return d, nil
}

func (d *Dump) custom(s *reader) (core bool) {
	name := s.text()
	s.section = name
	switch name {
	case sectionCore:
		s.zero("the process")
		d.Name = s.text()
		return true
	case sectionModules:
		for range s.count() {
			s.zero("a module")
			d.Modules = append(d.Modules, s.text())
		}
	case sectionInstances:
		for range s.count() {
			s.zero("an instance")
			d.Instances = append(d.Instances, Instance{s.u32(), s.indices(), s.indices()})
		}
	case sectionStack:
		// Older writers leave the instance out. The form that fits to the last byte is the right one.
		old := *s
		t := s.thread(true)
		if s.err != nil || s.at != s.end {
			if t2 := old.thread(false); old.err == nil && old.at == old.end {
				t, s.err = t2, nil
			}
		}
		d.Threads = append(d.Threads, t)
		return true
	}
	return false
}

func (s *reader) thread(instances bool) (t Thread) {
	s.zero("a thread")
	t.Name = s.text()
	for range s.count() {
		if s.err != nil {
			break
		}
		s.zero("a frame")
		var f Frame
		if instances {
			f.Instance = s.u32()
		}
		f.Func, f.Code = s.u32(), s.u32()
		f.Locals, f.Stack = s.values(), s.values()
		t.Frames = append(t.Frames, f)
	}
	return t
}

func (s *reader) values() []Value {
	var list []Value
	for range s.count() {
		if s.err != nil {
			return nil
		}
		v := Value{Type: wasm.ValType(s.byte())}
		switch v.Type {
		case missing:
			v.Type = 0
		case wasm.I32:
			v.Bits = uint64(uint32(s.sleb()))
		case wasm.I64:
			v.Bits = uint64(s.sleb())
		case wasm.F32:
			v.Bits = uint64(word(s.bytes(4)))
		case wasm.F64:
			v.Bits = word(s.bytes(8))
		default:
			s.fail("a value of kind %#x", byte(v.Type))
		}
		list = append(list, v)
	}
	return list
}

func word(b []byte) uint64 {
	var w [8]byte
	copy(w[:], b)
	return binary.LittleEndian.Uint64(w[:])
}

func (d *Dump) memories(s *reader) {
	for range s.count() {
		flags := s.byte()
		m := Memory{Pages: s.uleb(64)}
		if flags&1 != 0 {
			m.HasMax, m.Max = true, s.uleb(64)
		}
		m.Type.Shared, m.Type.Is64 = flags&2 != 0, flags&4 != 0
		if flags&8 != 0 {
			log2 := s.uleb(32)
			m.Type.BytePages = log2 == 0
			if log2 != 0 && log2 != 16 {
				s.fail("pages of 2^%d bytes", log2)
			}
		}
		if flags > 15 {
			s.fail("limits of kind %#x", flags)
		}
		d.Memories = append(d.Memories, m)
	}
}

// constant reads an expression of one constant.
func (s *reader) constant(t wasm.ValType) (v Value) {
	v.Type = t
	switch op := s.byte(); op {
	case opI32:
		v.Bits = uint64(uint32(s.sleb()))
	case opI64:
		v.Bits = uint64(s.sleb())
	case opF32:
		v.Bits = word(s.bytes(4))
	case opF64:
		v.Bits = word(s.bytes(8))
	case opV128Prefix:
		s.u32()
		s.bytes(16)
		v.Type = 0
	case opRefNull:
		s.byte()
		v.Type = 0
	default:
		s.fail("no constant: opcode %#x", op)
	}
	if c := s.byte(); c != opEnd {
		s.fail("an expression of more than a constant")
	}
	return v
}

func (d *Dump) globals(s *reader) {
	for range s.count() {
		t := wasm.ValType(s.byte())
		mutable := s.byte() == 1
		d.Globals = append(d.Globals, Global{s.constant(t), mutable})
	}
}

func (d *Dump) data(s *reader) {
	for range s.count() {
		memory := uint32(0)
		switch kind := s.uleb(32); kind {
		case 0:
		case 2:
			memory = s.u32()
		default:
			s.fail("a segment of kind %d", kind)
			return
		}
		at := s.constant(wasm.I32)
		data := s.bytes(uint64(s.u32()))
		if s.err != nil {
			return
		}
		if uint64(memory) >= uint64(len(d.Memories)) {
			s.fail("a segment of memory %d, of %d", memory, len(d.Memories))
			return
		}
		m := &d.Memories[memory]
		if size := m.Pages << m.Type.PageLog2(); m.Pages > 1<<32 || at.Bits > size || uint64(len(data)) > size-at.Bits {
			s.fail("%d bytes at %#x of a memory of %d pages of %d bytes", len(data), at.Bits, m.Pages, m.Type.PageSize())
			return
		}
		m.Segments = append(m.Segments, Segment{at.Bits, data})
	}
}
