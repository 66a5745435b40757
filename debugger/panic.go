package debugger

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/debugger/symbols"
)

// A program that gives up goes through a function of its language's library before it unwinds,
// prints or aborts. There it still stands in the statement that went wrong, and the function's
// parameters say why.

// panicRow is a function in which a program gives up.
type panicRow struct {
	name    string // qualified; "::" in front: the last part of a name
	kind    CatchKind
	message func(*panicCall) string
}

var panicRows = []panicRow{
	{"core::panicking::panic_fmt", CatchPanic, rustPanic},
	{"core::panicking::panic_nounwind_fmt", CatchPanic, rustPanic},
	{"std::panicking::begin_panic", CatchPanic, rustPayload},
	{"std::rt::begin_panic", CatchPanic, rustPayload},
	{"alloc::alloc::handle_alloc_error", CatchPanic, rustAllocation},
	{"__assert_fail", CatchPanic, failedAssertion},
	{"__libcpp_verbose_abort", CatchPanic, formatted},
	{"abort_message", CatchPanic, formatted},
	{"__abort_message", CatchPanic, formatted},
	{"std::terminate", CatchPanic, says("std::terminate was called")},
	{"__cxa_pure_virtual", CatchPanic, says("a pure virtual function was called")},
	{"__stack_chk_fail", CatchPanic, says("the stack was smashed")},
	{"_d_assert_msg", CatchPanic, says("an assertion failed")},
	{"_d_assertp", CatchPanic, says("an assertion failed")},
	{"_d_arraybounds", CatchPanic, says("an array index is out of bounds")},
	{"abort", CatchPanic, says("abort was called")},
	{"__cxa_throw", CatchThrow, says("an exception is thrown")},
	{"__cxa_rethrow", CatchThrow, says("an exception is thrown again")},
}

// panicFunction is a function of the program that a row describes.
type panicFunction struct {
	row  *panicRow
	name string
	code *codemap.Func
	text abi.TextOffset // behind the prologue: parameters can be read
}

// panicFunctions finds the functions in which the program gives up.
func (im *image) panicFunctions() []panicFunction { return im.panics() }

// panicParts are what the names in panicRows have in them, few enough for one look at each function.
var panicParts = []string{"panic", "alloc_error", "assert", "abort", "terminate", "__cxa_", "__throw_", "__stack_chk_fail", "_d_arraybounds"}

// findPanics looks for the functions by the names that the linker left, which are at hand when the
// debug information is not yet, and only without any by those of the debug information.
func (im *image) findPanics() (list []panicFunction) {
	linked, ok := im.table.LinkedFunctions(panicParts)
	for i := range panicRows {
		row := &panicRows[i]
		found := linked
		if !ok {
			found = im.table.Functions(row.name)
		}
		for _, f := range found {
			if len(f.Ranges) == 0 && !f.HasIndex || !f.IsCalled(row.name) {
				continue // inlined only, or another's
			}
			code := im.function(f.Entry)
			name := bareName(f.Name)
			if code == nil || !strings.Contains(row.name, "::") && strings.Contains(strings.TrimPrefix(name, "std::"), "::") && !strings.HasSuffix(name, "::"+row.name) ||
				slices.ContainsFunc(list, func(p panicFunction) bool { return p.code == code }) {
				continue
			}
			if row.name == "abort" && f.Name != "abort" {
				continue // some module's own
			}
			list = append(list, panicFunction{row: row, name: f.Name, code: code, text: code.BodyText})
		}
	}
	if !slices.ContainsFunc(list, func(p panicFunction) bool { return p.row.name == "__cxa_throw" }) {
		list = append(list, im.throwsWithout(linked)...)
	}
	return list
}

// withoutExceptions is the row of the functions in which C++'s library would throw, in a program that is
// compiled without exceptions: they end it.
var withoutExceptions = panicRow{"std::__throw_", CatchThrow, func(c *panicCall) string {
	_, what, _ := strings.Cut(bareName(c.name), "__throw_")
	return "the library throws " + what + ", without exceptions"
}}

// throwsWithout finds those functions.
func (im *image) throwsWithout(linked []*symbols.Function) (list []panicFunction) {
	for _, f := range linked {
		name := bareName(f.Name)
		code := im.function(f.Entry)
		if last := name[strings.LastIndex(name, ":")+1:]; code != nil && strings.HasPrefix(name, "std::") && strings.HasPrefix(last, "__throw_") {
			list = append(list, panicFunction{row: &withoutExceptions, name: f.Name, code: code, text: code.BodyText})
		}
	}
	return list
}

// bareName is a C++ function's name without its parameters and tags of its ABI.
func bareName(name string) string {
	const anonymous = "(anonymous namespace)"
	at := 0
	for strings.HasPrefix(name[at:], anonymous) {
		at += len(anonymous)
	}
	if i := strings.IndexAny(name[at:], "(["); i > 0 {
		return name[:at+i]
	}
	return name
}

// reported is how many frames are searched for a panic that led to this one.
const reported = 48

