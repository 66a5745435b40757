package command

import (
	"fmt"
	"path"
	"sort"
	"strings"

	"sphex/aot/abi"
)

// list prints lines from to to of a file, with the line current marked.
func (in *Interp) list(file string, from, to, current int) error {
	lines, err := in.Session.Source(file)
	if err != nil {
		return err
	}
	from, to = max(from, 1), min(to, len(lines))
	if from > len(lines) {
		return fmt.Errorf("%s has %d lines", path.Base(file), len(lines))
	}
	shown := lines[from-1 : to]
	if in.Paint != nil {
		shown = in.Paint(file, shown)
	}
	for i, l := range shown {
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
		if err != nil {
			return explain(err)
		}
		if !f.HasSource() {
			return fmt.Errorf("frame %d has no source: %s", in.Level, where(f))
		}
		return in.list(f.File, f.Line-5, f.Line+5, f.Line)
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

// currentLine is the selected frame's line if it is in file, else 0.
func (in *Interp) currentLine(file string) int {
	if f, err := in.frame(); err == nil && f.File == file {
		return f.Line
	}
	return 0
}

func runSources(in *Interp, c *call) error {
	files := append([]string(nil), in.Session.Files()...)
	sort.Strings(files)
	for _, f := range files {
		if strings.Contains(f, c.args) {
			in.printf("%s\n", f)
		}
	}
	return nil
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
