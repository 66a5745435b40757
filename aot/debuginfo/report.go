package debuginfo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
	// Bare says that the program's own functions have none, while those of its libraries do.
	Bare bool
	// Stale counts the subprograms that describe code which is not there: a tool changed the
	// code and left the debug information as it was.
	Stale int

	mu     sync.Mutex
	losses map[lossKey]*Loss
	notes  []string // of the input
	text   string   // the module's own text, if it stands in for what is missing
}

// Notes tells a user, in a line each, why a debugger will show less than expected.
func (r *Report) Notes() []string {
	notes := slices.Clone(r.notes)
	if r.Absent && len(notes) == 0 {
		notes = append(notes, "the module has no debug information: compile and link with -g")
	}
	if r.Bare && r.Stale == 0 {
		notes = append(notes, "the program's main function has no debug information, only other functions have: compile all of it with -g")
	}
	if r.Stale > 0 {
		notes = append(notes, fmt.Sprintf("the debug information does not fit the code: that of %s is left out (a tool changed the code after it was compiled, as wasm-opt does: debug the module without that step)",
			count(r.Stale, "function")))
	}
	if r.text != "" {
		notes = append(notes, fmt.Sprintf("functions without debug information show the module's own text, %s", r.text))
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

// String is the report for people, a line for each thing.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "debug information: %s, %s with code, %s with a place, %s of the line table\n",
		count(r.Units, "unit"), count(r.Subprograms, "function"), count(r.Variables, "variable"), count(r.Rows, "row"))
	for _, n := range r.Notes() {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	for _, l := range r.Losses() {
		fmt.Fprintf(&b, "lost: %d × %s: %s (%s; %s)\n", l.Count, l.What, l.Reason, l.Blame(), l.Example)
	}
	return b.String()
}

// Loss is one kind of thing that did not make it.
type Loss struct {
	What    string // what was lost: "unit", "location", "line table", …
	Reason  string
	Count   int
	Example string  // where, for the first of them: section and offset
	Places  []Place // where, ascending: all of them, or the first maxLossPlaces
}

// Place is an offset in a section of the input, or in a file of it.
type Place struct {
	Section string
	Offset  uint64
}

func (p Place) String() string { return fmt.Sprintf("%s+%#x", p.Section, p.Offset) }

// maxLossPlaces is how many places of each kind of loss are kept.
const maxLossPlaces = 1000

// Blame is who made that something is missing.
type Blame uint8

const (
	BlameSphex    Blame = iota // the translation can't express it
	BlameProducer              // it means nothing in WebAssembly, or nothing at all
	BlameLinker                // it is about what the linker removed
	BlameTool                  // a tool changed the code behind it
	BlameDamage                // it can't be read
	BlameFile                  // it is in a file that was not found
)

// String says who it is.
func (b Blame) String() string {
	return [...]string{"Sphex", "the producer", "the linker", "a tool behind the linker", "damage", "a missing file"}[b]
}

// blames says whose loss a reason is. Reasons that are not here are Sphex's own.
var blames = map[string]Blame{
	errNotInFunction.Error(): BlameProducer,
	errNoLocal.Error():       BlameProducer,
	errNoGlobal.Error():      BlameProducer,
	errUnderflow.Error():     BlameProducer,
	errNoOperand.Error():     BlameProducer,
	errFloatUse.Error():      BlameProducer,
	errSpaces.Error():        BlameProducer,
	errThreads.Error():       BlameProducer,
	errCFA.Error():           BlameProducer,
	errNoEntry.Error():       BlameDamage,
	errPointerEntry.Error():  BlameDamage,
	errRecursive.Error():     BlameDamage,
	errRegister.Error():      BlameProducer,
	errIndex.Error():         BlameDamage,
	errDamaged.Error():       BlameDamage,
	errDeadData.Error():      BlameLinker,

	"it holds outside of its function":                    BlameLinker,
	"it is outside of all functions":                      BlameProducer,
	"no function is there":                                BlameProducer,
	"the linker kept another unit's copy of the function": BlameLinker,
	staleCode: BlameTool,
}

// Blame tells who is to blame for the loss.
func (l *Loss) Blame() Blame {
	if b, ok := blames[l.Reason]; ok {
		return b
	}
	switch l.What {
	case "unit", "length of a unit", "rest of the units", "rest of a unit", "line table", "rest of a line table", "location list", "reference", "string":
		return BlameDamage
	}
	return BlameSphex
}

// staleCode is the reason for subprograms that a tool left behind.
const staleCode = "it starts and ends where no function does: the code was changed and the debug information was not"

type lossKey struct{ what, reason string }

// Losses returns what was lost, most frequent first.
func (r *Report) Losses() []Loss {
	r.mu.Lock()
	defer r.mu.Unlock()
	ls := make([]Loss, 0, len(r.losses))
	for _, l := range r.losses {
		l.first()
		l.Example = l.Places[0].String()
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
	l.Count++
	if l.Places = append(l.Places, Place{section, offset}); len(l.Places) >= 2*maxLossPlaces {
		l.first()
	}
}

// first sorts the places and keeps the first ones, so that the report does not depend on which
// unit was translated first.
func (l *Loss) first() {
	slices.SortFunc(l.Places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Offset, b.Offset))
	})
	l.Places = slices.Compact(l.Places) // an entry may have lost several
	l.Places = l.Places[:min(len(l.Places), maxLossPlaces)]
}
