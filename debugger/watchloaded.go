package debugger

import (
	"fmt"

	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// A watchpoint can be set before the program starts: the instance and its memory are there, so that
// statics have their places and first values.

// whileReady is whileStopped that also serves a program which has not been started.
func (s *Session) whileReady(f func() error) error {
	if s.State() != Loaded {
		return s.whileStopped(f)
	}
	var failed error
	err := s.do(func() {
		if s.State() == Loaded {
			failed = f()
		} else {
			failed = ErrRunning
		}
	})
	if err != nil {
		return err
	}
	return failed
}

// locateStatic finds what is the same in all frames, of a program without any.
func (w *watch) locateStatic(s *Session) error {
	registers, err := w.locate(s, s.unstarted(), 0)
	if err != nil {
		return err
	}
	if w.v == nil || registers {
		return fmt.Errorf("%s is in no memory: before the program starts, only that can be watched", w.b.Watch.Expr)
	}
	return nil
}

// unstarted stands in for the frames of a program that has not been started. It has the registers that
// addresses in memory are relative to.
func (s *Session) unstarted() *physicalFrame {
	base, _ := s.program.memory()
	t := &s.image.object.Map.Target
	registers := map[codemap.Reg][16]byte{}
	for r, v := range map[codemap.Reg]abi.Addr{t.Memory: base, t.Context: s.program.instance.Context()} {
		var b [16]byte
		putWord(b[:8], uint64(v))
		registers[r] = b
	}
	return &physicalFrame{dead: &coreFrame{registers: registers}}
}
