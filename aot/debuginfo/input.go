package debuginfo

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"sphex/aot/wasm"
	"sphex/dwarf"
	"sphex/dwarf/info"
)

// Input is where a module's debug information comes from: the module, and the files that it
// names. Open gathers it; Statements and Translate read it.
type Input struct {
	Module *wasm.Module
	// Sections is the DWARF whose addresses are code offsets; empty if there is none.
	Sections *dwarf.Sections
	// From is the file that Sections come from, "" if it is the module.
	From string
	// Synthetic says that the module has no DWARF: Sections were made from its source map, or
	// from its own text.
	Synthetic bool
	// Data is the units of Sections, with the split units that were found.
	Data *info.Data

	linesOnce  sync.Once
	lineTables *lineTables // see lines

	text     *dwarf.Sections // made from the module's text, for what Sections leave out; nil if there is none
	textName string
	inText   []bool // the bodies that text describes; nil if there are none

	damaged error        // of Data
	mended  info.Damaged // what of Data was damaged and could be read all the same
	losses  []inputLoss
	notes   []string
}

// inputLoss is a part of a companion that could not be read.
type inputLoss struct{ what, why, file string }

// Open gathers a module's debug information. f finds the files that it names; if it is nil,
// none is found. What is missing or damaged is told by Notes and Report: a module runs
// without its debug information.
func Open(m *wasm.Module, f Finder) *Input { return OpenText(m, f, NoText) }

// Text says whether the module's own text is a source, each instruction a statement: for a
// debugger. That costs speed, since a stop site stands before each instruction, and time.
type Text uint8

const (
	// NoText leaves functions without a source.
	NoText Text = iota
	// TextAlone makes the text the source of a module without DWARF, but for what a source map has
	// lines for.
	TextAlone
	// TextFills makes the text the source of all functions that nothing else has lines for. The
	// debugger must know that they are not what a step in the program's source means to enter.
	TextFills
)

// OpenText does what Open does, and makes the module's own text a source.
func OpenText(m *wasm.Module, f Finder, text Text) *Input {
	if f == nil {
		f = noFiles{}
	}
	in := &Input{Module: m, Sections: sectionsOf(m.Customs, "")}
	if len(in.Sections.Info) == 0 {
		in.openExternal(f)
	}
	if len(in.Sections.Info) == 0 {
		in.openSourceMap(f, text != NoText)
	}
	in.Data, in.damaged = info.New(in.Sections)
	if !in.Synthetic {
		in.mend()
	}
	in.openSplit(f)
	if text == TextFills && !in.Synthetic && len(in.Sections.Info) > 0 {
		in.addText()
	}
	return in
}

// addText makes the module's own text the source of the functions that have no lines.
func (in *Input) addText() {
	lines := in.lines()
	bodies := lines.withoutLines(in.Module)
	if len(bodies) == 0 {
		return
	}
	in.inText = make([]bool, len(lines.owners))
	for _, i := range bodies {
		in.inText[i] = true
	}
	in.text, in.textName = synthesiseText(in.Module, bodies)
	units, err := in.Data.Add(in.text)
	if err != nil {
		panic("debuginfo: text: the units of " + in.textName + ": " + err.Error())
	}
	lines.fill(in.Module, units)
}

// Notes tells a user, in a line each, what of the debug information is missing.
func (in *Input) Notes() []string { return in.notes }

// all are the sections of DWARF that the input consists of, once each.
func (in *Input) all() []*dwarf.Sections {
	list := []*dwarf.Sections{in.Sections}
	for _, u := range in.Data.Units {
		if s := u.Sections(); s != list[len(list)-1] && s != &in.Data.Sections {
			list = append(list, s)
		}
	}
	return list
}

// NamesOperands tells whether the debug information of a body, m.Code[i], may say that a variable is
// on the operand stack (DW_OP_WASM_location, kind 2); if not, nobody asks where that is. rustc's
// debug builds never say so.
func (in *Input) NamesOperands() func(i int) bool {
	if in.namesOperands() {
		return func(int) bool { return true }
	}
	return func(i int) bool { return in.inText != nil && in.inText[i] }
}

func (in *Input) namesOperands() bool {
	pattern := []byte{byte(dwarf.OpWASMLocation), 2}
	for _, s := range in.all() {
		if s == in.text {
			continue
		}
		for _, section := range [][]byte{s.Info, s.Types, s.Loc, s.Loclists} {
			if bytes.Contains(section, pattern) {
				return true
			}
		}
	}
	return false
}

// noFiles is a Finder for modules that stand alone.
type noFiles struct{}

func (noFiles) Find(*Companion) ([]byte, string, error) {
	return nil, "", &NotFoundError{Why: "files beside the module are not read here"}
}

// dwo is what the names of the sections of split DWARF end in.
const dwo = ".dwo"

