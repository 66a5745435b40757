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

	// Absent says that the module has none at all.
	Absent bool
	// Stale counts the subprograms that describe code which is not there: a tool changed the
	// code and left the debug information as it was.
	Stale int
	// External names the module's debug information when that is a file of its own.
	External string
	// Split counts the units whose entries are in files of their own.
	Split int

	mu     sync.Mutex
	losses map[lossKey]*Loss
	dwo    string // the file of a split unit
}

// Notes tells a user, in a line each, why a debugger will show less than expected.
func (r *Report) Notes() []string {
	var notes []string
	switch {
	case r.Absent && r.External != "":
		notes = append(notes, fmt.Sprintf("the module's debug information is in a file of its own, %s, which is not read: debug the module that was not stripped", quoted(r.External)))
	case r.Absent:
		notes = append(notes, "the module has no debug information: compile and link with -g")
	}
	if r.Stale > 0 {
		notes = append(notes, fmt.Sprintf("the debug information does not fit the code: that of %s is left out (a tool changed the code after it was compiled, as wasm-opt does: debug the module without that step)",
			count(r.Stale, "function")))
	}
	if r.Split > 0 {
		notes = append(notes, fmt.Sprintf("the debug information of %s is in files of its own, like %s, which are not read: compile without -gsplit-dwarf",
			count(r.Split, "unit"), quoted(r.dwo)))
	}
	return notes
}

// quoted makes one short line of a name that the module gives.
func quoted(name string) string { return fmt.Sprintf("%.80q", name) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// splitUnit counts a unit whose entries are in the file dwo.
func (r *Report) splitUnit(dwo string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Split++
	if r.dwo == "" || dwo < r.dwo { // not that of the fastest worker
		r.dwo = dwo
	}
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
