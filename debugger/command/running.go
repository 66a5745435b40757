package command

import (
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"sphex/debugger"
	"sphex/debugger/value"
)

// resume lets the program run and shows the stop.
func (in *Interp) resume(run func() (*debugger.Stop, error)) (*debugger.Stop, error) {
	var stop *debugger.Stop
	var err error
	if in.Resume != nil {
		stop, err = in.Resume(run)
	} else {
		stop, err = run()
	}
	in.Level, in.listed = 0, false
	in.stops++
	if err != nil || stop == nil {
		return nil, explain(err)
	}
	if _, silent := in.script(stop); !silent {
		in.ShowStop(stop)
	}
	if err := in.hookStop(stop); err != nil {
		return stop, err
	}
	return stop, in.attend(stop)
}

// hookStop runs what is to run at each stop, gdb's hook-stop.
func (in *Interp) hookStop(stop *debugger.Stop) error {
	hook := in.alias("hook-stop")
	if hook == nil || in.hooking || stop.Exited() {
		return nil
	}
	in.hooking = true
	defer func() { in.hooking = false }()
	return in.perform(hook, "", "")
}

// explain adds what to do about an error of state.
func explain(err error) error {
	if errors.Is(err, debugger.ErrExited) {
		return fmt.Errorf("%w; restart starts it again", err)
	}
	if errors.Is(err, debugger.ErrLoaded) {
		return fmt.Errorf("%w; continue or next starts it", err)
	}
	return err
}

func runContinue(in *Interp, c *call) error {
	if n, err := strconv.Atoi(c.args); err == nil && c.args[0] != '+' && c.args[0] != '-' {
		if err := in.passOver(n - 1); err != nil {
			return err
		}
	} else if c.args != "" {
		return runUntil(in, c)
	}
	_, err := in.resume(in.Session.Continue)
	return err
}

// passOver makes the breakpoints at which the program stands pass over so many more hits.
func (in *Interp) passOver(hits int) error {
	if hits == 0 {
		return nil
	}
	stop := in.Session.LastStop()
	if hits < 0 || stop == nil || len(stop.Breakpoints()) == 0 {
		return fmt.Errorf("a count is about the breakpoint at which the program stands; until LINE runs to a line")
	}
	for _, id := range stop.Breakpoints() {
		b, err := in.breakpoint(id)
		if err != nil {
			continue // it was for once
		}
		spec := b.BreakpointSpec
		spec.Ignore = hits
		if _, err := in.Session.ChangeBreakpoint(id, spec); err != nil {
			return err
		}
		in.printf("Breakpoint %d will pass over %s.\n", id, plural(hits, "hit"))
	}
	return nil
}

func runUntil(in *Interp, c *call) error {
	if c.args == "" {
		_, err := in.resume(in.Session.StepUntil)
		return err
	}
	spec, err := in.location(c.args)
	if err != nil {
		return err
	}
	_, err = in.resume(func() (*debugger.Stop, error) { return in.Session.ContinueTo(spec) })
	return err
}

// stepper runs a step command, COUNT times or until something else stops the program.
func stepper(kind string) func(*Interp, *call) error {
	return func(in *Interp, c *call) error {
		count := 1
		if c.args != "" {
			n, err := strconv.Atoi(c.args)
			if err != nil || n < 1 {
				return fmt.Errorf("%s: %q is no count", kind, c.args)
			}
			count = n
		}
		level := in.Level
		_, err := in.resume(func() (stop *debugger.Stop, err error) {
			switch {
			case kind == "next":
				return in.Session.StepMany(debugger.Over, count)
			case kind == "step":
				return in.Session.StepMany(debugger.Into, count)
			}
			for range count {
				switch kind {
				case "stepout":
					stop, err = in.Session.StepOut(level)
				case "step-instruction":
					stop, err = in.Session.StepInstruction(false)
				case "next-instruction":
					stop, err = in.Session.StepInstruction(true)
				}
				if err != nil || len(stop.Reasons) != 1 || !stop.Has(debugger.ReasonStep) && !stop.Has(debugger.ReasonEntry) {
					break
				}
			}
			return stop, err
		})
		return err
	}
}

func runRestart(in *Interp, c *call) error {
	args, err := splitArguments(c.args)
	if err != nil {
		return err
	}
	in.Level, in.listed = 0, false
	fresh := in.Session.State() == debugger.Loaded
	if !fresh || args != nil {
		if err := in.Session.Restart(args); err != nil {
			return err
		}
	}
	in.listFile = ""
	if c.name == "run" || c.name == "r" {
		_, err := in.resume(in.Session.Continue)
		return err
	}
	in.printf("The program stands before its start: continue or next runs it.\n")
	return nil
}

// runStart starts the program again and runs it to main.
func runStart(in *Interp, c *call) error {
	args, err := splitArguments(c.args)
	if err != nil {
		return err
	}
	spec := debugger.BreakpointSpec{Function: "main"}
	if places, message := in.Session.FindPlaces(spec); len(places) == 0 {
		return fmt.Errorf("%s; run starts the program", message)
	}
	if in.Session.State() != debugger.Loaded || args != nil {
		if err := in.Session.Restart(args); err != nil {
			return err
		}
	}
	_, err = in.resume(func() (*debugger.Stop, error) { return in.Session.ContinueTo(spec) })
	return err
}

func runKill(in *Interp, c *call) error {
	if in.Session.State() == debugger.Exited {
		return explain(debugger.ErrExited)
	}
	in.Session.Kill()
	in.printf("The program was ended; restart starts it again.\n")
	return nil
}

