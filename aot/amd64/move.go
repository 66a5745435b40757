package amd64

import "sphex/aot/wasm"

// move is a copy from register to register.
type move struct {
	dst, src reg
	typ      wasm.ValType
}

// moveAll does moves as if all at once. It leaves the flags alone and reorders ms.
func (c *compiler) moveAll(ms []move) {
	for len(ms) > 0 {
		progress := false
		for i := 0; i < len(ms); {
			if ms[i].dst != ms[i].src && isSource(ms, ms[i].dst) {
				i++
				continue
			}
			c.moveRR(ms[i].typ, ms[i].dst, ms[i].src)
			ms[i] = ms[len(ms)-1]
			ms = ms[:len(ms)-1]
			progress = true
		}
		if progress || len(ms) == 0 {
			continue
		}
		// Only cycles are left. One exchange puts one of them right.
		m := ms[0]
		if m.dst.isXMM() {
			c.rr(opMovaps, xmmScratch, m.src)
			c.rr(opMovaps, m.src, m.dst)
			c.rr(opMovaps, m.dst, xmmScratch)
		} else {
			c.rr(opXchg|rexW, m.dst, m.src)
		}
		// What was in dst is now in src.
		ms[0] = ms[len(ms)-1]
		ms = ms[:len(ms)-1]
		for i := range ms {
			switch ms[i].src {
			case m.dst:
				ms[i].src = m.src
			case m.src:
				ms[i].src = m.dst
			}
		}
	}
}

func isSource(ms []move, r reg) bool {
	for i := range ms {
		if ms[i].src == r && ms[i].dst != r {
			return true
		}
	}
	return false
}
