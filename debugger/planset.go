package debugger

import (
	"sphex/aot/abi"
	"sphex/aot/codemap"
)

// planSet is what of a plan follows from where the step begins: the addresses in the function itself. Loops come to
// the same places again and again, so it is kept.
type planSet struct {
	at    map[abi.TextOffset]int // frames to show where the step ends, or callSet
	texts []abi.TextOffset
}

// callSet is the entry of a planSet for a call that is to be executed by single steps.
const callSet = -1

// planKey is where a step begins.
type planKey struct {
	pc    abi.TextOffset
	shown int
	kind  stepKind
}

// mostPlanned bounds the addresses that the sets of one scope hold together.
const mostPlanned = 1 << 18

// planned returns the set of a step without a target.
func (p *stepScope) planned(k planKey, make func() *planSet) *planSet {
	if set := p.sets[k]; set != nil {
		return set
	}
	set := make()
	if p.held += len(set.texts); p.sets == nil || p.held > mostPlanned {
		p.sets, p.held = map[planKey]*planSet{}, len(set.texts)
	}
	p.sets[k] = set
	return set
}

// planSet chooses the addresses in the function of a frame where a step ends or looks into calls.
func (s *Session) planSet(st *step, f *codemap.Func, pc abi.TextOffset, levels []level, shown int) *planSet {
	set := &planSet{at: map[abi.TextOffset]int{}}
	add := func(text abi.TextOffset, what int) {
		if _, ok := set.at[text]; !ok {
			set.at[text] = what
			set.texts = append(set.texts, text)
		}
	}
	if shown > 0 && shown <= len(levels) {
		from := origin{chain: keys(levels, shown), file: levels[shown-1].file, line: levels[shown-1].line}
		for _, p := range st.ends(from, s.image.functionStatements(pc)) {
			add(p.text, p.shown)
		}
	}
	if st.kind == stepIn && s.image.hasLines(pc) {
		for _, c := range s.image.functionCalls(f) {
			if c.kind == direct && (s.image.thunk(c.target) != nil || st.target != "" && !s.image.called(c.target, st.target)) {
				continue
			}
			add(c.text, callSet)
		}
		for _, row := range f.Read().Frame.Rows {
			if row.Tail && st.target == "" {
				add(row.Text, callSet)
			}
		}
	}
	return set
}

// plantedPlans is what steps have put into the text. A step's traps stay there for the next one, and those of
// all steps in one function gather: a loop then comes by without any change of the text, and the traps become calls, which
// cost less than signals (see runtime's detours). One that means nothing to the present step costs little.
type plantedPlans struct {
	fn    *codemap.Func
	sets  map[*planSet]struct{}
	texts map[abi.TextOffset]struct{} // of the sets
	loose []abi.TextOffset            // of the last step, outside of sets
}

// mostGathered bounds the sets whose traps gather.
const mostGathered = 256

// plant puts a step's traps into the text, and takes away those that are not of its function; without a step, all.
func (s *Session) plant(st *step) {
	t, p := s.traps, &s.traps.plans
	if st == nil || st.fn == nil || st.fn != p.fn || len(p.sets) > mostGathered {
		p.fn, p.sets, p.loose = nil, map[*planSet]struct{}{}, nil
		for text := range t.owned[planTraps] {
			if st == nil || !st.wants(text) {
				t.without(planTraps, text)
			}
		}
		p.texts = map[abi.TextOffset]struct{}{}
	}
	if st != nil {
		p.fn = st.fn
		for _, text := range p.loose {
			if _, gathered := p.texts[text]; !gathered && !st.wants(text) {
				t.without(planTraps, text)
			}
		}
		p.loose = p.loose[:0]
		if _, ok := p.sets[st.own]; !ok && st.own != nil {
			p.sets[st.own] = struct{}{}
			for _, text := range st.own.texts {
				p.texts[text] = struct{}{}
				t.with(planTraps, text)
			}
		}
		for text := range st.stops {
			t.with(planTraps, text)
			p.loose = append(p.loose, text)
		}
	}
	t.commit()
}

// unplant takes away a trap that a step does not want any more, unless steps of its function do.
func (s *Session) unplant(text abi.TextOffset) {
	if _, gathered := s.traps.plans.texts[text]; !gathered {
		s.traps.drop(planTraps, text)
	}
}
