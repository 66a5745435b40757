package debuginfo

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// startMemory answers function.start for one function at a time. What it is asked for lies near to
// what it was asked for before, and most of it is what it was asked for before: where one range of a list
// ends, the next one starts, and scopes and the lists of their variables start and end where others do.
type startMemory struct {
	f     *function
	inst  int // the first instruction at or behind the last offset
	site  int // the first stop site at or behind that
	age   uint32
	known [256]knownStart
}

// knownStart is an answer.
type knownStart struct {
	off  wasm.CodeOffset
	age  uint32 // of startMemory: an older one is of another function
	text abi.TextOffset
}

// start is f.start(off) for an offset in f's body.
func (s *startMemory) start(f *function, off uint64) abi.TextOffset {
	if s.f != f {
		s.f, s.inst, s.site = f, 0, 0
		if s.age++; s.age == 0 {
			s.known, s.age = [256]knownStart{}, 1
		}
	}
	at := wasm.CodeOffset(off)
	k := &s.known[uint32(at)*0x9e3779b1>>24]
	if k.off != at || k.age != s.age {
		*k = knownStart{at, s.age, s.find(at)}
	}
	return k.text
}

// find is start for what is not known.
func (s *startMemory) find(off wasm.CodeOffset) abi.TextOffset {
	f := s.f
	i := s.seek(off)
	if i == f.main {
		return f.mainEnd
	}
	inst := f.Insts[i]
	if k := s.seekSite(inst.Wasm); k < len(f.Sites) && f.Sites[k].Wasm == inst.Wasm {
		return min(inst.Text, f.Sites[k].Text)
	}
	return inst.Text
}

// seek moves to the first instruction at or behind off: in steps that double, and then by halves.
func (s *startMemory) seek(off wasm.CodeOffset) int {
	insts := s.f.Insts[:s.f.main]
	lo, hi := s.inst, s.inst
	if hi < len(insts) && insts[hi].Wasm < off {
		for step := 4; hi < len(insts) && insts[hi].Wasm < off; step *= 2 {
			lo, hi = hi+1, hi+step
		}
		hi = min(hi, len(insts))
	} else {
		for step := 4; lo > 0 && insts[lo-1].Wasm >= off; step *= 2 {
			lo, hi = max(lo-step, 0), lo-1
		}
	}
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); insts[m].Wasm >= off {
			hi = m
		} else {
			lo = m + 1
		}
	}
	s.inst = lo
	return lo
}

// seekSite is seek for stop sites.
func (s *startMemory) seekSite(off wasm.CodeOffset) int {
	sites := s.f.Sites
	lo, hi := s.site, s.site
	if hi < len(sites) && sites[hi].Wasm < off {
		for step := 4; hi < len(sites) && sites[hi].Wasm < off; step *= 2 {
			lo, hi = hi+1, hi+step
		}
		hi = min(hi, len(sites))
	} else {
		for step := 4; lo > 0 && sites[lo-1].Wasm >= off; step *= 2 {
			lo, hi = max(lo-step, 0), lo-1
		}
	}
	for lo < hi {
		if m := int(uint(lo+hi) >> 1); sites[m].Wasm >= off {
			hi = m
		} else {
			lo = m + 1
		}
	}
	s.site = lo
	return lo
}
