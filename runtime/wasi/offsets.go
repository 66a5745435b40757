package wasi

import "io"

// Offsets is how far the open regular files had been read or written.
type Offsets map[uint32]savedOffset

type savedOffset struct {
	file File
	at   int64
}

// Offsets notes the offsets of the open regular files.
func (s *System) Offsets() Offsets {
	saved := Offsets{}
	for n, d := range s.fds {
		if d == nil || d.file.Type() != TypeRegularFile {
			continue
		}
		if at, err := d.file.Seek(0, io.SeekCurrent); err == nil {
			saved[uint32(n)] = savedOffset{d.file, at}
		}
	}
	return saved
}

// SetOffsets brings the files that are still open to the offsets that were noted, and returns how many of
// those noted are not open any more.
func (s *System) SetOffsets(saved Offsets) (gone int) {
	for n, o := range saved {
		d, err := s.descriptor(n)
		if err != nil || d.file != o.file {
			gone++
			continue
		}
		if _, err := d.file.Seek(o.at, io.SeekStart); err != nil {
			gone++
		}
	}
	return gone
}
