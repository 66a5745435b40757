package command

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"sphex/debugger"
)

// shownFrames is how many frames stack prints of a deep stack.
const shownFrames = 50

func runStack(in *Interp, c *call) error {
	count, fold := shownFrames, true
	if n, err := strconv.Atoi(c.args); err == nil && n < 0 {
		return outerStack(in, -n)
	}
	switch arg := strings.TrimPrefix(c.args, "-"); {
	case arg == "fold":
		return foldedStack(in)
	case arg == "all" || arg == "full":
		count, fold = math.MaxInt32, false
	case arg != "":
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no count; stack all prints every frame", c.args)
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
	}
	if to < len(fs) {
		in.printf("    (%d frames below main; stack all shows them)\n", len(fs)-to)
	}
	if more {
		in.printf("    (more frames: stack %d)\n", 2*count)
	}
	return nil
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
	level := in.Level
	if c.args != "" {
		n, err := strconv.Atoi(c.args)
		if err != nil || n < 0 {
			return fmt.Errorf("%q is no frame's number", c.args)
		}
		level = n
	}
	return in.selectFrame(level)
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
