package command

import (
	"fmt"
	"strings"
)

// runModules lists what is loaded: the program, and that there is no more.
func runModules(in *Interp, _ *call) error {
	in.printf("%s\n", in.Session.Program())
	what := "no debug information"
	if in.Session.HasDebugInfo() {
		what = fmt.Sprintf("debug information of %s", plural(len(in.sourceFiles()), "source file"))
	}
	in.printf("  %s\n", what)
	if size, err := in.Session.MemorySize(); err == nil {
		in.printf("  %d KiB of linear memory\n", size>>10)
	}
	return nil
}

// infoSymbol tells what stands at an instruction, or where the address of a variable is.
func infoSymbol(in *Interp, c *call) error {
	text := c.args
	if text == "" {
		return fmt.Errorf("the symbol of which address? *OFFSET, *file:OFFSET, *text:OFFSET or $pc")
	}
	if !strings.HasPrefix(text, "*") {
		text = "*" + text
	}
	return runInfoLine(in, &call{args: text})
}

// infoAddress tells where a variable or a function is.
func infoAddress(in *Interp, c *call) error {
	if c.args == "" {
		return fmt.Errorf("the address of what?")
	}
	if v, err := in.Session.EvalPure(in.Level, c.args); err == nil && v.Place() != "" {
		in.printf("%s: %d bytes in %s\n", c.args, v.Size(), v.Place())
		return nil
	}
	return runInfoLine(in, c)
}

// infoSource tells about the source of the selected frame.
func infoSource(in *Interp, _ *call) error {
	f, err := in.frame()
	if err != nil {
		return explain(err)
	}
	if !f.HasSource() {
		return fmt.Errorf("frame %d has no source", in.Level)
	}
	in.printf("%s\n", f.File)
	if path, ok := in.Session.SourcePath(f.File); ok {
		in.printf("  read from %s\n", path)
	} else {
		in.printf("  %v\n", in.noSource(f.File))
	}
	return nil
}

// infoScope lists what is visible at a location; only where the program stands do variables have a scope that can be asked.
func infoScope(in *Interp, c *call) error {
	if c.args == "" {
		return runVariables(in, c)
	}
	spec, err := in.location(c.args)
	if err != nil {
		return err
	}
	places, message := in.Session.FindPlaces(spec)
	if len(places) == 0 {
		return fmt.Errorf("%s", message)
	}
	f, err := in.frame()
	if err != nil || f.Function != places[0].Function {
		return fmt.Errorf("the scope of a place where the program does not stand is not known: info scope needs one of frame %d", in.Level)
	}
	return runVariables(in, &call{})
}

// mostTypes bounds the list of types.
const mostTypes = 500

// runTypes lists types by a part of their names.
func runTypes(in *Interp, c *call) error {
	names, more := in.Session.TypeNames(c.args, mostTypes)
	for _, n := range names {
		in.printf("%s\n", n)
	}
	if more {
		in.printf("… there are more: types PATTERN lists those whose name contains it\n")
	}
	if len(names) == 0 {
		return fmt.Errorf("no type's name contains %q", c.args)
	}
	return nil
}
