package debuginfo

import (
	"context"
	"errors"
	"sync/atomic"
)

// Questions to the whole wait for all units, which may take many seconds. Whoever asks for somebody who may
// lose patience says so with Until; then a question ends without an answer.

// ErrInterrupted is the answer to a question whose asker did not wait for all units.
var ErrInterrupted = errors.New("interrupted: not all debug information has been read")

// asker is for whom questions are.
type asker struct {
	ctx context.Context
	cut atomic.Bool // a question was ended
}

// Until makes questions to the whole end with ErrInterrupted when ctx ends, until it is called again.
func (l *Later) Until(ctx context.Context) { l.asker.Store(&asker{ctx: ctx}) }

// Interrupted reports whether a question was ended since Until was called: answers may have been made from
// too little, and are not to be kept.
func (l *Later) Interrupted() bool {
	a := l.asker.Load()
	return a != nil && a.cut.Load()
}

// Wait is Finish for a question: it returns ErrInterrupted when its asker does not wait.
func (l *Later) Wait() error {
	select {
	case <-l.done:
		return nil
	default:
	}
	a := l.asker.Load()
	if a == nil {
		l.Finish()
		return nil
	}
	if !a.stopped() {
		go l.Finish()
		select {
		case <-l.done:
			return nil
		case <-a.ctx.Done():
		}
	}
	a.cut.Store(true)
	l.giveUp.Do(func() { close(l.givenUp) })
	return ErrInterrupted
}

// GivenUp is closed when a question has been ended, the first one.
func (l *Later) GivenUp() <-chan struct{} { return l.givenUp }

// stopped reports whether the asker has lost patience.
func (a *asker) stopped() bool { return a != nil && a.ctx.Err() != nil }
