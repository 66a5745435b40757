package debugger

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
	"sphex/debugger/value"
	"sphex/runtime"
)

// The message of a Rust panic is a core::fmt::Arguments, which the program formats later, in the
// panic's hook. Here it is formatted from outside: its pieces are text, and each argument is a
// pointer to a value with the function that formats it, whose name and debug information tell the
// type. Numbers and text come out as the program would print them, other values as the debugger shows them.
//
// Arguments has had two forms. Up to Rust 1.92 it is six words in memory: the slices of pieces,
// of placeholders with options (or null), and of arguments. Since then it is two: a byte
// code that holds the pieces (or a text), and the arguments (or that text's length, doubled, plus one).

// rustPanic is the message of panic_fmt(Arguments, &Location), and where the panic is.
func rustPanic(c *panicCall) string {
	f := rustFormat{c: c, left: mostArguments}
	n := c.params()
	location := n - 1
	switch {
	case strings.HasSuffix(c.name, "_nounwind_fmt"):
		location = n - 1 // behind force_no_backtrace
		n--
		f.short = n == 3
		fallthrough
	case n == 2 || n == 3:
		if f.short = n == 3; f.short {
			f.template(c.param(0), c.param(1))
		} else {
			f.pieces(c.param(0))
		}
	default:
		return "a panic"
	}
	return f.text() + rustLocation(c, c.param(location))
}

// rustLocation is " (src/main.rs:12:5)", from a core::panic::Location.
func rustLocation(c *panicCall, at uint32) string {
	b := c.memory(at, 16)
	if b == nil {
		return ""
	}
	file, n := uint32(word(b[:4])), uint32(word(b[4:8]))
	line, column := word(b[8:12]), word(b[12:16])
	if n > 4096 || c.memory(file, n) == nil || line == 0 || line > 1<<24 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d:%d)", c.text(file, n), line, column)
}

// rustPayload is the message of begin_panic(payload, &Location): a &str, or a value that only a
// catcher understands.
func rustPayload(c *panicCall) string {
	text := "a panic"
	fn := c.s.image.table.Function(c.frame.Func.BodyText)
	var t *value.Type
	if fn != nil {
		if types := c.s.image.types.Params(fn); len(types) > 0 {
			t = types[0]
		}
	}
	n := c.params()
	switch {
	case n == 3 && (t == nil || t.Size() == 8): // two words: a &str as a rule
		if b := c.memory(c.param(0), c.param(1)); b != nil && utf8.Valid(b) {
			text = c.text(c.param(0), c.param(1))
		}
	case n == 2 && t != nil && t.Size() > 4:
		if s, ok := showValue(c.scope().At(t, wasm.MemAddr(c.param(0))), false); ok {
			text = s
		}
	case n == 2 && t != nil:
		if s, ok := showValue(c.scope().Made("", t, word4(c.param(0))[:t.Size()]), false); ok {
			text = s
		}
	}
	return text + rustLocation(c, c.param(n-1))
}

func word4(w uint32) []byte { return []byte{byte(w), byte(w >> 8), byte(w >> 16), byte(w >> 24)} }

// rustAllocation is the message of handle_alloc_error(Layout): a size and an alignment, in the
// order that the compiler chose.
func rustAllocation(c *panicCall) string {
	if c.params() != 2 {
		return "memory allocation failed"
	}
	size, align := c.param(0), c.param(1)
	if align&(align-1) != 0 || size&(size-1) == 0 && size < align {
		size, align = align, size
	}
	if align == 0 || align&(align-1) != 0 {
		return "memory allocation failed"
	}
	return fmt.Sprintf("memory allocation of %d bytes failed", size)
}

// scope is where values of the program are read at this stop, without a function's variables.
func (c *panicCall) scope() *value.Scope {
	s := c.s
	return &value.Scope{Table: s.image.table, Types: s.image.types, Frame: &valueFrame{s: s, epoch: s.epoch.Load(), p: c.frame}}
}

