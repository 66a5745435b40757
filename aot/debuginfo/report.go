package debuginfo

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Report says what a translation did and what it could not do.
type Report struct {
	Units       int // units translated
	Subprograms int // subprograms with native code
	Variables   int // variables and parameters with a location or a constant value
	Rows        int // line rows written

	mu     sync.Mutex
	losses map[lossKey]*Loss
}

// Loss is one kind of thing that did not make it.
type Loss struct {
	What    string // what was lost: "unit", "location", "line table", …
	Reason  string
	Count   int
	Example string // where, for one of them: section and offset

	offset uint64 // of Example: the lowest
}

type lossKey struct{ what, reason string }

// Losses returns what was lost, most frequent first.
func (r *Report) Losses() []Loss {
	r.mu.Lock()
	defer r.mu.Unlock()
	ls := make([]Loss, 0, len(r.losses))
	for _, l := range r.losses {
		ls = append(ls, *l)
	}
	slices.SortFunc(ls, func(a, b Loss) int {
		return cmp.Or(-cmp.Compare(a.Count, b.Count), cmp.Compare(a.What, b.What), cmp.Compare(a.Reason, b.Reason))
	})
	return ls
}

// lost counts one thing that was lost at an offset of a section.
func (r *Report) lost(what, reason, section string, offset uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := lossKey{what, reason}
	l := r.losses[k]
	if l == nil {
		if r.losses == nil {
			r.losses = map[lossKey]*Loss{}
		}
		l = &Loss{What: what, Reason: reason}
		r.losses[k] = l
	}
	if l.Count++; l.Count == 1 || offset < l.offset {
		l.Example, l.offset = fmt.Sprintf("%s+%#x", section, offset), offset
	}
}
