package debugger

import (
	"fmt"

	"sphex/aot/abi"
)

// trapOwner is who wants physical breakpoints: the user's stay in the text between resumes,
// a plan's only during a step.
type trapOwner uint8

const (
	userTraps trapOwner = 1 << iota
	planTraps
)

// trapSet holds the physical breakpoints and plants and clears them as their owners change.
type trapSet struct {
	planted map[abi.TextOffset]trapOwner
	plant   func(abi.TextOffset) error
	clear   func(abi.TextOffset) error
}

func newTrapSet(plant, clear func(abi.TextOffset) error) *trapSet {
	return &trapSet{planted: map[abi.TextOffset]trapOwner{}, plant: plant, clear: clear}
}

// setTraps makes the addresses of owner those that want has.
func setTraps[T any](t *trapSet, owner trapOwner, want map[abi.TextOffset]T) {
	for text, who := range t.planted {
		if _, ok := want[text]; !ok && who&owner != 0 {
			t.drop(owner, text)
		}
	}
	for text := range want {
		t.add(owner, text)
	}
}

// add plants a breakpoint for owner.
func (t *trapSet) add(owner trapOwner, text abi.TextOffset) {
	who := t.planted[text]
	if who == 0 {
		if err := t.plant(text); err != nil {
			panic(fmt.Sprintf("debugger: breakpoint at text offset %#x: %v", uint32(text), err))
		}
	}
	t.planted[text] = who | owner
}

// drop removes owner's breakpoint.
func (t *trapSet) drop(owner trapOwner, text abi.TextOffset) {
	who := t.planted[text] &^ owner
	if who != 0 {
		t.planted[text] = who
		return
	}
	if _, ok := t.planted[text]; !ok {
		return
	}
	delete(t.planted, text)
	if err := t.clear(text); err != nil {
		panic(fmt.Sprintf("debugger: breakpoint at text offset %#x: %v", uint32(text), err))
	}
}
