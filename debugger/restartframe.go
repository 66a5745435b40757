package debugger

import (
	"errors"
	"fmt"
)

// RestartFrame makes the function of a frame start again from its first statement; the frames inside of it are given
// up. Its arguments have the values that they have now, and what it has written to memory stays.
func (s *Session) RestartFrame(level int) (*Stop, error) {
	return s.moveTo(func() error {
		f, err := s.frameAt(level)
		if err != nil {
			return err
		}
		stack := s.stackNow()
		p := stack.physical(f.physical)
		switch {
		case f.Host || !p.guest():
			return fmt.Errorf("frame %d is no function of the program", level)
		case f.Inlined:
			return fmt.Errorf("%s was inlined: it has no start of its own", f.Function)
		}
		statements := s.image.functionStatements(p.pc)
		if len(statements) == 0 {
			return fmt.Errorf("%s has no statement that is known", f.Function)
		}
		to := statements[0].text
		if p.pc < p.Func.BodyText {
			return errors.New("the function's frame is not complete: step behind its beginning first")
		}
		if err := s.emptyStack(p.Func, to, "at its start"); err != nil {
			return err
		}
		if f.physical > 0 {
			if err := s.giveUpTo(f.physical); err != nil {
				return err
			}
		} else if p.pc < to { // still in the prologue: the statement comes by itself, and what is before it must run
			return nil
		}
		if err := s.program.instance.SetPC(to); err != nil {
			return err
		}
		at := &statements[0]
		s.shown = outermost(at.levels)
		return nil
	})
}

// giveUpTo makes a physical frame the innermost one, as it is while it calls. The stack pointer in linear memory
// becomes what it was at that call.
func (s *Session) giveUpTo(n int) error {
	stack := s.stackNow()
	caller := stack.physical(n)
	for k := range n {
		if p := stack.physical(k); p.Host != nil || p.Instance != caller.Instance {
			return errors.New("a host function is between here and there")
		}
	}
	return s.returnFrom(n - 1)
}

// returnFrom gives up a physical frame and those inside of it; there is no host function among them.
func (s *Session) returnFrom(n int) error {
	stack := s.stackNow()
	pointer, known, err := s.stackPointerAtEntry(n)
	if err != nil {
		return err
	}
	if err := s.program.instance.ReturnTo(&stack.physical(n).Frame, &stack.physical(n+1).Frame); err != nil {
		return err
	}
	if g := s.stackPointer(); known && g != nil {
		g.Set(uint64(pointer))
	}
	s.shown, s.stack, s.topRead = 0, nil, false
	return nil
}
