package debugger

import (
	"fmt"
	"io"
	"strings"
)

// WriteBacktrace writes frames as text, one per line:
//
//	#0 main::divide at /src/main.rs:12:5 (inlined)
//	#1 wasm function 42 at offset 0x1234
//	#2 (host)
func WriteBacktrace(w io.Writer, frames []*Frame) error {
	var b strings.Builder
	for _, f := range frames {
		fmt.Fprintf(&b, "#%d %s\n", f.Level, f)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteTrapBacktrace writes the stack of the present stop: the message of a panic that has led to a trap, the frames of panic machinery as
// one line, those below main as another, and at most limit of the others from the top and
// some from the bottom.
func (s *Session) WriteTrapBacktrace(w io.Writer, limit int) error {
	var b strings.Builder
	err := s.whileStopped(func() error {
		k := s.stackNow()
		k.mark()
		if text := s.panicOnStack(); text != "" && s.trapped != nil {
			fmt.Fprintf(&b, "   the panic: %s\n", text)
		}
		n := 0
		for f := k.frame(n); f != nil && f.Machinery; f = k.frame(n) {
			n++
		}
		if n > 0 {
			fmt.Fprintf(&b, "   (%s of panic machinery, from %s)\n", count(n, "frame"), k.frame(0).Function)
		}
		deep := k.frame(n+limit+outerFrames) != nil
		list := k.frames[n:]
		if deep {
			list = list[:limit]
		}
		list, below := cutStart(list)
		for _, f := range list {
			fmt.Fprintf(&b, "#%d %s\n", f.Level, f.Brief())
		}
		if deep {
			total := k.countPhysical()
			first := max(list[len(list)-1].physical+1, total-outerFrames)
			last := list[len(list)-1].physical
			fmt.Fprintf(&b, "   (%s left out%s)\n", count(first-last-1, "frame"), k.repeated(last+1, first))
			bottom := &stack{s: k.s}
			for _, p := range k.phys[first:] {
				bottom.add(p)
			}
			list, below = cutStart(bottom.frames)
			for _, f := range list {
				fmt.Fprintf(&b, "#… %s\n", f.Brief())
			}
		}
		if below > 0 {
			b.WriteString(foldStart(below))
		}
		return nil
	})
	if err == nil {
		_, err = io.WriteString(w, b.String())
	}
	return err
}

// repeated says what the physical frames from one to before another are, if they are all of one function.
func (k *stack) repeated(from, to int) string {
	if to-from < 2 || !k.phys[from].guest() {
		return ""
	}
	f := k.phys[from].Func
	for _, p := range k.phys[from:to] {
		if p.Func != f {
			return ""
		}
	}
	if fn := k.s.image.table.Function(f.BodyText); fn != nil {
		return ", all of " + BriefName(fn.Name)
	}
	return ""
}

// cutStart cuts the frames of the runtime's start off the end of a stack, if there are
// several, and returns how many.
func cutStart(frames []*Frame) (rest []*Frame, cut int) {
	end := len(frames)
	for end > 0 && frames[end-1].IsStart() {
		end--
	}
	if end == 0 || len(frames)-end < 2 {
		return frames, 0
	}
	return frames[:end], len(frames) - end
}

// outerFrames is how many physical frames of a deep stack are written from its bottom.
const outerFrames = 16

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// String renders the frame as in a backtrace, without its level.
func (f *Frame) String() string {
	var b strings.Builder
	b.WriteString(f.Function)
	switch {
	case f.Host:
	case f.HasSource():
		fmt.Fprintf(&b, " at %s:%d", f.File, f.Line)
		if f.Column > 0 {
			fmt.Fprintf(&b, ":%d", f.Column)
		}
	default:
		if !strings.HasPrefix(f.Function, "wasm function ") {
			fmt.Fprintf(&b, " (wasm function %d)", f.Index)
		}
		fmt.Fprintf(&b, " at offset %#x", uint32(f.Offset))
	}
	if f.Inlined {
		b.WriteString(" (inlined)")
	}
	return b.String()
}

// machineryNames are functions, or with :: at the end modules, through which a Rust panic or a C
// abort goes before it ends the program.
var machineryNames = []string{
	"rust_begin_unwind", "rust_panic", "__rust_start_panic", "__rust_abort", "__rust_end_short_backtrace",
	"core::panicking::", "std::panicking::", "std::panic::", "panic_abort::", "panic_unwind::",
	"std::sys::", "std::sys_common::", "std::process::abort", "core::intrinsics::abort", "std::rt::abort",
	"core::option::unwrap_failed", "core::option::expect_failed", "core::result::unwrap_failed",
	"core::slice::index::slice_", "core::slice::copy_from_slice_impl::", "core::str::slice_error_fail",
	"core::cell::panic_already_", "alloc::raw_vec::capacity_overflow", "alloc::alloc::handle_alloc_error",
	"abort", "__assert_fail", "__wasilibc_", "_Exit", "__cxa_throw", "std::terminate", "__abort_message",
}

// runtimeNames are parts of names that stand below every Rust program's main, in the same
// modules.
var runtimeNames = []string{"_rust_begin_short_backtrace", "catch_unwind", "std::panicking::try", "std::panicking::catch"}

// isMachinery tells whether a function is part of the way from a panic or an abort to the
// end of the program.
func isMachinery(function string) bool {
	for _, m := range runtimeNames {
		if strings.Contains(function, m) {
			return false
		}
	}
	for _, m := range machineryNames {
		switch {
		case strings.HasSuffix(m, "::"), strings.HasSuffix(m, "_"):
			if strings.HasPrefix(function, m) {
				return true
			}
		case function == m, strings.HasPrefix(function, m+"::"):
			return true
		}
	}
	// __rustc[0123…]::rust_begin_unwind and others of the compiler's own crate.
	return strings.HasPrefix(function, "__rustc[") || strings.HasPrefix(function, "<core::panic") || strings.HasPrefix(function, "<std::panick")
}

// machineryDepth is how many frames are looked at for panic machinery.
const machineryDepth = 64

// markMachinery marks the frames of panic machinery: from the innermost frame to the
// outermost one of the machinery's. Functions that the machinery calls back, like a panic's
// formatter, lie between such frames and count too.
func markMachinery(frames []*Frame) {
	last := -1
	for i, f := range frames[:min(len(frames), machineryDepth)] {
		if isMachinery(f.Function) {
			last = i
		} else if i-last > 4 || last < 0 {
			break
		}
	}
	for i := 0; i <= last; i++ {
		frames[i].Machinery = true
	}
}
