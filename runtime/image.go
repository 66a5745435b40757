package runtime

import (
	"sphex/aot/abi"
	"sphex/aot/wasm"
	"sphex/runtime/native"
)

// Data segments are mapped copy-on-write instead of copied when they have at least minImage
// bytes, and when the pages from the first to the last have at most maxImage.
const (
	minImage = 32 << 10
	maxImage = 256 << 20
)

// image returns the initial contents of memory 0, when all active segments go there, to places
// known beforehand; nil when they must be copied one by one.
func (m *Module) image() *native.Image {
	m.imageOnce.Do(func() {
		start, data := m.imageData()
		if data == nil {
			return
		}
		if image, err := native.NewImage(start, data); err == nil { // else they are copied
			m.mapped = image
		}
	})
	return m.mapped
}

// imageData lays the active data segments out, later ones over earlier ones.
func (m *Module) imageData() (start uint64, data []byte) {
	w := m.wasm
	if len(w.Memories) == 0 || w.NumImportedMemories > 0 || !w.Memories[0].Guarded() {
		return 0, nil
	}
	size := min(w.Memories[0].Limits.Min*abi.PageSize, w.Memories[0].MaxPages()*abi.PageSize)
	start = size
	end, total := uint64(0), 0
	for i := range w.Datas {
		d := &w.Datas[i]
		if d.Mode != wasm.Active || len(d.Init) == 0 && d.Offset.Kind == wasm.ConstValue && uint64(uint32(d.Offset.Value)) <= size {
			continue
		}
		at := uint64(uint32(d.Offset.Value))
		if d.Memory != 0 || d.Offset.Kind != wasm.ConstValue || at > size || uint64(len(d.Init)) > size-at {
			return 0, nil
		}
		start, end, total = min(start, at), max(end, at+uint64(len(d.Init))), total+len(d.Init)
	}
	const page = 0x1000
	start &^= page - 1
	if total < minImage || end-start > maxImage {
		return 0, nil
	}
	data = make([]byte, end-start)
	for i := range w.Datas {
		if d := &w.Datas[i]; d.Mode == wasm.Active && len(d.Init) > 0 {
			copy(data[uint64(uint32(d.Offset.Value))-start:], d.Init)
		}
	}
	return start, data
}