// rustFormat formats one core::fmt::Arguments.
type rustFormat struct {
	c     *panicCall
	out   strings.Builder
	short bool // the form of two words
	left  int  // arguments that may still be formatted
	depth int
}

const mostArguments = 64

func (f *rustFormat) text() string { return strings.TrimRight(f.out.String(), "\n") }

func (f *rustFormat) full() bool { return f.out.Len() > mostMessage }

// pieces formats the form of six words.
func (f *rustFormat) pieces(at uint32) {
	b := f.c.memory(at, 24)
	if b == nil {
		f.out.WriteString("?")
		return
	}
	w := func(i int) uint32 { return uint32(word(b[4*i : 4*i+4])) }
	pieces, n := w(0), w(1)
	args, count := w(4), w(5)
	if w(2) != 0 && (args == 0 || !f.arguments(args, count)) { // another order
		args, count = w(2), w(3)
	}
	for i := range max(n, count) {
		if i < n {
			p, ok := f.c.word(pieces + 8*i)
			size, _ := f.c.word(pieces + 8*i + 4)
			if !ok {
				break
			}
			f.out.WriteString(f.c.text(p, size))
		}
		if i < count {
			f.argument(args + 8*i)
		}
		if f.full() {
			break
		}
	}
}

// arguments tells whether there can be a list of arguments at an address.
func (f *rustFormat) arguments(at, count uint32) bool {
	if count == 0 || count > 1000 {
		return count == 0
	}
	_, fn := f.parts(at)
	return fn != nil
}

// template formats the form of two words.
func (f *rustFormat) template(at, args uint32) {
	if args&1 != 0 {
		f.out.WriteString(f.c.text(at, args>>1))
		return
	}
	next := func(n uint32) uint64 {
		b := f.c.memory(at, n)
		at += n
		return word(b)
	}
	index := uint32(0)
	for !f.full() {
		b := f.c.memory(at, 1)
		if b == nil {
			return
		}
		at++
		switch n := uint32(b[0]); {
		case n == 0:
			return
		case n < 0x80:
			f.out.WriteString(f.c.text(at, n))
			at += n
		case n == 0x80:
			n = uint32(next(2))
			f.out.WriteString(f.c.text(at, n))
			at += n
		case n >= 0xc0:
			if n&1 != 0 {
				next(4)
			}
			if n&2 != 0 {
				next(2)
			}
			if n&4 != 0 {
				next(2)
			}
			if n&8 != 0 {
				index = uint32(next(2))
			}
			f.argument(args + 8*index)
			index++
		default:
			return
		}
	}
}

// parts takes an argument apart: the value's address, and the function that formats it. Which
// word is which differs between compilers.
func (f *rustFormat) parts(at uint32) (addr uint32, fn *symbols.Function) {
	a, ok := f.c.word(at)
	b, _ := f.c.word(at + 4)
	if !ok {
		return 0, nil
	}
	if fn = f.formatter(b); fn != nil {
		return a, fn
	}
	return b, f.formatter(a)
}

// formatter returns the function at an element of the table of functions, if it formats something.
func (f *rustFormat) formatter(i uint32) *symbols.Function {
	p := f.c.s.program
	t := p.instance.Table(0)
	if t == nil || int64(i) >= int64(t.Len()) {
		return nil
	}
	w, ok := t.Get(int(i))
	if !ok {
		return nil
	}
	ref := runtime.FuncOfRef(w)
	if ref == nil {
		return nil
	}
	in, index := ref.Instance()
	if in != p.instance {
		return nil
	}
	code := p.module.FuncByIndex(index)
	if code == nil {
		return nil
	}
	if fn := p.im.table.Function(code.BodyText); fn != nil && strings.Contains(fn.Name, "fmt") {
		return fn
	}
	return nil
}

