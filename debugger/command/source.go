package command

import (
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"

	"sphex/aot/abi"
	"sphex/debugger"
)

// list prints lines from to to of a file, with the line current marked.
func (in *Interp) list(file string, from, to, current int) error {
	lines, first, total, err := in.Session.SourcePart(file, from, to)
	if err != nil {
		return err
	}
	from, to = max(from, 1), min(to, total)
	if from > total {
		return fmt.Errorf("%s has %d lines", path.Base(file), total)
	}
	if in.Paint != nil {
		lines = in.Paint(file, lines)
	}
	for i, l := range lines[from-first : to+1-first] {
		mark := "  "
		if from+i == current {
			mark = "=>"
		}
		in.printf("%s%s\n", mark, strings.TrimRight(fmt.Sprintf("%5d: %s", from+i, l), " \t"))
	}
	in.listFile, in.listNext = file, to+1
	return nil
}

func runList(in *Interp, c *call) error {
	if c.args == "" && in.listed && in.listFile != "" {
		return in.list(in.listFile, in.listNext, in.listNext+9, in.currentLine(in.listFile))
	}
	in.listed = true
	if c.args == "" {
		f, err := in.frame()
		if err != nil { // it does not run: show what will
			if p, ok := in.mainPlace(); ok {
				return in.list(p.File, p.Line-5, p.Line+5, 0)
			}
			return explain(err)
		}
		if file, line, ok := in.frameText(f); ok {
			return in.list(file, line-5, line+5, line)
		}
		if !f.HasSource() {
			return fmt.Errorf("frame %d has no source (%s); disassemble shows its code", in.Level, where(f))
		}
		if err := in.list(f.File, f.Line-5, f.Line+5, f.Line); err != nil {
			return in.noSource(f.File)
		}
		return nil
	}
	if from, to, ok := cutRange(c.args); ok {
		if from < 1 || to < from {
			return fmt.Errorf("there are no lines %d to %d", from, to)
		}
		file, err := in.defaultFile()
		if err != nil {
			return err
		}
		return in.list(file, from, to, in.currentLine(file))
	}
	spec, err := in.location(c.args)
	if err != nil {
		return err
	}
	places, msg := in.Session.FindPlaces(spec)
	file, line := spec.File, spec.Line
	if len(places) > 0 {
		file = places[0].File
		if line == 0 {
			line = places[0].Line
		}
	}
	if file == "" {
		return fmt.Errorf("%s", msg)
	}
	return in.list(file, line-5, line+5, in.currentLine(file))
}

// noSource says that a file is not on this machine, and what can be done about it.
func (in *Interp) noSource(file string) error {
	mapped, _ := in.Session.SourcePath(file)
	return fmt.Errorf("the source %s is not here: --map FROM=TO names where it is; disassemble shows the code", debugger.BriefPath(mapped))
}

// cutRange reads FROM,TO.
func cutRange(text string) (from, to int, ok bool) {
	a, b, ok := strings.Cut(text, ",")
	if !ok {
		return 0, 0, false
	}
	from, err1 := strconv.Atoi(strings.TrimSpace(a))
	to, err2 := strconv.Atoi(strings.TrimSpace(b))
	return from, to, err1 == nil && err2 == nil
}

// mainPlace is where the program's own code begins.
func (in *Interp) mainPlace() (debugger.BreakPlace, bool) {
	for _, name := range []string{"main", "_start"} {
		places, _ := in.Session.FindPlaces(debugger.BreakpointSpec{Function: name})
		for _, p := range places {
			if p.Line > 0 && in.Session.HasSource(p.File) {
				return p, true
			}
		}
	}
	return debugger.BreakPlace{}, false
}

// defaultFile is the file that a line alone means: the selected frame's, the last one
// listed, or main's.
func (in *Interp) defaultFile() (string, error) {
	f, err := in.frame()
	switch {
	case err == nil && f.HasSource():
		return f.File, nil
	case in.listFile != "":
		return in.listFile, nil
	}
	if p, ok := in.mainPlace(); ok {
		return p.File, nil
	}
	if err != nil {
		return "", fmt.Errorf("in which file? use FILE:LINE (%w)", err)
	}
	return "", fmt.Errorf("frame %d has no source; use FILE:LINE", in.Level)
}

// currentLine is the selected frame's line if it is in file, else 0.
func (in *Interp) currentLine(file string) int {
	if f, err := in.frame(); err == nil && f.File == file {
		return f.Line
	}
	return 0
}

func runSources(in *Interp, c *call) error {
	files := in.sourceFiles()
	sort.Strings(files)
	shown := 0
	for _, f := range files {
		if strings.Contains(f, c.args) {
			in.printf("%s\n", f)
			shown++
		}
	}
	if shown == 0 {
		return fmt.Errorf("no source file's name contains %q", c.args)
	}
	return nil
}

// sourceFiles lists the files of the line tables. Rust names its compile units there too:
// main.rs/@/main.c90c65e954db9b8c-cgu.0.
func (in *Interp) sourceFiles() []string {
	var out []string
	for _, f := range in.Session.Files() {
		if !strings.Contains(f, "/@/") {
			out = append(out, f)
		}
	}
	return out
}

func runFuncs(in *Interp, c *call) error {
	names := in.Session.FunctionNames(c.args)
	for _, n := range names {
		in.printf("%s\n", n)
	}
	if len(names) == 0 {
		return fmt.Errorf("no function's name contains %q", c.args)
	}
	return nil
}

func runDisassemble(in *Interp, c *call) error {
	var at abi.TextOffset
	if c.args == "" {
		f, err := in.frame()
		if err != nil {
			return explain(err)
		}
		if f.Host {
			return fmt.Errorf("frame %d is the host's", in.Level)
		}
		at = f.PC
	} else {
		spec, err := in.location(c.args)
		if err != nil {
			return err
		}
		places, msg := in.Session.FindPlaces(spec)
		if len(places) == 0 {
			return fmt.Errorf("%s", msg)
		}
		at = places[0].Text
	}
	insts, err := in.Session.DisassembleFunction(at)
	if err != nil {
		return err
	}
	if len(insts) > 0 && insts[0].Func != "" {
		in.printf("%s:\n", insts[0].Func)
	}
	for _, x := range insts {
		if x.Line > 0 {
			in.printf("%s:%d\n", path.Base(x.File), x.Line)
		}
		mark := "  "
		if x.Text == at && c.args == "" {
			mark = "=>"
		}
		in.printf("%s %06x  %-24x  %s\n", mark, uint32(x.Text), x.Bytes, x.Asm)
	}
	return nil
}
