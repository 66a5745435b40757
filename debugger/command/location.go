package command

import (
	"fmt"
	"strconv"
	"strings"

	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/debugger"
)

// location reads a place as users write it: FILE:LINE, FILE:LINE:COLUMN, LINE, +N, -N, FUNCTION, *ADDRESS. An empty text is
// the selected frame's line.
func (in *Interp) location(text string) (debugger.BreakpointSpec, error) {
	var spec debugger.BreakpointSpec
	text = debugger.Unquoted(strings.TrimSpace(text))
	if off, ok := strings.CutPrefix(text, "*"); ok {
		return in.instruction(strings.TrimSpace(off))
	}
	if file, line, column, ok := debugger.CutPosition(text); ok {
		spec.File, spec.Line, spec.Column = file, line, column
		return spec, nil
	}
	n, err := strconv.Atoi(text) // 0 of an empty one
	if text != "" && err != nil {
		spec.File, spec.Function = debugger.CutFunction(text)
		return spec, nil
	}
	if text != "" && text[0] != '+' && text[0] != '-' {
		if spec.File, err = in.defaultFile(); err != nil {
			return spec, err
		}
		spec.Line = n
		return spec, checkLine(n)
	}
	f, err := in.frame()
	if err != nil {
		return spec, fmt.Errorf("where? use FILE:LINE or a function (%w)", err)
	}
	if !f.HasSource() {
		return spec, fmt.Errorf("frame %d has no source; use FILE:LINE", in.Level)
	}
	spec.File, spec.Line = f.File, f.Line+n
	return spec, checkLine(spec.Line)
}

// instruction reads what stands behind the star: an offset in the code section; file:N, one in the module's file, as
// backtraces print it; text:N, one in the native code, as disassemble prints it; $pc, where the program stands.
func (in *Interp) instruction(text string) (spec debugger.BreakpointSpec, err error) {
	if text == "$pc" {
		f, err := in.frame()
		if err != nil {
			return spec, err
		}
		spec.Text = &f.PC
		return spec, nil
	}
	space, digits, ok := strings.Cut(text, ":")
	if !ok {
		space, digits = "code", text
	}
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 0, 32)
	if err != nil {
		return spec, fmt.Errorf("%q is no offset: *N is one in the code section, *file:N in the module's file, *text:N in the native code", text)
	}
	switch space {
	case "code":
		code := wasm.CodeOffset(n)
		spec.Code = &code
	case "file":
		file := wasm.FileOffset(n)
		spec.Offset = &file
	case "text":
		native := abi.TextOffset(n)
		spec.Text = &native
	default:
		return spec, fmt.Errorf("%q is no kind of offset: there are code, file and text", space)
	}
	return spec, nil
}

// checkLine refuses what can be no line.
func checkLine(n int) error {
	if n < 1 {
		return fmt.Errorf("there is no line %d", n)
	}
	return nil
}

// splitCondition splits `LOCATION if CONDITION`.
func splitCondition(text string) (loc, cond string) {
	if c, ok := strings.CutPrefix(text, "if "); ok {
		return "", strings.TrimSpace(c)
	}
	if i := strings.Index(text, " if "); i >= 0 {
		return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+4:])
	}
	return text, ""
}