// argument formats the argument at an address.
func (f *rustFormat) argument(at uint32) {
	if f.left--; f.left < 0 {
		return
	}
	addr, fn := f.parts(at)
	if fn == nil {
		f.out.WriteString("{…}")
		return
	}
	f.value(addr, fn)
}

// value formats what fn would: the value of its first parameter's type at addr.
func (f *rustFormat) value(addr uint32, fn *symbols.Function) {
	debug := strings.Contains(fn.Name, "Debug")
	hex := strings.Contains(fn.Name, "LowerHex") || strings.Contains(fn.Name, "UpperHex")
	if f.depth++; f.depth > 8 {
		f.out.WriteString("{…}")
		return
	}
	defer func() { f.depth-- }()
	name := implementor(fn.Name)
	if f.named(addr, name, debug, hex) {
		return
	}
	types := f.c.s.image.types
	var t *value.Type
	if params := types.Params(fn); len(params) > 0 && params[0] != nil && params[0].IsPointer() {
		t = params[0].Elem()
	}
	if t == nil && name != "" {
		t = types.Lookup(name)
	}
	if t != nil {
		if text, ok := showValue(f.c.scope().At(t, wasm.MemAddr(addr)), debug); ok {
			f.out.WriteString(text)
			return
		}
	}
	if rest, ok := strings.CutPrefix(name, "&"); ok && (t == nil || rest != "T") && f.behind(addr, debug) {
		return
	}
	if name == "" || strings.HasSuffix(name, "T") && len(name) < 3 {
		name = "…"
	}
	f.out.WriteString("{" + name + "}")
}

// implementor is the type that a method of a trait is of: T in <T as core::fmt::Debug>::fmt, or in
// core::fmt::num::<impl core::fmt::Debug for T>::fmt.
func implementor(function string) string {
	if _, rest, ok := strings.Cut(function, "<impl "); ok {
		if _, t, ok := strings.Cut(rest, " for "); ok {
			if i := strings.LastIndex(t, ">"); i >= 0 {
				return t[:i]
			}
		}
		return ""
	}
	if rest, ok := strings.CutPrefix(function, "<"); ok {
		if i := strings.LastIndex(rest, " as "); i >= 0 {
			return rest[:i]
		}
	}
	return ""
}

// named formats the value of a type whose name says how; false if it is none of those.
func (f *rustFormat) named(addr uint32, name string, debug, hex bool) bool {
	switch name {
	case "core::fmt::Arguments":
		inner := rustFormat{c: f.c, short: f.short, left: f.left, depth: f.depth}
		if f.depth > 6 {
			return false
		}
		if f.short {
			a, ok := f.c.word(addr)
			b, _ := f.c.word(addr + 4)
			if !ok {
				return false
			}
			inner.template(a, b)
		} else {
			inner.pieces(addr)
		}
		f.left = inner.left
		f.out.WriteString(inner.out.String())
		return true
	case "str", "&str":
		p, ok := f.c.word(addr)
		n, _ := f.c.word(addr + 4)
		return ok && f.str(p, n, debug)
	case "core::ops::range::Range": // the library's own panics have them of usize
		from, ok := f.c.word(addr)
		to, _ := f.c.word(addr + 4)
		if ok {
			fmt.Fprintf(&f.out, "%d..%d", from, to)
		}
		return ok
	case "core::cell::BorrowMutError", "core::cell::BorrowError":
		text := map[bool]string{true: "RefCell already borrowed", false: "RefCell already mutably borrowed"}[strings.HasSuffix(name, "MutError")]
		if debug {
			text = strings.TrimPrefix(name, "core::cell::")
		}
		f.out.WriteString(text)
		return true
	case "&T":
		return false
	case "bool":
		b := f.c.memory(addr, 1)
		if b != nil {
			f.out.WriteString(strconv.FormatBool(b[0] != 0))
		}
		return b != nil
	case "char":
		w, ok := f.c.word(addr)
		if ok && debug {
			fmt.Fprintf(&f.out, "%q", rune(w))
		} else if ok {
			f.out.WriteString(Printable(string(rune(w))))
		}
		return ok
	case "f32", "f64":
		return f.float(addr, name, debug)
	}
	if of, ok := strings.CutPrefix(name, "&"); ok && of != "" {
		p, ok := f.c.word(addr)
		return ok && f.named(p, strings.TrimPrefix(of, "mut "), debug, hex)
	}
	return f.integer(addr, name, hex)
}

