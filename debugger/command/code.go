package command

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"sphex/aot/abi"
	"sphex/debugger"
)

// runDisassemble shows machine code: of the selected frame's function, or of the one at a location. /s (or /m) puts the source
// lines between, /r is for the bytes, which are always there.
func runDisassemble(in *Interp, c *call) error {
	letters, args := c.format, c.args
	for strings.HasPrefix(args, "/") {
		first, rest, _ := strings.Cut(args, " ")
		letters, args = letters+first[1:], strings.TrimSpace(rest)
	}
	if bad := strings.Trim(letters, "smrb"); bad != "" {
		return fmt.Errorf("unknown format /%s: disassemble knows /s, source lines between", bad)
	}
	source := strings.ContainsAny(letters, "sm")
	f, err := flagsOfDisassemble(&args, &source)
	if err != nil {
		return err
	}
	var at abi.TextOffset
	if args == "" {
		f, err := in.frame()
		if err != nil {
			return explain(err)
		}
		if f.Host {
			return fmt.Errorf("frame %d is the host's", in.Level)
		}
		at = f.PC
	} else {
		spec, err := in.location(args)
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
	if f["p"] != "" || f["c"] != "" { // -p: around the program counter; -c: so many
		insts = around(insts, at, f)
	}
	for _, x := range insts {
		if x.Line > 0 {
			in.printf("%s:%d%s\n", path.Base(x.File), x.Line, in.sourceLine(source, x.File, x.Line))
		}
		in.printInstruction(&x, x.Text == at && args == "")
	}
	return nil
}

// flagsOfDisassemble understands lldb's flags.
func flagsOfDisassemble(args *string, source *bool) (map[string]string, error) {
	if !strings.HasPrefix(*args, "-") {
		return nil, nil
	}
	text := " " + *args + " "
	text = strings.Replace(text, " -p ", " --pc=1 ", 1)
	f, rest, err := flags(text, "f|frame n|name= m|mixed p|pc= a|address= s|start-address= e|end-address= c|count= b|bytes l|line r|raw F|flavor=")
	if err != nil {
		return nil, err
	}
	*args = rest
	if f["n"] != "" {
		*args = f["n"]
	}
	if a := f["a"] + f["s"]; a != "" {
		*args = "*text:" + a
	}
	if _, mixed := f["m"]; mixed {
		*source = true
	}
	return f, nil
}

// around cuts a few instructions out, from at on.
func around(insts []debugger.Instruction, at abi.TextOffset, f map[string]string) []debugger.Instruction {
	count := 8
	if n, err := strconv.Atoi(f["c"]); err == nil && n > 0 {
		count = n
	}
	from := 0
	for from < len(insts)-1 && insts[from].Text < at {
		from++
	}
	return insts[from:min(from+count, len(insts))]
}

// sourceLine is the text of a line, to stand behind its number.
func (in *Interp) sourceLine(wanted bool, file string, line int) string {
	if !wanted {
		return ""
	}
	lines, first, total, err := in.Session.SourcePart(file, line, line)
	if err != nil || line > total || line < first || line-first >= len(lines) {
		return ""
	}
	if in.Paint != nil {
		lines = in.Paint(file, lines)
	}
	return "  " + strings.TrimRight(lines[line-first], " \t")
}

func (in *Interp) printInstruction(x *debugger.Instruction, current bool) {
	mark := "  "
	if current {
		mark = in.paint(StyleCurrent, "=>")
	}
	in.printf("%s %06x  %-24x  %s\n", mark, uint32(x.Text), x.Bytes, x.Asm)
}

// examineCode is x/i: instructions from an address of the native code on.
func (in *Interp) examineCode(text string, count int) error {
	if text == "" {
		text = "$pc"
	}
	if !strings.HasPrefix(text, "*") && (strings.HasPrefix(text, "$") || strings.Trim(text, "0123456789abcdefABCDEFx") == "") {
		if text != "$pc" && text != "$rip" {
			text = "text:" + text
		} else {
			text = "$pc"
		}
		text = "*" + text
	}
	spec, err := in.location(text)
	if err != nil {
		return err
	}
	places, msg := in.Session.FindPlaces(spec)
	if len(places) == 0 {
		return fmt.Errorf("%s", msg)
	}
	at := places[0].Text
	insts, err := in.Session.DisassembleFunction(at)
	if err != nil {
		return err
	}
	f, _ := in.frame()
	for _, x := range around(insts, at, map[string]string{"c": strconv.Itoa(count)}) {
		in.printInstruction(&x, f != nil && x.Text == f.PC)
	}
	return nil
}
