package command

import (
	"context"
	"errors"
)

// ExecuteUntil is Execute for a person who may not wait: when ctx ends, so does a command that waits for all of a
// large program's debug information, with debugger.ErrInterrupted.
func (in *Interp) ExecuteUntil(ctx context.Context, line string) error {
	over := in.Session.Until(ctx)
	err := in.Execute(line)
	if cut := over(); cut != nil && !errors.Is(err, ErrQuit) {
		return cut // what the command says instead may be for want of an answer
	}
	return err
}
