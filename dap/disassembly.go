package dap

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/google/go-dap"

	"sphex/aot/abi"
	"sphex/debugger"
)

// address renders a place in the native text as a memory reference: the address that an object's
// symbols and DWARF give it. Clients calculate with it, so it must be a number.
func address(at abi.TextOffset) string { return fmt.Sprintf("%#x", abi.TextBase+uint64(at)) }

// textOffset returns the place in the native text that a reference and an offset mean.
func textOffset(reference string, offset int) (abi.TextOffset, error) {
	n, err := strconv.ParseUint(reference, 0, 62)
	if at := int64(n) - abi.TextBase + int64(offset); err == nil && at >= 0 && at <= math.MaxUint32 {
		return abi.TextOffset(at), nil
	}
	return 0, fmt.Errorf("%s%+d is no address of code", strconv.Quote(reference), offset)
}

// disassembledInstruction is go-dap's with what the specification has beside it.
type disassembledInstruction struct {
	dap.DisassembledInstruction
	PresentationHint string `json:"presentationHint,omitempty"`
}

// mostInstructions bounds one request.
const mostInstructions = 10000

// disassemble shows native instructions. Where the code of a wasm instruction begins, it stands behind
// the native one; where a line of source begins, the client is told the line.
func (s *server) disassemble(a *dap.DisassembleArguments) (any, error) {
	session, err := s.need()
	if err != nil {
		return nil, err
	}
	at, err := textOffset(a.MemoryReference, a.Offset)
	if err != nil {
		return nil, err
	}
	count := min(max(a.InstructionCount, 0), mostInstructions)
	skip := max(-mostInstructions, min(a.InstructionOffset, mostInstructions))
	before := max(-skip, 0)
	insts, err := session.Disassemble(at, before, max(skip+count, 0))
	if err != nil {
		return nil, err
	}
	list := make([]disassembledInstruction, 0, count)
	found := 0 // of those before
	for found < len(insts) && insts[found].Text < at {
		found++
	}
	if skip > 0 {
		insts = insts[min(skip, len(insts)):]
	}
	// The client gets as many as it asks for: in front of and behind the text there are none.
	first := at
	if len(insts) > 0 {
		first = insts[0].Text
	}
	for missing := before - found; missing > 0 && len(list) < count; missing-- {
		list = append(list, noInstruction(int64(first)-int64(missing)))
	}
	insts = insts[:min(count-len(list), len(insts))]
	notes := session.WasmNotes(insts)
	for i := range insts {
		d := s.instruction(&insts[i], &notes[i])
		if i == 0 && d.Line == 0 && notes[i].SourceLine > 0 { // those behind take it over
			d.Location, d.Line = s.source(notes[i].SourceFile), s.line(notes[i].SourceLine)
		}
		list = append(list, d)
	}
	end := int64(at)
	if n := len(insts); n > 0 {
		end = int64(insts[n-1].Text) + int64(len(insts[n-1].Bytes))
	}
	for ; len(list) < count; end++ {
		list = append(list, noInstruction(end))
	}
	return &struct {
		Instructions []disassembledInstruction `json:"instructions"`
	}{list}, nil
}

// noInstruction stands for an address where there is no code.
func noInstruction(at int64) disassembledInstruction {
	return disassembledInstruction{
		dap.DisassembledInstruction{Address: fmt.Sprintf("%#x", abi.TextBase+at), Instruction: "??"}, "invalid",
	}
}

func (s *server) instruction(x *debugger.Instruction, note *debugger.WasmNote) disassembledInstruction {
	d := disassembledInstruction{DisassembledInstruction: dap.DisassembledInstruction{
		Address: address(x.Text), InstructionBytes: fmt.Sprintf("% x", x.Bytes), Instruction: x.Asm, Symbol: x.Func,
	}, PresentationHint: "normal"}
	if note.Text != "" {
		d.Instruction = fmt.Sprintf("%-36s ; %s", x.Asm, note.Text)
	}
	switch {
	case x.Line > 0:
		d.Location, d.Line = s.source(x.File), s.line(x.Line)
	case note.Alone && note.Line > 0:
		d.Location, d.Line = s.source(note.File), s.line(note.Line)
	}
	if x.Func == "" || strings.HasPrefix(x.Asm, ".") {
		d.PresentationHint = "invalid"
	}
	return d
}
