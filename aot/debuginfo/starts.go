package debuginfo

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
)

// startMemory answers function.start for one function at a time: where one range of a list ends, the
// next one starts, and scopes start and end where others do.
type startMemory struct {
	f      *function
	asked  int
	known  [256]knownStart
	blocks []startBlock // of the body, once many offsets were asked for; else empty
}

// knownStart is a result of function.start.
type knownStart struct {
	f    *function
	off  uint64
	text abi.TextOffset
}

// startBlock is the first instruction and the first stop site at or behind the start of a block of
// a body, by their indexes.
type startBlock struct{ inst, site uint32 }

// blockSize is the bytes of a block, some five instructions.
const blockSize = 16

// start is f.start(off) for an offset in f's body.
func (s *startMemory) start(f *function, off uint64) abi.TextOffset {
	k := &s.known[off%uint64(len(s.known))]
	if k.f == f && k.off == off {
		return k.text
	}
	if s.f != f {
		s.f, s.asked, s.blocks = f, 0, s.blocks[:0]
	}
	if s.asked++; s.asked == 16 { // before, searches cost less
		s.blocks = f.blocks(s.blocks)
	}
	*k = knownStart{f, off, 0}
	if len(s.blocks) == 0 {
		k.text = f.start(off)
	} else {
		k.text = f.startFrom(s.blocks, wasm.CodeOffset(off))
	}
	return k.text
}

// blocks appends the blocks up to that of the last instruction.
func (f *function) blocks(dst []startBlock) []startBlock {
	site := 0
	for i := range f.Insts[:f.main] {
		n := int(f.Insts[i].Wasm-f.Body) / blockSize
		for len(dst) <= n {
			start := f.Body + wasm.CodeOffset(len(dst)*blockSize)
			for site < len(f.Sites) && f.Sites[site].Wasm < start {
				site++
			}
			dst = append(dst, startBlock{uint32(i), uint32(site)})
		}
	}
	return dst
}

// startFrom is start, by the blocks of the body.
func (f *function) startFrom(blocks []startBlock, off wasm.CodeOffset) abi.TextOffset {
	n := int(off-f.Body) / blockSize
	if n >= len(blocks) {
		return f.mainEnd
	}
	i, k := int(blocks[n].inst), int(blocks[n].site)
	for i < f.main && f.Insts[i].Wasm < off {
		i++
	}
	if i == f.main {
		return f.mainEnd
	}
	text, at := f.Insts[i].Text, f.Insts[i].Wasm
	for k < len(f.Sites) && f.Sites[k].Wasm < at {
		k++
	}
	if k < len(f.Sites) && f.Sites[k].Wasm == at {
		text = min(text, f.Sites[k].Text)
	}
	return text
}