// ShowStop prints why and where the program stopped, with the source around.
func (in *Interp) ShowStop(stop *debugger.Stop) {
	if stop.Exited() {
		if stop.Err != nil {
			in.printf("The program ended: %v\n", stop.Err)
			return
		}
		in.printf("The program exited with status %d.\n", stop.ExitCode)
		if r := stop.Results(); len(r) > 0 {
			in.printf("It returned %s.\n", strings.Join(r, ", "))
		}
		return
	}
	in.switched(stop)
	for i := range stop.Reasons {
		switch r := &stop.Reasons[i]; r.Kind {
		case debugger.ReasonTrap:
			in.printf("The program cannot go on: %s\n", r.Text)
		case debugger.ReasonPanic:
			in.printf("The program gives up: %s\n", r.Text)
		case debugger.ReasonCatch:
			in.printf("Caught %v: %s\n", r.Catch, r.Text)
		case debugger.ReasonWatch, debugger.ReasonWatchEnd:
			in.showWatch(r)
		case debugger.ReasonBreakpoint:
			if r.Problem != nil {
				in.printf("Breakpoint %d: its condition failed: %v\n", r.Breakpoint, r.Problem)
			}
		}
	}
	f := stop.Frame
	if f == nil {
		in.printf("Stopped: %s\n", stop)
		return
	}
	why := in.reason(stop)
	if stop.Value != nil {
		in.printf("Value returned: %s\n", returned(stop.Value))
	}
	if stop.Has(debugger.ReasonTrap) || stop.Has(debugger.ReasonPause) || stop.Has(debugger.ReasonWatch) || stop.Event() != nil {
		if own := in.ownFrame(); own != nil && own.Level != f.Level {
			why += fmt.Sprintf(" in frame 0, %s; this is frame %d", debugger.BriefName(f.Function), own.Level)
			f = own
		}
	}
	in.Level = f.Level
	in.showFrame(f, why)
	in.showDisplays(false)
}

// returned renders what a function returned: u32 = 690.
func returned(v *value.Variable) string {
	if t := v.TypeName(false); t != "" {
		return t + " = " + v.String()
	}
	return v.String()
}

// ownFrames is how many frames are searched for one of the user's own.
const ownFrames = 64

// ownFrame finds the frame that a user wants to see where the program stopped in a library or in
// the host: the innermost one whose source is here. It is nil if there is none.
func (in *Interp) ownFrame() *debugger.Frame {
	fs, _, err := in.Session.Frames(0, ownFrames)
	if err != nil {
		return nil
	}
	for _, f := range fs {
		if f.HasSource() && !f.Machinery && in.Session.HasSource(f.File) {
			return f
		}
	}
	return nil
}

// reason renders the reasons of a stop that are worth a word.
func (in *Interp) reason(stop *debugger.Stop) string {
	var parts []string
	for i := range stop.Reasons {
		switch r := &stop.Reasons[i]; r.Kind {
		case debugger.ReasonBreakpoint:
			if b, err := in.breakpoint(r.Breakpoint); err != nil {
				parts = append(parts, fmt.Sprintf("breakpoint %d, once", r.Breakpoint))
			} else {
				parts = append(parts, fmt.Sprintf("breakpoint %d, hit %d", b.ID, b.Hits))
			}
		case debugger.ReasonStep:
			if r.Text != "" {
				parts = append(parts, r.Text)
			}
		case debugger.ReasonRestored:
			parts = append(parts, r.String())
		case debugger.ReasonWatch:
			if b, err := in.breakpoint(r.Breakpoint); err == nil {
				parts = append(parts, fmt.Sprintf("watchpoint %d, hit %d", b.ID, b.Hits))
			}
		case debugger.ReasonPause:
			parts = append(parts, "paused")
		case debugger.ReasonTrap:
			parts = append(parts, "trap")
		case debugger.ReasonPanic:
			parts = append(parts, "panic")
		case debugger.ReasonCatch:
			parts = append(parts, r.Catch.String())
		case debugger.ReasonEntry:
			parts = append(parts, "entry")
		}
	}
	return strings.Join(parts, "; ")
}

// showFrame prints a frame's place and the source around it.
func (in *Interp) showFrame(f *debugger.Frame, why string) {
	if why != "" {
		why = "  (" + why + ")"
	}
	place := where(f)
	file, line, text := in.frameText(f)
	if text {
		place = fmt.Sprintf("%s:%d (%s)", path.Base(file), line, place)
	}
	in.printf("%s %s %s%s\n", in.paint(StylePlace, ">"), in.paint(StyleFunction, debugger.BriefName(f.Function)), in.paint(StylePlace, place), why)
	in.listed = false
	if in.Brief {
		return
	}
	before, behind := in.contextLines()
	if f.HasSource() {
		if err := in.list(f.File, f.Line-before, f.Line+behind, f.Line); err != nil {
			in.printf("  (%v)\n", in.noSource(f.File))
		}
	} else if text {
		_ = in.list(file, line-before, line+behind, line) // there is no more to say if it fails
	}
}

// frameText is Session.FrameText for a frame without a source; for another one it is not even asked,
// since in a large module that takes a while.
func (in *Interp) frameText(f *debugger.Frame) (file string, line int, ok bool) {
	if f.HasSource() {
		return "", 0, false
	}
	return in.Session.FrameText(f)
}

// where is a frame's position in short: main.rs:12:5 (inlined).
func where(f *debugger.Frame) string {
	var s string
	switch {
	case f.Host:
		return "in the host"
	case f.HasSource():
		s = fmt.Sprintf("%s:%d", path.Base(f.File), f.Line)
		if f.Column > 0 {
			s += fmt.Sprintf(":%d", f.Column)
		}
	default:
		s = fmt.Sprintf("wasm function %d at offset %#x", f.Index, uint32(f.Offset))
	}
	if f.Inlined {
		s += " (inlined)"
	}
	return s
}