// panicNow says why the program gives up, at the place of a row's function. ok is false where one
// of the callers is such a function, too: it was told then.
func (s *Session) panicNow(pc abi.TextOffset) (text string, ok bool) {
	var here *panicFunction
	list := s.image.panicFunctions()
	for i := range list {
		if list[i].text == pc {
			here = &list[i]
		}
	}
	if here == nil {
		return "", false
	}
	for n := 1; n < reported; n++ {
		f := s.stackNow().physical(n)
		if f == nil {
			break
		}
		if f.Func != nil && slices.ContainsFunc(list, func(p panicFunction) bool { return p.code.Text == f.Func.Text && p.row.kind == here.row.kind }) {
			return "", false
		}
	}
	c := &panicCall{s: s, frame: s.stackNow().physical(0), name: here.name}
	return here.row.message(c), true
}

// panicOnStack is the message of the panic of Rust that is on the stack, "" if there is none that can still be read: a program
// need not have printed it, as when tests keep what they print.
func (s *Session) panicOnStack() (text string) {
	list := s.image.panicFunctions()
	for n := 0; n < reported; n++ {
		f := s.stackNow().physical(n)
		if f == nil {
			break
		}
		i := slices.IndexFunc(list, func(p panicFunction) bool { return f.Func != nil && p.code.Text == f.Func.Text })
		if i < 0 || !strings.HasPrefix(list[i].row.name, "core::") && !strings.HasPrefix(list[i].row.name, "std::panicking::") {
			continue
		}
		c := &panicCall{s: s, frame: f, name: list[i].name}
		readable := true
		for k := range c.params() {
			_, ok := s.wasmLocal(f, k)
			readable = readable && ok && !s.image.writesLocal(f.Func.Index, uint32(k))
		}
		if readable { // the outermost is the one that began
			text = list[i].row.message(c)
		}
	}
	return text
}

// panicCall is a stop at the beginning of a row's function.
type panicCall struct {
	s     *Session
	frame *physicalFrame
	name  string
}

// param is the wasm parameter i; all of those functions take words.
func (c *panicCall) param(i int) uint32 {
	v, _ := c.s.wasmLocal(c.frame, i)
	return uint32(v)
}

// params is how many the function has.
func (c *panicCall) params() int {
	return len(c.s.image.module.FuncType(c.frame.Func.Index).Params)
}

// memory reads n bytes of linear memory; nil if they are not all there.
func (c *panicCall) memory(addr, n uint32) []byte {
	base, size := c.s.program.memory()
	if n > 1<<16 || uint64(addr)+uint64(n) > size {
		return nil
	}
	b := make([]byte, n)
	if c.s.program.read(base+abi.Addr(addr), b) != nil {
		return nil
	}
	return b
}

// word reads 4 bytes of linear memory.
func (c *panicCall) word(addr uint32) (w uint32, ok bool) {
	b := c.memory(addr, 4)
	return uint32(word(b)), b != nil
}

// mostMessage is how much of a message is shown, in bytes.
const mostMessage = 2000

// text reads a string of n bytes.
func (c *panicCall) text(addr, n uint32) string {
	return Printable(string(c.memory(addr, min(n, mostMessage))))
}

// cText reads a string up to its zero.
func (c *panicCall) cText(addr uint32) string {
	if addr == 0 {
		return ""
	}
	var b []byte
	for len(b) < mostMessage {
		part := c.memory(addr+uint32(len(b)), 16)
		if part == nil { // near the end of memory
			part = c.memory(addr+uint32(len(b)), 1)
		}
		if part == nil {
			break
		}
		if i := slices.Index(part, 0); i >= 0 {
			b = append(b, part[:i]...)
			break
		}
		b = append(b, part...)
	}
	return Printable(string(b))
}

// Printable makes a text of several lines one that a terminal does not obey, since it comes from a program: control characters but for the ends of lines and
// tabs, what turns the direction of the text, and bytes that are not UTF-8 become U+FFFD.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

func says(text string) func(*panicCall) string { return func(*panicCall) string { return text } }

// failedAssertion is what musl prints: __assert_fail(expression, file, line, function).
func failedAssertion(c *panicCall) string {
	if c.params() != 4 {
		return "an assertion failed"
	}
	text := "assertion failed: " + c.cText(c.param(0))
	if file := c.cText(c.param(1)); file != "" {
		text += fmt.Sprintf(" (%s:%d", file, c.param(2))
		if fn := c.cText(c.param(3)); fn != "" {
			text += ": " + fn
		}
		text += ")"
	}
	return text
}

// formatted is the message of a function that takes a format of printf's and what it names: a
// pointer to the arguments, as C passes them in WebAssembly.
func formatted(c *panicCall) string {
	if c.params() != 2 {
		return c.name + " was called"
	}
	format, args := c.cText(c.param(0)), c.param(1)
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			out.WriteByte(format[i])
			continue
		}
		for i++; i < len(format)-1 && strings.IndexByte("0123456789.-+ #lzh", format[i]) >= 0; i++ {
		}
		if format[i] == '%' {
			out.WriteByte('%')
			continue
		}
		w, ok := c.word(args)
		args += 4
		switch verb := format[i]; {
		case !ok:
			out.WriteString("?")
		case verb == 's':
			out.WriteString(c.cText(w))
		case verb == 'd' || verb == 'i':
			fmt.Fprint(&out, int32(w))
		case verb == 'u':
			fmt.Fprint(&out, w)
		case verb == 'c':
			out.WriteString(Printable(string(rune(w))))
		default:
			fmt.Fprintf(&out, "%#x", w)
		}
	}
	return strings.TrimSpace(out.String())
}