func (f *rustFormat) float(addr uint32, name string, debug bool) bool {
	bits := 32
	if name == "f64" {
		bits = 64
	}
	b := f.c.memory(addr, uint32(bits/8))
	if b == nil {
		return false
	}
	x := math.Float64frombits(word(b))
	if bits == 32 {
		x = float64(math.Float32frombits(uint32(word(b))))
	}
	text := strconv.FormatFloat(x, 'f', -1, bits)
	if debug && !strings.ContainsAny(text, ".IN") {
		text += ".0"
	}
	f.out.WriteString(text)
	return true
}

// integer formats i8 to u64, and those of a pointer's size.
func (f *rustFormat) integer(addr uint32, name string, hex bool) bool {
	if len(name) < 2 || name[0] != 'i' && name[0] != 'u' {
		return false
	}
	bits, err := strconv.Atoi(name[1:])
	if name[1:] == "size" {
		bits, err = 32, nil
	}
	if err != nil || bits < 8 || bits > 64 || bits&(bits-1) != 0 {
		return false
	}
	b := f.c.memory(addr, uint32(bits/8))
	if b == nil {
		return false
	}
	w := word(b)
	switch {
	case hex:
		f.out.WriteString(strconv.FormatUint(w, 16))
	case name[0] == 'i':
		f.out.WriteString(strconv.FormatInt(int64(w)<<(64-bits)>>(64-bits), 10))
	default:
		f.out.WriteString(strconv.FormatUint(w, 10))
	}
	return true
}

// str formats a text of n bytes.
func (f *rustFormat) str(p, n uint32, debug bool) bool {
	b := f.c.memory(p, min(n, mostMessage))
	if b == nil && n > 0 {
		return false
	}
	if debug {
		f.out.WriteString(strconv.Quote(Printable(string(b))))
	} else {
		f.out.WriteString(Printable(string(b)))
	}
	return true
}

// behind formats what the reference at addr leads to where nothing tells the type: a &dyn, whose table
// of methods has a formatter, or a text.
func (f *rustFormat) behind(addr uint32, debug bool) bool {
	p, ok := f.c.word(addr)
	q, _ := f.c.word(addr + 4)
	if !ok {
		return false
	}
	// Of a table of methods, the first words are drop, size and alignment.
	if align, ok := f.c.word(q + 8); ok && q >= 1024 && align > 0 && align <= 64 && align&(align-1) == 0 {
		if m, ok := f.c.word(q + 12); ok {
			if fn := f.formatter(m); fn != nil {
				f.value(p, fn)
				return true
			}
		}
	}
	b := f.c.memory(p, q)
	if p < 1024 || q == 0 || q > 4096 || b == nil || !utf8.Valid(b) || strings.IndexFunc(string(b), unicode.IsControl) >= 0 {
		return false
	}
	return f.str(p, q, debug)
}

// showValue renders a value as Display, or as Debug, would.
func showValue(v *value.Variable, debug bool) (string, bool) {
	if v.Err() != nil {
		return "", false
	}
	if !debug {
		switch v.Kind() {
		case value.KindString:
			if s, ok := v.Text(mostMessage); ok {
				return Printable(s), true
			}
		case value.KindChar:
			if n, ok := v.Int(); ok {
				return Printable(string(rune(n))), true
			}
		}
	}
	return Printable(v.String()), true
}
