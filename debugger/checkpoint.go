package debugger

import (
	"fmt"
	"slices"

	"sphex/runtime"
	"sphex/runtime/wasi"
)

// A checkpoint is a stop that can be come back to. It belongs to its run: when that has ended the
// instance is kept as long as there is a checkpoint of it.

// Checkpoint tells of a saved stop.
type Checkpoint struct {
	ID    int
	Frame *Frame // where the program stood; for showing only
}

// checkpoint is the session's own form.
type checkpoint struct {
	Checkpoint
	program *program
	state   *runtime.Checkpoint
	offsets wasi.Offsets
	start   *runtime.Func // program.start
	shown   int
	trapped *Reason
}

// SetCheckpoint saves the stop that the program is in: memory, globals, tables, the stack and registers, and the offsets of
// open files. What files hold, what was printed, clocks and random numbers are not saved.
func (s *Session) SetCheckpoint() (Checkpoint, error) {
	var result Checkpoint
	err := s.whileStopped(func() error {
		if s.program.core != nil {
			return errCore
		}
		if s.severalThreads() {
			return fmt.Errorf("no checkpoint here: %w", errThreads)
		}
		var before *runtime.Checkpoint
		for _, c := range s.checkpoints {
			if c.program == s.program {
				before = c.state
			}
		}
		state, err := s.program.instance.Checkpoint(before)
		if err != nil {
			return fmt.Errorf("no checkpoint here: %w", err)
		}
		s.lastCheckpoint++
		c := &checkpoint{Checkpoint: Checkpoint{ID: s.lastCheckpoint}, program: s.program, state: state,
			start: s.program.start, shown: s.shown, trapped: s.trapped}
		if s.program.system != nil {
			c.offsets = s.program.system.Offsets()
		}
		if f := s.topFrame(); f != nil {
			at := *f
			c.Frame = &at
		}
		s.checkpoints = append(s.checkpoints, c)
		result = c.Checkpoint
		return nil
	})
	return result, err
}

// Checkpoints lists the saved stops.
func (s *Session) Checkpoints() []Checkpoint {
	var list []Checkpoint
	_ = s.do(func() { // a closed session has none
		for _, c := range s.checkpoints {
			list = append(list, c.Checkpoint)
		}
	})
	return list
}

// RemoveCheckpoint forgets a saved stop.
func (s *Session) RemoveCheckpoint(id int) error {
	var failed error
	if err := s.do(func() {
		i := slices.IndexFunc(s.checkpoints, func(c *checkpoint) bool { return c.ID == id })
		if i < 0 {
			failed = fmt.Errorf("there is no checkpoint %d", id)
			return
		}
		p := s.checkpoints[i].program
		s.checkpoints = slices.Delete(s.checkpoints, i, i+1)
		if p != s.program && !s.isKept(p) {
			p.close()
		}
	}); err != nil {
		return err
	}
	return failed
}

// isKept reports whether a checkpoint needs a run.
func (s *Session) isKept(p *program) bool {
	return slices.ContainsFunc(s.checkpoints, func(c *checkpoint) bool { return c.program == p })
}

// leave gives up the present run, but for what checkpoints need of it.
func (s *Session) leaveProgram() {
	p := s.program
	s.program = nil
	if s.isKept(p) {
		p.instance.Park()
		return
	}
	p.close()
}

// dropCheckpoints forgets all saved stops.
func (s *Session) dropCheckpoints() {
	for _, c := range s.checkpoints {
		if c.program != s.program {
			c.program.close() // closing twice does nothing
		}
	}
	s.checkpoints = nil
}

// RestoreCheckpoint makes the program stand where it stood at a checkpoint, also when it has ended meanwhile or
// was restarted. Breakpoints and their counts stay as they are now. lost is how many files were open then and
// are not any more.
func (s *Session) RestoreCheckpoint(id int) (stop *Stop, lost int, err error) {
	var failed error
	if err := s.do(func() {
		if s.State() == Running {
			failed = ErrRunning
			return
		}
		i := slices.IndexFunc(s.checkpoints, func(c *checkpoint) bool { return c.ID == id })
		if i < 0 {
			failed = fmt.Errorf("there is no checkpoint %d", id)
			return
		}
		c := s.checkpoints[i]
		if c.program.threads != nil && c.program.threads.several.Load() {
			failed = fmt.Errorf("checkpoint %d: %w", id, errThreads)
			return
		}
		if c.program != s.program {
			s.endRun()
			s.program = c.program
			s.rearmed()
		}
		if failed = s.program.instance.Restore(c.state); failed != nil {
			failed = fmt.Errorf("checkpoint %d: %w", id, failed)
			return
		}
		if s.program.system != nil {
			lost = s.program.system.SetOffsets(c.offsets)
		}
		s.epoch.Add(1)
		s.program.start, s.shown, s.trapped = c.start, c.shown, c.trapped
		s.launched, s.atEntry = true, true
		s.stack, s.topRead = nil, false
		s.lookAgain()
		stop = &Stop{Reasons: []Reason{{Kind: ReasonRestored, Breakpoint: id}}}
		stop.Frame = s.topFrame()
		s.setState(Stopped, stop)
	}); err != nil {
		return nil, 0, err
	}
	return stop, lost, failed
}

// lookAgain makes watchpoints take the present values for known, and ends those of frames that are not there.
func (s *Session) lookAgain() {
	for _, b := range slices.Clone(s.breakpoints) {
		w := b.watch
		if w == nil {
			continue
		}
		if w.cfa != 0 {
			if p, _ := s.frameWithCFA(w.cfa); p == nil {
				s.remove(b.ID)
				s.emit(&BreakpointChanged{Breakpoint: b.Breakpoint, Removed: true})
				continue
			}
		}
		if w.v != nil || b.Watch.Len > 0 {
			w.look(s)
		} else {
			w.again(s)
		}
	}
	s.watchesChanged = true
}
