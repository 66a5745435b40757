package debugger

import (
	"fmt"

	"sphex/aot/abi"
)

// trapOwner is who wants physical breakpoints: the user's stay in the text between resumes,
// a plan's until another plan wants others, or the program runs without one.
type trapOwner uint8

const (
	userTraps trapOwner = 1 << iota
	planTraps
	traceTraps // of traced functions
	watchTraps // where watched places without an address change
)

// trapSet holds the physical breakpoints and plants and clears them as their owners change. Many
// at once cost little more than one.
type trapSet struct {
	planted map[abi.TextOffset]trapOwner
	owned   map[trapOwner]map[abi.TextOffset]struct{} // those of owners who change them all at once
	change  func(set, clear []abi.TextOffset) error

	set, clear []abi.TextOffset // for the next change

	plans plantedPlans
}

func newTrapSet(change func(set, clear []abi.TextOffset) error) *trapSet {
	return &trapSet{
		planted: map[abi.TextOffset]trapOwner{},
		owned:   map[trapOwner]map[abi.TextOffset]struct{}{planTraps: {}, watchTraps: {}},
		change:  change,
		plans:   plantedPlans{texts: map[abi.TextOffset]struct{}{}, sets: map[*planSet]struct{}{}},
	}
}

// setTraps makes the addresses of an owner those that want has.
func setTraps[T any](t *trapSet, owner trapOwner, want map[abi.TextOffset]T) {
	for text := range t.owned[owner] {
		if _, ok := want[text]; !ok {
			t.without(owner, text)
		}
	}
	for text := range want {
		t.with(owner, text)
	}
	t.commit()
}

// add plants breakpoints for owner.
func (t *trapSet) add(owner trapOwner, texts ...abi.TextOffset) {
	for _, text := range texts {
		t.with(owner, text)
	}
	t.commit()
}

// drop removes owner's breakpoints.
func (t *trapSet) drop(owner trapOwner, texts ...abi.TextOffset) {
	for _, text := range texts {
		t.without(owner, text)
	}
	t.commit()
}

func (t *trapSet) with(owner trapOwner, text abi.TextOffset) {
	who := t.planted[text]
	if who&owner != 0 {
		return
	}
	if who == 0 {
		t.set = append(t.set, text)
	}
	t.planted[text] = who | owner
	if own := t.owned[owner]; own != nil {
		own[text] = struct{}{}
	}
}

func (t *trapSet) without(owner trapOwner, text abi.TextOffset) {
	who := t.planted[text]
	if who&owner == 0 {
		return
	}
	delete(t.owned[owner], text)
	if who &^= owner; who != 0 {
		t.planted[text] = who
		return
	}
	delete(t.planted, text)
	t.clear = append(t.clear, text)
}

// commit brings the text up to date.
func (t *trapSet) commit() {
	if len(t.set)+len(t.clear) == 0 {
		return
	}
	if err := t.change(t.set, t.clear); err != nil {
		panic(fmt.Sprintf("debugger: changing breakpoints: %v", err))
	}
	t.set, t.clear = t.set[:0], t.clear[:0]
}
