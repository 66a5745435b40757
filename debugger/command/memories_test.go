package command

import (
	"strings"
	"testing"
)

// TestMemories reads and writes a second memory of wat_memories, whose contents are those of its source, and shows references.
func TestMemories(t *testing.T) {
	_, say := interp(t, "wat_memories/wat_memories.wasm")
	for _, c := range []struct{ say, want string }{
		{"break append", "Breakpoint 1"},
		{"continue", "breakpoint 1, hit 1"},
		{"x/s 1:0x20", `00000020  "a log of the second memory"`},
		{"x/4xb 0x100", "0x77 0x61 0x73 0x70"},
		{"x/4xb 1:0x100", "0x00 0x00 0x00 0x00"},
		{"continue", "breakpoint 1, hit 2"},
		{`find "second"`, "not found"},
		{`find memory 1, "second"`, "1:0x2d\n"},
		{`find 1:0x20, +19, "second"`, "1:0x2d\n"},
		{`find 1:0x20, +18, "second"`, "not found"},
		{`find 1:0x2e, 0x100, "second"`, "not found"},
		{`find memory 2, 1`, "the module has no memory 2"},
		{"x/6xb 1:0xfff0", "0000fff0  0x77 0x61 0x73 0x70 0x21 0x21"},
		{"write 1:0x20 65 32", "2 bytes written at 0x20."},
		{"x/s 1:0x20", `"A log of the second memory"`},
		{"x/2xb 0x20", "0x00 0x00"},
		{"x/4xb 2:0", "the module has no memory 2"},
		{"x/4xb 1:0x10000", "address 0x10000 is outside of linear memory 1 of 0x10000 bytes"},
		{"write 1:0xfffd 1 2 3 4", "address 0xfffd and 4 bytes are outside of linear memory 1 of 0x10000 bytes"},
		{"frame 1 locals", "f: funcref = <append>\ne: externref = null"},
		{"continue", "load of 4 bytes at 0x20000, beyond memory 1 of 0x20000 bytes (i32.load)"},
	} {
		if got := say(c.say); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", c.say, got, c.want)
		}
	}
}
