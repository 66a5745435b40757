package command

import (
	"fmt"
	"strconv"

	"sphex/debugger"
)

func runStack(in *Interp, c *call) error {
	count := 50
	if c.args != "" {
		n, err := strconv.Atoi(c.args)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no count", c.args)
		}
		count = n
	}
	fs, more, err := in.Session.Frames(0, count)
	if err != nil {
		return explain(err)
	}
	for _, f := range fs {
		mark := " "
		if f.Level == in.Level {
			mark = "*"
		}
		in.printf("%s", mark)
		debugger.WriteBacktrace(in.Out, []*debugger.Frame{f})
	}
	if more {
		in.printf("(more frames: stack %d)\n", 2*count)
	}
	return nil
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
	in.printf("Frame %d\n", level)
	in.showFrame(fs[0], "")
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
			n = v
		}
		level := in.Level + n*direction
		if level < 0 {
			if in.Level == 0 {
				return fmt.Errorf("frame 0 is the innermost")
			}
			level = 0
		}
		if err := in.selectFrame(level); err != nil {
			if direction > 0 {
				return fmt.Errorf("frame %d is the outermost", in.Level)
			}
			return err
		}
		return nil
	}
}
