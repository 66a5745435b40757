package command

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sphex/debugger"
)

// shownFrames is how many frames stack prints of a deep stack.
func (in *Interp) shownFrames() int {
	if in.options.frames > 0 {
		return in.options.frames
	}
	return defaultFrames
}

// runStack prints the stack; gdb's full prints the variables of each frame, too.
func runStack(in *Interp, c *call) error {
	count, fold, full := in.shownFrames(), true, false
	args := c.args
	for _, word := range []string{"full", "-full"} {
		if rest, ok := strings.CutPrefix(args, word); ok && (rest == "" || rest[0] == ' ') {
			args, full = strings.TrimSpace(rest), true
		}
	}
	if n, err := strconv.Atoi(args); err == nil && n < 0 {
		return outerStack(in, -n)
	}
	switch arg := strings.TrimPrefix(args, "-"); {
	case arg == "fold":
		return foldedStack(in)
	case arg == "all":
		count, fold = math.MaxInt32, false
	case arg != "":
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no count; stack all prints every frame", args)
		}
		count, fold = n, false
	}
	fs, more, err := in.Session.Frames(0, count)
	if err != nil {
		return explain(err)
	}
	from, to := 0, len(fs)
	if fold {
		from, to = in.folded(fs, more)
	}
	if from > 0 {
		in.printf("    (%d frames of panic machinery, from %s)\n", from, debugger.BriefName(fs[0].Function))
	}
	for _, f := range fs[from:to] {
		mark := " "
		if f.Level == in.Level {
			mark = "*"
		}
		in.printf("%s#%d %s\n", mark, f.Level, f.Brief())
		if full {
			in.frameVariables(f)
		}
	}
	if to < len(fs) {
		in.printf("    (%d frames below main; stack all shows them)\n", len(fs)-to)
	}
	if more {
		in.printf("    (more frames: stack %d)\n", 2*count)
	}
	return nil
}

// frameVariables prints the variables of a frame, indented.
func (in *Interp) frameVariables(f *debugger.Frame) {
	if f.Host || !f.HasSource() {
		return
	}
	args, _ := in.Session.Arguments(f.Level)
	locals, _ := in.Session.Locals(f.Level) // a frame without any is no error
	for _, v := range append(args, locals...) {
		in.printf("      ")
		in.printVariable(v)
	}
}

// outerStack prints the outermost frames.
func outerStack(in *Interp, n int) error {
	fs, err := in.Session.OuterFrames(n)
	if err != nil {
		return explain(err)
	}
	if len(fs) > 0 && fs[0].Level > 0 {
		in.printf("    (%s inside of these)\n", plural(fs[0].Level, "frame"))
	}
	for _, f := range fs {
		in.printf(" #%d %s\n", f.Level, f.Brief())
	}
	return nil
}

// longestCycle is how many functions may take turns in a recursion that is folded.
const longestCycle = 8

// foldedStack prints the whole stack, but of frames that repeat only the first.
func foldedStack(in *Interp) error {
	fs, _, err := in.Session.Frames(0, math.MaxInt32)
	if err != nil {
		return explain(err)
	}
	same := func(a, b *debugger.Frame) bool { return a.Function == b.Function && a.Lookup == b.Lookup }
	for i := 0; i < len(fs); {
		in.printf(" #%d %s\n", fs[i].Level, fs[i].Brief())
		i++
		for cycle := 1; cycle <= longestCycle && cycle <= i; cycle++ {
			n := 0
			for i+n < len(fs) && same(fs[i+n], fs[i+n-cycle]) {
				n++
			}
			if n -= n % cycle; n < 2*cycle {
				continue
			}
			what := debugger.BriefName(fs[i].Function)
			if cycle > 1 {
				what = plural(cycle, "frame") + " in turns"
			}
			in.printf("    … %d more of %s …\n", n, what)
			i += n
			break
		}
	}
	return nil
}

// folded gives which frames to print: without the machinery of a panic above and a runtime's
// start below, unless the selected frame is among them.
func (in *Interp) folded(fs []*debugger.Frame, more bool) (from, to int) {
	to = len(fs)
	for from < len(fs) && fs[from].Machinery {
		from++
	}
	if from < 2 || in.Level < from {
		from = 0
	}
	if more {
		return from, to
	}
	for to > from+1 && fs[to-1].IsStart() {
		to--
	}
	if to > len(fs)-2 || in.Level >= to {
		to = len(fs)
	}
	return from, to
}

func runFrame(in *Interp, c *call) error {
	first, rest, _ := strings.Cut(c.args, " ")
	switch n, err := strconv.Atoi(first); {
	case first == "":
		return in.selectFrame(in.Level)
	case err == nil && n < 0:
		return fmt.Errorf("%q is no frame's number", c.args)
	case err == nil && rest != "": // Delve's: a command in another frame
		old := in.Level
		if _, _, err := in.Session.Frames(n, 1); err != nil {
			return explain(err)
		}
		in.Level = n
		defer func() { in.Level = old }()
		return in.Execute(rest)
	case err == nil:
		return in.selectFrame(n)
	case first == "function", first == "level":
		return runFrame(in, &call{args: strings.TrimSpace(rest)})
	case first == "apply":
		return in.applyToFrames(strings.TrimSpace(rest))
	}
	fs, _, err := in.Session.Frames(0, in.shownFrames())
	if err != nil {
		return explain(err)
	}
	for _, f := range fs {
		if f.Short == c.args || f.Function == c.args || strings.HasSuffix(f.Function, "::"+c.args) {
			return in.selectFrame(f.Level)
		}
	}
	return fmt.Errorf("%q is no frame's number, and no function of the stack", c.args)
}

// applyToFrames runs a command in each frame: frame apply all COMMAND, frame apply COUNT COMMAND.
func (in *Interp) applyToFrames(text string) error {
	what, line, _ := strings.Cut(text, " ")
	count := in.shownFrames()
	if n, err := strconv.Atoi(what); err == nil && n > 0 {
		count = n
	} else if what != "all" {
		return fmt.Errorf("frame apply needs all or a count, and a command")
	}
	line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "-q"))
	fs, _, err := in.Session.Frames(0, count)
	if err != nil {
		return explain(err)
	}
	old := in.Level
	defer func() { in.Level = old }()
	for _, f := range fs {
		in.printf("#%d %s\n", f.Level, f.Brief())
		in.Level = f.Level
		if err := in.Execute(line); err != nil {
			in.printf("%v\n", err) // another frame may have it
		}
	}
	return nil
}

func (in *Interp) selectFrame(level int) error {
	fs, _, err := in.Session.Frames(level, 1)
	if err != nil {
		return explain(err)
	}
	if len(fs) == 0 {
		return fmt.Errorf("there is no frame %d", level)
	}
	in.Level = level
	in.showFrame(fs[0], fmt.Sprintf("frame %d", level))
	return nil
}

func mover(direction int) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		n := 1
		if c.args != "" {
			v, err := strconv.Atoi(c.args)
			if err != nil || v < 1 {
				return fmt.Errorf("%q is no count", c.args)
			}
			n = min(v, math.MaxInt32)
		}
		fs, _, err := in.Session.Frames(0, max(in.Level+n*direction, 0)+1)
		if err != nil {
			return explain(err)
		}
		// Further than the last frame is the last frame.
		level := min(max(in.Level+n*direction, 0), len(fs)-1)
		switch {
		case level != in.Level:
			return in.selectFrame(level)
		case direction < 0:
			return fmt.Errorf("frame %d is the innermost", level)
		}
		return fmt.Errorf("frame %d is the outermost", level)
	}
}