// sectionsOf collects the sections of DWARF whose names end in the suffix. Those of split DWARF
// in a linked module are of no use: the linker joined those of many files.
func sectionsOf(customs []wasm.Custom, suffix string) *dwarf.Sections {
	s := &dwarf.Sections{}
	for i := range customs {
		c := &customs[i]
		name := c.Name
		if !strings.HasPrefix(name, ".debug_") {
			continue
		}
		index := name == ".debug_cu_index" || name == ".debug_tu_index" // of packages, have no suffix
		if !index {
			var ok bool
			if name, ok = strings.CutSuffix(name, suffix); !ok || strings.HasSuffix(name, dwo) {
				continue
			}
		}
		s.Set(name, c.Data)
	}
	return s
}

// openExternal reads the debug information of a stripped module from the file that it names, or
// that has its build id.
func (in *Input) openExternal(f Finder) {
	name, id := external(in.Module), buildID(in.Module.Customs)
	var s *dwarf.Sections
	accept := func(b []byte) error {
		var err error
		s, err = in.externalSections(b, id)
		return err
	}
	var missing error
	if name != "" {
		_, path, err := f.Find(&Companion{Kind: External, Name: name, BuildID: id, Accept: accept})
		if err == nil {
			in.Sections, in.From = s, path
			return
		}
		missing = err
	}
	if len(id) > 0 {
		_, path, err := f.Find(&Companion{Kind: ByBuildID, BuildID: id, Accept: accept})
		if err == nil {
			in.Sections, in.From = s, path
			return
		}
	}
	if missing != nil {
		in.note("the module's debug information is in a file of its own, %s, which is not there: %v", quoted(name), missing)
	}
}

var (
	errOtherBuild = errors.New("it belongs to another build of the module")
	errNoDWARF    = errors.New("there is no DWARF in it")
)

// externalSections reads the DWARF from the contents of a file that may be the module before
// it was stripped.
func (in *Input) externalSections(b []byte, id []byte) (*dwarf.Sections, error) {
	customs, code, err := wasm.CustomSections(b)
	if err != nil {
		return nil, err
	}
	s := sectionsOf(customs, "")
	if len(s.Info) == 0 {
		return nil, errNoDWARF
	}
	other := buildID(customs)
	if len(id) > 0 && len(other) > 0 {
		if !bytes.Equal(id, other) {
			return nil, errOtherBuild
		}
		return s, nil
	}
	// Files with nothing but debug information have no code.
	m := in.Module
	own := m.Bytes[m.CodeSection : uint64(m.CodeSection)+uint64(m.CodeSize)]
	if code != nil && !bytes.Equal(code, own) {
		return nil, errOtherBuild
	}
	return s, nil
}

// openSourceMap makes DWARF for a module that has none, from its source map if there is one.
func (in *Input) openSourceMap(f Finder, text bool) {
	var data []byte
	if url := sourceMappingURL(in.Module); url != "" {
		b, path, err := f.Find(&Companion{Kind: SourceMap, Name: url})
		if err == nil {
			data, in.From = b, path
		} else {
			in.note("the module's source map, %s, is not there: %v", quoted(url), err)
		}
	}
	s, notes := synthesise(in.Module, data, text)
	in.notes = append(in.notes, notes...)
	if s != nil {
		in.Sections, in.Synthetic = s, true
	}
}

// report tells what of the input is missing or damaged.
func (in *Input) report(r *Report) {
	r.Absent = len(in.Sections.Info) == 0
	r.notes = in.notes
	var damaged info.Damaged
	if errors.As(in.damaged, &damaged) {
		for _, err := range damaged {
			var at *dwarf.Error
			if errors.As(err, &at) {
				r.lost("unit", at.Err.Error(), at.Section, at.Offset)
			}
		}
	}
	for _, err := range in.mended {
		var at *dwarf.Error
		if errors.As(err, &at) {
			r.lost("length of a unit", at.Err.Error(), at.Section, at.Offset)
		}
	}
	for _, l := range in.losses {
		r.lost(l.what, l.why, l.file, 0)
	}
}

func (in *Input) note(format string, args ...any) {
	in.notes = append(in.notes, fmt.Sprintf(format, args...))
}

// lost counts a part of a companion that could not be read.
func (in *Input) lost(what string, err error, file string) {
	in.losses = append(in.losses, inputLoss{what, reason(err), file})
}

// external is the name of the file that has the module's debug information, if a stripping
// tool left one (tool-conventions, "External DWARF").
func external(m *wasm.Module) string { return lengthThenText(m, "external_debug_info") }

// sourceMappingURL is the name of the module's source map (tool-conventions, "Source maps").
func sourceMappingURL(m *wasm.Module) string { return lengthThenText(m, "sourceMappingURL") }

func lengthThenText(m *wasm.Module, section string) string {
	c := dwarf.NewCursor(section, m.Custom(section), 0)
	return string(c.Bytes(c.ULEB()))
}

// buildID is the number that tells one build of a module from another (tool-conventions, "Build
// ID").
func buildID(customs []wasm.Custom) []byte {
	for i := range customs {
		if customs[i].Name == "build_id" {
			c := dwarf.NewCursor("build_id", customs[i].Data, 0)
			return c.Bytes(c.ULEB())
		}
	}
	return nil
}
