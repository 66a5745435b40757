package amd64

import "testing"

// TestConditionFlags compares the description of each condition with what the processor's manual
// says it tests (Intel SDM, volume 1, appendix B), for every state of the flags.
func TestConditionFlags(t *testing.T) {
	for bits := range 1 << 5 {
		cf, pf, zf, sf, of := bits&1 != 0, bits>>1&1 != 0, bits>>2&1 != 0, bits>>3&1 != 0, bits>>4&1 != 0
		r := uint64(0x202)
		for bit, set := range map[int]bool{0: cf, 2: pf, 6: zf, 7: sf, 11: of} {
			if set {
				r |= 1 << bit
			}
		}
		for cc, want := range map[cond]bool{
			condO: of, condB: cf, condAE: !cf, condE: zf, condNE: !zf, condBE: cf || zf, condA: !cf && !zf,
			condS: sf, condP: pf, condNP: !pf, condL: sf != of, condGE: sf == of, condLE: zf || sf != of, condG: !zf && sf == of,
		} {
			if got := cc.flags(ordered).Holds(r); got != want {
				t.Errorf("condition %#x of flags %#x: %v, want %v", uint8(cc), r, got, want)
			}
		}
		for name, c := range map[string][2]bool{ // of floats
			"eq":     {condE.flags(andOrdered).Holds(r), zf && !pf},
			"ne":     {condNE.flags(orParity).Holds(r), !zf || pf},
			"not eq": {condE.not().flags(orParity).Holds(r), !(zf && !pf)},
			"not ne": {condNE.not().flags(andOrdered).Holds(r), !(!zf || pf)},
		} {
			if c[0] != c[1] {
				t.Errorf("%s of flags %#x: %v, want %v", name, r, c[0], c[1])
			}
		}
	}
}
