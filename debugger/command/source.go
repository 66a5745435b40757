package command

import (
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"

	"sphex/debugger"
)

// mostListed is how many lines list shows at once.
const mostListed = 1000

// list prints lines from to to of a file, with the line current marked.
func (in *Interp) list(file string, from, to, current int) error {
	end := to
	to = min(to, max(from, 1)+mostListed-1)
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
			mark = in.paint(StyleCurrent, "=>")
		}
		in.printf("%s%s\n", mark, strings.TrimRight(fmt.Sprintf("%5d: %s", from+i, l), " \t"))
	}
	in.listFile, in.listFirst, in.listNext = file, from, to+1
	if rest := min(end, total) - to; rest > 0 {
		in.printf("  … %d more; list goes on\n", rest)
	}
	return nil
}

// runList shows source: around the selected frame, around a location, from one to another, or on from where it
// ended; list - goes back.
func runList(in *Interp, c *call) error {
	before, behind := in.contextLines()
	lines := before + behind
	shown := in.listed && in.listFile != ""
	switch {
	case c.args == "" && shown, c.args == "+" && in.listFile != "":
		return in.list(in.listFile, in.listNext, in.listNext+lines-1, in.currentLine(in.listFile))
	case c.args == "-" && in.listFile != "":
		in.listed = true
		if in.listFirst <= 1 {
			return fmt.Errorf("%s begins with line 1", path.Base(in.listFile))
		}
		return in.list(in.listFile, in.listFirst-lines, in.listFirst-1, in.currentLine(in.listFile))
	}
	in.listed = true
	if c.args == "" || c.args == "." || c.args == "-" || c.args == "+" {
		f, err := in.frame()
		if err != nil { // it does not run: show what will
			if p, ok := in.mainPlace(); ok {
				return in.list(p.File, p.Line-before, p.Line+behind, 0)
			}
			return explain(err)
		}
		if file, line, ok := in.frameText(f); ok {
			return in.list(file, line-before, line+behind, line)
		}
		if !f.HasSource() {
			return fmt.Errorf("frame %d has no source (%s); disassemble shows its code", in.Level, where(f))
		}
		if err := in.list(f.File, f.Line-before, f.Line+behind, f.Line); err != nil {
			return in.noSource(f.File)
		}
		return nil
	}
	// A comma may be part of a function's name, as in HashMap<K, V>::new; behind one of a range there is a line, or nothing.
	if i := strings.LastIndexByte(c.args, ','); i >= 0 {
		first, last := strings.TrimSpace(c.args[:i]), strings.TrimSpace(c.args[i+1:])
		if _, _, _, ok := debugger.CutPosition(last); ok || last == "" || strings.Trim(last, "+0123456789") == "" {
			return in.listRange(first, last, lines)
		}
	}
	file, line, err := in.placeToList(c.args)
	if err != nil {
		return err
	}
	return in.list(file, line-before, line+behind, in.currentLine(file))
}

// listRange lists FROM,TO: either may be left out, and then there are so many lines.
func (in *Interp) listRange(first, last string, lines int) error {
	if first == "" && last == "" {
		return fmt.Errorf("list FROM,TO needs one of the two")
	}
	var file string
	from, to := 0, 0
	var err error
	if first != "" {
		if file, from, err = in.placeToList(first); err != nil {
			return err
		}
		to = from + lines - 1
	}
	switch n, failed := strconv.Atoi(strings.TrimPrefix(last, "+")); {
	case last == "":
	case failed == nil && last[0] == '+':
		to = from + n
	case failed == nil:
		to = n
	default:
		var other string
		if other, to, err = in.placeToList(last); err != nil {
			return err
		}
		if file != "" && file != other {
			return fmt.Errorf("%s and %s are in two files", first, last)
		}
		file = other
	}
	if first == "" {
		from = max(to-lines+1, 1)
	}
	if file == "" {
		if file, err = in.defaultFile(); err != nil {
			return err
		}
	}
	if from < 1 || to < from {
		return fmt.Errorf("there are no lines %d to %d", from, to)
	}
	return in.list(file, from, to, in.currentLine(file))
}

// placeToList finds the line that a location means, whether it has code or not.
func (in *Interp) placeToList(text string) (file string, line int, err error) {
	spec, err := in.location(text)
	if err != nil {
		return "", 0, err
	}
	places, msg := in.Session.FindPlaces(spec)
	file, line = spec.File, spec.Line
	if len(places) > 0 {
		file = places[0].File
		if line == 0 {
			line = places[0].Line
		}
	}
	if file == "" {
		if msg == "" {
			msg = text + " has no source"
		}
		return "", 0, fmt.Errorf("%s", msg)
	}
	return file, line, nil
}

// noSource says that a file is not on this machine, and what can be done about it.
func (in *Interp) noSource(file string) error {
	mapped, _ := in.Session.SourcePath(file)
	return fmt.Errorf("the source %s is not here: --map FROM=TO names where it is; disassemble shows the code", debugger.BriefPath(mapped))
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

// Listed tells what list has shown last: a file and its first line there.
func (in *Interp) Listed() (file string, first int) { return in.listFile, in.listFirst }

// MainPlace is where the program's own code begins, "" if that is not known or its source is not here.
func (in *Interp) MainPlace() (file string, line int) {
	p, ok := in.mainPlace()
	if !ok {
		return "", 0
	}
	return p.File, p.Line
}
