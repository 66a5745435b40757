package dap

import (
	"crypto/md5"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

func md5Of(t testing.TB, name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// useDisassemble looks at native code with the lines and the wasm instructions that it was made of.
func useDisassemble(c *rawClient) {
	at(c, 22) // return n + n
	f := c.stack()[0]
	type instruction struct {
		Address, Instruction, Symbol, PresentationHint string
		Line                                           int
	}
	ask := func(reference string, offset, count int) []instruction {
		c.t.Helper()
		var body struct{ Instructions []instruction }
		c.ask("disassemble", map[string]any{"memoryReference": reference, "instructionOffset": offset, "instructionCount": count}, &body)
		if len(body.Instructions) != count {
			c.t.Fatalf("%d instructions, not %d", len(body.Instructions), count)
		}
		return body.Instructions
	}
	list := ask(f.InstructionPointerReference, 0, 12)
	c.want("the first", []any{list[0].Address, list[0].Line, list[0].Symbol}, []any{f.InstructionPointerReference, 22, "twice"})
	var text strings.Builder
	for _, x := range list {
		text.WriteString(x.Instruction + "\n")
	}
	c.contains("the code", text.String(), "; i32.load offset=12") // n, which is added at once
	c.contains("the code", text.String(), "; local.get ")
	around := ask(f.InstructionPointerReference, -5, 10)
	c.want("the one in the middle", around[5].Address, f.InstructionPointerReference)
	c.want("the next", ask(f.InstructionPointerReference, 1, 1)[0].Address, list[1].Address)
	// In front of the text and behind it there is nothing, and the client is told so.
	first := ask("0x100000", -3, 4)
	c.want("before the text", []any{first[0].PresentationHint, first[0].Address, first[3].Address}, []any{"invalid", "0xffffd", "0x100000"})
	for _, x := range ask("0x8000000", 0, 3) {
		c.want("behind the text", x.PresentationHint, "invalid")
	}
	c.contains("no address", c.refused("disassemble", map[string]any{"memoryReference": "main", "instructionCount": 1}), "no address")
}
