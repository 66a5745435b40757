package command

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/value"
)

// layout is what stands behind the slash of x/16xw: gdb's count, format and size.
type layout struct {
	count  int
	format byte // x d u t c s i, or 0 for a dump of bytes
	size   int  // bytes of one unit
}

// maxExamined bounds what one command shows, in bytes.
const maxExamined = 1 << 20

func parseLayout(text string) (layout, error) {
	l := layout{count: 64, size: 1}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	letters := text[digits:]
	if letters != "" {
		l.count, l.format = 1, 'x'
	}
	if digits > 0 {
		n, err := strconv.Atoi(text[:digits])
		if err != nil || n < 1 || n > maxExamined/8 {
			return l, fmt.Errorf("%q is no count", text[:digits])
		}
		l.count = n
	}
	sized := false
	for _, c := range []byte(letters) {
		if size := map[byte]int{'b': 1, 'h': 2, 'w': 4, 'g': 8}[c]; size > 0 {
			l.size, sized = size, true
		} else if strings.IndexByte("xdutcsi", c) >= 0 {
			l.format = c
		} else if c == 'a' || c == 'z' { // addresses, hexadecimal with zeros: what x is
			l.format = 'x'
		} else {
			return l, fmt.Errorf("unknown format %q: a count, one of x d u t c s i, and one of b h w g (1, 2, 4, 8 bytes)", letters)
		}
	}
	if letters != "" && !sized && l.format != 'c' {
		l.size = 4
	}
	return l, nil
}

func runExamine(in *Interp, c *call) error {
	if f, rest, ok := strings.Cut(c.args, " "); ok && strings.HasPrefix(f, "/") {
		c.format, c.args = f[1:], strings.TrimSpace(rest)
	}
	l, err := parseLayout(c.format)
	if err != nil {
		return err
	}
	if l.format == 'i' {
		return in.examineCode(c.args, l.count)
	}
	if c.args == "" {
		return fmt.Errorf("examine which address?")
	}
	memory, addr, err := in.memoryPlace(c.args)
	if err != nil {
		return err
	}
	want := l.count * l.size
	if l.format == 's' {
		return in.examineText(memory, addr, l.count)
	}
	b, err := in.readMemory(memory, addr, want)
	if err != nil {
		return explain(err)
	}
	if l.format == 0 {
		in.dump(addr, b)
	} else {
		in.units(addr, b, l)
	}
	if len(b) < want {
		in.printf("(linear memory ends at %#x)\n", uint64(addr)+uint64(len(b)))
	}
	return nil
}

// memoryPlace evaluates an address, and the number of its memory where that stands before it: 1:0x400. It is 0 else.
func (in *Interp) memoryPlace(text string) (memory int, addr wasm.MemAddr, err error) {
	if number, rest, ok := strings.Cut(text, ":"); ok && !strings.HasPrefix(rest, ":") {
		if n, err := strconv.ParseUint(number, 10, 16); err == nil {
			memory, text = int(n), rest
		}
	}
	addr, err = in.address(text)
	return memory, addr, err
}

// readMemory reads of the memory with the number.
func (in *Interp) readMemory(memory int, addr wasm.MemAddr, n int) ([]byte, error) {
	if memory == 0 {
		return in.Session.ReadMemory(addr, n)
	}
	return in.Session.ReadMemoryOf(memory, addr, n)
}

// address evaluates an address in linear memory: a number, a pointer, or else a variable's own.
func (in *Interp) address(text string) (wasm.MemAddr, error) {
	if n, err := strconv.ParseUint(text, 0, 64); err == nil {
		return wasm.MemAddr(n), nil
	}
	v, err := in.Session.Eval(in.Level, text)
	if err != nil {
		return 0, explain(err)
	}
	if n, ok := v.Int(); ok && (v.Kind() == value.KindPointer || v.Kind() == value.KindInt) {
		if v.Size() == 8 {
			return wasm.MemAddr(n), nil
		}
		return wasm.MemAddr(uint32(n)), nil
	}
	addr, ok := v.Addr()
	if !ok {
		return 0, fmt.Errorf("%s is not in linear memory", text)
	}
	return addr, nil
}

// dump prints bytes in rows of 16, with their text.
func (in *Interp) dump(addr wasm.MemAddr, b []byte) {
	for off := 0; off < len(b); off += 16 {
		row := b[off:min(off+16, len(b))]
		var hex, text strings.Builder
		for i := range 16 {
			if i == 8 {
				hex.WriteByte(' ')
			}
			if i >= len(row) {
				hex.WriteString("   ")
				continue
			}
			fmt.Fprintf(&hex, "%02x ", row[i])
			if ch := row[i]; ch >= 0x20 && ch < 0x7f {
				text.WriteByte(ch)
			} else {
				text.WriteByte('.')
			}
		}
		in.printf("%08x  %s |%s|\n", uint64(addr)+uint64(off), hex.String(), text.String())
	}
}

// units prints little-endian integers, 16 bytes in a row.
func (in *Interp) units(addr wasm.MemAddr, b []byte, l layout) {
	for off := 0; off+l.size <= len(b); off += 16 {
		in.printf("%08x ", uint64(addr)+uint64(off))
		for at := off; at < off+16 && at+l.size <= len(b); at += l.size {
			var word [8]byte
			copy(word[:], b[at:at+l.size])
			u, bits := binary.LittleEndian.Uint64(word[:]), 8*l.size
			switch l.format {
			case 'x':
				in.printf(" 0x%0*x", 2*l.size, u)
			case 'd':
				in.printf(" %d", int64(u<<(64-bits))>>(64-bits))
			case 'u':
				in.printf(" %d", u)
			case 't':
				in.printf(" %0*b", bits, u)
			case 'c':
				in.printf(" %q", rune(u))
			}
		}
		in.printf("\n")
	}
}

// maxText bounds a C string that is shown, in bytes.
const maxText = 4096

// examineText prints C strings that stand one behind the other.
func (in *Interp) examineText(memory int, addr wasm.MemAddr, count int) error {
	for range min(count, 1000) {
		b, err := in.readMemory(memory, addr, maxText)
		if err != nil {
			return explain(err)
		}
		text, _, ended := strings.Cut(string(b), "\x00")
		more := ""
		if !ended {
			more = "…"
		}
		in.printf("%08x  %q%s\n", uint64(addr), text, more)
		if addr += wasm.MemAddr(len(text) + 1); !ended {
			break
		}
	}
	return nil
}
