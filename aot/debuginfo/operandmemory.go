package debuginfo

import (
	"sync"
	"sync/atomic"

	"sphex/aot/codemap"
)

// Operands returns codemap.Func.StackMoves and Pairs of a function of which they were not recorded. It is
// called for several functions at a time.
type Operands func(f *codemap.Func) (moves []codemap.StackMove, pairs [][2]codemap.Place)

// operandMemory keeps what Operands said of a function, as long as it is one of those asked for last.
type operandMemory struct {
	shared *operandMemories
	known  atomic.Pointer[knownOperands]
}

type knownOperands struct {
	moves []codemap.StackMove
	pairs [][2]codemap.Place
}

// mostRemembered is of how many functions operands are kept: a unit asks for one after the other, and
// several units are translated at a time.
const mostRemembered = 64

// operandMemories is those of all functions.
type operandMemories struct {
	ask  Operands
	mu   sync.Mutex
	last [mostRemembered]*operandMemory
	next int // of last, to be forgotten
}

// remember makes the functions ask for their operands.
func (p *places) remember(ask Operands) {
	shared := &operandMemories{ask: ask}
	each := make([]operandMemory, len(p.funcs))
	for i := range p.funcs {
		each[i].shared = shared
		p.funcs[i].memory = &each[i]
	}
}

// operands is where the function's operands are.
func (f *function) operands() *knownOperands {
	m := f.memory
	if k := m.known.Load(); k != nil {
		return k
	}
	k := &knownOperands{}
	k.moves, k.pairs = m.shared.ask(f.Func)
	m.known.Store(k)
	s := m.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.last[s.next]; old != nil && old != m {
		old.known.Store(nil)
	}
	s.last[s.next] = m
	s.next = (s.next + 1) % mostRemembered
	return k
}

// moves is codemap.Func.StackMoves.
func (f *function) moves() []codemap.StackMove {
	if f.memory == nil {
		return f.StackMoves
	}
	return f.operands().moves
}

// pairs is codemap.Func.Pairs.
func (f *function) pairs() [][2]codemap.Place {
	if f.memory == nil {
		return f.Pairs
	}
	return f.operands().pairs
}
