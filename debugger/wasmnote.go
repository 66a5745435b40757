package debugger

import (
	"strings"

	"sphex/aot/abi"
	"sphex/aot/codemap"
	"sphex/aot/debuginfo"
	"sphex/aot/wasm"
)

// WasmNote is the wasm instruction whose code begins with a native one, and where it stands in the module's text.
// Text is "" where none begins.
type WasmNote struct {
	Text  string
	File  string
	Line  int
	Alone bool // its function has no other source

	// Where the first of the instructions comes from, whether a line begins there or not; 0 if it is not known.
	SourceFile string
	SourceLine int
}

// WasmNotes returns a note for each of the instructions.
func (s *Session) WasmNotes(insts []Instruction) []WasmNote {
	im := s.imageNow()
	notes := make([]WasmNote, len(insts))
	for i := 0; i < len(insts); {
		f, end := im.function(insts[i].Text), i+1
		for f != nil && end < len(insts) && insts[end].Text >= f.Text && insts[end].Text < f.TextEnd {
			end++
		}
		if f != nil {
			im.noteFunction(f, insts[i:end], notes[i:end])
		}
		i = end
	}
	if len(insts) > 0 {
		if r, ok := im.table.Row(insts[0].Text); ok && r.Line > 0 && im.function(insts[0].Text) != nil {
			notes[0].SourceFile, notes[0].SourceLine = r.File, r.Line
		}
	}
	return notes
}

// noteFunction notes the wasm instructions of one function.
func (im *image) noteFunction(f *codemap.Func, insts []Instruction, notes []WasmNote) {
	alone := true
	if fn := im.table.Function(f.BodyText); fn != nil && fn.Unit != nil {
		alone = debuginfo.IsSynthetic(fn.Unit.Producer)
	}
	lines := im.codeLines(f)
	first, last := 0, 0
	code := wasm.CodeOffset(0)
	for i := range insts {
		x := &insts[i]
		line, ok := lines[x.Code]
		if !ok || x.Code == code || x.Text < f.BodyText {
			continue
		}
		code = x.Code
		notes[i] = WasmNote{Line: line, File: debuginfo.TextFile(im.text().Names()), Alone: alone}
		if first == 0 || line < first {
			first = line
		}
		last = max(last, line)
	}
	if first == 0 {
		return
	}
	text := strings.Split(string(im.text().Append(nil, first, last)), "\n")
	for i := range notes {
		if n := &notes[i]; n.Line > 0 && n.Line-first < len(text) {
			n.Text = strings.TrimSpace(text[n.Line-first])
		}
	}
}

// codeLines returns the lines of a function's instructions in the module's text.
func (im *image) codeLines(f *codemap.Func) map[wasm.CodeOffset]int {
	lines := map[wasm.CodeOffset]int{}
	i := int(f.Index) - im.module.NumImportedFuncs
	if i < 0 || i >= len(im.module.Code) {
		return lines
	}
	line := im.text().CodeLine(i)
	if line == 0 {
		return lines
	}
	var r wasm.Reader
	var in wasm.Inst
	for r.Reset(im.module, &im.module.Code[i]); r.Next(&in); line++ {
		lines[in.Offset] = line
	}
	return lines
}

// CodeText returns where the code of a function of the function index space begins in the module's own text.
func (s *Session) CodeText(index uint32) (file string, line int, ok bool) {
	im := s.imageNow()
	i := int(index) - im.module.NumImportedFuncs
	if i < 0 || i >= len(im.module.Code) {
		return "", 0, false
	}
	line = im.text().CodeLine(i)
	return debuginfo.TextFile(im.text().Names()), line, line > 0
}

// CodeSize returns how many bytes the functions of the module have, and their native code.
func (s *Session) CodeSize() (wasmBytes int, native abi.TextOffset) {
	im := s.imageNow()
	for i := range im.module.Code {
		wasmBytes += int(im.module.Code[i].End - im.module.Code[i].Start)
	}
	return wasmBytes, abi.TextOffset(len(im.object.Text))
}
