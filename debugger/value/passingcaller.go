package value

import (
	"strings"

	"sphex/aot/wasm"
	"sphex/debugger/symbols"
)

// A function of Rust with #[track_caller] has one parameter more than its description: a reference to the
// core::panic::Location of the call. Those are unwrap and expect, and all that implement a trait's method which has the
// attribute: index of core::ops::Index in late versions of Rust.

// callerFile is what such a function is told that it was called from.
const callerFile = "(the debugger)"

// callerRoom is how many bytes a Location takes with its text, on memories of 32 and of 64 bits.
const callerRoom = 64

// takesCaller reports whether the last of the words that a function takes may be the place of the call.
func (c *callee) takesCaller(words []wasm.ValType) bool {
	return c.f != nil && c.f.Unit != nil && c.f.Unit.Language == symbols.LangRust && !strings.HasPrefix(c.f.Short, "{closure") && !c.f.Changed() &&
		len(words) > 0 && len(c.params) > 0 && words[len(words)-1] == c.params[0].addressWord()
}

// addressWord is how addresses travel in programs that have the type.
func (t *Type) addressWord() wasm.ValType {
	if t == nil || t.types == nil {
		return wasm.I32
	}
	return t.types.addressType()
}

// writeCaller writes a Location: a text, a line and a column, in this order in all versions.
func (ev *evaluator) writeCaller(at wasm.MemAddr) error {
	word := ev.scope.Types.pointerSize()
	head := 2*word + 8
	b := append([]byte(nil), ev.scope.Types.pointerBytes(at+wasm.MemAddr(head))...)
	b = append(b, ev.scope.Types.pointerBytes(wasm.MemAddr(len(callerFile)))...)
	b = append(b, 1, 0, 0, 0, 1, 0, 0, 0)
	return ev.writeAt(at, append(b, callerFile+"\x00"...))
}
